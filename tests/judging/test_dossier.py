import hashlib
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from textmine.errors import WorkspaceError
from textmine.judging import conflicts, dossier, nominees, panels, people, states
from textmine.judging.errors import ConflictError, NotAllowedError, StateError
from textmine.judging.lots import draw
from textmine.judging.roles import Actor
from textmine.posts import POLARS_SCHEMA
from textmine.ranking import load_awards
from textmine.store import Workspace

CONSOLE = Actor.console()


def post(agency, number, **columns):
    return {
        "platform": "instagram",
        "post_id": f"{agency}-{number:03d}",
        "account": f"{agency}_ri",
        "agency": agency,
        "published_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number),
        "caption": f"Kabar {number} dari {agency}",
        "hashtags": [],
        "media_type": "image",
        "post_kind": "original",
        "coauthors": [],
        "likes": number,
        "comments": 2,
        "shares": 1,
        "hidden": [],
        "rounded": [],
        "followers": 1000 + number,
        "followers_kind": "at_posting",
        "url": f"https://www.instagram.com/p/{agency}{number}/",
        "source": "posts.csv",
        "source_row": 1,
        **columns,
    }


POSTS = [
    *(post("kominfo", number) for number in range(40)),
    *(post("kemenkes", number) for number in range(9)),
    *(post("kemdikbud", number) for number in range(3)),
    *(post("pln", number) for number in range(20)),
    *(post("pertamina", number) for number in range(20)),
    # what must not be drawn: others' posts, ads, the same text again
    *(post("kemdikbud", number, post_kind="repost") for number in range(100, 120)),
    *(post("kemdikbud", number, post_kind="ad") for number in range(120, 140)),
    *(post("kemdikbud", number, caption="Kabar 1  dari KEMDIKBUD https://t.co/x") for number in range(140, 160)),
    *(post("lain", number) for number in range(50)),
]


def workspace_of(folder, posts, **tables):
    workspace = Workspace.create(folder)

    def stage(name, output, table):
        def build(staging):
            table.write_parquet(staging / output)
            return {}

        with workspace.lock():
            workspace.run_stage(name, build, outputs=[output], inputs={}, settings={})

    stage("ingest", "posts.parquet", pl.DataFrame(posts, schema=POLARS_SCHEMA))
    for name, (made_by, table) in tables.items():
        stage(made_by, f"{name}.parquet", table)
    return workspace


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "ws", POSTS)


def make_draft(database, table, **settings):
    with database.writing(CONSOLE) as session:
        return panels.create_panel(
            session, CONSOLE, panels.PanelSettings("Juri", "gsm2020", **{"seed": 3, "n_posts": 4, **settings}), table
        )


@pytest.fixture
def draft(database, table):
    return make_draft(database, table)


def drawn(database, panel, actor=CONSOLE):
    with database.reading(actor) as session:
        found = nominees.nominees_of(session, actor, panel.id)
        return {each.agency: dossier.dossier_of(session, actor, each.id) for each in found}


def test_each_nominee_of_a_category_has_the_same_number_of_posts(database, draft, workspace):
    assert dossier.draw_dossiers(database, CONSOLE, draft.id, workspace) == 5
    found = drawn(database, draft)
    assert {agency: len(each.posts) for agency, each in found.items()} == {
        "kominfo": 3, "kemenkes": 3, "kemdikbud": 3, "pln": 4, "pertamina": 4
    }  # fmt: skip
    assert {post.post_id for post in found["kemdikbud"].posts} == {f"kemdikbud-{number:03d}" for number in range(3)}
    assert "4 were asked for" in found["kominfo"].rule_en and "Diminta 4" in found["kominfo"].rule_id
    assert "were asked for" not in found["pln"].rule_en


def test_the_lots_can_be_drawn_by_hand(database, draft, workspace):
    dossier.draw_dossiers(database, CONSOLE, draft.id, workspace)
    found = drawn(database, draft)["pln"]
    by_hand = []
    times = 0
    while len(by_hand) < 4:
        digest = hashlib.sha256(f"3/best_account/bumn/pln/{times}".encode()).hexdigest()
        number = int(digest, 16) % 20 + 1
        by_hand += [number] if number not in by_hand else []
        times += 1
    assert [int(post.post_id[-3:]) + 1 for post in found.posts] == by_hand
    for told in (found.rule_id, found.rule_en):
        assert "3/best_account/bumn/pln/i" in told and ", ".join(map(str, by_hand)) in told and " 20 " in told


def test_drawn_again_and_in_another_order_it_is_the_same(database, table, tmp_path):
    digests = []
    for number, posts in enumerate((POSTS, POSTS[::-1])):
        workspace = workspace_of(tmp_path / str(number), posts)
        panel = make_draft(database, table)
        dossier.draw_dossiers(database, CONSOLE, panel.id, workspace)
        found = drawn(database, panel)
        digests.append({agency: [post.post_id for post in each.posts] for agency, each in found.items()})
    assert digests[0] == digests[1]
    other = make_draft(database, table, seed=4)
    dossier.draw_dossiers(database, CONSOLE, other.id, workspace)
    assert {
        agency: [post.post_id for post in each.posts] for agency, each in drawn(database, other).items()
    } != digests[0]


def test_every_post_is_as_likely_as_another():
    n, times = 10, 4_000
    counts = [0] * n
    for seed in range(times):
        for number in draw(3, n, seed=seed, category="c", agency="a").numbers:
            counts[number - 1] += 1
    expected = 3 * times / n
    chi_squared = sum((count - expected) ** 2 / expected for count in counts)
    assert chi_squared < 27.9  # the 0.999 quantile with 9 degrees of freedom


@pytest.mark.parametrize("n", [0, 1, 5, 6])
def test_as_many_are_drawn_as_there_are(n):
    lots = draw(n, 5, seed=0, category="c", agency="a")
    assert len(set(lots.numbers)) == min(n, 5) and all(1 <= number <= 5 for number in lots.numbers)


def test_the_award_says_which_posts_count(database, tmp_path, table):
    definition = load_awards("gsm2020")
    table = table.with_columns(pl.lit("best_use_of_video/kementerian").alias("category")).head(2)
    assert "best_use_of_video/kementerian" in {each.id for each in definition.awards}
    old = datetime(2018, 1, 1, tzinfo=UTC)
    posts = [
        *(post("kominfo", number, media_type="video") for number in range(5)),
        *(post("kominfo", number, media_type="video", published_at=old) for number in range(100, 150)),
        *(post("kominfo", number) for number in range(200, 250)),
        *(post("kemenkes", number, media_type="reel") for number in range(6)),
    ]
    panel = make_draft(database, table)
    dossier.draw_dossiers(database, CONSOLE, panel.id, workspace_of(tmp_path / "ws", posts), definition=definition)
    found = drawn(database, panel)
    assert {post.media_type for each in found.values() for post in each.posts} == {"video", "reel"}
    assert all(post.published_at >= "2019-10-01" for each in found.values() for post in each.posts)
    period = definition.period
    assert period.first == date(2019, 10, 1) and str(period.first) in found["kominfo"].rule_id


def test_figures_are_summed_by_platform_and_null_is_not_zero(database, draft, workspace):
    dossier.draw_dossiers(database, CONSOLE, draft.id, workspace)
    (figures,) = drawn(database, draft)["pln"].figures
    assert figures == {
        "platform": "instagram", "n_posts": 20, "followers": 1019, "n_reported": 20,
        "interactions": sum(range(20)) + 60, "median": 12.5,
    }  # fmt: skip
    first = drawn(database, draft)["pln"].posts[0]
    assert first.figures["views"] is None and first.figures["comments"] == 2


def test_what_the_workspace_has_not_is_left_out_and_what_it_has_is_there(database, table, tmp_path):
    keywords = pl.DataFrame(
        {"by": ["agency"] * 2, "group": ["pln"] * 2, "kind": ["word", "hashtag"], "rank": [1, 1],
         "surface": ["listrik\x1b[31m", "#pln"]}
    )  # fmt: skip
    topics = pl.DataFrame({"topic": [0, 1], "label": ["listrik", "lain"], "words": [["listrik", "daya"], ["lain"]]})
    groups = pl.DataFrame({"by": ["agency"] * 2, "group": ["pln"] * 2, "topic": [0, 1], "share": [0.75, 0.25]})
    one = [("instagram", f"pln-{number:03d}", topic, weight)
           for number in range(20) for topic, weight in ((0, 0.4), (1, 0.6))]  # fmt: skip
    of_posts = pl.DataFrame(one, schema=["platform", "post_id", "topic", "weight"], orient="row")
    quality = pl.DataFrame(
        {"platform": ["instagram"] * 20, "post_id": [f"pln-{number:03d}" for number in range(20)],
         "class": ["tinggi"] * 12 + ["rendah"] * 5 + [None] * 3, "grade": [0.9] * 12 + [0.1] * 5 + [None] * 3}
    )  # fmt: skip
    full = workspace_of(
        tmp_path / "full", POSTS, keywords=("keywords", keywords), quality=("quality", quality),
        topics=("topics", topics),
    )  # fmt: skip
    with full.lock():

        def build(staging):
            topics.write_parquet(staging / "topics.parquet")
            groups.write_parquet(staging / "topic_groups.parquet")
            of_posts.write_parquet(staging / "post_topics.parquet")
            return {}

        outputs = ["topics.parquet", "topic_groups.parquet", "post_topics.parquet"]
        full.run_stage("topics", build, outputs=outputs, inputs={}, settings={"again": True})
    panel = make_draft(database, table)
    dossier.draw_dossiers(database, CONSOLE, panel.id, full)
    found = drawn(database, panel)
    pln, none = found["pln"], found["pertamina"]
    assert [each["surface"] for each in pln.keywords] == ["listrik", "#pln"]
    assert [(each["label"], each["share"]) for each in pln.topics] == [("listrik", 0.75), ("lain", 0.25)]
    assert {each["class"]: each["n_posts"] for each in pln.quality} == {"tinggi": 12, "rendah": 5, None: 3}
    assert [post.topic for post in pln.posts] == ["lain"] * 4, "the topic with the largest weight, once a post"
    assert {post.quality for post in pln.posts} <= {"tinggi", "rendah", None}
    assert (none.keywords, none.topics, none.quality) == ((), (), ())
    assert {post.topic for post in none.posts} == {None}


def test_hostile_posts_come_without_controls_and_without_links_that_lie(database, table, tmp_path):
    posts = [*POSTS[:-70]]
    posts = [
        {**each, "caption": f"<script>alert({number})</script>\x1b[2J\u202e", "url": "javascript:alert(1)"}
        for number, each in enumerate(posts)
    ]
    panel = make_draft(database, table)
    dossier.draw_dossiers(database, CONSOLE, panel.id, workspace_of(tmp_path / "ws", posts))
    for each in drawn(database, panel).values():
        for one in each.posts:
            assert one.url is None
            assert one.caption.startswith("<script>") and "\x1b" not in one.caption and "\u202e" not in one.caption


def test_an_agency_without_posts_takes_none_from_the_others(database, table, tmp_path):
    posts = [each for each in POSTS if each["agency"] != "kemenkes"]
    panel = make_draft(database, table)
    dossier.draw_dossiers(database, CONSOLE, panel.id, workspace_of(tmp_path / "ws", posts))
    found = drawn(database, panel)
    assert (len(found["kemenkes"].posts), len(found["kominfo"].posts)) == (0, 3)
    assert found["kemenkes"].rule_en == "No post is eligible."


def test_in_blind_mode_a_judge_sees_no_figure_before_scoring(database, make, workspace):
    season = make(database, opened=False)
    dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)
    season.do(states.open_panel, season.panel.id)
    ani, pln = season.judges["Ani"], season.nominee("pln")
    before = season.do(dossier.dossier_of, pln.id, actor=ani)
    assert (before.figures, before.quality, before.figures_visible) == (None, None, False)
    assert all(post.figures is None and post.quality is None for post in before.posts) and before.posts
    assert (before.rule_id, before.rule_en) == (None, None)  # the size of the urn is what Most Active ranks by
    season.save_all("Ani", agencies=["pln"])
    after = season.do(dossier.dossier_of, pln.id, actor=ani)
    assert after.figures and after.posts[0].figures["comments"] == 2
    assert "20 posts" in after.rule_en and "20 unggahan" in after.rule_id
    assert season.do(dossier.dossier_of, pln.id).rule_en == after.rule_en  # an organiser sees it throughout
    assert season.do(dossier.dossier_of, pln.id, actor=season.judges["Budi"]).figures is None
    season.do(conflicts.declare_conflict, pln.id, "kerabat", actor=ani)
    with pytest.raises(ConflictError):
        season.do(dossier.dossier_of, pln.id, actor=ani)


def test_the_evidence_covers_the_dossiers(database, make, workspace):
    hashes = set()
    for drawn_ in (False, True):
        season = make(database, opened=False)
        if drawn_:
            dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)
        season.do(states.open_panel, season.panel.id)
        season.do(states.close_panel, season.panel.id, allow_missing=True)
        with database.reading() as session:
            from textmine.judging.evidence import evidence

            tables = [table for table, _ in evidence(session, season.panel.id)]
        assert tables.count("dossier") == (5 if drawn_ else 0)
        hashes.add(season.do(panels.panel_of, season.panel.id).evidence_sha256)
    assert len(hashes) == 2


def test_dossiers_are_fixed_when_judging_begins(database, make, workspace):
    season = make(database, opened=False)
    dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)
    with pytest.raises(NotAllowedError):
        season.do(dossier.store_dossiers, season.panel.id, {}, actor=season.judges["Ani"])
    changed = panels.PanelSettings("Juri", "gsm2020", seed=99)
    season.do(panels.change_settings, season.panel.id, changed)
    with pytest.raises(StateError, match="draw them again"):
        season.do(states.open_panel, season.panel.id)
    dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)
    season.do(states.open_panel, season.panel.id)
    with pytest.raises(StateError):
        dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)


def test_without_posts_it_is_said(database, draft, tmp_path):
    with pytest.raises(WorkspaceError, match="textmine ingest"):
        dossier.draw_dossiers(database, CONSOLE, draft.id, Workspace.create(tmp_path / "empty"))


def test_an_observer_sees_the_dossier(database, make, workspace):
    season = make(database, opened=False)
    dossier.draw_dossiers(database, CONSOLE, season.panel.id, workspace)
    person = season.do(people.add_person, "Oka", "observer")
    season.do(people.add_member, season.panel.id, person.id)
    season.do(states.open_panel, season.panel.id)
    assert season.do(dossier.dossier_of, season.nominee("pln").id, actor=Actor(person.id, "Oka", "observer")).figures
