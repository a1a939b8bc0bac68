"""Progress on standard error, shown only where it lasts and a person looks on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def counting(what: str, *, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Show a bar while work goes on.

    Yields
    ------
    Callable
        To be called with how much is done, and with the total where it becomes known later.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # In a log a bar would leave an empty line behind.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def update(done: int, of: int | None = None) -> None:
            bar.tasks[0].total = of if of is not None else total  # update() cannot take a total back
            bar.update(task, completed=done)

        yield update
