"""What ships: the facts of each edition, honesty about what is inferred, and a page that says what the code does."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from textmine.errors import ConfigError, ResourceNotFoundError
from textmine.ranking import PRESETS, awards_table, load_awards, measures, presets_table, read_awards, write_new
from textmine.ranking.awardfile import check_awards
from textmine.ranking.expressions import FUNCTIONS, MAX_DEPTH, MAX_LENGTH
from textmine.ranking.measures import MEDIA
from textmine.ranking.presets import preset_path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "awards.md").read_text(encoding="utf-8")

FACTS = {
    # awards, categories, clusters, period
    "gsm2020": (16, 4, ["kementerian", "lembaga", "pemerintah provinsi", "bumn"], (2019, 10, 2020, 10)),
    "gsm2022": (7, 7, ["kementerian", "lembaga", "pemerintah provinsi", "bumn"], (2021, 9, 2022, 8)),
    "gsm2025": (20, 5, ["kementerian", "lembaga", "pemerintah daerah", "perguruan tinggi"], None),
    "emss": (4, 1, ["kementerian", "lembaga", "pemerintah provinsi", "bumn"], None),
}


def test_every_preset_has_its_facts_here():
    shipped = {path.stem for path in (ROOT / "textmine/data/awards").glob("*.toml")} - {"measures"}
    assert shipped == set(PRESETS) == set(FACTS)
    assert presets_table()["awards"].to_list() == [FACTS[name][0] for name in PRESETS]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_read_without_a_warning_and_has_the_facts_of_its_edition(name):
    n_awards, n_categories, clusters, months = FACTS[name]
    definition = load_awards(name)
    assert check_awards(preset_path(name)) == []
    assert definition.name == name
    assert (len(definition.awards), len(definition.categories)) == (n_awards, n_categories)
    assert awards_table(definition).height == n_awards
    assert [cluster.name for cluster in definition.clusters] == clusters
    if months is None:
        assert definition.period is None
    else:
        first, last = definition.period.first, definition.period.last
        assert (first.year, first.month, last.year, last.month) == months
        assert first.day == 1 and (last.toordinal() + 1) == date(last.year, last.month % 12 + 1, 1).toordinal()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_at_each_measure_what_is_inferred(name):
    definition = load_awards(name)
    assert "public" in definition.inferred
    for category in definition.categories:
        assert re.search("public", category.inferred, re.I), category.id
        assert "textmine's" in category.inferred or "inferred" in category.inferred, category.id
        assert category.title.id != category.title.en


def test_the_sixteen_of_2020_are_said_to_be_a_reconstruction():
    definition = load_awards("gsm2020")
    assert "four measures times four clusters is inferred" in definition.inferred
    assert [category.title.en for category in definition.categories] == [
        "Most Active",
        "Most Engaging",
        "Best Use of Image",
        "Best Use of Video",
    ]
    assert (definition.categories[0].nominees.min, definition.categories[0].nominees.max) == (3, 5)


def test_best_account_accumulates_all_others():
    for name in ("gsm2022", "gsm2025"):
        definition = load_awards(name)
        *others, best = definition.categories
        assert (best.id, list(best.accumulates)) == ("best_account", [category.id for category in others])
        assert definition.in_order[-1] == best
        assert [part.weight for part in best.measure.parts()] == pytest.approx([1 / len(others)] * len(others))


def test_categories_for_images_and_videos_are_served_by_the_table_of_all_posts():
    prefixes = [category.selection.prefix for category in load_awards("gsm2020").categories]
    assert prefixes == ["", "", "image_", "video_"]
    assert {f"{prefix}quality" for prefix in prefixes} <= set(measures())
    assert load_awards("gsm2022").category("best_g20_campaign").selection.prefix is None


def test_every_measure_is_documented_and_named_once():
    text = (ROOT / "textmine/data/awards/measures.toml").read_text(encoding="utf-8")
    known = measures()
    bases = [measure for measure in known.values() if measure.base is None]
    assert {re.sub("^(image|video)_", "", measure.name) for measure in bases} == set(tomllib.loads(text))
    for measure in known.values():
        assert measure.unit and measure.source and len(measure.meaning) > 8
        assert re.fullmatch("[a-z][a-z0-9_]*", measure.name) and measure.name not in FUNCTIONS
        assert not measure.name.startswith("campaign") or measure.needs_campaign
    wanted = (
        "rivaliq socialinsider crowdtangle_post crowdtangle_account hootsuite_followers hootsuite_reach napoleoncat "
        "buffer_impressions tribe sotrender bonson_ratkai n_posts consistency engagement_rate size_residual quality"
    )
    assert set(wanted.split()) <= set(known)
    assert set(MEDIA) == {"image", "video"}
    assert known["engagement_rate"].columns[:2] == ("engagement_rate", "engagement_rate@facebook")


def test_the_page_lists_the_functions_measures_and_limits_of_the_code():
    listed = re.findall(r"^\| `(\w+)\((.*?)\)` \| (.*?) \|$", PAGE, re.M)
    assert listed == [(function.name, function.arguments, function.meaning) for function in FUNCTIONS.values()]
    table = PAGE.partition("<!-- measures -->")[2].partition("<!-- end of measures -->")[0]
    rows = re.findall(r"^\| `(\w+)` \| (P?M?C?) \| (.*?) \| (.*?) \|$", table, re.M)
    known = measures()
    assert rows == [
        (
            measure.name,
            "P" * measure.by_platform + "M" * (f"image_{measure.name}" in known) + "C" * measure.needs_campaign,
            measure.unit,
            measure.meaning,
        )
        for measure in known.values()
        if measure.base is None
    ]
    assert f"{MAX_LENGTH:,} characters and nests at most {MAX_DEPTH} deep" in " ".join(PAGE.split())


def test_the_file_and_the_measures_that_the_page_shows_can_be_followed(tmp_path):
    (shown,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
    path = tmp_path / "awards.toml"
    path.write_text(shown, encoding="utf-8")
    assert check_awards(path) == []
    (measures_shown,) = re.findall(r"^```\n(0\.6 \* .*?)^```", PAGE, re.M | re.S)
    for measure in measures_shown.splitlines():
        text = shown.replace('"reach * pct(engagement_rate) + steady * pct(consistency)"', f'"{measure}"')
        path.write_text(text.replace("weights", "# weights"), encoding="utf-8")
        assert check_awards(path) == [], measure


def test_the_keys_that_the_page_lists_are_those_that_files_may_have(tmp_path):
    """Whatever key is unknown, the error lists the known ones: none that the page leaves out."""
    page_keys = set(re.findall(r"\w+", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.M))))
    source = preset_path("gsm2022").read_text(encoding="utf-8")
    for place in ("[eligibility]", "[nominees]", "[[categories]]", "[clusters.bumn]"):
        path = tmp_path / "awards.toml"
        path.write_text(source.replace(place, f"{place}\nqqq = 1", 1), encoding="utf-8")
        (problem,) = check_awards(path)
        known = set(problem.message.partition("known here: ")[2].split(", "))
        assert len(known) >= 2 and known <= page_keys, known - page_keys


def test_a_new_file_is_that_of_the_preset_and_nothing_is_overwritten(tmp_path):
    path = write_new(tmp_path / "mine.toml", source="gsm2020")
    assert path.read_text(encoding="utf-8") == preset_path("gsm2020").read_text(encoding="utf-8")
    assert len(read_awards(path).awards) == 16
    with pytest.raises(ConfigError, match="exists already"):
        write_new(path, source="gsm2025")
    assert write_new(tmp_path / "copy.toml", source=path).read_bytes() == path.read_bytes()
    with pytest.raises(ResourceNotFoundError, match="did you mean gsm2020"):
        load_awards("gsm202o")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_new(tmp_path / "no" / "such" / "folder.toml", source="gsm2020")


def test_the_example_in_python_gives_the_ranks_that_the_page_says():
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    *lines, last = block.strip().split("\n")
    call, said = last.split("  # ")
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    assert repr(eval(call, names)) == said


def test_a_published_rate_on_all_platforms_is_no_percentage(tmp_path):
    """Together it is standardised: adding it to one platform's rate, or to another measure, is a warning."""
    path = tmp_path / "awards.toml"
    source = preset_path("gsm2022").read_text(encoding="utf-8")
    first = re.search(r'^measure = ".*"$', source, re.M)[0]
    for measure, warnings in (
        ("rivaliq + rivaliq@instagram", 1),
        ("rivaliq + tribe + z(n_posts)", 0),
        ("rivaliq@x + socialinsider@x", 0),
        ("mean_of(rivaliq + socialinsider)", 0),
    ):
        path.write_text(source.replace(first, f'measure = "{measure}"', 1), encoding="utf-8")
        assert [problem.severity for problem in check_awards(path)] == ["warning"] * warnings, measure
