"""Arithmetic of periods: which part of one is not covered yet."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[str, str]
"""Beginning and end as texts that sort like times; the end is not in it."""


def uncovered(wanted: Span, covered: Iterable[Span]) -> list[Span]:
    """Parts of a period that none of the others covers, in order.

    Examples
    --------
    >>> uncovered(("a", "m"), [("c", "e"), ("d", "g")])
    [('a', 'c'), ('g', 'm')]
    >>> uncovered(("a", "m"), [("a", "z")])
    []
    """
    begins, ends = wanted
    left: list[Span] = []
    for start, stop in sorted(covered):
        if stop <= begins:
            continue
        if start >= ends:
            break
        if start > begins:
            left.append((begins, start))
        begins = max(begins, stop)
    if begins < ends:
        left.append((begins, ends))
    return left
