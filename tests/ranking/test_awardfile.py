"""Files that define awards: what is read, and that every mistake is told with file, line, column, key and remedy."""

import tomllib
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.errors import ConfigError
from textmine.ranking.awardfile import check_awards, read_awards
from textmine.ranking.awards import Eligibility, Nominees, Selection, Winner
from textmine.ranking.expressions import MeasureTable
from textmine.ranking.presets import PRESETS, preset_path
from textmine.ranking.tables import awards_table, problems_table

GOOD = '''\
name = "kota"
title = { id = "Penghargaan Kota", en = "City Award" }
period = { first = 2024-01-01, last = 2024-12-31 }

[clusters.kota]
title = "Kota"

[clusters.kabupaten]
title = { id = "Kabupaten", en = "Regencies" }
register = ["Pemerintah Kabupaten", "pemkab"]

[eligibility]
min_posts = 20
platforms = ["instagram"]
exclude = ["kota-penyelenggara"]

[nominees]
min = 2
max = 4

[ties]
by = ["n_posts", "consistency"]
at_the_cut = "none"

[[categories]]
id = "lively"
title = { id = "Ramai", en = "Lively" }
measure = """
engaging * pct(engagement_rate)
  + steady * pct(consistency)
"""
weights = { engaging = 0.6, steady = 0.4 }

[[categories]]
id = "calm"
title = "Calm"
measure = "negative_share"
direction = "lowest"
awarded_to = "all clusters"
clusters = ["kota"]
platforms = ["x", "instagram"]
nominees = { max = 3 }

  [categories.eligibility]
  min_coverage = 0.5

[[categories]]
id = "campaign"
title = "Campaign"
hashtags = ["#Kota_Bersih", "kotahijau"]
measure = "campaign_lift"
winner = { above = 1, top = 2 }

[[categories]]
id = "best"
title = "Best"
accumulates = ["lively", "calm"]
weights = { lively = 3 }
missing = "skip"
'''


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "awards.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_is_read_into_what_it_says(written):
    award = read_awards(written(GOOD))
    assert (award.name, award.title.en) == ("kota", "City Award")
    assert (award.period.first, award.period.last, award.period.days) == (date(2024, 1, 1), date(2024, 12, 31), 366)
    assert [(each.name, each.title.en, each.register) for each in award.clusters] == [
        ("kota", "Kota", ("kota",)),
        ("kabupaten", "Regencies", ("pemerintah kabupaten", "pemkab")),
    ]
    lively, calm, campaign, best = award.categories
    assert lively.eligibility == Eligibility(20, ("instagram",), exclude=("kota-penyelenggara",))
    assert calm.eligibility == Eligibility(20, ("instagram",), min_coverage=0.5, exclude=("kota-penyelenggara",))
    assert (lively.nominees, calm.nominees) == (Nominees(2, 4), Nominees(2, 3))
    assert [measure.text for measure in lively.ties.by] == ["n_posts", "consistency"]
    assert lively.ties.at_the_cut == "none"
    assert [(part.weight, part.expression.text) for part in lively.measure.parts()] == [
        (0.6, "pct(engagement_rate)"),
        (0.4, "pct(consistency)"),
    ]
    assert (calm.direction, calm.awarded_to, calm.selection) == (
        "lowest",
        "all clusters",
        Selection(platforms=("x", "instagram")),
    )
    assert campaign.selection == Selection(campaign="hashtags", hashtags=("kota_bersih", "kotahijau"))
    assert campaign.winner == Winner(1.0, 2)
    assert best.accumulates == {"lively": 3.0, "calm": 1.0}
    assert [each.id for each in award.awards] == [
        "lively/kota",
        "lively/kabupaten",
        "calm",
        "campaign/kota",
        "campaign/kabupaten",
        "best/kota",
        "best/kabupaten",
    ]
    assert award.awards[1].title.id == "Ramai: Kabupaten"
    assert award.measures == ("campaign_lift", "consistency", "engagement_rate", "n_posts", "negative_share")
    assert check_awards(written(GOOD)) == []


@pytest.mark.parametrize(
    ("missing", "expected"), [("skip", [60.0, 50.0, None]), ("zero", [60.0, 37.5, 0.0]), ("null", [60.0, None, None])]
)
def test_accumulated_scores_are_a_weighted_mean(written, missing, expected):
    best = read_awards(written(GOOD.replace('"skip"', f'"{missing}"'))).category("best")
    scores = {"lively": np.array([3.0, 2.0, np.nan]), "calm": np.array([-1.0, np.nan, np.nan])}
    eligible = np.array([True, True, True])
    found = best.measure.evaluate(MeasureTable(pl.DataFrame({"n": [1, 2, 3]})), eligible=eligible, scores=scores)
    # percentile ranks: lively 75 and 25 of two, calm 50 of one; weights 3 and 1
    hand = {
        "skip": [(3 * 75 + 50) / 4, 25.0, None],
        "zero": [(3 * 75 + 50) / 4, 3 * 25 / 4, 0.0],
        "null": [(3 * 75 + 50) / 4, None, None],
    }[missing]
    assert [None if np.isnan(each) else float(each) for each in found] == hand


def test_a_category_comes_after_those_that_it_asks_for(written):
    text = GOOD.replace('accumulates = ["lively", "calm"]', 'accumulates = "others"').replace(
        "lively = 3", "lively = 1"
    )
    head, *tables = text.split("[[categories]]")
    turned = "[[categories]]".join([head, *reversed(tables)])
    assert [each.id for each in read_awards(written(turned)).in_order] == ["campaign", "calm", "lively", "best"]


MISTAKES = [
    # what is replaced, by what, the line that must be named holds, key, the message holds
    ('name = "kota"\n', "", 'title = { id = "Peng', "name", "name is missing"),
    ('name = "kota"', "name = 3", "name = 3", "name", "must be text in quotes (it is 3)"),
    ('name = "kota"', 'name = "kota"\nnmae = 1', "nmae", "nmae", "unknown key 'nmae'; did you mean name?"),
    ('"City Award" }', "5 }", "en = 5", "title.en", "must be text in quotes (it is 5)"),
    ('"Penghargaan Kota", ', '"Penghargaan Kota", fr = "x", ', "fr = ", "title.fr", "unknown key 'fr'"),
    ("2024-01-01", '"2024-01-01"', "period", "period.first", "a day without quotes, such as 2019-10-01"),
    ("2024-01-01", "2024-01-01T00:00:00", "period", "period.first", "must be a day without quotes"),
    ("last = 2024", "last = 2023", "period", "period.last", "is before the first day"),
    ("[clusters.kota]\ntitle", "[clusters.kota]\ntitel", "titel", "clusters.kota.titel", "did you mean title?"),
    ('"pemkab"', '"kota"', "register", "clusters.kabupaten.register", "belongs to the cluster 'kota' already"),
    ('"pemkab"', '"pemkab", 3', "register", "clusters.kabupaten.register[3]", "must be text in quotes (it is 3)"),
    ('"pemkab"', '"pemkab",\n"pemkab"', '"pemkab"]', "clusters.kabupaten.register[3]", "twice"),
    ("min_posts = 20", "min_posts = -1", "min_posts", "eligibility.min_posts", "whole number, 0 or more (it is -1)"),
    ("min_posts = 20", "min_posts = true", "min_posts", "eligibility.min_posts", "(it is true)"),
    ("min_posts = 20", "min_posts = 20.5", "min_posts", "eligibility.min_posts", "(it is 20.5)"),
    ("min_posts = 20", f"min_posts = 1{'0' * 400}", "min_posts", "eligibility.min_posts", "beyond all figures"),
    ("top = 2", "top = true", "winner", "categories[3].winner.top", "(it is true)"),
    ("above = 1", f"above = 1{'0' * 400}", "winner", "categories[3].winner.above", "beyond all figures"),
    ("above = 1", "above = nan", "winner", "categories[3].winner.above", "must be a number (it is nan)"),
    ("steady = 0.4", "steady = inf", "steady = inf", "categories[1].weights.steady", "must be a number (it is inf)"),
    ("min_posts = 20", "min_post = 20", "min_post ", "eligibility.min_post", "did you mean min_posts"),
    ('= ["instagram"]\nex', "= [\n'instagam']\nex", "'instagam'", "eligibility.platforms[1]", "did you mean"),
    ("= 0.5", "= 50", "min_coverage", "categories[2].eligibility.min_coverage", "50 per cent is 0.5"),
    ("= 0.5", "= nan", "min_coverage", "categories[2].eligibility.min_coverage", "0 to 1 (it is nan)"),
    ("min = 2", "min = 6", "min = 6", "nominees.min", "is more than max (4)"),
    ("max = 4", "max = 99", "max = 99", "nominees.max", "1 to 20 (it is 99)"),
    ("[nominees]", "[nominee]", "[nominee]", "nominee", "did you mean nominees?"),
    ('"consistency"]', '"consistancy"]', "by = ", "ties.by[2]", "did you mean consistency?"),
    ('"consistency"]', "3]", "by = ", "ties.by[2]", "must be a measure in quotes"),
    ('= "none"', '= "nobody"', "at_the_cut", "ties.at_the_cut", 'one of "all", "none"'),
    ('id = "lively"', 'id = "Lively One"', "Lively One", "categories[1].id", "write 'lively_one'"),
    ('id = "calm"', 'id = "lively"', 'id = "lively"', "categories[2].id", "is the id of a category above"),
    ('id = "calm"\n', "", "[[categories]]", "categories[2].id", "id is missing"),
    ("  + steady", "  + stedy", "stedy", "categories[1].measure", "did you mean steady"),
    ("* pct(consistency)", "* pct(consistency", "pct(consistency", "categories[1].measure", "never closed"),
    ("steady = 0.4", "steady = '0.4'", "weights", "categories[1].weights.steady", "must be a number"),
    ("steady = 0.4", "steady = 0.4, idle = 1", "idle", "categories[1].weights.idle", "does not use the weight"),
    ("steady = 0.4", "steady = 0.4, audience = 1", "audience", "categories[1].weights.audience", "is the name of a"),
    ('measure = "negative_share"\n', "", "[[categories]]", "categories[2].measure", "measure is missing"),
    ('"negative_share"', "7", "measure = 7", "categories[2].measure", "must be a measure in quotes"),
    ('"negative_share"', '"campaign_lift"', "campaign_lift", "categories[2].measure", "needs a campaign"),
    ('"negative_share"', '"score(calm)"', "score(calm)", "categories[2].measure", "asks for the score of itself"),
    ('"negative_share"', '"score(best)"', "score(best)", "categories[2].measure", "itself through"),
    ('"lowest"', '"low"', "direction", "categories[2].direction", "did you mean lowest?"),
    ('"all clusters"', '"all"', "awarded_to", "categories[2].awarded_to", 'one of "each cluster", "all clusters"'),
    ('clusters = ["kota"]', 'clusters = ["kotta"]', "kotta", "categories[2].clusters[1]", "did you mean kota"),
    ('"#Kota_Bersih"', '"#Kota Bersih"', "hashtags", "categories[3].hashtags[1]", "is not one hashtag"),
    ('"campaign_lift"', '"campaign_lift"\ncampaign = "own"', "campaign =", "categories[3].campaign", "exclude"),
    ("top = 2", "top = 0", "winner", "categories[3].winner.top", "1 or more (it is 0)"),
    ('"lively", "calm"]', '"lively", "clam"]', "clam", "categories[4].accumulates[2]", "did you mean calm"),
    ('["lively", "calm"]', "[]", "accumulates", "categories[4].accumulates", "names no category"),
    ("lively = 3", "campaign = 3", "campaign = 3", "categories[4].weights.campaign", "is not accumulated"),
    ("lively = 3", "lively = -3", "lively = -3", "categories[4].weights.lively", "must be 0 or more"),
    ("lively = 3", "lively = 0, calm = 0", "lively = 0", "categories[4].weights", "are all 0"),
    ('= "skip"', '= "ignore"', "missing", "categories[4].missing", 'one of "zero", "null", "skip"'),
    ('missing = "skip"', 'missing = "zero"\nscale = "z"', "missing", "categories[4].missing", "zero is the mean"),
    ('= "skip"', '= "skip"\nmeasure = "n_posts"', "accumulates", "categories[4].accumulates", "exclude"),
    ('"Calm"', '"Calm"\nmissing = "skip"', "missing", "categories[2].missing", "belongs to accumulates"),
    ("[ties]", "[[ties]]", "[[ties]]", "ties", "must be a table"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "key", "says"), MISTAKES, ids=[f"{m[3]} {m[4]}" for m in MISTAKES])
def test_mistakes_are_told_with_their_line_key_and_remedy(written, old, new, line, key, says):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    path = written(text)
    problems = [problem for problem in check_awards(path) if problem.key == key]
    assert problems, check_awards(path)
    (problem,) = problems
    assert says in problem.message
    assert line in text.split("\n")[problem.line - 1]
    with pytest.raises(ConfigError, match=r"awards\.toml, line \d+, column \d+") as found:
        read_awards(path)
    assert found.value.path == path and found.value.line is not None


def test_a_mistake_in_a_long_measure_is_told_with_its_own_line_and_column(written):
    text = GOOD.replace("pct(consistency)", "pct(consistancy)")
    (problem,) = check_awards(written(text))
    line = text.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :].startswith("consistancy")
    with pytest.raises(ConfigError) as found:
        read_awards(written(text))
    assert (found.value.line, found.value.column) == (problem.line, problem.column)
    assert found.value.value.startswith("engaging * pct")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(written):
    text = GOOD.replace("min = 2", "min = 0").replace("consistency", "consistancy").replace('"skip"', '"skipp"')
    problems = check_awards(written(text))
    assert [problem.key for problem in problems] == [
        "nominees.min",
        "ties.by[2]",
        "categories[1].measure",
        "categories[4].missing",
    ]
    with pytest.raises(ConfigError, match="3 more: textmine awards check"):
        read_awards(written(text))


def test_unlike_units_are_a_warning_and_the_file_is_read(written):
    text = GOOD.replace('"negative_share"', '"negative_share + n_posts"')
    (warning,) = check_awards(written(text))
    assert (warning.severity, warning.key) == ("warning", "categories[2].measure")
    assert "bring them to one scale" in warning.message
    assert read_awards(written(text)).category("calm").measure.text == "negative_share + n_posts"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("name = \n", 1, "is not TOML"),
        ('name = "a"\nname = "b"\n', 2, "is not TOML"),
        ("", 1, "name is missing"),
        ("categories = 3\nname = 'a'\n", 1, "array of tables"),
        ("[categories]\nid = 'a'\n", 1, "array of tables"),
        ("clusters = 3\n", 1, "must be a table"),
    ],
)
def test_files_that_are_no_definition_at_all(written, text, line, says):
    problems = check_awards(written(text))
    assert any(problem.line == line and says in problem.message for problem in problems), problems


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "is not UTF-8"), (b"a = " + b"[" * 5_000 + b"]" * 5_000, "nests lists or tables hundreds deep")],
)
def test_files_that_cannot_be_read(tmp_path, content, says):
    path = tmp_path / "awards.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        check_awards(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_awards(tmp_path / "none.toml")


LINES = GOOD.split("\n")


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_damaged_file_is_read_or_told_apart_but_never_crashes(tmp_path_factory, data):
    source = preset_path(data.draw(st.sampled_from(PRESETS))).read_text(encoding="utf-8")
    lines = data.draw(st.sampled_from([source, GOOD])).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "twice", "cut", "value", "swap"])):
            case "drop":
                lines[place] = ""
            case "twice":
                lines.insert(place, lines[place])
            case "cut":
                lines[place] = lines[place][: data.draw(st.integers(0, 20))]
            case "value":
                value = data.draw(
                    st.sampled_from(["3", "true", "[]", "{}", '"x"', "nan", "1e400", "[[1]]", "''", "-1", "9" * 99])
                )
                lines[place] = f"{lines[place].partition('=')[0]}= {value}"
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
    path = tmp_path_factory.mktemp("damaged") / "awards.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = check_awards(path)
    assert all(1 <= problem.line <= len(lines) + 1 and problem.message for problem in problems)
    assert problems_table(problems).height == len(problems)
    if any(problem.severity == "error" for problem in problems):
        with pytest.raises(ConfigError, match="line"):
            read_awards(path)
    else:
        assert awards_table(read_awards(path)).height
        tomllib.loads(path.read_text(encoding="utf-8"))
