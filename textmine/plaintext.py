"""What is taken out of text before anybody is shown it: codes that drive a terminal, hide text or turn it around."""

from __future__ import annotations

import re
from typing import Final

TERMINAL_SEQUENCE: Final = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
"""ANSI control sequences (colours, cursor) and operating-system commands (window titles, links)."""

INVISIBLE: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls other than tab and line feed
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    r"\u2028\u2029\ufeff\ufff9-\ufffb\ufffe\uffff]"  # separators, byte order mark, annotations, non-characters
)
"""Characters that hide or reorder text. Joiners (U+200C, U+200D) stay: emoji are built with them."""

_CONTROL: Final = re.compile(f"{TERMINAL_SEQUENCE}|{INVISIBLE}")


def plain(text: str) -> str:
    r"""Text without terminal sequences, control characters and bidirectional overrides.

    Examples
    --------
    >>> plain("akta\u202egpj.exe")
    'aktagpj.exe'
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
