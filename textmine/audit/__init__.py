"""What the agency register and the posts say of each other: who is missing, what does not fit, who may be meant."""

from textmine.audit.findings import check_agencies, cluster_sizes
from textmine.audit.suggestions import Suggestion, suggest_agencies

__all__ = ["Suggestion", "check_agencies", "cluster_sizes", "suggest_agencies"]
