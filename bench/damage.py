"""Damaged exports through textmine and the readers of Polars, DuckDB and pandas: rows right, wrong, lost, reported.

    python bench/damage.py [--rows 40] [--print]

Writes docs/damage.md. The tables: five of our own making (``damages.py``), what the simulator writes for each platform
and, where ../shared/data/posts is there, two real CSVs; each in every damaged form. A row is right when the values of
its id, account, time, caption and figures are those of the clean table.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import textwrap
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import damages
import duckdb
import judging
import pandas as pd
import polars as pl
from damages import DAMAGES, OWN, Damaged, Table
from judging import Verdict
from measure import DATA

from textmine.simulation import simulate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "damage.md"
REAL = {
    "tweet-harvest": ("x_tweet_harvest_kipk/kipk_first_1000.csv", judging.SIMULATED["x"]),
    "gallery-dl": (
        "instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv",
        ("id=post_id,account=username,time=date,caption=caption,likes=likes", "UTC"),
    ),
}
PLATFORMS = {"facebook": "Facebook", "instagram": "Instagram", "x": "X", "youtube": "YouTube"}
JUDGED = ("id", "account", "time", "caption", *damages.FIGURES)
ABSENT = ("", "N/A", "-")


# what a reader gives, cell by cell

Frame = tuple[Sequence[str], list[tuple[object, ...]], int]
"""Column names, rows, and how many rows the reader says that it left out."""


def polars_default(path: Path, _: Damaged) -> Frame:
    frame = pl.read_csv(path)
    return frame.columns, frame.rows(), 0


def polars_lenient(path: Path, damaged: Damaged) -> Frame:
    frame = pl.read_csv(
        path,
        separator=damaged.delimiter,
        encoding="utf8-lossy" if damaged.encoding.startswith("utf-8") else damaged.encoding,
        ignore_errors=True,
        truncate_ragged_lines=True,
        infer_schema_length=None,
    )
    return frame.columns, frame.rows(), 0


def _of_duckdb(connection: duckdb.DuckDBPyConnection, reading: str, arguments: list[object]) -> Frame:
    """Rows of a query; times with a zone come as UTC, since DuckDB's own way to Python needs one more package."""
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.execute(f"CREATE TABLE cells AS SELECT * FROM {reading}", arguments)
    types = connection.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'cells'")
    columns = types.fetchall()
    zoned = [i for i, (_, kind) in enumerate(columns) if kind == "TIMESTAMP WITH TIME ZONE"]
    quoted = ['"' + name.replace('"', '""') + '"' for name, _ in columns]
    asked = [f"{name}::TIMESTAMP" if i in zoned else name for i, name in enumerate(quoted)]
    found = connection.execute(f"SELECT {', '.join(asked)} FROM cells")
    rows = [tuple(_in_utc(v) if i in zoned else v for i, v in enumerate(row)) for row in found.fetchall()]
    return [name for name, _ in columns], rows, 0


def _in_utc(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def duckdb_auto(path: Path, _: Damaged) -> Frame:
    with duckdb.connect() as connection:
        return _of_duckdb(connection, "read_csv(?)", [str(path)])


def duckdb_lenient(path: Path, damaged: Damaged) -> Frame:
    encoding = {"utf-8-sig": "utf-8", "cp1252": "windows-1252", "utf-16-le": "utf-16"}.get(
        damaged.encoding, damaged.encoding
    )
    reading = (
        "read_csv(?, delim = ?, header = true, encoding = ?, ignore_errors = true, store_rejects = true,"
        " max_line_size = 20000000)"
    )
    with duckdb.connect() as connection:
        names, rows, _ = _of_duckdb(connection, reading, [str(path), damaged.delimiter, encoding])
        told = connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchall()[0][0]
        return names, rows, told


def _of_pandas(frame: pd.DataFrame, told: int = 0) -> Frame:
    return [str(name) for name in frame.columns], list(frame.itertuples(index=False, name=None)), told


def pandas_default(path: Path, _: Damaged) -> Frame:
    return _of_pandas(pd.read_csv(path))


def pandas_lenient(path: Path, damaged: Damaged) -> Frame:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = pd.read_csv(
            path,
            sep=damaged.delimiter,
            encoding=damaged.encoding,
            encoding_errors="replace",
            on_bad_lines="warn",
        )
    told = sum(str(warning.message).count("Skipping line") for warning in caught)
    return _of_pandas(frame, told)


PEERS: dict[str, Callable[[Path, Damaged], Frame]] = {
    "Polars": polars_default,
    "Polars, lenient": polars_lenient,
    "DuckDB": duckdb_auto,
    "DuckDB, lenient": duckdb_lenient,
    "pandas": pandas_default,
    "pandas, lenient": pandas_lenient,
}


def _is_nothing(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


@dataclass
class Cells:
    """Values of clean and damaged cells, to hold what a reader gives against."""

    damaged: Damaged
    times: list[datetime] = field(init=False)

    def __post_init__(self) -> None:
        self.times = self.damaged.clean.times()

    def verdict(self, role: str, row: int, value: object) -> str:
        """``right``, ``text`` when the cell stands as it was written, though it is not the value, else ``wrong``."""
        clean, zone = self.damaged.clean, ZoneInfo(self.damaged.clean.zone)
        expected, spelled = clean.cells(role)[row], self.damaged.cells.cells(role)[row]
        if _is_nothing(value):
            absent = expected.strip() in ABSENT
            return "right" if absent else "wrong"
        if isinstance(value, datetime) and role == "time":
            local = value.replace(tzinfo=None) if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
            return "right" if local == self.times[row].replace(tzinfo=None) else "wrong"
        if isinstance(value, int | float) and not isinstance(value, bool):
            same = float(value).is_integer() and str(int(value)) == expected and abs(value) < 2**63
            exact = not isinstance(value, float) or abs(value) < 2**53
            if role == "time" and not same:  # the number that stands in the file
                return "text" if math.isclose(float(value), float(spelled), rel_tol=1e-15) else "wrong"
            return "right" if same and exact else "wrong"
        text = str(value)
        if text == expected:
            return "right"
        return "text" if text == spelled else "wrong"


def judge_peer(read: Callable[[Path, Damaged], Frame], damaged: Damaged, path: Path) -> Verdict:
    """Hold a reader's cells against the clean table's; rows are paired by their ids, in order."""
    n = len(damaged.clean.rows)
    try:
        names, rows, told = read(path, damaged)
    except Exception as error:  # whatever a reader raises, its user has no rows
        return Verdict(n, 0, unaccounted=0, error=type(error).__name__)
    roles = {role: damaged.clean.roles[role] for role in JUDGED if role in damaged.clean.roles}
    held = {name.strip().casefold().replace("_", " "): i for i, name in reversed(list(enumerate(names)))}
    at = {role: held.get(name.strip().casefold().replace("_", " ")) for role, name in roles.items()}
    places: dict[str, list[int]] = defaultdict(list)
    for i, post_id in enumerate(damaged.clean.cells("id")):
        places[post_id].append(i)
    spelled = dict(zip(damaged.cells.cells("id"), damaged.clean.cells("id"), strict=True))
    cells = Cells(damaged)
    extra = 0
    counted = {"right": 0, "text": 0, "wrong": 0}
    for row in rows:
        key = "" if at["id"] is None else str(row[at["id"]])
        waiting = places[spelled.get(key, key)]
        if not waiting:
            extra += 1
            continue
        number = waiting.pop(0)
        found = [cells.verdict(r, number, None if i is None else row[i]) for r, i in at.items()]
        counted["wrong" if "wrong" in found else "text" if "text" in found else "right"] += 1
    lost = sum(map(len, places.values()))
    return Verdict(
        n, counted["right"], told, counted["wrong"], max(0, lost - told), as_text=counted["text"], extra=extra
    )


# tables and the page


def tables(rows: int) -> Iterable[Table]:
    yield from (make(rows) for make in OWN)
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder) / "corpus", n_posts=5 * rows)
        for name, about in judging.SIMULATED.items():
            yield judging.table_of(Path(folder) / "corpus" / f"{name}.csv", about, f"simulated {PLATFORMS[name]}", rows)
    for name, (file, about) in REAL.items():
        if (DATA / "posts" / file).is_file():
            yield judging.table_of(DATA / "posts" / file, about, f"real {name}", rows)


Results = dict[str, dict[str, list[Verdict]]]


def measure(all_tables: Sequence[Table]) -> Results:
    """Verdicts of each reader on each form, one a table."""
    results: Results = {form: defaultdict(list) for form in DAMAGES}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        for form, damage in DAMAGES.items():
            for table in all_tables:
                damaged = damage(table)
                path.write_bytes(damaged.content)
                results[form]["textmine"].append(judging.judge(damaged))
                for name, read in PEERS.items():
                    results[form][name].append(judge_peer(read, damaged, path))
    return results


def _sums(verdicts: Sequence[Verdict], what: str) -> int:
    return sum(getattr(verdict, what) for verdict in verdicts)


def _own_cell(verdicts: Sequence[Verdict]) -> str:
    parts = [f"{_sums(verdicts, 'right'):,}", f"{_sums(verdicts, 'refused'):,}", f"{_sums(verdicts, 'wrong'):,}"]
    return " | ".join(parts)


def _peer_cell(verdicts: Sequence[Verdict]) -> str:
    failed = [verdict for verdict in verdicts if verdict.error]
    if len(failed) == len(verdicts):
        return "error"
    right, text = _sums(verdicts, "right"), _sums(verdicts, "as_text")
    bad = _sums(verdicts, "wrong") + _sums(verdicts, "unaccounted")
    parts = [f"{right:,}"]
    parts += [f"{text:,} as written"] if text else []
    parts += [f"**{bad:,}**"] if bad else []
    extra = _sums(verdicts, "extra")
    parts += [f"+{extra:,}"] if extra else []
    parts += [f"{len(failed)} errors"] if failed else []
    return ", ".join(parts)


def totals(results: Results) -> list[str]:
    """One line a reader over all forms."""
    lines = []
    for reader in ("textmine", *PEERS):
        verdicts = [verdict for form in results.values() for verdict in form[reader]]
        rows = _sums(verdicts, "rows")
        bad = _sums(verdicts, "wrong") + _sums(verdicts, "unaccounted")
        errors = sum(bool(verdict.error) for verdict in verdicts)
        lines.append(
            f"| {reader} | {_sums(verdicts, 'right') / rows:.1%} | {_sums(verdicts, 'as_text') / rows:.1%}"
            f" | {_sums(verdicts, 'refused'):,} | {bad:,} | {_sums(verdicts, 'extra'):,} | {errors} |"
        )
    return lines


def page(results: Results, all_tables: Sequence[Table]) -> str:
    n_rows = sum(len(table.rows) for table in all_tables)
    head = f"| damage | rows | right | refused | wrong | {' | '.join(PEERS)} |"
    lines = [
        f"| {form} | {_sums(readers['textmine'], 'rows'):,} | {_own_cell(readers['textmine'])} |"
        f" {' | '.join(_peer_cell(readers[name]) for name in PEERS)} |"
        for form, readers in results.items()
    ]
    versions = f"Polars {pl.__version__}, DuckDB {duckdb.__version__}, pandas {pd.__version__}"
    own = [verdict for form in results.values() for verdict in form["textmine"]]
    return TEXT.format(
        forms=len(results),
        tables=len(all_tables),
        files=len(results) * len(all_tables),
        names=textwrap.fill("The tables: " + ", ".join(table.name for table in all_tables) + ".", 118),
        n_rows=n_rows,
        unaccounted=_sums(own, "unaccounted"),
        wrong=_sums(own, "wrong"),
        versions=versions,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        totals="\n".join(totals(results)),
        head=head,
        rule="|---|" + "---|" * (4 + len(PEERS)),
        lines="\n".join(lines),
    )


TEXT = """# Damage

Written by `python bench/damage.py`. {tables} clean tables of {n_rows} rows in all, in {forms} damaged forms: {files:,}
files. `bench/damages.py` says what each damage is. {versions}; {date}.
{names}

A row is *right* when its values are those of the clean table: for textmine every column of the post, for the others
(which only split a file into cells) id, account, time, caption and figures. textmine *refuses* a row with its reason,
in `rejects.parquet`. A refused row can be one of several pieces of a broken one, a repeated header or a total, so right
and refused may add up to more than the rows. Of all these files {wrong} rows are wrong, and {unaccounted} are neither
right nor refused.

For the other readers the first figure is the rows that are right. *As written* are rows whose figure or time stands as
the file spells it (`1,2 rb`), for their user to read. **Bold** are rows that are wrong, or missing without a word.
With a + are rows that are none: pieces of rows, headers, totals. An *error* is a file of which a reader gives none.
Lenient readers are told the file's delimiter and encoding, as by a user who looked: Polars with `ignore_errors`,
`truncate_ragged_lines` and lossy UTF-8, DuckDB with `ignore_errors` and `store_rejects`, pandas with
`on_bad_lines="warn"`. Rows that DuckDB stored as rejects or pandas warned of are not counted as missing. DuckDB's
Windows-1252 needs an extension that it downloads; it was not there.

| reader | right | as written | refused or reported | wrong or missing silently | no rows | errors (files) |
|---|---|---|---|---|---|---|
{totals}

{head}
{rule}
{lines}

## What cannot be told apart

- **`1.234`** in a column of counts that never decides is 1,234, as Indonesians write it, and so is `1,234`. Only where
  the column uses the same mark for decimals elsewhere (`1972048.0`) could it be either, and is refused. A program that
  divided counts by a thousand and wrote three decimals would be misread.
- **`03/04/2024`** in a column in which no number decides is read day first; the notes say so.
- **A cell more or less** in a row leaves open which one: the row is refused, even where a guess would be right.
- **Quotes missing**: a caption with the delimiter or a line break in it is refused in pieces. Where captions stand last
  and a line of few cells follows a caption without quotes, both are refused: the second may be the caption's end or
  something else. A line of a caption that happens to hold more than half as many delimiters as a row cannot be told
  from a row that lacks cells.
- **A letter whose bytes are cut** stands as U+FFFD; which it was is gone. The notes count the lines.
- **Mojibake** is repaired where it shows beyond doubt; a caption with one doubtful letter stays.
- **A quoted cell of more than 2,000 lines** in a stretch of the file with a broken quote is taken for a stray quote and
  refused line by line.
- **A header repeated in another order** is refused as a row, and the rows behind it are read by the first header.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    options = parser.parse_args()
    all_tables = list(tables(options.rows))
    text = page(measure(all_tables), all_tables)
    if options.print:
        print(text, end="")
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
