"""Literals for the slots that the post itself fills: its agency, its day, its campaign, its province."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.simulation.grammar import Grammar
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.register import Institution, Register
from textmine.simulation.settings import SimulationSettings

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS: Final = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()

Table = npt.NDArray[np.int32]


def context_tables(
    grammar: Grammar,
    settings: SimulationSettings,
    book: PhraseBook,
    register: Register,
    campaigns: list[str],
    *,
    seed: int,
) -> dict[str, Table]:
    """Add the season's own literals to a grammar.

    Returns
    -------
    dict
        Symbols by agency (agensi, sobat, tag, akun, situs, jabatan, pimpinan), by day (hari (n_days,), tanggal
        (3, n_days)), by campaign (kampanye, with an empty one at the end, so that -1 finds it), by province (wilayah,
        wilayah_tag), and ``region_of``: the province of each agency or -1.
    """
    generator = np.random.default_rng([seed, 4])
    institutions = register.institutions
    regions = sorted({*book.institutions["provinsi"], *(each.region for each in institutions if each.region)})
    days = [settings.start + dt.timedelta(days=number) for number in range(settings.n_days)]
    chiefs = [_person(book, generator) for _ in institutions]
    texts: dict[str, list[str]] = {
        "agensi": [each.short for each in institutions],
        "sobat": [each.nickname for each in institutions],
        "tag": [each.hashtag for each in institutions],
        "akun": [f"@{each.handle}" for each in institutions],
        "situs": [each.site for each in institutions],
        "jabatan": [each.title for each in institutions],
        "pimpinan": chiefs,
        "hari": [_DAYS[day.weekday()] for day in days],
        "kampanye": [f"{tag} " for tag in campaigns] + [""],
        "wilayah": regions,
        "wilayah_tag": ["".join(region.split()) for region in regions],
    }
    tables = {name: _literals(grammar, values) for name, values in texts.items()}
    tables["tanggal"] = np.stack(
        [
            _literals(grammar, [f"{day.day}/{day.month}/{day.year}" for day in days]),
            _literals(grammar, [f"{day.day} {_MONTHS[day.month - 1]} {day.year}" for day in days]),
            _literals(grammar, [f"{day.day}/{day.month}" for day in days]),
        ]
    )
    tables["region_of"] = np.array([_region_of(each, regions) for each in institutions], dtype=np.int32)
    return tables


def _literals(grammar: Grammar, texts: list[str]) -> Table:
    return np.array([grammar.literal(text) for text in texts], dtype=np.int32)


def _region_of(institution: Institution, regions: list[str]) -> int:
    return regions.index(institution.region) if institution.region else -1


def _person(book: PhraseBook, generator: np.random.Generator) -> str:
    """Return a made-up name of two words."""

    def part(bank: str) -> str:
        return book.common[bank][int(generator.integers(len(book.common[bank])))]

    return f"{part('depan')}{part('tengah')}{part('akhir')} {part('depan')}{part('akhir')}"
