"""The parts that a report is made of: excerpts, bins, slugs, geometry, messages."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import textmine.report
from textmine.numbers import Formats
from textmine.report.activity import MAX_BARS, activity, n_weeks
from textmine.report.charts import bars, columns, dots, nice_ticks
from textmine.report.excerpts import excerpt
from textmine.report.messages import translations
from textmine.report.slugs import MAX_LENGTH, slug, unique_slugs


@given(st.text(alphabet="ab \nÄ😀-", max_size=400), st.integers(10, 120))
def test_an_excerpt_shows_the_word_and_keeps_its_length(caption, length):
    text = f"{caption} Stunting {caption}"
    cut = excerpt(text, "stunting", length=length)
    assert cut.word == "Stunting"
    assert len(str(cut)) <= length + 2  # an ellipsis at each end
    assert str(cut).strip("…") in " ".join(text.split())


def test_an_excerpt_prefers_the_whole_word():
    assert excerpt("pelatihan guru: latih guru muda", "latih").before == "pelatihan guru: "


def test_an_excerpt_without_the_word_is_the_beginning():
    cut = excerpt("Membangun desa " * 40, "pembangunan", length=40)
    assert cut.word == "" and cut.before.startswith("Membangun desa") and cut.before.endswith("…")


DAYS = st.dates(date(1995, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(["x", "facebook"]), DAYS, st.integers(1, 50)), min_size=1, max_size=60))
def test_bins_hold_every_post_once_and_stay_few(days):
    first, last = min(d for _, d, _ in days), max(d for _, d, _ in days)
    shown = activity(days, first=first, last=last)
    assert sum(shown.posts) == sum(n for _, _, n in days)
    assert len(shown.posts) == len(shown.starts) <= MAX_BARS
    assert shown.starts[0] <= first and list(shown.starts) == sorted(set(shown.starts))
    for platform, counts in shown.by_platform.items():
        assert sum(counts) == sum(n for p, _, n in days if p == platform)


def test_weeks_without_posts_are_shown_as_none():
    shown = activity(
        [("x", date(2025, 3, 3), 2), ("x", date(2025, 3, 24), 1)], first=date(2025, 3, 3), last=date(2025, 3, 24)
    )
    assert shown.posts == (2, 0, 0, 1)


@given(DAYS, st.integers(0, 4000))
def test_a_period_touches_at_least_its_days_over_seven_weeks(first, days):
    last = first + timedelta(days=days)
    assert (days + 1) / 7 <= n_weeks(first, last) <= (days + 1) / 7 + 2


@given(st.floats(1e-6, 1e12), st.integers(2, 6), st.booleans())
def test_ticks_reach_over_the_highest_value(highest, most, whole):
    ticks = nice_ticks(highest, most=most, whole=whole)
    assert ticks[0] == 0 and ticks[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(ticks) <= most + 1
    assert not whole or all(t == int(t) for t in ticks)


def test_bars_stand_only_where_there_is_something():
    assert bars([0, 5, 10], top=10, height=100) == "M11 100v-50h8v50zM21 100v-100h8v100z"


def test_time_labels_name_the_year_where_it_changes():
    starts = [date(2024, 11, 4) + timedelta(weeks=i) for i in range(20)]
    chart = columns([1] * 20, starts, step="week", formats=Formats.of("id"))
    assert [(t.label, t.second) for t in chart.x_ticks] == [
        ("4 Nov", "2024"),
        ("2 Des", ""),
        ("30 Des", ""),
        ("27 Jan", "2025"),
        ("24 Feb", ""),
    ]


def test_dots_stay_inside_the_chart():
    chart = dots([("a" * 80, 0.66, 0.1), ("b", 0.0, 0.2)], formats=Formats.of("id"))
    assert all(0 <= row.value <= 100 and 0 <= row.compared <= 100 for row in chart.rows)
    assert len(chart.rows[0].label) == 42


@given(st.lists(st.text(max_size=80), unique=True, max_size=20))
def test_slugs_are_safe_and_different_from_each_other(groups):
    slugs = unique_slugs(groups)
    assert len(set(slugs.values())) == len(groups)
    for name in slugs.values():
        assert name.strip("abcdefghijklmnopqrstuvwxyz0123456789-") == "" and 0 < len(name) <= MAX_LENGTH + 9
    assert unique_slugs(reversed(groups)) == slugs


@pytest.mark.parametrize("name", ["..", "CON", "index", "", "😀", "a/b\\c:d"])
def test_names_that_a_file_system_refuses_become_harmless(name):
    assert slug(name) not in {"", ".", "..", "con", "index"}


def test_every_message_has_an_indonesian_text_with_the_same_fields():
    import re

    from babel.messages.extract import extract_from_dir

    folder = Path(textmine.report.__file__).parent
    methods = [("**.py", "python"), ("templates/**.j2", "jinja2")]
    options = {"templates/**.j2": {"newstyle_gettext": "true"}}
    indonesian = translations("id")
    found = 0
    for file, _, message, _, _ in extract_from_dir(folder, method_map=methods, options_map=options):
        single, plural = message if isinstance(message, tuple) else (message, None)
        known = indonesian.gettext(single) if plural is None else indonesian.ngettext(single, plural, 2)
        same_word = single in {"Platform", "label"}
        assert known not in {single, plural} or same_word, f"{file}: {single!r} is not translated"
        fields = re.findall(r"%\(\w+\)s|\{\w+\}", single)
        assert sorted(re.findall(r"%\(\w+\)s|\{\w+\}", known)) == sorted(fields), single
        found += 1
    assert found > 100
