"""Sentiment by a model of another library, with the interface of textmine's own classifier.

A spaCy pipeline with a text categoriser, a Hugging Face checkpoint on disk such as IndoBERT fine-tuned on SmSA, or a
scikit-learn classifier. Nothing is fetched from anywhere and nothing is unpickled: checkpoints must hold safetensors,
scikit-learn models be saved with skops. None of them says which words decided.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import MissingExtraError, ModelError
from textmine.language.clean import URL
from textmine.sentiment.labels import CLASSES, N_WORDS, described
from textmine.sentiment.units import as_series

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_BATCH: Final = 64
_LONGEST: Final = 256
"""Tokens of a text that a transformer reads: captions are shorter, and time grows with the square."""

_KNOWN: Final = {
    "negative": "negative negatif neg",
    "neutral": "neutral netral neu",
    "positive": "positive positif pos",
}
_CLASS_OF: Final = {name: label for label, names in _KNOWN.items() for name in names.split()}


class Adapter(ABC):
    """A model of another library.

    Parameters
    ----------
    names
        The model's own labels, in the order of what it gives.
    labels
        Which of :data:`~textmine.sentiment.labels.CLASSES` each of them is; known by itself for names such as
        ``positive``, ``positif`` and ``pos``. A model without a neutral label never calls a text neutral.

    Raises
    ------
    ModelError
        It is not known which class a label is, or none is positive or negative.
    """

    def __init__(self, names: Sequence[str], *, labels: Mapping[str, str] | None = None) -> None:
        self.classes_ = np.array(CLASSES)
        classes = [_class_of(name, labels) for name in names]
        for label in ("negative", "positive"):
            if label not in classes:
                raise ModelError(f"no label of the model is {label}; its labels are {', '.join(names)}")
        self._into = np.array([[own == label for label in CLASSES] for own in classes], float)

    def predict_proba(self, texts: Sequence[str] | pl.Series) -> Floats:
        """Probabilities of negative, neutral and positive, shape (n_texts, 3); of a text without content neutral."""
        column = as_series(texts)
        empty = _is_empty(column)
        found = np.tile([0.0, 1.0, 0.0], (len(column), 1))
        told = column.filter(pl.Series(~empty)).to_list()
        if told:
            scores = self._scores(told) @ self._into
            total = scores.sum(axis=1, keepdims=True)
            found[~empty] = np.where(total > 0, scores / np.where(total > 0, total, 1), [0.0, 1.0, 0.0])
        return found

    def predict(self, texts: Sequence[str] | pl.Series) -> npt.NDArray[np.str_]:
        """The likeliest class of each text, shape (n_texts,)."""
        labels: npt.NDArray[np.str_] = self.classes_[self.predict_proba(texts).argmax(axis=1)]
        return labels

    def describe(self, texts: Sequence[str] | pl.Series, *, n_words: int = N_WORDS) -> pl.DataFrame:
        """Columns of ``DESCRIBED_SCHEMA``; no words, since these models do not say which decided."""
        column = as_series(texts)
        return described(self.predict_proba(column), _is_empty(column))

    def explain(self, text: str) -> list[tuple[str, float]]:
        """Nothing: these models do not say which words decided."""
        return []

    @abstractmethod
    def _scores(self, texts: list[str]) -> Floats:
        """Scores of the model's own labels, shape (n_texts, n_names), of texts with content."""


class SpacyAdapter(Adapter):
    """A spaCy pipeline with a component that sets ``doc.cats``, such as ``textcat``.

    Parameters
    ----------
    pipeline
        The loaded pipeline.
    labels
        As for :class:`Adapter`.
    """

    def __init__(self, pipeline: Any, *, labels: Mapping[str, str] | None = None) -> None:  # noqa: ANN401
        self._pipeline = pipeline
        found: list[str] = [label for _, part in pipeline.pipeline for label in getattr(part, "labels", ())]
        self._names = list(pipeline("kata").cats) or found
        super().__init__(self._names, labels=labels)

    @classmethod
    def load(cls, path: Path, *, labels: Mapping[str, str] | None = None) -> SpacyAdapter:
        """Load a pipeline from a folder."""
        import spacy

        try:
            return cls(spacy.load(path), labels=labels)
        except (OSError, ValueError) as error:
            raise ModelError(f"is no spaCy pipeline: {error}", path=path) from error

    def _scores(self, texts: list[str]) -> Floats:
        cats = (document.cats for document in self._pipeline.pipe(texts, batch_size=_BATCH))
        return np.array([[given.get(name, 0.0) for name in self._names] for given in cats], float)


class SklearnAdapter(Adapter):
    """A scikit-learn classifier or pipeline that takes texts and has ``predict_proba``.

    Parameters
    ----------
    model
        The fitted classifier.
    labels
        As for :class:`Adapter`.
    """

    def __init__(self, model: Any, *, labels: Mapping[str, str] | None = None) -> None:  # noqa: ANN401
        if not hasattr(model, "predict_proba"):
            raise ModelError(
                f"{type(model).__name__} gives no probabilities; wrap it in scikit-learn's CalibratedClassifierCV"
            )
        self._model = model
        super().__init__([str(name) for name in model.classes_], labels=labels)

    @classmethod
    def load(cls, path: Path, *, labels: Mapping[str, str] | None = None) -> SklearnAdapter:
        """Load a model that skops saved; types beyond those of scikit-learn, NumPy and SciPy are refused."""
        if path.suffix != ".skops":
            raise ModelError(
                "only models saved with skops are read, never a pickle; save it with skops.io.dump", path=path
            )
        skops = _skops()
        try:
            strange = skops.get_untrusted_types(file=path)
            if strange:
                raise ModelError(f"holds types that are not trusted: {', '.join(strange)}", path=path)
            return cls(skops.load(path), labels=labels)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"cannot be read: {error}", path=path) from error

    def _scores(self, texts: list[str]) -> Floats:
        return np.asarray(self._model.predict_proba(texts), float)


class TransformersAdapter(Adapter):
    """A sequence classifier of the transformers library, such as a fine-tuned IndoBERT.

    Parameters
    ----------
    score
        From texts to logits, shape (n_texts, n_names).
    names, labels
        As for :class:`Adapter`. ``LABEL_0`` and the like mean nothing by themselves: say what they are.
    """

    def __init__(
        self,
        score: Callable[[list[str]], npt.NDArray[np.floating]],
        names: Sequence[str],
        *,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._score = score
        super().__init__(names, labels=labels)

    @classmethod
    def load(cls, path: Path, *, labels: Mapping[str, str] | None = None) -> TransformersAdapter:
        """Load a checkpoint from a folder; weights must be safetensors, and no code of the checkpoint is run."""
        torch, transformers = _torch_and_transformers()
        local = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(path), **local)
            model = transformers.AutoModelForSequenceClassification.from_pretrained(
                str(path), use_safetensors=True, **local
            )
        except (OSError, ValueError) as error:
            raise ModelError(f"is no checkpoint with safetensors: {error}", path=path) from error
        model.eval()

        def score(texts: list[str]) -> npt.NDArray[np.floating]:
            inputs = tokenizer(texts, padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
            with torch.inference_mode():
                logits: npt.NDArray[np.floating] = model(**inputs).logits.cpu().numpy()
            return logits

        names = model.config.id2label
        return cls(score, [str(names[number]) for number in sorted(names)], labels=labels)

    def _scores(self, texts: list[str]) -> Floats:
        """Softmax; texts of like length go together, so that little is padded."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        logits = np.zeros((len(texts), len(self._into)))
        for rows in (order[at : at + _BATCH] for at in range(0, len(order), _BATCH)):
            logits[rows] = self._score([texts[row] for row in rows.tolist()])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares


LOADERS: Final[dict[str, Callable[..., Adapter]]] = {
    "spacy": SpacyAdapter.load,
    "transformers": TransformersAdapter.load,
    "sklearn": SklearnAdapter.load,
}
"""What stands before the colon of a model's name, and what loads what stands behind it."""


def _class_of(name: str, labels: Mapping[str, str] | None) -> str:
    said = (labels or {}).get(name) or _CLASS_OF.get(name.casefold())
    if said is None:
        raise ModelError(f"it is not known which class {name!r} is; say it with --label {name}=CLASS")
    if said not in CLASSES:
        raise ModelError(f"{said!r} is no class; the classes are {', '.join(CLASSES)}")
    return said


def _is_empty(texts: pl.Series) -> npt.NDArray[np.bool_]:
    bare = (
        texts.cast(pl.String)
        .fill_null("")
        .to_frame("text")
        .select(pl.col("text").str.replace_all(URL, " ").str.strip_chars() == "")
    )
    empty: npt.NDArray[np.bool_] = bare.to_series().to_numpy().astype(bool)
    return empty


def _skops() -> Any:  # noqa: ANN401
    try:
        import skops.io
    except ImportError as error:
        raise MissingExtraError("skops", package="skops") from error
    return skops.io


def _torch_and_transformers() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError("neural", package=str(error.name or "transformers")) from error
    return torch, transformers


def parse_labels(given: Iterable[str]) -> dict[str, str]:
    """``LABEL_0=positive`` and the like as a mapping.

    Raises
    ------
    ValueError
        One has no equals sign, or no class behind it.
    """
    labels = {}
    for each in given:
        name, equals, label = each.rpartition("=")
        if not equals or label not in CLASSES:
            raise ValueError(f"{each!r} is not NAME=CLASS with a class of {', '.join(CLASSES)}")
        labels[name] = label
    return labels
