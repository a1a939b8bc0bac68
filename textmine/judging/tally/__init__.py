"""The tally: what several judges' scores say of nominees, by several methods, and how sure that is.

No database and no web: a table of scores goes in, tables come out.
"""

from textmine.judging.tally.ballots import SCORE_SCHEMA, Ballots
from textmine.judging.tally.concordance import Concordance, kendall_w
from textmine.judging.tally.decision import Decision, Rules, Tie
from textmine.judging.tally.methods import METHODS, Method
from textmine.judging.tally.robustness import Flip, Robustness, Scale
from textmine.judging.tally.tally import Tally, tally

__all__ = [
    "METHODS",
    "SCORE_SCHEMA",
    "Ballots",
    "Concordance",
    "Decision",
    "Flip",
    "Method",
    "Robustness",
    "Rules",
    "Scale",
    "Tally",
    "Tie",
    "kendall_w",
    "tally",
]
