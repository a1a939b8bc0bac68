"""What a season's posts add up to is what they add up to one by one, and is kept."""

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.integrity import flagged, integrity_stage
from textmine.ranking import account_weeks, load_awards, read_awards
from textmine.ranking.awards import Selection
from textmine.ranking.drawn_measures import CERTAIN, Drawing
from textmine.ranking.measures import MEDIA, measures
from textmine.ranking.season import counted, registered_clusters, season, weeks_of_edition
from textmine.ranking.season_stage import STAGE
from textmine.ranking.season_weeks import SUMS, media_groups, view_of
from textmine.ranking.week_draws import week_resamples
from textmine.store import Workspace

IMAGES = Selection(media_types=("image", "carousel"))
OURS = """
name = "ours"
title = "Ours"
[clusters.all]
title = "All"
register = ["kementerian", "lembaga", "pemerintah provinsi", "bumn"]
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weeks")
    runner = CliRunner()
    for arguments in (
        ["simulate", "-o", folder / "exports", "--posts", "4000"],
        ["ingest", *(folder / "exports" / f"{name}.csv" for name in ("facebook", "x", "instagram", "youtube")),
         "--agencies", folder / "exports" / "agencies.csv", "-o", folder / "ws"],
        ["sentiment", folder / "ws"],
    ):  # fmt: skip
        result = runner.invoke(root, [str(each) for each in arguments])
        assert result.exit_code == 0, result.output
    opened = Workspace.open(folder / "ws")
    with opened.lock():
        integrity_stage(opened)
    return opened


@pytest.fixture(scope="module")
def weeks(workspace):
    definition = load_awards("gsm2020")
    with workspace.lock():
        return weeks_of_edition(workspace, definition, registered_clusters(workspace, definition))


def ours(tmp_path, *measured, media=""):
    tables = [
        f'[[categories]]\nid = "c{n}"\ntitle = {{ id = "C", en = "C" }}\nmeasure = "{measure}"\n{media}'
        for n, measure in enumerate(measured)
    ]
    (tmp_path / "ours.toml").write_text(OURS + "\n".join(tables), encoding="utf-8")
    return read_awards(tmp_path / "ours.toml")


def posts_of(workspace, flags=None):
    definition = load_awards("gsm2020")
    return counted(workspace, definition, flags).filter("counts")


def test_sums_are_those_of_single_posts_with_and_without_flagged_ones(workspace, weeks):
    flags = flagged(workspace)
    for without in (False, True):
        posts = posts_of(workspace, flags if without else None).collect()
        mine = posts.filter((pl.col("media_type") == "image") | (pl.col("media_type") == "carousel"))
        found = weeks.of(view_of(IMAGES), without_flagged=without)
        n = dict(mine.group_by("agency").len().iter_rows())
        assert found["posts"].sum(axis=1).tolist() == [n.get(name, 0) for name in weeks.agencies]
        assert found["views"].sum() == mine["views"].sum()
    sentiment = workspace.scan("sentiment.parquet", made_by="sentiment").collect()
    read = posts_of(workspace).collect().join(sentiment, on=["platform", "post_id"])
    whole = weeks.of(((), ()), without_flagged=False)
    assert whole["positive"].sum() == pytest.approx(read["positive"].drop_nulls().cast(pl.Float64).sum())
    assert weeks.n_flagged.sum() > 0 and set(whole) == set(SUMS)


def test_accounts_are_those_that_the_model_was_made_for(workspace, weeks):
    flags = flagged(workspace)
    register = registered_clusters(workspace, load_awards("gsm2020"))
    for without in (False, True):
        found = weeks.accounts[((), ())][int(without)]
        direct = account_weeks(posts_of(workspace, flags if without else None), agencies=register)
        rows = [found.agencies.index(name) for name in direct.agencies]
        for name in ("total", "capped", "followers", "top", "top_capped"):
            assert np.allclose(getattr(found.figures, name)[rows], getattr(direct.figures, name), equal_nan=True), name
        assert [found.clusters[row] for row in rows] == list(direct.clusters)
        assert found.n_posts.sum() == direct.n_posts.sum()


def test_the_second_time_no_post_is_read(workspace, weeks, monkeypatch):
    definition = load_awards("gsm2020")
    made = workspace.manifest(STAGE)
    monkeypatch.setattr("textmine.ranking.season_stage.iter_batches", None)
    with workspace.lock():
        again = weeks_of_edition(workspace, definition, registered_clusters(workspace, definition))
    assert workspace.manifest(STAGE) == made and (again.sums == weeks.sums).all()
    assert again.first_week == weeks.first_week and again.groups == weeks.groups


@pytest.mark.parametrize("medium", ["image", "video"])
def test_measures_of_the_model_for_one_medium_are_those_of_a_category_for_it(workspace, tmp_path, medium):
    asked = ("engagement_rate", "engagement_rate@instagram", "size_residual")
    types = ", ".join(f'"{name}"' for name in MEDIA[medium])
    narrow = ours(tmp_path, *asked, media=f"media_types = [{types}]")
    wide = ours(tmp_path, *(f"{medium}_{name}" for name in asked), f"{medium}_engagement_rate + 0 * engagement_rate")
    with workspace.lock():
        one, other = (season(workspace, each, n_draws=200) for each in (narrow, wide))
    for id, found in one.contests.items():
        same = other.contests[id]
        np.testing.assert_allclose(same.scores(), found.scores())
        assert np.isfinite(found.scores()).sum() > 3 and np.nanmax(same.draws().std(axis=0)) > 0
    assert not other.notes


def test_media_types_that_are_never_asked_for_apart_are_added_up_together():
    groups = media_groups([("image",), ("image", "video")])
    assert ("image",) in groups and ("video",) in groups and len(groups) == 3
    assert len(media_groups([])) == 1


def test_every_average_is_drawn_around_its_figure_and_facts_are_not(workspace, tmp_path):
    drawn = ("positive_share", "negative_posts", "consistency", "engagement_median", "engagement_per_post",
             "engagement_total@instagram", "size_residual", "size_residual@x", "rivaliq", "rivaliq@facebook",
             "image_media_share", "image_engagement_per_post", "video_engagement_median",
             "engagement_rate@x")  # fmt: skip
    definition = ours(tmp_path, *drawn, *CERTAIN, "n_posts + 0 * positive_share")
    with workspace.lock():
        found = season(workspace, definition, n_draws=400)
    for number, measure in enumerate((*drawn, *CERTAIN)):
        each = found.contests[f"c{number}/all"]
        draws = each.draws()
        if measure in CERTAIN:
            assert draws is None, measure
            continue
        scores, low, high = each.scores(), *np.nanquantile(draws, [0.05, 0.95], axis=0)
        known = ~np.isnan(scores)
        assert known.sum() > 30 and (low[known] < high[known]).mean() > 0.9, measure
        assert ((low[known] <= scores[known]) & (scores[known] <= high[known])).mean() > 0.95, measure
        if measure.endswith("share"):
            assert draws[:, known].min() >= 0 and draws[:, known].max() <= 1
    assert not any("certain" in note for note in found.notes)
    mixed = found.contests[f"c{len(drawn) + len(CERTAIN)}/all"].draws()
    assert np.nanstd(mixed, axis=0).max() == 0  # a count stays as it was counted beside something uncertain


def test_pictures_and_all_posts_move_together_and_so_do_figures_of_the_same_posts(workspace, tmp_path):
    definition = ours(tmp_path, "engagement_rate", "image_engagement_per_post", "engagement_per_post")
    with workspace.lock():
        every = season(workspace, definition, n_draws=1000)
        images = season(
            workspace, ours(tmp_path, "engagement_rate", media='media_types = ["image", "carousel"]'), n_draws=1000
        )
    rate, image_mean, mean = (every.contests[f"c{n}/all"].draws() for n in range(3))
    of_images = images.contests["c0/all"].draws()

    def correlation(one, other):
        with np.errstate(invalid="ignore"):
            return np.nanmean([np.corrcoef(np.log(one[:, k]), np.log(other[:, k]))[0, 1] for k in range(one.shape[1])])

    assert correlation(image_mean, mean) > 0.3
    assert correlation(rate, of_images) > 0.15
    assert correlation(rate, mean) > 0.3


def test_a_measure_that_nobody_can_draw_is_named(workspace, weeks):
    table = pl.DataFrame({"agency": weeks.agencies, "engagement_median": np.ones(len(weeks.agencies))})
    drawing = Drawing(table, weeks, False, week_resamples(weeks.n_weeks, 100))
    found = drawing.draw(["engagement_median", "n_posts"], Selection())
    assert found.draws == {} and found.undrawn == ("engagement_median",)  # no award asked for its weeks


def test_every_measure_is_a_fact_or_drawn_or_of_a_campaign(workspace, weeks):
    names = [name for name, each in measures().items() if not each.needs_campaign and name != "engagement_rate"]
    table = pl.DataFrame({"agency": weeks.agencies, **{name: np.full(len(weeks.agencies), 0.5) for name in names}})
    found = Drawing(table, weeks, False, week_resamples(weeks.n_weeks, 100)).draw(names, Selection())
    unknown = {name for name in found.undrawn if not name.endswith("engagement_median")}
    published = {name for name, each in measures().items() if each.group == "published rates"}
    assert unknown <= published  # together, they need their columns of single platforms


def test_the_table_without_flagged_posts_is_made_once_and_again_for_other_flags(workspace, monkeypatch):
    definition = load_awards("gsm2020")
    flags = flagged(workspace)
    with workspace.lock():
        first = season(workspace, definition, flags=flags, n_draws=100)
        fewer = season(workspace, definition, flags=flags.head(1), n_draws=100)
        season(workspace, definition, flags=flags, n_draws=100)
        monkeypatch.setattr("textmine.ranking.agency.stage.agency_table", None)
        again = season(workspace, definition, flags=flags, n_draws=100)
    posts = [each.contests["most_active/bumn"].scores() for each in (first, fewer, again)]
    assert np.array_equal(posts[0], posts[2], equal_nan=True) and np.nansum(posts[1]) > np.nansum(posts[0])
