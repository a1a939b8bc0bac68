"""Every word of the pages is there in Indonesian."""

import re
from pathlib import Path

import pytest

import textmine.judging.web as web
from textmine.judging import errors
from textmine.judging.web.pages import messages
from textmine.judging.web.refusals import invalid_in_words, of_status, told

FOLDER = Path(web.__file__).parent
SAME_IN_BOTH = {"Platform", "Video", "Carousel", "Reel", "Story", "Log"}


def found():
    from babel.messages.extract import extract_from_dir

    methods = [("**.py", "python"), ("templates/**.j2", "jinja2")]
    options = {"templates/**.j2": {"newstyle_gettext": "true"}}
    return [
        (file, *(message if isinstance(message, tuple) else (message, None)))
        for file, _, message, _, _ in extract_from_dir(FOLDER, method_map=methods, options_map=options)
    ]


def test_every_message_has_an_indonesian_text_with_the_same_fields():
    indonesian = messages("id")
    for file, single, plural in found():
        known = indonesian.gettext(single) if plural is None else indonesian.ngettext(single, plural, 2)
        assert known not in {single, plural} or single in SAME_IN_BOTH, f"{file}: {single!r} is not translated"
        fields = re.findall(r"%\(\w+\)s", single)
        assert sorted(re.findall(r"%\(\w+\)s", known)) == sorted(fields), single
    assert len(found()) > 300


def test_the_catalogue_holds_nothing_that_no_page_says():
    said = {single for _, single, _ in found()}
    text = (FOLDER / "catalogues" / "id.po").read_text(encoding="utf-8")
    kept = {key for key in re.findall(r'^msgid "(.+)"$', text, re.M)}
    assert {key.replace('\\"', '"') for key in kept} == said


def test_templates_hold_no_text_outside_of_messages():
    allowed = {
        "textmine",
        "English",
        "Bahasa Indonesia",
        "textmine rank WORKSPACE --awards gsm2020",
        "W",
        "p",
        "· textmine",
    }
    for path in FOLDER.glob("templates/*.j2"):
        bare = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", _without_trans(path.read_text(encoding="utf-8")), flags=re.S
        )
        for text in re.findall(r">([^<>]*[A-Za-z]{2,}[^<>]*)<", bare):
            assert text.strip() in allowed, f"{path.name}: {text.strip()!r}"


def _without_trans(text):
    return re.sub(r"\{% trans .*?endtrans %\}", "", text, flags=re.S)


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_refusal_is_told_in_the_language_of_the_page(language):
    _ = messages(language).gettext
    refusals = [
        errors.NotAllowedError("x"),
        errors.NotFoundError("x"),
        errors.ConflictError("x"),
        errors.KeyReusedError("x"),
        errors.SignedOutError("x"),
        errors.StateError("the panel is open", state="open"),
        errors.ClosedError("the panel is closed", state="closed"),
        errors.IncompleteError("x", missing={"Ani": 3}),
        errors.LinkError("the link was used already; ask"),
        errors.LinkError("there is no such link"),
        errors.InvalidError("is empty", field="name"),
    ]
    said = [told(error, _) for error in refusals] + [of_status(status, _) for status in (400, 403, 404, 413, 429, 500)]
    for refusal in said:
        assert refusal.title and refusal.text and "%(" not in refusal.text
    if language == "id":
        assert not any(re.search(r"\b(the|you|not|is)\b", refusal.text) for refusal in said)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("is empty", "tidak boleh kosong"),
        ("is longer than 4,000 characters", "paling banyak 4000 karakter"),
        ("must be 1 to 10 in steps of 1", "harus sesuai skala"),
        ("must be 0 to 50", "harus dari 0 sampai 50"),
        ("the weights sum to 0.75; they must sum to 1", "berjumlah 100"),
        ("quite another problem", "tidak dapat dipakai"),
    ],
)
def test_what_is_wrong_with_a_value_is_told(problem, words):
    assert words in invalid_in_words(errors.InvalidError(problem, field="note"), messages("id").gettext)


def test_a_value_of_one_of_many_nominees_is_told_with_its_agency():
    error = errors.InvalidError("is longer than 200 characters", field="name", of="dinas: 100% baru")
    words = "Nama (dinas: 100% baru): paling banyak 200 karakter."
    assert invalid_in_words(error, messages("id").gettext) == words
