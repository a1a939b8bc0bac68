from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.language.identify import LANGUAGE, LANGUAGES, LanguageIdentifier, identify

# Sentences written for textmine: "language TAB text". The weights were fitted on the odd lines of each language.
SENTENCES = [
    line.split("\t")
    for line in Path(__file__).with_name("language_sentences.tsv").read_text(encoding="utf-8").splitlines()
]
STIF = Path(__file__).resolve().parents[3] / "shared" / "data" / "normalisation" / "stif"


@pytest.fixture(scope="module")
def identifier():
    return LanguageIdentifier()


@pytest.mark.parametrize(
    ("language", "share"), [("id", 0.95), ("en", 0.95), ("ms", 0.8), ("jv", 0.9), ("su", 0.9), ("other", 0.85)]
)
def test_held_out_sentences_are_told_rightly(identifier, language, share):
    held_out = [text for of, text in SENTENCES if of == language][1::2]
    assert len(held_out) >= (24 if language in ("ms", "jv", "su") else 12)
    found = identifier.identify(pl.Series(held_out))["language"]
    assert (found == language).mean() >= share


@pytest.mark.skipif(not STIF.is_dir(), reason="shared/data is not beside the checkout")
@pytest.mark.parametrize(("file", "share"), [("dev.inf", 0.95), ("dev.for", 0.98)])
def test_informal_and_formal_indonesian_is_not_taken_for_malay_or_javanese(identifier, file, share):
    texts = pl.Series((STIF / file).read_text(encoding="utf-8").splitlines())
    assert (identifier.identify(texts)["language"] == "id").mean() >= share


def test_one_row_a_caption_in_the_same_order(identifier):
    captions = pl.Series(
        ["See you tomorrow at the museum", None, "Kumaha damang?", "", "See you tomorrow at the museum"]
    )
    found = identifier.identify(captions)
    assert found.schema == {"language": LANGUAGE, "language_probability": pl.Float64}
    assert found["language"].to_list() == ["en", None, "su", None, "en"]
    assert found["language_probability"].is_between(0, 1).all()
    assert found["language"].is_null().equals(found["language_probability"].is_null())


@pytest.mark.parametrize(
    "caption", [None, "", "123 456", "👍🏽🇮🇩", "#BanggaBuatanIndonesia", "https://x.co/a @kemenkes"]
)
def test_a_caption_without_words_has_no_language(identifier, caption):
    found = identifier.identify(pl.Series([caption], dtype=pl.String))
    assert found.row(0) == (None, None)


def test_links_mentions_hashtags_and_emoji_change_nothing(identifier):
    bare = "Warga desa padha kerja bakti ngresiki kali"
    dressed = f"🔥 {bare} 🔥 https://example.com/the-best-of-english @theministry #WeLoveYou"
    assert identifier.identify(pl.Series([bare])).row(0) == identifier.identify(pl.Series([dressed])).row(0)


def test_a_caption_is_judged_alone_whatever_stands_beside_it(identifier):
    texts = pl.Series([text for _, text in SENTENCES[::5]])
    whole = identifier.identify(texts)
    parts = pl.concat([identifier.identify(texts[:7]), identifier.identify(texts[7:])])
    assert whole["language"].equals(parts["language"])
    assert (whole["language_probability"] - parts["language_probability"]).abs().max() < 1e-9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_text_has_a_language_or_none(captions):
    found = identify(pl.Series(captions, dtype=pl.String), identifier=_shared())
    assert len(found) == len(captions)
    assert set(found["language"].to_list()) <= {*LANGUAGES, None}


def test_no_caption_gives_no_row(identifier):
    assert identifier.identify(pl.Series([], dtype=pl.String)).shape == (0, 2)


_IDENTIFIER: list[LanguageIdentifier] = []


def _shared() -> LanguageIdentifier:
    if not _IDENTIFIER:
        _IDENTIFIER.append(LanguageIdentifier())
    return _IDENTIFIER[0]
