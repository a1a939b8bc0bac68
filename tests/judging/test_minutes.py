"""Minutes of a jury's decision: complete, in two languages, and deaf to markup in names and notes."""

import datetime as dt
import html
import json
import re
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

import textmine.judging
from textmine.errors import MissingExtraError
from textmine.judging.document import Document, Heading, Paragraph, Table, _data, cleaned, markdown
from textmine.judging.minutes import minutes_document, minutes_markdown, minutes_pages, minutes_pdf, write_minutes
from textmine.judging.proceedings import (
    CategoryProceedings,
    DeclaredConflict,
    PanelMember,
    Proceedings,
    scores_sha256,
)
from textmine.judging.tally import Rules, Scale, tally

typst = pytest.importorskip("typst")

HOSTILE = (
    "#panic(1) *tebal* _miring_ `kode` $x^2$ <script>alert(1)</script> | [klik](javascript:alert(1)) "
    "![gambar](https://x.y/z.png) @ref <label> \\ ~ = + - // /* https://x.y"
)
OTHERS = "😀👩🏽‍💻 北京 العربية हिन्दी Ωμέγα"


def table(*rows):
    return pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")


def proceedings(name="Ani", nominee="Kemenkes", note="", **changes):
    scores = table(
        (name, nominee, "ide", 8.0),
        (name, "BNPB", "ide", 6.0),
        ("Budi", nominee, "ide", 7.0),
        ("Budi", "BNPB", "ide", 7.0),
        ("Citra", "BNPB", "ide", 9.0),
        ("Citra", "BMKG", "ide", 7.0),
        (name, "BMKG", "ide", 5.0),
    )
    rules = Rules(ties=("first_places", f"judge:{name}"), last="lot", seed=7)
    found = tally(scores, {"ide": 1.0}, rules=rules, scale=Scale(1, 10, 1))
    said = {
        "award": "Penghargaan 2026",
        "panel": "Dewan Juri",
        "place": "Jakarta",
        "day": dt.date(2026, 11, 30),
        "members": (PanelMember(name, "chair", "Universitas Contoh"), PanelMember("Budi"), PanelMember("Citra")),
        "categories": (CategoryProceedings("Video", found, {"ide": "Gagasan"}),),
        "scores_sha256": scores_sha256({"Video": scores}),
        "version": "1.2.3",
        "conflicts": (DeclaredConflict("Citra", nominee, "Video", note or "konsultan", dt.date(2026, 11, 2)),),
        "hidden": ("figures", "other_scores"),
        "seed": 17,
        "evidence_sha256": "ab" * 32,
        "notes": (note,) if note else (),
    }
    return Proceedings(**(said | changes))


def test_minutes_tell_all_there_is_to_tell():
    text = minutes_markdown(proceedings())
    for said in (
        "Senin, 30 November 2026",
        "bertempat di Jakarta",
        "Pemenang: Kemenkes",
        "| Ani | Ketua dewan juri | Universitas Contoh |",
        "| Citra | Kemenkes | Video | konsultan | 2 Nov 2026 |",
        "| Gagasan | 100,0% |",
        "Juri tidak melihat angka suatu nomine sebelum menilainya.",
        "jumlah peringkat pertama; nilai dari Ani; undian dengan benih 7",
        "W Kendall",
        "dalam 2 dari 3 kasus",
        "Tanpa Ani: BNPB.",
        "ab" * 32,
        proceedings().scores_sha256,
        "textmine 1.2.3",
        "Benih acak pemilihan unggahan: 17",
        "Jakarta, 30 November 2026",
    ):
        assert said in text, said


def test_english_and_indonesian_tell_the_same_figures():
    figures = [re.findall(r"\d+", minutes_markdown(proceedings(), lang)) for lang in ("id", "en")]
    assert figures[0] == figures[1]
    assert "Winner: Kemenkes" in minutes_markdown(proceedings(), "en")


def test_every_message_has_an_indonesian_translation():
    catalogue = read_po((files("textmine.report") / "catalogues" / "id.po").open("rb"), locale="id", abort_invalid=True)
    folder = Path(textmine.judging.__file__).parent
    messages = {
        message
        for module in ("minutes", "minutes_words", "minutes_category")
        for _, message, _, _ in extract_from_file(
            "python", folder / f"{module}.py", keywords={"_": None, "gettext": None}
        )
    }
    assert len(messages) > 80
    for message in messages:
        assert catalogue[message].string, message
        assert set(re.findall(r"%\(\w+\)s", message)) == set(re.findall(r"%\(\w+\)s", catalogue[message].string))


def test_place_and_day_that_are_not_known_are_left_to_fill_in():
    text = minutes_markdown(proceedings(place=None, day=None))
    assert text.count("\\_\\_\\_") > 10
    assert minutes_pdf(proceedings(place=None, day=None)).startswith(b"%PDF")


def test_nothing_in_names_and_notes_becomes_markup_in_markdown():
    text = minutes_markdown(proceedings(name=HOSTILE, nominee=HOSTILE + " B", note="# Judul\n\n- butir\n\n" + HOSTILE))
    page = MarkdownIt("commonmark").enable("table").render(text)
    plain = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert plain.count(HOSTILE) > 10
    assert set(re.findall(r"<([a-z0-9]+)", page)) <= {
        "h1", "h2", "h3", "p", "strong", "em", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    calm = MarkdownIt("commonmark").enable("table").render(minutes_markdown(proceedings(note="tenang")))
    for tag in ("h1", "h2", "h3", "em", "code", "li", "table", "tr", "td", "strong"):
        assert page.count(f"<{tag}>") + page.count(f"<{tag} ") == calm.count(f"<{tag}>") + calm.count(f"<{tag} "), tag


def test_nothing_in_names_and_notes_is_evaluated_in_the_pdf():
    document = minutes_document(proceedings(name=HOSTILE, nominee=HOSTILE + " B", note=HOSTILE, award=HOSTILE))
    template = (files("textmine.judging") / "templates" / "document.typ").read_bytes()
    inputs = {"document": json.dumps(_data(document))}
    found = json.loads(typst.query(template, "strong", field="body", sys_inputs=inputs))
    said = [body.get("text", "").replace("\u200b", "") for body in found]
    assert any(HOSTILE in text for text in said)
    calm = {"document": json.dumps(_data(minutes_document(proceedings(note="tenang"))))}
    for selector in ("heading", "table", "raw", "list", "link", "image", "math.equation", "ref", "emph"):
        hostile = json.loads(typst.query(template, selector, sys_inputs=inputs))
        assert len(hostile) == len(json.loads(typst.query(template, selector, sys_inputs=calm))), selector


def test_the_same_proceedings_give_the_same_bytes():
    told = proceedings(name=OTHERS)
    first, again = minutes_pdf(told), minutes_pdf(proceedings(name=OTHERS))
    assert first == again and first.startswith(b"%PDF-")
    assert minutes_pdf(told, "en") != first
    assert minutes_markdown(told) == minutes_markdown(proceedings(name=OTHERS))


def test_the_pdf_is_a4_and_bears_the_day_of_the_decision_not_of_the_clock():
    content = minutes_pdf(proceedings())
    assert re.search(rb"/MediaBox ?\[0 0 595\.27\d* 841\.88\d*\]", content)
    assert b"D:20261130" in content
    assert b"D:" not in minutes_pdf(proceedings(day=None))


def test_emoji_other_scripts_and_endless_names_are_set():
    pages = minutes_pages(proceedings(name=OTHERS, nominee="A" * 400), resolution=30)
    assert len(pages) >= 2 and all(page.startswith(b"\x89PNG") for page in pages)
    assert OTHERS in minutes_markdown(proceedings(name=OTHERS))


def test_characters_that_hide_or_reorder_text_are_taken_out():
    assert cleaned("akta\u202egpj.exe\x1b[31m merah\r\nbaru\x00") == "aktagpj.exe merah baru"
    assert "\u202e" not in minutes_markdown(proceedings(nominee="Kominfo\u202egpj"))


def test_a_line_never_starts_a_list_a_heading_or_a_table():
    for text in ("1. satu", "- satu", "+ satu", "# satu", "> satu", "| a | b |", "===", "2) dua", "2026. Tahun"):
        blocks = (Paragraph("di atas"), Paragraph(text), Heading(text, 2), Table(("a",), ((text,),), (False,)))
        page = MarkdownIt("commonmark").enable("table").render(markdown(Document("t", "s", "f", "id", blocks)))
        assert f"<p>{html.escape(text, quote=False)}</p>" in page
        assert f"<h3>{html.escape(text, quote=False)}</h3>" in page
        assert f"<td>{html.escape(text, quote=False)}</td>" in page


def test_without_typst_the_line_that_installs_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r'pip install "textmine\[judging\]"'):
        minutes_pdf(proceedings())
    assert "Pemenang" in minutes_markdown(proceedings())


def test_scores_have_one_hash_whatever_their_order():
    rows = [("Ani", "a", "k", 8.0), ("Budi", "a", "k", 7.5)]
    one = scores_sha256({"v": table(*rows)})
    assert one == scores_sha256({"v": table(*rows[::-1])})
    assert one == scores_sha256({"v": table(*rows, ("Citra", "a", "k", None))})
    assert one != scores_sha256({"v": table(rows[0], ("Budi", "a", "k", 7.6))})
    assert one != scores_sha256({"w": table(*rows)})


def test_ties_and_simulated_data_are_said():
    scores = table(("Ani", "a", "k", 8.0), ("Ani", "b", "k", 8.0))
    lot = tally(scores, rules=Rules(last="lot", seed=1))
    text = minutes_markdown(proceedings(categories=(CategoryProceedings("Video", lot),), simulated=True), "en")
    assert "**SIMULATED DATA**" in text
    assert "Equal for place 1" in text and "The lot: the lowest SHA-256 of 1:NAME is first" in text
    shared = minutes_markdown(proceedings(categories=(CategoryProceedings("Video", tally(scores)),)), "en")
    assert "Winners, sharing the first place: a and b" in shared


def test_minutes_without_a_winner_can_be_written(tmp_path):
    nothing = pl.DataFrame(
        schema={"judge": pl.String, "nominee": pl.String, "criterion": pl.String, "value": pl.Float64}
    )
    found = tally(nothing, {"k": 1.0}, judges=("Ani",), nominees=("a", "b"))
    told = proceedings(categories=(CategoryProceedings("Video", found),))
    paths = write_minutes(told, tmp_path / "keluar")
    assert [path.name for path in paths] == ["berita-acara.pdf", "berita-acara.md"]
    assert "Tidak ada pemenang" in paths[1].read_text(encoding="utf-8")
    assert [path.name for path in write_minutes(told, tmp_path, "en", kind="md")] == ["minutes.md"]
