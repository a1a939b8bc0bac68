"""Hashtags: counts and adopters, engagement, trends, bursts, communities, campaigns and unrelated uses."""

from textmine.hashtags.analysis import HASHTAGS_SCHEMA, HashtagAnalysis, HashtagSettings, analyse_hashtags
from textmine.hashtags.bursts import BURSTS_SCHEMA, burst_states, hashtag_bursts
from textmine.hashtags.campaigns import CAMPAIGNS_SCHEMA, Campaigns, find_campaigns
from textmine.hashtags.counts import COUNTS_SCHEMA, hashtag_counts
from textmine.hashtags.engagement import ENGAGEMENT_SCHEMA, hashtag_engagement
from textmine.hashtags.graphfiles import check_network_name, write_network
from textmine.hashtags.network import COMMUNITIES_SCHEMA, PAIRS_SCHEMA, HashtagNetwork, hashtag_network
from textmine.hashtags.stage import TABLES, hashtag_table, hashtags_stage, stored_network
from textmine.hashtags.trends import STEPS, TRENDS_SCHEMA, hashtag_trends
from textmine.hashtags.unrelated import UNRELATED_SCHEMA, UnrelatedUses, unrelated_uses
from textmine.hashtags.uses import HashtagUses, hashtag_uses

__all__ = [
    "BURSTS_SCHEMA",
    "CAMPAIGNS_SCHEMA",
    "COMMUNITIES_SCHEMA",
    "COUNTS_SCHEMA",
    "ENGAGEMENT_SCHEMA",
    "HASHTAGS_SCHEMA",
    "PAIRS_SCHEMA",
    "STEPS",
    "TABLES",
    "TRENDS_SCHEMA",
    "UNRELATED_SCHEMA",
    "Campaigns",
    "HashtagAnalysis",
    "HashtagNetwork",
    "HashtagSettings",
    "HashtagUses",
    "UnrelatedUses",
    "analyse_hashtags",
    "burst_states",
    "check_network_name",
    "find_campaigns",
    "hashtag_bursts",
    "hashtag_counts",
    "hashtag_engagement",
    "hashtag_network",
    "hashtag_table",
    "hashtag_trends",
    "hashtag_uses",
    "hashtags_stage",
    "stored_network",
    "unrelated_uses",
    "write_network",
]
