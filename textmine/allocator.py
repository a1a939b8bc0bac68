"""Memory of the process after a stage."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Hand memory that is free again back to the system, where the C library is one that can (glibc).

    It keeps what small arrays of many threads leave behind: of a stage of six million posts half a gigabyte, on top of
    which the next stage would begin.
    """
    if not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
