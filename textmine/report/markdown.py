"""Reports as Markdown, for repositories, wikis and mail: the same words and figures as the pages, without pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textmine.locales import Language
from textmine.numbers import Formats
from textmine.platforms import platform_name
from textmine.plugins import Bullets, Paragraph, Table
from textmine.report.award_words import AwardWords
from textmine.report.content import Agency, Extreme, Overview, Quote
from textmine.report.escape import markdown_address, markdown_text
from textmine.report.excerpts import excerpt
from textmine.report.intervals import figure
from textmine.report.messages import translations
from textmine.report.trait_words import TraitWords

N_TERMS: Final = 20
"""Words, and hashtags, of a report; the tables beside it hold more."""
N_TOPICS: Final = 8

Cell = str | None


class Document:
    """A Markdown document: whatever is added is escaped here and nowhere else."""

    def __init__(self) -> None:
        self._blocks: list[str] = []

    def heading(self, level: int, text: str) -> None:
        """Add a heading."""
        self._blocks.append(f"{'#' * level} {markdown_text(text)}")

    def paragraph(self, text: str) -> None:
        """Add a paragraph; an empty text adds none."""
        if text.strip():
            self._blocks.append(markdown_text(text))

    def notice(self, text: str) -> None:
        """Add a paragraph that is set apart."""
        self._blocks.append(f"> **{markdown_text(text)}**")

    def links(self, links: Sequence[tuple[str, str]]) -> None:
        """Add a list of links: text and address."""
        self._blocks.append("\n".join(f"- {link(text, address)}" for text, address in links))

    def bullets(self, items: Sequence[str]) -> None:
        """Add a list."""
        self._blocks.append("\n".join(f"- {markdown_text(item)}" for item in items))

    def posts(self, posts: Sequence[tuple[str, Quote | None, str]]) -> None:
        """Add a numbered list: what is said of a post, the post, and words for its link."""
        lines = []
        for place, (said, quote, opens) in enumerate(posts, start=1):
            words = markdown_text(said)
            if quote is not None:
                words += f" “{markdown_text(str(excerpt(quote.caption)))}”"
                words += f" ({link(opens, quote.url)})" if quote.url else ""
            lines.append(f"{place}. {words}")
        self._blocks.append("\n".join(lines))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], *, text_columns: int = 1) -> None:
        """Add a table, its first columns to the left and figures to the right; an empty cell where there is nothing."""
        if not rows:
            return
        borders = [":---" if place < text_columns else "---:" for place in range(len(head))]
        cells = [[markdown_text(cell or "–") for cell in line] for line in (head, *rows)]
        lines = [cells[0], borders, *cells[1:]]
        self._blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def __str__(self) -> str:
        return "\n\n".join(self._blocks) + "\n"


def link(text: str, address: str) -> str:
    """A Markdown link."""
    return f"[{markdown_text(text)}]({markdown_address(address)})"


class Markdowns:
    """Writes documents in one language.

    Parameters
    ----------
    language
        Of all text and formats.
    simulated
        Whether every document says that its data are simulated.
    """

    def __init__(self, language: Language, *, simulated: bool) -> None:
        messages = translations(language)
        self._, self.ngettext = messages.gettext, messages.ngettext
        self.formats = Formats.of(language)
        self.say, self.awarded = TraitWords(language), AwardWords(language)
        self._simulated = simulated

    def document(self, title: str, *, up: tuple[str, str] | None = None) -> Document:
        """A document with its title, a link to what it belongs to, and the notice of simulated data."""
        found = Document()
        if up is not None:
            found.links([up])
        found.heading(1, title)
        if self._simulated:
            found.notice(self._("SIMULATED DATA"))
        return found

    def agency(self, agency: Agency, *, ingest: Mapping[str, int]) -> str:
        """Report of one agency."""
        _ = self._
        page = self.document(agency.name, up=(_("All institutions"), "../index.md"))
        about = (agency.cluster or "", self.formats.period(*agency.period))
        page.paragraph(" · ".join(part for part in about if part))
        self._figures(page, agency)
        self._terms(page, agency)
        self._topics(page, agency)
        self._sentiment(page, agency)
        self._engagement(page, agency)
        self._standing(page, agency)
        self._extremes(page, agency)
        self._advice(page, agency)
        self._added(page, agency)
        page.heading(2, _("Method and limits"))
        page.bullets(self._limits())
        if len(ingest) == 4:
            counts = {name: self.formats.integer(n) for name, n in ingest.items()}
            page.paragraph(
                _(
                    "The whole collection: %(read)s rows read = %(posts)s posts + %(duplicates)s duplicates + "
                    "%(rejected)s rejected rows."
                )
                % counts
            )
        return str(page)

    def index(
        self, overview: Overview, reports: Sequence[tuple[str, str, int]], awards: Sequence[tuple[str, str]]
    ) -> str:
        """Index over all agencies (name, path, posts) and awards (title, path)."""
        _ = self._
        page = self.document(_("All institutions"))
        page.paragraph(f"{self.formats.period(*overview.period)} · {self.formats.integer(overview.posts)} {_('posts')}")
        if awards:
            page.heading(2, _("Awards"))
            page.links(awards)
        page.heading(2, _("Reports"))
        page.links([(f"{name} ({self.formats.integer(posts)})", path) for name, path, posts in reports])
        return str(page)

    def _figures(self, page: Document, agency: Agency) -> None:
        _, whole = self._, self.formats.integer
        page.heading(2, _("Key figures"))
        missing = _("not reported")
        rows = [
            [
                platform_name(each.platform),
                whole(each.posts),
                *(
                    missing
                    if each.figures[name].total is None
                    else f"{whole(each.figures[name].total or 0)} ({each.figures[name].reported}/{each.posts})"
                    for name in ("likes", "comments", "shares")
                ),
                missing if each.interactions.median is None else self.formats.decimal(each.interactions.median),
            ]
            for each in agency.platforms
        ]
        head = [_("Platform"), _("Posts"), _("Likes"), _("Comments"), _("Shares"), _("Median interactions a post")]
        page.table(head, rows)
        audience = [
            [each.account, platform_name(each.platform),
             missing if each.followers is None else whole(each.followers), whole(each.posts)]
            for each in agency.accounts
        ]  # fmt: skip
        page.heading(3, _("Accounts and audience"))
        page.table([_("Account"), _("Platform"), _("Followers"), _("Posts")], audience, text_columns=2)
        page.heading(2, _("Activity"))
        shown = agency.activity
        page.paragraph(f"{_('Posts a week')}: {self.formats.decimal(agency.posts_a_week)}")
        dates = [self.formats.short_date(start) for start in shown.starts]
        page.table([_("From"), _("Posts")], [[day, whole(n)] for day, n in zip(dates, shown.posts, strict=True)])

    def _terms(self, page: Document, agency: Agency) -> None:
        _, whole = self._, self.formats.integer
        kinds = (
            ("word", _("Keywords"), _("Word"), agency.telling_words, _("Words against the institution's cluster")),
            ("hashtag", _("Hashtags"), _("Hashtag"), agency.hashtags, _("Hashtags against the institution's cluster")),
        )
        for kind, title, head, terms, against in kinds:
            page.heading(2, title)
            rows = [[t.surface, whole(t.count), whole(t.posts)] for t in terms[:N_TERMS]]
            page.table([head, _("Times used"), _("In posts")], rows)
            found = [t for t in agency.cluster_terms if t.kind == kind]
            if found:
                page.heading(3, against)
                used = [
                    [t.surface, _("more") if t.more else _("less"), self.formats.percent(t.rate),
                     self.formats.percent(t.other_rate)]
                    for t in found
                ]  # fmt: skip
                columns = [head, _("Used"), _("This institution's texts"), _("Texts of the rest of the cluster")]
                page.table(columns, used, text_columns=2)

    def _topics(self, page: Document, agency: Agency) -> None:
        if not agency.topics:
            return
        _, percent = self._, self.formats.percent
        page.heading(2, _("Topics"))
        rows = [
            [t.label, ", ".join(t.words[:5]), percent(t.share), percent(t.mean_share)] for t in agency.topics[:N_TOPICS]
        ]
        head = [_("Topic"), _("Top words"), _("Share of posts"), _("All institutions, mean")]
        page.table(head, rows, text_columns=2)
        if agency.shifts.topics:
            page.heading(3, _("How the topics move"))
            moved = [
                [
                    t.label + (" *" if t.finding else ""),
                    None if t.first_share is None else percent(t.first_share),
                    None if t.second_share is None else percent(t.second_share),
                    None if t.low is None or t.high is None
                    else f"{self.formats.points(t.low)} … {self.formats.points(t.high)}",
                ]
                for t in agency.shifts.topics[:N_TOPICS]
            ]  # fmt: skip
            page.table([_("Topic"), _("First half"), _("Second half"), _("Difference, 95%% interval") % {}], moved)

    def _sentiment(self, page: Document, agency: Agency) -> None:
        if not agency.sentiment:
            return
        _, percent = self._, self.formats.percent
        page.heading(2, _("Sentiment"))
        voices = {"agency": _("What the institution says (captions)"), "public": _("What the public says (comments)")}
        labels = {"negative": _("negative"), "neutral": _("neutral"), "positive": _("positive")}
        for said in agency.sentiment:
            page.heading(3, voices[said.voice])
            rows = [
                [labels[s.label], None if s.share is None else percent(s.share),
                 None if s.low is None or s.high is None else f"{percent(s.low)} – {percent(s.high)}", percent(s.raw)]
                for s in said.shares
            ]  # fmt: skip
            head = [_("Sentiment"), _("Share, corrected"), _("90%% interval") % {}, _("As counted")]
            page.table(head, rows)

    def _engagement(self, page: Document, agency: Agency) -> None:
        _, whole, fixed = self._, self.formats.integer, self.formats.fixed
        if not agency.responses.typical:
            return
        page.heading(2, _("Engagement"))
        if agency.equal_audience:
            page.heading(3, _("At equal audience"))
            rows = [
                [("→ " if e.own else "") + e.name, whole(e.rank), f"{e.rank_low}–{e.rank_high}", self._figure(e.times),
                 f"{self._figure(e.low)}–{self._figure(e.high)}"]
                for e in agency.equal_audience
            ]  # fmt: skip
            interval = _("90%% interval") % {}
            page.table([_("Institution"), _("Place"), _("Places, 90%% interval") % {}, _("Times"), interval], rows)
        page.heading(3, _("A typical post"))
        typical = [
            [platform_name(t.platform), fixed(t.typical),
             None if t.low is None or t.high is None else f"{fixed(t.low)}–{fixed(t.high)}", whole(t.posts)]
            for t in agency.responses.typical
        ]  # fmt: skip
        head = [_("Platform"), _("Interactions, typical"), _("90%% interval") % {}, _("From posts")]
        page.table(head, typical)
        if agency.rates:
            page.heading(3, _("Published rates"))
            rates = [
                [r.title, platform_name(r.platform), self.formats.percent(r.value / 100, 2),
                 f"{r.used}/{r.posts}", None if r.rank is None else whole(r.rank)]
                for r in agency.rates
            ]  # fmt: skip
            columns = [_("Definition"), _("Platform"), _("Rate"), _("Coverage"), _("Place")]
            page.table(columns, rates, text_columns=2)

    def _standing(self, page: Document, agency: Agency) -> None:
        _ = self._
        if not agency.standings:
            return
        page.heading(2, _("Where it stands in awards"))
        rows = [
            [
                row.category.title,
                None if row.own.rank is None else f"{row.own.rank}/{row.of}",
                None if row.own.score is None else self._figure(row.own.score),
                None
                if not row.category.uncertain or row.own.low is None or row.own.high is None
                else f"{self._figure(row.own.low)}–{self._figure(row.own.high)}",
                _("yes") if row.own.nominee else f"{_('no')} ({self.awarded.reasons(row.own.reasons)})",
            ]
            for row in agency.standings
        ]
        page.table([_("Category"), _("Place"), _("Score"), _("90%% interval") % {}, _("Nominated")], rows)

    def _extremes(self, page: Document, agency: Agency) -> None:
        _, said = self._, agency.responses
        if not said.best:
            return
        page.heading(2, _("Best and weakest posts"))
        sides = (
            (_("Answered more than usual"), said.best, said.best_common),
            (_("Answered less than usual"), said.weakest, said.weakest_common),
        )
        for title, posts, common in sides:
            page.heading(3, title)
            page.posts([(self._beside(told), told.quote, _("open post")) for told in posts])
            n = self.formats.integer(said.looked_at)
            if common:
                page.paragraph(_("Among the %(n)s posts furthest from usual on this side:") % {"n": n})
                page.bullets([self.say.common(told) for told in common])
        page.paragraph(_("This describes these posts. It does not say that they were answered so because of it."))

    def _beside(self, told: Extreme) -> str:
        date = self.formats.short_date(told.quote.published)
        return f"{self._figure(told.times)}× {self.say.usual(told)}, {date}:"

    def _advice(self, page: Document, agency: Agency) -> None:
        _, said = self._, agency.responses
        page.heading(2, _("What its own figures advise"))
        if not said.comparisons:
            page.paragraph(_("There are too few posts with known interactions to compare them with each other."))
            return
        if said.findings:
            page.bullets([self.say.advice(told) for told in said.findings])
        else:
            nothing = _(
                "no trait is so clearly answered more or less that chance can be left aside. The comparisons are "
                "listed below."
            )
            page.paragraph(f"{_('Nothing stands out:')} {nothing}")
        rows = [
            [self.say.posts(c), self._figure(c.times), f"{self._figure(c.low)}–{self._figure(c.high)}",
             self.formats.integer(c.posts), _("yes") if c.finding else _("no")]
            for c in said.comparisons
        ]  # fmt: skip
        page.table([_("Posts compared"), _("Times"), _("Interval"), _("Posts"), _("Stands out")], rows)

    def _added(self, page: Document, agency: Agency) -> None:
        for added in agency.sections:
            page.heading(2, added.content.title)
            for block in added.content.blocks:
                match block:
                    case Paragraph(text):
                        page.paragraph(text)
                    case Bullets(items):
                        page.bullets(items)
                    case Table(head, rows, text_columns):
                        page.table(head, rows, text_columns=text_columns)
            made = self._("This section is made by the plug-in %(package)s.")
            page.paragraph(made % {"package": added.package})

    def _limits(self) -> list[str]:
        _ = self._
        return [
            _("A figure that a platform does not report is left out, never counted as 0. Figures of different "
              "platforms do not compare: each counts in its own way."),
            _("Paid reach: promoted posts and boosted reach are rarely marked as such in exports and may lead the "
              "list of best posts."),
            _("Giveaways: prizes for likes and comments raise interactions without saying anything about the content."),
            _("Irony and criticism: many comments can be anger. Interactions count answers, not approval."),
        ]  # fmt: skip

    def _figure(self, value: float) -> str:
        return figure(value, self.formats)
