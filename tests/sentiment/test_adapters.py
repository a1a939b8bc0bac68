"""Models of other libraries tell sentiment with the interface of the shipped classifier; each is made here."""

import json
import sys
import types

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from textmine.cli.main import root
from textmine.errors import MissingExtraError, ModelError
from textmine.sentiment import Confusion
from textmine.sentiment.adapters import SklearnAdapter, SpacyAdapter, TransformersAdapter
from textmine.sentiment.labels import CLASSES, DESCRIBED_SCHEMA, SentimentModel
from textmine.sentiment.models import absolute_spec, known_confusion, load_model

TEXTS = ["bagus sekali", "bagus ramah", "kotor bau", "rusak kotor", "rapat senin", "jadwal rapat"] * 5
LABELS = ["positif", "positif", "negatif", "negatif", "netral", "netral"] * 5
NEW = ["bagus", "kotor", "rapat", "", None, "https://x.co/a"]

BAG_OF_WORDS = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,
    "no_output_layer": False,
    "length": 4096,
}


@pytest.fixture(scope="module")
def pipeline():
    return make_pipeline(CountVectorizer(), LogisticRegression(C=10)).fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def spacy_pipeline():
    spacy = pytest.importorskip("spacy")
    from spacy.training import Example

    nlp = spacy.blank("id")
    categoriser = nlp.add_pipe("textcat", config={"model": BAG_OF_WORDS})
    for label in ("pos", "neg", "neu"):
        categoriser.add_label(label)
    names = {"positif": "pos", "negatif": "neg", "netral": "neu"}
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {name: float(names[label] == name) for name in names.values()}})
        for text, label in zip(TEXTS, LABELS, strict=True)
    ]
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples, sgd=optimizer)
    return nlp


def check(model):
    found = model.predict_proba(NEW)
    assert found.shape == (6, 3) and np.allclose(found.sum(axis=1), 1)
    assert [CLASSES[column] for column in found[:3].argmax(axis=1)] == ["positive", "negative", "neutral"]
    assert found[3:].tolist() == [[0, 1, 0]] * 3
    assert model.predict(NEW[:3]).tolist() == ["positive", "negative", "neutral"]
    table = model.describe(pl.Series(NEW))
    assert table.schema == DESCRIBED_SCHEMA
    assert table["label"].to_list() == ["positive", "negative", "neutral", None, None, None]
    assert table["words"].to_list() == [[]] * 6 and isinstance(model, SentimentModel)


def test_a_scikit_learn_pipeline_as_object_and_as_skops_file(pipeline, tmp_path):
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    check(SklearnAdapter(pipeline))
    skops.dump(pipeline, tmp_path / "own.skops")
    loaded = load_model(f"sklearn:{tmp_path / 'own.skops'}")
    check(loaded.model)
    assert loaded.confusion is None
    again = load_model(f"sklearn:{tmp_path / 'own.skops'}", labels={"positif": "positive"})
    assert again.fingerprint != loaded.fingerprint


def test_a_spacy_pipeline_as_object_and_as_folder(spacy_pipeline, tmp_path):
    check(SpacyAdapter(spacy_pipeline))
    spacy_pipeline.to_disk(tmp_path / "pipeline")
    check(load_model(f"spacy:{tmp_path / 'pipeline'}").model)
    with pytest.raises(ModelError, match="is no spaCy pipeline"):
        SpacyAdapter.load(tmp_path)


class FakeTorch:
    """What the adapter uses of torch and transformers, recording how it is called. No checkpoint is loaded."""

    def __init__(self):
        self.loaded, self.batches = [], []
        self.module = types.ModuleType("torch")
        self.module.inference_mode = lambda: __import__("contextlib").nullcontext()
        self.transformers = types.ModuleType("transformers")
        self.transformers.AutoTokenizer = types.SimpleNamespace(from_pretrained=self._tokenizer)
        self.transformers.AutoModelForSequenceClassification = types.SimpleNamespace(from_pretrained=self._model)

    def _tokenizer(self, path, **options):
        self.loaded.append(options)
        return self._tokenise

    def _tokenise(self, texts, **options):
        assert options == {"padding": True, "truncation": True, "max_length": 256, "return_tensors": "pt"}
        self.batches.append(list(texts))
        return {"texts": texts}

    def _model(self, path, **options):
        self.loaded.append(options)
        if not (path and options["use_safetensors"]):
            raise OSError("no safetensors")

        def run(texts):
            logits = [[5.0 * ("bagus" in t), 5.0 * ("rapat" in t), 5.0 * ("kotor" in t)] for t in texts]
            array = types.SimpleNamespace(numpy=lambda: np.array(logits))
            return types.SimpleNamespace(logits=types.SimpleNamespace(cpu=lambda: array))

        run.eval = lambda: None
        run.config = types.SimpleNamespace(id2label={0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"})
        return run


INDONLU = {"LABEL_0": "positive", "LABEL_1": "neutral", "LABEL_2": "negative"}


def test_a_checkpoint_is_read_from_disk_as_safetensors_in_batches_of_like_length(monkeypatch, tmp_path):
    """With a stand-in for transformers and torch, which are too large for the tests."""
    fake = FakeTorch()
    monkeypatch.setitem(sys.modules, "torch", fake.module)
    monkeypatch.setitem(sys.modules, "transformers", fake.transformers)
    adapter = TransformersAdapter.load(tmp_path, labels=INDONLU)
    check(adapter)
    assert all(options["local_files_only"] and not options["trust_remote_code"] for options in fake.loaded)
    fake.batches.clear()
    many = [word * length for length in (5, 1, 9) for word in ["kata "] * 50]
    adapter.predict_proba(many)
    assert [len(batch) for batch in fake.batches] == [64, 64, 22]
    assert [len(text) for batch in fake.batches for text in batch] == sorted(len(text) for text in many)


def test_labels_that_say_nothing_must_be_told():
    def score(texts):
        return np.zeros((len(texts), 3))

    with pytest.raises(ModelError, match=r"which class 'LABEL_0' is; say it with --label LABEL_0=CLASS"):
        TransformersAdapter(score, list(INDONLU))
    with pytest.raises(ModelError, match="'good' is no class"):
        TransformersAdapter(score, list(INDONLU), labels=INDONLU | {"LABEL_0": "good"})
    with pytest.raises(ModelError, match="no label of the model is negative"):
        TransformersAdapter(score, ["positive", "neutral"])


def test_a_model_of_two_classes_calls_nothing_neutral():
    adapter = TransformersAdapter(lambda texts: np.array([[1.0, 0.0]] * len(texts)), ["pos", "neg"])
    assert adapter.predict_proba(["apa saja"])[0] == pytest.approx([0.2689, 0, 0.7311], abs=1e-4)


def test_without_the_library_the_install_line_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r'pip install "textmine\[neural\]"'):
        TransformersAdapter.load(tmp_path)
    monkeypatch.setitem(sys.modules, "skops.io", None)
    monkeypatch.setitem(sys.modules, "skops", None)
    with pytest.raises(MissingExtraError, match=r'pip install "textmine\[skops\]"'):
        SklearnAdapter.load(tmp_path / "own.skops")


class Strange(LogisticRegression):
    """A type that skops does not know."""


def test_pickles_strange_types_and_models_without_probabilities_are_refused(tmp_path):
    with pytest.raises(ModelError, match="never a pickle"):
        load_model(f"sklearn:{tmp_path}")
    with pytest.raises(ModelError, match="there is no such model"):
        load_model(f"sklearn:{tmp_path / 'none.skops'}")
    svm = make_pipeline(CountVectorizer(), LinearSVC()).fit(TEXTS, LABELS)
    with pytest.raises(ModelError, match="CalibratedClassifierCV"):
        SklearnAdapter(svm)
    check(SklearnAdapter(CalibratedClassifierCV(svm, cv=2).fit(TEXTS, LABELS)))
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    skops.dump(make_pipeline(CountVectorizer(), Strange()).fit(TEXTS, LABELS), tmp_path / "strange.skops")
    with pytest.raises(ModelError, match=r"types that are not trusted: .*Strange"):
        load_model(f"sklearn:{tmp_path / 'strange.skops'}")


def test_known_mistakes_lie_beside_the_model(tmp_path):
    said = np.repeat(np.eye(3), 20, axis=0)
    confusion = Confusion.of(said, np.repeat(CLASSES, 20))
    confusion.save(tmp_path / "own.confusion.json")
    (tmp_path / "own.skops").write_bytes(b"")
    assert np.array_equal(known_confusion(f"sklearn:{tmp_path / 'own.skops'}").cells, confusion.cells)
    assert absolute_spec("spacy:a/b", tmp_path) == f"spacy:{tmp_path / 'a/b'}"
    assert absolute_spec("own", tmp_path) == str(tmp_path / "own") and absolute_spec("shipped", tmp_path) == "shipped"


def test_both_commands_take_a_model(pipeline, tmp_path):
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    skops.dump(pipeline, tmp_path / "own.skops")
    run = CliRunner().invoke
    spec = f"sklearn:{tmp_path / 'own.skops'}"
    said = run(root, ["text", "sentiment", "--model", spec, "--explain"], input="bagus\nkotor\n")
    assert [json.loads(line)["label"] for line in said.stdout.splitlines()] == ["positive", "negative"]
    (tmp_path / "posts.csv").write_text(
        "platform,post_id,account,published_at,caption\n"
        + "".join(f"x,{i},a,2020-01-01T00:00:00Z,{text}\n" for i, text in enumerate(TEXTS))
    )
    season = str(tmp_path / "season")
    assert run(root, ["ingest", str(tmp_path / "posts.csv"), "-o", season]).exit_code == 0
    shown = run(root, ["sentiment", season, "--model", spec, "--by", "all", "--format", "json"])
    rows = json.loads(shown.stdout)
    assert [(row["label"], row["share"]) for row in rows] == [(label, None) for label in CLASSES]
    assert [row["raw"] for row in rows] == pytest.approx([1 / 3] * 3)
    assert "mistakes of this model are not known" in shown.stderr
    kept = run(root, ["sentiment", season, "--by", "all", "--format", "json"])  # as in the last run
    assert kept.stdout == shown.stdout
    wrong = run(root, ["sentiment", season, "--model", spec, "--label", "positif"])
    assert wrong.exit_code == 2 and "NAME=CLASS" in wrong.stderr
