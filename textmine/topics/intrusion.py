"""Word intrusion: five words of a topic and one of another; people who find the stranger see a topic in the rest.

Scores such as NPMI agree only partly with people (Hoyle et al. 2021), so this asks them. Model precision is the share
of answers that name the intruder; by chance it is 1 / 6.

References
----------
Chang, J., Boyd-Graber, J., Gerrish, S., Wang, C., and Blei, D. M. (2009). Reading tea leaves: how humans interpret
topic models. NIPS 22, 288-296.
Brennan, R. L., and Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and alternatives. Educational and
Psychological Measurement 41 (3), 687-699.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.revised import AnyTopics

N_WORDS: Final = 5
_STRONG: Final = 10
"""An intruder is among so many first words of another topic."""
_RESAMPLES: Final = 2_000

ITEMS_SCHEMA: Final = pl.Schema(
    {
        "item": pl.UInt32(),
        "topic": pl.UInt32(),
        "label": pl.String(),
        "words": pl.List(pl.String()),
        "intruder": pl.UInt32(),
    }
)


def intrusion_items(model: AnyTopics, *, n_words: int = N_WORDS, per_topic: int = 1, seed: int = 0) -> pl.DataFrame:
    """Questions for people: the words of each topic with one intruder among them.

    An intruder is among the ten first words of another topic and in the lower half of the words of this one. Hashtags
    are not asked for: a single one would stand out by its sign.

    Parameters
    ----------
    model
        Fitted or revised.
    n_words
        Words of the topic beside the intruder.
    per_topic
        Questions a topic, with the same words and different intruders.
    seed
        Seed of intruders and order.

    Returns
    -------
    polars.DataFrame
        item (from 1), topic, label, words (shape n_words + 1), intruder (its place in words, from 1); in random order.
        Topics of fewer words than asked for are left out.

    Raises
    ------
    NotEnoughDataError
        No topic has enough words, or there is only one.
    """
    if n_words < 2 or per_topic < 1:
        raise ValueError("n_words is at least 2, per_topic at least 1")
    random = np.random.default_rng(seed)
    words, weights = _words(model)
    ids = model.topics_["topic"].to_list()
    rows = []
    for place, (topic, label) in enumerate(model.topics_.select("topic", "label").iter_rows()):
        own = _first(words, weights[place], n_words)
        strangers = _strangers(words, weights, place, own)
        if len(own) < n_words or not strangers:
            continue
        chosen = random.permutation(len(strangers))[:per_topic]
        for stranger in (strangers[i] for i in chosen):
            order = random.permutation(n_words + 1)
            together = [*own, stranger]
            rows.append((topic, label, [together[i] for i in order], int(np.flatnonzero(order == n_words)[0]) + 1))
    if not rows:
        raise NotEnoughDataError("no topic has enough words for a question", needed=n_words + 1, got=len(ids))
    mixed = [rows[i] for i in random.permutation(len(rows))]
    return pl.DataFrame([(i, *row) for i, row in enumerate(mixed, start=1)], schema=ITEMS_SCHEMA, orient="row")


def _words(model: AnyTopics) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Written forms of the words, and their weights in the topics there are; a form counts once."""
    vocabulary = model.vocabulary_.with_row_index("column").filter(pl.col("kind").cast(pl.String) == "word")
    vocabulary = vocabulary.unique("surface", keep="first", maintain_order=True)
    rows = model.topics_["topic"].to_numpy()
    return vocabulary["surface"].to_list(), model.scaled_components()[np.ix_(rows, vocabulary["column"].to_numpy())]


def _first(words: list[str], weights: npt.NDArray[np.float64], n: int) -> list[str]:
    order = np.argsort(-weights, kind="stable")[:n]
    return [words[i] for i in order if weights[i] > 0]


def _strangers(words: list[str], weights: npt.NDArray[np.float64], place: int, own: list[str]) -> list[str]:
    """Strong words of other topics that are weak in this one, in the order of the words."""
    rank = np.argsort(np.argsort(-weights[place], kind="stable"), kind="stable")
    weak = (rank >= len(words) // 2) | (weights[place] <= 0)
    others = np.delete(weights, place, axis=0)
    strong = np.zeros(len(words), bool)
    for row in others:
        leading = np.argsort(-row, kind="stable")[:_STRONG]
        strong[leading[row[leading] > 0]] = True
    return [words[i] for i in np.flatnonzero(weak & strong) if words[i] not in own]


@dataclass(frozen=True)
class IntrusionScore:
    """What people found.

    Parameters
    ----------
    topics
        topic, label, n_answers, n_right, precision; by rising precision.
    raters
        rater, n_answers, precision, agreement (share of their answers that another rater gave too, null when nobody
        else answered the same questions).
    precision, low, high
        Share of right answers with a 95 % interval from a bootstrap over questions: answers to one question are not
        independent. Null bounds with one question.
    chance
        Precision of guessing.
    agreement
        Chance-corrected agreement of the raters (Brennan and Prediger 1981), null with one rater.
    """

    topics: pl.DataFrame
    raters: pl.DataFrame
    precision: float
    low: float | None
    high: float | None
    chance: float
    agreement: float | None


def score_intrusion(items: pl.DataFrame, answers: pl.DataFrame, *, seed: int = 0) -> IntrusionScore:
    """Score the answers of one or more people.

    Parameters
    ----------
    items
        As :func:`intrusion_items` gives them.
    answers
        rater, item, answer (place of the word that was named, from 1); questions without an answer are absent.
    seed
        Seed of the interval.

    Raises
    ------
    InputError
        An answer is to a question that there is not, no place, or the second of one person.
    NotEnoughDataError
        There is no answer.
    """
    n_places = len(items["words"][0])
    _check(items, answers, n_places)
    judged = answers.join(items.select("item", "topic", "label", "intruder"), on="item", maintain_order="left")
    judged = judged.with_columns((pl.col("answer") == pl.col("intruder")).alias("right"))
    counted = (pl.len().alias("n_answers"), pl.col("right").sum().alias("n_right"))
    precision = pl.col("right").mean().alias("precision")
    topics = judged.group_by("topic", "label", maintain_order=True).agg(*counted, precision)
    raters = judged.group_by("rater", maintain_order=True).agg(pl.len().alias("n_answers"), precision)
    per_item = judged.group_by("item", maintain_order=True).agg(*counted).sort("item")
    low, high = _interval(per_item["n_right"].to_numpy(), per_item["n_answers"].to_numpy(), seed)
    pairs = _pairs(judged)
    agreed = None if pairs.is_empty() else float(pairs["same"].mean())  # type: ignore[arg-type]
    return IntrusionScore(
        topics.sort("precision", "topic"),
        raters.join(_of_raters(pairs), on="rater", how="left", maintain_order="left"),
        float(judged["right"].mean()),  # type: ignore[arg-type]
        low,
        high,
        1 / n_places,
        None if agreed is None else (agreed - 1 / n_places) / (1 - 1 / n_places),
    )


def _check(items: pl.DataFrame, answers: pl.DataFrame, n_places: int) -> None:
    if answers.is_empty():
        raise NotEnoughDataError("no question was answered", needed=1, got=0)
    strange = answers.filter(~pl.col("item").is_in(items["item"].implode()))
    if len(strange):
        raise InputError(f"there is no question {strange['item'][0]}", column="item", value=strange["item"][0])
    outside = answers.filter((pl.col("answer") < 1) | (pl.col("answer") > n_places))
    if len(outside):
        value = outside["answer"][0]
        raise InputError(f"{value} is no place of a word; answer 1 to {n_places}", column="answer", value=value)
    if answers.select("rater", "item").is_duplicated().any():
        raise InputError("a person answered one question twice; give each person's sheet once")


def _interval(
    right: npt.NDArray[np.int64], answers: npt.NDArray[np.int64], seed: int
) -> tuple[float | None, float | None]:
    """95 % percentile interval over questions drawn with replacement."""
    if len(answers) < 2:
        return None, None
    n = len(answers)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), _RESAMPLES)
    low, high = np.quantile((draws @ right) / (draws @ answers), [0.025, 0.975])
    return float(low), float(high)


def _pairs(judged: pl.DataFrame) -> pl.DataFrame:
    """Every two raters on every question that both answered, both ways round."""
    said = judged.select("item", "rater", "answer")
    both = said.join(said, on="item", suffix="_other", maintain_order="left_right")
    return both.filter(pl.col("rater") != pl.col("rater_other")).with_columns(
        (pl.col("answer") == pl.col("answer_other")).alias("same")
    )


def _of_raters(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.group_by("rater", maintain_order=True).agg(pl.col("same").mean().alias("agreement"))
