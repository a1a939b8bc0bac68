"""Labels by judges: which posts to show, blind; votes, agreement, and one label a post from several judges."""

from textmine.labels.agreement import Agreement, judge_agreement
from textmine.labels.blinding import blind_captions, own_hashtags
from textmine.labels.merge import MergedLabels, merge_votes
from textmine.labels.selection import choose_posts
from textmine.labels.session import JudgeSession, label_status
from textmine.labels.stage import merge_stage, select_stage
from textmine.labels.tasks import LabelTasks
from textmine.labels.votes import add_votes, current_votes, read_votes

__all__ = [
    "Agreement",
    "JudgeSession",
    "LabelTasks",
    "MergedLabels",
    "add_votes",
    "blind_captions",
    "choose_posts",
    "current_votes",
    "judge_agreement",
    "label_status",
    "merge_stage",
    "merge_votes",
    "own_hashtags",
    "read_votes",
    "select_stage",
]
