"""Stages of a workspace that several commands need; each runs only when something it reads has changed.

The caller holds the workspace's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import polars as pl

from textmine.counting import store_document_term_matrix
from textmine.engines import Engine
from textmine.errors import NotEnoughDataError, WorkspaceError
from textmine.groups import Grouping
from textmine.hashtags import hashtags_stage
from textmine.ingest.sources import REPORT_MARK
from textmine.keyness import keywords
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.matrix import StoredMatrix
from textmine.plugins import REPORT_SECTIONS, recorded
from textmine.report import DEFAULT_FORMATS, Format, write_reports
from textmine.report.awards import award_stages
from textmine.sentiment.stage import sentiment_stage
from textmine.store import StageResult, Workspace, write_json
from textmine.topics.revision_stage import current_topics_stage
from textmine.workflow.cluster_terms import cluster_terms_stage
from textmine.workflow.phrases import PHRASES, USE_PHRASES, phrases_stage

KEYWORDS_KEPT: Final = 50
"""Terms a group and kind that are kept unless more are asked for."""


def matrix_stage(
    workspace: Workspace,
    *,
    language: LanguageSettings | None = None,
    phrases: bool | None = None,
    keep_words: bool | None = None,
    engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> StageResult:
    """Make the document-term matrix of the workspace.

    Parameters
    ----------
    workspace
        With posts.
    language
        Settings of the language layer; those of the last run if None, or the defaults. Phrases given here are used
        as they are.
    phrases
        Whether the phrases of :func:`phrases_stage` are terms; as in the last run if None, or :data:`USE_PHRASES`.
    keep_words
        Whether the words of such a phrase are counted too; as in the last run if None, or not.
    engine
        Where the posts are analysed; in this process if None. The bytes are the same.
    progress
        Called with the number of posts done.
    """
    last = workspace.manifest("matrix")
    settings = language or last_language_settings(workspace)
    were_used = last is not None and PHRASES in last.inputs
    if keep_words is None:
        keep_words = were_used and bool(_last_settings(workspace, "matrix")["phrases"]["keep_words"])
    if language is None and were_used:
        settings = replace(settings, phrases=None)  # found anew, since the posts may be others
    use = (USE_PHRASES if last is None else were_used) if phrases is None else phrases
    inputs = workspace.output_hashes("ingest")
    if use and settings.phrases is None:
        phrases_stage(workspace, language=settings)
        inputs |= workspace.output_hashes("phrases")
        table = workspace.scan(PHRASES, made_by="phrases").select("phrase").collect()
        settings = replace(settings, phrases=Phrases(tuple(table["phrase"]), keep_words=keep_words))

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        folder = staging / "matrix"
        matrix = store_document_term_matrix(posts, folder, language=settings, engine=engine, progress=progress)
        counted = {"posts": matrix.n_posts, "terms": len(matrix.vocabulary)}
        # Said only where languages are chosen: nobody should wonder about a nought.
        return counted | ({"posts_in_other_languages": matrix.n_other_languages} if settings.languages else {})

    return workspace.run_stage("matrix", build, outputs=["matrix"], inputs=inputs, settings=settings.as_dict())


def keywords_stage(
    workspace: Workspace, *, by: Sequence[Grouping] = (), top: int = KEYWORDS_KEPT, engine: Engine | None = None
) -> StageResult:
    """Make ``keywords.parquet``.

    Groupings that were asked for before are kept up to date beside the new ones, so that no command undoes another.

    Parameters
    ----------
    workspace
        With posts; the matrix is made if it is missing or out of date.
    by
        Groupings; ``agency`` is always among them, because reports need it.
    top
        Terms a group and kind.
    engine
        Where terms are counted; in this process if None. The bytes are the same.
    """
    matrix_stage(workspace, engine=engine)
    last = _last_settings(workspace, "keywords")
    groupings = sorted({"agency", *by, *last.get("by", [])})
    kept = max(top, KEYWORDS_KEPT, last.get("top", 0))

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        matrix = StoredMatrix.open(workspace.file("matrix"))
        agencies = workspace.register()
        tables = [
            keywords(posts, by=cast("Grouping", grouping), top=kept, agencies=agencies, matrix=matrix, engine=engine)
            for grouping in groupings
        ]
        table = pl.concat(tables)
        table.write_parquet(staging / "keywords.parquet", compression="zstd")
        return {"keywords": len(table)}

    return workspace.run_stage(
        "keywords",
        build,
        outputs=["keywords.parquet"],
        inputs=workspace.output_hashes("ingest", "matrix"),
        settings={"by": groupings, "top": kept},
    )


def report_stage(
    workspace: Workspace,
    directory: Path,
    *,
    lang: Language = DEFAULT_LANGUAGE,
    formats: Collection[Format] = DEFAULT_FORMATS,
    agencies: Collection[str] | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> StageResult:
    """Write the reports into ``directory``, replacing an earlier textmine report and nothing else.

    Keywords and topics that are missing or out of date are made first, with the settings of their last run; topics that
    were merged, split or updated are held fixed and applied to new posts. Where the posts are too few or too alike for
    topics, the reports have none. Hashtags and the sentiment of posts are brought up to date if they were analysed
    before; that of comments is shown if it is up to date.

    Raises
    ------
    WorkspaceError
        ``directory`` holds something that is not a textmine report.
    """
    directory = directory.absolute()
    if directory.exists() and not _replaceable(directory):
        raise WorkspaceError("holds other files; choose an empty or new folder for the reports", path=directory)
    keywords_stage(workspace)
    shown = ["ingest", "keywords"]
    if where_enough(lambda: current_topics_stage(workspace)) is not None:
        shown.append("topics")
    if cluster_terms_stage(workspace) is not None:
        shown.append("cluster_terms")
    if workspace.manifest("hashtags") is not None:
        hashtags_stage(workspace)
        shown.append("hashtags")
    if workspace.manifest("sentiment") is not None:
        sentiment_stage(workspace)
    shown += award_stages(workspace)
    voices = ("sentiment", "comments_sentiment")
    shown += [stage for stage in voices if workspace.inputs_unchanged(stage, "ingest")]
    if added := recorded(REPORT_SECTIONS):  # who knows what these read
        shown = [*dict.fromkeys((*shown, *(stage for stage in workspace.stages() if stage != "report")))]

    def build(staging: Path) -> Mapping[str, int]:
        target = staging / directory.name
        target.mkdir()
        result = write_reports(
            workspace, target, lang=lang, formats=formats, agencies=agencies, engine=engine, progress=progress
        )
        write_json(target / REPORT_MARK, {"lang": lang, "formats": sorted(formats), "simulated": workspace.simulated})
        return {"reports": len(result.reports)}

    return workspace.run_stage(
        "report",
        build,
        outputs=[directory.name],
        inputs=workspace.output_hashes(*shown),
        settings={
            **added,
            "directory": str(directory),
            "lang": lang,
            "formats": sorted(formats),
            "agencies": sorted(agencies) if agencies is not None else None,
        },
        root=directory.parent,
    )


def where_enough(stage: Callable[[], StageResult]) -> StageResult | None:
    """Run a stage that nothing else hangs on; None where there are too few posts for it."""
    try:
        return stage()
    except NotEnoughDataError:
        return None


def last_language_settings(workspace: Workspace) -> LanguageSettings:
    """Return the settings of the language layer in the last matrix, or the defaults."""
    return LanguageSettings(**_last_settings(workspace, "matrix"))


def _last_settings(workspace: Workspace, stage: str) -> dict[str, Any]:
    manifest = workspace.manifest(stage)
    return manifest.settings if manifest is not None else {}


def _replaceable(directory: Path) -> bool:
    return directory.is_dir() and ((directory / REPORT_MARK).exists() or not any(directory.iterdir()))
