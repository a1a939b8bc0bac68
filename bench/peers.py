"""From captions to topic weights: textmine beside what a user would write today, on the same simulated posts.

    python bench/peers.py                         # about 10 minutes of processor time; writes docs/peers.md
    python bench/peers.py --setup                 # also makes bench/.venv-tmtoolkit and measures tmtoolkit in it
    python bench/peers.py --posts 2000 4000 --slow 1000 2000 --print

Every contender runs in a process of its own on every number of posts, in turns, the quick ones several times. BLAS has
one thread everywhere; textmine's Polars has all cores. Smaller numbers of posts are every n-th post of the largest, so
that the whole year and all institutions are in each. The growth of processor time and memory is a straight line by
least squares, and what it says for a season is extrapolated, not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from measure import environment_python, machine, set_up_environment, spread, wrapped
from peers_child import CONTENDERS, GIBBS_SWEEPS, N_TOPICS, STEPS
from scores import package

from textmine import resources
from textmine.simulation import load_settings, simulate

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "peers.json"
PAGE = HERE.parent / "docs" / "peers.md"
TMTOOLKIT = ["tmtoolkit[recommended]==0.12.0", "lda>=2,<4", "PySastrawi==1.2.1"]
SEASON = 6_036_434
OURS, SLOW = "textmine", "tmtoolkit"
REPETITIONS = {OURS: 5, "PySastrawi, scikit-learn NMF": 2}
WITHOUT_LARGEST = ("PySastrawi, scikit-learn LDA", "calls of 4CAT")
"""Slow: they get all numbers of posts but the largest."""
DOES = {
    OURS: "cleans (links, mentions, numbers), spells out slang, stems, drops stopwords; hashtags and emoji are terms of"
    " their own; NMF of TF-IDF with the coherence and prevalence of each topic; everything is left in files",
    "PySastrawi, scikit-learn NMF": "`stemmer.stem` of each caption, which `CountVectorizer` splits again and counts"
    " without Sastrawi's stopwords; `TfidfTransformer`, `NMF`; slang stays, links and hashtags fall into words",
    "PySastrawi, scikit-learn LDA": "the same, topics by `LatentDirichletAllocation` of the counts, defaults",
    "PySastrawi, gensim LDA": "the same stems split at spaces, `Dictionary`, `TfidfModel`, `LdaModel` with one pass and"
    " defaults, weights by `inference`",
    "calls of 4CAT": "the calls that 4CAT's steps make, outside of 4CAT: NLTK's `TweetTokenizer`, no stems (it has none"
    " for Indonesian), tokens through JSON; TF-IDF of months; scikit-learn LDA of the terms in 1 to 80 % of the posts",
    SLOW: "spaCy's blank Indonesian pipeline, each type stemmed once by PySastrawi, stopwords and numbers dropped,"
    f" `dtm`, `tfidf`; topics by the lda package, {GIBBS_SWEEPS:,} sweeps",
}


def prepared(sizes: Sequence[int], folder: Path) -> dict[int, Path]:
    """Folder of posts for each number of posts."""
    settings = load_settings(resources.find("corpora/season2020/settings.toml"))
    simulate(folder / "all", settings=settings, n_posts=max(sizes), seed=1, format="parquet")
    posts = pl.read_parquet(folder / "all" / "posts.parquet" / "*.parquet")
    made = {}
    for size in sorted(set(sizes)):
        made[size] = folder / str(size)
        made[size].mkdir()
        chosen = posts.gather_every(len(posts) // size).head(size)
        chosen.write_parquet(made[size] / "posts.parquet")
        months = chosen["published_at"].dt.strftime("%Y-%m").to_list()
        texts = {"captions": chosen["caption"].fill_null("").to_list(), "months": months}
        (made[size] / "posts.json").write_text(json.dumps(texts))
    return made


def run(contender: str, folder: Path, python: str) -> dict[str, Any]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [python, "-W", "ignore", str(HERE / "peers_child.py"), contender, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["killed"])[-1])
    return json.loads(done.stdout.splitlines()[-1])


def measure(sizes: Sequence[int], slow: Sequence[int]) -> dict[str, Any]:
    old = environment_python(SLOW)
    pythons = dict.fromkeys(CONTENDERS, sys.executable) | {SLOW: str(old)}
    load = [os.getloadavg()[0]]
    runs: dict[str, dict[int, list[dict[str, Any]]]] = {name: {} for name in CONTENDERS}
    skipped = [] if old.is_file() else [f"{SLOW}: not installed (`python bench/peers.py --setup`)"]
    wanted = {name: slow if name == SLOW else sizes for name in CONTENDERS if name != SLOW or not skipped}
    wanted |= {name: [size for size in sizes if size < max(sizes)] for name in WITHOUT_LARGEST}
    wanted[OURS] = sorted({*sizes, *(slow if not skipped else ())})
    with tempfile.TemporaryDirectory() as name:
        folders = prepared([*sizes, *slow], Path(name))
        for repetition in range(max(REPETITIONS.values())):
            for size in folders:
                for contender in list(wanted)[:: 1 if repetition % 2 == 0 else -1]:
                    if size in wanted[contender] and repetition < REPETITIONS.get(contender, 1):
                        print(f"{contender}, {size:,} posts, {repetition + 1}", file=sys.stderr)
                        found = run(contender, folders[size], pythons[contender])
                        runs[contender].setdefault(size, []).append(found)
                        RESULTS.with_suffix(".tmp").write_text(json.dumps(runs))  # of a run that is broken off
    versions = [package(name) for name in ("PySastrawi", "scikit-learn", "gensim", "nltk")]
    return {
        "machine": machine(),
        "load": [*load, os.getloadavg()[0]],
        "versions": [*versions, TMTOOLKIT[0].replace("[recommended]==", " ")],
        "skipped": skipped,
        "runs": {name: {str(size): each for size, each in of.items()} for name, of in runs.items() if of},
    }


def total(run: Mapping[str, Any], what: str) -> float:
    return sum(step[what] for step in run["steps"].values())


def peak(run: Mapping[str, Any]) -> float:
    return max(step["peak_mb"] for step in run["steps"].values())


def growth(of: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, float]:
    """Straight lines through processor seconds and memory, and the exponent of a power law of the seconds."""
    sizes = np.array([int(size) for size in of])
    seconds = np.array([statistics.median(total(run, "processor_seconds") for run in runs) for runs in of.values()])
    memory = np.array([statistics.median(peak(run) for run in runs) for runs in of.values()])
    slope, start = np.polyfit(sizes, seconds, 1)
    megabytes, least = np.polyfit(sizes, memory, 1)
    return {
        "microseconds": slope * 1e6,
        "exponent": float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]),
        "season_hours": (start + slope * SEASON) / 3600,
        "season_gb": (least + megabytes * SEASON) / 1024,
    }


def times(theirs: Sequence[Mapping[str, Any]], ours: Sequence[Mapping[str, Any]]) -> str:
    """How many times our processor time theirs is: median, and from the least to the most favourable pair of runs."""
    peer, own = (spread([total(run, "processor_seconds") for run in runs]) for runs in (theirs, ours))
    ends = peer["min"] / own["max"], peer["max"] / own["min"]
    return f"**{peer['median'] / own['median']:.1f}** ({ends[0]:.1f} to {ends[1]:.1f})"


def steps_table(runs: Mapping[str, Any], size: str, names: Sequence[str]) -> list[str]:
    """textmine and others on the same posts."""
    lines = [
        "| | terms | " + " | ".join(STEPS) + " | all, processor s | all, clock s | peak, MB | times textmine |",
        "|---|---:|" + "---:|" * (len(STEPS) + 4),
    ]
    for name in (OURS, *names):
        of, cells = runs[name][size], []
        for step in STEPS:
            there = [run["steps"][step]["processor_seconds"] for run in of if step in run["steps"]]
            cells.append(f"{statistics.median(there):.2f}" if there else "with →")
        whole, clock = (spread([total(run, what) for run in of]) for what in ("processor_seconds", "seconds"))
        several = f" ({whole['min']:.1f} to {whole['max']:.1f})" if len(of) > 1 else ""
        cells += [
            f"{whole['median']:.1f}{several}",
            f"{clock['median']:.1f}",
            f"{statistics.median(map(peak, of)):,.0f}",
        ]
        ratio = "" if name == OURS else times(of, runs[OURS][size])
        lines.append(f"| {name} | {of[0]['terms']:,} | " + " | ".join(cells) + f" | {ratio} |")
    return lines


def growth_table(runs: Mapping[str, Any]) -> list[str]:
    lines = [
        "| | measured at | microseconds of processor a post | each further post | grows as posts to the power of"
        " | season, hours of processor | season, peak GB |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for name, of in runs.items():
        of = {size: each for size, each in of.items() if name != OURS or int(size) >= 20_000} or of
        if len(of) < 2:
            continue
        each = [
            statistics.median(total(run, "processor_seconds") for run in row) / int(n) * 1e6 for n, row in of.items()
        ]
        grown = growth(of)
        lines.append(
            f"| {name} | {', '.join(f'{int(n):,}' for n in of)} | {', '.join(f'{value:,.0f}' for value in each)}"
            f" | {grown['microseconds']:,.0f} | {grown['exponent']:.2f} | **{grown['season_hours']:.2f}**"
            f" | {'' if name == OURS else format(grown['season_gb'], '.1f')} |"
        )
    return lines


def page(result: Mapping[str, Any]) -> str:
    runs = result["runs"]
    largest = {name: max(of, key=int) for name, of in runs.items()}
    before, after = result["load"]
    lines = [
        "# Beside what one would write today",
        "",
        *wrapped(
            "Written by `python bench/peers.py --setup` from bench/results/peers.json. The same simulated posts of 249"
            f" institutions (corpora/season2020) from captions to stems, counts, TF-IDF, {N_TOPICS} topics and the"
            " weights of these topics for all posts. Every run is a process of its own, in turns; their order turns"
            f" from repetition to repetition. textmine ran {REPETITIONS[OURS]} times, scikit-learn's NMF"
            f" {REPETITIONS['PySastrawi, scikit-learn NMF']} times, the others once."
        ),
        "",
        *wrapped(
            f"Measured on {result['machine']}; {', '.join(result['versions'])}. Load of the machine before and after:"
            f" {before:.1f} and {after:.1f}; what is above 2 is others at work, so compare processor seconds. BLAS has"
            " one thread everywhere. textmine reads the posts from Parquet within its time and leaves the matrix and"
            " the weights in files; the others start from Python strings in memory and leave nothing."
        ),
        "",
        "## Steps",
        "",
        "Processor seconds, medians (smallest to largest). `with →`: done within the next step that has a figure.",
    ]
    for size in sorted({size for name, size in largest.items() if name != OURS}, key=int, reverse=True):
        names = [name for name in runs if name != OURS and largest[name] == size]
        few = "" if size == largest[OURS] else ", for the slow ones"
        lines += ["", f"{int(size):,} posts{few}:", "", *steps_table(runs, size, names)]
    lines += ["", *[f"Not measured: {line}." for line in result["skipped"]], "## What each does", ""]
    lines += ["The work differs; textmine does more to each word than the others:", ""]
    for name in runs:
        lines += wrapped(f"- **{name}**: {DOES[name]}.", indent="  ")
    lines += [
        "",
        *wrapped(
            "The last column of the tables compares whole ways to topics, not equal results. Topics of different"
            " methods are different topics: [topics_benchmark.md](topics_benchmark.md) says how good"
            " they are. PySastrawi keeps the stems of words that it has met; Sastrawi 1.0.1, which bears the same"
            " module name, does 16 new words a second ([performance.md](performance.md)) and was not run here. 4CAT"
            " itself needs a server and a database and was not run: its calls are those of `processors/text-analysis`"
            " in its public source (tokenise, tf_idf, topic_modeling), as its forms are filled in. What 4CAT adds"
            " around them (its database, its archives, its metadata of posts) is not in these figures."
        ),
        "",
        f"## Growth, and a season of {SEASON:,} posts",
        "",
        *wrapped(
            "**Extrapolated, not measured**: straight lines by least squares through the numbers of posts that were"
            " measured. The others use one core; textmine's hours of processor are shared by all. textmine fits topics"
            " on at most 200,000 distinct posts, so beyond them its line is too high, and it holds blocks of 65,536"
            " posts, so a line through smaller numbers says nothing of its memory: [performance.md](performance.md) has"
            " both as measured. A program that needs more memory than the machine has does not finish. tmtoolkit's line"
            " goes through small numbers of posts and is the least sure."
        ),
        "",
        *growth_table(runs),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    parser.add_argument("--slow", type=int, nargs="+", default=[2_500, 5_000], help="numbers for tmtoolkit")
    parser.add_argument("--setup", action="store_true", help=f"make bench/.venv-{SLOW} where it is missing")
    parser.add_argument("--print", dest="print_only", action="store_true")
    options = parser.parse_args()
    if options.setup:
        set_up_environment(SLOW, TMTOOLKIT)
    result = measure(options.posts, options.slow)
    if options.print_only:
        print(page(result))
        return
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")
    print(PAGE.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
