"""Reads the agency register as its owners keep it: CSV or workbook, headers in Indonesian, accounts as addresses.

The register may hold one row an account (agency, platform, account), or one row an agency with a column for each
platform (``instagram``, ``twitter``, ...), as many offices keep their lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from textmine.agencies import AgencySchema, normalise_account, refuse_contradictions
from textmine.errors import InputError, MissingColumnError
from textmine.ingest.addresses import account_named, is_address, platform_named
from textmine.ingest.counts import UNREADABLE, parse_counts, style_of
from textmine.ingest.formats import open_table
from textmine.ingest.synonyms import PLATFORM_NAMES, fold_name
from textmine.ingest.table import ROW
from textmine.ingest.times import DayOrder, day_order, parse_times
from textmine.platforms import PLATFORMS, Platform
from textmine.posts import REPORT_TIME_ZONE

_NAMES: Final = {
    "agency": "agency agency_id agency_key instansi kode_instansi id_instansi kode k_l kl satker opd lembaga",
    "name": "name agency_name nama nama_instansi nama_lembaga nama_lengkap nama_kl nama_opd",
    "cluster": "cluster category klaster kluster kategori kelompok jenis_instansi klasifikasi",
    "platform": "platform medsos media_sosial jenis_medsos jejaring_sosial kanal",
    "account": "account akun nama_akun username user_name handle akun_medsos url tautan link profil alamat",
    "followers": "followers follower follower_count followers_count pengikut jumlah_pengikut total_pengikut subscribers"
    " subscriber",
    "followers_at": "followers_at followers_date tanggal_pengikut pengikut_per pengikut_pada per_tanggal tanggal_data"
    " tanggal tgl",
    "valid_from": "valid_from berlaku_dari berlaku_mulai berlaku_sejak mulai_berlaku mulai sejak",
    "valid_to": "valid_to berlaku_sampai berlaku_hingga sampai hingga berakhir",
}
_AUDIENCE: Final = ("pengikut", "followers", "follower", "jumlahpengikut", "subscribers", "subscriber")
_PLAIN_HANDLE: Final = r"^[\w.]+$"
_DATES: Final = ("followers_at", "valid_from", "valid_to")


def read_agencies(path: str | Path) -> pl.DataFrame:
    """Read an agency register.

    Parameters
    ----------
    path
        CSV (comma, semicolon, tab or bar), XLSX, JSON or Parquet with the columns agency, platform, account and, as
        far as known, name, cluster, followers, followers_at, valid_from and valid_to, or their Indonesian names
        (instansi, nama, klaster, kategori, akun, pengikut, ...); instead of platform and account there may be a
        column for each platform. An account is a handle, with or without ``@``, or the address of a profile, which
        also tells the platform. Dates stand in any order; day first where nothing decides.

    Returns
    -------
    polars.DataFrame
        Rows of :class:`textmine.agencies.AgencySchema`, shape (n_accounts, 9), sorted by agency, platform, account
        and valid_from, the newest audience first.

    Raises
    ------
    InputError
        The file is missing, not readable or holds a value of the wrong kind (row and column named).
    MissingColumnError
        A required column is absent.
    AgencyError
        One account is given to two agencies at the same time.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError("no such file", path=path)
    cells = _cells(source)
    register = _typed(cells, source)
    refuse_contradictions(register)
    return register.unique(maintain_order=True).sort(
        "agency", "platform", "account", "valid_from", "followers_at",
        descending=[False, False, False, False, True], nulls_last=[False, False, False, False, True],
    )  # fmt: skip


def _cells(path: Path) -> pl.DataFrame:
    """All rows as text with the register's columns, and the row number."""
    table = open_table(path)
    frames = []
    for batch in table.batches():
        if batch.rejects.height:
            first = batch.rejects.row(0, named=True)
            raise InputError(
                f"{first['reason']}; is a quote or a delimiter missing?", path=path, row=first["source_row"]
            )
        frames.append(batch.frame)
    if not frames or not table.columns:
        raise InputError("holds no rows", path=path)
    raw = pl.concat(frames, how="diagonal")
    text = raw.select(
        pl.col(ROW), pl.exclude(ROW).cast(pl.String).str.strip_chars().replace("", None)
    ).filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))  # fmt: skip
    named = _named(text, path)
    if not named.height:
        raise InputError("holds no rows", path=path)
    return named


def _named(text: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Give the columns the register's names; where several fit, the first that is filled counts."""
    columns = [name for name in text.columns if name != ROW]
    found: dict[str, list[str]] = {}
    for target, names in _NAMES.items():
        folds = [fold_name(name) for name in names.split()]
        held = sorted((c for c in columns if fold_name(c) in folds), key=lambda c: folds.index(fold_name(c)))
        found[target] = held
    if not found["agency"]:  # a list without keys: the name is the key
        found["agency"] = found["name"]
    wide = {column: PLATFORM_NAMES[fold_name(column)] for column in columns if fold_name(column) in PLATFORM_NAMES}
    if wide and not (found["platform"] and found["account"]):
        return _melted(text, found, wide)
    addresses = text.select(_first(found["account"])).to_series().drop_nulls()
    for target in ("agency", "platform", "account"):
        if not found[target] and not (target == "platform" and any(is_address(cell) for cell in addresses)):
            raise MissingColumnError(target, found=columns, path=path, remedy="add it to the register")
    return text.select(ROW, *(_first(found[target]).alias(target) for target in _NAMES))


def _first(columns: Sequence[str]) -> pl.Expr:
    return pl.coalesce(columns) if columns else pl.lit(None, pl.String)


def _melted(text: pl.DataFrame, found: dict[str, list[str]], wide: Mapping[str, Platform]) -> pl.DataFrame:
    """One row an account from a list with a column for each platform."""
    folds = {fold_name(column): column for column in text.columns}
    parts = []
    for column, platform in wide.items():
        label = fold_name(column)
        audience = [folds[n] for word in _AUDIENCE for n in (word + label, label + word) if n in folds]
        parts.append(
            text.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(["-", "–", "tidak ada"])).select(
                ROW,
                *(_first(found[t]).alias(t) for t in ("agency", "name", "cluster")),
                pl.lit(platform).alias("platform"),
                pl.col(column).alias("account"),
                _first(audience).alias("followers"),
                *(_first(found[t]).alias(t) for t in _DATES),
            )
        )
    return pl.concat(parts).sort(ROW, maintain_order=True)


def _typed(cells: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Cast every column to the schema's type; the first value that refuses is named with its row."""
    for column in ("agency", "account"):
        hint = "; merged cells must be filled in on each row" if column == "agency" else ""
        _refuse(cells, cells[column].is_null(), column, path, f"empty{hint}")
    typed = _accounts(cells, path).with_columns(pl.coalesce("name", "agency"))
    counts = parse_counts(cells["followers"], style_of(cells["followers"]))
    _refuse(cells, counts.refused, "followers", path, f"{{!r}} is {UNREADABLE}")
    dates = _dates(cells, path)
    backwards = dates["valid_from"] > dates["valid_to"]
    _refuse(cells, backwards.fill_null(False), "valid_to", path, "{!r} is before valid_from")
    table = typed.with_columns(counts.values.alias("followers"), *dates.iter_columns())
    return AgencySchema.validate(
        table.select(pl.col(name).cast(dtype) for name, dtype in AgencySchema.create_empty().schema.items())
    )


def _accounts(cells: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Platform and handle of each row; an address is taken apart."""
    given = [(platform_named(cell), account_named(cell)) for cell in cells["account"]]
    is_link = pl.Series([platform is not None for platform, _ in given])
    nobody = pl.Series([platform is not None and named is None for platform, named in given])
    _refuse(cells, nobody, "account", path, "{!r} is no profile's address; give the handle")
    by_address = pl.Series("platform", [platform for platform, _ in given], pl.String)
    said = pl.Series("platform", [PLATFORM_NAMES.get(fold_name(cell or "")) for cell in cells["platform"]], pl.String)
    unknown = said.is_null() & cells["platform"].is_not_null()
    reads = f"textmine reads {', '.join(PLATFORMS)}; take the row out"
    _refuse(cells, unknown, "platform", path, f"{{!r}} is not a platform; {reads}")
    platform = pl.select(pl.coalesce(said, by_address)).to_series().alias("platform")
    _refuse(cells, platform.is_null(), "platform", path, "empty")
    clash = (is_link & (by_address != platform)).fill_null(False)
    _refuse(cells, clash, "account", path, "{!r} is an address of another platform")
    handles = pl.Series(
        [named.account if named else cell for cell, (_, named) in zip(cells["account"], given, strict=True)]
    )
    table = cells.with_columns(platform, handles.alias("account")).with_columns(normalise_account(pl.col("account")))
    plain = table["account"].str.contains(_PLAIN_HANDLE) | ~platform.is_in(["x", "instagram"])
    _refuse(cells, ~plain, "account", path, "{!r} is not one handle; give one account a row, without spaces")
    return table


def _dates(cells: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The dates; day and month are told apart over all of them."""
    order = DayOrder()
    for column in _DATES:
        order = order | day_order(cells[column])
    read = []
    for column in _DATES:
        times = parse_times(cells[column], zone=REPORT_TIME_ZONE, day_first=order.day_first).values
        _refuse(
            cells, times.is_null() & cells[column].is_not_null(), column, path, "{!r} is not a date; write YYYY-MM-DD"
        )
        read.append(times.dt.convert_time_zone(REPORT_TIME_ZONE).dt.date().alias(column))
    return pl.DataFrame(read)


def _refuse(cells: pl.DataFrame, where: pl.Series, column: str, path: Path, problem: str) -> None:
    if not where.any():
        return
    position = int(where.arg_true()[0])
    value = cells[column][position]
    raise InputError(problem.format(value), path=path, row=int(cells[ROW][position]), column=column, value=value)
