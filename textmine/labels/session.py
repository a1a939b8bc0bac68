"""One judge at work: the next post, a vote, a skip, a step back; each is on disk before the next post is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import polars as pl

from textmine.labels.tasks import LabelTasks
from textmine.labels.votes import Action, add_votes, current_votes, read_votes
from textmine.posts import REPORT_TIME_ZONE
from textmine.store import Workspace

STATUS_SCHEMA: Final = pl.Schema(
    {
        "judge": pl.String(),
        "posts": pl.UInt32(),
        "voted": pl.UInt32(),
        "skipped": pl.UInt32(),
        "left": pl.UInt32(),
        "last_at": pl.Datetime("us", REPORT_TIME_ZONE),
    }
)


class JudgeSession:
    """The posts of a judge, in the judge's own order, and what was said of them.

    Parameters
    ----------
    workspace
        With chosen posts.
    judge
        One of its judges.
    again
        Show skipped posts once more.
    now
        Gives the time of a vote.

    Raises
    ------
    WorkspaceError
        No posts were chosen yet.
    InputError
        There is no such judge.
    """

    def __init__(
        self, workspace: Workspace, judge: str, *, again: bool = False, now: Callable[[], dt.datetime] | None = None
    ) -> None:
        self._workspace, self.judge, self._now = workspace, judge, now
        self.tasks = LabelTasks.open(workspace)
        self._posts = self.tasks.of(judge)
        self._said = self._standing()
        if again:
            self._said = {key: action for key, action in self._said.items() if action != "skip"}

    def _standing(self) -> dict[tuple[str, str], Action]:
        """What the judge said of which post, the latest last."""
        mine = read_votes(self._workspace).filter(pl.col("judge") == self.judge).with_row_index("place")
        known = mine.join(self._posts, on=["platform", "post_id"], how="semi", maintain_order="left")
        standing = current_votes(known).sort("place")
        rows = standing.select(pl.col("platform").cast(pl.String), "post_id", pl.col("action").cast(pl.String))
        return {(platform, post_id): action for platform, post_id, action in rows.iter_rows()}

    @property
    def n_posts(self) -> int:
        """Posts of the judge."""
        return len(self._posts)

    @property
    def n_done(self) -> int:
        """Posts of which the judge has said something."""
        return len(self._said)

    def current(self) -> dict[str, Any] | None:
        """The post to judge next: columns of ``TASK_SCHEMA``; None when all are done."""
        for row in self._posts.iter_rows(named=True):
            if (row["platform"], row["post_id"]) not in self._said:
                return row
        return None

    def vote(self, label: str) -> None:
        """Give the current post a label.

        Raises
        ------
        ValueError
            The label is no class, or there is no post left.
        """
        if label not in self.tasks.classes:
            raise ValueError(f"{label!r} is none of {', '.join(self.tasks.classes)}")
        self._say("vote", label)

    def skip(self) -> None:
        """Pass over the current post: it cannot be judged."""
        self._say("skip", None)

    def undo(self) -> bool:
        """Take back what was said last, also in an earlier session; whether there was anything."""
        if not self._said:
            return False
        platform, post_id = next(reversed(self._said))
        self._write(platform, post_id, "undo", None)
        del self._said[platform, post_id]
        return True

    def _say(self, action: Action, label: str | None) -> None:
        row = self.current()
        if row is None:
            raise ValueError("all posts are judged")
        self._write(row["platform"], row["post_id"], action, label)
        self._said[row["platform"], row["post_id"]] = action

    def _write(self, platform: str, post_id: str, action: Action, label: str | None) -> None:
        vote = pl.DataFrame(
            {"platform": [platform], "post_id": [post_id], "judge": [self.judge], "action": [action], "label": [label],
             "note": [None], "source": ["terminal"]}
        )  # fmt: skip
        add_votes(self._workspace, vote, now=None if self._now is None else self._now())


def label_status(tasks: LabelTasks, votes: pl.DataFrame) -> pl.DataFrame:
    """How far each judge is.

    Parameters
    ----------
    tasks
        The chosen posts.
    votes
        All votes.

    Returns
    -------
    polars.DataFrame
        Columns of ``STATUS_SCHEMA``, in the order of the judges.
    """
    dealt = tasks.posts.select("platform", "post_id", pl.col("judges").alias("judge")).explode("judge")
    said = dealt.join(current_votes(votes), on=["platform", "post_id", "judge"], how="left")
    counted = said.group_by("judge").agg(
        pl.len().alias("posts"),
        (pl.col("action") == "vote").sum().alias("voted"),
        (pl.col("action") == "skip").sum().alias("skipped"),
        pl.col("action").is_null().sum().alias("left"),
        pl.col("voted_at").max().dt.truncate("1s").dt.convert_time_zone(REPORT_TIME_ZONE).alias("last_at"),
    )
    order = pl.DataFrame({"judge": list(tasks.judges)})
    return order.join(counted, on="judge", how="inner", maintain_order="left").cast(STATUS_SCHEMA)


def disputed(tasks: LabelTasks, votes: pl.DataFrame) -> pl.DataFrame:
    """Posts of which judges say different things, the widest apart first: what to talk about.

    Parameters
    ----------
    tasks
        The chosen posts.
    votes
        Standing votes without skips.

    Returns
    -------
    polars.DataFrame
        task, platform, distance (classes between the best and the worst label), votes (judge and label) and caption (as
        judges see it).
    """
    rank = pl.col("label").replace_strict(list(tasks.classes), range(len(tasks.classes)), return_dtype=pl.UInt32)
    by_post = votes.sort("judge").group_by("platform", "post_id", maintain_order=True)
    found = by_post.agg(
        (rank.max() - rank.min()).alias("distance"), pl.format("{}: {}", "judge", "label").str.join(", ").alias("votes")
    )
    shown = tasks.posts.select("task", "platform", "post_id", pl.col("text").alias("caption"))
    table = found.filter(pl.col("distance") > 0).join(shown, on=["platform", "post_id"])
    ordered = table.sort("distance", "task", descending=[True, False])
    return ordered.select("task", "platform", "distance", "votes", "caption")
