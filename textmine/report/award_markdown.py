"""The pages of an award as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from textmine.report.award_content import AwardContent, CategoryContent, Competitor
from textmine.report.intervals import figure
from textmine.report.markdown import Document, Markdowns


def award_documents(texts: Markdowns, award: AwardContent) -> Iterator[tuple[str, str]]:
    """File name and Markdown of the season and of each category."""
    yield markdown_name(award.page), _season(texts, award)
    for category in award.categories:
        yield markdown_name(category.page), _category(texts, award, category)


def markdown_name(page: str) -> str:
    """Name of the Markdown file of a page."""
    return str(PurePath(page).with_suffix(".md"))


def _season(texts: Markdowns, award: AwardContent) -> str:
    _, formats = texts._, texts.formats
    page = texts.document(award.title, up=(_("All institutions"), "index.md"))
    page.paragraph(formats.period(*award.period))
    rows = [
        [_("Posts that count"), formats.integer(award.posts)],
        [_("With known engagement"), formats.integer(award.known)],
        [_("Institutions with posts"), formats.integer(award.agencies)],
        [_("Flagged posts"), formats.integer(award.flagged_posts)],
    ]
    page.table([_("Figure"), _("Value")], rows)
    page.heading(2, _("First by the numbers, and nominees"))
    places = [
        [
            category.title,
            ", ".join(each.name for each in category.first) or None,
            figure(category.first[0].score or 0.0, formats) if category.first else None,
            _chance(texts, category, category.first[0].p_first) if category.first else None,
            ", ".join(each.name for each in category.nominees if each.rank != 1) or None,
        ]
        for category in award.categories
    ]
    head = [_("Category"), _("First by the numbers"), _("Score"), _("Chance of being first"), _("Other nominees")]
    page.table(head, places, text_columns=2)
    page.links([(category.title, markdown_name(category.page)) for category in award.categories])
    _method(texts, page, award, award.inferred)
    return str(page)


def _category(texts: Markdowns, award: AwardContent, category: CategoryContent) -> str:
    _ = texts._
    page = texts.document(category.title, up=(award.title, markdown_name(award.page)))
    page.paragraph(_("Compared by: %(measure)s.") % {"measure": category.measure})
    if category.unknown:
        missing = _("nobody has a figure for %(measures)s; the list says less than the award asks for.")
        page.notice(missing % {"measures": ", ".join(category.unknown)})
    head = [_("Institution"), _("Place"), _("Score"), _("90%% interval") % {}, _("Chance of being first"),
            _("Chance of being nominated"), _("Flagged posts"), _("Why")]  # fmt: skip
    page.table(head, [_row(texts, category, each) for each in category.competitors])
    page.heading(2, _("The nominees"))
    for each in category.nominees:
        page.heading(3, each.name)
        page.paragraph(each.explanation)
        figures = [
            [f.measure, None if f.figure is None else figure(f.figure, texts.formats),
             None if f.percentile is None else texts.formats.integer(f.percentile)]
            for f in each.features
        ]  # fmt: skip
        page.table([_("Figure"), _("Value"), _("Percentile")], figures)
        page.bullets([f"{post.platform}, {texts.formats.short_date(post.published)}: {post.caption}"
                      for post in each.examples])  # fmt: skip
    if category.flag_effect is not None:
        page.paragraph(" ".join(texts.awarded.flag_effect(category.flag_effect, without_flagged=award.without_flagged)))
    elif award.flagged_posts:
        page.paragraph(_("Flagged posts change nothing about who is nominated here."))
    if category.variants:
        page.heading(2, _("What the list hangs on"))
        told = _(
            "Made in %(n)s other ways with as many nominees (another definition of engagement, another period, without "
            "flagged posts or a platform), the list names the same nominees in %(same)s."
        )
        n, same = len(category.variants), len(category.variants) - len(category.changing)
        page.paragraph(told % {"n": n, "same": same})
        rows = [
            [texts.awarded.variant(row.kind, row.variant),
             None if row.tau is None else texts.formats.fixed(row.tau, 2), ", ".join(row.first),
             ", ".join(row.entered), ", ".join(row.left)]
            for row in category.changing
        ]  # fmt: skip
        page.table([_("If it were made otherwise"), _("Agreement (tau)"), _("Would be first"), _("Would come in"),
                    _("Would drop out")], rows)  # fmt: skip
    _method(texts, page, award, category.inferred)
    return str(page)


def _row(texts: Markdowns, category: CategoryContent, each: Competitor) -> list[str | None]:
    formats = texts.formats
    interval = category.uncertain and each.low is not None and each.high is not None
    return [
        each.name,
        None if each.rank is None else formats.integer(each.rank),
        None if each.score is None else figure(each.score, formats),
        f"{figure(each.low or 0.0, formats)}–{figure(each.high or 0.0, formats)}" if interval else None,
        _chance(texts, category, each.p_first),
        _chance(texts, category, each.p_nominee),
        formats.integer(each.flagged),
        texts.awarded.reasons(each.reasons),
    ]


def _chance(texts: Markdowns, category: CategoryContent, probability: float | None) -> str | None:
    return None if not category.uncertain or probability is None else texts.awarded.chance(probability)


def _method(texts: Markdowns, page: Document, award: AwardContent, inferred: str) -> None:
    _ = texts._
    page.heading(2, _("Method and limits"))
    told = _(
        "Scores come from the figures, intervals (90%%) and chances from %(draws)s draws of engagement at equal "
        "audience (seed %(seed)s). Measures without draws, such as a number of posts, count as certain: an interval "
        "would only repeat the score."
    )
    page.paragraph(told % {"draws": texts.formats.integer(award.draws), "seed": award.seed})
    page.paragraph(inferred)
