"""A picture of two groups: every term by how often it is used and by which group, with labels that do not overlap.

Across stands how many texts hold a term (logarithmic), up how much more one group uses it (z of the log-odds ratio),
down the other. Positions across are percent of the chart's width, so labels are placed twice: for a phone, and wider.
A label is kept only where it overlaps nothing at any width of its range.

References
----------
Monroe, Colaresi and Quinn 2008 (the picture); Kessler 2017, Scattertext (labels beside the points of two groups).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from textmine.numbers import Formats
from textmine.report.charts import Tick

Side = Literal["first", "second", "neither"]

HEIGHT: Final = 560
"""Pixels of the area of points."""
NARROW: Final = (290, 330, 400, 520, 640, 770)
"""Widths in pixels for which the labels of phones are placed: all are checked."""
WIDE: Final = (640, 720, 800, 900, 1000, 1060)
_CHARACTER: Final = 7.3
"""Pixels of an average character at the labels' size."""
_LINE: Final = 16
_GAP: Final = 8
_RADIUS: Final = 4
_LEAST_LABELS: Final = 16
"""Where there are fewer findings, the strongest other terms are labelled too, set apart from them."""
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Spot:
    """A term: ``texts`` hold it, ``z`` is above 0 where the first group uses it more."""

    term: str
    texts: float
    z: float
    significant: bool

    @property
    def side(self) -> Side:
        """The group that uses it more, if that is a finding."""
        if not self.significant:
            return "neither"
        return "first" if self.z > 0 else "second"


@dataclass(frozen=True)
class Point:
    """A point, percent across and pixels down."""

    x: float
    y: float
    side: Side
    term: str


@dataclass(frozen=True)
class Label:
    """A label beside a point: ``dx`` pixels from its percentage, anchored at its start or end."""

    text: str
    x: float
    dx: int
    y: float
    anchor: Literal["start", "end"]
    sure: bool = True


@dataclass(frozen=True)
class Scatter:
    """Points, the labels of narrow and of wide screens, and the ticks of both axes."""

    points: tuple[Point, ...]
    narrow: tuple[Label, ...]
    wide: tuple[Label, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    height: int = HEIGHT


def scatter(spots: Sequence[Spot], *, formats: Formats, most_characters: int = 26) -> Scatter:
    """Place points, ticks and labels.

    Parameters
    ----------
    spots
        Terms, in the order in which they are to be labelled.
    formats
        Of the report's language.
    most_characters
        Labels are cut to this length.

    Returns
    -------
    Scatter
        Geometry; labels of findings first, as many as find room, and of the strongest others where findings are few.
    """
    across = _Across([spot.texts for spot in spots])
    top = max((abs(spot.z) for spot in spots), default=1.0) or 1.0
    points = tuple(Point(round(across(s.texts), 2), round(_down(s.z, top), 1), s.side, s.term) for s in spots)
    texts = [s.term if len(s.term) <= most_characters else s.term[: most_characters - 1] + "…" for s in spots]
    return Scatter(
        points,
        _labels(points, texts, NARROW),
        _labels(points, texts, WIDE),
        tuple(Tick(round(across(n), 2), formats.integer(n)) for n in _round_counts([s.texts for s in spots])),
        tuple(Tick(round(_down(z, top), 1), formats.integer(abs(z))) for z in _round_z(top)),
    )


class _Across:
    """Percent across of a count, logarithmic; 4 % are left free at either end."""

    def __init__(self, counts: Sequence[float]) -> None:
        self._least = math.log(max(min(counts, default=1.0), 0.5))
        self._span = math.log(max(max(counts, default=1.0), 0.5)) - self._least or 1.0

    def __call__(self, count: float) -> float:
        return 4 + 92 * (math.log(max(count, 0.5)) - self._least) / self._span


def _down(z: float, top: float) -> float:
    """Pixels down: the square root spreads the many small values."""
    return HEIGHT / 2 - math.copysign(math.sqrt(abs(z) / top), z) * (HEIGHT / 2 - 16)


def _round_counts(counts: Iterable[float]) -> list[int]:
    """Round numbers between the smallest and the largest count, at most five."""
    listed = sorted(counts)
    if not listed:
        return []
    powers = range(int(math.log10(max(listed[-1], 1))) + 1)
    round_ones = [m * 10**p for p in powers for m in (1, 2, 5) if listed[0] <= m * 10**p <= listed[-1]]
    stride = max(1, math.ceil(len(round_ones) / 5))
    return round_ones[::stride]


def _round_z(top: float) -> list[int]:
    """Round values of z up to the largest, on both sides of 0, far enough from each other to be read."""
    shown: list[int] = []
    for step in (s for s in _STEPS if s <= top):
        if not shown or _down(shown[-1], top) - _down(step, top) >= 2 * _LINE:
            shown.append(step)
    return [*(-z for z in reversed(shown)), 0, *shown]


class _Boxes:
    """Places that are taken, at several widths of the chart."""

    def __init__(self, widths: Sequence[int]) -> None:
        self._widths = widths
        self._taken: list[list[tuple[float, float, float, float]]] = [[] for _ in widths]

    def take(self, x: float, dx: int, y: float, pixels: float, anchor: Literal["start", "end"]) -> bool:
        """Take the place of a label if it is free and inside at every width."""
        boxes = []
        for width, taken in zip(self._widths, self._taken, strict=True):
            left = x / 100 * width + dx - (pixels if anchor == "end" else 0)
            box = (left, left + pixels, y - _LINE / 2, y + _LINE / 2)
            if left < 0 or left + pixels > width or any(_overlap(box, other) for other in taken):
                return False
            boxes.append(box)
        self._add(boxes)
        return True

    def take_point(self, point: Point) -> None:
        """Keep labels off a point."""
        self._add(
            (
                point.x / 100 * width - _RADIUS,
                point.x / 100 * width + _RADIUS,
                point.y - _RADIUS,
                point.y + _RADIUS,
            )
            for width in self._widths
        )

    def _add(self, boxes: Iterable[tuple[float, float, float, float]]) -> None:
        for taken, box in zip(self._taken, boxes, strict=True):
            taken.append(box)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _labels(points: Sequence[Point], texts: Sequence[str], widths: Sequence[int]) -> tuple[Label, ...]:
    """Labels, best first, to the right or left of their point; those without room are left out."""
    boxes = _Boxes(widths)
    pairs = list(zip(points, texts, strict=True))
    chosen = [pair for pair in pairs if pair[0].side != "neither"]
    others = sorted(
        (pair for pair in pairs if pair[0].side == "neither"), key=lambda pair: -abs(pair[0].y - HEIGHT / 2)
    )
    chosen += others[: max(_LEAST_LABELS - len(chosen), 0)]
    for point, _ in chosen:
        boxes.take_point(point)
    placed = []
    for point, text in chosen:
        for shift in (0, -8, 8, -14, 14):
            options: tuple[tuple[int, Literal["start", "end"]], ...] = ((_GAP, "start"), (-_GAP, "end"))
            pixels = _CHARACTER * len(text)
            found = next((o for o in options if boxes.take(point.x, o[0], point.y + shift, pixels, o[1])), None)
            if found is not None:
                sure = point.side != "neither"
                placed.append(Label(text, point.x, found[0], round(point.y + shift + 4, 1), found[1], sure))
                break
    return tuple(placed)
