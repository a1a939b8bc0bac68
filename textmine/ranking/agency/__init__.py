"""One row an agency: every documented measure that posts and other stages give, for awards and for other rankers."""

from textmine.ranking.agency.dictionary import agency_dictionary, agency_dictionary_table
from textmine.ranking.agency.export import RankingExport, write_ranking_export
from textmine.ranking.agency.stage import (
    AGENCY_FEATURES,
    AgencySettings,
    agency_features_of,
    agency_features_stage,
    agency_table_of,
    agency_table_without_flagged,
    missing_sources,
    sentiment_mistakes,
    sources_there,
)

__all__ = [
    "AGENCY_FEATURES",
    "AgencySettings",
    "RankingExport",
    "agency_dictionary",
    "agency_dictionary_table",
    "agency_features_of",
    "agency_features_stage",
    "agency_table_of",
    "agency_table_without_flagged",
    "missing_sources",
    "sentiment_mistakes",
    "sources_there",
    "write_ranking_export",
]
