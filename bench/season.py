"""The season of an award from exports to nominees and reports: time, memory and bytes of each stage, and growth.

    python bench/season.py                                     # 60,000, 600,000 and 6,036,434 posts; 50 GB of disk
    python bench/season.py --posts 60000 --folder /var/tmp     # where the posts and the workspace go
    python bench/season.py --kill 3 --posts 6036434            # killed at three random moments as well

Posts of 249 institutions on four platforms are simulated as the exports of their tools, and ``textmine run`` takes them
through ingest, matrix, keywords, topics, integrity, the ranking for gsm2020 and the reports, in a process of its own. A
stage's peak memory is the highest resident set of that process during the stage (Linux counts it anew); processes that
it starts, as for files of many reports, are counted beside it. Bytes are those of its read and write calls, so files
that it maps are not among what it read. The floor is a process that scans captions and hashtags of the same Parquet
with Polars.

With ``--kill`` a second run over the same exports is killed (SIGKILL) at moments drawn uniformly over the time that the
first one took, and started again each time. It must end in the same bytes; what it cost more is the work that was lost.

Tokens and types are counted by spaces in lower case, and set beside real Indonesian text where that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from killed import tree
from measure import DATA, machine
from season_section import added

from textmine.batches import iter_batches

N_POSTS = 6_036_434
GOALS = {"run_seconds": 480.0, "run_peak_mb": 4096.0, "topics_seconds": 100.0, "topics_peak_mb": 3072.0}
CONFIG = """\
workspace = "workspace"
[ingest]
sources = ["posts/facebook.csv", "posts/instagram.csv", "posts/x.csv", "posts/youtube.csv"]
agencies = "posts/agencies.csv"
[awards]
rank = ["gsm2020"]
[report]
directory = "reports"
"""
RUN = """
import json, os, sys, time
from pathlib import Path
from textmine.workflow import run

began = {}

def of_children():  # most memory of each process that this one started and that is still there, added up
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:  # ended meanwhile
            continue
        if int(told["PPid"]) == os.getpid() and "VmHWM" in told:
            total += int(told["VmHWM"].split()[0]) / 1024
    return total

def read(file, name):
    return next(int(line.split()[1]) for line in Path(f"/proc/self/{file}").read_text().splitlines() if name in line)

def progress(stage, ended):
    now = {"seconds": time.perf_counter(), "processor_seconds": time.process_time(),
           "read_mb": read("io", "rchar") / 1e6, "written_mb": read("io", "wchar") / 1e6}
    if not ended:
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        began.clear()
        began.update(now)
        print(json.dumps({"begun": stage}), flush=True)
        return
    row = {name: value - began[name] for name, value in now.items()}
    peaks = {"peak_mb": read("status", "VmHWM") / 1024, "children_mb": of_children()}
    print(json.dumps({"stage": stage, **row, **peaks}), flush=True)

started = time.perf_counter()
result = run(sys.argv[1], progress=progress)
rows = {stage.manifest.stage: stage.manifest.rows for stage in result.stages}
print(json.dumps({"seconds": time.perf_counter() - started, "rows": rows}), flush=True)
"""
FLOOR = """
import json, sys, time
import polars as pl
started = time.perf_counter()
posts = pl.scan_parquet(sys.argv[1])
posts.select(pl.col("caption").str.len_bytes().sum(), pl.col("hashtags").list.len().sum()).collect(engine="streaming")
print(json.dumps(time.perf_counter() - started))
"""
SIMULATE = """
import pathlib, sys, textmine.simulation as s
from textmine import resources
settings = s.load_settings(resources.find("corpora/season2020/settings.toml"))
s.simulate(pathlib.Path(sys.argv[1]), settings=settings, n_posts=int(sys.argv[2]), seed=1, format="exports")
"""


def child(program: str, *arguments: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def started(config: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(config)], stdout=subprocess.PIPE, text=True)


def undisturbed(config: Path) -> dict[str, Any]:
    """One whole run: each stage, and the whole."""
    with started(config) as process:
        said = [json.loads(line) for line in process.stdout or ()]
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}")
    stages = {row.pop("stage"): row for row in said if "stage" in row}
    return {"stages": stages, **said[-1], "peak_mb": max(row["peak_mb"] for row in stages.values())}


def killed(config: Path, *, seconds: float, n: int, seed: int) -> dict[str, Any]:
    """A run that is killed at ``n`` moments of the ``seconds`` that it takes, and started again each time."""
    draw = random.Random(seed)
    moments = sorted(draw.uniform(0, seconds) for _ in range(n))
    kills, spent = [], 0.0
    for after in [*np.diff([0.0, *moments]).tolist(), None]:
        began, stage = time.perf_counter(), ""
        with started(config) as process:
            try:
                out, _ = process.communicate(timeout=after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                out, _ = process.communicate()
        lasted = time.perf_counter() - began
        spent += lasted
        said = [json.loads(line) for line in out.splitlines() if line.endswith("}")]
        if process.returncode == -signal.SIGKILL:
            stage = next((row["begun"] for row in reversed(said) if "begun" in row), "(start)")
            kept = sum(row["seconds"] for row in said if "stage" in row)
            kills.append({"after_seconds": lasted, "in_stage": stage, "lost_seconds": lasted - kept})
        elif process.returncode:
            raise SystemExit(f"started again, the run ended with {process.returncode}")
    return {"kills": kills, "spent_seconds": spent}


def outcome(folder: Path) -> dict[str, str]:
    """Hash of everything that a run leaves, manifests without their seconds."""
    return {f"{part}/{name}": made for part in ("workspace", "reports") for name, made in tree(folder / part).items()}


def measure(n_posts: int, root: Path | None, *, kills: int, seed: int) -> dict[str, Any]:
    if root is not None:
        root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as name:
        folder = Path(name)
        child(SIMULATE, str(folder / "posts"), str(n_posts))
        config = folder / "season.toml"
        config.write_text(CONFIG, encoding="utf-8")
        load = os.getloadavg()[0]
        result = {"posts": n_posts, "load_before": load, **undisturbed(config)}
        result["load_after"] = os.getloadavg()[0]
        posts = folder / "workspace" / "posts.parquet"
        result["floor_seconds"] = json.loads(child(FLOOR, str(posts)))
        result["exports_mb"] = sum(file.stat().st_size for file in (folder / "posts").glob("*.csv")) / 1e6
        checked(result, posts)
        if n_posts >= N_POSTS or kills:
            result["curve"] = growth_curve(captions_of(posts))
        if kills:
            expected = outcome(folder)
            for part in ("workspace", "reports"):
                shutil.rmtree(folder / part)
            result["killed"] = killed(config, seconds=result["seconds"], n=kills, seed=seed)
            found = outcome(folder)
            result["killed"]["differing"] = sorted(
                name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
            )
        return result


def checked(result: dict[str, Any], posts: Path) -> None:
    """The run did what it says: every post, a report an institution, nominees in each category."""
    rows = result["rows"]
    stored = pl.scan_parquet(posts).select(pl.len()).collect().item()
    if not rows["ingest"]["posts"] == stored == result["posts"]:
        raise SystemExit(f"{result['posts']} posts were simulated, {stored} are there")
    if rows["report"]["reports"] != 249 or rows["ranking-gsm2020"]["categories"] != 16:
        raise SystemExit(f"reports and categories are not all there: {rows}")


def captions_of(posts: Path) -> Iterator[pl.Series]:
    for batch in iter_batches(pl.scan_parquet(posts).select("caption")):
        yield batch["caption"]


def real_captions() -> Iterator[pl.Series]:
    """Indonesian sentences and posts of the public data sets; nothing where they are not there."""
    for name in ("smsa/train_preprocess.tsv", "indolem_fold0/train0.csv"):
        if (file := DATA / "sentiment" / name).is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            yield pl.Series("caption", [line.split("\t")[0].rsplit(",", 1)[0] for line in lines])
    for name in ("train.inf", "train.for"):
        for file in sorted((DATA / "normalisation").rglob(name)):
            yield pl.Series("caption", file.read_text(encoding="utf-8").splitlines())


def growth_curve(captions: Iterator[pl.Series], *, points: int = 40) -> dict[str, Any]:
    """Heaps' curve (types after so many tokens) and Zipf's (count of the types of some ranks).

    Slopes are fitted by least squares on logarithms: Heaps' from a hundredth of the tokens on, Zipf's over the ranks
    10 to 10,000.
    """
    counts: pl.DataFrame = pl.DataFrame(schema={"type": pl.String, "n": pl.UInt32})
    heaps: list[tuple[int, int]] = []
    waiting: list[pl.DataFrame] = []
    n_tokens = 0
    for series in captions:
        words = series.drop_nulls().str.to_lowercase().str.extract_all(r"[\p{L}\p{N}#@'’-]+")
        # Small steps first, so that the curve begins where real text still reaches.
        for part in words.to_frame("type").iter_slices(65_536 if n_tokens > 2_000_000 else 2_048):
            tokens = part.explode("type").drop_nulls()
            n_tokens += len(tokens)
            waiting.append(tokens.group_by("type").agg(pl.len().cast(pl.UInt32).alias("n")))
            if n_tokens < 2_000_000 or len(waiting) >= 16:
                counts = pl.concat([counts, *waiting]).group_by("type").agg(pl.col("n").sum())
                heaps.append((n_tokens, len(counts)))
                waiting = []
    if waiting:
        counts = pl.concat([counts, *waiting]).group_by("type").agg(pl.col("n").sum())
        heaps.append((n_tokens, len(counts)))
    ranked = counts["n"].sort(descending=True).to_numpy().astype(np.float64)
    ranks = np.unique(np.geomspace(1, len(ranked), points).astype(int))
    curve = np.array(heaps, np.float64)
    late, middle = curve[curve[:, 0] >= n_tokens / 100], slice(9, min(10_000, len(ranked)))
    at = np.unique(np.searchsorted(curve[:, 0], np.geomspace(curve[0, 0], n_tokens, points)).clip(0, len(curve) - 1))
    return {
        "tokens": n_tokens,
        "types": len(ranked),
        "once": float((ranked == 1).mean()),
        "heaps_exponent": slope(late[:, 0], late[:, 1]),
        "zipf_exponent": -slope(np.arange(1, len(ranked) + 1)[middle], ranked[middle]),
        "heaps": [(int(tokens), int(types)) for tokens, types in curve[at]],
        "zipf": [(int(rank), int(ranked[rank - 1])) for rank in ranks],
    }


def slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0]) if len(x) > 1 else float("nan")


def fitted(results: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """For each stage and the whole: the exponent of processor time in the number of posts, and of peak memory."""
    names = [*results[0]["stages"], "textmine run"]
    fits = {}
    for name in names:
        rows = [each["stages"][name] if name in each["stages"] else added(*each["stages"].values()) for each in results]
        n = np.array([each["posts"] for each in results], np.float64)
        fits[name] = {
            "time_exponent": slope(n, np.array([row["processor_seconds"] for row in rows])),
            "memory_exponent": slope(n, np.array([row["peak_mb"] for row in rows])),
        }
    return fits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[60_000, 600_000, N_POSTS])
    parser.add_argument("--folder", type=Path, help="where posts and workspaces go; a temporary folder if left out")
    parser.add_argument("--kill", type=int, default=0, help="moments at which a second run of the season is killed")
    parser.add_argument("--seed", type=int, default=0, help="of these moments")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    results = []
    killed_size = N_POSTS if N_POSTS in options.posts else options.posts[-1]
    for n_posts in options.posts:
        kills = options.kill if n_posts == killed_size else 0
        results.append(measure(n_posts, options.folder, kills=kills, seed=options.seed))
    real = list(real_captions())
    if not real:
        print("SKIPPED real text: no shared data sets", file=sys.stderr)
    result = {
        "machine": machine(),
        "goals": GOALS,
        "season": results,
        "fits": fitted(results) if len(results) > 1 else {},
        "real": growth_curve(iter(real)) if real else None,
    }
    print(json.dumps(result, indent=2) if options.format == "json" else table(result))
    if differing := [name for each in results for name in each.get("killed", {}).get("differing", [])]:
        raise SystemExit(f"a run that was killed and started again ended in other bytes: {', '.join(differing[:20])}")


def table(result: dict[str, Any]) -> str:
    """The stages of all sizes for a terminal."""
    lines = [
        result["machine"],
        f"{'posts':>10} {'stage':<16} {'s':>7} {'CPU s':>7} {'peak MB':>8} {'read':>7} {'written':>8}",
    ]
    for each in result["season"]:
        for name, row in [*each["stages"].items(), ("textmine run", added(*each["stages"].values()))]:
            lines.append(
                f"{each['posts']:>10,} {name:<16} {row['seconds']:>7.1f} {row['processor_seconds']:>7.1f}"
                f" {row['peak_mb']:>8,.0f} {row['read_mb']:>7,.0f} {row['written_mb']:>8,.0f}"
            )
        lines += [json.dumps(each[key]) for key in ("killed",) if key in each]
    lines += [f"{name}: {fit}" for name, fit in result["fits"].items()]
    for name, curve in (("simulated", result["season"][-1].get("curve")), ("real", result["real"])):
        if curve:
            lines.append(f"{name}: { ({key: value for key, value in curve.items() if key not in ('heaps', 'zipf')}) }")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
