"""How many topics: each number of a range is fitted, and scored by what does not need a person.

Four scores, none of which sees the posts that the topics were fitted on: coherence by NPMI of the ten first terms and
C_V beside it (for readers who ask for it: its authors now advise against it), both on the fifth of the posts that was
held out; diversity, the share of unique terms among the 25 first of every topic; and stability over other draws of the
posts. The score is the product of NPMI, diversity and stability. It falls with the number even where finer topics are
real: a simulated season of 22 hidden topics has 0.42 with 5 topics, 0.34 with 22 and 0.23 with 50. So the proposal is
the largest number that keeps four fifths of the best score. Look at the topics of the neighbours too.

References
----------
Dieng, A. B., Ruiz, F. J. R., and Blei, D. M. (2020). Topic modeling in embedding spaces. TACL 8, 439-453.
Greene, D., O'Callaghan, D., and Cunningham, P. (2014). How many topics? Stability analysis for topic models. ECML
PKDD 2014, 498-513.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.topics.coherence import COHERENCE_TERMS, DIVERSITY_TERMS, CoOccurrence, diversity
from textmine.topics.description import top_terms
from textmine.topics.ranking import term_scores
from textmine.topics.stability import match_topics, subsample

if TYPE_CHECKING:
    from textmine.matrix import MatrixSource
    from textmine.topics.fit_sample import FitSample
    from textmine.topics.model import TopicModel
    from textmine.topics.terms import PostRoles

SCAN_POSTS: Final = 30_000
"""Distinct posts that each number is fitted on at most: the choice needs fewer than the topics."""

SELECTION_SCHEMA: Final = pl.Schema(
    {
        "n_topics": pl.UInt32(),
        "npmi": pl.Float64(),
        "c_v": pl.Float64(),
        "diversity": pl.Float64(),
        "stability": pl.Float64(),
        "score": pl.Float64(),
        "chosen": pl.Boolean(),
    }
)
STABILITY_SCHEMA: Final = pl.Schema({"topic": pl.UInt32(), "overlap": pl.Float64(), "least": pl.Float64()})
_MOST_NUMBERS: Final = 8
_KEPT: Final = 0.8


def numbers_between(least: int, most: int) -> list[int]:
    """Up to eight whole numbers from ``least`` to ``most`` in equal ratios.

    Examples
    --------
    >>> numbers_between(5, 50)
    [5, 7, 10, 13, 19, 26, 36, 50]
    >>> numbers_between(3, 6)
    [3, 4, 5, 6]
    """
    if most - least < _MOST_NUMBERS:
        return list(range(least, most + 1))
    return sorted({round(float(number)) for number in np.geomspace(least, most, _MOST_NUMBERS)})


def select_n_topics(
    model: TopicModel,
    source: MatrixSource,
    numbers: Sequence[int],
    *,
    roles: PostRoles | None = None,
    runs: int = 3,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Score numbers of topics.

    Parameters
    ----------
    model
        Says method, pool, cuts and seed; its own number of topics is not used, and it is not fitted.
    source
        The matrix.
    numbers
        Numbers of topics to try.
    roles
        Which posts count and who wrote them.
    runs
        Draws of the posts that stability is measured over, at least 1.
    progress
        Called with the number of numbers done.

    Returns
    -------
    polars.DataFrame
        Columns of ``SELECTION_SCHEMA``, by rising number; ``chosen`` is true in one row.

    Raises
    ------
    NotEnoughDataError
        Not even the smallest number can be fitted.
    """
    sample = _scanned(model.sample(source, roles), model.seed)
    largest = min(round(0.8 * sample.n_posts), len(sample.vocabulary))
    possible = sorted({number for number in numbers if number <= largest})
    if not possible:
        problem = f"the {sample.n_posts} different posts hold too little for {min(numbers)} topics; ask for fewer"
        raise NotEnoughDataError(problem, needed=min(numbers), got=largest)
    rows = []
    for done, number in enumerate(possible, start=1):
        rows.append(_scored(model, sample, number, runs))
        if progress is not None:
            progress(done)
    table = pl.DataFrame(rows).with_columns(pl.lit(False).alias("chosen"))
    good = table.filter(pl.col("score") >= _KEPT * pl.col("score").max())
    if not table["score"].max():  # no number is coherent: the least incoherent one
        good = table.filter(pl.col("npmi") == pl.col("npmi").max())
    chosen = pl.col("n_topics") == good["n_topics"].max()
    return table.with_columns(chosen.alias("chosen")).select(SELECTION_SCHEMA.names()).cast(SELECTION_SCHEMA)


def _scanned(sample: FitSample, seed: int) -> FitSample:
    if sample.n_posts <= SCAN_POSTS:
        return sample
    kept = np.sort(np.random.default_rng(seed).permutation(sample.n_posts)[:SCAN_POSTS])
    return sample.rows(kept)


def _scored(model: TopicModel, sample: FitSample, n_topics: int, runs: int) -> dict[str, float]:
    rows = subsample(sample.n_posts, seed=model.seed)
    tops = fitted_terms(model, sample.rows(rows), n_topics, seed=model.seed)
    leading = [top[:COHERENCE_TERMS] for top in tops]
    together = CoOccurrence.of_topics(leading)
    together.add(sample.counts[np.setdiff1d(np.arange(sample.n_posts), rows)])
    known = [top for top in leading if len(top) > 1]
    npmi = float(np.mean([together.npmi(top) for top in known])) if known else 0.0
    c_v = float(np.mean([together.c_v(top) for top in known])) if known else 0.0
    overlaps = [match_topics(tops, _other_draw(model, sample, n_topics, run))[1].mean() for run in range(1, runs + 1)]
    stable, unique = float(np.mean(overlaps)), diversity([top[:DIVERSITY_TERMS] for top in tops])
    score = max(npmi, 0.0) * unique * stable
    return {"n_topics": n_topics, "npmi": npmi, "c_v": c_v, "diversity": unique, "stability": stable, "score": score}


def fitted_terms(model: TopicModel, sample: FitSample, n_topics: int, *, seed: int) -> list[list[int]]:
    """First 25 terms of each topic of a sample, as columns."""
    fitted, _ = model.fit_sample(sample, n_topics, seed=seed)
    return top_terms(term_scores(sample.counts, fitted.components), DIVERSITY_TERMS)


def _other_draw(model: TopicModel, sample: FitSample, n_topics: int, run: int) -> list[list[int]]:
    seed = model.seed + run
    return fitted_terms(model, sample.rows(subsample(sample.n_posts, seed=seed)), n_topics, seed=seed)


def topic_stability(
    model: TopicModel,
    source: MatrixSource,
    *,
    runs: int,
    roles: PostRoles | None = None,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """How often the topics of a fitted model come back, see :mod:`textmine.topics.stability`.

    Parameters
    ----------
    model
        Fitted on ``source``.
    source, roles
        As for the fit.
    runs
        Draws of 80 % of the posts, at least 1.
    progress
        Called with the number of runs done.

    Returns
    -------
    polars.DataFrame
        topic, overlap (mean share of its ten first terms that come back), least (in the run where fewest do); a topic
        of outliers is left out.
    """
    if runs < 1:
        raise ValueError(f"runs is {runs}; at least 1 is needed")
    sample = model.sample(source, roles)
    reference = model.top_terms(DIVERSITY_TERMS)[: model.outlier_topic_]
    overlaps = []
    for run in range(1, runs + 1):
        overlaps.append(match_topics(reference, _other_draw(model, sample, len(reference), run))[1])
        if progress is not None:
            progress(run)
    table = np.array(overlaps)
    columns = {"topic": np.arange(len(reference)), "overlap": table.mean(axis=0), "least": table.min(axis=0)}
    return pl.DataFrame(columns, schema=STABILITY_SCHEMA)
