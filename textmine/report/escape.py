"""Post text is hostile: what is taken out of it, and how a table cell is kept from becoming a formula.

HTML is escaped by the templates themselves; here is what escaping does not cover.

References
----------
OWASP, *CSV Injection*; Unicode Standard Annex 9 (bidirectional controls); Boucher and Anderson, *Trojan Source*, 2021.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from textmine.plaintext import INVISIBLE, TERMINAL_SEQUENCE

_FORMULA: Final = r"^[\s\u200b'\"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]"
"""A cell that a spreadsheet may run: also after white space, behind a quote, or in full-width form."""

_WEB_ADDRESS: Final = r"^https?://[^\s\\<>\x22\x27`@/?#]+(?:[/?#][^\s\\<>\x22`]*)?$"
"""A web address with a host and without user name, so that no link shows one host and opens another."""


def neutralised(text: pl.Expr) -> pl.Expr:
    r"""Text without terminal sequences, control characters and bidirectional overrides.

    Parameters
    ----------
    text
        String column.

    Returns
    -------
    polars.Expr
        String of the same length as ``text``; null stays null. Carriage returns become line feeds.

    Examples
    --------
    >>> import polars as pl
    >>> hostile = pl.Series("caption", ["\x1b[31mmerah\x1b[0m", "akta\u202egpj.exe"])
    >>> hostile.to_frame().select(neutralised(pl.col("caption"))).to_series().to_list()
    ['merah', 'aktagpj.exe']
    """
    return text.str.replace_all(r"\r\n?", "\n").str.replace_all(TERMINAL_SEQUENCE, "").str.replace_all(INVISIBLE, "")


def web_address(url: pl.Expr) -> pl.Expr:
    """The address when it is http or https and has a plain host, else null: nothing else becomes a link.

    Parameters
    ----------
    url
        String column.

    Returns
    -------
    polars.Expr
        String or null.
    """
    trimmed = url.str.strip_chars()
    safe = trimmed.str.contains("(?i)" + _WEB_ADDRESS) & ~trimmed.str.contains(INVISIBLE)
    return pl.when(safe & (trimmed.str.len_bytes() <= 2048)).then(trimmed)


def defused(text: pl.Expr) -> pl.Expr:
    """Text for a CSV cell: an apostrophe stands before anything that a spreadsheet would run as a formula.

    Parameters
    ----------
    text
        String column.

    Returns
    -------
    polars.Expr
        String; null stays null.

    Examples
    --------
    >>> import polars as pl
    >>> cells = pl.Series("cell", ["=1+1", "  @SUM(A1)", "＝1", "harga - baru"])
    >>> cells.to_frame().select(defused(pl.col("cell"))).to_series().to_list()
    ["'=1+1", "'  @SUM(A1)", "'＝1", 'harga - baru']
    """
    return pl.when(~text.str.contains(_FORMULA)).then(text).otherwise(pl.lit("'") + text)


def markdown_text(text: str) -> str:
    r"""Text for Markdown: on one line, and nothing in it is markup, HTML or the border of a cell.

    Examples
    --------
    >>> print(markdown_text("# *Gratis* <script>|\n[klik](http://a)"))
    \# \*Gratis\* &lt;script&gt;\| \[klik\](http://a)
    """
    line = _SPACES.sub(" ", text).strip()
    return _MARKUP.sub(lambda found: _WRITTEN.get(found[0], f"\\{found[0]}"), line)


def markdown_address(url: str) -> str:
    """A web address as the target of a Markdown link; nothing in it ends the link."""
    return "".join(f"%{ord(sign):02X}" if sign in "()<> |\\`*_[]" else sign for sign in url)


_SPACES: Final = re.compile(r"\s+")
_MARKUP: Final = re.compile(r"[\\`*_{}\[\]<>|~]|^(?:[#+-]|\d+(?=[.)]\s))")
_WRITTEN: Final = {"<": "&lt;", ">": "&gt;"}
