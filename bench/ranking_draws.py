"""How often the truth lies in the 90 % intervals of drawn measures, on simulated seasons with a known truth.

python bench/ranking_draws.py                        # writes docs/ranking_draws.md
python bench/ranking_draws.py --seasons 20 --print

An agency has long-run shares and a long-run mean. Three weeks in a row (a campaign, at random times) move them, and
bring more posts. The truth is what 20,000 weeks of the agency give. Beside the draws stands the plain bootstrap: weeks
drawn in the same blocks, ratios of what was drawn, percentiles.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measure import machine
from scipy.special import expit, gammaln, logit

from textmine.ranking.bootstrap import week_weights
from textmine.ranking.week_draws import deviations, in_blocks, of_ratio, week_resamples
from textmine.sentiment.cells import N_CELLS, cells_of
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.shares import corrected_shares

PAGE = Path(__file__).resolve().parents[1] / "docs" / "ranking_draws.md"
LONG, DRAWS = 20_000, 1000
METHODS = ("draws", "plain bootstrap")
POSITIVE = CLASSES.index("positive")
SPREAD = np.array([[6.0, 2.5, 1.0], [1.5, 6.0, 1.5], [1.0, 2.5, 6.0]])  # probabilities by true class


@dataclass(frozen=True)
class Setting:
    name: str
    weeks: int = 57
    agencies: int = 34
    posts: float = 5.0  # a week, the median over agencies
    campaigns: float = (
        0.4  # what campaigns do to log-odds and logarithms, standard deviation; the simulator has 0.15 to 0.5
    )
    bursts: float = 1.0  # share of weeks with any post


SETTINGS = (
    Setting("a year, 5 posts a week"),
    Setting("a year, 100 posts a week", posts=100),
    Setting("a year, 1 post a week", posts=1),
    Setting("no campaigns", campaigns=0.0),
    Setting("strong campaigns", campaigns=0.8),
    Setting("half a year", weeks=26),
    Setting("a quarter", weeks=13),
    Setting("posts in a third of the weeks", bursts=0.33),
    Setting("8 agencies", agencies=8),
    Setting("131 agencies", agencies=131),
)


@dataclass(frozen=True)
class Weeks:
    """By agency and week: posts, sums of probabilities of quality, of engagement, and counts of sentiment cells."""

    posts: np.ndarray
    high: np.ndarray
    engagement: np.ndarray
    cells: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Agency:
    rate: float
    quality: float
    level: float
    tone: np.ndarray

    def campaigns(self, generator: np.random.Generator, n: int, sd: float) -> np.ndarray:
        """What goes on in each week: a campaign of three weeks begins in one week of eight."""
        begins = np.where(generator.random(n + 2) < 1 / 8, generator.normal(0, sd, n + 2), 0.0)
        return begins[:-2] + begins[1:-1] + begins[2:]

    def draw(self, generator: np.random.Generator, n: int, setting: Setting) -> tuple[np.ndarray, ...]:
        """Week, quality, engagement and true class of single posts."""
        effect = self.campaigns(generator, n, setting.campaigns)
        active = generator.random(n) < setting.bursts
        expected = self.rate * active / setting.bursts * np.where(effect != 0, 1.5, 1.0) * generator.gamma(4, 0.25, n)
        week = np.repeat(np.arange(n), generator.poisson(expected))
        moved = effect[week]
        high = expit(logit(self.quality) + moved + generator.normal(0, 1.5, len(week)))
        engagement = generator.poisson(np.exp(self.level + moved) * generator.gamma(0.8, 1 / 0.8, len(week)))
        logs = np.log(self.tone)[None] + np.outer(moved, [-0.5, 0.0, 1.0])
        shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
        truth = (generator.random(len(week))[:, None] > np.cumsum(shares, axis=1)).sum(axis=1).clip(0, 2)
        return week, high, engagement, truth


def agencies(setting: Setting, seed: int) -> list[Agency]:
    generator = np.random.default_rng([seed, 1])
    return [
        Agency(
            setting.posts * np.exp(generator.normal(0, 0.9)),
            float(expit(generator.normal(-1, 0.8))),
            generator.normal(4, 1),
            generator.dirichlet([2, 8, 5]),
        )
        for _ in range(setting.agencies)
    ]


def classified(generator: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Calibrated probabilities: what Bayes' rule says of a point of the triangle, the classes being equally likely."""
    drawn = generator.standard_gamma(SPREAD[truth])
    logs = np.log(np.maximum(drawn / drawn.sum(axis=1, keepdims=True), 1e-12)) @ (SPREAD - 1).T
    logs += gammaln(SPREAD.sum(axis=1)) - gammaln(SPREAD).sum(axis=1)
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    return likelihood / likelihood.sum(axis=1, keepdims=True)


def season(setting: Setting, seed: int) -> tuple[Weeks, dict[str, np.ndarray]]:
    every = agencies(setting, seed)
    generator = np.random.default_rng([seed, 2])
    shape = (len(every), setting.weeks)
    weeks = Weeks(
        np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros((len(every), N_CELLS)), np.zeros((*shape, 3))
    )
    truth = {name: np.zeros(len(every)) for name in ("quality", "engagement a post", "positive share")}
    for number, each in enumerate(every):
        week, high, engagement, tone = each.draw(generator, setting.weeks, setting)
        said = classified(generator, tone)
        for into, values in ((weeks.posts, None), (weeks.high, high), (weeks.engagement, engagement)):
            into[number] = np.bincount(week, values, minlength=setting.weeks)
        weeks.cells[number] = np.bincount(cells_of(said), minlength=N_CELLS) if len(week) else 0
        for place in range(3):
            weeks.probabilities[number, :, place] = np.bincount(week, said[:, place], minlength=setting.weeks)
        # How often it posts does not change the long run.
        _, high, engagement, tone = replace(each, rate=5.0).draw(generator, LONG, setting)
        truth["quality"][number], truth["engagement a post"][number] = high.mean(), engagement.mean()
        truth["positive share"][number] = (tone == POSITIVE).mean()
    return weeks, truth


def confusion() -> Confusion:
    generator = np.random.default_rng(5)
    truth = np.repeat(np.arange(3), 4000)
    return Confusion.of(classified(generator, truth), [CLASSES[place] for place in truth])


def covered(setting: Setting, seed: int, mistakes: Confusion) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """By measure and method, whether each truth is inside, and the widths of intervals on the measure's own scale."""
    weeks, truth = season(setting, seed)
    some = weeks.posts.sum(axis=1) >= 5
    resamples = week_resamples(setting.weeks, DRAWS, seed=seed)
    plain = week_weights(setting.weeks, DRAWS, block_weeks=resamples.block_weeks, seed=seed)
    found: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]] = {}
    n = np.maximum(weeks.posts.sum(axis=1), 1)
    for name, sums, share in (("quality", weeks.high, True), ("engagement a post", weeks.engagement, False)):
        value = np.clip(sums.sum(axis=1) / n, 1e-9, 1 - 1e-9 if share else np.inf)
        off = deviations(of_ratio(sums, weeks.posts, resamples.block_weeks, share=share), weeks.posts, resamples)
        drawn = expit(logit(value) + off) if share else value * np.exp(off)
        with np.errstate(invalid="ignore", divide="ignore"):
            naive = (plain @ sums.T) / (plain @ weeks.posts.T)
        found[name] = {"draws": inside(drawn, truth[name], some), "plain bootstrap": inside(naive, truth[name], some)}
    counts = np.maximum(weeks.cells, 1e-12)
    value = np.clip(corrected_shares(counts, mistakes)[:, POSITIVE], 0.5 / n, 1 - 0.5 / n)
    undo = np.linalg.inv(mistakes.mean_probabilities)[:, POSITIVE]
    added = weeks.probabilities @ undo
    mean = (added.sum(axis=1) / n)[:, None]
    weekly = setting.weeks * (added - mean * weeks.posts) / n[:, None] / (value * (1 - value))[:, None]
    off = deviations(in_blocks(weekly, resamples.block_weeks), weeks.posts, resamples)
    with np.errstate(invalid="ignore", divide="ignore"):
        naive = (plain @ added.T) / (plain @ weeks.posts.T)
    found["positive share"] = {
        "draws": inside(expit(logit(value) + np.clip(off, -12, 12)), truth["positive share"], some),
        "plain bootstrap": inside(naive, truth["positive share"], some),
    }
    return found


def inside(drawn: np.ndarray, truth: np.ndarray, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.nanquantile(drawn[:, some], [0.05, 0.95], axis=0)
    return (low <= truth[some]) & (truth[some] <= high), high - low


def table(seasons: int) -> list[str]:
    mistakes = confusion()
    lines = [
        "| season | measure | draws | plain bootstrap | width, times the plain |",
        "|---|---|---:|---:|---:|",
    ]
    for setting in SETTINGS:
        results = [covered(setting, seed, mistakes) for seed in range(seasons)]
        for name in results[0]:
            cells = []
            for method in METHODS:
                by_season = np.array([found[name][method][0].mean() for found in results])
                cells.append(f"{by_season.mean():.3f} ± {by_season.std(ddof=1) / np.sqrt(len(by_season)):.3f}")
            ratio = np.median(
                np.concatenate(
                    [found[name]["draws"][1] / np.maximum(found[name]["plain bootstrap"][1], 1e-9) for found in results]
                )
            )
            lines.append(f"| {setting.name} | {name} | {cells[0]} | {cells[1]} | {ratio:.2f} |")
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seasons", type=int, default=12)
    parser.add_argument("--print", action="store_true", help="print what was measured and write nothing")
    options = parser.parse_args()
    lines = table(options.seasons)
    if not options.print:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- measured -->")
        tail = rest.partition("<!-- end -->")[2]
        body = "\n".join([*lines, "", f"{options.seasons} seasons each. Measured on {machine()}."])
        PAGE.write_text(f"{head}<!-- measured -->\n{body}\n<!-- end -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
