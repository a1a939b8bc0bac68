"""``textmine doctor``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from textmine.cli.options import DAY, check_days
from textmine.cli.output import Format, emit, format_option, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="collected")
@click.option("--agencies", type=click.Path(path_type=Path), help="The register: whose platforms need a key.")
@click.option("--from", "begin", type=DAY, help="First day of a period to forecast.")
@click.option("--to", "end", type=DAY, help="Last day of it.")
@click.option(
    "--keys", "keys_file", type=click.Path(path_type=Path), envvar="TEXTMINE_KEYS", show_envvar=True,
    help="TOML file with the keys.",
)  # fmt: skip
@click.option("--offline", is_flag=True, help="Do not compare the clock with a platform's.")
@click.option("--all", "show_all", is_flag=True, help="Show what is in order too, in a table for people.")
@format_option
@click.pass_context
def doctor(
    context: click.Context,
    folder: Path,
    agencies: Path | None,
    begin: date | None,
    end: date | None,
    keys_file: Path | None,
    offline: bool,
    show_all: bool,
    format_: Format,
) -> None:
    """Check keys, quotas, the clock, the disk and versions, and say what to do.

    FOLDER is where textmine collect writes; `collected` if left out. Nothing is written and no quota is spent. Leaves
    with 3 if something must be done.

    \b
    Examples:
      textmine doctor
      textmine doctor collected --agencies agencies.csv
      textmine doctor collected --agencies agencies.csv --from 2026-01-01 --to 2026-03-31
      textmine doctor --offline --format json
    """
    if (begin is None) != (end is None) or (begin is not None and agencies is None):
        raise click.UsageError("a forecast needs --agencies, --from and --to")
    check_days(begin, end)
    import textmine.doctor

    findings = textmine.doctor.examine(
        folder, agencies=agencies, begin=begin, end=end,
        keys_file=keys_file, offline=offline,
    )  # fmt: skip
    problems = sum(finding.state is textmine.doctor.State.PROBLEM for finding in findings)
    shown = findings
    if format_ == "table" and not show_all:
        shown = [finding for finding in findings if finding.state is not textmine.doctor.State.OK]
    if shown or format_ != "table":
        emit(textmine.doctor.table_of(shown), format_)
    say(f"{len(findings)} checks, {problems} to be done" if problems else f"{len(findings)} checks, nothing to be done")
    if problems:
        context.exit(3)
