"""Votes are appended, the last counts; a judge can stop, go on, skip and take back."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from textmine.errors import InputError, WorkspaceError
from textmine.labels import JudgeSession, LabelTasks, add_votes, current_votes, label_status, read_votes, select_stage
from textmine.labels.session import disputed
from textmine.labels.stage import standing_votes

NOW = dt.datetime(2020, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def judged(workspace):
    with workspace.lock():
        select_stage(workspace, judges=["ani", "budi"], n=12, overlap=4)
    return workspace


def vote(label, *, post="1", judge="ani", action="vote"):
    row = {
        "platform": "x",
        "post_id": post,
        "judge": judge,
        "action": action,
        "label": label,
        "note": None,
        "source": "t",
    }
    return pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))


def test_votes_are_appended_and_the_last_of_a_judge_counts(judged):
    for label in ("tinggi", "rendah"):
        assert add_votes(judged, vote(label), now=NOW) == 1
    assert add_votes(judged, vote("rendah"), now=NOW) == 0, "the same again adds nothing"
    assert add_votes(judged, vote("tinggi", judge="budi"), now=NOW) == 1
    votes = read_votes(judged)
    assert votes["label"].to_list() == ["tinggi", "rendah", "tinggi"] and votes["voted_at"].unique().to_list() == [NOW]
    assert current_votes(votes).select("judge", "label").rows() == [("ani", "rendah"), ("budi", "tinggi")]
    add_votes(judged, vote(None, action="undo"), now=NOW)
    assert current_votes(read_votes(judged))["judge"].to_list() == ["budi"]
    assert add_votes(judged, vote(None, action="undo"), now=NOW) == 0, "nothing is left to take back"


def test_judges_who_save_at_once_lose_no_vote(judged):
    jobs = [(f"{post}", judge) for post in range(10) for judge in ("ani", "budi")]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda job: add_votes(judged, vote("sedang", post=job[0], judge=job[1])), jobs))
    assert len(read_votes(judged)) == 20


def test_a_damaged_file_of_votes_is_said_and_not_overwritten(judged):
    judged.file("labels.parquet").write_bytes(b"PAR1 broken")
    with pytest.raises(WorkspaceError, match=r"labels\.parquet cannot be read"):
        add_votes(judged, vote("tinggi"))
    assert judged.file("labels.parquet").read_bytes() == b"PAR1 broken"


def test_a_full_disk_loses_no_vote_and_leaves_nothing_behind(judged, monkeypatch):
    import errno

    import textmine.atomic

    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    add_votes(judged, vote("tinggi"), now=NOW)
    before = judged.file("labels.parquet").read_bytes()
    monkeypatch.setattr(textmine.atomic, "sync", full)
    with pytest.raises(WorkspaceError, match="disk is full"):
        add_votes(judged, vote("rendah"), now=NOW)
    assert judged.file("labels.parquet").read_bytes() == before
    assert not [path for path in judged.path.iterdir() if path.name.endswith(".tmp")]


def test_a_session_goes_through_all_posts_and_is_taken_up_where_it_was(judged):
    session = JudgeSession(judged, "ani", now=lambda: NOW)
    assert (session.n_posts, session.n_done) == (8, 0)
    order = []
    for label in ("tinggi", "sedang", "rendah"):
        order.append(session.current()["task"])
        session.vote(label)
    again = JudgeSession(judged, "ani")
    assert again.n_done == 3 and again.current()["task"] == session.current()["task"] not in order
    while again.current() is not None:
        again.vote("sedang")
    assert again.n_done == 8
    with pytest.raises(ValueError, match="all posts are judged"):
        again.vote("sedang")
    tasks = LabelTasks.open(judged)
    assert len(standing_votes(judged, tasks)) == 8


def test_steps_are_taken_back_one_by_one_also_in_a_later_session(judged):
    session = JudgeSession(judged, "ani")
    first = session.current()["task"]
    session.vote("tinggi")
    second = session.current()["task"]
    session.skip()
    later = JudgeSession(judged, "ani")
    assert later.undo() and later.current()["task"] == second
    assert later.undo() and later.current()["task"] == first
    assert not later.undo()
    later.vote("rendah")
    assert current_votes(read_votes(judged)).select("action", "label").rows() == [("vote", "rendah")]
    assert len(read_votes(judged)) == 5, "nothing is ever deleted"


def test_skipped_posts_come_back_only_when_asked_for(judged):
    session = JudgeSession(judged, "ani")
    skipped = session.current()["task"]
    session.skip()
    assert JudgeSession(judged, "ani").current()["task"] != skipped
    assert JudgeSession(judged, "ani", again=True).current()["task"] == skipped


def test_unknown_judges_and_labels_are_refused(judged):
    with pytest.raises(InputError, match="'dedi' is no judge here; there are ani, budi"):
        JudgeSession(judged, "dedi")
    with pytest.raises(ValueError, match="bagus"):
        JudgeSession(judged, "ani").vote("bagus")


def test_how_far_each_judge_is_and_what_to_talk_about(judged):
    tasks = LabelTasks.open(judged)
    shared = tasks.posts.filter(pl.col("judges").list.len() == 2)
    for place, (post, labels) in enumerate(zip(shared["post_id"], ["tr", "ts", "ss", "s-"], strict=True)):
        for judge, letter in zip(("ani", "budi"), labels, strict=True):
            label = {"t": "tinggi", "s": "sedang", "r": "rendah", "-": None}[letter]
            add_votes(judged, vote(label, post=post, judge=judge, action="skip" if label is None else "vote"), now=NOW)
        assert place < 4
    status = label_status(tasks, read_votes(judged)).select("judge", "posts", "voted", "skipped", "left").rows()
    assert status == [("ani", 8, 4, 0, 4), ("budi", 8, 3, 1, 4)]
    table = disputed(tasks, standing_votes(judged, tasks))
    assert table.select("task", "distance", "votes").rows() == [
        (shared["task"][0], 2, "ani: tinggi, budi: rendah"),
        (shared["task"][1], 1, "ani: tinggi, budi: sedang"),
    ]
