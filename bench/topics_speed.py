"""Topics of a million simulated posts: the default, and gensim's LDA on the same matrix.

    python bench/topics_speed.py
    python bench/topics_speed.py --posts 100000 --print
    python bench/topics_speed.py --workspace season      # its matrix in place of simulated posts

From the stored matrix to topics, and to the shares of every post, each in a process of its own. gensim's LDA is
textmine's ``method="lda"``: the same sample of at most 200,000 distinct posts, two passes over it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from growth import run_stage, simulate
from measure import machine

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "topics_speed.json"
METHODS = {"textmine, default": "auto", "gensim LDA": "lda"}
PROGRAM = """
import json, resource, sys, time
from textmine.matrix import StoredMatrix
from textmine.topics import TopicModel
matrix = StoredMatrix.open(sys.argv[1])
started, processor = time.perf_counter(), time.process_time()
model = TopicModel(20, method=sys.argv[2]).fit(matrix)
fitted = time.process_time() - processor
without = sum(int((~shares.any(axis=1)).sum()) for shares in model.transform_batches(matrix))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "posts": matrix.n_posts, "method": model.method_, "fit_seconds": fitted,
    "processor_seconds": time.process_time() - processor, "seconds": time.perf_counter() - started,
    "peak_mb": peak, "npmi": model.coherence_, "diversity": model.diversity_, "without_topic": without,
}))
"""


def measure(matrix: Path) -> dict[str, dict[str, float]]:
    found = {}
    for name, method in METHODS.items():
        command = [sys.executable, "-c", PROGRAM, str(matrix), method]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout.splitlines()[-1])
        print(name, found[name], file=sys.stderr)
    return found


def section(result: dict) -> str:
    """Section of the page of topics."""
    rows = result["models"]
    ours, peer = rows["textmine, default"], rows["gensim LDA"]
    times = peer["processor_seconds"] / ours["processor_seconds"]
    lines = [
        f"## {ours['posts']:,} simulated posts",
        "",
        f"`python bench/topics_speed.py`, measured on {result['machine']}: 20 topics,",
        "from the stored matrix to the topics and to the shares of every post. Both are fitted on the same",
        "200,000 distinct posts at most. Processor time, since other programs ran beside; memory is that of the whole",
        "process.",
        "",
        "| model | seconds to fit and describe | seconds to all shares | peak memory, MB | NPMI | diversity |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in rows.items():
        lines.append(
            f"| {name} (`{row['method']}`) | {row['fit_seconds']:.1f} | {row['processor_seconds']:.1f}"
            f" | {row['peak_mb']:,.0f} | {row['npmi']:.3f} | {row['diversity']:.2f} |"
        )
    return "\n".join([*lines, "", f"gensim's LDA takes **{times:.0f}** times as long."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--workspace", type=Path, help="take the matrix that is there")
    parser.add_argument("--print", action="store_true", help="print and write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        workspace = options.workspace
        if workspace is None:
            workspace = Path(name) / "workspace"
            simulate(options.posts, Path(name))
            for stage in ("ingest", "matrix"):
                run_stage(stage, Path(name))
        result = {"machine": machine(), "models": measure(workspace / "matrix")}
    if not options.print:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(section(result))


if __name__ == "__main__":
    main()
