"""The stages of a workspace in the order of the work, and the configuration that runs them all."""

from textmine.workflow.config import RunConfig, read_config
from textmine.workflow.features import complete_features_stage
from textmine.workflow.languages import choose_languages, language_shares, languages_stage
from textmine.workflow.phrases import phrases_stage
from textmine.workflow.runner import RunResult, run
from textmine.workflow.stages import keywords_stage, matrix_stage, report_stage

__all__ = [
    "RunConfig",
    "RunResult",
    "choose_languages",
    "complete_features_stage",
    "keywords_stage",
    "language_shares",
    "languages_stage",
    "matrix_stage",
    "phrases_stage",
    "read_config",
    "report_stage",
    "run",
]
