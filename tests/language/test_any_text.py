"""Whatever people post: every way to words takes it, in linear time, and the batch does not matter."""

import json
import os
import subprocess
import sys
import unicodedata
from functools import cache, partial
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import textmine.polars  # noqa: F401 - registers the namespace
from tests.timing import growth, soon
from textmine.cli.filters import json_line, text_line
from textmine.cli.main import root
from textmine.language.analyzer import IndonesianAnalyzer
from textmine.language.hashtags import hashtag_identity, split_hashtag
from textmine.language.identify import LanguageIdentifier
from textmine.language.normaliser import Normaliser
from textmine.language.segmentation import HashtagSegmenter

ROOT = Path(__file__).resolve().parents[2]
FILTERS = ("normalise", "tokens", "stem", "split-hashtags", "language")
# All that some reader or other takes for the end of a line.
LINE_BREAKS = ("\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")

INFORMAL = (
    "yg gak baguuus anak2nya temen2 wkwkwk Rp 1,5 M 10rb 17/8/2020 50% di bantu hp nya #HUTRI75 #dirumahaja jum'at "
    "https://x.co/a @a.b humas@go.id 0812-3456-7890 PELAYANAN mempertanggungjawabkan İ ß ﬁ ǅ ς"
)
SIGNS = (
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\ufeff",
    "\u00ad",
    "_",
    "-",
    "'",
    ".",
    ",",
    "#",
    "@",
    "{",
    "%s",
    "\u202eabc",
)
SCRIPTS = ("\u0301", "\u0301\u0323", "e\u0301", "مرحبا", "שָׁלוֹם", "日本語", "ก็", "𝗩𝗮𝗸", "ｇ")
EMOJI = ("\u200d", "👩\u200d👩\u200d👧", "👍🏽", "🇮🇩", "🇮", "\ufe0f")
ENTITIES = ("&amp;", "&#10;", "&#x2028;", "&NewLine;", "&#0;", "&#xD800;", "&lt")
LONG = ("a" * 500, "#" + "b" * 300, "\u0301" * 200, "1" * 100)
PIECES = st.sampled_from([*INFORMAL.split(), *SIGNS, *LINE_BREAKS, *SCRIPTS, *EMOJI, *ENTITIES, *LONG])
ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(st.one_of(PIECES, st.characters(codec="utf-8")), max_size=25).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=15).map(" ".join),
)


@cache
def normaliser():
    return Normaliser()


@cache
def analyzer():
    return IndonesianAnalyzer()


@cache
def segmenter():
    return HashtagSegmenter()


@cache
def identifier():
    return LanguageIdentifier()


def column(*texts):
    return pl.DataFrame({"caption": list(texts)}, schema={"caption": pl.String})


def token_columns(*texts):
    caption = pl.col("caption").textmine
    return column(*texts).select(
        tokens=caption.tokens(), stems=caption.stems(), hashtags=caption.hashtags(), emoji=caption.emoji()
    )


@settings(deadline=None, max_examples=100)
@given(ANY_TEXT)
def test_any_text_gives_tokens_in_every_way(text):
    tokens, stems, hashtags, emoji = token_columns(text).row(0)
    assert len(stems) == len(tokens) and all(tokens) and all(hashtags) and all(emoji)
    assert all(token == token.lower() and not any(map(str.isspace, token)) for token in tokens)
    terms = analyzer()(text)
    assert all(terms) and analyzer().transform([text]) == [terms]
    assert isinstance(normaliser().normalise(text), str)
    language, probability = identifier().identify(column(text)["caption"]).row(0)
    assert (language is None) == (not tokens) and (probability is None or 0 < probability <= 1)
    assert all(segmenter().segment(text)) and all(split_hashtag(text))


@settings(deadline=None, max_examples=25)
@given(st.lists(ANY_TEXT, min_size=1, max_size=6), st.integers(0, 6), st.randoms(use_true_random=False))
def test_neither_the_batch_nor_the_order_changes_anything(texts, cut, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    shuffled = [texts[i] for i in order]
    for way in (
        lambda part: token_columns(*part).rows(),
        lambda part: analyzer().transform(part),
        lambda part: normaliser().normalise_texts(part),
        lambda part: segmenter().segment_types(part),
        lambda part: identifier().identify(column(*part)["caption"]).rows(),
    ):
        together = way(texts)
        assert way(texts[:cut]) + way(texts[cut:]) == together
        assert [way([text])[0] for text in texts] == together
        assert way(shuffled) == [together[i] for i in order]


def test_the_number_of_threads_changes_nothing():
    program = (
        "import textmine.polars, polars as pl\n"
        "from textmine.language.analyzer import IndonesianAnalyzer\n"
        "words = 'yg gak pelayanan #HUTRI75 anak2nya 🎉 temen2 \\u0301 bekasi 17/8/2020 the museum jum\\'at'.split()\n"
        "texts = [' '.join(words[(i * k) % len(words)] for k in range(1, 9)) for i in range(3000)]\n"
        "caption = pl.col('caption').textmine\n"
        "posts = pl.DataFrame({'caption': texts})\n"
        "found = posts.lazy().select(caption.tokens().alias('t'), caption.stems().alias('s'), caption.identify())\n"
        "print(pl.thread_pool_size(), found.collect().rows(), IndonesianAnalyzer().transform(texts), sep='\\n')"
    )
    outputs = []
    for threads in ("1", "2"):
        environment = os.environ | {"POLARS_MAX_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
        n_threads, _, rest = done.stdout.partition("\n")
        assert n_threads == threads
        outputs.append(rest)
    assert outputs[0] == outputs[1] and "'pelayanan'" in outputs[0]


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=30))
def test_spellings_of_a_hashtag_have_one_identity_whatever_its_letters(hashtag):
    def identity(tag):
        return pl.select(hashtag_identity(pl.lit(tag))).item()

    once = identity(hashtag)
    assert identity(once) == once == identity(unicodedata.normalize("NFD", hashtag))


# ---- time ----

HOSTILE = {
    **{sign: sign for sign in ("a", "#", "@", "#a", "a.", "1", "Rp", "http://", "www.", "haha", "wkwk", "x", "'", "-")},
    **{sign: sign for sign in ("a-", "-a", "'a", "a_", "yg,", "yg#a ", "anak2", "anak2 ", "a@", "&", "&amp;", "&#10;")},
    **{sign: sign for sign in ("1,", "1.000.", "1k ", "17/8/2020 ", "0812-", "di ", "hp nya ", "ab", "aabbcc", "aA")},
    **{sign: sign for sign in ("\n", "\u00a0", "é", "ß", "İ", "日", "𝗩𝗮", "ﷺ")},
    "one mark": "\u0301",
    "marks of two kinds": "\u0301\u0323",
    "letters with marks": "a\u0301\u0323",
    "right to left": "مرحبا",
    "right to left with spaces": "שלום ",
    "directions": "\u202e\u2067",
    "joiners": "\u200d",
    "families": "👩\u200d👩\u200d👧",
    "flags": "🇮🇩",
    "lone selectors": "\ufe0f",
    "words without spaces": "vaksinuntukkitadirumahaja",
    "affixes": "mempertanggungjawabkannya",
}


def made(pattern, length):
    """A text of so many bytes."""
    return pattern * (length // len(pattern.encode()))


def ways():
    return {
        "columns": token_columns,
        "one text": analyzer(),
        "transform": lambda text: analyzer().transform([text]),
        "normalise": normaliser().normalise,
        "explain": normaliser().explain,
        "segment": segmenter().segment,
        "alternatives": lambda text: segmenter().alternatives("#" + text, n=2),
        "language": lambda text: identifier().identify(column(text)["caption"]),
        "capitals": split_hashtag,
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_and_not_with_its_square(name):
    short, long = (made(HOSTILE[name], length) for length in (25_000, 100_000))
    for way_name, way in ways().items():
        times = growth(partial(way, short), partial(way, long), 8)  # four times as long, and twice that for noise
        assert times <= 8, f"{way_name}: {times:.1f} times as long for four times as much"


@pytest.mark.parametrize("name", ["a", "#", "@", "marks of two kinds", "right to left", "joiners", "families"])
def test_a_megabyte_of_anything_is_soon_done(name):
    text = made(HOSTILE[name], 1_000_000)
    for way_name, way in ways().items():
        taken = soon(partial(way, text), 3)
        assert taken <= 3, f"{way_name}: {taken:.1f} s"


@pytest.mark.parametrize(
    "text", ["#" + "a" * 1_000_000, "x" * 1_000_000 + "b", "w" * 999_999 + "k", "aa" * 400_000 + "2"]
)
def test_a_megabyte_in_one_word_is_soon_done(text):
    for way_name, way in ways().items():
        taken = soon(partial(way, text), 3)
        assert taken <= 3, f"{way_name}: {taken:.1f} s"


# ---- filters ----


def filtered(*arguments, lines):
    result = CliRunner().invoke(root, ["text", *arguments], input=lines, prog_name="textmine")
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def nasty_lines():
    every_kind = [chr(point) for point in range(0, 0x30000, 173) if unicodedata.category(chr(point)) != "Cs"]
    breaks = [f"yg{sign}baguuus #{sign}HUTRI75" for sign in LINE_BREAKS]
    entities = ["a&#10;b", "&#13;&#10;", "&NewLine;x", "&#x2028;", "&#x85;", "&#0;", "&amp;#10;yg"]
    return [*every_kind, *breaks, *entities, "\0", "", " ", "\u0301" * 50, "a" * 5000, "👩\u200d👩\u200d👧", "\ufeff"]


@pytest.mark.parametrize("arguments", [(name, "--format", kind) for name in FILTERS for kind in ("text", "json")])
def test_a_line_in_is_a_line_out_whatever_is_in_it(arguments):
    lines = [line for line in nasty_lines() if line != "\n"]
    printed = filtered(*arguments, lines="\n".join(lines).encode()).decode()
    assert printed.endswith("\n") and printed.count("\n") == len(lines)
    assert len(printed.splitlines()) == len(lines), "a reader that knows more line breaks loses count"
    if arguments[-1] == "json":
        key = {"stem": "word", "split-hashtags": "hashtag"}.get(arguments[0], "text")
        found = [json.loads(line)[key] for line in printed.split("\n")[:-1]]
        given_lines = [line.removesuffix("\r") for line in lines]
        assert found == ([line.strip().lower() for line in given_lines] if key == "word" else given_lines)


@pytest.mark.parametrize("name", FILTERS)
def test_bytes_that_are_no_text_keep_their_line(name):
    printed = filtered(name, lines=b"\xef\xbb\xbfsemua\r\n\xff\xfe\n\xed\xa0\x80\nsemua\n\xc3")
    assert printed.count(b"\n") == 5
    first, _, _, fourth, _ = printed.decode().splitlines()
    assert first == fourth != "", "a byte order mark and a carriage return are no part of a line"


@given(st.text())
def test_what_is_printed_for_a_line_is_one_line(result):
    assert len(("x" + text_line({"result": result}) + "x").splitlines()) == 1
    assert len(json_line({"result": result}).splitlines()) == 1
    assert json.loads(json_line({"result": result})) == {"result": result}


def test_a_long_line_that_comes_in_many_pieces_is_one_line():
    command = [sys.executable, "-m", "textmine", "text", "stem"]
    line = b"pelayanan " * 300_000
    done = subprocess.run(command, input=line + b"\nbekasi", capture_output=True, cwd=ROOT, check=True, timeout=60)
    assert done.stdout == b"layan " * 299_999 + b"layan\nbekasi\n"
