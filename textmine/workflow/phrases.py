"""The stage ``phrases`` of a workspace: multi-word expressions, found in its posts or given by its user."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from textmine.errors import InputError
from textmine.language.settings import LanguageSettings
from textmine.phrases import PhraseScore, find_phrases, normalise_phrases, read_phrases
from textmine.store import StageResult, Workspace

PHRASES: Final = "phrases.parquet"

USE_PHRASES: Final = False
"""Whether phrases are terms in a new workspace; docs/phrases.md says why not."""

_AT_FIRST: Final[Mapping[str, Any]] = {
    "phrases": [],
    "only": False,
    "score": "npmi",
    "threshold": None,
    "min_count": 5,
    "max_length": 3,
}


def phrases_stage(
    workspace: Workspace,
    *,
    language: LanguageSettings | None = None,
    phrases: Collection[str] | Path | None = None,
    only: bool | None = None,
    score: PhraseScore | None = None,
    threshold: float | None = None,
    min_count: int | None = None,
    max_length: int | None = None,
) -> StageResult:
    """Find phrases and write ``phrases.parquet``.

    What is None is as in the last run, or the default of :func:`textmine.find_phrases`. A threshold goes with its
    score: with another score it begins anew.

    Parameters
    ----------
    workspace
        With posts.
    language
        Settings of the language layer; those of the matrix if None, or the defaults. Stems make no difference.
    phrases
        Phrases of the user's own, or a file of them, one a line; nothing in it takes the last ones back.
    only
        Nothing is searched for: the user's own phrases alone.
    score, threshold, min_count, max_length
        As for :func:`textmine.find_phrases`.

    Raises
    ------
    InputError
        A phrase of the user's own can never be found in a caption, or there is none and ``only`` asks for them alone.
    """
    settings = language or LanguageSettings(**_last(workspace, "matrix"))
    settings = replace(settings, phrases=None, stem=False)
    last = _last(workspace, "phrases")
    wanted: dict[str, Any] = {name: last.get(name, value) for name, value in _AT_FIRST.items()}
    if score is not None and score != wanted["score"]:
        wanted["threshold"] = None
    if isinstance(phrases, Path):
        phrases = read_phrases(phrases, language=settings)
    elif phrases is not None:
        phrases = normalise_phrases(phrases, language=settings)
    asked = {
        "phrases": phrases, "only": only, "score": score, "threshold": threshold, "min_count": min_count,
        "max_length": max_length,
    }  # fmt: skip
    wanted |= {name: value for name, value in asked.items() if value is not None}
    if wanted["only"] and not wanted["phrases"]:
        raise InputError(
            "there are no phrases to count alone; give a file of them with --phrases, or search with --add"
        )

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        table = find_phrases(posts, language=settings, scratch=staging, **wanted)
        table.write_parquet(staging / PHRASES, compression="zstd")
        return {"phrases": len(table)}

    return workspace.run_stage(
        "phrases",
        build,
        outputs=[PHRASES],
        inputs=workspace.output_hashes("ingest"),
        settings=wanted | {"language": settings.as_dict()},
    )


def _last(workspace: Workspace, stage: str) -> dict[str, Any]:
    manifest = workspace.manifest(stage)
    return dict(manifest.settings) if manifest is not None else {}
