"""What-ifs by the award's own score: sums by week give what a table made anew would give."""

import shutil
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from textmine.platforms import PLATFORMS
from textmine.ranking import account_weeks, load_awards, nominate
from textmine.ranking.agency import AgencySettings, agency_table_of
from textmine.ranking.hangs_on import KEPT_VARIANT_SCHEMA, SENSITIVITY_SCHEMA, sensitivity
from textmine.ranking.season import counted
from textmine.ranking.season_scores import season_scores
from textmine.ranking.sensitivity_stage import sensitivity_stage, what_if_of
from textmine.ranking.stored import stored_rankings
from textmine.ranking.what_if import BY_WEEK, Scenario, WhatIf, period_scenarios, platform_scenarios
from textmine.ranking.what_if import _computed as computed
from textmine.store import Workspace

EVERYTHING = Scenario("everything")


@pytest.fixture(scope="module")
def workspace(ranked_workspace) -> Workspace:
    return Workspace.open(ranked_workspace)


@pytest.fixture(scope="module")
def season(workspace):
    return stored_rankings(workspace, "gsm2020").season()


@pytest.fixture(scope="module")
def what_if(workspace, season) -> WhatIf:
    return what_if_of(workspace, load_awards("gsm2020"), season, without_flagged=False)


@pytest.fixture(scope="module")
def engaging(season):
    return season.contests["most_engaging/bumn"]


def weekly_of(what_if, contest):
    return what_if.weekly[contest.award.category.selection]


def figures(table, column):
    return table[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


@pytest.mark.parametrize("id", ["most_engaging/bumn", "best_use_of_image/bumn", "best_use_of_video/bumn"])
@pytest.mark.parametrize("end", ["", *(f"@{platform}" for platform in PLATFORMS)])
def test_nothing_left_out_is_the_table_itself(what_if, season, id, end):
    contest = season.contests[id]
    table = contest.figures[contest.award.category.selection].table
    for name in BY_WEEK:
        found = computed(weekly_of(what_if, contest), EVERYTHING, name + end, figures(table, name + end))
        assert found == pytest.approx(figures(table, name + end), rel=1e-9, nan_ok=True), name
    same = what_if.contest(contest, EVERYTHING)
    assert same.scores() == pytest.approx(contest.scores(), rel=1e-9, nan_ok=True)


def test_a_part_of_the_period_is_what_a_table_of_that_part_says(workspace, what_if, engaging):
    weekly = weekly_of(what_if, engaging)
    half = next(each for each in period_scenarios(weekly) if each.name == "second half")
    first = weekly.monday + timedelta(weeks=half.weeks[0])
    last = weekly.monday + timedelta(weeks=half.weeks[-1], days=6)
    period = load_awards("gsm2020").period
    settings = AgencySettings(max(first, period.first), min(last, period.last))
    table = agency_table_of(workspace, settings=settings)
    for name in BY_WEEK:
        found = computed(weekly, half, name, figures(table, name))
        assert found == pytest.approx(figures(table, name), rel=1e-9, nan_ok=True), name


def test_the_score_of_a_part_is_close_to_that_of_a_model_fitted_anew(workspace, what_if, engaging):
    weekly = weekly_of(what_if, engaging)
    half = next(each for each in period_scenarios(weekly) if each.name == "first half")
    moved = what_if.contest(engaging, half).scores()
    day = weekly.monday + timedelta(weeks=len(half.weeks))
    posts = counted(workspace, load_awards("gsm2020")).filter("counts")
    early = posts.filter(pl.col("published_at").dt.convert_time_zone("Asia/Jakarta").dt.date() < day)
    weeks, names = account_weeks(early, agencies=workspace.register()), list(engaging.agencies)
    anew = season_scores(weeks, names, platforms=[None], n_draws=1, seed=0).columns["engagement_rate"]
    here = ~np.isnan(moved)
    assert here.sum() == 19
    assert np.corrcoef(np.log(moved[here]), np.log(anew[here]))[0, 1] > 0.97
    assert np.abs(np.log(moved[here] / anew[here])).max() < 0.25


def test_periods_are_halves_quarters_and_the_last_month(workspace, what_if, engaging):
    weekly = weekly_of(what_if, engaging)
    by_name = {each.name: each.weeks for each in period_scenarios(weekly)}
    assert [*by_name["first half"], *by_name["second half"]] == list(range(weekly.n_weeks))
    quarters = [name for name in by_name if name.startswith("without 20")]
    period = load_awards("gsm2020").period
    n_quarters = (
        (period.last.year - period.first.year) * 4 + (period.last.month - 1) // 3 - (period.first.month - 1) // 3
    )
    assert len(quarters) == n_quarters + 1
    left_out = [week for name in quarters for week in set(range(weekly.n_weeks)) - set(by_name[name])]
    assert sorted(left_out) == list(range(weekly.n_weeks))
    assert 4 <= weekly.n_weeks - len(by_name["without the last month"]) <= 5


def test_a_short_period_has_no_parts(what_if, engaging):
    weekly = weekly_of(what_if, engaging)
    sums = {name: values[:, :, :7] for name, values in weekly.sums.items()}
    assert period_scenarios(type(weekly)(weekly.agencies, weekly.monday, sums, weekly.accounts)) == []


def test_without_a_platform_its_posts_are_gone_for_all(what_if, season):
    contest = season.contests["most_active/bumn"]
    table = contest.figures[contest.award.category.selection].table
    names = [each.platform for each in platform_scenarios(weekly_of(what_if, contest))]
    assert names == list(PLATFORMS)
    for scenario in platform_scenarios(weekly_of(what_if, contest)):
        expected = figures(table, "n_posts") - figures(table, f"n_posts@{scenario.platform}")
        who = ~np.isnan(contest.scores())
        assert what_if.contest(contest, scenario).scores()[who] == pytest.approx(expected[who])


def test_the_smallest_account_and_the_top_post_of_one_agency_leave_the_others_as_they_are(what_if, season):
    contest = season.contests["most_active/bumn"]
    table = contest.figures[contest.award.category.selection].table
    agency = nominate(contest).table["agency"][0]
    place = contest.place(agency)
    for thing in ("smallest account", "top post"):
        scenario = Scenario(thing, agency=agency, thing=thing)
        platform = what_if.whose(contest, scenario)
        row = table.filter(pl.col("agency") == agency)
        lost = contest.scores() - what_if.contest(contest, scenario).scores()
        assert lost[place] == (1 if thing == "top post" else row[f"n_posts@{platform}"].item())
        assert np.nansum(np.abs(np.delete(lost, place))) == 0
        if thing == "smallest account":
            audiences = {name: row[f"audience@{name}"].item() for name in PLATFORMS if row[f"n_posts@{name}"].item()}
            assert platform == min(audiences, key=audiences.get)


def test_who_lives_on_one_post_falls_without_it(what_if, engaging, season):
    """The best post of an agency is made the whole of what it has."""
    agency = nominate(engaging).table["agency"][0]
    weekly = weekly_of(what_if, engaging)
    accounts = weekly.accounts
    row = accounts.agencies.index(agency)
    figures_ = accounts.figures
    total, capped = figures_.total.copy(), figures_.capped.copy()
    top, top_capped = figures_.top.copy(), figures_.top_capped.copy()
    top[row], top_capped[row] = total[row] * 0.95, capped[row] * 0.95
    lucky = type(figures_)(figures_.n_posts, total, capped, figures_.followers, top, top_capped)
    changed = type(accounts)(**{**accounts.__dict__, "figures": lucky})
    posts = type(weekly)(weekly.agencies, weekly.monday, weekly.sums, changed)
    other = WhatIf({engaging.award.category.selection: posts})
    scenario = Scenario("top", agency=agency, thing="top post")
    fell = other.contest(engaging, scenario)
    stood = what_if.contest(engaging, scenario)
    place = engaging.place(agency)
    assert stood.ranks(stood.scores())[place] == 1
    assert fell.scores()[place] < stood.scores()[place] * 0.8


def test_all_kinds_of_a_list_are_told(what_if, season):
    chosen = {id: season.contests[id] for id in ("most_engaging/bumn", "most_active/lembaga")}
    nominations = {id: nominate(each) for id, each in chosen.items()}
    found = sensitivity(chosen, nominations, {}, what_if)
    assert found.rows.schema == SENSITIVITY_SCHEMA and found.variants.schema == KEPT_VARIANT_SCHEMA
    kinds = set(found.rows.filter(pl.col("category") == "most_engaging/bumn")["kind"])
    assert kinds == {"definition", "period", "platform", "smallest account", "top post", "other lists"}
    firm = found.rows.filter(pl.col("kind") == "other lists")
    lists = found.variants.filter(pl.col("variant") != "as defined")
    for category, agency, share in firm.select("category", "agency", "share").iter_rows():
        mine = lists.filter((pl.col("category") == category) & (pl.col("agency") == agency))
        assert share == pytest.approx(mine["nominee"].mean()) and mine["variant"].n_unique() == mine.height
    assert firm.height == sum(each.table["nominee"].sum() for each in nominations.values())
    own = found.rows.filter(pl.col("kind").is_in(["smallest account", "top post"]))
    n_nominees = sum(found_.table["nominee"].sum() for found_ in nominations.values())
    assert own.height == 2 * n_nominees and own["agency"].null_count() == 0
    ranks = found.variants.filter(pl.col("variant") == "as defined").select("category", "agency", "rank").unique()
    assert own.join(ranks, on=["category", "agency", "rank"], how="semi").height == own.height
    falls = own.filter(pl.col("left").list.contains(pl.col("agency")))
    assert falls.height < own.height and (falls["rank_without"] > falls["rank"]).all()
    pairs = found.agreement.filter(pl.col("category") == "most_engaging/bumn")
    n = found.variants.filter((pl.col("category") == "most_engaging/bumn") & (pl.col("kind") == "definition"))
    n = n["variant"].n_unique()
    assert pairs.height == n * (n - 1) // 2 and pairs["tau"].is_between(-1, 1).all()


def test_what_a_kept_ranking_hangs_on_is_kept_too(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    with workspace.lock():
        first = sensitivity_stage(workspace, "gsm2020")
        made = workspace.manifest("sensitivity-gsm2020")
        again = sensitivity_stage(workspace, "gsm2020")
    assert workspace.manifest("sensitivity-gsm2020") == made
    assert first.rows.equals(again.rows) and first.rows["category"].n_unique() == 16
    assert "flagged" in first.rows["kind"]
