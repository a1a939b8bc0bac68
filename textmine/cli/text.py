"""``textmine text``: the steps of the language layer as filters, without a workspace."""

from __future__ import annotations

from textmine.cli.groups import LazyGroup

text = LazyGroup(
    name="text",
    lazy={
        "tokens": ("textmine.cli.text_filters:tokens", "Split text into words."),
        "stem": ("textmine.cli.text_filters:stem", "Give the stems of words."),
        "language": ("textmine.cli.text_filters:language", "Say in which language text is written."),
    },
    help="""Work on text in a pipe: one line in, one line out.

    \b
    Examples:
      echo "Vaksinasi gratis! #Vaksin" | textmine text tokens
      echo "mempertanggungjawabkan" | textmine text stem
      textmine text language < captions.txt > languages.txt
    """,
)
