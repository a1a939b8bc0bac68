"""How often a stem is the lemma of Universal Dependencies, beside PySastrawi and others, and where the two differ.

    python bench/accuracy_stems.py
    python bench/accuracy_stems.py --format json
    python bench/accuracy_stems.py --kinds          # each disagreement of the default stems with its kind

Forms, lemmas and counts come from the train part of UD_Indonesian-CSUI and the dev part of UD_Indonesian-GSD: lower
case, without proper names. A lemma is not a stem (bagian, penduduk and sebagai keep their affixes), so agreement is a
second opinion and 1.0 no goal. ``common roots first`` and its shortest stem were chosen on CSUI train and on the words
of the other texts; GSD dev confirms it.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from measure import DATA
from scores import Part, Row, package, run

from textmine.language.frequencies import load_common_roots
from textmine.language.normaliser import Normaliser
from textmine.language.protection import protected_words
from textmine.language.sastrawi import SastrawiStemmer

Stem = Callable[[str], str]
SETS = {"CSUI train": "ud_lemma_csui_train.csv", "GSD dev": "ud_lemma_gsd_dev.csv"}
FUNCTION_WORDS = {"ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NUM", "PART", "PRON", "SCONJ"}
DEFAULT, PLAIN = "textmine, protect names (default)", "textmine, protect none"
COMMON, NORMALISED = "textmine, common roots first", "textmine, normalised first"
BOTH = "textmine, normalised, then common roots first"


class Entry(NamedTuple):
    form: str
    lemma: str
    upos: str
    count: int


def entries(path: Path) -> list[Entry]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Entry(row["form"].lower(), row["lemma"].lower(), row["upos"], int(row["count"]))
            for row in csv.DictReader(file)
        ]


def own_stemmers() -> dict[str, Stem]:
    names = protected_words("names")
    default = SastrawiStemmer(protected=names)
    common = SastrawiStemmer(protected=names, tried_first=load_common_roots())
    return {
        PLAIN: SastrawiStemmer().stem,
        DEFAULT: default.stem,
        COMMON: common.stem,
        NORMALISED: after_normalising(default),
        BOTH: after_normalising(common),
    }


def after_normalising(stemmer: SastrawiStemmer) -> Stem:
    normaliser = Normaliser()
    return lambda form: " ".join(stemmer.stem(word.lower()) for word in normaliser.normalise(form).split())


def pysastrawi() -> tuple[str, Stem]:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    return package("PySastrawi"), StemmerFactory().create_stemmer().stem


def snowball() -> tuple[str, Stem]:
    import Stemmer

    return f"Snowball ({package('PyStemmer')})", Stemmer.Stemmer("indonesian").stemWord


def nlp_id() -> tuple[str, Stem]:
    from nlp_id.lemmatizer import Lemmatizer

    return package("nlp-id"), Lemmatizer().lemmatize


def spacy_lookup() -> tuple[str, Stem]:
    import spacy_lookups_data  # noqa: F401 - registers the tables
    from spacy.lookups import load_lookups

    lemmas = load_lookups("id", ["lemma_lookup"]).get_table("lemma_lookup")
    return f"spaCy's look-up lemmas ({package('spacy-lookups-data')})", lambda form: lemmas.get(form, form)


def contenders(part: Part) -> dict[str, Stem]:
    found = own_stemmers() | {"the form as it is": str}
    for name, load in (
        ("PySastrawi", pysastrawi),
        ("PyStemmer", snowball),
        ("nlp-id", nlp_id),
        ("spacy-lookups-data", spacy_lookup),
    ):
        try:
            label, stem = load()
        except ImportError as error:
            group = "bench, pip install --no-deps --group bench-nlp-id" if name == "nlp-id" else "bench"
            part.skip(f"stems, {name}", f"{error} (pip install --group {group})")
        else:
            found[label] = stem
    return found


def kind(entry: Entry, stem: str, stem_of_lemma: str) -> str:
    """Why a stem is not the lemma."""
    if entry.lemma == "_":
        return "no lemma is given"
    if entry.lemma == entry.form:
        word = "function word" if entry.upos in FUNCTION_WORDS else "noun, verb or adjective"
        return f"the lemma keeps the affixes: {word}"
    if stem == stem_of_lemma:
        return "the lemma keeps an inner affix"
    if stem == entry.form:
        return "no root was found, or the lemma is another word"
    return "another root"


KIND_EXAMPLES = {
    "the lemma keeps the affixes: function word": "*sebagai*, *setelah*, *secara*, *kedua*: the stem is *bagai*, "
    "*telah*, *cara*, *dua*",
    "the lemma keeps the affixes: noun, verb or adjective": "*keuangan*, *penduduk*, *perusahaan*, *mempunyai*: the "
    "stem is *uang*, *duduk*, *usaha*, *punya*",
    "the lemma keeps an inner affix": "*ketahui* of *mengetahui*, *penduduk* of *pendudukan*: the stem is *tahu*, "
    "*duduk*",
    "no root was found, or the lemma is another word": "pronouns and short forms written out (*nya* is *dia*, *tapi* "
    "*tetapi*), slips of the pen, and words that the rules cannot take apart (*melambangkan*)",
    "another root": "mostly the stemmer's mistakes (*gera* of *gerakan*, *paja* of *perpajakan*, *perban* of "
    "*perbankan*), some of the lemma's (*kawal* of *mengawali*), some open (*pinta* or *minta* of *meminta*)",
    "no lemma is given": "`_` in the treebank",
}


def measure(data: Path) -> Part:
    part = Part()
    stemmers = contenders(part)
    counts: dict[str, Counter[str]] = {}
    differing = 0
    for name, file in SETS.items():
        path = data / "stemming" / file
        if not part.has(path, f"stems, UD {name}"):
            continue
        listed = entries(path)
        stems = {who: [stem(entry.form) for entry in listed] for who, stem in stemmers.items()}
        right = {
            who: [stem == entry.lemma for stem, entry in zip(of, listed, strict=True)] for who, of in stems.items()
        }
        weights = [entry.count for entry in listed]
        for measure_, each in (("equal to the lemma, of types", [1] * len(listed)), ("the same, of tokens", weights)):
            scores = {
                who: sum(weight for weight, ok in zip(each, of, strict=True) if ok) / sum(each)
                for who, of in right.items()
            }
            goal = "no worse than PySastrawi; better with the normaliser's help"
            part.rows.append(Row("stems", f"UD {name}", sum(each), measure_, scores, goal))
        counts[name] = Counter(kinds_of(listed, stems[DEFAULT], stemmers[DEFAULT]))
        differing += sum(a != b for a, b in zip(stems[PLAIN], stems.get(package("PySastrawi"), []), strict=False))
    part.notes += notes(counts, differing)
    return part


def kinds_of(listed: list[Entry], stems: list[str], stem: Stem) -> list[str]:
    return [
        kind(entry, found, stem(entry.lemma))
        for entry, found in zip(listed, stems, strict=True)
        if found != entry.lemma
    ]


NOTE = """\
**Stems.** With `protect none` the stems are PySastrawi's: {differing} differ. The forms are lower case and hold no
proper names, so protecting names hardly shows here. *Common roots first* lets the roots that the normaliser knows from
use, those of wordfreq's Indonesian list, go before Sastrawi's other roots; that such a root must have four letters was
seen on CSUI train, and GSD dev confirms it. *Normalised first* means `textmine text normalise`, then stems: both
treebanks are edited text, and where the normaliser does change a form (*karir* to *karier*, *obyek* to *objek*, *nih*
to *ini*, *dibawah* to *di bawah*) the lemma keeps the spelling of the form, so nothing can be gained here. nlp-id is a
dictionary of lemmas, not a stemmer. Clitics are mostly parted from their words (*bukunya* is *buku* and *nya*) and no
form holds a hyphen, so clitics and reduplications are hardly tested here."""


def notes(counts: dict[str, Counter[str]], differing: int) -> list[str]:
    if not counts:
        return []
    names = list(counts)
    lines = ["| kind | " + " | ".join(names) + " | examples |", "|---|" + "---:|" * len(names) + "---|"]
    for what, examples in KIND_EXAMPLES.items():
        lines.append(f"| {what} | " + " | ".join(str(counts[name][what]) for name in names) + f" | {examples} |")
    totals = " | ".join(str(sum(counts[name].values())) for name in names)
    lines.append(f"| all | {totals} | |")
    heading = "Where the default stem is not the lemma, by kind (types, `python bench/accuracy_stems.py --kinds`):"
    return [NOTE.format(differing=differing), heading, "\n".join(lines)]


def show_kinds(data: Path) -> None:
    stem = own_stemmers()[DEFAULT]
    for file in SETS.values():
        path = data / "stemming" / file
        for entry in entries(path) if path.is_file() else []:
            found = stem(entry.form)
            if found != entry.lemma:
                what = kind(entry, found, stem(entry.lemma))
                print(what, entry.form, f"lemma {entry.lemma}", f"stem {found}", entry.upos, entry.count, sep="\t")


if __name__ == "__main__":
    if "--kinds" in sys.argv[1:]:
        show_kinds(DATA)
    else:
        run(measure, __doc__)
