"""The tally of a category: all methods side by side, agreement, judges, the decision and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from textmine.judging.tally import scores
from textmine.judging.tally.alpha import score_alpha
from textmine.judging.tally.ballots import Ballots
from textmine.judging.tally.concordance import Concordance, kendall_w
from textmine.judging.tally.condorcet import cycle_through, pairwise, smith_scores
from textmine.judging.tally.decision import Decision, Rules, decide
from textmine.judging.tally.methods import METHODS, method_scores
from textmine.judging.tally.robustness import Robustness, Scale, robustness
from textmine.judging.tally.severity import Severity, severity
from textmine.ranking.ranks import ranks

JUDGE_SCHEMA: Final = pl.Schema(
    {
        "judge": pl.String(),
        "n_nominees": pl.UInt32(),
        "n_incomplete": pl.UInt32(),
        "mean": pl.Float64(),
        "spread": pl.Float64(),
        "severity": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "manner": pl.String(),
        "not_scored": pl.List(pl.String()),
    }
)
AGREEMENT_SCHEMA: Final = pl.Schema(
    {
        "criterion": pl.String(),
        "w": pl.Float64(),
        "p": pl.Float64(),
        "p_method": pl.String(),
        "p_error": pl.Float64(),
        "p_chi_square": pl.Float64(),
        "n_judges": pl.UInt32(),
        "n_nominees": pl.UInt32(),
        "alpha_interval": pl.Float64(),
        "alpha_ordinal": pl.Float64(),
    }
)
PAIR_SCHEMA: Final = pl.Schema(
    {"nominee": pl.String(), "other": pl.String(), "above": pl.UInt32(), "below": pl.UInt32(), "level": pl.UInt32()}
)
TOTAL: Final = "total"
"""Stands for the weighted mean of all criteria in the table of agreement."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What the ballots of a category say.

    Parameters
    ----------
    ballots, rules
        What was counted, and how.
    decision
        Places by the rules, and ties.
    nominees
        The best first: place, nominee, n_judges, a column a method and ``rank_`` with its name, and ``smith`` (whether
        in the Smith set). ``condorcet`` counts pairs won, ties half; its ranks are layers of Smith sets.
    criteria
        nominee, criterion, weight, n_judges and mean.
    judges
        Columns of ``JUDGE_SCHEMA``.
    pairs
        Columns of ``PAIR_SCHEMA``: how many judges put the nominee above, below and level with the other.
    agreement
        Columns of ``AGREEMENT_SCHEMA``: of totals, and by criterion where there are several.
    concordance, severity, robustness
        In detail.
    smith_set, cycle
        Nominees of the Smith set; a cycle of defeats in it, if any, the one who stands first again at its end.
    """

    ballots: Ballots
    rules: Rules
    decision: Decision
    nominees: pl.DataFrame
    criteria: pl.DataFrame
    judges: pl.DataFrame
    pairs: pl.DataFrame
    agreement: pl.DataFrame
    concordance: Concordance
    severity: Severity
    robustness: Robustness
    smith_set: tuple[str, ...]
    cycle: tuple[str, ...]

    @property
    def winners(self) -> tuple[str, ...]:
        """Who is first by the rules: one, several who share, or nobody without any score."""
        return tuple(self.ballots.nominees[number] for number in self.decision.winners())

    @property
    def condorcet_winner(self) -> str | None:
        """Who beats all others two by two; None in a cycle or tie."""
        return self.smith_set[0] if len(self.smith_set) == 1 else None


def tally(
    table: pl.DataFrame,
    weights: Mapping[str, float] | None = None,
    *,
    rules: Rules | None = None,
    scale: Scale | None = None,
    judges: tuple[str, ...] = (),
    nominees: tuple[str, ...] = (),
) -> Tally:
    """Count the scores of one category.

    Parameters
    ----------
    table
        judge, nominee, criterion and value; a row that is absent or null was not scored (conflict of interest, say).
    weights
        Of criteria, above 0; alike if None.
    rules
        Of the award; the mean, and sharing of places, if None.
    scale
        Ends and step of scores, for the smallest change; from the scores themselves if None.
    judges, nominees
        Who is to be listed even without a score.

    Raises
    ------
    InputError
        A score is given twice, is not finite, or its criterion has no weight.
    ConfigError
        A rule names what is not there.
    NotEnoughDataError
        There is nothing to count.

    Examples
    --------
    >>> table = pl.DataFrame(
    ...     [("ani", "a", "k", 8.0), ("ani", "b", "k", 6.0), ("budi", "a", "k", 7.0), ("budi", "b", "k", 7.5)],
    ...     schema=["judge", "nominee", "criterion", "value"],
    ...     orient="row",
    ... )
    >>> tally(table).winners
    ('a',)
    """
    ballots = Ballots.of(table, weights, judges=judges, nominees=nominees)
    rules = (rules or Rules()).checked(ballots)
    decision = decide(ballots, rules)
    model = severity(ballots.totals)
    concordance = kendall_w(ballots.totals, seed=rules.seed)
    present = scores.scored(ballots.totals, scores.everybody(ballots.totals))
    wins = pairwise(ballots.totals, scores.everybody(ballots.totals))
    layers = smith_scores(wins, present)[0]
    members = (layers == np.nanmax(layers)) if present.any() else present[0]
    cycle = cycle_through(wins[0], members) if members.sum() > 1 else []
    return Tally(
        ballots=ballots,
        rules=rules,
        decision=decision,
        nominees=_nominee_table(ballots, rules, decision, wins[0], members),
        criteria=_criterion_table(ballots),
        judges=_judge_table(ballots, model),
        pairs=_pair_table(ballots, wins[0]),
        agreement=_agreement_table(ballots, concordance, rules.seed),
        concordance=concordance,
        severity=model,
        robustness=robustness(ballots, rules, decision, scale),
        smith_set=tuple(ballots.nominees[number] for number in np.flatnonzero(members)),
        cycle=tuple(ballots.nominees[number] for number in [*cycle, *cycle[:1]]),
    )


def _nominee_table(
    ballots: Ballots, rules: Rules, decision: Decision, wins: np.ndarray, members: np.ndarray
) -> pl.DataFrame:
    columns: dict[str, object] = {
        "place": [place or None for place in decision.places],
        "nominee": ballots.nominees,
        "n_judges": (~np.isnan(ballots.totals)).sum(axis=0),
    }
    for method in METHODS:
        found = method_scores(ballots.totals, scores.everybody(ballots.totals), method, trim=rules.trim)[0]
        columns[method] = found
        if method == "condorcet":
            level = (wins == wins.T).sum(axis=1) - 1 - np.isnan(found).sum()
            columns[method] = np.where(np.isnan(found), np.nan, (wins > wins.T).sum(axis=1) + level / 2)
        with np.errstate(invalid="ignore"):  # where nobody has a score
            columns[f"rank_{method}"] = ranks(found)
    table = pl.DataFrame(columns).with_columns(pl.Series("smith", members))
    whole = pl.col("place", "n_judges", *(f"rank_{method}" for method in METHODS))
    numbers = table.with_columns(pl.col(pl.Float64).fill_nan(None)).with_columns(whole.cast(pl.UInt32))
    return numbers.sort("place", "nominee", nulls_last=True)


def _criterion_table(ballots: Ballots) -> pl.DataFrame:
    rows = []
    for weight, name in zip(ballots.weights.tolist(), ballots.criteria, strict=True):
        values = ballots.criterion(name)
        means = scores.mean(values, scores.everybody(values))[0].tolist()
        n = (~np.isnan(values)).sum(axis=0).tolist()
        rows += [
            (nominee, name, weight, count, value)
            for nominee, count, value in zip(ballots.nominees, n, means, strict=True)
        ]
    schema = {
        "nominee": pl.String,
        "criterion": pl.String,
        "weight": pl.Float64,
        "n_judges": pl.UInt32,
        "mean": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("mean").fill_nan(None))


def _judge_table(ballots: Ballots, model: Severity) -> pl.DataFrame:
    known = ~np.isnan(ballots.totals)
    n = known.sum(axis=1)
    filled = np.where(known, ballots.totals, 0.0)
    means = np.where(n > 0, filled.sum(axis=1) / np.maximum(n, 1), np.nan)
    squares = np.where(known, (ballots.totals - means[:, None]) ** 2, 0.0).sum(axis=1)
    missing = [[ballots.nominees[number] for number in np.flatnonzero(~row)] for row in known]
    columns = {
        "judge": ballots.judges,
        "n_nominees": n,
        "n_incomplete": ballots.incomplete.sum(axis=1),
        "mean": means,
        "spread": np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan),
        "severity": model.severity,
        "low": model.low,
        "high": model.high,
        "manner": model.manner,
        "not_scored": missing,
    }
    return pl.DataFrame(columns, schema_overrides=dict(JUDGE_SCHEMA)).with_columns(pl.col(pl.Float64).fill_nan(None))


def _pair_table(ballots: Ballots, wins: np.ndarray) -> pl.DataFrame:
    known = (~np.isnan(ballots.totals)).astype(np.int64)
    level = known.T @ known - wins - wins.T
    first, second = np.triu_indices(len(ballots.nominees), 1)
    names = pl.Series(ballots.nominees)
    columns = {
        "nominee": names[first],
        "other": names[second],
        "above": wins[first, second],
        "below": wins[second, first],
        "level": level[first, second],
    }
    return pl.DataFrame(columns, schema_overrides=dict(PAIR_SCHEMA))


def _agreement_table(ballots: Ballots, concordance: Concordance, seed: int) -> pl.DataFrame:
    grids = [(TOTAL, ballots.totals, concordance)]
    if len(ballots.criteria) > 1:
        named = [(name, ballots.criterion(name)) for name in ballots.criteria]
        grids += [(name, values, kendall_w(values, seed=seed, patient=False)) for name, values in named]
    rows = [
        (
            name,
            found.w,
            found.p,
            found.p_method,
            found.p_error,
            found.p_chi_square,
            found.n_judges,
            found.n_nominees,
            score_alpha(values, "interval"),
            score_alpha(values, "ordinal"),
        )
        for name, values, found in grids
    ]
    return pl.DataFrame(rows, schema=AGREEMENT_SCHEMA, orient="row")
