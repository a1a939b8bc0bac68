"""Award definitions: editions, categories, measures in a small safe language, eligibility and ties."""

from textmine.ranking.awardfile import check_awards, read_awards
from textmine.ranking.awards import Award, AwardDefinition, Category, Selection
from textmine.ranking.eligibility import competing, eligible_agencies
from textmine.ranking.expressions import Expression, Measures, MeasureTable
from textmine.ranking.fields import Problem
from textmine.ranking.measures import Measure, measures
from textmine.ranking.presets import PRESETS, find_awards, load_awards, presets_table, write_new
from textmine.ranking.standings import award_scores, before_the_cut, ranks_of
from textmine.ranking.tables import awards_table, measures_table, problems_table

__all__ = [
    "PRESETS",
    "Award",
    "AwardDefinition",
    "Category",
    "Expression",
    "Measure",
    "MeasureTable",
    "Measures",
    "Problem",
    "Selection",
    "award_scores",
    "awards_table",
    "before_the_cut",
    "check_awards",
    "competing",
    "eligible_agencies",
    "find_awards",
    "load_awards",
    "measures",
    "measures_table",
    "presets_table",
    "problems_table",
    "ranks_of",
    "read_awards",
    "write_new",
]
