"""Time zones of agencies: an evening post is one where the agency is, not in the capital.

A province's zone is the law's (Presidential Decree 41 of 1987): WIB for Sumatra, Java, West and Central Kalimantan,
WITA for Bali, Nusa Tenggara, South, East and North Kalimantan and Sulawesi, WIT for Maluku and Papua. An agency is in
the zone of the province or city that its registered name names; all others, national bodies among them, are in
Asia/Jakarta.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from textmine.posts import REPORT_TIME_ZONE

_WITA: Final = (
    "bali|nusa tenggara barat|ntb|nusa tenggara timur|ntt|kalimantan selatan|kalsel|kalimantan timur|kaltim|"
    "kalimantan utara|kaltara|sulawesi utara|sulut|gorontalo|sulawesi tengah|sulteng|sulawesi barat|sulbar|"
    "sulawesi selatan|sulsel|sulawesi tenggara|sultra|denpasar|badung|gianyar|buleleng|mataram|lombok|sumbawa|bima|"
    "kupang|flores|sumba|banjarmasin|banjarbaru|samarinda|balikpapan|bontang|tarakan|nunukan|manado|bitung|tomohon|minahasa|"
    "palu|poso|mamuju|makassar|parepare|palopo|gowa|bulukumba|kendari|baubau|wakatobi"
)
_WIT: Final = (
    "maluku|papua|ambon|tual|ternate|tidore|halmahera|jayapura|merauke|timika|mimika|nabire|sorong|manokwari|"
    "raja ampat|biak"
)
_ZONES: Final = (("Asia/Jayapura", _WIT), ("Asia/Makassar", _WITA))


def time_zones(register: pl.DataFrame | None, *, own: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Time zone of each agency of a register that is not in Asia/Jakarta.

    Parameters
    ----------
    register
        The register (``agency``, ``name``), or None.
    own
        Zones of agencies that are known otherwise; they win.

    Returns
    -------
    polars.DataFrame
        ``agency`` and ``time_zone``, sorted by agency, one row an agency.

    Examples
    --------
    >>> register = pl.DataFrame({"agency": ["bali", "esdm"], "name": ["Pemerintah Provinsi Bali", "Kementerian ESDM"]})
    >>> time_zones(register).rows()
    [('bali', 'Asia/Makassar')]
    """
    given = pl.DataFrame(
        {"agency": list(own or {}), "time_zone": list((own or {}).values())},
        schema={"agency": pl.String, "time_zone": pl.String},
    )
    if register is None:
        return given.sort("agency")
    name = pl.col("name").str.to_lowercase()
    zone = pl.lit(None, pl.String)
    for value, places in reversed(_ZONES):
        zone = pl.when(name.str.contains(rf"\b(?:{places})\b")).then(pl.lit(value)).otherwise(zone)
    found = register.select("agency", zone.alias("time_zone")).drop_nulls()
    table = pl.concat([given, found]).unique("agency", keep="first", maintain_order=True)
    return table.filter(pl.col("time_zone") != REPORT_TIME_ZONE).sort("agency")


def local_time(posts: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """Posts with the time where their agency is.

    Parameters
    ----------
    posts
        ``agency`` and ``published_at`` (UTC), shape (n_posts, any).
    zones
        Output of :func:`time_zones`.

    Returns
    -------
    polars.DataFrame
        The posts with ``time_zone`` and ``local``, the time on the wall there.
    """
    joined = posts.join(zones, on="agency", how="left", maintain_order="left")
    local = _there(REPORT_TIME_ZONE)
    for zone in zones["time_zone"].unique().sort().to_list():
        local = pl.when(pl.col("time_zone") == zone).then(_there(zone)).otherwise(local)
    return joined.with_columns(local.alias("local"), pl.col("time_zone").fill_null(REPORT_TIME_ZONE))


def _there(zone: str) -> pl.Expr:
    return pl.col("published_at").dt.convert_time_zone(zone).dt.replace_time_zone(None)
