"""Words and sentences: affixes, grammar, spelling, phrase banks."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from textmine.errors import ConfigError
from textmine.simulation.grammar import CONTEXT, Grammar
from textmine.simulation.morphology import nasal, read_actions
from textmine.simulation.phrases import PhraseBook, Topic, load_phrases
from textmine.simulation.spelling import hurried, misspelled


def book(**common):
    topic = Topic("laut", "Laut", 0.0, (1.0,) * 12, {"benda": ("ikan", "udang")})
    return PhraseBook({name: tuple(bank) for name, bank in common.items()}, {}, (topic,), {}, (), {})


def expanded(grammar, start, n=200, seed=1):
    grammar.freeze()
    context = {name: np.zeros(n, dtype=np.int32) for name in CONTEXT}
    starts = np.repeat(grammar.frozen([start]), n)
    pieces, owners = grammar.expand(starts, context, np.random.default_rng(seed))
    frame = pl.DataFrame({"owner": owners, "piece": grammar.literals.gather(pieces)})
    return frame.group_by("owner", maintain_order=True).agg(pl.col("piece").str.join(""))["piece"].to_list()


@pytest.mark.parametrize(
    ("root", "active"),
    [
        ("pantau", "memantau"), ("bangun", "membangun"), ("tata", "menata"), ("dukung", "mendukung"),
        ("cegah", "mencegah"), ("jaga", "menjaga"), ("salur", "menyalur"), ("kelola", "mengelola"),
        ("gelar", "menggelar"), ("uji", "menguji"), ("latih", "melatih"), ("rawat", "merawat"),
        ("klarifikasi", "mengklarifikasi"), ("stabil", "menstabil"), ("verifikasi", "memverifikasi"),
    ],
)  # fmt: skip
def test_the_nasal_prefix_changes_the_root_as_grammars_say(root, active):
    assert nasal("me", root) == active


def test_an_action_is_told_in_four_ways():
    action = next(read_actions("salur-kan: bantuan sembako"))
    assert action.active == "menyalurkan bantuan sembako"
    assert action.passive == "bantuan sembako disalurkan"
    assert action.noun == "penyaluran bantuan sembako"
    assert action.imperative == "salurkan bantuan sembako"


def test_irregular_nouns_and_the_prefix_per_are_kept():
    action = next(read_actions("per+kuat(penguatan): layanan"))
    assert (action.active, action.passive, action.noun) == (
        "memperkuat layanan",
        "layanan diperkuat",
        "penguatan layanan",
    )


def test_a_line_without_objects_is_refused():
    with pytest.raises(ValueError, match="shape"):
        list(read_actions("salur-kan"))


def test_every_alternative_comes_up_and_nothing_else():
    grammar = Grammar(book(kalimat=["{^benda} segar.", "Jual {benda}!"]))
    found = set(expanded(grammar, grammar.symbol("kalimat", topic=0)))
    assert found == {"Ikan segar.", "Udang segar.", "Jual ikan!", "Jual udang!"}


def test_cases_reach_into_nested_banks():
    grammar = Grammar(book(frasa=["{benda} dan kapal"], judul=["{*frasa}"], tagar=["#{_kata}"], kata=["LautBiru"]))
    title, tag = grammar.symbol("judul", topic=0), grammar.symbol("tagar", topic=0)
    grammar.freeze()
    context = {name: np.zeros(2, dtype=np.int32) for name in CONTEXT}
    pieces, owners = grammar.expand(grammar.frozen([title, tag]), context, np.random.default_rng(0))
    texts = ["".join(grammar.literals.gather(pieces[owners == owner]).to_list()) for owner in (0, 1)]
    assert texts[0] in ("Ikan dan Kapal", "Udang dan Kapal")
    assert texts[1] == "#lautbiru"


def test_a_skewed_bank_prefers_its_first_entry():
    flat = book(kata=["a", "b", "c", "d"])
    skewed = PhraseBook(flat.common, {"kata": 3.0}, flat.topics, {}, (), {})
    shares = []
    for each in (flat, skewed):
        grammar = Grammar(each)
        shares.append(expanded(grammar, grammar.symbol("kata", topic=0), n=4000).count("a") / 4000)
    assert shares[0] == pytest.approx(0.25, abs=0.03)
    assert shares[1] == pytest.approx(0.25 ** (1 / 3), abs=0.03)


def test_a_slot_without_a_bank_is_named():
    grammar = Grammar(book(kalimat=["{tiada}"]))
    with pytest.raises(ConfigError, match="tiada"):
        grammar.symbol("kalimat", topic=0)


def test_hurried_spelling_replaces_whole_words_only():
    literals = pl.Series(["yang penting sayang", "dingin"])
    extra, twins = hurried(literals, np.array([True, True]), {"yang": ("yg",), "di": ("d",)})
    assert extra.to_list() == ["yg penting sayang"]
    assert twins.tolist() == [[2, 1], [2, 1]]


def test_a_slip_changes_a_phrase_by_one_or_two_letters():
    phrases = pl.Series(["masyarakat"] * 500)
    slipped = misspelled(phrases, np.random.default_rng(3))
    assert slipped.str.len_chars().is_between(9, 11).all()
    assert slipped.n_unique() > 15
    assert (slipped != "masyarakat").mean() > 0.9


def test_shipped_banks_have_sixteen_topics_or_more_and_no_dangling_slots():
    shipped = load_phrases()
    assert len(shipped.topics) >= 16
    grammar = Grammar(shipped)
    for topic in range(len(shipped.topics)):
        for name in shipped.common:
            grammar.symbol(name, topic=topic)
    grammar.freeze()
    assert not grammar.literals.str.contains(r"[{}]").any()
    actions = [each for topic in shipped.topics for each in topic.banks["aksi.me"]]
    assert all(re.match(r"me|pe", each) for each in actions)
