"""Suggestions: how many are right, how many are missed, and that false friends are called different bodies."""

import random

import polars as pl
import pytest

from textmine import resources
from textmine.agencies import AgencySchema
from textmine.audit import suggest_agencies
from textmine.audit.bodies import compare, take_apart
from textmine.ingest.register import read_agencies
from textmine.simulation import SimulationSettings
from textmine.simulation.phrases import load_phrases
from textmine.simulation.register import build_register

SCHEMA = AgencySchema.create_empty().schema
BODIES = [
    ("kemenkes", "Kementerian Kesehatan", "instagram", "kemenkes_ri"),
    ("kemenkeu", "Kementerian Keuangan", "instagram", "kemenkeuri"),
    ("kemenag", "Kementerian Agama", "instagram", "kemenag_ri"),
    ("kemendagri", "Kementerian Dalam Negeri", "x", "kemendagri_ri"),
    ("pln", "PT PLN (Persero)", "instagram", "pln_id"),
    ("bogor", "Pemerintah Kota Bogor", "instagram", "pemkotbogor"),
    ("bandung", "Pemerintah Kabupaten Bandung", "x", "pemkab_bandung"),
    ("bnpb", "Badan Nasional Penanggulangan Bencana", "instagram", "bnpb_indonesia"),
    ("bps", "Badan Pusat Statistik", "x", "bps_statistics"),
    ("jabar", "Pemerintah Provinsi Jawa Barat", "instagram", "humas_jabar"),
    ("mandiri", "PT Bank Mandiri (Persero) Tbk", "x", "bankmandiri"),
    ("kominfo", "Kementerian Komunikasi dan Informatika", "x", "kemkominfo"),
    ("kpu", "Komisi Pemilihan Umum", "x", "kpu_id"),
]


def register_of(rows):
    columns = ("agency", "name", "platform", "account")
    none = dict.fromkeys(SCHEMA)
    return pl.DataFrame([none | dict(zip(columns, row, strict=True)) for row in rows], schema=SCHEMA)


def suggested(*accounts, rows=BODIES):
    found = suggest_agencies(pl.DataFrame({"platform": ["x"] * len(accounts), "account": accounts}), register_of(rows))
    return {suggestion.account: suggestion for suggestion in found}


@pytest.mark.parametrize(
    ("account", "agency"),
    [
        ("kemenkesri", "kemenkes"),
        ("kemenkes.official", "kemenkes"),
        ("humaskemenkes", "kemenkes"),
        ("kementerian kesehatan republik indonesia", "kemenkes"),
        ("kemenag.ri", "kemenag"),
        ("pln", "pln"),
        ("pemkot.bogor", "bogor"),
        ("pemkotbogor_official", "bogor"),
        ("pemerintah kota bogor", "bogor"),
        ("pemprovjabar", "jabar"),
        ("bnpb", "bnpb"),
        ("badan_nasional_penanggulangan_bencana", "bnpb"),
        ("bnpb_indonesai", "bnpb"),
        ("bank_mandiri", "mandiri"),
        ("bankmandri", "mandiri"),
        ("kemenkominfo", "kominfo"),
        ("kpuri", "kpu"),
    ],
)
def test_the_same_body_under_another_spelling_is_suggested(account, agency):
    suggestion = suggested(account)[account]
    assert suggestion.likely and suggestion.agency == agency


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("pln_disjaya", "'disjaya', a region or branch"),
        ("kemenag_jabar", "'jabar', a region or branch"),
        ("kemenagjabar", "'jabar', a region or branch"),
        ("pemkabbogor", "pemkab against pemkot"),
        ("pemkabbadung", "a region or branch"),
        ("kpk_ri", "'kpk' and 'kpu' are two"),
        ("kemendag_ri", "'kemendag' and 'kemendagri' are two"),
        ("dinkesjabar", "dinkes against no regional body"),
        ("kemenkes_ri2", "number 2"),
        ("bps_jabar", "'jabar', a region or branch"),
    ],
)
def test_false_friends_are_called_different_bodies_with_a_low_score(account, reason):
    suggestion = suggested(account)[account]
    assert suggestion.score <= 0.3 and not suggestion.likely
    assert suggestion.why.startswith("different bodies") and reason in suggestion.why


@pytest.mark.parametrize("account", ["kemenkse", "kemenhan", "kemenke", "budi_santoso", "detikcom", "mandiricare"])
def test_what_could_be_several_bodies_or_none_is_not_suggested(account):
    suggestion = suggested(account).get(account)
    assert suggestion is None or not suggestion.likely


def test_a_name_that_fits_two_agencies_says_so():
    assert "fits as well" in suggested("kemenke")["kemenke"].why


def test_pseudonyms_and_formulas_are_never_suggested():
    assert suggested("p_3f9c0a1b2c3d4e5f", "=kemenkes_ri", "@kemenkes_ri") == {}


def test_comparison_does_not_depend_on_the_order_of_the_two():
    names = [take_apart(account) for _, _, _, account in BODIES] + [take_apart(name) for _, name, _, _ in BODIES]
    for one in names:
        for other in names:
            assert compare(one, other).score == compare(other, one).score


PERTURBED = {
    "underscore": lambda handle, rng: handle[: (k := rng.randrange(3, len(handle) - 2))] + "_" + handle[k:],
    "dots": lambda handle, rng: handle[: (k := rng.randrange(3, len(handle) - 2))] + "." + handle[k:],
    "_ri": lambda handle, rng: f"{handle}_ri",
    "official": lambda handle, rng: f"{handle}{rng.choice(['official', '.official', '_id'])}",
    "humas": lambda handle, rng: f"humas_{handle}",
    "letter lost": lambda handle, rng: handle[: (k := rng.randrange(4, len(handle) - 1))] + handle[k + 1 :],
    "letters swapped": lambda handle, rng: (
        handle[: (k := rng.randrange(4, len(handle) - 2))] + handle[k + 1] + handle[k] + handle[k + 2 :]
    ),
}


def simulated_register(seed):
    built = build_register(SimulationSettings(n_agencies=120), load_phrases(), seed=seed)
    return register_of(
        (each.key, each.name.removesuffix(" (simulasi)"), "x", each.handle.removesuffix("_sim"))
        for each in built.institutions
    )


def shipped_register():
    whole = read_agencies(resources.find("corpora/sample/agencies.csv"))
    plain = whole.filter(platform="x").with_columns(pl.col("account").str.strip_suffix("_sim"))
    return plain.with_columns(pl.col("name").str.strip_suffix(" (simulasi)"))


def measured(register, seed):
    """Right and wrong suggestions among perturbed handles, and among those of agencies that the register lacks."""
    rng = random.Random(seed)
    rows = register.select("agency", "account").rows()
    rng.shuffle(rows)
    known, missing = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    half = register.filter(pl.col("agency").is_in([agency for agency, _ in known]))
    truth = {}
    for agency, handle in [*known, *((None, handle) for _, handle in missing)]:
        for perturb in PERTURBED.values():
            truth[perturb(handle, rng)] = agency
        for branch in ("_jabar", "_kotabogor", "_cabang3", "muda"):
            truth[f"{handle}{branch}"] = None
    truth = {handle: agency for handle, agency in truth.items() if handle not in set(half["account"])}
    accounts = pl.DataFrame({"platform": ["x"] * len(truth), "account": list(truth)})
    made = {s.account: s.agency for s in suggest_agencies(accounts, half) if s.likely}
    right = sum(truth[handle] == agency for handle, agency in made.items())
    wanted = sum(agency is not None for agency in truth.values())
    return right / len(made), right / wanted, {h: a for h, a in made.items() if truth[h] != a}


@pytest.mark.parametrize(
    ("register", "precision", "recall"),
    [
        (shipped_register, 0.99, 0.88),
        (lambda: simulated_register(1), 0.97, 0.92),
        (lambda: simulated_register(2), 0.97, 0.92),
    ],
    ids=["shipped", "simulated 1", "simulated 2"],
)
def test_precision_and_recall_among_perturbed_handles_and_agencies_that_the_register_lacks(register, precision, recall):
    found_precision, found_recall, wrong = measured(register(), seed=7)
    assert found_precision >= precision, wrong
    assert found_recall >= recall
