"""The choice: unsure posts, unlike each other, from everywhere, the same with the same seed."""

import numpy as np
import polars as pl
import pytest

from textmine.counting import document_term_matrix
from textmine.errors import InputError, MissingColumnError, NotEnoughDataError, WorkspaceError
from textmine.labels import LabelTasks, add_votes, merge_stage, select_stage
from textmine.labels.candidates import PostPool
from textmine.labels.selection import choose_posts
from textmine.matrix import StoredMatrix

JUDGES = ["ani", "budi", "citra"]


def table(n, **columns):
    plain = {"agency": ["a"] * n, "cluster": ["c"] * n, "platform": ["x"] * n, "media_type": ["text"] * n}
    return pl.DataFrame(plain | columns)


def counts_of(texts):
    posts = pl.DataFrame(
        {"caption": texts, "hashtags": [[] for _ in texts]}, schema_overrides={"hashtags": pl.List(pl.String)}
    )
    return document_term_matrix(posts).counts


def test_one_post_of_each_kind_is_chosen_before_two_of_one():
    texts = ["vaksin dokter puskesmas"] * 10 + ["panen padi sawah"] * 3 + ["aspal jembatan tol"]
    chosen = choose_posts(table(14), counts_of(texts), 3, seed=1)
    assert sorted(texts[row].split()[0] for row in chosen) == ["aspal", "panen", "vaksin"]


def test_unsure_posts_weigh_more():
    random = np.random.default_rng(0)
    words = [f"{a}{b}{c}" for a in "bdkm" for b in "aiu" for c in "nrst"]
    texts = [" ".join(random.choice(words, 8)) for _ in range(400)]
    uncertainty = np.where(np.arange(400) < 100, 0.9, 0.02)
    chosen = choose_posts(table(400, uncertainty=uncertainty), counts_of(texts), 40, seed=0)
    plain = choose_posts(table(400), counts_of(texts), 40, seed=0)
    assert (chosen < 100).mean() > 0.6 > 0.4 > (plain < 100).mean()


def test_small_agencies_and_platforms_are_heard():
    random = np.random.default_rng(0)
    words = [f"{a}{b}{c}" for a in "bdkm" for b in "aiu" for c in "nrst"]
    texts = [" ".join(random.choice(words, 8)) for _ in range(1000)]
    agency = ["besar"] * 900 + ["kecil"] * 100
    chosen = choose_posts(table(1000, agency=agency), counts_of(texts), 60, seed=0)
    # square roots: 30 to 10
    assert 11 <= (chosen >= 900).sum() <= 19


def test_all_are_chosen_where_there_are_no_more_and_too_few_are_refused():
    counts = counts_of(["satu dua tiga", "empat lima enam"])
    assert choose_posts(table(2), counts, 2).tolist() == [0, 1]
    assert choose_posts(table(2), counts, 0).tolist() == []
    with pytest.raises(NotEnoughDataError, match="needed 3, got 2"):
        choose_posts(table(2), counts, 3)


def test_equal_texts_still_fill_the_number():
    chosen = choose_posts(table(6), counts_of(["panen padi sawah"] * 6), 4, seed=0)
    assert len(set(chosen.tolist())) == 4


def pool(workspace, **options):
    posts = workspace.scan("posts.parquet", made_by="ingest")
    matrix = StoredMatrix.open(workspace.file("matrix"))
    return PostPool(posts, matrix, register=workspace.register(), **options)


def test_candidates_are_different_texts_of_credited_posts_and_rows_fit_their_terms(workspace):
    found = pool(workspace, seed=2).at_random(30)
    assert len(found.posts) == 30 == found.counts.shape[0]
    posts = workspace.scan("posts.parquet", made_by="ingest").with_row_index("row").collect()
    for row in found.posts.iter_rows(named=True):
        assert posts.row(row["row"], named=True)["post_id"] == row["post_id"]
    matrix = StoredMatrix.open(workspace.file("matrix")).load()
    assert (matrix.counts[found.posts["row"].to_numpy()] != found.counts).nnz == 0
    assert found.posts["cluster"].unique().sort().to_list() == ["kementerian", "lembaga"]
    again = pool(workspace, seed=2).at_random(30)
    assert again.posts.equals(found.posts)
    assert not pool(workspace, seed=3).at_random(30).posts.equals(found.posts)


def probabilities(workspace, prefix=""):
    """Sure of most posts; undecided on those of kementan."""
    posts = workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id", "agency").collect()
    unsure = pl.col("agency") == "kementan"
    first = pl.when(unsure).then(0.35).otherwise(0.9)
    rest = (1 - first) / 2
    return posts.select(
        "platform",
        "post_id",
        first.alias(f"{prefix}tinggi"),
        rest.alias(f"{prefix}sedang"),
        rest.alias(f"{prefix}rendah"),
    )


@pytest.mark.parametrize("prefix", ["", "p_", "probability_"])
def test_with_a_model_the_unsure_posts_are_the_candidates(workspace, prefix):
    table = probabilities(workspace, prefix)
    found = pool(workspace).unsure(table.lazy(), ("tinggi", "sedang", "rendah"), 20)
    assert set(found.posts["agency"]) == {"kementan"} and len(found.posts) == 20
    assert found.posts["uncertainty"].to_list() == pytest.approx([1 - (0.35 - 0.325)] * 20)
    with pytest.raises(MissingColumnError, match="rendah"):
        pool(workspace).unsure(table.drop(f"{prefix}rendah").lazy(), ("tinggi", "sedang", "rendah"), 20)
    with pytest.raises(NotEnoughDataError, match="none of the posts"):
        pool(workspace).unsure(table.with_columns(post_id=pl.lit("?")).lazy(), ("tinggi", "sedang", "rendah"), 20)


def test_a_class_that_the_model_seldom_sees_is_asked_about_too(workspace):
    """A rare class is never as near to the others as those are to each other."""
    posts = workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id").collect()
    rare = pl.int_range(pl.len()) % 10 == 0
    table = posts.select(
        "platform",
        "post_id",
        pl.when(rare).then(0.6).otherwise(0.1).alias("tinggi"),
        pl.when(rare).then(0.2).otherwise(0.46).alias("sedang"),
        pl.when(rare).then(0.2).otherwise(0.44).alias("rendah"),
    )
    found = pool(workspace).unsure(table.lazy(), ("tinggi", "sedang", "rendah"), 30).posts
    assert found["likely"].value_counts().sort("likely").rows() == [(0, 15), (1, 15)]
    rows = choose_posts(found, pool(workspace).unsure(table.lazy(), ("tinggi", "sedang", "rendah"), 30).counts, 10)
    assert 3 <= (found[rows]["likely"] == 0).sum() <= 7


def test_the_stage_chooses_deals_and_blinds(workspace):
    with workspace.lock():
        result = select_stage(workspace, judges=JUDGES, n=40, overlap=10)
    assert result.ran and result.manifest.rows == {"posts": 40, "new": 40}
    tasks = LabelTasks.open(workspace)
    posts = tasks.posts
    assert posts["task"].n_unique() == 40 == posts["post_id"].n_unique()
    assert posts["drawn"].value_counts().sort("drawn")["count"].to_list() == [10, 30]
    assert posts["judges"].list.len().value_counts().sort("judges").rows() == [(1, 30), (3, 10)]
    assert [len(tasks.of(judge)) for judge in JUDGES] == [20, 20, 20]
    assert not posts["text"].str.contains("(?i)kemen|_ri|http").any() and posts["text"].str.contains(r"\[tagar\]").all()
    first, second = tasks.of("ani")["task"].to_list(), tasks.of("budi")["task"].to_list()
    shared = [task for task in first if task in second]
    assert shared != [task for task in second if task in first], "each has an order of their own"
    agencies = posts.join(
        workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id", "agency").collect(),
        on=["platform", "post_id"],
    )["agency"]
    assert agencies.value_counts()["count"].min() >= 6


def test_the_same_call_changes_nothing_another_is_refused_and_add_chooses_others(workspace):
    with workspace.lock():
        select_stage(workspace, judges=JUDGES, n=20)
        before = workspace.file("label_posts.parquet").read_bytes()
        assert not select_stage(workspace, judges=JUDGES, n=20).ran
        assert workspace.file("label_posts.parquet").read_bytes() == before
        with pytest.raises(WorkspaceError, match="--add"):
            select_stage(workspace, judges=JUDGES, n=21)
        with pytest.raises(InputError, match="tinggi, sedang, rendah"):
            select_stage(workspace, judges=JUDGES, n=10, add=True, classes=["baik", "buruk"])
        added = select_stage(workspace, judges=["dedi"], n=15, add=True)
    assert added.manifest.rows == {"posts": 35, "new": 15}
    tasks = LabelTasks.open(workspace)
    assert tasks.judges == ("ani", "budi", "citra", "dedi") and tasks.posts["post_id"].n_unique() == 35
    assert tasks.posts["batch"].to_list() == [1] * 20 + [2] * 15
    assert tasks.posts["task"].str.slice(0, 4).to_list() == [f"{n:04d}" for n in range(1, 36)]


def test_a_model_is_followed_and_a_part_stays_random(workspace, tmp_path):
    probabilities(workspace).write_parquet(tmp_path / "p.parquet")
    probabilities(workspace).write_csv(tmp_path / "p.csv")
    with workspace.lock():
        select_stage(workspace, judges=["ani"], n=5, probabilities=tmp_path / "p.parquet", random_share=0.2)
        chosen = LabelTasks.open(workspace).posts
        select_stage(workspace, judges=["ani"], n=4, probabilities=tmp_path / "p.csv", random_share=0.0, add=True)
    picked = chosen.filter(pl.col("drawn") == "chosen")
    assert len(picked) == 4 and picked["uncertainty"].min() > 0.9
    assert chosen.filter(pl.col("drawn") == "random")["uncertainty"].null_count() == 1
    assert len(LabelTasks.open(workspace).posts) == 9


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"judges": ["ani", "Ani"]}, "named twice"),
        ({"judges": ["../ani"]}, "letters, digits"),
        ({"judges": []}, "0 names of a judge"),
        ({"judges": JUDGES, "classes": ["satu"]}, "1 names of a class"),
        ({"judges": JUDGES, "n": 10, "overlap": 11}, "at most all 10"),
    ],
)
def test_names_and_numbers_that_cannot_be_are_said(workspace, options, said):
    with workspace.lock(), pytest.raises(InputError, match=said):
        select_stage(workspace, **options)


def test_more_posts_than_there_are_texts_are_refused(workspace):
    with workspace.lock(), pytest.raises(NotEnoughDataError, match="too few different texts"):
        select_stage(workspace, judges=JUDGES, n=5_000)


def test_merging_keeps_who_was_drawn_how_and_runs_again_only_after_a_vote(workspace):
    with workspace.lock():
        select_stage(workspace, judges=["ani", "budi"], n=12, overlap=6)
        with pytest.raises(NotEnoughDataError, match="no votes yet"):
            merge_stage(workspace)
        posts = LabelTasks.open(workspace).posts
        texts = {"action": "vote", "label": "sedang", "note": None, "source": "test"}
        rows = posts.explode("judges").select(
            pl.col("platform").cast(pl.String),
            "post_id",
            pl.col("judges").alias("judge"),
            *(pl.lit(text, pl.String).alias(name) for name, text in texts.items()),
        )
        add_votes(workspace, rows)
        assert merge_stage(workspace).ran
        assert not merge_stage(workspace).ran
        merged = pl.read_parquet(workspace.file("merged_labels.parquet"))
        assert merged["drawn"].value_counts().sort("drawn")["count"].to_list() == [3, 9]
        assert merged["n_votes"].sum() == 18 and set(merged["label"]) == {"sedang"}
        add_votes(workspace, rows.head(1).with_columns(label=pl.lit("tinggi")))
        assert merge_stage(workspace).ran
