"""Near duplicates: the same campaign text again, by many accounts, with other hashtags, links or some other words.

Texts are compared as sets of words and pairs of words. MinHash finds the pairs that may be alike without comparing all
with all (Broder 1997; banding: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3); each of them is
then compared in full, so no pair is a guess.
"""

from textmine.duplicates.near import NEAR_DUPLICATES_SCHEMA, near_duplicates
from textmine.duplicates.stage import NEAR_DUPLICATES, duplicates_stage, largest_clusters

__all__ = ["NEAR_DUPLICATES", "NEAR_DUPLICATES_SCHEMA", "duplicates_stage", "largest_clusters", "near_duplicates"]
