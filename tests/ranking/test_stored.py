"""What a workspace keeps of a ranking: read back to the last bit, made anew when something changed, never by halves."""

import shutil

import numpy as np
import polars as pl
import pytest

from textmine.errors import WorkspaceError
from textmine.ranking import nominate
from textmine.ranking.features_behind import FEATURE_SCHEMA
from textmine.ranking.flag_effect import CHANGED_SCHEMA, changes_in_words
from textmine.ranking.season_tables import RANKING_SCHEMA
from textmine.ranking.stage import rank_workspace
from textmine.ranking.stored import ranked_awards, stored_rankings
from textmine.store import Workspace

ODD = """
name = "Anugerah Kami: 2020/21"
title = { id = "Kami", en = "Ours" }

[clusters.semua]
title = { id = "Semua", en = "All" }
register = ["kementerian", "lembaga"]

[[categories]]
id = "busy"
title = { id = "Rajin", en = "Busy" }
measure = "n_posts"
"""


@pytest.fixture
def workspace(ranked_workspace, tmp_path) -> Workspace:
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    return Workspace.open(tmp_path / "ws")


def again(workspace, award="gsm2020", **options):
    with workspace.lock():
        return rank_workspace(workspace, award, **({"n_draws": 300} | options))


def test_all_competing_agencies_are_kept_with_what_stands_behind_them(workspace):
    kept = stored_rankings(workspace, "gsm2020")
    assert ranked_awards(workspace) == ["gsm2020"] and kept.is_current
    assert (kept.draws, kept.seed, kept.without_flagged) == (300, 0, False)
    assert kept.ranking.schema == RANKING_SCHEMA and kept.ranking["category"].n_unique() == 16
    register = workspace.register().filter(pl.col("cluster") == "bumn")["agency"].unique()
    assert set(kept.ranking.filter(pl.col("category") == "most_active/bumn")["agency"]) == set(register)
    assert kept.features.schema == FEATURE_SCHEMA and kept.changed.schema == CHANGED_SCHEMA
    active = kept.ranking.join(kept.features, on=["category", "agency"]).filter(pl.col("measure") == "n_posts")
    assert active.height and active["score"].equals(active["figure"]) and set(active["unit"]) == {"posts"}
    first = active.filter((pl.col("rank") == 1) & pl.col("p_first").eq(1))
    assert (first["percentile"] >= 90).all() and first["n_posts"].cast(float).equals(first["figure"])
    assert (
        kept.compared.filter(pl.col("category") == "most_active/bumn")["score"].sum()
        < active.filter(pl.col("category") == "most_active/bumn")["score"].sum()
    )
    assert kept.cuts.group_by("category").agg(pl.col("chosen").sum())["chosen"].eq(1).all()
    assert set(kept.unknown) == {"best_use_of_image", "best_use_of_video"}


def test_the_contests_are_read_back_to_the_last_bit(workspace):
    computed, _ = again(workspace, seed=5)
    read = stored_rankings(workspace, "gsm2020").season()
    assert list(read.contests) == list(computed.whole.contests) and read.unknown == computed.whole.unknown
    for id, contest in computed.whole.contests.items():
        assert nominate(read.contests[id]).table.equals(nominate(contest).table), id
        if contest.draws() is not None:
            assert np.array_equal(read.contests[id].draws(), contest.draws(), equal_nan=True), id


def test_nothing_is_computed_twice_and_a_change_of_what_it_reads_is_seen(workspace):
    assert not again(workspace)[1].ran
    assert again(workspace, seed=1)[1].ran
    assert stored_rankings(workspace, "gsm2020").seed == 1
    (workspace.file("rankings/gsm2020/ranking.parquet")).unlink()
    assert again(workspace, seed=1)[1].ran and stored_rankings(workspace, "gsm2020").ranking.height
    register = workspace.register()
    register.with_columns(cluster=pl.col("cluster").str.replace("lembaga", "bumn")).write_parquet(
        workspace.file("agencies.parquet")
    )
    assert not stored_rankings(workspace, "gsm2020").is_current
    assert again(workspace, seed=1)[1].ran and stored_rankings(workspace, "gsm2020").is_current


def test_a_part_is_read_from_the_whole_and_never_replaces_it(workspace):
    whole = stored_rankings(workspace, "gsm2020").ranking
    part, stage = again(workspace, categories=["most_engaging"])
    assert stage is None and len(part.shown.contests) == 4 and part.shown.unknown == {}
    fresh, _ = again(workspace, categories=["best_use_of_image/bumn"], seed=9)  # of another seed: computed
    assert list(fresh.shown.contests) == ["best_use_of_image/bumn"] and set(fresh.shown.unknown) == {
        "best_use_of_image"
    }
    assert stored_rankings(workspace, "gsm2020").seed == 0
    assert stored_rankings(workspace, "gsm2020").ranking.equals(whole)


def test_a_part_that_is_computed_has_the_figures_of_the_whole(workspace):
    stored = stored_rankings(workspace, "gsm2020").season().contests["best_use_of_video/bumn"]
    for folder in ("rankings", "manifests/ranking-gsm2020.json"):
        path = workspace.file(folder)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    alone, _ = again(workspace, categories=["best_use_of_video/bumn"])
    assert nominate(alone.shown.contests["best_use_of_video/bumn"]).table.equals(nominate(stored).table)
    assert ranked_awards(workspace) == []


def test_a_look_without_flagged_posts_does_not_decide_and_a_ranking_does(workspace):
    with_them = stored_rankings(workspace, "gsm2020").ranking
    looked, stage = again(workspace, without_flagged=True, decides=False)
    assert not stage.ran and looked.without_flagged and looked.shown is looked.rest
    assert not stored_rankings(workspace, "gsm2020").without_flagged
    assert again(workspace, without_flagged=True)[1].ran
    kept = stored_rankings(workspace, "gsm2020")
    assert kept.without_flagged and kept.compared.equals(with_them) and not kept.ranking.equals(with_them)
    again(workspace, decides=False)  # an explanation asked for later leaves that as it is
    assert stored_rankings(workspace, "gsm2020").without_flagged


def test_flipping_which_list_counts_tells_the_same_changes(workspace):
    before = stored_rankings(workspace, "gsm2020").changed
    assert before.height == len(changes_in_words(before)) > 0
    again(workspace, without_flagged=True)
    assert stored_rankings(workspace, "gsm2020").changed.equals(before)


def test_an_award_of_one_s_own_stands_beside_and_any_name_makes_a_folder(workspace, tmp_path):
    (tmp_path / "ours.toml").write_text(ODD, encoding="utf-8")
    again(workspace, tmp_path / "ours.toml")
    assert ranked_awards(workspace) == ["Anugerah Kami: 2020/21", "gsm2020"]
    kept = stored_rankings(workspace, "Anugerah Kami: 2020/21")
    assert kept.path.parent == workspace.file("rankings") and kept.path.name.startswith("anugerah-kami-2020-21-")
    assert kept.ranking["category"].unique().to_list() == ["busy/semua"]
    (tmp_path / "ours.toml").write_text(ODD.replace('"n_posts"', '"posts_per_week"'), encoding="utf-8")
    assert again(workspace, tmp_path / "ours.toml")[1].ran
    assert stored_rankings(workspace, "Anugerah Kami: 2020/21").ranking["measure"].unique().to_list() == [
        "posts_per_week"
    ]


def test_who_asks_for_what_was_not_ranked_is_told_how(workspace):
    with pytest.raises(WorkspaceError, match=r"gsm2025 has not been ranked \(ranked: gsm2020\); run: textmine rank"):
        stored_rankings(workspace, "gsm2025")


def test_a_file_that_somebody_deleted_is_named(workspace):
    kept = stored_rankings(workspace, "gsm2020")
    (kept.path / "features.parquet").unlink()
    with pytest.raises(WorkspaceError, match=r"features.parquet of the ranking is missing; run again: textmine rank"):
        kept.features  # noqa: B018


def test_the_same_seed_keeps_the_same_bytes(workspace):
    before = workspace.manifest("ranking-gsm2020").outputs
    shutil.rmtree(workspace.file("rankings"))
    assert again(workspace)[1].ran
    assert workspace.manifest("ranking-gsm2020").outputs == before
