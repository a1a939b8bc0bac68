"""``textmine judge``: what judges decide, and on what."""

from __future__ import annotations

from textmine.cli.groups import LazyGroup

judge = LazyGroup(
    name="judge",
    lazy={
        "tally": ("textmine.cli.judge_tally:tally", "Count the scores of a jury by seven methods, side by side."),
        "minutes": ("textmine.cli.judge_minutes:minutes", "Write the minutes of the decision as PDF and Markdown."),
    },
    help="""Let a jury decide, and show how sure its decision is.

    \b
    Examples:
      textmine judge tally scores.csv
      textmine judge minutes scores.csv --jury jury.toml -o minutes
    """,
)
