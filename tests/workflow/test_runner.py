import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import textmine as tm
import textmine.ranking.presets
import textmine.ranking.stored
from textmine.errors import ConfigError, InputError, ResourceNotFoundError, WorkspaceError
from textmine.store import hash_path
from textmine.workflow import read_config, run

TOPICS = {
    "sehat": ["vaksin gratis untuk warga", "rumah sakit menerima pasien", "imunisasi anak di puskesmas"],
    "tani": ["panen padi raya petani", "pupuk murah untuk petani", "irigasi sawah desa"],
}


def write_exports(folder, *, n_posts=120, seed=1):
    """A CSV as a monitoring tool writes it, with one duplicate and one broken row, and a register."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    with (folder / "posts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "username", "created_at", "text", "likes", "comments", "url"])
        for number in range(n_posts):
            agency = draw.choice(list(TOPICS))
            caption = f"{draw.choice(TOPICS[agency])} {draw.choice(TOPICS[agency])} #{agency.title()}"
            day = f"2020-{1 + number % 12:02d}-{1 + number % 28:02d} 08:00:00"
            url = f"https://x.com/kemen_{agency}/status/{number}"
            writer.writerow([number, f"kemen_{agency}", day, caption, draw.randrange(100), draw.randrange(9), url])
        writer.writerow([0, "kemen_sehat", "2020-01-01 08:00:00", "sama lagi", 1, 1, "https://x.com/a/status/0"])
        writer.writerow([9999, "kemen_sehat", "bukan tanggal", "rusak", 1, 1, "https://x.com/a/status/9999"])
    (folder / "agencies.csv").write_text(
        "agency,name,cluster,platform,account,followers\n"
        "sehat,Kementerian Sehat,kementerian,x,kemen_sehat,1000\n"
        "tani,Kementerian Tani,kementerian,x,kemen_tani,500\n"
    )


def config(folder, extra=""):
    path = folder / "season.toml"
    path.write_text(
        'workspace = "season"\n[ingest]\nsources = ["exports/posts.csv"]\nagencies = "exports/agencies.csv"\n'
        f"[topics]\nn_topics = 2\n{extra}"
    )
    return path


@pytest.fixture
def season(tmp_path):
    write_exports(tmp_path / "exports")
    return config(tmp_path)


def outputs(folder):
    """Hash of everything that a run leaves, but for manifests, which hold seconds."""
    names = ["posts.parquet", "rejects.parquet", "agencies.parquet", "matrix", "keywords.parquet", "topics.parquet"]
    names += ["post_topics.parquet", "topic_groups.parquet", "topic_exemplars.parquet", "topic_model", "ingest.json"]
    found = {name: hash_path(folder / "season" / name) for name in names}
    return found | {"reports": hash_path(folder / "reports")}


def test_awards_are_ranked_if_asked_for_and_shown_in_the_reports(tmp_path):
    write_exports(tmp_path / "exports")
    asked = config(tmp_path, '[awards]\nrank = ["gsm2020"]\ndraws = 100\n')
    result = run(asked)
    done = {stage.manifest.stage: stage.manifest.rows for stage in result.stages}
    assert list(done)[-3:] == ["integrity", "ranking-gsm2020", "report"]
    assert done["ranking-gsm2020"]["places"] >= 2
    kept = tm.ranking.stored.stored_rankings(result.workspace, "gsm2020")
    assert kept.is_current and set(kept.ranking["agency"]) == {"sehat", "tani"} and kept.draws == 100
    assert "award-gsm2020.html" in result.index.read_text()
    assert not any(stage.ran for stage in run(asked).stages)


def test_own_award_is_found_beside_the_configuration(tmp_path):
    write_exports(tmp_path / "exports")
    tm.ranking.presets.write_new(tmp_path / "ours.toml", source="gsm2020")
    own = (tmp_path / "ours.toml").read_text().replace('name = "gsm2020"', 'name = "ours"', 1)
    (tmp_path / "ours.toml").write_text(own)
    result = run(config(tmp_path, '[awards]\nrank = ["ours.toml"]\ndraws = 100\n'))
    assert result.stages[-2].manifest.stage == "ranking-ours"


def test_mistake_in_an_award_is_told_before_any_work(tmp_path):
    write_exports(tmp_path / "exports")
    with pytest.raises(ResourceNotFoundError, match="gsm2021"):
        run(config(tmp_path, '[awards]\nrank = ["gsm2021"]\n'))
    (tmp_path / "ours.toml").write_text('name = "ours"\nperid = 1\n')
    with pytest.raises(ConfigError, match=r"ours\.toml"):
        run(config(tmp_path, '[awards]\nrank = ["ours.toml"]\n'))
    assert not (tmp_path / "season" / "posts.parquet").exists()


def test_sentiment_is_read_if_asked_for_and_comments_apart(tmp_path):
    write_exports(tmp_path / "exports")
    (tmp_path / "komentar.csv").write_text("comment_id,post_id,comment\n1,3,bagus sekali\n2,4,kotor\n")
    asked = config(tmp_path, '[sentiment]\nanalyse = true\ncomments = ["komentar.csv"]\ncomments_platform = "x"\n')
    result = run(asked)
    done = {stage.manifest.stage: stage.manifest.rows for stage in result.stages}
    assert list(done)[-3:] == ["sentiment", "comments_sentiment", "report"]
    assert done["sentiment"]["posts"] == 120 and done["comments_sentiment"]["comments"] == 2
    assert not any(stage.ran for stage in run(asked).stages)
    tables = [pl.read_csv(path) for path in sorted((tmp_path / "reports").glob("*/sentiment.csv"))]
    voices = pl.concat(tables).filter(pl.col("label") == "neutral").group_by("voice").agg(pl.col("texts").sum())
    assert dict(voices.rows()) == {"agency": 120, "public": 2}


def test_a_run_leaves_every_output_and_accounts_for_every_row(season):
    result = run(season)
    counted = json.loads((result.workspace.path / "ingest.json").read_text())
    assert (counted["read"], counted["posts"], counted["duplicates"], counted["rejected"]) == (122, 120, 1, 1)
    assert [stage.manifest.stage for stage in result.stages] == ["ingest", "matrix", "keywords", "topics", "report"]
    assert all(stage.ran for stage in result.stages)
    assert result.index.is_file()
    rejects = pl.read_parquet(result.workspace.file("rejects.parquet"))
    assert rejects.select("source_row", "value").rows() == [(122, "bukan tanggal")]


def test_a_second_run_does_nothing_and_changes_no_byte(season):
    run(season)
    before = outputs(season.parent)
    assert [stage.ran for stage in run(season).stages] == [False] * 5
    assert outputs(season.parent) == before


@pytest.mark.parametrize(
    ("extra", "ran"),
    [
        ('[report]\nlang = "en"\n', ["report"]),
        ("seed = 7\n", ["topics", "report"]),
        ('[keywords]\nby = ["agency", "platform"]\n', ["keywords", "report"]),
        ("[language]\nstem = false\n", ["matrix", "keywords", "topics", "report"]),
    ],
)
def test_only_what_changed_and_what_follows_from_it_runs_again(season, extra, ran):
    run(season)
    again = run(config(season.parent, extra))
    assert [stage.manifest.stage for stage in again.stages if stage.ran] == ran


def test_own_words_count_by_what_the_files_hold(season):
    folder = season.parent
    (folder / "slang.tsv").write_text("padi\tberas unggul\n")
    (folder / "words.txt").write_text("# names\nPetani\n")
    (folder / "roots.txt").write_text("asi\n")
    language = '[language]\nslang_file = "slang.tsv"\nprotected_file = "words.txt"\nroots_file = "roots.txt"\n'
    run(config(folder, language))
    words = set(pl.read_parquet(folder / "season" / "keywords.parquet")["term"])
    assert {"beras", "unggul", "petani"} <= words and not words & {"padi", "tani"}
    assert tm.Workspace.open(folder / "season").manifest("matrix").settings["roots"] == ["asi"]

    (folder / "slang.tsv").rename(folder / "other.tsv")
    renamed = config(folder, language.replace("slang.tsv", "other.tsv"))
    assert not any(stage.ran for stage in run(renamed).stages)
    (folder / "other.tsv").write_text("padi\tberas\n")
    assert next(stage.manifest.stage for stage in run(renamed).stages if stage.ran) == "matrix"


def test_a_file_of_own_words_is_named_with_the_row_that_is_wrong(season):
    (season.parent / "words.txt").write_text("padi\ndua kata\n")
    with pytest.raises(InputError, match=r"words\.txt.*row 2.*several words|several words.*row 2"):
        run(config(season.parent, '[language]\nprotected_file = "words.txt"\n'))


def test_new_posts_run_everything_again(season):
    run(season)
    write_exports(season.parent / "exports", n_posts=130)
    assert all(stage.ran for stage in run(season).stages)


def test_two_folders_with_the_same_input_hold_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_exports(tmp_path / name / "exports")
        os.chdir(tmp_path / name)  # sources are named as given: relative to the same place
        run(config(tmp_path / name))
    first, second = outputs(tmp_path / "a"), outputs(tmp_path / "b")
    same = [name for name in first if first[name] == second[name]]
    # The path of a source is part of each post, so these two differ, and nothing else does.
    assert sorted(set(first) - set(same)) == ["ingest.json", "posts.parquet", "rejects.parquet"]


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_a_run_is_taken_up_and_ends_in_the_same_bytes(tmp_path, seed):
    write_exports(tmp_path / "exports")
    path = config(tmp_path)
    run(path)
    expected = outputs(tmp_path)
    for name in ("season", "reports"):
        (tmp_path / name).rename(tmp_path / f"whole-{name}")
    program = f"import textmine as tm; tm.run({str(path)!r})"
    draw = random.Random(seed)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.3, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    run(path)
    assert outputs(tmp_path) == expected


def test_a_folder_of_other_files_is_never_replaced_by_reports(season):
    reports = season.parent / "reports"
    reports.mkdir()
    (reports / "thesis.txt").write_text("years of work")
    with pytest.raises(WorkspaceError, match="holds other files"):
        run(season)
    assert (reports / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ('workspace = "w"\n[ingest]\nsources = ["a"]\n[topics]\nn_topic = 3\n', 5, "topics.n_topic", "n_topics"),
        ('workspace = "w"\n[ingest]\nsources = []\n', 3, "ingest.sources", "at least 1"),
        ('workspace = "w"\n[ingest]\nsources = ["a"]\n[report]\nlang = "fr"\n', 5, "report.lang", "'id' or 'en'"),
        ('[ingest]\nsources = ["a"]\n', None, "workspace", "missing"),
        ('workspace = "w"\nsources = ["a"]\n[ingest]\nsources = ["a"]\n', 2, "sources", "unknown key"),
        ('workspace = "w"\n[ingest]\nsources = ["a"]\n[topics]\nn_topics = 1\n', 5, "topics.n_topics", "greater than"),
    ],
)
def test_a_wrong_configuration_is_named_with_line_and_key(tmp_path, text, line, key, words):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        read_config(path)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert str(path) in str(caught.value)


def test_a_configuration_that_is_no_toml_or_not_there_is_said(tmp_path):
    (tmp_path / "c.toml").write_text("workspace = \n")
    with pytest.raises(ConfigError, match="line 1: is not TOML"):
        read_config(tmp_path / "c.toml")
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_config(tmp_path / "d.toml")


def test_the_real_sets_go_through_whole(tmp_path):
    data = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"
    if not data.is_dir():
        pytest.skip(f"the real data sets are not at {data}")
    path = tmp_path / "real.toml"
    sources = [str(data / "instagram_fst_unja"), str(data / "x_tweet_harvest_kipk")]
    path.write_text(f'workspace = "w"\n[ingest]\nsources = {json.dumps(sources)}\n[report]\nformats = ["csv"]\n')
    result = tm.run(path)
    counted = json.loads((result.workspace.path / "ingest.json").read_text())
    assert counted["read"] == 1348 == counted["posts"] + counted["duplicates"] + counted["rejected"]
    posts = pl.read_parquet(result.workspace.file("posts.parquet"))
    assert len(posts) == counted["posts"]
    instagram = posts.filter(pl.col("platform") == "instagram")
    # Never collected by that tool: 0 on every row is no figure.
    assert instagram["comments"].null_count() == instagram["views"].null_count() == len(instagram)
    assert instagram["likes"].null_count() == 0


def test_named_topics_of_a_configuration_stand_beside_it(tmp_path):
    write_exports(tmp_path / "exports")
    (tmp_path / "topics.toml").write_text('"Urusan tani" = ["pupuk", "panen"]\n', encoding="utf-8")
    path = config(tmp_path, 'seed_words_file = "topics.toml"\nstability = 1\npool = "agency-day"\n')

    options = read_config(path).topics.stage_options()

    assert options["seed_words"] == {"Urusan tani": ("pupuk", "panen")}
    assert (options["stability"], options["pool"], options["outliers"]) == (1, "agency-day", None)
    workspace = run(path).workspace
    assert "Urusan tani" in workspace.scan("topics.parquet", made_by="topics").collect()["label"].to_list()
    assert len(workspace.scan("topic_stability.parquet", made_by="topics").collect()) == 2


def test_a_wrong_topics_option_is_named_with_its_line(tmp_path):
    with pytest.raises(ConfigError, match=r"season.toml, line 7, key 'topics.outliers'"):
        read_config(config(tmp_path, "outliers = 2\n"))
