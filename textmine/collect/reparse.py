"""Reads the kept answers anew, without asking anybody: what a mended adapter finds replaces what was found."""

from __future__ import annotations

from pathlib import Path

from textmine.collect.accounts import platforms_of
from textmine.collect.curves import CURVE
from textmine.collect.journal import FILE, Journal
from textmine.collect.keys import Keys
from textmine.collect.quotas import Quotas
from textmine.collect.record import Recorder, mark_unlisted
from textmine.collect.run import publish
from textmine.collect.verdicts import Outcome
from textmine.errors import CollectError, WorkspaceError


def parse(folder: str | Path) -> list[Path]:
    """Read every kept answer again, in order, and write the exports, the curve and the missing posts anew.

    Answers that could not be read when they came are tried too. Nothing is asked of a platform, and no key is needed.

    Returns
    -------
    list of Path
        The exports.

    Raises
    ------
    WorkspaceError
        Nothing was collected into the folder.
    CollectError
        An answer that was read before is not as documented. Nothing is changed then.
    """
    where = Path(folder)
    if not (where / FILE).is_file():
        raise WorkspaceError("nothing was collected here; run: textmine collect AGENCIES -o FOLDER", path=where)
    with Journal(where) as journal:
        adapters = platforms_of(Keys())
        with journal.transaction():
            _replay(journal)
        (where / CURVE).unlink(missing_ok=True)
        return publish(journal, adapters)


def _replay(journal: Journal) -> None:
    adapters = platforms_of(Keys())
    for table in ("posts", "readings", "accounts", "published"):
        journal.db.execute(f"DELETE FROM {table}")  # noqa: S608
    recorder = Recorder(journal, Unspent(journal, Keys()))
    applied = {row["number"]: row["applied"] for row in journal.rows("SELECT number, applied FROM answers")}
    for answer in journal.answers():
        platform = adapters[answer.request.platform]
        verdict = platform.judge(answer)
        if verdict.outcome not in (Outcome.DONE, Outcome.GONE, Outcome.DENIED):
            continue
        try:
            recorder.replay(platform, answer, verdict, answer.number, moves_on=not applied[answer.number])
        except CollectError:
            if applied[answer.number]:
                raise
            continue
        journal.db.execute("UPDATE answers SET applied=1 WHERE number=?", (answer.number,))

    for row in journal.rows("SELECT number FROM listings WHERE purpose='refresh' ORDER BY number"):
        mark_unlisted(journal, row["number"])


class Unspent(Quotas):
    """Quotas that do not count again what was counted when it came."""

    def count_posts(self, platform: object, now: object, n_posts: int) -> None:
        """Count nothing."""
