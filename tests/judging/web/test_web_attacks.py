"""What an attacker tries at the page: each try is refused, logged and harmless, on both databases."""

import dataclasses
import re
import socket
from datetime import timedelta

import pytest

from textmine.judging import conflicts, dossier, invitations, panels, people, states
from textmine.judging.roles import Actor

CONSOLE = Actor.console()
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(1)> {{7*7}} &amp;"""
SQL = (
    "'; DROP TABLE score_event; --",
    '" OR ""="',
    "x' UNION SELECT token_sha256 FROM invitation --",
    "\\'; DELETE FROM panel; --",
    "%s %(x)s :x ? $1 {0}",
)


def form_routes(site):
    """Every address of the page that takes a form, with ids that are there filled in."""
    ani, nominee = site.season.judges["Ani"], site.season.nominee("pln")
    ids = {
        "panel_id": site.panel.id,
        "category_id": site.panel.categories[0].id,
        "person_id": ani.person_id,
        "nominee_id": nominee.id,
        "criterion_id": site.season.criteria(nominee.category_id)[0].id,
        "token": "A" * 43,
    }
    schema = site.app.openapi()
    return [path.format(**ids) for path, methods in schema["paths"].items() if "post" in methods]


def page_routes(site):
    """Every page, with ids that are there filled in."""
    nominee = site.season.nominee("pln")
    ids = {
        "panel_id": site.panel.id,
        "category_id": site.panel.categories[0].id,
        "nominee_id": nominee.id,
        "token": "A" * 43,
        "kind": "md",
    }
    return [path.format(**ids) for path, methods in site.app.openapi()["paths"].items() if "get" in methods]


def safe(page):
    """No page holds anything that runs or loads from elsewhere."""
    assert "<script>" not in page and "<style" not in page
    assert not re.search(r"<[^>]+\s(on\w+|style)\s*=", page)
    for tag in re.findall(r"<script[^>]*>", page):
        assert re.fullmatch(r'<script src="/static/[\w.]+\?[0-9a-f]{12}" defer>', tag)
    assert not re.search(r'(href|src|action)="(javascript|data):', page)


class TestForgedForms:
    def test_without_a_token_every_form_is_refused_and_logged(self, site):
        paths = form_routes(site)
        assert len(paths) >= 20
        for client in (site.organiser(), site.judge("Ani")):
            before = site.state()
            for path in paths:
                told = len(site.refusals())
                assert client.post(path, data={}).status_code == 403, path
                assert client.post(path, data={"csrf": "0" * 64}).status_code == 403, path
                assert len(site.refusals()) in (told + 2, told), path  # a flood fills no log
            assert site.state() == before
        assert {"web.refused"} == {row.action for row in site.refusals()}
        assert '"why":"csrf"' in site.refusals()[0].detail

    def test_the_token_of_another_session_is_refused(self, site):
        ani, budi = site.judge("Ani"), site.judge("Budi")
        before = site.state()
        nominee = site.season.nominee("pln").id
        answer = ani.post(f"/nominees/{nominee}/conflict", data={"csrf": budi.csrf, "reason": "x"})
        assert answer.status_code == 403 and site.state() == before

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1"},
            {"origin": "http://[bad"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
    )
    def test_from_another_origin_even_a_right_token_is_refused(self, site, headers):
        ani = site.judge("Ani")
        nominee = site.season.nominee("pln").id
        before = site.state()
        answer = ani.send_form(f"/nominees/{nominee}/conflict", {"reason": "x"}, headers=headers)
        assert answer.status_code == 403 and site.state() == before
        assert '"why":"origin"' in site.refusals()[-1].detail

    def test_from_the_page_itself_it_is_taken(self, site):
        ani = site.judge("Ani")
        nominee = site.season.nominee("pln").id
        headers = {"origin": site.base, "sec-fetch-site": "same-origin"}
        answer = ani.send_form(f"/nominees/{nominee}/conflict", {"reason": "keluarga"}, headers=headers)
        assert answer.status_code == 200 and "keluarga" in answer.text

    def test_reading_pages_changes_nothing(self, site):
        before = site.state()
        for client in (site.organiser(), site.judge("Ani"), site.browser()):
            before = site.state()
            for path in page_routes(site):
                assert client.get(path).status_code in (200, 401, 403, 404, 409, 410), path
            assert site.state() == before

    def test_another_kind_of_body_is_refused(self, site):
        ani = site.judge("Ani")
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
            headers = {"content-type": kind, "x-csrf-token": ani.csrf}
            assert ani.post("/sign-out", content=b"{}", headers=headers).status_code == 415


class TestScripts:
    def test_hostile_names_notes_and_titles_are_shown_as_text(self, site):
        organiser, ani = site.organiser(HOSTILE), site.judge("Ani")
        nominee = site.season.nominee("pln")
        criterion = site.season.criteria(nominee.category_id)[0].id
        link = organiser.send_form(f"/panels/{site.panel.id}/members", {"name": HOSTILE, "role": "judge"})
        assert link.status_code == 200 and "/sign-in/" in link.text
        form = {f"value_{criterion}": "7", f"note_{criterion}": HOSTILE, "note": HOSTILE, "key": "k" * 20}
        assert ani.send_form(f"/nominees/{nominee.id}/scores", form).status_code == 200
        other = site.season.nominee("kominfo")
        ani.send_form(f"/nominees/{other.id}/conflict", {"reason": HOSTILE})
        pages = [link.text, *(organiser.get(path).text for path in page_routes(site))]
        pages += [ani.get(path).text for path in (*page_routes(site), f"/nominees/{other.id}")]
        site.season.do(states.close_panel, site.panel.id, allow_missing=True)
        result = organiser.get(f"/panels/{site.panel.id}/tally").text
        pages += [result, organiser.get(f"/panels/{site.panel.id}/log").text]
        for page in pages:
            safe(page)
            assert "<img src=x" not in page and "49" not in re.findall(r"onerror=alert\(1\)&gt; (\d+)", page)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in result

    def test_hostile_captions_and_links_are_shown_as_text(self, make, database, serve, settings, make_site):
        season = make(database, opened=False)
        content = {
            "seed": 7,
            "n_posts": 6,
            "simulated": False,
            "rule": {"id": HOSTILE, "en": HOSTILE},
            "figures": [],
            "quality": [],
            "keywords": [{"kind": "word", "surface": HOSTILE}],
            "topics": [{"label": HOSTILE, "share": 0.5, "words": [HOSTILE]}],
            "posts": [
                {
                    **dict.fromkeys(("likes", "comments", "shares", "saves", "views", "quality")),
                    "platform": HOSTILE,
                    "post_id": "1",
                    "account": HOSTILE,
                    "published_at": "2026-01-01T10:00+07:00",
                    "media_type": HOSTILE,
                    "caption": HOSTILE,
                    "url": "javascript:alert(1)",
                    "topic": HOSTILE,
                    "hidden": [],
                    "rounded": [],
                }
            ],
        }
        contents = {each.id: content for each in season.nominees()}
        season.do(dossier.store_dossiers, season.panel.id, contents)
        season.do(states.open_panel, season.panel.id)
        with serve(database, settings) as (base, app):
            site = make_site(base, app, season)
            address = f"/nominees/{season.nominee('pln').id}"
            ani = site.judge("Ani")
            hidden = ani.get(address).text
            season.save_all("Ani", agencies=["pln"])
            shown = ani.get(address).text
            site.close()
        rule = '<p class="note">&lt;script&gt;'  # seen with the figures: it tells how many posts there are
        assert rule not in hidden and "setelah Anda menilai semua kriteria" in hidden and rule in shown
        for page in (hidden, shown):
            safe(page)
            assert "&lt;script&gt;" in page and "javascript:" not in page

    def test_every_answer_carries_the_headers(self, site):
        client = site.judge("Ani")
        paths = [*page_routes(site), "/none", "/static/style.css", "/static/none", "/sign-in/x"]
        for answer in [client.get(path) for path in paths] + [
            client.post("/sign-out"),
            client.get("/", headers={"host": "x"}),
        ]:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
            kept = answer.headers["cache-control"]
            assert kept == "no-store" or (kept.startswith("public") and answer.request.url.path.startswith("/static/"))


class TestOthers:
    def test_a_judge_does_nothing_that_is_an_organisers(self, site):
        ani, observer = site.judge("Ani"), site.member("Dewi", "observer")
        observer.csrf = _csrf_of(observer)
        own = {"/sign-out", f"/nominees/{site.season.nominee('pln').id}"}
        before = site.state()
        for client in (ani, observer):
            for path in form_routes(site):
                if client is ani and any(path.startswith(prefix) for prefix in own):
                    continue
                if path == "/sign-out" or path.startswith("/sign-in/"):
                    continue
                answer = client.send_form(path, {"name": "x", "role": "judge", "reason": "x", "key": "k" * 16})
                assert answer.status_code in (403, 404, 409, 422), path
        assert site.state() == before
        assert any(row.action == "panel.close" for row in site.refusals())

    def test_of_another_panel_nothing_is_there(self, site, make, database):
        other = make(database, judges=("Xena",))
        ani = site.judge("Ani")
        nominee = other.nominee("pln")
        criterion = other.criteria(nominee.category_id)[0].id
        before = site.state()
        for path in (f"/panels/{other.panel.id}", f"/nominees/{nominee.id}", f"/panels/{other.panel.id}/mine"):
            assert ani.get(path).status_code == 404
        form = {f"value_{criterion}": "7", "key": "k" * 16, "reason": "x"}
        for path in ("scores", f"scores/{criterion}", "conflict"):
            assert ani.send_form(f"/nominees/{nominee.id}/{path}", form).status_code == 404
        own = site.season.nominee("pln")
        answer = ani.send_form(f"/nominees/{own.id}/scores/{criterion}", form)
        assert answer.status_code == 404 and site.state() == before

    def test_nobody_sees_scores_before_the_panel_is_closed(self, site):
        site.season.save("Ani", "pln", 3, note="rahasia sekali")
        for client in (site.organiser(), site.judge("Budi"), site.member("Dewi", "observer")):
            for path in page_routes(site):
                page = client.get(path)
                assert "rahasia sekali" not in page.text
            for what in ("tally", "minutes.md", "minutes.pdf"):
                assert client.get(f"/panels/{site.panel.id}/{what}").status_code == 409

    def test_a_draft_and_what_is_not_there_are_answered_alike(self, make, database, serve, settings, make_site):
        season = make(database, opened=False)
        with serve(database, settings) as (base, app):
            site = make_site(base, app, season)
            ani = site.judge("Ani")
            answers = [
                ani.get(f"/panels/{id}") for id in (season.panel.id, "0" * 32, "x", "x" * 5000, "%00", "' OR 1=1")
            ]
            site.close()
        assert {answer.status_code for answer in answers} == {404}
        assert len({re.sub(r'href="[^"]*"', "", answer.text) for answer in answers}) == 1

    def test_who_was_taken_out_is_out_at_once(self, site):
        ani = site.judge("Ani")
        site.season.do(people.remove_member, site.panel.id, site.season.judges["Ani"].person_id)
        assert ani.get(f"/panels/{site.panel.id}").status_code == 404

    def test_a_conflict_closes_the_dossier_and_the_form(self, site):
        nominee = site.season.nominee("pln")
        site.season.do(conflicts.declare_conflict, nominee.id, "adik", actor=site.season.judges["Ani"])
        ani = site.judge("Ani")
        page = ani.get(f"/nominees/{nominee.id}")
        assert page.status_code == 200 and "value_" not in page.text and "adik" in page.text
        criterion = site.season.criteria(nominee.category_id)[0].id
        form = {f"value_{criterion}": "7", "key": "k" * 16}
        assert ani.send_form(f"/nominees/{nominee.id}/scores/{criterion}", form).status_code == 409


class TestLinks:
    def test_looking_at_it_does_not_use_it(self, site):
        link = site.link()
        scanner = site.browser()
        for _ in range(3):
            assert scanner.get(f"/sign-in/{link.token}").status_code == 200
            assert scanner.head(f"/sign-in/{link.token}").status_code in (200, 405)
        judge = site.browser()
        assert "Juri baru" in judge.get(f"/sign-in/{link.token}").text
        assert judge.send_form(f"/sign-in/{link.token}").url.path == f"/panels/{site.panel.id}"

    def test_used_it_is_used(self, site):
        link = site.link()
        first, second = site.browser(), site.browser()
        for client in (first, second):
            client.get(f"/sign-in/{link.token}")
        assert first.send_form(f"/sign-in/{link.token}").status_code == 200
        answer = second.send_form(f"/sign-in/{link.token}")
        assert answer.status_code == 410 and "textmine_session" not in second.cookies
        assert site.refusals()[-1].address == "127.0.0.1"

    def test_expired_and_revoked_it_is_refused(self, site, monkeypatch):
        revoked = site.link()
        site.season.do(invitations.revoke_links, revoked.person_id)
        assert site.browser().get(f"/sign-in/{revoked.token}").status_code == 410
        expired = site.link(lasts=timedelta(hours=1))
        monkeypatch.setattr(invitations, "now", lambda: expired.expires_at)
        assert site.browser().get(f"/sign-in/{expired.token}").status_code == 410

    def test_who_guesses_has_to_wait_and_a_right_link_works_elsewhere(self, site):
        guesser = site.browser()
        codes = [guesser.get(f"/sign-in/{number:043d}").status_code for number in range(14)]
        assert codes[:10] == [410] * 10 and set(codes[10:]) == {429}
        assert not any("0000000000" in row.detail for row in site.refusals())
        assert any('"why":"sign-in"' in row.detail for row in site.refusals())

    def test_without_the_cookie_of_the_visit_it_is_not_used(self, site):
        link = site.link()
        attacker, victim = site.browser(), site.browser()
        attacker.get(f"/sign-in/{link.token}")
        answer = victim.post(f"/sign-in/{link.token}", data={"csrf": attacker.csrf})
        assert answer.status_code == 403 and "textmine_session" not in victim.cookies

    def test_the_token_stands_in_no_log(self, site, caplog):
        link = site.link()
        client = site.browser()
        client.get(f"/sign-in/{link.token}")
        client.post(f"/sign-in/{link.token}")
        client.send_form(f"/sign-in/{link.token}")
        client.get(f"/sign-in/{link.token}")
        assert not any(link.token in repr(row) for row in site.refusals())
        assert link.token not in caplog.text and link.token not in repr(site.state())

    def test_signing_in_again_ends_the_earlier_session_of_the_browser(self, site):
        ani = site.judge("Ani")
        before = ani.cookies["textmine_session"]
        link = site.link()
        ani.get(f"/sign-in/{link.token}")
        assert ani.send_form(f"/sign-in/{link.token}").status_code == 200
        assert {cookie.value for cookie in ani.cookies.jar if cookie.name == "textmine_session"} - {before}
        assert site.browser(before).get(f"/panels/{site.panel.id}").status_code == 401


class TestSessions:
    def test_cookies_are_for_this_page_alone(self, site):
        link = site.link()
        client = site.browser()
        client.follow_redirects = False
        shown = client.get(f"/sign-in/{link.token}")
        used = client.send_form(f"/sign-in/{link.token}")
        for answer in (shown, used):
            for cookie in answer.headers.get_list("set-cookie"):
                low = cookie.lower()
                assert "httponly" in low and "samesite=strict" in low and "path=/" in low and "domain" not in low

    def test_over_tls_cookies_are_sent_over_nothing_else(self, season, settings, serve, make_site):
        with serve(season.database, dataclasses.replace(settings, https=True)) as (base, app):
            site = make_site(base, app, season)
            link = site.link()
            client = site.browser()
            answer = client.get(f"/sign-in/{link.token}")
            (cookie,) = answer.headers.get_list("set-cookie")
            assert cookie.startswith("__Host-textmine_visit=") and "; Secure" in cookie
            assert answer.headers["strict-transport-security"].startswith("max-age=")
            site.close()

    def test_signed_out_nothing_is_shown(self, site):
        ani = site.judge("Ani")
        token = ani.cookies["textmine_session"]
        assert ani.send_form("/sign-out").status_code == 200
        for client in (ani, site.browser(token), site.browser("A" * 43), site.browser()):
            for path in page_routes(site):
                if path == "/" or path.startswith("/sign-in"):
                    continue
                assert client.get(path).status_code == 401, path


class TestBodies:
    def test_ten_megabytes_are_refused_before_they_are_read(self, site):
        """Told the length, the server answers without a byte of the body."""
        host, port = site.base.removeprefix("http://").split(":")
        told = len(site.refusals())
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            head = f"POST /sign-out HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 10000000\r\n\r\n"
            connection.sendall(head.encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
        assert len(site.refusals()) == told + 1 and '"why":"body"' in site.refusals()[-1].detail

    def test_ten_megabytes_without_a_length_are_refused_on_the_way(self, site):
        ani = site.judge("Ani")
        before = site.state()
        sent = []

        def chunks():
            for _ in range(160):
                sent.append(1)
                yield b"note=" + b"x" * 65_531

        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = ani.post(f"/nominees/{site.season.nominee('pln').id}/scores", content=chunks(), headers=headers)
        assert answer.status_code == 413 and site.state() == before

    @pytest.mark.parametrize("field", ["note", "reason", "name"])
    def test_a_megabyte_in_a_field_is_refused(self, site, field):
        ani, organiser = site.judge("Ani"), site.organiser()
        nominee = site.season.nominee("pln").id
        before = site.state()
        client, path = {
            "note": (ani, f"/nominees/{nominee}/scores/note"),
            "reason": (ani, f"/nominees/{nominee}/conflict"),
            "name": (organiser, f"/panels/{site.panel.id}/members"),
        }[field]
        answer = client.send_form(path, {field: "x" * 1_000_000, "key": "k" * 16, "role": "judge"})
        assert answer.status_code == 422 and site.state() == before

    def test_many_fields_are_refused(self, site):
        ani = site.judge("Ani")
        body = "&".join(f"f{number}=1" for number in range(20_000))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert ani.post("/sign-out", content=body, headers=headers).status_code in (400, 403, 413)

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:80:80", "a b"])
    def test_under_another_name_the_page_is_not_there(self, site, host):
        link = site.link()
        answer = site.browser().get(f"/sign-in/{link.token}", headers={"host": host})
        assert answer.status_code == 400 and "<form" not in answer.text

    def test_nobody_but_a_trusted_proxy_says_where_a_request_comes_from(self, season, settings, serve, make_site):
        spoofed = {"x-forwarded-for": "203.0.113.9, 198.51.100.7", "x-forwarded-proto": "https"}
        for proxies, address in (((), "127.0.0.1"), (("127.0.0.1",), "198.51.100.7")):
            with serve(season.database, dataclasses.replace(settings, proxies=proxies)) as (base, app):
                site = make_site(base, app, season)
                site.browser().get("/sign-in/" + "B" * 43, headers=spoofed)
                assert site.refusals()[-1].address == address
                site.close()


@pytest.mark.parametrize("statement", SQL)
def test_sql_in_every_field_is_text(site, statement):
    organiser, ani = site.organiser(), site.judge("Ani")
    nominee = site.season.nominee("pln")
    criterion = site.season.criteria(nominee.category_id)[0].id
    before = {name: len(rows) for name, rows in site.state().items()}
    for path in (f"/panels/{statement}", f"/nominees/{statement}", f"/sign-in/{statement}", f"/static/{statement}"):
        assert ani.get(path).status_code in (404, 410, 429)
    for path in form_routes(site):
        if path == "/sign-out" or path.startswith("/sign-in/"):
            continue
        fields = (
            "reason",
            "person_id",
            "award",
            "title",
            "low",
            "seed",
            "key",
            "allow_missing",
            "everywhere",
            "title_id_0",
        )
        answer = ani.send_form(path, dict.fromkeys(fields, statement))
        assert answer.status_code in (200, 403, 404, 409, 422), path
    assert (
        organiser.send_form(f"/panels/{site.panel.id}/members", {"name": statement, "role": "judge"}).status_code == 200
    )
    form = {f"value_{criterion}": statement, f"note_{criterion}": statement, "key": "k" * 16}
    assert ani.send_form(f"/nominees/{nominee.id}/scores/{criterion}", form).status_code in (409, 422)
    tally = {"method": statement, "ties": statement, "last": statement, "place": statement, "lang": statement}
    site.season.do(states.close_panel, site.panel.id, allow_missing=True)
    assert organiser.get(f"/panels/{site.panel.id}/tally", params=tally).status_code == 200
    assert organiser.get(f"/panels/{site.panel.id}/minutes.md", params=tally).status_code == 200
    after = {name: len(rows) for name, rows in site.state().items()}
    assert all(after[name] >= before[name] for name in before)
    assert after["panel"] == before["panel"] and after["score_event"] == before["score_event"]


def test_what_breaks_inside_is_told_without_a_trace(site, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(panels, "panel_of", broken)
    answer = site.judge("Ani").get(f"/panels/{site.panel.id}")
    assert answer.status_code == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def _csrf_of(client):
    client.get("/")
    return client.csrf


def test_a_link_of_the_command_line_leads_to_the_page(site):
    address = invitations.LINK_PATH + site.link("Bu Fitri").token
    browser = site.browser()
    assert browser.get(address).status_code == 200
    assert "Bu Fitri" in browser.send_form(address).text
