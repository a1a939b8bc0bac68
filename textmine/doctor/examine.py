"""All checks, one after the other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from textmine.collect.accounts import accounts_of, register_of
from textmine.collect.clock import Clock, SystemClock
from textmine.collect.keys import Keys
from textmine.doctor.clock import ASKED, check_clock, check_zones
from textmine.doctor.finding import Finding
from textmine.doctor.keys import check_keys
from textmine.doctor.machine import check_disk, check_packages, check_python, check_sqlite
from textmine.doctor.quotas import check_forecast, check_quotas
from textmine.platforms import Platform


def examine(
    folder: str | Path = "collected",
    *,
    agencies: str | Path | None = None,
    begin: date | None = None,
    end: date | None = None,
    keys_file: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
    offline: bool = False,
    clock: Clock | None = None,
    host: str = ASKED,
) -> list[Finding]:
    """Look at everything that a collection needs. Nothing is written, and no quota is spent.

    Parameters
    ----------
    folder
        Of a collection, there or to come.
    agencies
        The register: a platform with accounts in it and without a key is then a problem.
    begin, end
        First and last day of a period, for a forecast of its cost; both with ``agencies`` only.
    keys_file, environment
        As for :func:`textmine.collect.read_keys`.
    offline
        Do not compare the clock with a platform's.
    clock, host
        For tests.

    Returns
    -------
    list of Finding
        In the order keys, quota, collection, clock, disk, versions.

    Raises
    ------
    InputError, AgencyError
        The register cannot be read.
    """
    where, watch = Path(folder), clock or SystemClock()
    variables = os.environ if environment is None else environment
    today = watch.now().date()
    needed: set[Platform] | None = None
    if agencies is not None:
        wanted = accounts_of(register_of(agencies)[0], begin or today, end or today)
        needed = {name for name, accounts in wanted.items() if accounts}
    findings, keys = check_keys(Path(keys_file) if keys_file else None, variables, needed)
    findings += check_quotas(where, keys or Keys(), watch)
    if agencies is not None and begin is not None and end is not None and keys is not None:
        findings += check_forecast(Path(agencies), where, keys, begin, end, watch)
    if not offline:
        findings.append(check_clock(watch, host=host))
    findings += [check_zones(), check_disk(where), check_python(), check_sqlite(), *check_packages()]
    return findings
