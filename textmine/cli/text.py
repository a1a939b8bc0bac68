"""``textmine text``: the steps of the language layer as filters, without a workspace."""

from __future__ import annotations

from textmine.cli.groups import LazyGroup

text = LazyGroup(
    name="text",
    lazy={
        "normalise": ("textmine.cli.text_filters:normalise", "Write informal text formally."),
        "tokens": ("textmine.cli.text_filters:tokens", "Split text into words."),
        "stem": ("textmine.cli.text_filters:stem", "Give the stems of words."),
        "split-hashtags": ("textmine.cli.text_filters:split_hashtags", "Split hashtags into their words."),
        "keywords": ("textmine.cli.text_filters:keywords", "Find the keyphrases of each line."),
        "sentiment": ("textmine.cli.text_filters:sentiment", "Say how text leans."),
        "language": ("textmine.cli.text_filters:language", "Say in which language text is written."),
    },
    help="""Work on text in a pipe: one line in, one line out.

    \b
    Examples:
      echo "yg penting sehat2 aja" | textmine text normalise
      echo "mempertanggungjawabkan" | textmine text stem
      textmine text split-hashtags < hashtags.txt > words.txt
    """,
)
