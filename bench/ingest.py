"""Rows a second from a CSV to stored posts, beside readers that only split the file into cells.

    python bench/ingest.py [--rows 1000000] [--repetitions 3] [--format json]

The file is made on the spot with a fixed seed: 12 columns, captions of 25 words with quotes, two line breaks and
hashtags, about 308 bytes a row. ``ingest`` maps, checks, removes duplicates and writes Parquet; the csv module and
Polars' reader only read. Each run is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import machine, spread

WORDS = (
    "kementerian rapat program bersama masyarakat kesehatan pendidikan layanan publik hari ini mari dukung pemerintah"
    ' desa kota anak ibu bangun jalan baru untuk semua warga dengan "aksi" cepat'
).split()
HEADER = "platform id akun tanggal isi suka komentar dibagikan tayangan pengikut tautan jenis".split()


def write_posts(path: Path, rows: int) -> None:
    rng = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for i in range(rows):
            name = ("instagram", "x", "facebook", "youtube")[i % 4]
            tail = "\n\n#Merdeka #IndonesiaMaju" if i % 3 else " 🎉 #HUTRI"
            time_ = f"2024-{i % 12 + 1:02}-{i % 28 + 1:02} {i % 24:02}:{i % 60:02}:00"
            figures = [i % 5000, i % 77, i % 31, i % 90000, i % 300 * 1000]
            caption = " ".join(rng.choices(WORDS, k=25)) + tail
            link = f"https://{name}.com/p/{i}"
            writer.writerow([name, str(10**15 + i), f"akun_{i % 300}", time_, caption, *figures, link, "foto"])


def run_ingest(path: Path) -> int:
    from textmine.ingest import ingest
    from textmine.store import Workspace

    with tempfile.TemporaryDirectory() as folder:
        return ingest([path], Workspace.create(folder)).posts


def run_csv_module(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def run_polars(path: Path) -> int:
    import polars as pl

    return pl.read_csv(path, infer_schema=False).height


READERS = {
    "textmine ingest": run_ingest,
    "csv module, reading only": run_csv_module,
    "Polars, reading only": run_polars,
}


def measure(name: str, path: Path) -> None:
    started = time.perf_counter()
    rows = READERS[name](path)
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {"rows": rows, "seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        )
    )


def compare(path: Path, rows: int, repeat: int) -> dict[str, dict]:
    """Rows a second and peak memory of each reader, every run in a process of its own, in turns."""
    runs: dict[str, list[dict]] = {name: [] for name in READERS}
    for _ in range(repeat):
        for name, done in runs.items():
            command = [sys.executable, __file__, "--one", name, str(path)]
            done.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            if done[-1]["rows"] != rows:
                raise SystemExit(f"{name} read {done[-1]['rows']} rows of {rows}")
    return {
        name: {
            "rows_a_second": spread([run["rows"] / run["seconds"] for run in done]),
            "peak_mb": max(run["peak_mb"] for run in done),
        }
        for name, done in runs.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one[0], Path(options.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        write_posts(path, options.rows)
        megabytes = path.stat().st_size / 2**20
        readers = compare(path, options.rows, options.repetitions)
    if options.format == "json":
        print(json.dumps({"machine": machine(), "rows": options.rows, "megabytes": megabytes, "readers": readers}))
        return
    print(f"{machine()}; {options.rows:,} rows, {megabytes:,.0f} MiB, {options.repetitions} runs each, in turns")
    for name, row in readers.items():
        rate = row["rows_a_second"]
        print(f"{name:<26} {rate['median']:>10,.0f} rows/s ({rate['min']:,.0f} to {rate['max']:,.0f})"
              f" {row['peak_mb']:>6,.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
