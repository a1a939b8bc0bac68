"""Which part of a normalised text came from which token."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from textmine.language.normaliser import Change


def sources(text: str, changes: Iterable[Change]) -> tuple[str, list[int]]:
    """Apply changes and say where each character of the result came from.

    Parameters
    ----------
    text
        The text as typed.
    changes
        As :meth:`textmine.language.normaliser.Normaliser.explain` gives them for it.

    Returns
    -------
    tuple of str and list of int
        The normalised text, and for each of its characters the place of the typed character that it stands for,
        ascending. All characters of a replacement stand for the first character of what was replaced.

    Examples
    --------
    >>> sources("yg ini", [Change("slang", "yg", "yang", 0)])
    ('yang ini', [0, 0, 0, 0, 2, 3, 4, 5])
    """
    origin = list(range(len(text)))
    for run in _runs(changes):
        pieces: list[str] = []
        places: list[int] = []
        end = shift = 0
        for change in run:
            start = change.start - shift
            pieces += (text[end:start], change.after)
            places += origin[end:start]
            places += [origin[start]] * len(change.after)
            end = start + len(change.before)
            shift += len(change.after) - len(change.before)
        text = "".join((*pieces, text[end:]))
        origin = places + origin[end:]
    return text, origin


def parts(typed: str, normal: str, origin: Sequence[int], starts: Sequence[int]) -> list[str]:
    """Split a normalised text among tokens.

    A replacement belongs to the token in which it begins; other tokens that it swallowed get nothing. What was written
    apart and is now one word (*hp nya*, *hpnya*) belongs to the first of its tokens.

    Parameters
    ----------
    typed
        The text as typed.
    normal, origin
        As :func:`sources` gives them.
    starts
        (n_tokens,) places in the typed text at which the tokens start, ascending.

    Returns
    -------
    list of str
        (n_tokens,) parts, without spaces around.

    Examples
    --------
    >>> parts("yg ini", "yang ini", [0, 0, 0, 0, 2, 3, 4, 5], [0, 3])
    ['yang', 'ini']
    >>> parts("di hp nya!", "di hpnya!", [0, 1, 2, 3, 4, 6, 7, 8, 9], [0, 3, 6, 9])
    ['di', 'hpnya', '', '!']
    """
    borders = [bisect_left(origin, start) for start in starts]
    borders.append(len(normal))
    for token in range(len(starts) - 1, 0, -1):
        start, at = starts[token], borders[token]
        beside = normal[max(at - 1, 0) : at + 1]
        if typed[start - 1].isspace() and not any(map(str.isspace, beside)):
            borders[token] = borders[token + 1]
    return [normal[start:end].strip() for start, end in pairwise(borders)]


def trimmed(change: Change) -> Change:
    """Narrow a change down to what differs, so that the signs beside it keep their tokens.

    Examples
    --------
    >>> trimmed(Change("unicode", "A&amp;B.", "A&B.", 7))
    Change(step='unicode', before='amp;', after='', start=9)
    """
    _, before, after, start = change
    ahead = _n_equal(before, after)
    before, after = before[ahead:], after[ahead:]
    stop = -_n_equal(before[::-1], after[::-1]) or None
    return change._replace(before=before[:stop], after=after[:stop], start=start + ahead)


def _n_equal(one: str, other: str) -> int:
    """Number of characters that two strings have in common at their beginning."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _runs(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes in groups whose places ascend and do not touch: each group can be applied in one sweep.

    A change within the result of the one before it is made part of that one.
    """
    run: list[Change] = []
    for change in changes:
        if run:
            last = run[-1]
            begin = change.start - last.start
            if 0 <= begin and begin + len(change.before) <= len(last.after) and change.before:
                after = last.after[:begin] + change.after + last.after[begin + len(change.before) :]
                run[-1] = last._replace(after=after)
                continue
            if change.start < last.start + len(last.after):
                yield run
                run = []
        run.append(change)
    if run:
        yield run
