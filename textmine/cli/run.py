"""``textmine run``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import NO_TOPICS, say, say_simulated

if TYPE_CHECKING:
    from textmine.engines import LocalEngine
    from textmine.engines.spark import SparkEngine
    from textmine.workflow import RunResult


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where posts are counted: in this process, or on a Spark cluster (extra spark). The results are the same.",
)
@click.option("--master", metavar="URL", help="URL of the Spark cluster, such as spark://host:7077, yarn or local[2].")
@click.option(
    "--spark", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of Spark; may be given several times."
)
@click.option(
    "--parts-a-core",
    type=click.IntRange(min=1),
    metavar="N",
    help="Parts of the posts for each core of the cluster; more take less memory and shuffle more.  [default: 2]",
)
def run(config: Path, engine: str, master: str | None, settings: tuple[str, ...], parts_a_core: int | None) -> None:
    """Run all stages that CONFIG.toml asks for; what is done and unchanged is left alone.

    A run that was killed is taken up where it was and ends in the same bytes.

    \b
    Examples:
      textmine run season.toml
      textmine run season.toml --engine spark --master spark://host:7077 --spark spark.executor.memory=4g

    \b
    A configuration:
      workspace = "season"
      [ingest]
      sources = ["exports/*.csv"]
      agencies = "agencies.csv"
      [topics]
      n_topics = 20
      [awards]
      rank = ["gsm2020"]
      [report]
      directory = "reports"
    """
    import textmine.workflow

    with _engine(engine, master, settings, parts_a_core) as chosen:
        print_run(textmine.workflow.run(config, engine=chosen, progress=announce))


def _engine(
    name: str, master: str | None, settings: tuple[str, ...], parts_a_core: int | None
) -> contextlib.AbstractContextManager[LocalEngine | SparkEngine]:
    """Engine for the time of a command."""
    from textmine.engines import LocalEngine
    from textmine.engines.spark import PARTS_A_CORE, SparkEngine

    if name == "local":
        if master is not None or settings or parts_a_core is not None:
            raise click.UsageError("--master, --spark and --parts-a-core go with --engine spark")
        return contextlib.nullcontext(LocalEngine())
    if wrong := [setting for setting in settings if "=" not in setting]:
        raise click.BadParameter(f"{wrong[0]!r} is not NAME=VALUE", param_hint="--spark")
    chosen = dict(setting.split("=", 1) for setting in settings)
    return SparkEngine.connect(master, settings=chosen, parts_a_core=parts_a_core or PARTS_A_CORE)


def announce(stage: str, ended: bool) -> None:
    """Say which stage has begun."""
    if not ended:
        say(f"{stage} ...")


def print_run(result: RunResult) -> None:
    """Print what each stage did and where the reports are."""
    for stage in result.stages:
        rows = ", ".join(f"{count:,} {what}" for what, count in stage.manifest.rows.items())
        done = f"{stage.manifest.seconds:.1f} s" if stage.ran else "unchanged"
        say(f"{stage.manifest.stage}: {rows} ({done})")
    if "topics" not in (stage.manifest.stage for stage in result.stages):
        say(NO_TOPICS)
    say_simulated(result.workspace.simulated)
    click.echo(str(result.index))
