"""Topics with phrases as terms: how well they follow the hidden topics of the simulated demo.

    python bench/phrases_topics.py
    python bench/phrases_topics.py --thresholds 0.75

Normalised mutual information of each post's largest topic and its hidden topic, mean over seeds, for single words and
for phrases above each threshold of NPMI.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import normalized_mutual_info_score

import textmine as tm
from textmine.ingest import ingest
from textmine.simulation import simulate
from textmine.topics.terms import PostRoles

N_TOPICS = 20


def demo_posts() -> tuple[pl.DataFrame, np.ndarray]:
    """Posts of ``textmine demo`` and their hidden topics, which only the simulator knows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder / "exports", seed=2020)
        workspace = tm.Workspace.create(folder / "workspace")
        with workspace.lock():
            ingest([str(folder / "exports" / "*.csv")], workspace, agencies=str(folder / "exports" / "agencies.csv"))
        posts = workspace.scan("posts.parquet", made_by="ingest").collect()
        truth = pl.read_parquet(folder / "exports" / "truth_posts.parquet").select(
            pl.col("platform").cast(posts.schema["platform"]), "post_id", "topic"
        )
    hidden = posts.join(truth, on=["platform", "post_id"], how="left", maintain_order="left")["topic"]
    return posts, hidden.fill_null("none").to_numpy()


def agreement(posts: pl.DataFrame, hidden: np.ndarray, language: tm.LanguageSettings, seeds: int) -> dict[str, float]:
    matrix, roles = tm.document_term_matrix(posts, language=language), PostRoles.of(posts)
    means = {}
    for method in ("nmf", "lda"):
        found = []
        for seed in range(seeds):
            model = tm.TopicModel(N_TOPICS, method=method, seed=seed, language=language).fit(matrix, roles=roles)
            shares = model.transform(matrix)
            has_topic = shares.any(axis=1)
            found.append(normalized_mutual_info_score(hidden[has_topic], shares.argmax(axis=1)[has_topic]))
        means[method] = float(np.mean(found))
    return means


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--thresholds", type=float, nargs="*", default=[0.9, 0.8, 0.75, 0.6])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    posts, hidden = demo_posts()
    print(f"{'phrases':<24} {'number':>7} {'NMF':>6} {'LDA':>6}")
    rows: list[tuple[str, tm.Phrases | None]] = [("none", None)]
    for threshold in options.thresholds:
        found = tuple(tm.find_phrases(posts, threshold=threshold)["phrase"])
        rows.append((f"above {threshold:g}", tm.Phrases(found)))
        if threshold == min(options.thresholds):
            rows.append((f"above {threshold:g}, words kept", tm.Phrases(found, keep_words=True)))
    for name, phrases in rows:
        score = agreement(posts, hidden, tm.LanguageSettings(phrases=phrases), options.seeds)
        print(f"{name:<24} {len(phrases or ()):>7,} {score['nmf']:>6.3f} {score['lda']:>6.3f}", flush=True)


if __name__ == "__main__":
    main()
