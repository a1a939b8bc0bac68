"""Which posts of an agency are answered more than its others: comparisons, best and weakest posts, typical figures."""

from textmine.contrasts.estimate import CONTRAST_SCHEMA, contrasts
from textmine.contrasts.extremes import COMMON_SCHEMA, EXTREME_SCHEMA, extremes, in_common
from textmine.contrasts.shifts import MONTH_SCHEMA, SHIFT_SCHEMA, topic_shifts
from textmine.contrasts.tally import Tally, tally
from textmine.contrasts.traits import HASHTAGS, HOURS, LENGTHS, TRAITS, Trait, with_traits
from textmine.contrasts.typical import TYPICAL_SCHEMA, typical_engagement
from textmine.contrasts.usual import Usual, usual_of, with_times

__all__ = [
    "COMMON_SCHEMA",
    "CONTRAST_SCHEMA",
    "EXTREME_SCHEMA",
    "HASHTAGS",
    "HOURS",
    "LENGTHS",
    "MONTH_SCHEMA",
    "SHIFT_SCHEMA",
    "TRAITS",
    "TYPICAL_SCHEMA",
    "Tally",
    "Trait",
    "Usual",
    "contrasts",
    "extremes",
    "in_common",
    "tally",
    "topic_shifts",
    "typical_engagement",
    "usual_of",
    "with_times",
    "with_traits",
]
