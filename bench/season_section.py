"""Writes what bench/season.py measured as a section of docs/performance.md."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

Row = dict[str, float]


def season_section(result: dict[str, Any]) -> str:
    """The section: stages of all sizes, growth, kills, and the words of the posts beside those of real text."""
    goals, sizes = result["goals"], result["season"]
    head = f"""\
## The season: exports to nominees and reports

`make bench-season` (`python bench/season.py`): simulated exports of 249 institutions through `textmine run`, up to the
16 rankings of gsm2020 and 249 reports as HTML, XLSX and CSV, in one process. Peak memory is counted anew in each stage,
processes that make files of many reports beside it ("others"); bytes are those of read and write calls. The floor is a
scan of captions and hashtags of the same Parquet by Polars.
Goals at 6,036,434 posts: matrix and topics within {goals["topics_seconds"]:.0f} s and {goals["topics_peak_mb"]:,.0f}
MB, all within {goals["run_seconds"]:.0f} s and {goals["run_peak_mb"]:,.0f} MB.

| posts | stage | seconds | of processor | peak memory, MB | others, MB | read, MB | written, MB | times the floor |
|---:|---|---:|---:|---:|---:|---:|---:|---:|"""
    lines = [head]
    for each in sizes:
        lines += _stages(each)
    loads = [f"{each['load_before']:.1f} and {each['load_after']:.1f} at {each['posts']:,} posts" for each in sizes]
    lines += ["", f"Load of the machine before and after: {'; '.join(loads)}. One run alone makes about 2."]
    if result["fits"]:
        lines += _growth(result["fits"])
    for each in sizes:
        if "killed" in each:
            lines += _killed(each)
    curves = {"simulated": sizes[-1].get("curve"), "real": result["real"]}
    if all(curves.values()):
        lines += _words(curves)
    return "\n".join(lines)


def added(*rows: Row) -> Row:
    """Stages one after the other: seconds and bytes add up, memory does not."""
    return {name: (max if name in ("peak_mb", "children_mb") else sum)(row[name] for row in rows) for name in rows[0]}


def _stages(each: dict[str, Any]) -> Iterator[str]:
    stages, floor = each["stages"], each["floor_seconds"]
    both, whole = added(stages["matrix"], stages["topics"]), added(*stages.values())
    yield f"| {each['posts']:,} | floor | {floor:.2f} | | | | | | 1 |"
    for name, row in {**stages, "matrix and topics": both, "**textmine run**": whole}.items():
        yield (
            f"| {each['posts']:,} | {name} | {row['seconds']:.1f} | {row['processor_seconds']:.1f}"
            f" | {row['peak_mb']:,.0f} | {row['children_mb']:,.0f} | {row['read_mb']:,.0f} | {row['written_mb']:,.0f}"
            f" | {row['seconds'] / floor:,.0f} |"
        )


def _growth(fits: dict[str, Row]) -> Iterator[str]:
    yield """
Growth: exponents of processor time and of peak memory in the number of posts, by least squares on logarithms over these
sizes; 1 is linear, 0 does not grow.

| stage | time | memory |
|---|---:|---:|"""
    for name, fit in fits.items():
        yield f"| {name} | {fit['time_exponent']:.2f} | {fit['memory_exponent']:.2f} |"


def _killed(size: dict[str, Any]) -> Iterator[str]:
    kills = size["killed"]["kills"]
    told = [
        f"after {kill['after_seconds']:.0f} s in {kill['in_stage']} ({kill['lost_seconds']:.0f} s lost)"
        for kill in kills
    ]
    differing = size["killed"].get("differing", [])
    end = f"in other bytes of {', '.join(differing)}" if differing else "in the same bytes"
    yield f"""
Killed at {len(kills)} random moments (`--kill {len(kills)}`) and started again each time, the run of {size["posts"]:,}
posts ended {end}: {"; ".join(told)}. All attempts together took {size["killed"]["spent_seconds"]:.0f} s, the
undisturbed run {size["seconds"]:.0f} s."""


def _words(curves: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield """
Words of the captions, split at spaces and signs, lower case. Heaps' exponent from a hundredth of the tokens on, Zipf's
over ranks 10 to 10,000. Real text: SmSA, IndoLEM and STIF, train splits.

| text | tokens | types | once only | Heaps | Zipf |
|---|---:|---:|---:|---:|---:|"""
    for name, curve in curves.items():
        yield (
            f"| {name} | {curve['tokens']:,} | {curve['types']:,} | {curve['once']:.0%}"
            f" | {curve['heaps_exponent']:.2f} | {curve['zipf_exponent']:.2f} |"
        )
    yield """
Types after so many tokens, and uses of the type of a rank in a million words:

| tokens | simulated, types | real, types | rank | simulated, uses | real, uses |
|---:|---:|---:|---:|---:|---:|"""
    for power in range(4, 9):
        types = [read_off(curve["heaps"], 10**power) for curve in curves.values()]
        uses = [read_off(curve["zipf"], 10 ** (power - 4), per=curve["tokens"] / 1e6) for curve in curves.values()]
        yield f"| {10**power:,} | {' | '.join(types)} | {10 ** (power - 4):,} | {' | '.join(uses)} |"


def read_off(curve: list[list[float]], at: float, *, per: float | None = None) -> str:
    """A curve at a place, between its points on logarithmic scales; nothing outside of them."""
    before = [point for point in curve if point[0] <= at]
    after = [point for point in curve if point[0] >= at]
    if not before or not after:
        return ""
    (x0, y0), (x1, y1) = before[-1], after[0]
    part = 0.0 if x0 == x1 else math.log(at / x0) / math.log(x1 / x0)
    value = y0 * (y1 / y0) ** part
    return f"{value:,.0f}" if per is None else f"{value / per:,.1f}"
