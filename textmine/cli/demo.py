"""``textmine demo``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.options import LANG
from textmine.cli.output import say
from textmine.cli.run import announce, print_run
from textmine.locales import Language


@click.command()
@click.option("-o", "--output", "directory", default="demo", show_default=True, type=click.Path(path_type=Path))
@click.option("--posts", "n_posts", type=click.IntRange(min=1), help="How many posts; 12,000 if left out.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of reports.")
@click.option("--seed", type=click.IntRange(min=0), default=2020, show_default=True)
def demo(directory: Path, n_posts: int | None, lang: Language, seed: int) -> None:
    """Run everything on a small simulated corpus: exports, keywords, topics and a report per agency.

    The posts are SIMULATED and describe no real agency.

    \b
    Examples:
      textmine demo
      textmine demo -o demo-en --lang en --posts 3000
    """
    from textmine.workflow.demo import run_demo

    result = run_demo(directory, n_posts=n_posts, lang=lang, seed=seed, progress=announce)
    print_run(result)
    say(f"Open {result.index} in a browser; the workspace is {result.workspace.path}.")
