"""The normaliser of running text: idempotent, explained, each step on its own, and careful with names and English."""

import csv
import json
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.language.lexicons import load_names, load_slang, load_spelling
from textmine.language.normaliser import Normaliser, NormaliserSettings
from textmine.language.sastrawi import load_roots

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
STEPS = [field.name for field in fields(NormaliserSettings)]


@cache
def normaliser(*off):
    return Normaliser(NormaliserSettings(**dict.fromkeys(off, False)))


def normalised(text, *off):
    return normaliser(*off).normalise(text)


def replayed(text, changes):
    for change in changes:
        end = change.start + len(change.before)
        assert text[change.start : end] == change.before, f"{change} does not fit {text!r}"
        text = text[: change.start] + change.after + text[end:]
    return text


# ---- laws ----

ENDINGS = ("", "", "", "nya", "ku", "lah", "2", "2nya", "x", "ny", "in", "an", "kan", "i", "aa", "iii", "'", "-", "...")
PLAIN = (
    "di ke pun nya lah kah g no pas kok kaya ka d k q y n dr min Bu Pak I Ni S. Pd. 4 10rb rb jt M Rp Rp. % kg ke2 3x "
    "17 8 2020 17/8/2020 agt 7.30 5k followers lu the meeting please way we're PPPK #OkeGak @gak.yg https://a.id/yg 🎉"
)


@cache
def informal_words():
    return sorted({*load_slang(), *load_spelling(), *PLAIN.split()})


CASES = st.sampled_from((str, str, str.upper, str.capitalize, str.swapcase))
INFORMAL_WORD = st.builds(
    lambda word, ending, case: case(word + ending),
    st.deferred(lambda: st.sampled_from(informal_words())),
    st.sampled_from(ENDINGS),
    CASES,
)
INFORMAL_TEXT = st.builds(
    lambda space, words: space.join(words), st.sampled_from((" ", " ", "  ", "\n", "-", ".")), st.lists(INFORMAL_WORD)
)


@settings(deadline=None, max_examples=250)
@given(st.one_of(st.text(), INFORMAL_TEXT, st.lists(st.one_of(INFORMAL_WORD, st.text(max_size=5))).map("".join)))
def test_to_normalise_twice_is_to_normalise_once_and_the_changes_replay(text):
    once = normalised(text)
    assert normalised(once) == once
    assert replayed(text, normaliser().explain(text)) == once
    assert normaliser().explain(once) == []


@settings(deadline=None, max_examples=80)
@given(INFORMAL_TEXT, st.sets(st.sampled_from(STEPS)))
def test_with_steps_off_both_laws_hold_and_those_steps_change_nothing(text, off):
    partial = Normaliser(NormaliserSettings(**dict.fromkeys(off, False))) if len(off) > 2 else normaliser(*sorted(off))
    once = partial.normalise(text)
    changes = partial.explain(text)
    assert partial.normalise(once) == once == replayed(text, changes)
    assert {change.step for change in changes}.isdisjoint(off)


@settings(deadline=None, max_examples=30)
@given(INFORMAL_TEXT)
def test_with_all_steps_off_a_text_stays_as_it_is(text):
    assert normalised(text, *STEPS) == text


def real_posts():
    with (DATA / "posts/x_tweet_harvest_kipk/kipk_first_1000.csv").open(encoding="utf-8", newline="") as file:
        posts = [row["full_text"] for row in csv.DictReader(file)]
    path = DATA / "posts/instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        posts += [row["caption"] for row in csv.DictReader(file)]
    lines = (DATA / "posts/x_api_v2_twarc/flat.jsonl").read_text(encoding="utf-8").splitlines()
    posts += [json.loads(line)["text"] for line in lines]
    return posts + (DATA / "normalisation/stif/train.inf").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real posts at {DATA}: nothing is said of them")
def test_real_posts_obey_the_laws_too():
    posts = real_posts()
    assert len(posts) > 3000
    once = normaliser().normalise_texts(posts)
    unsettled = sum(a != b for a, b in zip(once, normaliser().normalise_texts(once), strict=True))
    assert unsettled == 0, f"{unsettled} of {len(posts)} posts change again"
    for post, formal in zip(posts[::5], once[::5], strict=True):
        assert replayed(post, normaliser().explain(post)) == formal
    changed = sum(a != b for a, b in zip(posts, once, strict=True))
    assert changed > len(posts) / 2


# ---- steps ----

ONE_STEP = {
    "unicode": ("𝗩𝗮𝗸𝘀𝗶𝗻 &amp; obat", "Vaksin & obat"),
    "dates": ("tanggal 17/8/2020", "tanggal 17 Agustus 2020"),
    "numbers": ("biaya Rp 1,5 M", "biaya 1,5 miliar rupiah"),
    "context": ("sudah di bantu warga", "sudah dibantu warga"),
    "letters": ("s4y4 di rumah", "saya di rumah"),
    "elongation": ("baguuus", "bagus"),
    "reduplication": ("anak2nya", "anak-anaknya"),
    "spelling": ("resiko dirumah", "risiko di rumah"),
    "slang": ("yg penting", "yang penting"),
    "affixes": ("isiny bukux", "isinya bukunya"),
    "typos": ("ternuata benar", "ternyata benar"),
}


@pytest.mark.parametrize("step", ONE_STEP)
def test_each_step_does_its_work_alone_and_not_when_it_is_off(step):
    text, formal = ONE_STEP[step]
    assert normalised(text) == formal
    assert {change.step for change in normaliser().explain(text)} == {step}
    assert normalised(text, step) == text
    others = [name for name in STEPS if name not in (step, "spelling" if step == "context" else step)]
    assert normalised(text, *others) == formal


def test_every_step_is_tried():
    assert set(ONE_STEP) == set(STEPS) - {"english"}


@pytest.mark.parametrize(
    ("text", "formal"),
    [
        ("Rp 1,5 M dan IDR 1.5 miliar", "1,5 miliar rupiah dan 1,5 miliar rupiah"),
        ("Rp. 25.000,- per org", "25.000 rupiah per orang"),
        ("Rp10rb, 2jt, 900ribu", "10 ribu rupiah, 2 juta, 900 ribu"),
        ("50% dari 5kg, 10km, 3x sehari", "50 persen dari 5 kg, 10 km, 3 kali sehari"),
        ("1.2M followers, 5k followers", "1,2 juta followers, 5 ribu followers"),
        ("ke2 dan ke-2", "ke-2 dan ke-2"),
        ("17-08-20, 2020-08-17, 08 Okt 2024", "17 Agustus 2020, 17 Agustus 2020, 8 Oktober 2024"),
        ("31/13/2020 jam 7.30, 3x4, 4G, 5k, v1.2.3", "31/13/2020 jam 7.30, 3x4, 4G, 5k, v1.2.3"),
        ("WA 0812-3456-7890, 24/7", "WA 0812-3456-7890, 24/7"),
    ],
)
def test_numbers_units_and_dates(text, formal):
    assert normalised(text) == formal


# ---- what is left alone ----


@pytest.mark.parametrize(
    "text",
    [
        "Please join our weekly meeting at the office",
        "We're open, don't worry, it's free",
        "no way, so good",
        "Keep calm and stay healthy everyone",
    ],
)
def test_english_is_left_alone(text):
    assert normalised(text) == text


@pytest.mark.parametrize(
    ("text", "formal"),
    [("spilll dong", "spill dong"), ("soooo good", "so good"), ("this is goooood", "this is good")],
)
def test_english_that_is_drawn_out_stays_english(text, formal):
    assert normalised(text) == formal


@pytest.mark.parametrize(
    "text",
    [
        "Rahmi, S.Pd., M.Si. dan Dr.Eng. Dewi, Ph.D.",
        "Rahmi, S. Pd., M. Si.",
        "rahmi, s.pd., m.pd. dan s.si.",
        "Bambang Hariyadi, MSI., PH.D. sebagai dekan",
        "dosen dan PPPK jalur SMM, guru P3K, layanan SP4N",
        "seleksi pppk dan p3k",
        "Institut Teknologi Sepuluh Nopember, Kabupaten Bener Meriah, TP PKK, Ditjen PAS",
        "Yayasan Baitul Maal, Bu Anna",
        "Ni Made Ayu dan I Gede Ari bertemu Bu Ati",
        "kantor di serang dan di buru",
        "pukul 09.00 WIB s.d. selesai, a.n. Kepala",
    ],
)
def test_names_degrees_and_acronyms_are_left_alone(text):
    assert normalised(text) == text


@pytest.mark.parametrize("case", [str.title, str.upper])
def test_no_name_of_the_gazetteer_changes(case):
    # A name that stands in two spellings, an acronym that is slang in lower case, and a slogan in slang.
    told_otherwise = {"batubara", "bkn", "di indonesia aja"}
    names = sorted(load_names() - told_otherwise)
    texts = [f"kunjungan ke {case(name)} hari ini" for name in names]
    changed = [
        name
        for name, text, formal in zip(names, texts, normaliser().normalise_texts(texts), strict=True)
        if text != formal
    ]
    assert changed == []


@pytest.mark.parametrize(
    "text",
    [
        "Pemerintah Kabupaten Bekasi melayani warga dengan sepenuh hati.",
        "uang pas-pasan, ngomong-ngomong soal harga",
        "singkatan ttdnya jelas",
        "Mudah-mudahan lancar, mudah-mudahan berkah",
        "Taman, saat, maaf, kaidah, massa, syarat",
    ],
)
def test_formal_words_are_left_alone(text):
    assert normalised(text) == text


def test_no_root_of_the_dictionary_changes_unless_a_lexicon_says_so():
    roots = sorted(load_roots() - load_slang().keys() - load_spelling().keys())
    assert len(roots) > 29_000
    formal = normaliser().normalise_texts(roots)
    assert [root for root, after in zip(roots, formal, strict=True) if root != after] == []


@pytest.mark.parametrize(
    ("text", "formal"),
    [
        ("jadiii yaaa maaaf saaat", "jadi ya maaf saat"),
        ("wk" * 40, "hahaha"),
        ("perjuangin dan pertahanin", "perjuangkan dan pertahankan"),
        ("ituuu mah", "itu mah"),
        ("NIH!! YG BGT", "INI!! YANG SEKALI"),
        ("aja.yg penting", "saja.yang penting"),
        ("wkwk wkwkwk wkwkwkwk", "hahaha hahaha hahaha"),
        ("knp kek gini, jgn gitu", "kenapa seperti ini, jangan begitu"),
        ("dah makan, lucu dah", "sudah makan, lucu dah"),
        ("fotokopi KTP nya dan hp nya", "fotokopi KTP-nya dan hpnya"),
    ],
)
def test_what_was_read_wrongly_in_real_posts_is_read_rightly(text, formal):
    assert normalised(text) == formal


@pytest.mark.parametrize("word", ["paskal", "talaga", "ungkep", "bingsu", "samyang", "armida", "gautama", "pertamax"])
def test_names_and_dialect_in_small_letters_are_no_slips_of_the_fingers(word):
    assert normalised(f"pergi ke {word} lagi") == f"pergi ke {word} lagi"


@pytest.mark.parametrize("word", ["puree", "pollo", "ppp", "zzz", "ber4", "90an"])
def test_foreign_double_letters_parties_and_numbers_stay(word):
    assert normalised(f"tentang {word} saja") == f"tentang {word} saja"


@pytest.mark.parametrize(
    ("word", "formal"), [("denagn", "dengan"), ("temoat", "tempat"), ("suasanan", "suasana"), ("menikmti", "menikmati")]
)
def test_slips_of_the_fingers_are_mended(word, formal):
    assert normalised(f"{word} ini") == f"{formal} ini"


def test_a_particle_is_no_slip_of_the_fingers():
    assert normalised("itumah biasa") == "itumah biasa"


def test_links_mentions_hashtags_and_addresses_stay():
    text = "https://x.co/yg?gak=1 www.gak.id @yg.gak #GakYg humas.yg@go.id gak.go.id"
    assert normalised(text) == text
