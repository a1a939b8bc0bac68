"""Reports that people read: a keyword report for each agency, as a page, a workbook and tables."""

from textmine.locales import Language
from textmine.report.compared import write_comparison
from textmine.report.hashtag_page import write_hashtag_page
from textmine.report.write import DEFAULT_FORMATS, FORMATS, Format, ReportResult, write_reports

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Format",
    "Language",
    "ReportResult",
    "write_comparison",
    "write_hashtag_page",
    "write_reports",
]
