"""Engagement rates: every published definition under its own name, with what it was computed from."""

from textmine.rates.combination import COMBININGS, STATISTICS, agreement, crowns, standardised, together
from textmine.rates.definitions import AUDIENCE_READINGS, RateDefinition
from textmine.rates.figures import RATES_SCHEMA, rates
from textmine.rates.ledger import LEDGER_SCHEMA, Ledger, ledger
from textmine.rates.registry import (
    choose_definitions,
    definitions_markdown,
    definitions_table,
    own_definitions,
    shipped_definitions,
)

__all__ = [
    "AUDIENCE_READINGS",
    "COMBININGS",
    "LEDGER_SCHEMA",
    "RATES_SCHEMA",
    "STATISTICS",
    "Ledger",
    "RateDefinition",
    "agreement",
    "choose_definitions",
    "crowns",
    "definitions_markdown",
    "definitions_table",
    "ledger",
    "own_definitions",
    "rates",
    "shipped_definitions",
    "standardised",
    "together",
]
