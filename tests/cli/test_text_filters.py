import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from textmine.cli.main import root

ROOT = Path(__file__).resolve().parents[2]


def text(*arguments, lines):
    result = CliRunner().invoke(root, ["text", *arguments], input=lines, prog_name="textmine")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_line_in_is_a_line_out():
    assert text("stem", lines="pelayanan\n\nbekasi\nmenyelesaikan\n") == "layan\n\nbekasi\nselesai\n"
    assert text("tokens", lines="Vaksin GRATIS! #Ayo\n\n@a https://x.co") == "vaksin gratis\n\n\n"
    assert text("language", lines="Selamat pagi semuanya, mari kita vaksin\n\n") == "id\n\n"


def test_without_protection_names_are_stemmed_as_sastrawi_does(tmp_path):
    assert text("stem", "--protect", "none", lines="bekasi\n") == "bekas\n"
    (tmp_path / "own.txt").write_text("pelayanan\n")
    assert text("stem", "--protect", str(tmp_path / "own.txt"), lines="pelayanan\nbekasi\n") == "pelayanan\nbekasi\n"


def test_roots_of_ones_own_are_stems(tmp_path):
    (tmp_path / "roots.txt").write_text("viral\n")
    assert text("stem", lines="diviralkan\n") == "diviralkan\n"
    assert text("stem", "--roots", str(tmp_path / "roots.txt"), lines="diviralkan\n") == "viral\n"


def test_common_roots_are_tried_first_when_asked():
    assert text("stem", lines="gerakan\n") == "gera\n"
    assert text("stem", "--common-roots", lines="gerakan\n") == "gerak\n"


def test_json_has_an_object_for_each_line():
    (record,) = map(json.loads, text("tokens", "--format", "json", lines="Ayo #VaksinYuk 💉\n").splitlines())
    assert record["words"] == ["ayo"] and record["hashtags"] == ["#VaksinYuk"] and record["emoji"] == ["💉"]
    first, second = map(
        json.loads, text("language", "--format", "json", lines="Good morning everyone\n123\n").splitlines()
    )
    assert first["language"] == "en" and 0 < first["language_probability"] <= 1
    assert second["language"] is None


def test_explain_says_how_it_came_about():
    (record,) = map(json.loads, text("stem", "--explain", lines="bekasi\n").splitlines())
    assert record == {"word": "bekasi", "result": "bekasi", "protected": True, "is_root": False}
    (record,) = map(json.loads, text("tokens", "--explain", lines="yg pelayanan\n").splitlines())
    assert record["terms"] == [[], ["layan"]]


def test_bytes_that_are_no_text_and_windows_line_ends_pass():
    assert text("stem", lines=b"pelayanan\r\n\xff\n").splitlines()[0] == "layan"


def test_an_unreadable_list_is_said_in_one_line(tmp_path):
    result = CliRunner().invoke(root, ["text", "stem", "--roots", str(tmp_path / "no.txt")], input="a\n")
    assert result.exit_code == 1 and "no.txt" in result.stderr and "Traceback" not in result.stderr


def test_a_line_is_answered_before_the_next_one_is_typed():
    command = [sys.executable, "-m", "textmine", "text", "stem"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        for word, stem in [(b"pelayanan\n", b"layan\n"), (b"berlari\n", b"lari\n")]:
            process.stdin.write(word)
            process.stdin.flush()
            assert process.stdout.readline() == stem
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.parametrize("step", ["normalise", "tokens", "stem", "split-hashtags", "language", "keywords"])
def test_nothing_in_is_nothing_out(step):
    assert text(step, lines="") == ""


def test_informal_text_becomes_formal_and_says_how():
    assert text("normalise", lines="yg penting sehat2 aja #OkeGak\n") == "yang penting sehat-sehat saja #OkeGak\n"
    assert text("normalise", "--off", "slang", lines="yg anak2\n") == "yg anak-anak\n"
    (record,) = map(json.loads, text("normalise", "--explain", lines="yg baguuus\n").splitlines())
    assert record["result"] == "yang bagus"
    assert {"step": "elongation", "before": "baguuus", "after": "bagus"}.items() <= record["changes"][1].items()


def test_an_unknown_step_is_wrong_usage():
    result = CliRunner().invoke(root, ["text", "normalise", "--off", "magic"], input="a\n")
    assert result.exit_code == 2 and "the steps are" in result.stderr


def test_hashtags_are_split_into_words():
    assert text("split-hashtags", lines="#vaksinuntukkita\n#HUTRI75\n") == "vaksin untuk kita\nhut ri 75\n"
    (record,) = map(json.loads, text("split-hashtags", "--alternatives", "3", lines="#dirumahaja\n").splitlines())
    scores = [reading["score"] for reading in record["alternatives"]]
    assert record["words"] == ["di", "rumah", "aja"] == record["alternatives"][0]["words"]
    assert scores == sorted(scores, reverse=True)


def test_sentiment_of_a_line_and_the_words_that_lean():
    lines = "Pelayanannya ramah, makasih min\n\nGak jelas, error mulu\n"
    assert text("sentiment", "--format", "text", lines=lines) == "positive\n\nnegative\n"
    _, empty, last = map(json.loads, text("sentiment", "--explain", lines=lines).splitlines())
    assert empty["label"] is None and empty["words"] == []
    assert last["probabilities"]["negative"] > 0.5 and abs(sum(last["probabilities"].values()) - 1) < 0.001
    assert last["words"][0] == ["tidak jelas", -2.0]


def test_sentiment_by_a_model_that_is_not_there_says_so(tmp_path):
    arguments = ["text", "sentiment", "--model", str(tmp_path)]
    result = CliRunner().invoke(root, arguments, input="a\n", prog_name="textmine")
    assert result.exit_code == 1 and "no sentiment classifier here" in result.stderr
