"""The stages of a workspace in the order of the work, and the configuration that runs them all."""

from textmine.workflow.config import RunConfig, read_config
from textmine.workflow.runner import RunResult, run
from textmine.workflow.stages import keywords_stage, matrix_stage, report_stage

__all__ = ["RunConfig", "RunResult", "keywords_stage", "matrix_stage", "read_config", "report_stage", "run"]
