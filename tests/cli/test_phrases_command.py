import io
import json
import re

import polars as pl
import pytest
from click.testing import CliRunner

import textmine
from textmine.cli.main import root
from textmine.store import Workspace

WHERE = "desa kota pasar sekolah kantor pantai gunung sungai stasiun masjid".split()


def captions():
    for n in range(40):
        place = f"{WHERE[n % 10]} {WHERE[n // 4]}"
        yield f"tanggap darurat, banjir, warga {place}" if n % 2 else f"rumah sakit, vaksin, warga {place}"


def write(path, texts):
    rows = (
        f'{n},kemen_{"ab"[n % 2]},2020-03-{1 + n % 28:02d} 08:00,"{text}",{n},https://x.com/k/status/{n}\n'
        for n, text in enumerate(texts)
    )
    path.write_text("id,username,created_at,text,likes,url\n" + "".join(rows))
    return path


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def phrases(*arguments):
    """Phrases that the command prints, in order."""
    result = textmine_("phrases", *arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return pl.read_csv(io.StringIO(result.stdout))["phrase"].to_list()


def words(workspace):
    """Written forms of all keywords."""
    result = textmine_("keywords", workspace, "--kind", "word", "--top", 50, "--format", "csv")
    return set(pl.read_csv(io.StringIO(result.stdout))["surface"])


@pytest.fixture
def workspace(tmp_path):
    assert textmine_("ingest", write(tmp_path / "posts.csv", captions()), "-o", tmp_path / "ws").exit_code == 0
    return tmp_path / "ws"


def test_phrases_are_terms_of_keywords_once_the_command_was_given_and_until_it_is_off(workspace):
    assert {"tanggap", "darurat"} <= words(workspace)
    assert phrases(workspace, "--max-length", 2) == ["rumah sakit", "tanggap darurat"]
    assert {"tanggap darurat", "rumah sakit"} <= words(workspace)
    assert not {"tanggap", "darurat", "rumah", "sakit"} & words(workspace)
    off = textmine_("phrases", workspace, "--off")
    assert (off.exit_code, off.stdout) == (0, "") and "phrases are off" in off.stderr
    assert {"tanggap", "darurat"} <= words(workspace) and "tanggap darurat" not in words(workspace)


def test_the_words_of_a_phrase_can_be_kept(workspace):
    phrases(workspace, "--max-length", 2, "--keep-words")
    assert {"tanggap darurat", "tanggap", "darurat"} <= words(workspace)
    phrases(workspace)  # kept for the next time
    assert "tanggap" in words(workspace)
    phrases(workspace, "--merge-words")
    assert "tanggap" not in words(workspace)


def test_options_are_kept_for_the_next_time_and_a_threshold_goes_with_its_score(workspace):
    assert phrases(workspace, "--max-length", 2, "--threshold", 2) == []
    assert phrases(workspace) == []
    assert phrases(workspace, "--score", "log_likelihood", "--threshold", 1000) == []
    assert "rumah sakit" in phrases(workspace, "--score", "npmi")
    assert phrases(workspace, "--min-count", 30) == []


def test_own_phrases_join_those_found_or_stand_alone(workspace, tmp_path):
    (tmp_path / "own.txt").write_text("# places\nKota Desa\nkota impian\n")
    both = phrases(workspace, "--phrases", tmp_path / "own.txt", "--max-length", 2)
    assert set(both) == {"kota desa", "kota impian", "rumah sakit", "tanggap darurat"}
    assert phrases(workspace, "--only") == ["kota desa", "kota impian"]
    assert "kota desa" in words(workspace) and "tanggap darurat" not in words(workspace)
    (tmp_path / "empty.txt").touch()
    taken_back = textmine_("phrases", workspace, "--phrases", tmp_path / "empty.txt")
    assert taken_back.exit_code == 1 and "--add" in taken_back.stderr
    assert phrases(workspace, "--phrases", tmp_path / "empty.txt", "--add") == ["rumah sakit", "tanggap darurat"]


def test_a_line_that_is_no_phrase_is_said_in_one_line(workspace, tmp_path):
    (tmp_path / "own.txt").write_text("air bersih\nposko\n")
    result = textmine_("phrases", workspace, "--phrases", tmp_path / "own.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.search(r"^Error: .*own\.txt, row 2: 'posko' is one word", result.stderr, re.M)
    assert not (workspace / "phrases.parquet").exists()


def test_every_format_holds_the_whole_table_and_people_see_what_fits(workspace):
    as_json = json.loads(textmine_("phrases", workspace, "--format", "json").stdout)
    as_parquet = pl.read_parquet(io.BytesIO(textmine_("phrases", workspace, "--format", "parquet").stdout_bytes))
    assert as_parquet.to_dicts() == as_json
    assert as_parquet.equals(pl.read_parquet(workspace / "phrases.parquet"))
    shown = textmine_("phrases", workspace, "--format", "table", "--top", 1)
    assert as_json[0]["phrase"] in shown.stdout and "posts" in shown.stdout and "words" not in shown.stdout
    assert len(textmine_("phrases", workspace, "--top", 1, "--format", "csv").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "options", [["--max-length", "1"], ["--min-count", "0"], ["--score", "pmi"], ["--off", "--threshold", "1"]]
)
def test_wrong_usage_exits_with_2(workspace, options):
    result = textmine_("phrases", workspace, *options)
    assert result.exit_code == 2 and "Usage:" in result.stderr


def test_topics_apply_reads_a_file_with_the_phrases_of_the_model(workspace, tmp_path):
    phrases(workspace, "--max-length", 2)
    fitted = textmine_("topics", workspace, "-k", 2, "--format", "json")
    assert {"tanggap darurat", "rumah sakit"} <= {
        word for topic in json.loads(fitted.stdout) for word in topic["words"]
    }
    assert "tanggap darurat" in textmine.TopicModel.load(workspace / "topic_model").language.phrases
    phrases(workspace, "--max-length", 2, "--threshold", 2)  # the workspace goes on, the saved model stays what it is
    new = write(tmp_path / "new.csv", ["Tanggap darurat!", "darurat tanggap", "Masa tanggap darurat dan rumah sakit"])
    result = textmine_("topics", "apply", workspace / "topic_model", new, "--format", "csv")
    table = pl.read_csv(io.StringIO(result.stdout))
    # Neither word stood alone in the posts that the model was fitted to, so it knows them as a phrase only.
    assert set(table["post_id"]) == {0, 2} and "1 of 3 posts" in result.stderr
    posts = pl.read_parquet(workspace / "post_topics.parquet" / "*.parquet")
    (topic,) = table.filter(pl.col("post_id") == 0)["topic"]
    assert posts.filter(post_id="1").sort("weight")["topic"].last() == topic


def test_a_model_that_kept_the_words_knows_a_part_of_a_phrase(workspace, tmp_path):
    phrases(workspace, "--max-length", 2, "--keep-words")
    textmine_("topics", workspace, "-k", 2)
    new = write(tmp_path / "new.csv", ["darurat"])
    result = textmine_("topics", "apply", workspace / "topic_model", new, "--format", "csv")
    assert pl.read_csv(io.StringIO(result.stdout))["weight"].to_list() == [1.0]


def test_reports_show_a_phrase_as_written_and_mark_it_in_an_example(workspace, tmp_path):
    phrases(workspace, "--max-length", 2)
    textmine_("report", workspace, "-o", tmp_path / "reports", "--format", "html", "--format", "csv")
    table = pl.read_csv(tmp_path / "reports" / "kemen-b" / "keywords.csv")
    assert "tanggap darurat" in table["term"].to_list()
    page = (tmp_path / "reports" / "kemen-b" / "kemen-b.html").read_text(encoding="utf-8")
    assert "<mark>tanggap darurat</mark>" in page


def test_new_posts_are_searched_anew(workspace, tmp_path):
    assert "air bersih" not in phrases(workspace, "--max-length", 2)
    more = [f"air bersih {WHERE[n % 10]} {WHERE[n // 10]} gratis" for n in range(40)]
    (tmp_path / "more.csv").write_text(write(tmp_path / "more.csv", more).read_text().replace("status/", "status/9"))
    text = (tmp_path / "more.csv").read_text()
    (tmp_path / "more.csv").write_text(re.sub(r"^(\d)", r"9\1", text, flags=re.M))
    textmine_("ingest", tmp_path / "more.csv", "-o", workspace)
    assert "air bersih" in words(workspace)
    assert "air bersih" in Workspace.open(workspace).scan("phrases.parquet", made_by="phrases").collect()["phrase"]
