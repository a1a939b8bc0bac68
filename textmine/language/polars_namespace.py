"""Registers ``.textmine`` on Polars expressions; ``import textmine.polars`` does it.

Every method takes a column of captions. Distinct words, and for languages distinct captions, are worked on once.

``stems``, ``language`` and ``identify`` take the whole column. They are not declared elementwise: Polars would then
call them for each of a thousand chunks at once, and load as many identifiers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import polars as pl

from textmine.language.clean import clean
from textmine.language.columns import TypeMap, hashtag_tokens
from textmine.language.frequencies import load_common_roots
from textmine.language.identify import LANGUAGE, LanguageIdentifier
from textmine.language.protection import Protect, protected_words
from textmine.language.sastrawi import SastrawiStemmer
from textmine.language.tokens import emoji_tokens, word_tokens

_IDENTIFIED: Final = pl.Struct({"language": LANGUAGE, "language_probability": pl.Float64()})


@pl.api.register_expr_namespace("textmine")
class TextmineNamespace:
    """What textmine does to a column of captions.

    Examples
    --------
    >>> posts = pl.DataFrame({"caption": ["Melayani warga Bekasi! #SobatBekasi 🎉 https://x.co/a"]})
    >>> caption = pl.col("caption").textmine
    >>> posts.select(caption.stems(), caption.hashtags().alias("hashtags"), caption.emoji().alias("emoji")).row(0)
    (['layan', 'warga', 'bekasi'], ['SobatBekasi'], ['🎉'])
    >>> posts.filter(caption.language() == "id").height
    1
    """

    def __init__(self, caption: pl.Expr) -> None:
        self._caption = caption

    def clean(self) -> pl.Expr:
        """Running text without links, mentions, hashtags and telephone numbers (String)."""
        return clean(self._caption)

    def tokens(self) -> pl.Expr:
        """Lower-case words of the running text (``list[str]``)."""
        return word_tokens(clean(self._caption))

    def stems(self, *, protect: Protect | str = "names", common_roots: bool = False) -> pl.Expr:
        """Stems of the words, in their order (``list[str]``); words with letters beyond a to z stay as they are.

        Parameters
        ----------
        protect
            Words that are never stemmed, see :func:`textmine.language.protection.protected_words`.
        common_roots
            Common roots are tried before rare ones: *gerakan* is *gerak*, not *gera*.
        """
        first = load_common_roots() if common_roots else ()
        stemmer = SastrawiStemmer(protected=protected_words(protect), tried_first=first)

        def stem(types: list[str]) -> list[list[str]]:
            # The stemmer would cut words in other scripts or with accents apart.
            return [[(stemmer.stem(word) or word) if word.isascii() else word] for word in types]

        # A map for each column: Polars may call from several threads at once.
        return self.tokens().map_batches(lambda tokens: TypeMap(stem).apply(tokens), return_dtype=pl.List(pl.String))

    def hashtags(self) -> pl.Expr:
        """Hashtags as typed, without ``#`` (``list[str]``)."""
        return hashtag_tokens(self._caption)

    def emoji(self) -> pl.Expr:
        """Emoji, sequences whole (``list[str]``)."""
        return emoji_tokens(self._caption)

    def language(self) -> pl.Expr:
        """Language (Enum of id, en, ms, jv, su, other), null where a caption has no word."""
        return self.identify().struct.field("language")

    def identify(self) -> pl.Expr:
        """Language with its probability, a struct of ``language`` and ``language_probability``."""
        loaded = _Loaded()
        return self._caption.map_batches(loaded.identify, return_dtype=_IDENTIFIED)


class _Loaded:
    """An identifier that is loaded when the first column comes, not when the expression is written."""

    @cached_property
    def identifier(self) -> LanguageIdentifier:
        return LanguageIdentifier()

    def identify(self, captions: pl.Series) -> pl.Series:
        return self.identifier.identify(captions).to_struct(captions.name)
