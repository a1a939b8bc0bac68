"""The posts that were chosen for judges, what each judge sees of them, and in which order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from textmine.errors import InputError, WorkspaceError
from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace

SELECT: Final = "label select"
"""Stage that chooses posts."""
POSTS_FILE: Final = "label_posts.parquet"
SETTINGS_FILE: Final = "label_settings.json"
CLASSES: Final = ("tinggi", "sedang", "rendah")
"""Classes unless others are asked for, the best first."""

_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
"""Without vowels: a spreadsheet takes 0003-mar for a day in March."""

TASK_SCHEMA: Final = pl.Schema(
    {
        "task": pl.String(),
        "platform": POLARS_SCHEMA["platform"],
        "post_id": pl.String(),
        "media_type": POLARS_SCHEMA["media_type"],
        "text": pl.String(),
        "batch": pl.UInt32(),
        "drawn": pl.Enum(["random", "chosen"]),
        "uncertainty": pl.Float64(),
        "judges": pl.List(pl.String()),
    }
)
"""Columns of ``label_posts.parquet``.

``task`` is what a judge sees in place of the post's id, which would lead to the post: a number and three letters that
check it. ``text`` is the caption as judges see it. ``drawn`` tells a plain random draw from a choice; ``uncertainty``
is null without a model.
"""


def task_names(posts: pl.DataFrame, *, first: int = 1) -> pl.Series:
    """Names of tasks: a running number, and letters by which a sheet of other posts is found out.

    Examples
    --------
    >>> task_names(pl.DataFrame({"platform": ["x"], "post_id": ["1"]})).to_list()
    ['0001-csc']
    """
    keys = posts.select(pl.col("platform").cast(pl.String), "post_id").rows()
    letters = (hashlib.sha256("\t".join(key).encode()).digest() for key in keys)
    checks = ("".join(_LETTERS[byte % len(_LETTERS)] for byte in each[:3]) for each in letters)
    return pl.Series("task", [f"{number:04d}-{check}" for number, check in enumerate(checks, start=first)], pl.String)


@dataclass(frozen=True)
class LabelTasks:
    """The chosen posts of a workspace and the rules of judging.

    Parameters
    ----------
    posts
        Columns of ``TASK_SCHEMA``.
    classes
        Labels, the best first.
    judges
        All judges, in the order in which they were named.
    """

    posts: pl.DataFrame
    classes: tuple[str, ...]
    judges: tuple[str, ...]

    @classmethod
    def open(cls, workspace: Workspace) -> LabelTasks:
        """Read the chosen posts of a workspace.

        Raises
        ------
        WorkspaceError
            None were chosen yet, or the settings beside them are broken.
        """
        posts = workspace.scan(POSTS_FILE, made_by=SELECT).collect()
        path = workspace.file(SETTINGS_FILE)
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
            return cls(posts, tuple(content["classes"]), tuple(content["judges"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(f"{SETTINGS_FILE} cannot be read: {error}", path=workspace.path) from error

    @property
    def n_batches(self) -> int:
        """How often posts were chosen."""
        return self.posts["batch"].n_unique()

    def of(self, judge: str) -> pl.DataFrame:
        """Posts of a judge in an order of their own, so that tiredness does not fall on the same posts.

        Raises
        ------
        InputError
            There is no such judge.
        """
        self.check_judge(judge)
        mine = self.posts.filter(pl.col("judges").list.contains(judge))
        order = [hashlib.sha256(f"{judge}\t{task}".encode()).digest() for task in mine["task"]]
        return mine.with_columns(pl.Series("_order", order)).sort("batch", "_order").drop("_order")

    def check_judge(self, judge: str) -> None:
        """Refuse a name that is not among the judges."""
        if judge not in self.judges:
            raise InputError(f"{judge!r} is no judge here; there are {', '.join(self.judges)}", value=judge)


def check_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Classes without white space around them.

    Raises
    ------
    InputError
        There are fewer than two or more than nine (one key each), or two are the same.
    """
    return _names(classes, "class", least=2, most=9)


def check_judges(judges: Sequence[str]) -> tuple[str, ...]:
    """Names of judges without white space around them.

    Raises
    ------
    InputError
        There is none, two are the same, or a name could not name a file.
    """
    named = _names(judges, "judge", least=1, most=100)
    for name in named:
        if any(not (letter.isalnum() or letter in " ._-") for letter in name) or name.startswith("."):
            raise InputError(f"a judge's name has letters, digits, dots and hyphens, not {name!r}", value=name)
    return named


def _names(names: Sequence[str], what: str, *, least: int, most: int) -> tuple[str, ...]:
    kept = tuple(name.strip() for name in names if name.strip())
    if not least <= len(kept) <= most:
        raise InputError(f"{len(kept)} names of a {what} were given; from {least} to {most} are possible")
    folded = [name.casefold() for name in kept]
    twice = next((name for name, fold in zip(kept, folded, strict=True) if folded.count(fold) > 1), None)
    if twice is not None:
        raise InputError(f"the {what} {twice!r} is named twice", value=twice)
    return kept


def dealt(n_posts: int, judges: Sequence[str], *, overlap: int, seed: int) -> list[list[str]]:
    """Who judges which post: some are judged by all, the others are dealt out one to each in turn.

    Parameters
    ----------
    n_posts
        Posts to deal.
    judges
        Names.
    overlap
        Posts that all judge, drawn at random; agreement is measured on them.
    seed
        Of the draw.

    Examples
    --------
    >>> [len(each) for each in dealt(4, ["ani", "budi"], overlap=2, seed=0)]
    [1, 2, 1, 2]
    """
    import numpy as np

    order = np.random.default_rng([seed, 17]).permutation(n_posts)
    found: list[list[str]] = [[] for _ in range(n_posts)]
    for place, post in enumerate(order.tolist()):
        found[post] = list(judges) if place < overlap else [judges[(place - overlap) % len(judges)]]
    return found
