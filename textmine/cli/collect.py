"""``textmine collect``: posts and figures from the platforms themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.options import DAY, PLATFORM, check_days
from textmine.cli.output import Format, emit, format_option, say
from textmine.cli.progress import counting

if TYPE_CHECKING:
    from textmine.collect import CollectResult, Keys

_Command = TypeVar("_Command", bound=Callable[..., Any])

collect = LazyGroup(
    name="collect",
    default="posts",
    lazy={
        "posts": ("textmine.cli.collect:posts", "Collect a period; may be left out: textmine collect AGENCIES."),
        "refresh": ("textmine.cli.collect:refresh", "Read figures again at chosen ages, for growth curves."),
        "curve": ("textmine.cli.collect:curve", "Print the growth curves."),
        "missing": ("textmine.cli.collect:missing", "Print what is deleted, private or not there."),
        "parse": ("textmine.cli.collect:parse", "Read the kept answers anew, without asking anybody."),
    },
    help="""Collect posts and figures from YouTube, X, Facebook and Instagram themselves.

    \b
    Examples:
      textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected --dry-run
      textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected
      textmine ingest collected/export --agencies agencies.csv -o season
      textmine collect refresh collected
    """,
)


def asking_options(command: _Command) -> _Command:
    """Add ``--platform``, ``--keys``, ``--max-wait`` and ``--dry-run``."""
    options = (
        click.option("--platform", "platforms", type=PLATFORM, multiple=True, help="Only this one; may be repeated."),
        click.option(
            "--keys", "keys_file", type=click.Path(path_type=Path), envvar="TEXTMINE_KEYS", show_envvar=True,
            help="TOML file with the keys, mode 600; variables of the environment win.",
        ),
        click.option(
            "--max-wait", type=click.IntRange(min=0), default=16, show_default=True, metavar="MINUTES",
            help="Wait this long for a limit; a longer one ends the run, and the same command goes on later.",
        ),
        click.option("--dry-run", is_flag=True, help="Say what it would cost, and ask nothing."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("agencies", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="The folder.")
@click.option("--from", "begin", required=True, type=DAY, help="First day, Asia/Jakarta.")
@click.option("--to", "end", required=True, type=DAY, help="Last day, Asia/Jakarta.")
@click.option("--agency", "only", multiple=True, help="Only this agency or account; may be repeated.")
@asking_options
@format_option
def posts(
    agencies: Path,
    folder: Path,
    begin: date,
    end: date,
    only: tuple[str, ...],
    platforms: tuple[Any, ...],
    keys_file: Path | None,
    max_wait: int,
    dry_run: bool,
    format_: Format,
) -> None:
    """Collect the posts of a period, with their figures, of every account in the register that there is a key for.

    Killed, cut off or out of quota, the same command goes on where it was: nothing is asked twice and nothing is
    left out. FOLDER/export is what textmine ingest reads.

    \b
    Examples:
      textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected --dry-run
      textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected
      textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected --platform youtube
      textmine ingest collected/export --agencies agencies.csv -o season
    """
    check_days(begin, end)
    keys = _keys(keys_file)
    import textmine.collect as collecting

    table = collecting.forecast(agencies, folder, begin=begin, end=end, keys=keys, platforms=platforms, only=only)
    if dry_run:
        emit(table, format_)
        return
    for row in table.filter(table["days"] > 1).rows(named=True):
        say(
            f"{row['platform']}: about {row['requests']:,} requests, and {row['left']:,} of {row['of']:,} {row['unit']}"
            f" are left: the same command will be needed on {row['days']} days"
        )
    with counting("Collecting accounts") as update:
        result = collecting.collect(
            agencies, folder, begin=begin, end=end, keys=keys, platforms=platforms, only=only,
            max_wait=timedelta(minutes=max_wait), progress=update,
        )  # fmt: skip
    emit(result.accounts, format_)
    _report(result, folder)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--ages", default="1h,1d,7d,30d", show_default=True, help="Ages at which figures are wanted: hours, days, weeks."
)
@asking_options
@format_option
def refresh(
    folder: Path,
    ages: str,
    platforms: tuple[Any, ...],
    keys_file: Path | None,
    max_wait: int,
    dry_run: bool,
    format_: Format,
) -> None:
    """Read the figures of collected posts again when they have passed an age. Run it every hour, by cron or a timer.

    One reading serves all ages that have passed since the last one; the curve has the true age of each reading.

    \b
    Examples:
      textmine collect refresh collected --dry-run
      textmine collect refresh collected
      textmine collect refresh collected --ages 1h,6h,1d,1w --platform youtube
    """
    keys = _keys(keys_file)
    import textmine.collect as collecting
    from textmine.collect.refresh import ages_of

    with counting("Reading figures of posts") as update:
        table, result = collecting.refresh(
            folder, ages=ages_of(ages), keys=keys, platforms=platforms, dry_run=dry_run,
            max_wait=timedelta(minutes=max_wait), progress=update,
        )  # fmt: skip
    emit(table, format_)
    if result is not None:
        _report(result, folder)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--post", help="Only this post.")
@format_option
def curve(folder: Path, post: str | None, format_: Format) -> None:
    """Print the figures of posts at each time they were read.

    \b
    Examples:
      textmine collect curve collected --post 1217366893451563008
      textmine collect curve collected --format parquet > curve.parquet
    """
    import polars as pl

    from textmine.collect.curves import CURVE
    from textmine.posts import REPORT_TIME_ZONE

    table = _table(folder / CURVE, pl.read_parquet)
    if post is not None:
        table = table.filter(pl.col("post_id") == post)
    if format_ == "table":
        when = pl.col("read_at").dt.convert_time_zone(REPORT_TIME_ZONE).dt.strftime("%Y-%m-%d %H:%M")
        which = ("platform",) if post is not None else ("platform", "post_id")
        table = table.select(*which, when, pl.col("age_hours").round(1), "likes", "comments", "shares", "views")
    emit(table, format_)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@format_option
def missing(folder: Path, format_: Format) -> None:
    """Print accounts and posts that are deleted, private, suspended or not there, and when that was seen.

    \b
    Example:
      textmine collect missing collected
    """
    import polars as pl

    from textmine.collect.curves import MISSING
    from textmine.posts import REPORT_TIME_ZONE

    table = _table(folder / MISSING, lambda path: pl.read_csv(path, infer_schema=False))
    if format_ == "table":
        times = pl.col("published_at", "seen_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
        shown = times.dt.convert_time_zone(REPORT_TIME_ZONE).dt.strftime("%Y-%m-%d %H:%M")
        table = table.with_columns(shown).select(
            "platform", "account", "post_id", pl.col("reason").alias("detail"), "published_at", "seen_at"
        )
    emit(table, format_)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def parse(folder: Path) -> None:
    """Read every kept answer again and write the exports anew: after an update that mends how answers are read.

    Nothing is asked of a platform and no key is needed.

    \b
    Example:
      textmine collect parse collected
    """
    import textmine.collect as collecting

    for path in collecting.parse(folder):
        click.echo(str(path))


def _keys(path: Path | None) -> Keys:
    from textmine.collect import read_keys

    return read_keys(path)


def _table(path: Path, read: Callable[[Path], Any]) -> Any:
    from textmine.errors import InputError

    if not path.is_file():
        raise InputError("nothing was collected here; run: textmine collect AGENCIES -o FOLDER", path=path.parent)
    return read(path)


def _report(result: CollectResult, folder: Path) -> None:
    """Say on standard error what is missing, and leave with 1 where the run must be taken up again."""
    for platform, variable in result.skipped.items():
        say(f"{platform}: left out, there is no key: set {variable}, or see docs/collect.md")
    if result.files:
        say(f"export: {folder / 'export'}, {len(result.files):,} files; read it with textmine ingest")
    if not result.complete:
        from textmine.errors import CollectError

        for problem in result.problems[:-1]:
            say(str(problem))
        last = result.problems[-1] if result.problems else None
        raise last or CollectError(_what_lacks(result))


def _what_lacks(result: CollectResult) -> str:
    """Name the accounts that are not complete, a few of them."""
    import polars as pl

    lacking = result.accounts.filter(pl.col("state").is_in(["incomplete", "denied"]))
    named = [f"{row['account']} on {row['platform']} ({row['detail']})" for row in lacking.head(3).rows(named=True)]
    more = f" and {lacking.height - 3:,} more" if lacking.height > 3 else ""
    return f"not complete: {', '.join(named)}{more}; mend that and run the same command again"
