"""Topic models on Indonesian short posts and on BBC News: textmine beside its peers, on the same counts.

    python bench/topics.py                              # everything; writes docs/topics_benchmark.md
    python bench/topics.py --seeds 2 --topics 20 --print
    python bench/topics.py --setup                      # also makes bench/.venv-bertopic and measures BERTopic in it
    python bench/topics.py --bertopic VENV/bin/python   # BERTopic from an environment that is there
    python bench/topics_speed.py                        # a million posts, for the last section of the page

Every document falls into ``fit``, ``validation`` or ``test`` by a hash of its text. Settings of the peers are chosen on
``validation`` at twenty topics, by the product of NPMI and diversity, from the grids in ``topics_peers.py``. All models
are then fitted on ``fit`` and ``validation`` and scored on ``test``: NPMI and C_V of the ten first terms by gensim's
``CoherenceModel``, diversity of the 25 first, agreement of the largest topic with the labels. textmine has no settings
to choose from: its one row is the default. Each model runs in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import topics_speed
from measure import DATA, environment_python, machine, set_up_environment
from sklearn.metrics import normalized_mutual_info_score
from topics_corpora import Corpus, Split, corpora
from topics_peers import GRIDS
from topics_scores import HeldOutNpmi, diversity, gensim_coherences, purity

from textmine.topics.coherence import CoOccurrence
from textmine.topics.ranking import leading_terms

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "topics.json"
PAGE = HERE.parent / "docs" / "topics_benchmark.md"
TUNED_AT = 20
TUNING_SEED = 100
REORDERED = "in textmine's order"
BERTOPIC = "bertopic"
BERTOPIC_NEEDS = (
    [
        "umap-learn>=0.5.7,<0.6",
        "hdbscan>=0.8.40,<0.9",
        "pandas>=2.2,<4",
        "plotly>=6,<7",
        "tqdm>=4,<5",
        "cloudpickle>=3,<4",
        "pyyaml>=6,<7",
    ],
    ["--no-deps", "bertopic>=0.17,<0.18"],  # its embeddings need PyTorch, gigabytes that are not used here
)
LDA = ("gensim LDA", "scikit-learn LDA", "tomotopy LDA")


class Runner(NamedTuple):
    """How models are run: interpreters of contenders with an environment of their own, and a folder of results."""

    pythons: Mapping[str, str]
    kept: Path | None

    def run(self, task: dict[str, Any]) -> dict[str, Any]:
        """Runs of one model, one a seed; taken from the folder if they are there."""
        name = hashlib.sha256(pickle.dumps(task)).hexdigest() + ".json"
        if self.kept is not None and (self.kept / name).is_file():
            return json.loads((self.kept / name).read_text())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "task.pickle"
            path.write_bytes(pickle.dumps(task))
            python = self.pythons.get(task["contender"], sys.executable)
            done = subprocess.run([python, str(HERE / "topics_child.py"), str(path)], capture_output=True, text=True)
        if done.returncode:
            return {"error": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "failed"}
        if self.kept is not None:
            self.kept.mkdir(parents=True, exist_ok=True)
            (self.kept / name).write_text(done.stdout.splitlines()[-1])
        return json.loads(done.stdout.splitlines()[-1])


def fitted(
    contender: str, split: Split, k: int, seeds: list[int], settings: Mapping[str, Any], runner: Runner
) -> dict[str, Any]:
    """Runs of one model, one a seed, in a process of its own; an entry ``error`` if it fails."""
    task = {
        "contender": contender,
        "vocabulary": split.vocabulary,
        "counts": split.fitted.counts,
        "held_out": None if split.held_out.labels is None else split.held_out.counts,
        "k": k,
        "seeds": seeds,
        "settings": dict(settings),
    }
    return runner.run(task)


def tuned_settings(corpus: Corpus, contenders: list[str], runner: Runner) -> dict[str, dict[str, Any]]:
    """Best settings of each contender on the validation part; ties go to the earlier ones."""
    split = corpus.split(["fit"], "validation")
    npmi, chosen = HeldOutNpmi(split.held_out, split.vocabulary), {}
    for contender in contenders:
        best = -np.inf
        for settings in GRIDS[contender] if len(GRIDS[contender]) > 1 else []:
            result = fitted(contender, split, TUNED_AT, [TUNING_SEED], settings, runner)
            score = -np.inf
            if "error" not in result:
                tops = result["runs"][0]["tops"]
                score = npmi(tops) * diversity(tops)
            print(f"  {corpus.name}, {contender} {settings}: {score:.3f}", file=sys.stderr, flush=True)
            if score > best:
                best, chosen[contender] = score, settings
    return chosen


def rows_of(corpus: Corpus, ks: list[int], seeds: int, runner: Runner) -> Iterator[dict[str, Any]]:
    """One row a contender, settings and number of topics, without coherence as yet."""
    contenders = [name for name in GRIDS if name != "BERTopic" or name in runner.pythons]
    tuned = tuned_settings(corpus, contenders, runner)
    split = corpus.split(["fit", "validation"], "test")
    variants = [(name, "default", GRIDS[name][0]) for name in contenders]
    variants += [(name, "tuned", tuned[name]) for name in contenders if tuned.get(name)]
    for k in ks:
        for name, kind, settings in variants:
            result = fitted(name, split, k, list(range(seeds)), settings, runner)
            print(
                f"  {corpus.name}, k = {k}, {name} ({kind}): {result.get('error', 'done')}", file=sys.stderr, flush=True
            )
            yield {"k": k, "model": name, "kind": kind, "settings": settings} | result


def scored(corpus: Corpus, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each row its scores; coherences of all models are counted in one pass over the documents."""
    split = corpus.split(["fit", "validation"], "test")
    rows = _with_reordered(rows, split)
    runs = [run for row in rows for run in row.get("runs", [])]
    tops = [top for run in runs for top in run["tops"]]
    ends = np.cumsum([0] + [len(run["tops"]) for run in runs])
    for measure in ("c_npmi", "c_v"):
        values = gensim_coherences(measure, tops, split.held_out, split.vocabulary)
        for run, start, end in zip(runs, ends[:-1], ends[1:], strict=True):
            run[measure] = float(np.mean(values[start:end]))
    for run in runs:
        run["diversity"] = diversity(run["tops"])
        run["product"] = run["c_npmi"] * run["diversity"]
        if split.held_out.labels is not None:
            largest = np.array(run["largest"])
            run["nmi"] = float(normalized_mutual_info_score(split.held_out.labels, largest))
            run["purity"] = purity(split.held_out.labels, largest)
    return [_summary(row) for row in rows]


def reordered(row: dict[str, Any], together: CoOccurrence) -> dict[str, Any]:
    """The row with the same 25 terms of each topic in the order in which textmine would show them."""
    runs = []
    for run in row["runs"]:
        leading = [leading_terms(together, top) for top in run["tops"]]
        tops = [[*first, *(c for c in top if c not in first)] for first, top in zip(leading, run["tops"], strict=True)]
        runs.append(run | {"tops": tops})
    return row | {"kind": f"{row['kind']}, {REORDERED}", "runs": runs}


def _with_reordered(rows: list[dict[str, Any]], split: Split) -> list[dict[str, Any]]:
    """Add the peers, tuned where that helped, in textmine's order."""
    together = CoOccurrence(np.arange(len(split.vocabulary)))
    together.add(split.fitted.counts)
    tuned = {row["model"] for row in rows if row["kind"] == "tuned"}
    chosen = [row for row in rows if row["model"] != "textmine" and "error" not in row]
    chosen = [row for row in chosen if row["kind"] == "tuned" or row["model"] not in tuned]
    return rows + [reordered(row, together) for row in chosen]


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("k", "model", "kind", "settings")}
    if "error" in row:
        return kept | {"error": row["error"]}
    names = ("product", "c_npmi", "c_v", "diversity", "nmi", "purity", "seconds")
    figures = {name: [run[name] for run in row["runs"]] for name in names if name in row["runs"][0]}
    found = {"topics": statistics.median(len(run["tops"]) for run in row["runs"]), "megabytes": row["megabytes"]}
    return kept | found | {name: [round(value, 5) for value in values] for name, values in figures.items()}


def measure(data: Path, ks: list[int], seeds: int, only: str | None, runner: Runner) -> dict[str, Any]:
    found = {}
    for corpus in (each for each in corpora(data) if only in (None, each.name)):
        split = corpus.split(["fit", "validation"], "test")
        rows = scored(corpus, list(rows_of(corpus, ks, seeds, runner)))
        sizes = {"fitted": split.fitted.counts.shape[0], "held_out": split.held_out.counts.shape[0]}
        found[corpus.name] = sizes | {"terms": len(split.vocabulary), "rows": rows}
    skipped = [] if "BERTopic" in runner.pythons else ["BERTopic: needs an environment of its own, see --setup"]
    skipped.append("FASTopic: needs PyTorch and sentence embeddings, which are not to be had offline")
    return {"machine": machine(), "seeds": seeds, "corpora": found, "skipped": skipped}


def median(values: list[float]) -> float:
    return statistics.median(values)


def standard_error(values: list[float]) -> float:
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def verdict(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether the default is best or within one standard error of the best, and how fast it is for its quality."""
    rows = [row for row in rows if "error" not in row]
    ours = next(row for row in rows if row["model"] == "textmine")
    peers = [row for row in rows if row["model"] != "textmine" and REORDERED not in row["kind"]]
    ordered = [row for row in rows if REORDERED in row["kind"]]
    best = max(peers, key=lambda row: median(row["product"]))
    error = max(standard_error(best["product"]), standard_error(ours["product"]))
    lda = max((row for row in peers if row["model"] in LDA), key=lambda row: median(row["product"]))
    return {
        "product": median(ours["product"]),
        "best_peer": f"{best['model']} ({best['kind']})",
        "best_product": median(best["product"]),
        "holds": median(ours["product"]) >= median(best["product"]) - error,
        "best_ordered": max((median(row["product"]) for row in ordered), default=None),
        "best_lda": f"{lda['model']} ({lda['kind']})",
        "times_as_fast": median(lda["seconds"]) / median(ours["seconds"]),
    }


def page(result: dict[str, Any]) -> str:
    lines = [
        "# Topic models side by side",
        "",
        f"`python bench/topics.py --setup`, median of {result['seeds']} seeds with the standard error. Measured on",
        f"{result['machine']}. All models get the same documents and the same vocabulary and are fitted on three",
        "quarters of the documents; coherence and labels are those of the last quarter. NPMI and C_V are gensim's",
        "`CoherenceModel` with its own windows (10 and 110 words) over the ten first terms; diversity is the share of",
        "unique terms among the 25 first of all topics. *Tuned* settings were chosen on a third part, see the",
        "script's head; textmine's row is its default, which was developed on the same third part. Seconds are",
        "processor time of the fit on one thread, memory is what it needs above its data. The terms of a model are",
        "those that its own library shows, in its order. textmine puts those ten of the 25 first that stand together",
        "best ([topics](topics.md)); rows *in textmine's order* show the peers' same 25 terms ordered so too, which",
        "tells what the model does from what the order does. They do not count for the verdict.",
        "",
        "Automatic coherence and people agree only in part (Hoyle et al. 2021): read topics before you choose a model.",
    ]
    for name, corpus in result["corpora"].items():
        lines += ["", f"## {name}", ""]
        lines.append(
            f"{corpus['fitted']:,} documents fitted, {corpus['held_out']:,} held out, {corpus['terms']:,} terms."
        )
        lines += ["", *_verdicts(corpus["rows"])]
        for k in sorted({row["k"] for row in corpus["rows"]}):
            lines += ["", *_table(k, [row for row in corpus["rows"] if row["k"] == k])]
        lines += ["", "Settings that tuning chose:", ""]
        chosen = {row["model"]: row["settings"] for row in corpus["rows"] if row["kind"] == "tuned"}
        lines += [f"- {model}: `{json.dumps(settings)}`" for model, settings in chosen.items()]
    lines += ["", "Not measured: " + "; ".join(result["skipped"]) + "."]
    if topics_speed.RESULTS.is_file():
        lines += ["", topics_speed.section(json.loads(topics_speed.RESULTS.read_text(encoding="utf-8")))]
    return "\n".join(lines) + "\n"


def _verdicts(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| k | NPMI × diversity | best peer | holds | best peer in textmine's order | best LDA | times as fast as it |",
        "|---:|---:|---|---|---:|---|---:|",
    ]
    for k in sorted({row["k"] for row in rows}):
        found = verdict([row for row in rows if row["k"] == k])
        ordered = "" if found["best_ordered"] is None else f"{found['best_ordered']:.3f}"
        lines.append(
            f"| {k} | {found['product']:.3f} | {found['best_peer']} {found['best_product']:.3f}"
            f" | {'yes' if found['holds'] else '**no**'} | {ordered} | {found['best_lda']}"
            f" | {found['times_as_fast']:.1f} |"
        )
    return lines


def _table(k: int, rows: list[dict[str, Any]]) -> list[str]:
    labelled = any("nmi" in row for row in rows)
    lines = [
        f"### {k} topics",
        "",
        f"| model | NPMI × diversity | NPMI | C_V | diversity |{' NMI | purity |' if labelled else ''} seconds | MB |",
        f"|---|---:|---:|---:|---:|{'---:|---:|' if labelled else ''}---:|---:|",
    ]
    good = sorted((row for row in rows if "error" not in row), key=lambda row: -median(row["product"]))
    for row in good:
        shown = [f"{median(row['product']):.3f} ± {standard_error(row['product']):.3f}"]
        shown += [f"{median(row[name]):.3f}" for name in ("c_npmi", "c_v", "diversity")]
        shown += [f"{median(row[name]):.3f}" for name in ("nmi", "purity") if labelled]
        shown += [f"{median(row['seconds']):.2f}", f"{row['megabytes']:,.0f}"]
        name = row["model"] if row["model"] == "textmine" else f"{row['model']}, {row['kind']}"
        name += "" if row["topics"] == k else f" ({row['topics']:g} topics)"
        name = f"**{name}**" if row["model"] == "textmine" else name
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    lines += [f"| {row['model']}, {row['kind']} | failed: {row['error']} |" for row in rows if "error" in row]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", type=int, nargs="+", default=[5, 10, 20, 50])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument(
        "--bertopic", metavar="PYTHON", help="interpreter of an environment with bertopic and umap-learn"
    )
    parser.add_argument("--setup", action="store_true", help=f"make bench/.venv-{BERTOPIC} where it is missing")
    parser.add_argument("--only", metavar="CORPUS", help="one corpus by its name; for --print")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep fitted models here, and take up what is there"
    )
    parser.add_argument("--print", action="store_true", help="print the page and write nothing")
    options = parser.parse_args()
    if options.setup:
        options.bertopic = options.bertopic or str(set_up_environment(BERTOPIC, *BERTOPIC_NEEDS))
    elif options.bertopic is None and environment_python(BERTOPIC).is_file():
        options.bertopic = str(environment_python(BERTOPIC))
    runner = Runner({"BERTopic": options.bertopic} if options.bertopic else {}, options.keep)
    result = measure(options.data, options.topics, options.seeds, options.only, runner)
    if not result["corpora"]:
        raise SystemExit(f"SKIPPED: none of the two corpora is in {options.data}")
    if options.print:
        print(page(result))
        return
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")


if __name__ == "__main__":
    main()
