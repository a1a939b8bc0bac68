"""``import textmine.polars`` gives Polars expressions the namespace ``textmine``.

Examples
--------
>>> import polars as pl
>>> import textmine.polars
>>> pl.select(pl.lit("Anak2 Bekasi #Hebat").textmine.tokens()).item().to_list()
['anak2', 'bekasi']
"""

from textmine.language.polars_namespace import TextmineNamespace

__all__ = ["TextmineNamespace"]
