"""Everything at once, at random: faults of all kinds, posts that come and go. A rerun ends complete."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.collect.season import ids, run
from tests.collect.server import Post, google_error, graph_error, iso, posts_every

PLATFORMS = ("youtube", "x", "facebook", "instagram")
BEGIN, END = "2026-02-28T17:00:00Z", "2026-03-31T17:00:00Z"


def world(server):
    """Two accounts a platform, 240 posts each, six hours apart, and a few after the period."""
    for number, platform in enumerate(PLATFORMS):
        for name in ("bnpb", "kemenkes"):
            start = 100_000 * (number + 1) + (50_000 if name == "bnpb" else 0)
            posts = posts_every(6, 240, last=datetime(2026, 4, 4, 12, tzinfo=UTC))
            for k, post in enumerate(posts):
                post.id = str(start + 1000 - k)
            server.accounts[platform][name] = posts


class Misfortune:
    """Draws a fault for some requests, and changes the world at others; remembers which posts were ever hidden."""

    def __init__(self, server, draw, share):
        self.server, self.draw, self.share = server, draw, share
        self.hidden = set()

    def __call__(self, number, platform, path):
        if self.draw.random() < 0.3:
            self.change(platform)
        return self.fault(platform) if self.draw.random() < self.share else None

    def change(self, platform):
        name = self.draw.choice(["bnpb", "kemenkes"])
        posts = self.server.accounts[platform][name]
        if self.draw.random() < 0.5:
            posts.insert(0, Post(str(self.draw.randrange(10**6, 10**7)), self.server.now() - timedelta(minutes=3)))
            return
        post = self.draw.choice(posts)
        self.hidden.add(post.id)
        if platform == "youtube" and self.draw.random() < 0.5:
            posts.remove(post)
        else:
            post.shown = self.draw.choice(["private", "deleted"])

    def fault(self, platform):
        common = [(503, {}, b"busy"), ("cut", {}, b""), ("half", {}, b""), (429, {"retry-after": "2"}, b"")]
        reset = str(int((self.server.now() + timedelta(minutes=self.draw.choice([3, 40]))).timestamp()))
        own = {
            "youtube": [google_error(403, "rateLimitExceeded", "slow"), google_error(400, "invalidPageToken", "token")],
            "x": [(429, {"x-rate-limit-reset": reset}, {}), (200, {}, {"renamed": []})],
            "facebook": [graph_error(2, "passing"), graph_error(17, "limit"), graph_error(190, "expired", subcode=463)],
            "instagram": [graph_error(1, "unknown"), graph_error(80002, "limit"), (200, {}, {"id": "1"})],
        }
        return self.draw.choice(common + own[platform])


@pytest.mark.parametrize("seed", range(4))
def test_after_any_misfortune_a_rerun_ends_complete_without_a_gap_or_a_double(tmp_path, server, keys, clock, seed):
    world(server)
    misfortune = Misfortune(server, random.Random(seed), share=0.3)
    server.before.append(misfortune)
    for _ in range(6):
        run(tmp_path, server, keys, clock)
        clock.move(minutes=50)
    misfortune.share = 0
    for _ in range(4):  # a list that changed while it was read is said, and the next run reads it again
        result = run(tmp_path, server, keys, clock)
        clock.move(days=1)
    server.before.clear()
    result = run(tmp_path, server, keys, clock)
    assert result.complete, (result.accounts, result.problems)
    for platform in PLATFORMS:
        found = [identity.rpartition("_")[2] for identity in ids(tmp_path, platform)]
        assert len(found) == len(set(found)), "a double"
        there = {
            post.id
            for posts in server.accounts[platform].values()
            for post in posts
            if BEGIN <= iso(post.published) < END and post.shown == "yes"
        }
        assert there - misfortune.hidden <= set(found), "a gap"
        assert set(found) <= there | misfortune.hidden, "a post from outside the period"
    assert misfortune.hidden
