"""Why a post got its class, in words: what each feature adds to the log-odds of a higher class.

For the logistic model the parts add up exactly to the difference from an average post. For trees a part is what is
lost, on average, when the feature alone becomes that of another post; such parts need not add up. No library for
attributions is needed: 64 predictions a feature are enough for one post.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import InputError
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.quality.calibration import grades
from textmine.quality.model import QualityModel

_SHOWN: Final = 0.005
"""Parts below this, in log-odds, are not told: they would be printed as 0.0."""

REASON_SCHEMA: Final = pl.Schema(
    {"reason": pl.String(), "feature": pl.String(), "value": pl.String(), "effect": pl.Float64(), "text": pl.String()}
)


@dataclass(frozen=True)
class Wording:
    """Words for a feature above and below the average, by language; ``{}`` stands for the value."""

    high: dict[Language, str]
    low: dict[Language, str]


@cache
def wordings() -> dict[str, Wording]:
    """Words of features, from ``reasons.tsv``; a name with ``?`` behind it is for posts that lack the feature."""
    text = (resources.files("textmine.quality") / "reasons.tsv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        name: Wording({"id": id_high, "en": en_high}, {"id": id_low, "en": en_low})
        for name, id_high, id_low, en_high, en_low in rows
    }


def reasons(
    model: QualityModel, post: pl.DataFrame, *, lang: Language = DEFAULT_LANGUAGE, top: int = 8
) -> pl.DataFrame:
    """What speaks for and against a post.

    Parameters
    ----------
    model
        A trained model.
    post
        Features of one post.
    lang
        ``"id"`` or ``"en"``.
    top
        How many reasons at most.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`REASON_SCHEMA`, the strongest first: the words, the feature, its value, its part in the
        log-odds of a higher class, and both together as they are printed.

    Raises
    ------
    InputError
        ``post`` is not one row.
    """
    if len(post) != 1:
        raise InputError(f"reasons are given for one post, not for {len(post)}")
    parts = contributions(model, post)
    strongest = sorted(parts.items(), key=lambda item: (-abs(item[1]), item[0]))
    told = [(name, part) for name, part in strongest if abs(part) >= _SHOWN][:top]
    values = model.pipeline.design.transform(post)[0]
    rows = [_told(model, post, name, part, values, lang) for name, part in told]
    return pl.DataFrame(rows, schema=REASON_SCHEMA, orient="row")


def contributions(model: QualityModel, post: pl.DataFrame) -> dict[str, float]:
    """Part of each feature in the log-odds of a higher class, beside an average post.

    Parameters
    ----------
    model
        A trained model.
    post
        Features of one post.
    """
    design = model.pipeline.design
    values = design.transform(post)
    if model.learner == "logistic":
        products = model.pipeline.weights() * values[0]
        return {name: float(products[design.places(name)].sum()) for name in design.features}
    background = model.pipeline.background
    own = _log_odds(np.exp(model.pipeline.of_scaled(values)))[0]
    parts = {}
    for name in design.features:
        changed = np.repeat(values, len(background), axis=0)
        changed[:, design.places(name)] = background[:, design.places(name)]
        parts[name] = float(own - _log_odds(np.exp(model.pipeline.of_scaled(changed))).mean())
    return parts


def _log_odds(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    grade = np.clip(grades(probabilities), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(grade / (1 - grade)))


def _told(
    model: QualityModel, post: pl.DataFrame, name: str, part: float, values: npt.NDArray[np.float64], lang: Language
) -> tuple[str, str, str, float, str]:
    value = _value(post[name][0], lang)
    numbers = [n for n in model.pipeline.design.places(name) if model.pipeline.design.columns[n].value is None]
    words = wordings().get(name if post[name][0] is not None else f"{name}?")
    if words is None:
        text = f"{name.replace('_', ' ')}: {value}"
    else:
        high = bool(values[numbers[0]] > 0) if numbers else True
        text = (words.high if high else words.low)[lang].replace("{}", value)
    return text, name, value, part, f"{text} ({_signed(part, lang)})"


def _signed(part: float, lang: Language) -> str:
    digits = 1 if abs(part) >= 0.05 else 2
    text = f"{part:+.{digits}f}".replace("-", "−")
    return text.replace(".", ",") if lang == "id" else text


_WORDS: Final[dict[Language, dict[object, str]]] = {
    "id": {True: "ya", False: "tidak", None: "tidak diketahui"},
    "en": {True: "yes", False: "no", None: "unknown"},
}


def _value(value: object, lang: Language) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[lang][value]
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if lang == "id" else text
    return str(value)
