import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.counting import document_term_matrix, store_document_term_matrix
from textmine.language.settings import LanguageSettings
from textmine.store import Workspace
from textmine.workflow import choose_languages, keywords_stage, language_shares, languages_stage, matrix_stage

CAPTIONS = {
    "id": "Selamat pagi, hari ini vaksinasi gratis untuk semua warga di puskesmas terdekat",
    "en": "Good morning everyone, please register online before the meeting starts tomorrow",
    "jv": "Sugeng enjang sedulur, aja lali nganggo masker nalika arep lunga menyang pasar",
    None: "https://kemkes.go.id 👍",
}


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def posts(languages):
    rows = [CAPTIONS[language] for language in languages]
    return pl.DataFrame({"caption": rows, "hashtags": [["Sehat"]] * len(rows)})


@pytest.fixture
def workspace(tmp_path):
    languages = ["id"] * 6 + ["en"] * 3 + ["jv"] * 2 + [None]
    lines = [
        f'{n},kemen_{"ab"[n % 2]},2020-03-{n + 1:02d} 08:00,"{CAPTIONS[language]} #Sehat",{n},https://x.com/k/status/{n}'
        for n, language in enumerate(languages)
    ]
    (tmp_path / "posts.csv").write_text("id,username,created_at,text,likes,url\n" + "\n".join(lines) + "\n")
    assert textmine_("ingest", tmp_path / "posts.csv", "-o", tmp_path / "ws").exit_code == 0
    return Workspace.open(tmp_path / "ws")


def test_every_post_has_a_row_with_language_and_probability(workspace):
    with workspace.lock():
        rows = languages_stage(workspace).manifest.rows
    assert rows == {"posts": 12, "posts_without_words": 1}
    found = pl.read_parquet(workspace.path / "languages.parquet")
    keys = pl.read_parquet(workspace.path / "posts.parquet").select("platform", "post_id")
    assert found.select("platform", "post_id").equals(keys)
    assert found["language"].value_counts().sort("language", nulls_last=True)["count"].to_list() == [6, 3, 2, 1]
    assert found.filter(pl.col("language").is_null())["language_probability"].to_list() == [None]
    assert found["language_probability"].drop_nulls().is_between(0, 1).all()


def test_shares_of_a_group_add_to_one(workspace):
    with workspace.lock():
        languages_stage(workspace)
    shares = language_shares(workspace, "account")
    assert shares["posts"].sum() == 12
    assert shares.group_by("group").agg(pl.col("share").sum())["share"].round(12).to_list() == [1.0, 1.0]
    assert language_shares(workspace, "platform").rows()[0][:5] == ("platform", "x", "id", 6, 0.5)


def test_posts_in_other_languages_keep_their_row_and_lose_their_terms():
    frame = posts(["id", "en", None, "jv"])
    every = document_term_matrix(frame)
    chosen = document_term_matrix(frame, language=LanguageSettings(languages=["id"]))
    assert chosen.n_posts == every.n_posts == 4
    assert chosen.counts.sum(axis=1)[[1, 3]].tolist() == [0, 0]
    assert chosen.counts.sum(axis=1)[[0, 2]].tolist() == every.counts.sum(axis=1)[[0, 2]].tolist()
    assert "register" not in set(chosen.vocabulary["surface"]) and "register" in set(every.vocabulary["surface"])


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_the_stored_matrix_says_how_many_posts_are_in_other_languages(tmp_path, batch_rows):
    frame = posts(["id", "en", None, "jv", "en"])
    settings = LanguageSettings(languages=["id", "jv"])
    stored = store_document_term_matrix(frame.lazy(), tmp_path / "m", language=settings, batch_rows=batch_rows)
    assert stored.n_other_languages == 2
    assert type(stored).open(tmp_path / "m").n_other_languages == 2
    assert (stored.load().counts != document_term_matrix(frame, language=settings).counts).nnz == 0


def test_a_choice_holds_until_another_one(workspace):
    with workspace.lock():
        assert choose_languages(workspace, ["id"]).manifest.rows["posts_in_other_languages"] == 5
        keywords_stage(workspace)
        words = set(pl.read_parquet(workspace.path / "keywords.parquet")["surface"])
        assert "vaksinasi" in words and not words & {"register", "nganggo"}
        assert not matrix_stage(workspace).ran
        choose_languages(workspace, [])
        keywords_stage(workspace)
    assert "register" in set(pl.read_parquet(workspace.path / "keywords.parquet")["surface"])


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="languages holds nl; there are id, en"):
        LanguageSettings(languages=["nl"])


def test_the_command_prints_a_table_for_machines_and_says_what_is_left_out(workspace):
    def command(*arguments):
        return textmine_("languages", workspace.path, *arguments)

    only = command("--only", "id", "--by", "platform", "--format", "csv")
    assert only.exit_code == 0
    assert only.stderr.strip() == "5 of 12 posts are in other languages: no keywords and topics from now on"
    assert only.stdout.splitlines()[1].startswith("platform,x,id,6,0.5,")
    table = command("--by", "platform", "--format", "table")
    assert "no words" in table.stdout and "0.5000" in table.stdout
    assert "posts in all languages count" in command("--all").stderr
    assert command("--all", "--only", "id").exit_code == 2
