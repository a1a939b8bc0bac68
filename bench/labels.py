"""Labels: what a model of the judges gains, what choosing posts gains, and how blind the judges are.

    python bench/labels.py [judges] [selection] [blindness] [--seeds 20] [--classes rare] [--format json]

All of it is simulated. Judges have known confusions and vote on known classes. Posts, agencies and their hidden quality
are the simulator's; a post's class is its third of the hidden quality (agency and post together), or with ``--classes
rare`` one post in ten is of the best class and half of them of the middle one. A classifier learns from labelled
posts of two thirds of the agencies and is scored on the others. Blindness is how often a linear classifier names the
agency from the caption as published and as judges see it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from measure import machine
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from textmine.counting import document_term_matrix
from textmine.labels.blinding import blind_captions, own_hashtags
from textmine.labels.merge import class_probabilities, dawid_skene
from textmine.labels.selection import PER_POST, RANDOM_SHARE, choose_posts, text_features, turn_of_unsure
from textmine.posts import credited, interactions_of_post
from textmine.simulation import SimulationSettings, simulate

N_CLASSES = 3
KEY = ["platform", "post_id"]


# Judges


def confusion(right: float, harsh: float = 0.0) -> np.ndarray:
    """A judge who is right so often, errs by one class four times in five, and calls a share one class worse."""
    table = np.zeros((N_CLASSES, N_CLASSES))
    for truth in range(N_CLASSES):
        off = np.array([0.0 if said == truth else 1.0 if abs(said - truth) == 1 else 0.2 for said in range(N_CLASSES)])
        table[truth] = off * (1 - right) / off.sum()
        table[truth, truth] = right
    worse = np.roll(table, 1, axis=1)
    worse[:, 0], worse[:, -1] = 0.0, table[:, -2] + table[:, -1]
    return (1 - harsh) * table + harsh * worse


PANELS = {
    "three alike (.85, .80, .75)": [confusion(0.85), confusion(0.80), confusion(0.75)],
    "two good, one harsh": [confusion(0.85), confusion(0.80), confusion(0.85, 0.5)],
    "one good, one harsh, one careless (.40)": [confusion(0.85), confusion(0.85, 0.4), confusion(0.40)],
    "two good, one harsh, one careless": [confusion(0.85), confusion(0.80), confusion(0.85, 0.4), confusion(0.40)],
    "three good, one harsh, one careless": [
        confusion(0.85), confusion(0.80), confusion(0.75), confusion(0.85, 0.5), confusion(0.35),
    ],
}  # fmt: skip


def voted(panel: list[np.ndarray], n: int, overlap: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """True classes and votes: the overlap is judged by all, the rest is dealt."""
    truth = random.choice(N_CLASSES, n, p=[0.3, 0.4, 0.3])
    votes = np.full((len(panel), n), np.nan)
    for judge, table in enumerate(panel):
        votes[judge] = (random.random(n)[:, None] > np.cumsum(table[truth], axis=1)).sum(axis=1)
    alone = np.arange(overlap, n)
    for judge in range(len(panel)):
        votes[judge, alone[(alone - overlap) % len(panel) != judge]] = np.nan
    return truth, votes


def judges_part(seeds: int) -> list[dict]:
    rows = []
    for name, panel in PANELS.items():
        for n, overlap in ((200, 50), (200, 100), (200, 200), (600, 150)):
            found = []
            for seed in range(seeds):
                random = np.random.default_rng([seed, n, overlap])
                truth, votes = voted(panel, n, overlap, random)
                counts = np.stack([(votes == label).sum(axis=0) for label in range(N_CLASSES)], axis=1)
                majority = (counts + random.random(counts.shape) / 9).argmax(axis=1) == truth  # ties by lot
                tables, prior = dawid_skene(votes, N_CLASSES)
                model = class_probabilities(votes, tables, prior).argmax(axis=1) == truth
                shared = counts.sum(axis=1) > 1
                error = np.abs(tables - np.array(panel)).mean()
                found.append((majority.mean(), model.mean(), majority[shared].mean(), model[shared].mean(), error))
            means = np.mean(found, axis=0)
            better = int(sum(row[1] > row[0] for row in found))
            keys = ("majority", "model", "majority_shared", "model_shared", "confusion_error")
            rows.append({"panel": name, "posts": n, "judged_by_all": overlap, "better_in": f"{better} of {seeds}"}
                        | {key: round(float(value), 3) for key, value in zip(keys, means, strict=True)})  # fmt: skip
    return rows


# Selection


def season(folder: Path, seed: int, n_posts: int, **settings: float) -> tuple[pl.DataFrame, pl.Series]:
    """Credited posts with the agency's cluster, and their hidden quality."""
    simulate(folder, settings=SimulationSettings(n_posts=n_posts, **settings), seed=seed, format="parquet")
    posts = credited(pl.scan_parquet(folder / "posts.parquet/*.parquet")).collect()
    agencies = pl.read_parquet(folder / "truth_agencies.parquet").select("agency", "quality", "cluster")
    if "agency" not in posts.columns or posts["agency"].null_count():
        names = pl.read_csv(folder / "agencies.csv").select(pl.col("platform").cast(posts["platform"].dtype), "account",
                                                            "agency")  # fmt: skip
        posts = posts.drop("agency").join(names, on=["platform", "account"], maintain_order="left", how="left")
    hidden = pl.read_parquet(folder / "truth_posts.parquet").select(*KEY, "post_quality")
    joined = posts.join(agencies, on="agency", how="left", maintain_order="left").join(
        hidden, on=KEY, how="left", maintain_order="left"
    )
    return joined, joined["quality"] + joined["post_quality"]


def features(posts: pl.DataFrame, texts: np.ndarray) -> np.ndarray:
    """What a quality model may see: response net of audience, the agency's usual one, medium, length, text."""
    response = interactions_of_post().cast(pl.Float64).log1p()
    audience = pl.col("followers").cast(pl.Float64).log1p()
    kind = ["platform", "media_type"]
    # response beyond what the audience, the platform and the medium let expect
    away = audience - audience.mean().over("platform")
    slope = (response * away).mean().over("platform") / (away**2).mean().over("platform")
    net = response - response.mean().over(kind) - slope * (audience - audience.mean().over(kind))
    posts = posts.with_columns(net.fill_null(0.0).alias("net"))
    own = posts.select(
        response.fill_null(response.mean().over(kind)).alias("response"),
        audience.fill_null(audience.mean().over(kind)).alias("followers"),
        pl.col("net"),
        pl.col("net").mean().over("agency").alias("usual"),
        pl.col("caption").str.len_chars().cast(pl.Float64).log1p().alias("length"),
        pl.col("hashtags").list.len().cast(pl.Float64).alias("tags"),
    )
    flags = posts.select(pl.col("platform").cast(pl.String), pl.col("media_type").cast(pl.String)).to_dummies()
    return np.hstack([own.to_numpy(), flags.to_numpy(), texts])


def learner() -> object:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


Strategy = Callable[[np.ndarray, pl.DataFrame | None, int, np.random.Generator], np.ndarray]


def strategies(posts: pl.DataFrame, counts: object) -> dict[str, Strategy]:
    """Ways to pick n of the free rows, given uncertainty and likely class of each (None before the first round)."""

    def at_random(free, uncertainty, n, random):
        return random.choice(free, n, replace=False)

    def unsure(free, uncertainty, n, random):
        if uncertainty is None:
            return at_random(free, None, n, random)
        return free[np.argsort(-uncertainty["uncertainty"].to_numpy())[:n]]

    def chosen(free, weights, n, random):
        seed = int(random.integers(2**31))
        table = posts[free].select("agency", "cluster", "platform", "media_type")
        if weights is not None:
            table = table.hstack(weights)
        return free[choose_posts(table, counts[free], n, seed=seed)]

    def diverse(free, uncertainty, n, random):
        return chosen(random.choice(free, min(len(free), 4000), replace=False), None, n, random)

    def both(free, uncertainty, n, random, share=RANDOM_SHARE):
        drawn = random.choice(free, round(share * n), replace=False)
        rest = np.setdiff1d(free, drawn)
        if uncertainty is None:
            return np.concatenate([drawn, diverse(rest, None, n - len(drawn), random)])
        weights = uncertainty[np.searchsorted(free, rest)]
        turns = weights.with_row_index("row").sort(turn_of_unsure(), "likely")["row"]
        top = np.sort(turns.head(PER_POST * n).to_numpy())
        return np.concatenate([drawn, chosen(rest[top], weights[top], n - len(drawn), random)])

    return {
        "random": at_random,
        "diversity alone": diverse,
        "uncertainty alone": unsure,
        "textmine label select (a quarter random)": both,
        "the same, none random": lambda *given: both(*given, share=0.0),
    }


def learning_curve(pick: Strategy, table: np.ndarray, label: np.ndarray, train: np.ndarray, test: np.ndarray, *,
                   step: int, most: int, seed: int) -> dict[int, float]:  # fmt: skip
    random, known, found = np.random.default_rng(seed), np.zeros(0, np.int64), {}
    uncertainty = None
    while len(known) < most:
        free = np.setdiff1d(train, known)
        known = np.concatenate([known, pick(free, uncertainty, step, random)])
        model = learner().fit(table[known], label[known])
        free = np.setdiff1d(train, known)
        probabilities = model.predict_proba(table[free])
        shares = np.sort(probabilities, axis=1)
        margin = 1 - (shares[:, -1] - shares[:, -2])
        uncertainty = pl.DataFrame({"uncertainty": margin, "likely": probabilities.argmax(axis=1)})
        found[len(known)] = f1_score(label[test], model.predict(table[test]), average="macro")
    return found


CUTS = {"thirds": (1 / 3, 2 / 3), "rare": (0.4, 0.9)}


def selection_part(seeds: int, n_posts: int, cuts: tuple[float, float], **settings: float) -> list[dict]:
    scores: dict[str, list[dict[int, float]]] = {}
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            posts, hidden = season(Path(folder), 2020 + seed, n_posts, **settings)
        counts = document_term_matrix(posts).counts
        table = features(posts, text_features(counts))
        label = np.digitize(hidden.to_numpy(), np.quantile(hidden.to_numpy(), cuts))
        names = posts["agency"].unique().sort().to_numpy()
        curves: dict[str, list[dict[int, float]]] = {}
        for held in np.array_split(np.random.default_rng(seed).permutation(names), 3):
            out = np.isin(posts["agency"].to_numpy(), held)
            rows = (np.flatnonzero(~out), np.flatnonzero(out))
            for name, pick in strategies(posts, counts).items():
                found = learning_curve(pick, table, label, *rows, step=50, most=300, seed=seed)
                curves.setdefault(name, []).append(found)
            whole = learner().fit(table[~out], label[~out])
            every = f1_score(label[out], whole.predict(table[out]), average="macro")
            curves.setdefault("all posts labelled", []).append(dict.fromkeys(found, every))
        for name, thirds in curves.items():
            mean = {n: float(np.mean([curve[n] for curve in thirds])) for n in thirds[0]}
            scores.setdefault(name, []).append(mean)
    rows = []
    for name, curves in scores.items():
        row = {"how": name}
        for n in curves[0]:
            row[str(n)] = round(float(np.mean([curve[n] for curve in curves])), 3)
        areas = [np.mean(list(curve.values())) for curve in curves]
        base = [np.mean(list(curve.values())) for curve in scores["random"]]
        gain = np.subtract(areas, base)
        row["gain over random"] = round(float(gain.mean()), 4)
        row["standard error"] = round(float(gain.std(ddof=1) / np.sqrt(len(gain))), 4) if len(gain) > 1 else None
        row["better in"] = f"{int((gain > 0).sum())} of {len(gain)}"
        rows.append(row)
    return rows


# Blindness


def blindness_part(n_posts: int) -> list[dict]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        posts, _ = season(folder, 2020, n_posts)
        register = pl.read_csv(folder / "agencies.csv")
    agency = posts["agency"].to_numpy()
    # no text in both parts: equal captions would be remembered, not recognised
    fold = posts["caption"].hash(0).to_numpy() % 3 == 0
    own = own_hashtags(posts.lazy())
    versions = {
        "as published": posts["caption"],
        "without links, mentions, numbers": blind_captions(posts.with_columns(agency=pl.lit("-"), account=pl.lit("-"))),
        "as judges see it": blind_captions(posts, register=register, own_tags=own),
    }
    rows = []
    for version, texts in versions.items():
        vectors = TfidfVectorizer(token_pattern=r"[#\w]+", sublinear_tf=True, min_df=2)
        words = vectors.fit_transform(texts.filter(pl.Series(~fold)).to_list())
        model = LinearSVC().fit(words, agency[~fold])
        right = model.predict(vectors.transform(texts.filter(pl.Series(fold)).to_list())) == agency[fold]
        rows.append({"caption": version, "agency named right": round(float(right.mean()), 3), "posts": int(fold.sum())})
    most = pl.Series("agency", agency[~fold]).value_counts(sort=True)["agency"][0]
    guess = round(float((agency[fold] == most).mean()), 3)
    rows.append({"caption": "none: the agency with most posts", "agency named right": guess, "posts": int(fold.sum())})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["judges", "selection", "blindness", []])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--classes", choices=[*CUTS], default="thirds")
    parser.add_argument("--posts", type=int, default=12_000)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument(
        "--traces", type=float, help="quality_traces of the simulator: how strongly words tell of quality"
    )
    chosen = parser.parse_args()
    settings = {} if chosen.traces is None else {"quality_traces": chosen.traces}
    runs = {
        "judges": lambda: judges_part(chosen.seeds),
        "selection": lambda: selection_part(chosen.seeds, chosen.posts, CUTS[chosen.classes], **settings),
        "blindness": lambda: blindness_part(chosen.posts),
    }
    result = {name: run() for name, run in runs.items() if not chosen.parts or name in chosen.parts}
    if chosen.format == "json":
        print(json.dumps({"machine": machine(), **result}, indent=2))
        return
    for name, rows in result.items():
        heads = list(rows[0])
        print(f"\n{name}\n\n| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
        for row in rows:
            print("| " + " | ".join("" if row.get(head) is None else str(row[head]) for head in heads) + " |")


if __name__ == "__main__":
    main()
