"""From Parquet to saved topics at several sizes: seconds and peak memory of each stage, and the time a post takes.

    python bench/growth.py
    python bench/growth.py --posts 100000 1000000 --format json
    python bench/growth.py --stages ingest sentiment

Simulated posts are written as canonical Parquet, read into a workspace, and taken through the matrix, the keywords,
keyness, hashtags, sentiment, topics, languages, duplicates, features and quality, each stage in a process of its own so
that its peak memory is its own. The floor is a process that scans captions and hashtags of the same Parquet with Polars
and sums their lengths. Seconds are by the clock; those of processor time, beside them, tell the work on a machine that
has other work too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import machine

STAGES = {
    "floor": """
import polars as pl
posts = pl.scan_parquet(f"{folder}/posts/posts.parquet/*.parquet")
posts.select(pl.col("caption").str.len_bytes().sum(), pl.col("hashtags").list.len().sum()).collect(engine="streaming")
""",
    "ingest": """
from textmine.ingest import ingest
ingest([f"{folder}/posts/posts.parquet"], workspace, agencies=f"{folder}/posts/agencies.csv")
""",
    "matrix": "from textmine.workflow import matrix_stage; matrix_stage(workspace)",
    "keywords": "from textmine.workflow import keywords_stage; keywords_stage(workspace)",
    "keyness": """
from textmine.workflow.keyness import workspace_key_terms
workspace_key_terms(workspace, by="agency", near_duplicates=False)
""",
    "hashtags": "from textmine.hashtags.stage import hashtags_stage; hashtags_stage(workspace)",
    "sentiment": "from textmine.sentiment.stage import sentiment_stage; sentiment_stage(workspace)",
    "topics": "from textmine.topics import topics_stage; topics_stage(workspace, n_topics=20)",
    "languages": "from textmine.workflow import languages_stage; languages_stage(workspace)",
    "duplicates": "from textmine.duplicates import duplicates_stage; duplicates_stage(workspace)",
    "features": "from textmine.features import features_stage; features_stage(workspace)",
    "quality, training": "from textmine.quality import training_stage; training_stage(workspace)",
    "quality": "from textmine.quality import quality_stage; quality_stage(workspace)",
}
TOGETHER = {
    "Parquet to saved topics": ("matrix", "topics"),
    "keyness, hashtags and topics": ("keyness", "hashtags", "topics"),
    "Parquet to features": ("matrix", "hashtags", "sentiment", "topics", "languages", "duplicates", "features"),
    "sentiment, features and quality": ("sentiment", "features", "quality"),
}
FRAME = """
import json, resource, sys, time
from textmine.store import Workspace
folder = sys.argv[1]
workspace = Workspace.create(folder + "/workspace")
started, worked = time.perf_counter(), time.process_time()
{program}
seconds, processor = time.perf_counter() - started, time.process_time() - worked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds, "processor_seconds": processor, "peak_mb": peak}}))
"""


def run_stage(name: str, folder: Path) -> dict[str, float]:
    program = FRAME.format(program=STAGES[name])
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def simulate(n_posts: int, folder: Path) -> None:
    program = (
        "import sys, pathlib, textmine.simulation as s\n"
        "from textmine import resources\n"
        "settings = s.load_settings(resources.find('corpora/season2020/settings.toml'))\n"
        "s.simulate(pathlib.Path(sys.argv[1]), settings=settings, n_posts=int(sys.argv[2]), seed=1, format='parquet')\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder / "posts"), str(n_posts)], check=True)


def measure(n_posts: int, root: Path | None, stages: list[str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(dir=root) as name:
        folder = Path(name)
        simulate(n_posts, folder)
        result = {stage: run_stage(stage, folder) for stage in stages}
        manifest = folder / "workspace" / "manifests" / "matrix.json"
        terms = json.loads(manifest.read_text())["rows"]["terms"] if manifest.exists() else 0
    for name, parts in TOGETHER.items():
        if not set(parts) <= set(stages):
            continue
        ours = [result[stage] for stage in parts]
        result[name] = {
            "seconds": sum(row["seconds"] for row in ours),
            "processor_seconds": sum(row["processor_seconds"] for row in ours),
            "peak_mb": max(row["peak_mb"] for row in ours),
        }
    return {"posts": n_posts, "terms": terms, "stages": result}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--stages", nargs="+", choices=list(STAGES), default=list(STAGES), help="all if left out")
    parser.add_argument("--folder", type=Path, help="where the simulated posts go; a temporary folder if left out")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    results = [measure(n_posts, options.folder, options.stages) for n_posts in options.posts]
    if options.format == "json":
        print(json.dumps({"machine": machine(), "growth": results}, indent=2))
        return
    print(machine())
    print(
        f"{'posts':>10} {'terms':>9} {'stage':<24} {'seconds':>8} {'microseconds a post':>20} {'of processor':>12}"
        f" {'peak MB':>8}"
    )
    for result in results:
        for stage, row in result["stages"].items():
            each, work = (row[name] / result["posts"] * 1e6 for name in ("seconds", "processor_seconds"))
            print(
                f"{result['posts']:>10,} {result['terms']:>9,} {stage:<24} {row['seconds']:>8.1f}"
                f" {each:>20.1f} {work:>12.1f} {row['peak_mb']:>8,.0f}"
            )


if __name__ == "__main__":
    main()
