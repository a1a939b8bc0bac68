"""A tally in sentences for a terminal, and its ties as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from textmine.judging.tally.methods import METHODS
from textmine.judging.tally.tally import Tally

_SHORT: Final = {"trimmed_mean": "trim", "z_score": "z", "condorcet": "cond", "adjusted": "adj"}

TIE_SCHEMA: Final = pl.Schema(
    {
        "tied_place": pl.UInt32(),
        "rule": pl.String(),
        "nominee": pl.String(),
        "rule_value": pl.Float64(),
        "place": pl.UInt32(),
    }
)


def tie_table(found: Tally) -> pl.DataFrame:
    """Ties and the rules that were asked, one row a rule and nominee; without a rule where none was asked.

    Returns
    -------
    polars.DataFrame
        Columns of ``TIE_SCHEMA``.
    """
    rows: list[tuple[int, str | None, str, float | None, int]] = []
    for tie in found.decision.ties:
        steps: tuple[tuple[str | None, tuple[float | None, ...]], ...] = tie.steps or (
            (None, (None,) * len(tie.places)),
        )
        for rule, values in steps:
            members = zip(tie.nominees, values, tie.places, strict=True)
            rows += [(tie.place, rule, nominee, value, place) for nominee, value, place in members]
    return pl.DataFrame(rows, schema=TIE_SCHEMA, orient="row")


def side_by_side(found: Tally) -> pl.DataFrame:
    """Nominees with their points by the method that decides and their rank by each, narrow enough for a terminal.

    Returns
    -------
    polars.DataFrame
        place, nominee, points and a column of ranks a method.
    """
    ranks = [pl.col(f"rank_{method}").alias(_SHORT.get(method, method)) for method in METHODS]
    points = pl.format("{}", pl.col(found.rules.method).round(4)).alias("points")
    return found.nominees.select("place", "nominee", points, *ranks)


def sentences(found: Tally) -> Iterator[str]:
    """Who wins, whether judges agree, and what would change the result."""
    winners, robust = found.winners, found.robustness
    if not winners:
        yield "no nominee has a full score from any judge: no winner"
        return
    shared = "winners, sharing the first place" if len(winners) > 1 else "winner"
    yield f"{shared} by {found.rules.method}: {', '.join(winners)}"
    if found.cycle:
        yield f"two by two there is a cycle: {' > '.join(found.cycle)}"
    yield _agreement(found)
    n_methods = len(robust.methods_agree) + len(robust.methods_differ)
    yield (
        f"the same without any one judge in {robust.n_same} of {robust.n_judges} cases, "
        f"and by {len(robust.methods_agree)} of {n_methods} methods"
    )
    yield from _margin(found)
    for judge, manner in found.judges.filter(pl.col("manner") != "ordinary").select("judge", "manner").iter_rows():
        yield f"{judge} is {manner}"
    incomplete = found.judges.filter(pl.col("n_incomplete") > 0)["judge"].to_list()
    if incomplete:
        yield f"left out a criterion, so that the nominee's score does not count: {', '.join(incomplete)}"
    if found.severity.groups > 1:
        yield "judges fall apart into groups that share no nominee: there is no severity-adjusted score"


def _agreement(found: Tally) -> str:
    concordance = found.concordance
    if concordance.w is None:
        return "agreement cannot be measured: that takes two judges of two nominees, and scores that differ"
    error = "" if concordance.p_error is None else f" ± {concordance.p_error:.2g}"
    p = "" if concordance.p is None else f" (p {concordance.p:.3g}{error}, {concordance.p_method})"
    alpha = found.agreement["alpha_interval"][0]
    said = "undefined" if alpha is None else f"{alpha:.2f}"
    return f"Kendall's W {concordance.w:.2f}{p}, Krippendorff's alpha {said}"


def _margin(found: Tally) -> Iterator[str]:
    robust = found.robustness
    if robust.margin is not None:
        yield f"margin to the next {robust.margin:.4g} points"
    if robust.flip is not None:
        flip = robust.flip
        then = ", ".join(flip.winners)
        where = f"{flip.judge} for {flip.nominee} by {flip.criterion}"
        change = f"{where} from {flip.old:g} to {flip.new:g}"
        yield f"the smallest change that changes the result: {change}; then first: {then}"
    elif robust.flip_searched:
        yield "no change of a single score changes the result"
