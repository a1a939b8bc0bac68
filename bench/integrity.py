"""How many planted giveaways, bought likes and jumps of followers `textmine integrity` finds, and its false flags.

Seasons of the simulator, whose hidden truth says which posts give something away, which had likes bought, and which
accounts bought followers and when. Beside the season as it is, harder ones: comments with a noise of their own; a
quarter of the bought likes. Readings of followers are drawn here, because the simulator gives one an account only:
every three days the growth of the truth with a noise of its own a step, the bought followers on their day, and on one
account in ten as large a rise that people earned, after which engagement rises by its power 0.8, the simulator's b.
Copied comments are planted among texts of the public (SmSA), below 20 of 200 posts a season.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

import numpy as np
import polars as pl
from measure import DATA

from textmine.duplicates import near_duplicates
from textmine.ingest.comments import COMMENT_SCHEMA
from textmine.integrity import (
    THRESHOLD,
    GiveawayReader,
    borrowed_posts,
    copied_comments,
    follower_jumps,
    likes_without_comments,
)
from textmine.platforms import PLATFORMS
from textmine.simulation.rows import account_names
from textmine.simulation.season import Season
from textmine.simulation.settings import SimulationSettings

OWN_NOISE = 0.6  # standard deviation of log comments beside what likes say
STEP_NOISE = 0.003  # of log followers from reading to reading
EVERY = 3  # days
EARNED = 0.1  # share of accounts whose audience rises for a reason


def rates(hit: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    right = int((hit & truth).sum())
    clean = int((~truth).sum())
    return {
        "planted": int(truth.sum()),
        "flagged": int(hit.sum()),
        "right": right,
        "recall": right / truth.sum() if truth.any() else float("nan"),
        "precision": right / hit.sum() if hit.any() else float("nan"),
        "false_per_1000": 1000 * int((hit & ~truth).sum()) / clean,
    }


def rows_hit(found: pl.DataFrame, n: int) -> np.ndarray:
    hit = np.zeros(n, dtype=bool)
    hit[found.filter(pl.col("score") >= THRESHOLD)["row"].to_numpy()] = True
    return hit


def with_own_noise(posts: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    noise = pl.Series(generator.lognormal(0, OWN_NOISE, len(posts)))
    return posts.with_columns((pl.col("comments") * noise).round().cast(pl.UInt64).alias("comments"))


def with_fewer_bought(posts: pl.DataFrame, boosted: np.ndarray, usual: np.ndarray) -> pl.DataFrame:
    """A quarter of what lies above the likes that the post's expected engagement lets one expect."""
    likes = posts["likes"].cast(pl.Float64).to_numpy()
    fewer = np.where(boosted & (likes > usual), usual + (likes - usual) / 4, likes)
    series = pl.Series("likes", fewer).fill_nan(None).round().cast(pl.UInt64)
    return posts.with_columns(series)


def readings(
    season: Season, generator: np.random.Generator
) -> tuple[pl.DataFrame, set[str], dict[str, tuple[int, float]]]:
    """Readings of Instagram accounts; accounts that bought, and those that earned a rise with its day."""
    register, n_days = season.register, season.settings.n_days
    place = PLATFORMS.index("instagram")
    names = account_names(register).to_list()[place :: len(PLATFORMS)]
    start, parts = season.settings.start, []
    bought, earned = set(), {}
    for number, name in enumerate(names):
        day = np.arange(int(generator.integers(EVERY)), n_days, EVERY)
        end, growth = register.followers[number, place], register.growth[number, place]
        level = np.log(end * (1 - growth / (1 + growth) * (1 - day / (n_days - 1))))
        level += np.cumsum(generator.normal(0, STEP_NOISE, len(day)))
        followers = np.exp(level)
        jump = int(register.jump_day[number])
        if jump >= 0:
            followers += np.where(day >= jump, register.bought[number, place], 0.0)
            bought.add(name)
        elif generator.random() < EARNED:
            earned[name] = int(generator.integers(60, n_days - 60)), 1 + generator.uniform(0.5, 3.0)
            followers *= np.where(day >= earned[name][0], earned[name][1], 1.0)
        dates = np.datetime64(start) + day.astype("timedelta64[D]")
        parts.append(pl.DataFrame({"account": [name] * len(day), "read_on": dates, "read": followers.round()}))
    table = pl.concat(parts).with_columns(pl.lit("instagram").alias("platform"), pl.col("read_on").cast(pl.Date))
    return table, bought, earned


def with_earned(posts: pl.DataFrame, earned: dict[str, tuple[int, float]], start: object) -> pl.DataFrame:
    """Engagement grows with an audience that people earned."""
    rows = [(name, day, gain) for name, (day, gain) in earned.items()]
    days = pl.DataFrame(rows, schema={"account": pl.String, "rise": pl.Int64, "gain": pl.Float64}, orient="row")
    joined = posts.join(days, on="account", how="left", maintain_order="left")
    after = (pl.col("published_at").dt.date() - pl.lit(start)).dt.total_days() > pl.col("rise")
    times = pl.when(after.fill_null(value=False)).then(pl.col("gain") ** 0.8).otherwise(1.0)
    return joined.with_columns(
        (pl.col(name) * times).round().cast(pl.UInt64).alias(name) for name in ("likes", "comments")
    ).drop("rise", "gain")


def one(seed: int, n_posts: int, n_agencies: int, lines: list[str]) -> dict[str, dict[str, float]]:
    settings = SimulationSettings(
        n_posts=n_posts, n_agencies=n_agencies, bot_agencies=0.10, jump_agencies=0.15, name="bench"
    )
    season = Season(settings, seed=seed)
    blocks = list(season.blocks())
    posts, truth = pl.concat([b.posts for b in blocks]), pl.concat([b.truth for b in blocks])
    generator = np.random.default_rng([seed, 99])
    gives, boosted = truth["giveaway"].to_numpy(), truth["bot_boosted"].to_numpy()
    boosted = boosted & posts["likes"].is_not_null().to_numpy()  # hidden likes cannot be seen by anybody
    said = rows_hit(GiveawayReader().read(posts), len(posts))
    opening = posts["caption"].str.contains("(?i)giveaway time").to_numpy()
    usual = truth["expected_engagement"].to_numpy()
    found = {
        "giveaway": rates(said, gives),
        "giveaway, decoy openings apart": rates(said[~opening | gives], gives[~opening | gives]),
    }
    for name, table in {
        "likes": posts,
        "likes, comments with noise of their own": with_own_noise(posts, generator),
        "likes, a quarter bought": with_fewer_bought(posts, boosted, usual),
    }.items():
        found[name] = rates(rows_hit(likes_without_comments(table.lazy()), len(posts)), boosted)
    table, bought, earned = readings(season, generator)
    jumps = follower_jumps(table, with_earned(posts, earned, settings.start).lazy())
    flagged = set(jumps.filter(pl.col("score") >= THRESHOLD)["account"])
    names = table["account"].unique().sort().to_list()
    found["jumps"] = rates(np.array([n in flagged for n in names]), np.array([n in bought for n in names]))
    found["jumps"]["earned"], found["jumps"]["earned_flagged"] = len(earned), len(flagged & earned.keys())
    if lines:
        comments, paid = comments_of(posts, lines, generator)
        found["copied comments"] = rates(rows_hit(copied_comments(comments.lazy(), posts.lazy()), len(posts)), paid)
    copied = borrowed_posts(posts.lazy(), near_duplicates(posts).lazy()).filter(pl.col("reason") == "copy")
    found["copy (none planted)"] = rates(rows_hit(copied, len(posts)), np.zeros(len(posts), dtype=bool))
    return found


def comments_of(
    posts: pl.DataFrame, lines: list[str], generator: np.random.Generator
) -> tuple[pl.DataFrame, np.ndarray]:
    """Comments below 200 posts: texts of the public, greetings that many write below 20 posts, and paid ones below 20.

    Paid comments have one of three texts of a post's own, a word of it left out in every second one.
    """
    chosen = generator.choice(len(posts), 200, replace=False)
    drawn = iter(generator.permutation(lines).tolist())
    rows: list[tuple[int, str]] = []
    for place, row in enumerate(chosen):
        rows += [(row, next(drawn)) for _ in range(generator.integers(5, 40))]
        if place < 20:
            templates = [next(drawn).split()[:14] for _ in range(3)]
            for _ in range(generator.integers(8, 26)):
                words = list(templates[generator.integers(3)])
                if generator.random() < 0.5:
                    words.pop(generator.integers(len(words)))
                rows.append((row, " ".join(words)))
        elif place < 40:
            rows += [(row, "selamat ulang tahun semoga makin jaya dan sukses selalu")] * int(generator.integers(1, 5))
    order = generator.permutation(len(rows))
    of_post = np.array([rows[place][0] for place in order])
    table = (
        posts[of_post]
        .select(pl.col("platform"), "post_id")
        .with_columns(
            pl.Series("text", [rows[place][1] for place in order]),
            pl.format("warga{}", pl.int_range(len(rows))).alias("author"),
        )
    )
    given = table.columns
    whole = table.select(
        (pl.col(name) if name in given else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in COMMENT_SCHEMA.items()
    )
    paid = np.zeros(len(posts), dtype=bool)
    paid[chosen[:20]] = True
    return whole, paid


def summary(seasons: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, object]]:
    table: dict[str, dict[str, object]] = {}
    for name in seasons[0]:
        runs = [season[name] for season in seasons]
        row: dict[str, object] = {
            key: sum(run[key] for run in runs) for key in runs[0] if isinstance(runs[0][key], int)
        }
        for key in ("recall", "precision", "false_per_1000"):
            values = [run[key] for run in runs if not np.isnan(run[key])]
            row[key] = [statistics.median(values), min(values), max(values)] if values else None
        table[name] = row
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seasons", type=int, default=10)
    parser.add_argument(
        "--first-seed", type=int, default=100, help="seasons 0 to 9 were looked at while the screen was made"
    )
    parser.add_argument("--posts", type=int, default=12_000)
    parser.add_argument("--agencies", type=int, default=60)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with sentiment/smsa, for texts of the public")
    options = parser.parse_args()
    source, lines = options.data / "sentiment" / "smsa" / "train_preprocess.tsv", []
    if source.is_file():
        texts = [line.split("\t")[0] for line in source.read_text(encoding="utf-8").splitlines()]
        lines = sorted({text for text in texts if len(text.split()) >= 8})
    else:
        print(f"SKIPPED copied comments: no {source}", file=sys.stderr)
    found = summary(
        [
            one(seed, options.posts, options.agencies, lines)
            for seed in range(options.first_seed, options.first_seed + options.seasons)
        ]
    )
    if options.format == "json":
        print(json.dumps(found, indent=2))
        return
    print("| reason | planted | flagged | right | recall | precision | false flags per 1,000 clean |")
    print("|---|---|---|---|---|---|---|")
    for name, row in found.items():
        cells = [
            "–" if row[key] is None else "{:.2f} ({:.2f}–{:.2f})".format(*row[key])
            for key in ("recall", "precision", "false_per_1000")
        ]
        print(f"| {name} | {row['planted']} | {row['flagged']} | {row['right']} | {' | '.join(cells)} |")
    print(f"\nearned rises {found['jumps']['earned']}, flagged {found['jumps']['earned_flagged']}")


if __name__ == "__main__":
    main()
