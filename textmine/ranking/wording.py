"""The words of explanations: sentences, names of measures, probabilities and numbers, in both languages."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final

from textmine.locales import Language
from textmine.numbers import Formats

_SCALED: Final = re.compile(r"(pct|z|minmax|share)\((.+)\)")
_OR_ZERO: Final = re.compile(r"coalesce\((.+), 0\)")
_SCORE: Final = re.compile(r"score\((\w+)\)")


@cache
def _words() -> dict[str, Any]:
    text = (resources.files("textmine") / "data" / "explanations.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Wording:
    """Words of one language.

    Examples
    --------
    >>> Wording("id").measure("image_n_posts@instagram"), Wording("en").part("pct(n_posts)")
    ('jumlah unggahan untuk gambar di instagram', 'number of posts (percentile)')
    >>> Wording("id").number(1234.5678), Wording("en").number(0.0123456), Wording("en").likelihood(0.97)
    ('1.235', '0.0123', 'almost certain')
    """

    language: Language

    @cached_property
    def _formats(self) -> Formats:
        return Formats.of(self.language)

    def say(self, key: str, **values: str) -> str:
        """A sentence with its values."""
        sentence: str = _words()["sentences"][key][self.language]
        return sentence.format(**values)

    def likelihood(self, probability: float) -> str:
        """A probability in words."""
        for bound, words in _words()["likelihood"].items():
            if probability >= float(bound.replace("_", ".")):
                return str(words[self.language])
        return self.say("not_known")

    def measure(self, column: str) -> str:
        """Name of a measure; one without a name in words, such as a published rate, keeps its own."""
        name, _, platform = column.partition("@")
        known, media = _words()["measures"], _words()["media"]
        prefix = next((each for each in media if name.startswith(each) and name not in known), "")
        base = name.removeprefix(prefix)
        words = known[base][self.language] if base in known else base
        if prefix:
            words = media[prefix][self.language].format(measure=words)
        where = {"id": "di", "en": "on"}[self.language]
        return f"{words} {where} {platform}" if platform else words

    def part(self, text: str, titles: dict[str, str] | None = None) -> str:
        """A part of a measure in words where it is a measure or a category on a scale; else as it is written."""
        or_zero = _OR_ZERO.fullmatch(text)
        text = or_zero[1] if or_zero and re.fullmatch(r"(pct|minmax)\(score\(\w+\)\)", or_zero[1]) else text
        scaled = _SCALED.fullmatch(text)
        if scaled and re.fullmatch(r"\w+(@\w+)?|score\(\w+\)", scaled[2]):
            return str(_words()["scales"][scaled[1]][self.language].format(measure=self.part(scaled[2], titles)))
        score = _SCORE.fullmatch(text)
        if score:
            return (titles or {}).get(score[1], score[1])
        return self.measure(text) if re.fullmatch(r"\w+(@\w+)?", text) else text

    def day(self, value: date) -> str:
        """A day with the name of its month."""
        return self._formats.long_date(value)

    def number(self, value: float | None) -> str:
        """A number to three digits, larger ones whole."""
        if value is None or math.isnan(value):
            return self.say("not_known")
        decimals = 0 if value == 0 else max(0, min(8, 2 - math.floor(math.log10(abs(value)))))
        return self._formats.decimal(round(value, decimals), decimals)

    def exact(self, value: float | None) -> str:
        """A number with all its digits."""
        return self.say("not_known") if value is None else self._formats.decimal(value, 12)

    def percent(self, value: float) -> str:
        """A share, to whole per cent; what is not quite all or nothing is not said to be."""
        if 0 < value < 0.01 or 0.99 < value < 1:
            bound = self._formats.percent(0.01 if value < 0.5 else 0.99, 0)
            return f"{'<' if value < 0.5 else '>'}{bound}"
        return self._formats.percent(value, 0)

    def share(self, value: float) -> str:
        """A share in per cent, rounded down so that what falls just short is not said to reach."""
        return f"{self._formats.decimal(math.floor(value * 1e4 + 1e-6) / 100, 2)}%"
