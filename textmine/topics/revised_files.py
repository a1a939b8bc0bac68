"""Saves revised topics without pickle: the fitted model in ``fitted/``, what was done to it in ``revisions.json``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

import textmine
from textmine.errors import ModelError
from textmine.modelfile import check_files
from textmine.store import hash_path, replace, write_json
from textmine.topics.model import TopicModel
from textmine.topics.revised import Merge, RevisedTopicModel, Revision, Split

if TYPE_CHECKING:
    from textmine.topics.revised import AnyTopics

REVISIONS: Final = "revisions.json"
REVISED_FORMAT: Final = 1
_FITTED: Final = "fitted"
_SPLITS: Final = "splits.npz"
_TOPICS: Final = "topics.parquet"


def save_revised(model: RevisedTopicModel, directory: Path) -> None:
    """Write revised topics into ``directory``, replacing an earlier model there and nothing else.

    Raises
    ------
    ModelError
        The folder holds something that is not a model.
    """
    known = any((directory / name).exists() for name in (REVISIONS, "model.json"))
    if directory.exists() and not known and (directory.is_file() or any(directory.iterdir())):
        raise ModelError("exists and is not a topic model; choose another folder", path=directory)
    draft = directory.with_name(f".{directory.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    model.base.save(draft / _FITTED)
    model.topics_.write_parquet(draft / _TOPICS, compression="zstd")
    arrays: dict[str, Any] = {}
    for number, revision in enumerate(model.revisions):
        if isinstance(revision, Split):
            arrays |= {f"components_{number}": revision.components, f"idf_{number}": revision.idf}
    np.savez(draft / _SPLITS, allow_pickle=False, **arrays)
    files = (f"{_FITTED}/model.json", _TOPICS, _SPLITS)
    content = {
        "format": REVISED_FORMAT,
        "textmine": textmine.__version__,
        "base_ids": model.base_ids.tolist(),
        "revisions": [revision.as_dict() for revision in model.revisions],
        "history": list(model.history),
        "checksums": {name: hash_path(draft / name) for name in files},
    }
    write_json(draft / REVISIONS, content)
    replace(draft, directory)


def load_topics(directory: str | Path) -> AnyTopics:
    """Read saved topics, as they were fitted or revised since.

    Raises
    ------
    ModelError
        There are none, they are damaged, or a newer textmine wrote them.
    """
    directory = Path(directory)
    if not (directory / REVISIONS).is_file():
        return TopicModel.load(directory)
    try:
        content = json.loads((directory / REVISIONS).read_text(encoding="utf-8"))
        if int(content["format"]) > REVISED_FORMAT:
            problem = "a newer textmine wrote these topics; upgrade with: pip install -U textmine"
            raise ModelError(problem, path=directory, saved_with=content["textmine"], running=textmine.__version__)
        check_files(directory, content["checksums"], kind="topic model")
        with np.load(directory / _SPLITS, allow_pickle=False) as splits:
            arrays = {name: splits[name] for name in splits.files}
        return RevisedTopicModel(
            TopicModel.load(directory / _FITTED),
            base_ids=np.asarray(content["base_ids"], np.int64),
            revisions=[_revision(said, number, arrays) for number, said in enumerate(content["revisions"])],
            topics=pl.read_parquet(directory / _TOPICS),
            history=content["history"],
        )
    except (KeyError, TypeError, AttributeError, OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise ModelError(f"the revised topics cannot be read: {error}", path=directory) from error


def _revision(said: dict[str, Any], number: int, arrays: dict[str, Any]) -> Revision:
    if said["action"] == "merge":
        return Merge(said["into"][0], tuple(said["topics"]))
    return Split(said["topics"][0], tuple(said["into"]), arrays[f"components_{number}"], arrays[f"idf_{number}"])
