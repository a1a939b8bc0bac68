"""Award definitions, scores at equal audience that know how sure they are, and ranks from both."""

from textmine.ranking.account_weeks import AccountFigures, AccountWeeks, account_weeks
from textmine.ranking.audience_model import AudienceModel, fit_audience_model
from textmine.ranking.awardfile import check_awards, read_awards
from textmine.ranking.awards import Award, AwardDefinition, Category, Selection
from textmine.ranking.bootstrap import bootstrap_model, bootstrap_score, week_weights
from textmine.ranking.changes import CHANGE_SCHEMA, smallest_changes
from textmine.ranking.contest import Contest, contest
from textmine.ranking.eligibility import competing, eligible_agencies
from textmine.ranking.explanation import PART_SCHEMA, Explanation, explain
from textmine.ranking.expressions import Expression, Measures, MeasureTable
from textmine.ranking.fields import Problem
from textmine.ranking.league_table import LEAGUE_SCHEMA, account_table, league_table
from textmine.ranking.leave_out import LEAVE_OUT_SCHEMA, leave_out
from textmine.ranking.measures import Measure, measures
from textmine.ranking.nominate import NOMINATION_SCHEMA, Nomination, nominate
from textmine.ranking.plain_scores import raw_rate, size_residual
from textmine.ranking.presets import PRESETS, find_awards, load_awards, presets_table, write_new
from textmine.ranking.ranks import RankUncertainty, rank_uncertainty, ranks
from textmine.ranking.sensitivity import agreement, bump_chart, by_definition, by_period, differences, with_nominations
from textmine.ranking.standings import award_scores, before_the_cut, ranks_of
from textmine.ranking.tables import awards_table, measures_table, problems_table
from textmine.ranking.weight_space import weight_shares

__all__ = [
    "CHANGE_SCHEMA",
    "LEAGUE_SCHEMA",
    "LEAVE_OUT_SCHEMA",
    "NOMINATION_SCHEMA",
    "PART_SCHEMA",
    "PRESETS",
    "AccountFigures",
    "AccountWeeks",
    "AudienceModel",
    "Award",
    "AwardDefinition",
    "Category",
    "Contest",
    "Explanation",
    "Expression",
    "Measure",
    "MeasureTable",
    "Measures",
    "Nomination",
    "Problem",
    "RankUncertainty",
    "Selection",
    "account_table",
    "account_weeks",
    "agreement",
    "award_scores",
    "awards_table",
    "before_the_cut",
    "bootstrap_model",
    "bootstrap_score",
    "bump_chart",
    "by_definition",
    "by_period",
    "check_awards",
    "competing",
    "contest",
    "differences",
    "eligible_agencies",
    "explain",
    "find_awards",
    "fit_audience_model",
    "league_table",
    "leave_out",
    "load_awards",
    "measures",
    "measures_table",
    "nominate",
    "presets_table",
    "problems_table",
    "rank_uncertainty",
    "ranks",
    "ranks_of",
    "raw_rate",
    "read_awards",
    "size_residual",
    "smallest_changes",
    "week_weights",
    "weight_shares",
    "with_nominations",
    "write_new",
]
