"""Options that name a sentiment model, for ``textmine sentiment`` and ``textmine text sentiment``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def model_options(command: _Command) -> _Command:
    """Add ``--model`` and ``--label``."""
    model = click.option(
        "--model",
        metavar="FOLDER|spacy:FOLDER|transformers:FOLDER|sklearn:FILE.skops",
        help="A model of your own in place of the shipped one: as save_classifier writes it, or another library's.",
    )
    label = click.option(
        "--label",
        "labels",
        multiple=True,
        metavar="NAME=CLASS",
        help="Which class a label of another library's model is: LABEL_0=positive (may be given again).",
    )
    return model(label(command))


def labels_said(given: tuple[str, ...]) -> dict[str, str] | None:
    """What ``--label`` says, or None where it is not given."""
    from textmine.sentiment.adapters import parse_labels

    if not given:
        return None
    try:
        return parse_labels(given)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--label") from error
