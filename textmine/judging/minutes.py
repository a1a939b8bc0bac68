"""Minutes of a jury's decision (berita acara), in Indonesian or English, as Markdown and PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from textmine.atomic import write_file
from textmine.judging.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
    markdown,
    pages,
    pdf,
)
from textmine.judging.minutes_category import category_blocks
from textmine.judging.minutes_words import Words
from textmine.judging.proceedings import Proceedings
from textmine.locales import DEFAULT_LANGUAGE, Language

Kind = Literal["pdf", "md", "both"]

_BLANK = "______________________"


def minutes_document(proceedings: Proceedings, lang: Language = DEFAULT_LANGUAGE) -> Document:
    """The minutes as a document.

    Parameters
    ----------
    proceedings
        What to tell.
    lang
        ``"id"`` or ``"en"``.
    """
    words = Words.of(lang)
    blocks = [
        *_opening(proceedings, words),
        *_people(proceedings, words),
        *_conflicts(proceedings, words),
        *_blindness(proceedings, words),
        *_closings(proceedings, words),
    ]
    for number, category in enumerate(proceedings.categories, start=1):
        blocks += category_blocks(category, number, words)
    blocks += [*_evidence(proceedings, words), *_closing(proceedings, words)]
    _ = words.gettext
    return Document(
        title=_("MINUTES OF THE JURY'S DECISION"),
        subtitle=proceedings.award,
        footer=_("%(panel)s · scores %(hash)s") % {"panel": proceedings.panel, "hash": proceedings.scores_sha256[:16]},
        language=lang,
        blocks=tuple(blocks),
    )


def minutes_markdown(proceedings: Proceedings, lang: Language = DEFAULT_LANGUAGE) -> str:
    """The minutes as Markdown; nothing in names and notes can become markup."""
    return markdown(minutes_document(proceedings, lang))


def minutes_pdf(
    proceedings: Proceedings, lang: Language = DEFAULT_LANGUAGE, *, fonts: Sequence[str | Path] = ()
) -> bytes:
    """The minutes as PDF, A4; the same proceedings give the same bytes.

    Parameters
    ----------
    proceedings, lang
        As for :func:`minutes_document`.
    fonts
        Folders with fonts for scripts that the system has none for.

    Raises
    ------
    MissingExtraError
        The package ``typst`` is not installed.
    """
    return pdf(minutes_document(proceedings, lang), day=proceedings.day, fonts=fonts)


def write_minutes(
    proceedings: Proceedings,
    directory: str | Path,
    lang: Language = DEFAULT_LANGUAGE,
    *,
    kind: Kind = "both",
    fonts: Sequence[str | Path] = (),
) -> list[Path]:
    """Write the minutes into a folder: ``berita-acara`` or ``minutes``, with ``.pdf`` and ``.md``.

    Parameters
    ----------
    proceedings, lang, fonts
        As for :func:`minutes_pdf`.
    directory
        Folder; files of the same name are replaced.
    kind
        What is written.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    name = Path(directory) / ("berita-acara" if lang == "id" else "minutes")
    written = []
    if kind != "md":
        written.append(name.with_suffix(".pdf"))
        write_file(written[-1], minutes_pdf(proceedings, lang, fonts=fonts))
    if kind != "pdf":
        written.append(name.with_suffix(".md"))
        write_file(written[-1], minutes_markdown(proceedings, lang))
    return written


def minutes_pages(proceedings: Proceedings, lang: Language = DEFAULT_LANGUAGE, *, resolution: int = 100) -> list[bytes]:
    """Pages of the minutes as PNG pictures."""
    return pages(minutes_document(proceedings, lang), resolution=resolution)


def _opening(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    if proceedings.simulated:
        yield Paragraph(_("SIMULATED DATA"), strong=True)
    said = {
        "day": words.day(proceedings.day) if proceedings.day else _BLANK,
        "place": proceedings.place or _BLANK,
        "panel": proceedings.panel,
        "award": proceedings.award,
        "n": words.formats.integer(len(proceedings.categories)),
    }
    text = _("On %(day)s, at %(place)s, %(panel)s decided on the award %(award)s. Number of categories: %(n)s.")
    yield Paragraph(text % said)
    yield Table(
        (_("Category"), _("Winner")),
        tuple(
            (category.title, words.listed(category.tally.winners) or _("no winner"))
            for category in proceedings.categories
        ),
        (False, False),
    )


def _people(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    yield Heading(_("The panel"))
    rows = tuple((member.name, words.role(member.role), member.institution) for member in proceedings.members)
    yield Table((_("Name"), _("Role"), _("Institution")), rows, (False, False, False))


def _conflicts(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    yield Heading(_("Conflicts of interest"))
    if not proceedings.conflicts:
        yield Paragraph(_("None was declared."))
        return
    yield Paragraph(_("These judges were left out of these nominees."))
    rows = tuple(
        (
            conflict.judge,
            conflict.nominee,
            conflict.category,
            conflict.reason,
            words.formats.short_date(conflict.declared_on) if conflict.declared_on else "–",
        )
        for conflict in proceedings.conflicts
    )
    heads = (_("Judge"), _("Nominee"), _("Category"), _("Reason"), _("Declared on"))
    yield Table(heads, rows, (False,) * 5)


def _blindness(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    yield Heading(_("What judges did not see"))
    said = [words.hidden(what) for what in proceedings.hidden]
    said += [proceedings.blind_note] if proceedings.blind_note else []
    if said:
        yield Bullets(tuple(said))
    else:
        yield Paragraph(_("Nothing is recorded to have been hidden."))
    if proceedings.earlier_closings:
        yield Paragraph(_("The scoring was opened again: from its first closing on judges could see all scores."))


def _closings(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    """What a closing stands for that was not the only one, or that left scores out."""
    _ = words.gettext
    if not proceedings.earlier_closings and not proceedings.missing:
        return
    yield Heading(_("Closing of the scoring"))
    for each in proceedings.earlier_closings:
        said = {
            "closed": words.moment(each.closed_at),
            "again": words.moment(each.reopened_at),
            "reason": each.reason or "–",
        }
        yield Paragraph(_("Closed on %(closed)s, opened again on %(again)s. Reason: %(reason)s") % said)
        if each.missing:
            yield Paragraph(_("Scores that were missing then: %(judges)s.") % {"judges": words.counted(each.missing)})
        if each.evidence_sha256:
            yield Facts(((_("SHA-256 of the evidence at that closing"), each.evidence_sha256),), mono=True)
    if proceedings.missing:
        text = _("Scores that were missing when the scoring ended: %(judges)s.")
        yield Paragraph(text % {"judges": words.counted(proceedings.missing)})


def _evidence(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    yield Heading(_("Evidence"))
    hashes = [(_("SHA-256 of the scores"), proceedings.scores_sha256)]
    if proceedings.evidence_sha256:
        hashes.insert(0, (_("SHA-256 of the evidence"), proceedings.evidence_sha256))
    yield Facts(tuple(hashes), mono=True)
    facts = [(_("Made with"), f"textmine {proceedings.version}")]
    if proceedings.seed is not None:
        facts.insert(0, (_("Seed by which posts were drawn"), str(proceedings.seed)))
    yield Facts(tuple(facts))
    for note in proceedings.notes:
        yield Paragraph(note)


def _closing(proceedings: Proceedings, words: Words) -> Iterator[Block]:
    _ = words.gettext
    yield Heading(_("Signatures"))
    yield Paragraph(_("These minutes were made truthfully, to be used as needed."))
    where, when = proceedings.place or _BLANK, proceedings.day
    above = f"{where}, {words.formats.long_date(when) if when else _BLANK}"
    people = tuple((words.role(member.role), member.name, member.institution) for member in proceedings.members)
    yield Signatures(above, people)
