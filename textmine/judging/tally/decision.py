"""The decision by the award's own rules: the method that counts, then rules for ties, then sharing or a lot.

A rule only decides between nominees who are equal so far, and only where it has a value for all of them: the chair's
score decides nothing about a nominee whom the chair left out. The lot needs no trust in a machine: nominees are ordered
by the SHA-256 of ``SEED:NAME``, which anybody can compute again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from textmine.errors import ConfigError
from textmine.judging.tally import scores
from textmine.judging.tally.ballots import Ballots, Flags, Floats
from textmine.judging.tally.condorcet import pairwise
from textmine.judging.tally.methods import METHODS, TRIM, Method, method_scores

_FURTHER: Final = ("first_places", "head_to_head")
_PREFIXES: Final = ("criterion:", "judge:")


@dataclass(frozen=True)
class Rules:
    """Rules of an award.

    Parameters
    ----------
    method
        The method that decides.
    ties
        What decides between equal scores, one after the other: a method; ``first_places`` (ballots on which a nominee
        stands first); ``head_to_head`` (pairs won among the equal); ``criterion:KEY`` (the mean by one criterion);
        ``judge:NAME`` (the chair's total).
    last
        What happens to those who are still equal: they share the place, or a lot decides.
    seed
        Of the lot, and of a drawn p.
    decimals
        Scores that are the same to so many decimals are equal; None for as they are.
    trim
        Share that the trimmed mean leaves out at either end.
    """

    method: Method = "mean"
    ties: tuple[str, ...] = ()
    last: Literal["shared", "lot"] = "shared"
    seed: int = 0
    decimals: int | None = None
    trim: float = TRIM

    def checked(self, ballots: Ballots) -> Rules:
        """The same rules, sure to be about these ballots.

        Raises
        ------
        ConfigError
            A rule is unknown, or names a criterion or judge that is not there.
        """
        if self.method not in METHODS:
            raise ConfigError(f"{self.method!r} is no method; there are {', '.join(METHODS)}", key="method")
        if not 0 <= self.trim < 0.5:
            raise ConfigError(f"{self.trim} is not from 0 to below 0.5", key="trim", value=self.trim)
        for rule in self.ties:
            prefix, _, name = rule.partition(":")
            known = ballots.criteria if prefix == "criterion" else ballots.judges
            if f"{prefix}:" in _PREFIXES:
                if name not in known:
                    raise ConfigError(f"{name!r} is not among {', '.join(known)}", key="ties", value=rule)
            elif rule not in (*METHODS, *_FURTHER):
                there = ", ".join((*METHODS, *_FURTHER, "criterion:KEY", "judge:NAME"))
                raise ConfigError(f"{rule!r} is no rule for ties; there are {there}", key="ties", value=rule)
        return self


@dataclass(frozen=True)
class Tie:
    """Nominees with equal scores, and how they were told apart.

    Parameters
    ----------
    place
        The place they were equal for.
    nominees
        In the order that was found.
    steps
        Rules that were asked, with the value of each nominee in the order of ``nominees`` (None where it had none).
    places
        The place of each nominee in the end.
    """

    place: int
    nominees: tuple[str, ...]
    steps: tuple[tuple[str, tuple[float | None, ...]], ...]
    places: tuple[int, ...]


@dataclass(frozen=True)
class Decision:
    """Places by the rules.

    Parameters
    ----------
    scores
        By the deciding method, rounded as the rules say, shape (n_nominees,).
    places
        Place of each nominee, 0 for those without a score.
    ties
        What was equal, the best place first.
    """

    scores: Floats
    places: tuple[int, ...]
    ties: tuple[Tie, ...]

    def winners(self) -> tuple[int, ...]:
        """Nominees in the first place; none without any score."""
        return tuple(number for number, place in enumerate(self.places) if place == 1)


def decide(ballots: Ballots, rules: Rules, keep: Flags | None = None, found: Floats | None = None) -> Decision:
    """Places of nominees by the rules.

    Parameters
    ----------
    ballots
        Of all judges.
    rules
        Checked.
    keep
        Which judges count, shape (n_judges,); all if None.
    found
        Scores by the deciding method, if they are known.
    """
    chosen = (scores.everybody(ballots.totals)[0] if keep is None else keep)[None, :]
    raw = method_scores(ballots.totals, chosen, rules.method, trim=rules.trim)[0] if found is None else found
    shown = raw if rules.decimals is None else np.round(raw, rules.decimals)
    judging = _Judging(ballots, rules, chosen)
    places, n_placed = [0] * len(ballots.nominees), 0
    ties = []
    for value in sorted({*shown[~np.isnan(shown)].tolist()}, reverse=True):
        equal = np.flatnonzero(shown == value).tolist()
        asked: list[str] = []
        groups = judging.split(equal, rules.ties, asked) if len(equal) > 1 else [equal]
        place = n_placed + 1
        for group in groups:
            for number in group:
                places[number] = n_placed + 1
            n_placed += len(group)
        if len(equal) > 1:
            ties.append(judging.tie(place, [number for group in groups for number in group], asked, places))
    return Decision(shown, tuple(places), tuple(ties))


@dataclass(frozen=True)
class _Judging:
    """What rules for ties need to know."""

    ballots: Ballots
    rules: Rules
    keep: Flags

    def split(self, equal: list[int], ties: Sequence[str], asked: list[str]) -> list[list[int]]:
        """Groups of nominees, the better first; rules that were asked are put into ``asked``."""
        if len(equal) < 2:
            return [equal]
        if not ties:
            if self.rules.last == "shared":
                return [equal]
            asked.append("lot")
            return [[number] for number in sorted(equal, key=lambda number: self.lot(number))]
        if ties[0] not in asked:
            asked.append(ties[0])
        values = self.values(ties[0], equal)
        if np.isnan(values).any():
            return self.split(equal, ties[1:], asked)
        groups = []
        for value in sorted({*values.tolist()}, reverse=True):
            members = [number for number, own in zip(equal, values.tolist(), strict=True) if own == value]
            groups += self.split(members, ties[1:], asked)
        return groups

    def values(self, rule: str, equal: list[int]) -> Floats:
        """What a rule says of nominees, shape (n_equal,); NaN where it says nothing."""
        totals = self.ballots.totals
        kind, _, name = rule.partition(":")
        if kind == "criterion":
            found = scores.mean(self.ballots.criterion(name), self.keep)[0]
        elif kind == "judge":
            chair = self.keep[0] & (np.array(self.ballots.judges) == name)
            found = scores.mean(totals, chair[None, :])[0]
        elif rule == "first_places":
            found = scores.first_places(totals, self.keep)[0]
        elif rule == "head_to_head":
            wins = pairwise(totals[:, equal], self.keep)[0]
            return np.asarray((wins > wins.T).sum(axis=1) + (wins == wins.T).sum(axis=1) / 2, dtype=float)
        else:
            found = method_scores(totals, self.keep, _method(rule), trim=self.rules.trim)[0]
        return np.asarray(np.round(found[equal], 9))

    def lot(self, number: int) -> str:
        """What orders nominees by lot."""
        return lot_number(self.rules.seed, self.ballots.nominees[number])

    def tie(self, place: int, ordered: list[int], asked: list[str], places: list[int]) -> Tie:
        """The record of a tie."""
        steps = []
        for rule in asked:
            if rule != "lot":
                values = self.values(rule, ordered).tolist()
                steps.append((rule, tuple(None if value != value else value for value in values)))
        if "lot" in asked:
            steps.append(("lot", (None,) * len(ordered)))
        names = tuple(self.ballots.nominees[number] for number in ordered)
        return Tie(place, names, tuple(steps), tuple(places[number] for number in ordered))


def lot_number(seed: int, nominee: str) -> str:
    """SHA-256 of ``SEED:NAME`` in hexadecimal: the lowest is drawn first.

    Examples
    --------
    >>> lot_number(7, "kominfo")[:12]
    'd92b7d9f82d3'
    """
    return hashlib.sha256(f"{seed}:{nominee}".encode()).hexdigest()


def _method(rule: str) -> Method:
    for method in METHODS:
        if method == rule:
            return method
    raise ValueError(f"unknown rule {rule!r}")
