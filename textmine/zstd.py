"""zstd of the standard library, or its backport before Python 3.14: one import for both."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdError, ZstdFile, compress, decompress
else:
    from backports.zstd import DecompressionParameter, ZstdError, ZstdFile, compress, decompress

__all__ = ["DecompressionParameter", "ZstdError", "ZstdFile", "compress", "decompress"]
