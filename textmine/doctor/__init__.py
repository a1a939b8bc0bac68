"""Looks at what a run needs before it fails: keys, quotas, the clock, the disk, versions. Says what to do."""

from textmine.doctor.examine import examine
from textmine.doctor.finding import Finding, State, table_of

__all__ = ["Finding", "State", "examine", "table_of"]
