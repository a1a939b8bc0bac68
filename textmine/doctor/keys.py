"""Whether the keys are there, and for their owner's eyes alone."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from textmine.collect.keys import DEFAULT_FILE, VARIABLES, Keys, keys_file, read_keys
from textmine.doctor.finding import Finding, State
from textmine.errors import ConfigError
from textmine.platforms import PLATFORMS, Platform

_WHERE: Final = "docs/collect.md says how to get one"


def check_keys(
    path: Path | None, environment: Mapping[str, str], needed: Collection[Platform] | None
) -> tuple[list[Finding], Keys | None]:
    """Check the file with the keys and the key of each platform.

    Parameters
    ----------
    path, environment
        As for :func:`textmine.collect.read_keys`.
    needed
        Platforms with accounts in the register; None where no register was given.

    Returns
    -------
    findings : list of Finding
    keys : Keys or None
        None where they cannot be read.
    """
    try:
        file = keys_file(path, environment)
        keys = read_keys(path, environment=environment)
    except ConfigError as error:
        place = str(error.path or "environment")
        problem = str(error).removeprefix(f"{place}: ")
        said, _, remedy = problem.partition("; ")
        return [Finding("keys", place, State.PROBLEM, said, remedy or _WHERE)], None
    findings = [*_file(file), *(_platform(keys, name, file, environment, needed) for name in PLATFORMS)]
    return [*findings, *_written_wrong(keys)], keys


def _file(file: Path | None) -> Iterator[Finding]:
    if file is None:
        yield Finding("keys", str(DEFAULT_FILE), State.OK, "no file; the environment alone is read")
        return
    yield Finding("keys", str(file), State.OK, "only its owner can read it")
    if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
        yield Finding("keys", str(file), State.NOTE, "belongs to another user", f"sudo chown $(id -un) {file}")
    folder = next((f for f in file.resolve().parents if (f / ".git").exists()), None)
    if folder is not None:
        detail, remedy = f"lies in the Git repository {folder}", "move it out, before it is committed"
        yield Finding("keys", str(file), State.NOTE, detail, remedy)


def _platform(
    keys: Keys,
    name: Platform,
    file: Path | None,
    environment: Mapping[str, str],
    needed: Collection[Platform] | None,
) -> Finding:
    lacks = keys.missing(name)
    if lacks is None:
        variables = [v for v, (section, _) in VARIABLES.items() if section == name and environment.get(v, "").strip()]
        places = [*variables, *([str(file)] if file is not None and len(variables) == 0 else [])]
        return Finding("keys", name, State.OK, f"there, from {', '.join(places)}")
    if needed is None or name not in needed:
        return Finding("keys", name, State.NOTE, "no key: this platform is left out")
    return Finding("keys", name, State.PROBLEM, "no key, and the register has accounts there", f"set {lacks}; {_WHERE}")


def _written_wrong(keys: Keys) -> Iterator[Finding]:
    """A key that was copied with a blank, a quotation mark or a line break is refused by the platform."""
    for name in PLATFORMS:
        key = keys.of(name)
        value = key.get_secret_value() if key is not None else ""
        if value != value.strip(" \t\r\n\"'") or any(c.isspace() and c != " " for c in value):
            detail = "begins or ends with a blank or a quotation mark, or has a line break"
            yield Finding("keys", name, State.PROBLEM, detail, "copy it again without them")
