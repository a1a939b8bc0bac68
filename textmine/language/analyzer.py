"""The language layer for scikit-learn: an analyser for its vectorizers and a transformer for its pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_args

import polars as pl
from sklearn.base import BaseEstimator, TransformerMixin

from textmine.language.analysis import TypeAnalyser
from textmine.language.clean import clean
from textmine.language.columns import TypeMap, hashtag_tokens
from textmine.language.hashtags import hashtag_identity
from textmine.language.settings import LanguageSettings, StopwordList
from textmine.language.tokens import emoji_tokens, word_tokens

Output = Literal["lists", "texts"]
_BATCH: Final = 65_536


class IndonesianAnalyzer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Captions to the terms that textmine's document-term matrix counts.

    Call it with one text (``CountVectorizer(analyzer=IndonesianAnalyzer())``), which costs some milliseconds each
    time, or put it in front of a vectorizer in a pipeline, which is a hundred times as fast: it then works on whole
    columns.

    Parameters
    ----------
    letters, elongation, reduplication, spelling, slang, affixes, typos, english
        Rules of a word, see :class:`~textmine.language.settings.LanguageSettings`.
    stopwords, stem, protect_names, min_length, emoji, protected, roots, own_slang
        What becomes of the words, and a user's own, see there too.
    hashtags
        Hashtags become terms of their own, with ``#`` and in lower case.
    output
        What :meth:`transform` gives: ``lists`` of terms, for ``CountVectorizer(analyzer=list)``, or ``texts``, the
        terms parted by spaces, for steps that want strings.

    Notes
    -----
    Words of the prose come first, then hashtags, then emoji. There is nothing to fit. Phrases, which are found over a
    whole corpus, are counted by :func:`textmine.counting.document_term_matrix`.

    Examples
    --------
    >>> analyzer = IndonesianAnalyzer()
    >>> analyzer("Pelayanan publik yg mantappp #SobatBekasi 🎉 @pemkot")
    ['layan', 'publik', 'mantap', '#sobatbekasi', '🎉']
    >>> analyzer.fit_transform(["Pelayanan Bekasi", "melayani"])
    [['layan', 'bekasi'], ['layan']]
    """

    def __init__(
        self,
        *,
        letters: bool = True,
        elongation: bool = True,
        reduplication: bool = True,
        spelling: bool = True,
        slang: bool = True,
        affixes: bool = True,
        typos: bool = False,
        english: bool = True,
        stopwords: StopwordList = "topics",
        stem: bool = True,
        protect_names: bool = True,
        min_length: int = 2,
        emoji: bool = True,
        protected: Iterable[str] = (),
        roots: Iterable[str] = (),
        own_slang: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        hashtags: bool = True,
        output: Output = "lists",
    ) -> None:
        self.letters = letters
        self.elongation = elongation
        self.reduplication = reduplication
        self.spelling = spelling
        self.slang = slang
        self.affixes = affixes
        self.typos = typos
        self.english = english
        self.stopwords = stopwords
        self.stem = stem
        self.protect_names = protect_names
        self.min_length = min_length
        self.emoji = emoji
        self.protected = protected
        self.roots = roots
        self.own_slang = own_slang
        self.hashtags = hashtags
        self.output = output

    def fit(self, texts: Iterable[str], y: object = None) -> IndonesianAnalyzer:
        """Check the settings; nothing is learned.

        Raises
        ------
        ValueError
            ``stopwords`` or ``output`` is none of those that there are, or ``texts`` is a single string.
        """
        _check_texts(texts)
        self._checked_settings()
        return self

    def transform(self, texts: Iterable[str]) -> list[list[str]] | list[str]:
        """Terms of each text.

        Parameters
        ----------
        texts
            (n_texts,) strings: a list, an array, a Polars column.

        Returns
        -------
        list
            (n_texts,) lists of terms, or texts of terms parted by spaces, by ``output``.
        """
        _check_texts(texts)
        column = texts if isinstance(texts, pl.Series) else pl.Series(_strings(texts), dtype=pl.String)
        return self._terms(column).list.join(" ").to_list() if self.output == "texts" else self._lists(column)

    def __call__(self, text: str) -> list[str]:
        """Terms of one text."""
        kept = self._prepared()
        row = self._columns(pl.DataFrame({"text": [text]}, schema={"text": pl.String}), pl.List(pl.String)).row(0)
        words: list[str] = row[0]
        new = sorted(set(words) - kept.terms.keys())
        kept.terms.update(zip(new, kept.analyse(new), strict=True))
        return [term for word in words for term in kept.terms[word]] + [term for terms in row[1:] for term in terms]

    def _terms(self, texts: pl.Series) -> pl.Series:
        words = self._prepared().map
        parts = []
        for part in texts.to_frame("text").iter_slices(_BATCH):
            table = self._columns(part, words.dtype)
            parts.append(table.with_columns(words.apply(table["words"])).select(pl.concat_list(pl.all())).to_series())
        return pl.concat(parts) if parts else pl.Series(dtype=pl.List(pl.String))

    def _lists(self, texts: pl.Series) -> list[list[str]]:
        words = self._prepared().map
        found: list[list[str]] = []
        for part in texts.to_frame("text").iter_slices(_BATCH):
            table = self._columns(part, words.dtype)
            lists = words.lists(table["words"])
            for more in table.drop("words"):
                rows = (more.list.len() > 0).arg_true()
                for row, terms in zip(rows.to_list(), more.gather(rows).to_list(), strict=True):
                    lists[row] += terms
            found += lists
        return found

    def _columns(self, texts: pl.DataFrame, words: pl.DataType) -> pl.DataFrame:
        """Words as typed, and the hashtags and emoji that are terms as they stand, in lists."""
        text = pl.col("text").fill_null("")
        columns = {"words": word_tokens(clean(text)).cast(words)}
        if self.hashtags:
            columns["hashtags"] = hashtag_tokens(text).list.eval(hashtag_identity(pl.element()))
        if self.emoji:
            columns["emoji"] = emoji_tokens(text)
        return texts.lazy().select(**columns).collect()

    def _prepared(self) -> _Prepared:
        """What these settings need, made at first use and kept for later calls."""
        settings = self._checked_settings()
        kept: _Prepared | None = self.__dict__.get("_kept")
        if kept is None or kept.settings != settings:
            kept = self._kept = _Prepared(settings)
        return kept

    def _checked_settings(self) -> LanguageSettings:
        for name, known in (("stopwords", get_args(StopwordList)), ("output", get_args(Output))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; there are {', '.join(known)}")
        names = set(self.get_params()) - {"hashtags", "output"}
        return LanguageSettings(**{name: getattr(self, name) for name in names})

    def __getstate__(self) -> dict[str, Any]:
        # What is kept can be made again, and holds a lock, which no worker can be sent.
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_kept"}

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


class _Prepared:
    """Lexicons loaded for some settings, and the types that were met."""

    def __init__(self, settings: LanguageSettings) -> None:
        self.settings = settings
        self._analyser = TypeAnalyser(settings)
        self.map = TypeMap(self.analyse)
        self.terms: dict[str, list[str]] = {}

    def analyse(self, types: list[str]) -> list[list[str]]:
        return [[term.term for term in terms] for terms in self._analyser.analyse_types(types)]


def _check_texts(texts: object) -> None:
    if isinstance(texts, str):
        raise ValueError("expected many texts, got a single string; put it in a list, or call the analyser with it")


def _strings(texts: Iterable[object]) -> list[str | None]:
    strings = []
    for text in texts:
        if not (text is None or isinstance(text, str)):
            raise ValueError(f"expected texts, found {text!r} among them")
        strings.append(text)
    return strings
