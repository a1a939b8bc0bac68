"""Named damages over clean exports: what spreadsheets, editors, mail and scripts do to a CSV on its way.

Each damage is a function from a clean table to a damaged file, with what the file says when nothing is lost (``clean``)
and which rows may be refused (``harmed``) because their content is gone or can be read in two ways. Everything is
written out by fixed rules, so that the same table gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from textmine.ingest.times import parse_times

Row = tuple[str, ...]
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
FIGURES = ("likes", "comments")


@dataclass(frozen=True)
class Table:
    """A clean export: its cells, the columns that hold what is judged, and the zone of times that carry none."""

    name: str
    header: Row
    rows: tuple[Row, ...]
    roles: Mapping[str, str]
    zone: str = "UTC"

    def column(self, role: str) -> int:
        return self.header.index(self.roles[role])

    def cells(self, role: str) -> list[str]:
        return [row[self.column(role)] for row in self.rows]

    @property
    def figures(self) -> list[str]:
        return [role for role in FIGURES if role in self.roles]

    def times(self) -> list[datetime]:
        """Times of the posts in the table's zone."""
        read = parse_times(pl.Series(self.cells("time"), dtype=pl.String), zone=self.zone).values
        return [time.astimezone(ZoneInfo(self.zone)) for time in read]

    def spelled(self, role: str, spell: Callable[[int, str], str], every: int = 1) -> Table:
        """The table with the cells of one column written anew, in all rows or every so many."""
        at = self.column(role)
        rows = (
            (*row[:at], spell(i, row[at]), *row[at + 1 :]) if i % every == 0 else row for i, row in enumerate(self.rows)
        )
        return replace(self, rows=tuple(rows))


@dataclass(frozen=True)
class Damaged:
    """A damaged file.

    ``clean`` is what it says; ``cells`` the same with each cell spelled as in the file; ``harmed`` numbers the rows
    that may be refused; ``junk`` counts records that are no rows (repeated headers, totals) and must be refused.
    """

    content: bytes
    clean: Table
    cells: Table
    harmed: frozenset[int] = frozenset()
    junk: int = 0
    delimiter: str = ","
    encoding: str = "utf-8"


Damage = Callable[[Table], Damaged]
DAMAGES: dict[str, Damage] = {}


def named(name: str) -> Callable[[Damage], Damage]:
    def add(damage: Damage) -> Damage:
        DAMAGES[name] = damage
        return damage

    return add


def written(table: Table, *, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([table.header, *table.rows])
    return buffer.getvalue()


def records(table: Table, delimiter: str = ",") -> list[str]:
    """Header and rows as they stand in the file, each with its line end."""
    return [written(replace(table, header=row, rows=()), delimiter=delimiter) for row in (table.header, *table.rows)]


def whole(table: Table, text: str | None = None, **options: object) -> Damaged:
    """A file of which nothing is lost."""
    encoding = str(options.pop("encoding", "utf-8"))
    content = (written(table) if text is None else text).encode(encoding)
    return Damaged(content, table, options.pop("cells", table), encoding=encoding, **options)  # type: ignore[arg-type]


# delimiters and quotes


def _with_delimiter(name: str, delimiter: str) -> None:
    DAMAGES[name] = lambda table: whole(table, written(table, delimiter=delimiter), delimiter=delimiter)


for _name, _mark in {"semicolons": ";", "tabs": "\t", "bars": "|"}.items():
    _with_delimiter(_name, _mark)


@named("every cell in quotes")
def all_quoted(table: Table) -> Damaged:
    return whole(table, written(table, quoting=csv.QUOTE_ALL))


def _unquoted(table: Table, delimiter: str) -> Damaged:
    lines = [delimiter.join(row) for row in (table.header, *table.rows)]
    broken = re.compile(rf'[{re.escape(delimiter)}\n\r]|^"|^\s|\s$')
    harmed = frozenset(i for i, row in enumerate(table.rows) if any(broken.search(cell) for cell in row))
    return Damaged("\n".join([*lines, ""]).encode(), table, table, harmed, delimiter=delimiter)


@named("quotes missing, commas")
def no_quotes(table: Table) -> Damaged:
    return _unquoted(table, ",")


@named("quotes missing, tabs")
def no_quotes_tabs(table: Table) -> Damaged:
    return _unquoted(table, "\t")


@named("quotes inside cells not doubled")
def not_doubled(table: Table) -> Damaged:
    def cell(text: str) -> str:
        return f'"{text}"' if re.search(r'[",\n\r]', text) else text

    lines = [",".join(map(cell, row)) for row in (table.header, *table.rows)]
    harmed = frozenset(i for i, row in enumerate(table.rows) if any('"' in each for each in row))
    return Damaged("\n".join([*lines, ""]).encode(), table, table, harmed)


@named("quotes inside cells after a backslash")
def backslash(table: Table) -> Damaged:
    def cell(text: str) -> str:
        return '"' + text.replace('"', r"\"") + '"' if re.search(r'[",\n\r]', text) else text

    table = table.spelled("caption", lambda _, text: text.replace("\\", "/"))
    return whole(table, "\n".join([*(",".join(map(cell, row)) for row in (table.header, *table.rows)), ""]))


@named("every line in quotes as one cell")
def line_in_quotes(table: Table) -> Damaged:
    table = table.spelled("caption", lambda _, text: " ".join(text.split()))
    lines = ['"' + record.rstrip("\n").replace('"', '""') + '"' for record in records(table)]
    return whole(table, "\n".join([*lines, ""]))


@named("a quote opened and never closed")
def stray_quote(table: Table) -> Damaged:
    parts = records(table)
    at = len(table.rows) // 2
    parts[at + 1] = parts[at + 1].replace(",", ',"', 1)
    return Damaged("".join(parts).encode(), table, table, frozenset({at}))


@named("a closing quote gone")
def no_closing_quote(table: Table) -> Damaged:
    at = len(table.rows) // 2
    table = table.spelled("caption", lambda i, text: f'Kata "aksi", {text}' if i == at else text)
    parts = records(table)
    parts[at + 1] = re.sub(r'"(?=,[^"]*\n$|\n$)', "", parts[at + 1])
    return Damaged("".join(parts).encode(), table, table, frozenset({at}))


@named("inches: quotes in cells without quotes")
def bare_quotes(table: Table) -> Damaged:
    table = table.spelled("caption", lambda _, text: 'Pipa 5" dipasang', every=3)
    parts = [
        record.replace('"Pipa 5"" dipasang"', 'Pipa 5" dipasang') for record in records(table)
    ]  # fmt: skip
    return whole(table, "".join(parts))


@named("a space after each delimiter")
def spaced(table: Table) -> Damaged:
    buffer = io.StringIO()
    for row in (table.header, *table.rows):
        quoted = (f'"{cell}"'.replace('"', '""')[1:-1] if re.search(r'[",\n\r]', cell) else cell for cell in row)
        buffer.write(", ".join(quoted) + "\n")
    return whole(table, buffer.getvalue())


# lines


@named("line ends of Windows")
def windows_ends(table: Table) -> Damaged:
    return whole(table, written(table, end="\r\n"))


@named("line ends of old Macs")
def mac_ends(table: Table) -> Damaged:
    table = table.spelled("caption", lambda _, text: " ".join(text.split()))
    return whole(table, written(table, end="\r"))


@named("line ends mixed")
def mixed_ends(table: Table) -> Damaged:
    parts = records(table)
    return whole(table, "".join(p[:-1] + "\r\n" if i % 3 == 0 else p for i, p in enumerate(parts)))


@named("line breaks, delimiters and quotes in every caption")
def embedded(table: Table) -> Damaged:
    return whole(table.spelled("caption", lambda i, text: f'{text}\n\nBaris kedua; "{i}", selesai.\n#Tagar'))


@named("Windows' line breaks in captions")
def embedded_windows(table: Table) -> Damaged:
    return whole(table.spelled("caption", lambda _, text: f"Satu\r\n\r\nDua, {' '.join(text.split())}"))


@named("blank lines between rows")
def blank_lines(table: Table) -> Damaged:
    return whole(table, "\n".join(records(table)) + "\n\n")


@named("no line end after the last row")
def no_last_end(table: Table) -> Damaged:
    return whole(table, written(table).removesuffix("\n"))


@named("last line cut")
def cut_line(table: Table) -> Damaged:
    text = written(table)
    last = records(table)[-1]
    # behind a caption without quotes a cut line may be the caption's second
    harmed = range(len(table.rows) - 1 - (table.header[-1] == table.roles["caption"]), len(table.rows))
    return Damaged(text[: -len(last) * 2 // 3].encode(), table, table, frozenset(harmed))


@named("cut inside a caption of several lines")
def cut_caption(table: Table) -> Damaged:
    table = table.spelled("caption", lambda _, text: f"Satu\n\nDua\nTiga, {text}")
    text = written(table)
    return Damaged(text[: text.rindex("Dua") + 3].encode(), table, table, frozenset({len(table.rows) - 1}))


# encodings


@named("byte order mark of UTF-8")
def utf8_mark(table: Table) -> Damaged:
    return whole(table, encoding="utf-8-sig")


@named("UTF-16, little end first")
def utf16(table: Table) -> Damaged:
    return replace(whole(table), content=b"\xff\xfe" + written(table).encode("utf-16-le"), encoding="utf-16")


@named("UTF-16, big end first")
def utf16_big(table: Table) -> Damaged:
    return replace(whole(table), content=b"\xfe\xff" + written(table).encode("utf-16-be"), encoding="utf-16")


@named("UTF-16 without a mark")
def utf16_bare(table: Table) -> Damaged:
    return replace(whole(table), content=written(table).encode("utf-16-le"), encoding="utf-16-le")


@named("UTF-16 with tabs, Excel's Unicode text")
def utf16_tabs(table: Table) -> Damaged:
    content = b"\xff\xfe" + written(table, delimiter="\t", end="\r\n").encode("utf-16-le")
    return replace(whole(table), content=content, encoding="utf-16", delimiter="\t")


def _within(table: Table, encoding: str) -> Table:
    """The table with only the letters that an encoding has, and some beyond ASCII."""
    rows = (tuple(cell.encode(encoding, "ignore").decode(encoding) for cell in row) for row in table.rows)
    return replace(table, rows=tuple(rows)).spelled("caption", lambda _, text: f"Café «Ibu» {text}")


@named("Latin-1")
def latin1(table: Table) -> Damaged:
    return whole(_within(table, "latin-1"), encoding="latin-1")


@named("Windows-1252")
def windows1252(table: Table) -> Damaged:
    table = _within(table, "cp1252").spelled("caption", lambda _, text: f"“Kutip” – {text}")
    return whole(table, encoding="cp1252")


@named("UTF-8 and Windows-1252 mixed by rows")
def mixed_encodings(table: Table) -> Damaged:
    foreign = _within(table, "cp1252")
    rows = tuple(foreign.rows[i] if i % 2 else row for i, row in enumerate(table.rows))
    mixed = replace(table, rows=rows)
    parts = [part.encode("cp1252" if i and i % 2 == 0 else "utf-8") for i, part in enumerate(records(mixed))]
    return replace(whole(mixed), content=b"".join(parts))


@named("UTF-8 read as Windows-1252 by an earlier program")
def mojibake(table: Table) -> Damaged:
    table = table.spelled("caption", lambda _, text: f"{text} – “Café”")

    def spoil(_: int, text: str) -> str:
        try:
            return text.encode().decode("cp1252")
        except UnicodeDecodeError:  # five bytes mean nothing there
            return text

    cells = table.spelled("caption", spoil)
    return whole(table, written(cells), cells=cells)


@named("NUL bytes in cells")
def nul_bytes(table: Table) -> Damaged:
    cells = table.spelled("caption", lambda _, text: f"{text[:3]}\x00{text[3:]}", every=2)
    return whole(table, "".join(records(cells)), cells=cells)


@named("captions cut within a letter's bytes")
def cut_letter(table: Table) -> Damaged:
    table = table.spelled("caption", lambda i, text: f"Héllo – 🎉\ufffd {i} {' '.join(text.split())}", every=2)
    return replace(whole(table), content=written(table).encode().replace("\ufffd".encode(), "🎉".encode()[:2]))


# columns and rows


@named("an unknown column more")
def extra_column(table: Table) -> Damaged:
    rows = tuple((*row, "catatan, kantor") for row in table.rows)
    return whole(replace(table, header=(*table.header, "catatan internal"), rows=rows))


@named("empty columns at the end of rows")
def empty_columns(table: Table) -> Damaged:
    head, *rest = records(table)
    return whole(table, head + "".join(part[:-1] + ",,\n" for part in rest))


@named("a cell more in some rows")
def extra_cells(table: Table) -> Damaged:
    harmed = frozenset(range(0, len(table.rows), 5))
    head, *rest = records(table)
    return Damaged(
        "".join([head, *(p[:-1] + ",lebih\n" if i in harmed else p for i, p in enumerate(rest))]).encode(),
        table, table, harmed,
    )  # fmt: skip


@named("cells missing in some rows")
def missing_cells(table: Table) -> Damaged:
    harmed = frozenset(range(0, len(table.rows), 5))
    rows = tuple(row[:-2] if i in harmed else row for i, row in enumerate(table.rows))
    return Damaged(written(replace(table, rows=rows)).encode(), table, table, harmed)


@named("a column missing")
def missing_column(table: Table) -> Damaged:
    """The last figure is gone: it is null, and the rest as it was."""
    at = table.column(table.figures[-1])
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    roles = {role: name for role, name in table.roles.items() if role != table.figures[-1]}
    return whole(replace(table, header=(*table.header[:at], *table.header[at + 1 :]), rows=rows, roles=roles))


@named("columns in another order")
def other_order(table: Table) -> Damaged:
    return whole(replace(table, header=table.header[::-1], rows=tuple(row[::-1] for row in table.rows)))


@named("header in capitals, with spaces")
def header_in_capitals(table: Table) -> Damaged:
    cells = replace(table, header=tuple(f" {name.upper().replace('_', ' ')} " for name in table.header))
    return whole(table, written(cells))


@named("a nameless first column of row numbers")
def index_column(table: Table) -> Damaged:
    rows = tuple((str(i), *row) for i, row in enumerate(table.rows))
    return whole(replace(table, header=("", *table.header), rows=rows))


@named("header repeated")
def header_repeated(table: Table) -> Damaged:
    head, *rest = records(table)
    parts = [(head if i and i % 10 == 0 else "") + part for i, part in enumerate(rest)]
    return whole(table, head + "".join(parts), junk=(len(rest) - 1) // 10)


@named("two files pasted together, byte order mark and all")
def pasted(table: Table) -> Damaged:
    head, *rest = records(table)
    half = len(rest) // 2
    text = "\ufeff" + head + "".join(rest[:half]) + "\ufeff" + head + "".join(rest[half:])
    return whole(table, text, junk=1)


@named("lines before the header")
def preamble(table: Table) -> Damaged:
    return whole(table, "Laporan Media Sosial\nPeriode: Maret 2024, semua kanal\n\n" + written(table))


@named("Excel's sep= line")
def sep_line(table: Table) -> Damaged:
    return whole(table, "sep=;\n" + written(table, delimiter=";"), delimiter=";")


@named("totals under the table")
def footer(table: Table) -> Damaged:
    return whole(table, written(table) + "Total" + "," * (len(table.header) - 1) + "\nSumber: kantor\n", junk=2)


@named("rows twice")
def twice(table: Table) -> Damaged:
    rows = (*table.rows, *table.rows[: len(table.rows) // 4])
    return whole(replace(table, rows=rows))


# figures


def _figures(
    table: Table, value: Callable[[int], int], spell: Callable[[int], str], every: int = 1
) -> tuple[Table, Table]:
    """The table with figures of a suitable size, plain and as spelled."""
    cells = clean = table
    for role in table.figures:
        clean = clean.spelled(role, lambda i, _: str(value(i)), every)
        cells = cells.spelled(role, lambda i, _: spell(value(i)), every)
    return clean, cells


def _spelled_figures(name: str, value: Callable[[int], int], spell: Callable[[int], str], every: int = 1) -> None:
    def damage(table: Table) -> Damaged:
        clean, cells = _figures(table, value, spell, every)
        return whole(clean, written(cells), cells=cells)

    DAMAGES[name] = damage


def _thousands(i: int) -> int:
    return 1_234 + 1_001 * i


def _grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


_spelled_figures("thousands of Indonesia: 1.234", _thousands, lambda v: _grouped(v, "."), 2)
_spelled_figures("thousands of America: 1,234", _thousands, lambda v: _grouped(v, ","), 2)
_spelled_figures("millions of Indonesia: 1.234.567", lambda i: 1_234_567 + i, lambda v: _grouped(v, "."), 2)
_spelled_figures("decimals of Indonesia: 1.234,00", _thousands, lambda v: _grouped(v, ".") + ",00", 2)
_spelled_figures("spaces between thousands", _thousands, lambda v: _grouped(v, "\u00a0" if v % 2 else " "), 2)
_spelled_figures("floats: 1234.0", _thousands, lambda v: f"{v}.0")
_spelled_figures("1,2 rb", lambda i: 1_200 + 100 * i, lambda v: f"{v / 1000:.1f} rb".replace(".", ","), 2)
_spelled_figures("3.4K", lambda i: 3_400 + 100 * i, lambda v: f"{v / 1000:.1f}K", 2)
_spelled_figures("1,5 jt", lambda i: 1_500_000 + 100_000 * i, lambda v: f"{v / 1e6:.1f} jt".replace(".", ","), 3)


@named("thousands of both countries in one column")
def both_countries(table: Table) -> Damaged:
    def spell(value: int) -> str:
        return _grouped(value, "." if value % 2 else ",")

    clean, cells = _figures(table, lambda i: 1_234_567 + i, spell)
    return whole(clean, written(cells), cells=cells)


@named("1.234 beside decimals: either could be meant")
def undecidable(table: Table) -> Damaged:
    clean, cells = _figures(table, _thousands, lambda v: f"{v}.0")
    for role in table.figures:
        cells = cells.spelled(role, lambda _, text: _grouped(int(float(text)), ".") if float(text) < 1e6 else text, 3)
    harmed = frozenset(range(0, len(table.rows), 3))
    return Damaged(written(cells).encode(), clean, cells, harmed)


@named("words in figures")
def words(table: Table) -> Damaged:
    cells = table.spelled(table.figures[0], lambda _, __: "banyak sekali", 6)
    harmed = frozenset(range(0, len(table.rows), 6))
    return Damaged(written(cells).encode(), table, cells, harmed)


def _absent(name: str, spelling: str) -> None:
    def damage(table: Table) -> Damaged:
        clean, cells = table, table
        for role in table.figures:
            clean = clean.spelled(role, lambda *_: "", 3)
            cells = cells.spelled(role, lambda *_: spelling, 3)
        return whole(clean, written(cells), cells=cells)

    DAMAGES[name] = damage


_absent("empty cells in figures", "")
_absent("N/A in figures", "N/A")
_absent("dashes in figures", "-")


# times


def _spelled_times(name: str, spell: Callable[[datetime], str], *, whole_seconds: bool = True) -> None:
    def damage(table: Table) -> Damaged:
        times = table.times()
        cells = table.spelled("time", lambda i, _: spell(times[i]))
        return whole(table, written(cells), cells=cells)

    DAMAGES[name] = damage


_spelled_times("dates 2024-03-17", lambda t: f"{t:%Y-%m-%d %H:%M:%S}")
_spelled_times("dates 17/03/2024", lambda t: f"{t:%d/%m/%Y %H:%M:%S}")
_spelled_times("dates 03/17/2024", lambda t: f"{t:%m/%d/%Y %H:%M:%S}")
_spelled_times("dates 3/17/2024 1:05:09 PM", lambda t: f"{t.month}/{t.day}/{t.year} {t:%I:%M:%S %p}")
_spelled_times("dates 2024/3/7", lambda t: f"{t.year}/{t.month}/{t.day} {t:%H:%M:%S}")
_spelled_times("dates 17-03-24", lambda t: f"{t:%d-%m-%y %H:%M:%S}")
_spelled_times("dates 17 Maret 2024", lambda t: f"{t.day} {MONTHS[t.month - 1]} {t.year} {t:%H.%M.%S}")
_spelled_times("dates Mar 17, 2024", lambda t: f"{t:%b %d, %Y %I:%M:%S %p}")
_spelled_times("Unix seconds", lambda t: f"{t.timestamp():.0f}")
_spelled_times("Unix milliseconds", lambda t: f"{t.timestamp() * 1000:.0f}")
_spelled_times(
    "serial days of Excel",
    lambda t: f"{(t.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1):.10f}",
)


@named("a time that is none")
def no_time(table: Table) -> Damaged:
    cells = table.spelled("time", lambda i, _: "kemarin" if i % 2 else "32/13/2024", 7)
    return Damaged(written(cells).encode(), table, cells, frozenset(range(0, len(table.rows), 7)))


# cells


@named("a cell of 1 MB")
def big_cell(table: Table) -> Damaged:
    return whole(table.spelled("caption", lambda i, text: ("kata, besar " * 80 + "\n") * 1_000 if i == 1 else text))


@named("a cell of 1 MB beside a stray quote")
def big_cell_and_quote(table: Table) -> Damaged:
    damaged = stray_quote(big_cell(table).clean)
    return damaged


@named("spaces around cells")
def padded(table: Table) -> Damaged:
    cells = table
    for role in ("time", "account", *table.figures):
        cells = cells.spelled(role, lambda _, text: f"  {text} " if text else text)
    return whole(table, written(cells), cells=cells)


@named("ids in quotes against rounding")
def dressed_ids(table: Table) -> Damaged:
    cells = table.spelled("id", lambda _, text: f"'{text}" if text.isdigit() else text)
    return whole(table, written(cells), cells=cells)


# clean tables


@dataclass(frozen=True)
class Post:
    """A post as the tables of our own making hold it."""

    number: int
    account: str
    time: datetime
    caption: str
    likes: int
    comments: int
    tags: tuple[str, ...] = field(default=())


CAPTIONS = (
    "Rapat koordinasi, hari ini di Jakarta. #RapatKerja #Karaya",
    'Kepala dinas berkata: "Mari bersama", lalu membuka acara.\n\n#MariBersama',
    "Selamat pagi, sobat 🎉 — jangan lupa vaksin!",
    "Layanan daring sudah dibuka",
    "Info; jadwal baru | lihat tautan\n1. Senin\n2. Selasa",
    "Terima kasih, Bapak/Ibu. Café « Nusantara » ½ harga",
    "Tanpa koma tanpa kutip #Sederhana",
)


def posts(n: int) -> list[Post]:
    start = datetime(2024, 3, 3, 1, 15, 9, tzinfo=UTC)
    return [
        Post(
            1_741_234_567_890_123_457 + 7_919 * i, f"dinas_{i % 3}", start + timedelta(hours=31 * i),
            f"{CAPTIONS[i % len(CAPTIONS)]}", 3 + 17 * i, i % 5 + 1,
        )
        for i in range(n)
    ]  # fmt: skip


def _table(name: str, columns: str, rows: Iterable[Mapping[str, object]], roles: str, zone: str = "UTC") -> Table:
    header = tuple(columns.split(","))
    pairs = (pair.split("=") for pair in roles.split(","))
    return Table(
        name, header, tuple(tuple(str(row.get(column, "")) for column in header) for row in rows), dict(pairs), zone
    )


def tweet_harvest(n: int) -> Table:
    return _table(
        "tweet-harvest",
        "conversation_id_str,created_at,favorite_count,full_text,id_str,image_url,in_reply_to_screen_name,lang,location,"
        "quote_count,reply_count,retweet_count,tweet_url,user_id_str,username",
        (
            {
                "conversation_id_str": p.number, "created_at": f"{p.time:%a %b %d %H:%M:%S +0000 %Y}", "lang": "in",
                "favorite_count": p.likes, "full_text": p.caption, "id_str": p.number, "quote_count": 1,
                "reply_count": p.comments, "retweet_count": 2, "user_id_str": 77, "username": p.account,
                "tweet_url": f"https://x.com/{p.account}/status/{p.number}",
            }
            for p in posts(n)
        ),
        "id=id_str,account=username,time=created_at,caption=full_text,likes=favorite_count,comments=reply_count",
    )  # fmt: skip


def crowdtangle(n: int) -> Table:
    eastern = ZoneInfo("America/New_York")
    return _table(
        "CrowdTangle",
        "Page Name,User Name,Facebook Id,Likes at Posting,Followers at Posting,Post Created,Type,Total Interactions,"
        "Likes,Comments,Shares,Love,Wow,Haha,Sad,Angry,Care,Post Views,URL,Link,Message",
        (
            {
                "Page Name": f"Dinas {p.account}", "User Name": p.account, "Facebook Id": 100_000_000_000_077,
                "Followers at Posting": 5000, "Post Created": f"{p.time.astimezone(eastern):%Y-%m-%d %H:%M:%S %Z}",
                "Type": "Photo", "Likes": p.likes, "Comments": p.comments, "Shares": 2, "Love": 0, "Wow": 0, "Haha": 0,
                "Sad": 0, "Angry": 0, "Care": 0, "URL": f"https://www.facebook.com/{p.account}/posts/{p.number}",
                "Message": p.caption,
            }
            for p in posts(n)
        ),
        "id=URL,account=User Name,time=Post Created,caption=Message,likes=Likes,comments=Comments",
        "America/New_York",
    )  # fmt: skip


def _shortcode(number: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    code = ""
    while number:
        number, rest = divmod(number, 64)
        code = letters[rest] + code
    return code


def fourcat(n: int) -> Table:
    return _table(
        "4CAT Instagram",
        "id,thread_id,url,body,author,author_fullname,media_type,num_media,hashtags,play_count,likes_hidden,num_likes,"
        "num_comments,timestamp",
        (
            {
                "id": _shortcode(p.number), "thread_id": _shortcode(p.number), "body": p.caption, "author": p.account,
                "url": f"https://www.instagram.com/p/{_shortcode(p.number)}", "media_type": "photo", "num_media": 1,
                "likes_hidden": "no", "num_likes": p.likes, "num_comments": p.comments,
                "timestamp": f"{p.time:%Y-%m-%d %H:%M:%S}",
            }
            for p in posts(n)
        ),
        "id=id,account=author,time=timestamp,caption=body,likes=num_likes,comments=num_comments",
    )  # fmt: skip


def gallery_dl(n: int) -> Table:
    return _table(
        "gallery-dl",
        "post_id,shortcode,url,username,date,caption,likes,comments,is_video,video_views,location,hashtags,media_type,"
        "file_path",
        (
            {
                "post_id": p.number, "shortcode": _shortcode(p.number), "username": p.account, "comments": 0,
                "url": f"https://www.instagram.com/p/{_shortcode(p.number)}/", "date": f"{p.time:%Y-%m-%d %H:%M:%S}",
                "caption": p.caption, "likes": p.likes, "is_video": "False", "video_views": 0, "media_type": "image",
                "file_path": f"./{p.account}/{p.number}.jpg",
            }
            for p in posts(n)
        ),
        "id=post_id,account=username,time=date,caption=caption,likes=likes",
    )  # fmt: skip


def office(n: int) -> Table:
    jakarta = ZoneInfo("Asia/Jakarta")
    return _table(
        "office's own",
        "ID Konten,Platform,Akun,Tanggal,Isi,Jumlah Suka,Jumlah Komentar,Pengikut",
        (
            {
                "ID Konten": p.number, "Platform": "x", "Akun": p.account, "Isi": p.caption, "Jumlah Suka": p.likes,
                "Tanggal": f"{p.time.astimezone(jakarta):%Y-%m-%d %H:%M:%S}", "Jumlah Komentar": p.comments,
                "Pengikut": 5000,
            }
            for p in posts(n)
        ),
        "id=ID Konten,account=Akun,time=Tanggal,caption=Isi,likes=Jumlah Suka,comments=Jumlah Komentar",
        "Asia/Jakarta",
    ).spelled("account", lambda _, text: text)  # fmt: skip


OWN: tuple[Callable[[int], Table], ...] = (tweet_harvest, crowdtangle, fourcat, gallery_dl, office)
