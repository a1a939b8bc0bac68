"""``textmine agencies``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.output import Format, emit, format_option, say, say_simulated

if TYPE_CHECKING:
    import polars as pl

FOUND: Final = 3
"""Exit code when there is something to look at."""

_SHOWN: Final = {
    "account_without_agency": "platform account posts first_day last_day interactions",
    "outside_validity": "platform account agency posts first_day last_day detail",
    "agency_without_posts": "agency detail",
    "account_without_posts": "platform account agency",
    "followers_missing": "platform account agency posts",
    "cluster_missing": "agency",
    "two_clusters": "agency detail",
    "two_names": "agency detail",
    "agencies_alike": "detail",
    "clusters_alike": "detail",
}

agencies = LazyGroup(
    name="agencies",
    lazy={"check": ("textmine.cli.agencies:check", "List what register and posts do not tell alike.")},
    help="""Check the agency register against the posts.

    \b
    Examples:
      textmine agencies check season
      textmine agencies check season --agencies agencies.csv --write proposed.csv
    """,
)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--agencies", "register", type=click.Path(path_type=Path), help="A register instead of the workspace's.")
@click.option("--write", "proposals", type=click.Path(path_type=Path), help="A new CSV for the suggested rows.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Rows of each table shown.")
@format_option
def check(workspace: Path, register: Path | None, proposals: Path | None, limit: int, format_: Format) -> None:
    """List accounts without an agency, agencies without posts, and what else does not fit.

    Agencies that an account may belong to are suggested with a score and the reason; nothing is applied. The register
    is never written to. Exit code 0: nothing to look at; 3: something was found.

    \b
    Examples:
      textmine agencies check season
      textmine agencies check season --agencies agencies.csv --write proposed.csv
      textmine agencies check season --format json
    """
    from textmine.audit import check_agencies, cluster_sizes
    from textmine.audit.proposals import write_proposals
    from textmine.errors import AgencyError
    from textmine.ingest.register import read_agencies
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    table = read_agencies(register) if register is not None else opened.register()
    if table is None:
        raise AgencyError(str(workspace), problem="has no register: give --agencies FILE")
    posts = opened.scan("posts.parquet", made_by="ingest")
    findings, clusters = check_agencies(posts, table), cluster_sizes(posts, table)
    if proposals is not None:
        say(f"{write_proposals(findings, table, proposals):,} proposed rows written to {proposals}; look at each")
    say_simulated(opened.simulated)
    _print(findings, clusters, format_, limit)
    if findings.height:
        click.get_current_context().exit(FOUND)


def _print(findings: pl.DataFrame, clusters: pl.DataFrame, format_: Format, limit: int) -> None:
    """Everything for machines, a table for each kind of finding for people."""
    if format_ == "json":
        both = {"findings": json.loads(findings.write_json()), "clusters": json.loads(clusters.write_json())}
        click.echo(json.dumps(both, ensure_ascii=False, indent=2))
        return
    if format_ != "table":
        emit(findings, format_)
        return
    _section("clusters of the register, and how much of it has posts", _of(clusters), limit)
    for kind, columns in _SHOWN.items():
        rows = findings.filter(finding=kind)
        _section(kind.replace("_", " "), rows.select(columns.split()), limit)
        if kind == "account_without_agency":
            compared = rows.drop_nulls("score").select("account", "suggestion", "score", "detail")
            _section("agencies that these accounts may belong to", compared, limit)
    if not findings.height:
        click.echo("nothing to look at")


def _of(clusters: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return clusters.select(
        "cluster",
        *(pl.format("{} of {}", f"{what}_with_posts", what).alias(what) for what in ("agencies", "accounts")),
        "posts",
    )


def _section(title: str, rows: pl.DataFrame, limit: int) -> None:
    if not rows.height:
        return
    click.echo(f"{title}: {rows.height:,}")
    emit(rows.head(limit), "table")
    if rows.height > limit:
        click.echo(f"… and {rows.height - limit:,} more (--limit, or --format csv)")
    click.echo()
