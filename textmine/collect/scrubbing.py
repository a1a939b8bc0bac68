"""Takes keys out of whatever is about to be written or said.

Platforms write keys back: the Graph API puts the token into the address of the next page, and into some errors. An
answer is therefore kept as it came except for the keys in it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from types import TracebackType
from typing import Final
from urllib.parse import quote, quote_plus, unquote

MARK: Final = "[key]"
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")
_PARAMETER: Final = re.compile(rb'((?:access_token|client_secret|appsecret_proof)(?:=|%3[Dd]))[^&"\'\\\s<>]+')


class Scrubber:
    r"""Replaces keys, as they are and as addresses and JSON write them, by ``[key]``.

    Parameters
    ----------
    secrets
        The keys.

    Examples
    --------
    >>> Scrubber(["12|ab/c"]).text(r'?access_token=12%7Cab%2Fc&x="12|ab\/c"')
    '?access_token=[key]&x="[key]"'
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # the longest first: a form may hold another
        words = sorted((form.encode() for form in forms), key=lambda form: (-len(form), form))
        self._found = re.compile(b"|".join(map(re.escape, words))) if words else None

    def __repr__(self) -> str:
        return "Scrubber()"

    def octets(self, content: bytes) -> bytes:
        """Content without keys."""
        content = _PARAMETER.sub(rb"\1" + MARK.encode(), content)
        return self._found.sub(MARK.encode(), content) if self._found else content

    def text(self, text: str) -> str:
        """Text without keys."""
        return self.octets(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


class ScrubbedLog(logging.Filter):
    """Takes keys out of what the HTTP library logs: at its lowest level it logs the headers of answers.

    A context: the filter is on the library's loggers within it.
    """

    def __init__(self, scrubber: Scrubber) -> None:
        super().__init__()
        self._scrubber = scrubber

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without keys."""
        record.msg, record.args = self._scrubber.text(record.getMessage()), None
        return True

    def __enter__(self) -> ScrubbedLog:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)


def _forms(secret: str) -> set[str]:
    plain = {secret, unquote(secret)}
    written = plain | {quote(form, safe="") for form in plain} | {quote_plus(form) for form in plain}
    written |= {form.replace("%", "%25") for form in written if "%" in form}
    in_json = {json.dumps(form)[1:-1] for form in written}
    escaped = {form.replace("/", "\\/") for form in in_json} | {form.replace("|", "\\u007C") for form in in_json}
    return {form for form in written | in_json | escaped if len(form) > 3}
