"""A whole season in real browsers: an organiser sets up, three judges score at once, the panel closes, minutes."""

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from textmine.judging import progress
from textmine.judging.roles import Actor
from textmine.judging.web.server import organiser_link
from textmine.judging.web.settings import WebSettings

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe finds what bars people")

pytestmark = pytest.mark.slow

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
SHOTS = os.environ.get("TEXTMINE_SCREENSHOTS")
AWARD = """
name = "humas2020"
title = { id = "Anugerah Humas 2020", en = "Public Relations Award 2020" }
period = { first = 2019-10-01, last = 2020-10-31 }

[clusters.kementerian]
title = { id = "Kementerian", en = "Ministries" }

[eligibility]
min_posts = 5

[nominees]
min = 3
max = 3

[[categories]]
id = "best_use_of_image"
title = { id = "Penggunaan Gambar Terbaik", en = "Best Use of Image" }
media_types = ["image", "carousel"]
measure = "engagement_rate"

[[categories]]
id = "most_active"
title = { id = "Paling Aktif", en = "Most Active" }
measure = "n_posts"
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def ranked(tmp_path_factory):
    """A workspace of simulated posts in which an award was ranked."""
    from textmine.workflow.demo import run_demo

    folder = tmp_path_factory.mktemp("season")
    run_demo(folder, n_posts=2000)
    (folder / "award.toml").write_text(AWARD, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "textmine",
        "rank",
        str(folder / "workspace"),
        "--awards",
        str(folder / "award.toml"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "workspace"


class Seen:
    """A browser of somebody, what its console said, and what axe found on its pages."""

    def __init__(self, playwright, **context):
        if CHROMIUM is None:
            pytest.skip(f"no Chromium is on PATH (looked for {', '.join(NAMES)})")
        self.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.page = self.browser.new_context(locale="id-ID", **context).new_page()
        self.page.set_default_timeout(60_000)
        self.problems = []
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.problems.append(said.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def check(self, shot=None, *, full=False):
        """Nothing bars anybody from the page, and it says nothing that no catalogue holds."""
        found = axe_module.Axe().run(self.page)
        for each in found.response["violations"]:
            where = [node["html"][:200] for node in each["nodes"][:3]]
            self.problems.append(f"{self.page.url}: {each['id']}: {each['help']}: {where}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.problems.append(f"{self.page.url}: {wide} pixels wider than the window")
        if shot and SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{shot}.png", full_page=full)

    def sign_in(self, link):
        self.page.goto(link)
        self.check()
        self.page.locator("main button").click()
        self.page.wait_for_url(re.compile(r"/(panels/[0-9a-f]{32})?$"))

    def close(self):
        self.browser.close()


def score(judge, nominee, criterion):
    """What a judge gives: the second nominee by name is the best for all, harshness differs."""
    return max(1, min(10, {"Ani": 8, "Budi": 6, "Citra": 7}[judge] + (2 if nominee == 1 else 0) - criterion % 2))


def nominees_in(page):
    """Addresses of the nominees by name, category by category."""
    found = []
    for section in page.locator("main section:has(ul.nominees)").all():
        links = [(each.inner_text(), each.get_attribute("href")) for each in section.locator("ul.nominees a").all()]
        found.append(sorted(links))
    return found


class Judge:
    """One of three, in a thread and a browser of its own."""

    def __init__(self, name, link, base, ready, way):
        self.name, self.link, self.base, self.ready, self.way = name, link, base, ready, way
        self.error, self.problems, self.given = None, [], {}
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            with sync_api.sync_playwright() as playwright:
                seen = Seen(playwright, **(PHONE if self.way == "phone" else DESK))
                try:
                    getattr(self, self.way)(seen)
                finally:
                    self.problems = seen.problems
                    seen.close()
        except BaseException as error:
            self.error = error
            self.ready.abort()

    def scores(self, seen, give):
        page = seen.page
        page.goto(self.base + self.panel)
        for category in nominees_in(page):
            for number, (_, address) in enumerate(category):
                if self.name == "Citra" and number == 0:
                    self.conflict(seen, address)
                    continue
                page.goto(self.base + address)
                for criterion, group in enumerate(page.locator("fieldset:has(.scale)").all()):
                    value = score(self.name, number, criterion)
                    give(group, value)
                    sync_api.expect(group.locator("[role=status]")).to_contain_text(f"Tersimpan: {value}")
                    self.given[address.rsplit("/", 1)[1], criterion] = float(value)
                sync_api.expect(page.locator("#done")).to_have_text("5")
                sync_api.expect(page.locator("#unhidden")).to_contain_text("angka kini dapat dilihat")
                seen.check(f"judge-{self.way}", full=False)
        page.goto(f"{self.base}{self.panel}/mine")
        sync_api.expect(page.locator("main")).to_contain_text("Semua sudah Anda nilai")
        seen.check(f"mine-{self.way}")

    def enter(self, seen):
        seen.sign_in(self.link)
        self.panel = "/panels/" + seen.page.url.rsplit("/", 1)[1]
        seen.check(f"panel-{self.way}")
        self.ready.wait(timeout=120)

    def conflict(self, seen, address):
        page = seen.page
        page.goto(self.base + address)
        page.locator("details.conflict summary").click()
        page.locator("textarea[name=reason]").fill("Adik saya bekerja di instansi ini")
        page.locator("details.conflict button").click()
        sync_api.expect(page.locator(".notice h2")).to_have_text("Konflik kepentingan")
        assert page.locator("fieldset").count() == 0 and page.locator(".posts").count() == 0
        seen.check("conflict")

    def mouse(self, seen):
        self.enter(seen)
        first = nominees_in(seen.page)[0][1][1]
        seen.page.goto(self.base + first)
        sync_api.expect(seen.page.locator("main")).to_contain_text("Tersembunyi sampai")
        seen.check("nominee")
        self.scores(seen, lambda group, value: button(group, value).click())

    def phone(self, seen):
        self.enter(seen)
        self.scores(seen, lambda group, value: button(group, value).tap())

    def keyboard(self, seen):
        page = seen.page
        page.goto(self.link)
        tab_to(page, "main button")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/panels/[0-9a-f]{32}$"))
        self.panel = "/panels/" + page.url.rsplit("/", 1)[1]
        self.ready.wait(timeout=120)
        for category in nominees_in(page):
            for number, (_, address) in enumerate(category):
                page.goto(self.base + self.panel)
                tab_to(page, f'a[href="{address}"]')
                page.keyboard.press("Enter")
                page.wait_for_url(self.base + address)
                for criterion, group in enumerate(page.locator("fieldset:has(.scale)").all()):
                    value = score(self.name, number, criterion)
                    id = group.locator("[role=status]").get_attribute("id").removeprefix("state-")
                    tab_to(page, f'input[name="value_{id}"]')
                    page.keyboard.press("Space")
                    for _ in range(value - 1):
                        page.keyboard.press("ArrowRight")
                    sync_api.expect(group.locator("[role=status]")).to_contain_text(f"Tersimpan: {value}")
                    self.given[address.rsplit("/", 1)[1], criterion] = float(value)
                seen.check()


def button(group, value):
    """The button of a value on a scale."""
    return group.locator("label").filter(has_text=re.compile(f"^{value}$"))


def tab_to(page, selector):
    """Press Tab until what a selector names has the focus."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def make_panel(seen, base):
    """The organiser makes a panel, looks at its criteria and invites four; their links."""
    page = seen.page
    page.goto(f"{base}/panels/new")
    page.locator("input[name=title]").fill("Juri Anugerah Humas 2020")
    page.locator("input[name=seed]").fill("2020")
    seen.check("new")
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/panels/[0-9a-f]{32}$"), timeout=120_000)
    panel = page.url
    page.locator("#categories ~ details summary").first.click()
    page.locator("a[href*='/criteria/']:visible").first.click()
    page.get_by_role("link", name="Penggunaan gambar").click()
    seen.check("criteria")
    page.get_by_role("button", name="Simpan kriteria").click()
    sync_api.expect(page.locator("[role=status]")).to_have_text("Kriteria tersimpan.")
    links = {}
    for name, role in (("Ani", "judge"), ("Budi", "judge"), ("Citra", "judge"), ("Dewi", "observer")):
        page.goto(panel)
        page.locator("input[name=name]").fill(name)
        page.locator("select[name=role]").select_option(role)
        page.get_by_role("button", name="Daftarkan dan buat tautan").click()
        links[name] = page.locator("#link").input_value()
    page.get_by_role("button", name="Salin tautan").click()
    sync_api.expect(page.locator("#copied")).to_have_text("Tersalin")
    seen.check("link")
    page.goto(panel)
    seen.check("draft", full=True)
    page.get_by_role("button", name="Buka panel").click()
    sync_api.expect(page.locator("[role=status]")).to_contain_text("juri dapat menilai")
    return panel, links


def close_and_read(seen, panel, folder):
    """Close the panel; the result's page and the minutes as text, the PDF as bytes."""
    page = seen.page
    page.goto(panel)
    seen.check("progress", full=True)
    page.get_by_role("button", name="Tutup panel").click()
    sync_api.expect(page.locator("[role=status]")).to_contain_text("Hasil sudah siap")
    seen.check()
    files = {}
    for kind in ("PDF", "Markdown"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Berita acara ({kind})").click()
        download.value.save_as(folder / kind)
        files[kind] = (folder / kind).read_bytes()
    page.goto(f"{panel}/tally")
    for summary in page.locator("section details summary").all():
        summary.click()
    seen.check("tally", full=True)
    result = page.locator("main").inner_text()
    page.goto(f"{panel}/log")
    sync_api.expect(page.locator("main")).to_contain_text("Semua rantai catatan utuh")
    seen.check("log")
    return result, files["Markdown"].decode(), files["PDF"]


def test_a_season_from_the_first_link_to_the_minutes(database, ranked, serve, tmp_path):
    with serve(database, WebSettings(ranked)) as (base, _), sync_api.sync_playwright() as playwright:
        organiser = Seen(playwright, **DESK)
        organiser.sign_in(organiser_link(database, base))
        panel, links = make_panel(organiser, base)
        observer = Seen(playwright, **DESK)
        observer.sign_in(links["Dewi"])
        sync_api.expect(observer.page.locator("main")).to_contain_text("setelah panel ditutup")
        observer.check()
        ready = threading.Barrier(3)
        ways = {"Ani": "mouse", "Budi": "keyboard", "Citra": "phone"}
        judges = [Judge(name, links[name], base, ready, way) for name, way in ways.items()]
        for judge in judges:
            judge.thread.start()
        for judge in judges:
            judge.thread.join(timeout=400)
        for judge in judges:
            if judge.error is not None:
                raise judge.error
            assert judge.given and judge.problems == [], (judge.name, judge.problems)
        result, minutes, pdf = close_and_read(organiser, panel, tmp_path)
        observer.page.goto(f"{panel}/tally")
        assert observer.page.locator(".winner").first.is_visible()
        observer.check()
        assert organiser.problems == [] and observer.problems == []
        organiser.close()
        observer.close()
    stored = stored_scores(database, panel.rsplit("/", 1)[1])
    assert stored == {judge.name: judge.given for judge in judges}
    assert "Adik saya bekerja di instansi ini" in minutes and pdf.startswith(b"%PDF-")
    for name in ("Ani", "Budi", "Citra", "Dewi"):
        assert name in minutes
    assert "Condorcet" in result and "Borda" in result and "DATA SIMULASI" in minutes.upper()


def stored_scores(database, panel_id):
    """Scores that count, by judge: as keyed by nominee and place of the criterion."""
    console = Actor.console()
    with database.reading(console) as session:
        found = progress.scores(session, console, panel_id)
        orders = {key: list(weights) for key, weights in progress.weights(session, console, panel_id).items()}
    rows = found.select("judge_name", "category", "nominee", "criterion", pl.col("value")).iter_rows()
    stored = {}
    for judge, category, nominee, criterion, value in rows:
        stored.setdefault(judge, {})[nominee, orders[category].index(criterion)] = value
    return stored


def test_without_a_script_everything_can_be_scored(season, serve, settings):
    ani = season.tokens["Ani"]
    nominee = season.nominee("pln")
    with serve(season.database, settings) as (base, _), sync_api.sync_playwright() as playwright:
        seen = Seen(playwright, java_script_enabled=False)
        seen.page.context.add_cookies([{"name": "textmine_session", "value": ani, "url": base}])
        seen.page.goto(f"{base}/nominees/{nominee.id}")
        for group in seen.page.locator("fieldset:has(.scale)").all():
            group.locator("input[value='6']").check(force=True)
        seen.page.locator("textarea[name=note]").fill("Baik sekali")
        seen.page.get_by_role("button", name="Simpan semua").click()
        seen.page.wait_for_url(re.compile("saved=1"))
        assert seen.page.locator("input:checked").count() == 5
        assert seen.page.locator("#done").inner_text() == "5"
        assert seen.page.locator("textarea[name=note]").input_value() == "Baik sekali"
        seen.close()


def test_a_score_that_could_not_be_sent_is_told_and_sent_again_once(season, serve, settings):
    nominee = season.nominee("pln")
    with serve(season.database, settings) as (base, _), sync_api.sync_playwright() as playwright:
        seen = Seen(playwright)
        seen.page.context.add_cookies([{"name": "textmine_session", "value": season.tokens["Ani"], "url": base}])
        seen.page.goto(f"{base}/nominees/{nominee.id}")
        group = seen.page.locator("fieldset:has(.scale)").first
        lost = []

        def lose_answers(route):
            if len(lost) < 2:  # the server stores it, and the answer never comes
                lost.append(route.fetch())
                route.abort()
            else:
                route.continue_()

        seen.page.route("**/scores/*", lose_answers)
        group.locator("label").nth(8).click()
        sync_api.expect(group.locator("[role=status]")).to_contain_text("Belum tersimpan")
        sync_api.expect(group.locator("[role=status]")).to_contain_text("Tersimpan: 9", timeout=60_000)
        assert len(lost) == 2 and all(answer.status == 200 for answer in lost)
        seen.close()
    from textmine.judging import scoring

    history = season.do(scoring.my_history, nominee.id, actor=season.judges["Ani"])
    assert [saved.value for saved in history] == [9.0]


def test_keys_that_come_in_haste_are_all_stored_in_their_order(season, serve, settings):
    nominee = season.nominee("pln")
    with serve(season.database, settings) as (base, _), sync_api.sync_playwright() as playwright:
        seen = Seen(playwright)
        seen.page.context.add_cookies([{"name": "textmine_session", "value": season.tokens["Ani"], "url": base}])
        seen.page.goto(f"{base}/nominees/{nominee.id}")
        group = seen.page.locator("fieldset:has(.scale)").first
        group.locator("input").first.focus()
        for key in ["Space"] + ["ArrowRight"] * 8 + ["ArrowLeft"] * 3:
            seen.page.keyboard.press(key)
        sync_api.expect(group.locator("[role=status]")).to_contain_text("Tersimpan: 6")
        seen.page.reload()
        assert group.locator("input:checked").get_attribute("value") == "6"
        assert seen.problems == []
        seen.close()
