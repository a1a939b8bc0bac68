"""A small, safe language for measures: numbers, named measures, arithmetic, comparisons and a dozen functions."""

from textmine.ranking.expressions.checks import Names
from textmine.ranking.expressions.compiled import Expression, Part, compile_expression, expression_problems
from textmine.ranking.expressions.evaluation import Measures, MeasureTable
from textmine.ranking.expressions.functions import FUNCTIONS, Function
from textmine.ranking.expressions.parser import MAX_DEPTH
from textmine.ranking.expressions.tokens import MAX_LENGTH

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "Expression",
    "Function",
    "MeasureTable",
    "Measures",
    "Names",
    "Part",
    "compile_expression",
    "expression_problems",
]
