"""Reasons to look at a post or an account before it is ranked: a flag is no verdict, and nothing is removed."""

from textmine.integrity.copied import copied_comments
from textmine.integrity.credit import borrowed_posts
from textmine.integrity.jumps import follower_jumps
from textmine.integrity.likes import likes_without_comments
from textmine.integrity.screen import (
    THRESHOLD,
    current_flags,
    flagged,
    flagged_accounts,
    flagged_counts,
    marked_flagged,
    without_flagged,
)
from textmine.integrity.sentences import ACCOUNT_REASONS, NAMES, REASONS
from textmine.integrity.stage import ACCOUNTS_SCHEMA, FLAGS_SCHEMA, current_integrity_stage, integrity_stage
from textmine.integrity.wording import GiveawayReader

__all__ = [
    "ACCOUNTS_SCHEMA",
    "ACCOUNT_REASONS",
    "FLAGS_SCHEMA",
    "NAMES",
    "REASONS",
    "THRESHOLD",
    "GiveawayReader",
    "borrowed_posts",
    "copied_comments",
    "current_flags",
    "current_integrity_stage",
    "flagged",
    "flagged_accounts",
    "flagged_counts",
    "follower_jumps",
    "integrity_stage",
    "likes_without_comments",
    "marked_flagged",
    "without_flagged",
]
