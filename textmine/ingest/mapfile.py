"""A saved mapping: which column of an office's spreadsheet is which, kept in a TOML file for the next export.

::

    platform = "instagram"        # for files that name none; optional, like all but one line of [map]
    account = "kemenkes_ri"
    time_zone = "WITA"            # of times that carry no zone

    [map]
    caption = "Isi Konten"
    likes = "Jml Suka"
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from textmine.errors import ConfigError, InputError
from textmine.ingest.formats import open_table
from textmine.ingest.layouts import find_layout, platform_by_names
from textmine.ingest.sources import expand
from textmine.ingest.synonyms import EITHER, MAPPABLE, OFFERED, TIME_ZONE, resolve
from textmine.ingest.times import time_zone
from textmine.platforms import PLATFORMS, Platform
from textmine.posts import REPORT_TIME_ZONE
from textmine.tomlfile import read_toml, write_new_toml
from textmine.tomlplaces import find_places

_TOP: Final = ("platform", "account", TIME_ZONE, "map")


@dataclass(frozen=True)
class SavedMap:
    """What a mapping file says.

    Parameters
    ----------
    mapping
        As ``mapping`` of :func:`textmine.ingest.ingest`: columns of the post and their names in the file; its
        ``time_zone`` is the zone of times that carry none.
    platform, account
        For rows that say neither, or None.
    """

    mapping: dict[str, str] = field(default_factory=dict)
    platform: Platform | None = None
    account: str | None = None

    def write(self, path: str | Path) -> None:
        """Write the file.

        Raises
        ------
        ConfigError
            There is another file of that name, which may have been changed by hand, or it cannot be written.
        """
        zone = self.mapping.get(TIME_ZONE)
        top = {"platform": self.platform, "account": self.account, TIME_ZONE: zone}
        columns = {name: column for name, column in self.mapping.items() if name != TIME_ZONE}
        lines = [f"{name} = {_quoted(value)}" for name, value in top.items() if value is not None]
        lines += ["", "[map]", *(f"{name} = {_quoted(column)}" for name, column in sorted(columns.items()))]
        write_new_toml(Path(path), "\n".join(lines).lstrip("\n") + "\n")


def _quoted(text: str) -> str:
    # JSON's strings are TOML's, but for the one control character that JSON leaves bare
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_mapping(path: str | Path) -> SavedMap:
    """Read a mapping file.

    Parameters
    ----------
    path
        TOML with a table ``[map]`` and, as wanted, ``platform``, ``account`` and ``time_zone`` above it.

    Raises
    ------
    ConfigError
        It cannot be read or says what textmine cannot follow; file, line and key are named.

    Examples
    --------
    >>> read_mapping("office.toml").mapping  # doctest: +SKIP
    {'caption': 'Isi Konten', 'likes': 'Jml Suka', 'time_zone': 'Asia/Makassar'}
    """
    path = Path(path)
    content, text = read_toml(path)
    return _checked(content, _Place(path, text))


@dataclass(frozen=True)
class _Place:
    """The file, for messages."""

    path: Path
    text: str

    def error(self, problem: str, key: str, value: object = None) -> ConfigError:
        """Build an error that names the line on which ``key`` stands."""
        line = find_places(self.text).line_of(("map", key[4:]) if key.startswith("map.") else (key,))
        return ConfigError(problem, path=self.path, line=line, key=key, value=value)


def _checked(content: Mapping[str, Any], place: _Place) -> SavedMap:
    for key, value in content.items():
        if key not in _TOP:
            raise place.error(f"unknown key; known here: {', '.join(_TOP)}", key, value)
        if key != "map" and not isinstance(value, str):
            raise place.error(f"must be text in quotes (it is {value!r})", key, value)
    mapping = _checked_columns(content.get("map", {}), place)
    platform = content.get("platform")
    if platform is not None and platform not in PLATFORMS:
        raise place.error(f"must be one of {', '.join(PLATFORMS)} (it is {platform!r})", "platform", platform)
    if zone := content.get(TIME_ZONE):
        try:
            mapping[TIME_ZONE] = time_zone(zone)
        except InputError as error:
            raise place.error(str(error), TIME_ZONE, zone) from error
    return SavedMap(mapping, cast("Platform | None", platform), content.get("account"))


def _checked_columns(columns: object, place: _Place) -> dict[str, str]:
    if not isinstance(columns, dict):
        raise place.error("must be a table: [map]", "map", columns)
    for name, column in columns.items():
        if name not in MAPPABLE or name == TIME_ZONE:
            known = ", ".join(known for known in OFFERED if known != TIME_ZONE)
            raise place.error(f"is not a column of a post; known here: {known}", f"map.{name}", column)
        if not isinstance(column, str):
            raise place.error(f"must be a column's name in quotes (it is {column!r})", f"map.{name}", column)
    return dict(columns)


def used_mapping(
    *sources: str | Path,
    mapping: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    account: str | None = None,
) -> SavedMap:
    """Say how sources are read, to be saved and used for the next export.

    Parameters
    ----------
    sources
        Files, folders and patterns; all of them are read in one way.
    mapping, platform, account
        As for :func:`textmine.ingest.ingest`.

    Returns
    -------
    SavedMap
        ``A | B`` where rows take the first of several columns that they fill.

    Raises
    ------
    InputError
        A source cannot be read, or two are read in different ways.
    """
    paths = expand(sources)
    found = [_used(path, mapping or {}, platform, account) for path in paths]
    for path, each in zip(paths, found, strict=True):
        if each != found[0]:
            raise InputError(f"its columns are not those of {paths[0]}; save the map of one of them", path=path)
    return found[0]


def _used(path: Path, mapping: Mapping[str, str], platform: Platform | None, account: str | None) -> SavedMap:
    columns = _columns(path)
    layout = find_layout(columns)
    said = {target: column for target, column in mapping.items() if target != TIME_ZONE}
    chosen = resolve(columns, said, reads=layout.reads if layout else None, path=path)
    used = {target: EITHER.join(found) for target, found in chosen.items() if target in MAPPABLE}
    zone = time_zone(mapping[TIME_ZONE]) if TIME_ZONE in mapping else layout.zone if layout else REPORT_TIME_ZONE
    hinted = platform or (layout.platform if layout else None) or platform_by_names(columns)
    return SavedMap(used | {TIME_ZONE: zone}, hinted, account)


def _columns(path: Path) -> Sequence[str]:
    """Columns of a file; those of its first rows where the file does not list them."""
    table = open_table(path)
    if table.columns:
        return table.columns
    first = next(iter(table.batches()), None)
    return [] if first is None else [name for name in first.frame.columns if not name.startswith("\x00")]
