"""``textmine export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from textmine.cli.output import say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    from textmine.interop.workspace import Toolkit


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(["gensim", "sklearn", "pyldavis"]), help="Who shall read it.")
@click.option("-o", "--output", "directory", required=True, type=click.Path(path_type=Path), help="Folder to make.")
def export(workspace: Path, to: str, directory: Path) -> None:
    """Write the matrix, the vocabulary and the topics for gensim, scikit-learn or pyLDAvis.

    \b
    Examples:
      textmine export season --to gensim -o season-gensim
      textmine export season --to pyldavis -o season-pyldavis
    """
    from textmine.interop import export_workspace
    from textmine.store import Workspace
    from textmine.workflow import matrix_stage

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Exporting"):
        matrix_stage(opened)
        export_workspace(opened, directory, to=cast("Toolkit", to))
    say_simulated(opened.simulated)
    click.echo(str(directory))
