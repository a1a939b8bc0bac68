"""The main job on the simulated demo corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.simulation import simulate
from textmine.workflow.runner import RunResult, run

_CONFIG = """\
# The configuration of the demo. The posts in exports/ are SIMULATED.
workspace = "workspace"

[ingest]
sources = ["exports/*.csv"]
agencies = "exports/agencies.csv"

[keywords]
by = ["agency", "cluster", "platform"]

[topics]
by = ["agency", "cluster"]

[hashtags]
analyse = true

[sentiment]
analyse = true

[awards]
rank = ["gsm2020"]

[report]
directory = "reports"
lang = "{lang}"
"""


def run_demo(
    directory: str | Path,
    *,
    n_posts: int | None = None,
    lang: Language = DEFAULT_LANGUAGE,
    seed: int = 2020,
    progress: Callable[[str, bool], None] | None = None,
) -> RunResult:
    """Simulate exports and run all stages over them.

    Parameters
    ----------
    directory
        Gets ``exports/``, ``demo.toml``, ``workspace/`` and ``reports/``.
    n_posts
        How many posts are simulated; the demo's own number if None.
    lang
        Language of the reports.
    seed
        Seed of the simulator.
    progress
        As for :func:`textmine.workflow.run`.
    """
    directory = Path(directory)
    if progress is not None:
        progress("simulate", False)
    simulate(directory / "exports", n_posts=n_posts, seed=seed)
    config = directory / "demo.toml"
    config.write_text(_CONFIG.format(lang=lang), encoding="utf-8")
    return run(config, progress=progress)
