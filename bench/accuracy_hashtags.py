"""Exact-match accuracy of hashtag segmentation, Indonesian (segmented by hand for this project) and English (BOUN).

    python bench/accuracy_hashtags.py
    python bench/accuracy_hashtags.py --format json

The Indonesian hashtags stand in tests/language/hashtags_gold.tsv; costs were chosen on the half called ``dev``, so the
half ``held_out`` is what counts. Peers know English only as they come; where they take other word lists they are
measured with wordfreq's too. ekphrasis downloads its statistics at first use: where ``~/.ekphrasis/stats`` is empty its
algorithm is given the counts that wordsegment ships, which are of the same kind (Google's n-grams).
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from scores import Part, Row, package, run

from textmine.language.frequencies import load_frequencies
from textmine.language.segmentation import HashtagSegmenter

GOLD = Path(__file__).resolve().parent.parent / "tests" / "language" / "hashtags_gold.tsv"
EKPHRASIS = Path.home() / ".ekphrasis" / "stats"
Split = Callable[[str], str]


def indonesian(half: str) -> list[tuple[str, str]]:
    with GOLD.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["hashtag"], row["words"]) for row in rows if row["half"] == half]


def english(path: Path) -> list[tuple[str, str]]:
    """Hashtag and gold of BOUN, which has no header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1].lower().strip()) for row in csv.reader(file)]


def frequencies(languages: tuple[str, ...]) -> dict[str, float]:
    """Shares of words, those of further languages at a fifth, as textmine weighs them."""
    shares: dict[str, float] = {}
    for rank, language in enumerate(languages):
        for word, share in load_frequencies(language).items():
            shares[word] = shares.get(word, 0.0) + share * (0.2 if rank else 1.0)
    return shares


def wordsegment_splits(languages: tuple[str, ...]) -> dict[str, Split]:
    import wordsegment

    shipped = wordsegment.Segmenter()
    shipped.load()
    ours = wordsegment.Segmenter()
    ours.unigrams, ours.limit = frequencies(languages), shipped.LIMIT
    # Counts, not shares: what it charges for an unknown word is ten in the total.
    ours.unigrams = {word: share * shipped.TOTAL for word, share in ours.unigrams.items()}
    ours.total = sum(ours.unigrams.values())
    return {
        package("wordsegment"): lambda hashtag: " ".join(shipped.segment(hashtag)),
        "wordsegment with wordfreq's lists": lambda hashtag: " ".join(ours.segment(hashtag)),
    }


def wordninja_splits(languages: tuple[str, ...]) -> dict[str, Split]:
    import wordninja

    shares: Mapping[str, float] = frequencies(languages)
    ranked = "\n".join(sorted(shares, key=shares.__getitem__, reverse=True))
    model = wordninja.LanguageModel(io.BytesIO(gzip.compress(ranked.encode())))
    return {
        package("wordninja"): lambda hashtag: " ".join(wordninja.split(hashtag)).lower(),
        "wordninja with wordfreq's lists": lambda hashtag: " ".join(model.split(hashtag)).lower(),
    }


def ekphrasis_splits(languages: tuple[str, ...]) -> dict[str, Split]:
    from ekphrasis.classes.segmenter import ExManager, Pdist, Segmenter

    if EKPHRASIS.is_dir() and any(EKPHRASIS.iterdir()):
        return {package("ekphrasis"): Segmenter(corpus="english").segment}
    import wordsegment

    counts = wordsegment.Segmenter()
    counts.load()
    segmenter = Segmenter.__new__(Segmenter)
    segmenter.unigrams = counts.unigrams
    segmenter.bigrams = {pair.replace(" ", "_"): count for pair, count in counts.bigrams.items()}
    segmenter.N, segmenter.L = counts.total, 20
    segmenter.Pw = Pdist(segmenter.unigrams, segmenter.N, segmenter.unk_probability)
    segmenter.P2w = Pdist(segmenter.bigrams, segmenter.N)
    segmenter.case_split = ExManager().get_compiled()["camel_split"]
    # It puts a space before the first capital too; that is not held against it.
    return {f"{package('ekphrasis')} with wordsegment's counts": lambda hashtag: segmenter.segment(hashtag).strip()}


def contenders(languages: tuple[str, ...], part: Part) -> dict[str, Split]:
    segmenter = HashtagSegmenter(languages)
    found: dict[str, Split] = {"textmine": lambda hashtag: " ".join(segmenter.segment(hashtag))}
    for name, splits in (
        ("wordsegment", wordsegment_splits),
        ("wordninja", wordninja_splits),
        ("ekphrasis", ekphrasis_splits),
    ):
        try:
            found |= splits(languages)
        except ImportError as error:
            part.skip(name, f"{error} (pip install --group bench)")
    return found


def measure(data: Path) -> Part:
    part = Part()
    boun = data / "hashtags" / "boun-celebi-et-al.csv"
    sets = [
        ("Indonesian, the half that costs were chosen on", ("id", "en"), indonesian("dev"), "", True),
        ("Indonesian, held-out half", ("id", "en"), indonesian("held_out"), "at least 0.90", False),
    ]
    if part.has(boun, "hashtags, English (BOUN)"):
        sets.append(("English (BOUN), English lexicon", ("en",), english(boun), "at least 0.70", False))
    by_languages: dict[tuple[str, ...], dict[str, Split]] = {}
    for texts, languages, pairs, goal, tuned_on in sets:
        if languages not in by_languages:
            by_languages[languages] = contenders(languages, part)
        splits = by_languages[languages]
        scores = {
            who: sum(split(hashtag) == words for hashtag, words in pairs) / len(pairs) for who, split in splits.items()
        }
        part.rows.append(Row("hashtags", texts, len(pairs), "exact match", scores, goal, tuned_on))
    part.notes.append(
        "**Hashtags.** Words in lower case, parted by spaces, must be those of the gold. The Indonesian gold was "
        "segmented by hand for this project (`tests/language/hashtags_gold.tsv`). The peers are English; those that "
        "take word lists were given wordfreq's of the same languages too. wordsegment does not look at capitals. "
        "ekphrasis downloads its statistics from a server at first use; without them its algorithm gets the counts "
        "that wordsegment ships. Published for BOUN with its own: 0.447 (HashSet, Kodali et al. 2022), hashformers "
        "0.837."
    )
    return part


if __name__ == "__main__":
    run(measure, __doc__)
