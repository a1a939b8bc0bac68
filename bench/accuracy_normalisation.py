"""BLEU-4 of the normaliser from informal to formal on STIF-Indonesia, beside look-ups and the text as it is.

    python bench/accuracy_normalisation.py
    python bench/accuracy_normalisation.py --format json

Needs sacrebleu (dependency group ``bench``) and the pairs under ``--data``: no tokenisation, lower case on both sides.
Lexicons and rules were tried on the training part and on other texts; nothing was fitted on the development part.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from scores import Part, Row, package, run

Normalise = Callable[[list[str]], list[str]]


def contenders(data: Path, part: Part) -> dict[str, Normalise]:
    from textmine.language.normaliser import Normaliser

    found: dict[str, Normalise] = {"textmine": Normaliser().normalise_texts, "the text as it is": list}
    lexicons = data / "lexicons"
    for name, path, read in (
        ("kamus-alay, looked up", lexicons / "kamus_alay" / "colloquial-indonesian-lexicon.csv", kamus_alay),
        ("louisowen's list, looked up", lexicons / "louisowen" / "combined_slang_words.txt", louisowen),
    ):
        if part.has(path, name):
            found[name] = looked_up(read(path))
    try:
        from indoNLP.preprocessing import pipeline, replace_slang, replace_word_elongation
    except ImportError:
        part.skip("indoNLP", "not installed (pip install --group bench)")
    else:
        both = pipeline([replace_word_elongation, replace_slang])
        found[f"{package('indoNLP')} replace_slang"] = lambda texts: list(map(replace_slang, texts))
        found["indoNLP, elongation too"] = lambda texts: list(map(both, texts))
    return found


def kamus_alay(path: Path) -> dict[str, str]:
    """Each slang word with the formal one that it has most often."""
    formals: dict[str, Counter[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            formals.setdefault(row["slang"], Counter())[row["formal"]] += 1
    return {slang: counts.most_common(1)[0][0] for slang, counts in formals.items()}


def louisowen(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8"))


def looked_up(lexicon: Mapping[str, str]) -> Normalise:
    return lambda texts: [" ".join(lexicon.get(word, word) for word in text.lower().split(" ")) for text in texts]


def measure(data: Path, pairs: str = "dev") -> Part:
    part = Part()
    folder = data / "normalisation" / "stif"
    if not part.has(folder / f"{pairs}.inf", "normalisation"):
        return part
    try:
        import sacrebleu
    except ImportError:
        part.skip("normalisation", "sacrebleu is not installed (pip install --group bench)")
        return part
    informal, formal = (
        (folder / f"{pairs}.{side}").read_text(encoding="utf-8").splitlines() for side in ("inf", "for")
    )
    scores = {
        who: sacrebleu.corpus_bleu(normalise(informal), [formal], tokenize="none", lowercase=True).score
        for who, normalise in contenders(data, part).items()
    }
    bleu = "BLEU-4, lower case, no tokenisation"
    part.rows.append(Row("normalisation", f"STIF {pairs}", len(informal), bleu, scores, "at least 45"))
    part.notes.append(
        f"**Normalisation.** {package('sacrebleu')}. textmine's lexicons and rules were tried on STIF's training part "
        "and on other texts; nothing was fitted on the development part. kamus-alay gives each slang word the formal "
        "one that it has most often; indoNLP ships kamus-alay too. nlp-id has no normaliser."
    )
    return part


if __name__ == "__main__":
    run(measure, __doc__)
