"""Runs every stage that a configuration asks for; what is done and unchanged is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from textmine.engines import Engine
from textmine.errors import WorkspaceError
from textmine.features import FeatureSettings
from textmine.hashtags import HashtagSettings, hashtags_stage
from textmine.ingest import ingest
from textmine.ingest.opening import workspace_for_writing
from textmine.integrity import current_integrity_stage
from textmine.notebook import stages_html
from textmine.ranking.awardfile import read_awards
from textmine.ranking.presets import find_awards
from textmine.ranking.stage import rank_workspace
from textmine.ranking.stored import stage_of
from textmine.sentiment.models import SHIPPED_NAME
from textmine.sentiment.stage import comments_stage, sentiment_stage
from textmine.store import StageResult, Workspace
from textmine.topics.stage import topics_stage
from textmine.workflow.config import AwardsConfig, RunConfig, TopicsConfig, read_config
from textmine.workflow.features import complete_features_stage
from textmine.workflow.phrases import phrases_stage
from textmine.workflow.stages import keywords_stage, matrix_stage, report_stage, where_enough


@dataclass(frozen=True)
class RunResult:
    """What a run did: its workspace, the index of its reports, and every stage in order."""

    workspace: Workspace
    index: Path
    stages: tuple[StageResult, ...]

    def _repr_html_(self) -> str:
        ran = sum(stage.ran for stage in self.stages)
        return stages_html(
            [stage.manifest for stage in self.stages],
            title=repr(self.workspace),
            note=f"{ran} of {len(self.stages)} stages ran now; reports: {self.index}",
            simulated=self.workspace.simulated,
        )


def run(
    config: RunConfig | str | Path,
    *,
    engine: Engine | None = None,
    progress: Callable[[str, bool], None] | None = None,
) -> RunResult:
    """Run the stages that a configuration asks for over one workspace, from ingest to the reports.

    A second run does only what changed. A run that was killed is taken up at the stage in which it was killed and
    ends in the same bytes.

    Parameters
    ----------
    config
        A configuration or the path of one.
    engine
        Where posts are counted; in this process if None. What a run leaves is the same, to the byte.
    progress
        Called with a stage's name and False when it starts, True when it ends.

    Returns
    -------
    RunResult
        One :class:`~textmine.store.StageResult` a stage, in order. ``topics`` is not among them where the posts are
        too few or too alike and the configuration names no number of topics.

    Raises
    ------
    TextmineError
        The configuration, an input or the workspace cannot be used.
    """
    settings = config if isinstance(config, RunConfig) else read_config(config)
    stages: list[StageResult] = []
    with workspace_for_writing(settings.workspace) as workspace:
        for name, stage in _plan(settings, workspace, engine):
            if progress is not None:
                progress(name, False)
            if (done := stage()) is not None:
                stages.append(done)
            if progress is not None:
                progress(name, True)
    return RunResult(workspace, Path(settings.report.directory) / "index.html", tuple(stages))


def _plan(
    config: RunConfig, workspace: Workspace, engine: Engine | None
) -> list[tuple[str, Callable[[], StageResult | None]]]:
    """Stages in order, none of them started."""
    topics, report, language = config.topics, config.report, config.language_settings
    phrases: list[tuple[str, Callable[[], StageResult]]] = [
        ("phrases", lambda: phrases_stage(workspace, language=language))
    ]
    tags = HashtagSettings(min_posts=config.hashtags.min_posts, seed=config.hashtags.seed)
    hashtags: list[tuple[str, Callable[[], StageResult]]] = [
        ("hashtags", lambda: hashtags_stage(workspace, settings=tags))
    ]
    asked, model = config.sentiment, config.sentiment.model or SHIPPED_NAME
    sentiment: list[tuple[str, Callable[[], StageResult]]] = [
        ("sentiment", lambda: sentiment_stage(workspace, model=model, labels=asked.labels))
    ]
    comments: list[tuple[str, Callable[[], StageResult]]] = [
        (
            "comments_sentiment",
            lambda: comments_stage(
                workspace, asked.comments, platform=asked.comments_platform, model=model, labels=asked.labels
            ),
        )
    ]
    chosen = FeatureSettings(**config.features.model_dump(exclude={"write"}))
    first = ("languages", "topics", "duplicates", *(("hashtags",) if config.hashtags.analyse else ()))
    features: list[tuple[str, Callable[[], StageResult]]] = [
        ("features", lambda: complete_features_stage(workspace, settings=chosen, first=first))
    ]
    return [
        ("ingest", lambda: _ingest(config, workspace)),
        *(phrases if config.find_phrases else []),
        ("matrix", lambda: matrix_stage(workspace, language=language, phrases=config.find_phrases, engine=engine)),
        ("keywords", lambda: keywords_stage(workspace, by=config.keywords.by, top=config.keywords.top, engine=engine)),
        ("topics", lambda: _topics(topics, workspace, engine)),
        *(hashtags if config.hashtags.analyse else []),
        *(sentiment if asked.analyse else []),
        *(comments if asked.analyse and asked.comments else []),
        *(features if config.features.write else []),
        *_rankings(config.awards, workspace),
        (
            "report",
            lambda: report_stage(
                workspace, Path(report.directory), lang=report.lang, formats=report.formats, engine=engine
            ),
        ),
    ]


def _topics(asked: TopicsConfig, workspace: Workspace, engine: Engine | None) -> StageResult | None:
    """Find topics; without any where the posts are too few for those that nobody asked for by number."""

    def find() -> StageResult:
        return topics_stage(workspace, engine=engine, **asked.stage_options())

    return where_enough(find) if asked.n_topics is None and asked.choose_from is None else find()


def _rankings(asked: AwardsConfig, workspace: Workspace) -> list[tuple[str, Callable[[], StageResult]]]:
    """Flags of posts, and a ranking for each award; its file is read now, so that a mistake in it costs no work."""
    awards = [(read_awards(path).name, path) for path in map(find_awards, asked.rank)]

    def ranking(path: Path) -> StageResult:
        _, kept = rank_workspace(
            workspace, path, without_flagged=asked.without_flagged, n_draws=asked.draws, seed=asked.seed
        )
        return cast("StageResult", kept)  # all categories were asked for

    flags: list[tuple[str, Callable[[], StageResult]]] = [("integrity", lambda: current_integrity_stage(workspace))]
    return [*(flags if awards else []), *((stage_of(name), partial(ranking, path)) for name, path in awards)]


def _ingest(config: RunConfig, workspace: Workspace) -> StageResult:
    """Read the sources anew unless they, the register and the options are what they were."""
    asked, said = config.ingest, config.ingest.said
    before = workspace.manifest("ingest")
    ingest(
        asked.sources,
        workspace,
        agencies=asked.agencies,
        mapping=said.mapping or None,
        platform=said.platform,
        account=said.account,
        pseudonymise=asked.pseudonymise,
        pseudonymise_ids=asked.pseudonymise_ids,
        replace=True,
    )
    after = workspace.manifest("ingest")
    if after is None:
        raise WorkspaceError("left no manifest", path=workspace.path, stage="ingest")
    return StageResult(after, ran=before != after)
