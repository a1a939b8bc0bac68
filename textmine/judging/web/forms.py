"""Forms as they come in: checked against forgery before any page sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

from textmine.judging.errors import InvalidError
from textmine.judging.web.visitors import CSRF_FIELD, forged

_MOST_FIELDS: Final = 500
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:[.,]\d{1,9})?")


async def checked_form(request: Request) -> Mapping[str, str]:
    """The fields of a form; every request that may change something passes here.

    Raises
    ------
    HTTPException
        403 where it does not come from a form of this page, 413 or 400 where it cannot be read.
    """
    if request.method in ("GET", "HEAD"):
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/x-www-form-urlencoded"):  # no files, and nothing else that a page needs
        problem = forged(request, "")
        raise HTTPException(403 if problem else 415, problem or "content-type")
    form = await request.form(max_fields=_MOST_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    problem = forged(request, fields.pop(CSRF_FIELD, ""))
    if problem is not None:
        raise HTTPException(403, problem)
    return fields


Form = Annotated[Mapping[str, str], Depends(checked_form)]


def field(form: Mapping[str, str], name: str) -> str:
    """A field, empty where the form has none."""
    return form.get(name, "")


def decimal(form: Mapping[str, str], name: str, *, field: str | None = None) -> float:
    """A number with point or comma.

    Raises
    ------
    InvalidError
        It is none.
    """
    text = form.get(name, "").strip()
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise InvalidError("is not a number", field=field or name)
    return float(text.replace(",", "."))


def whole(form: Mapping[str, str], name: str) -> int:
    """A whole number.

    Raises
    ------
    InvalidError
        It is none.
    """
    value = decimal(form, name)
    if value != int(value):
        raise InvalidError("is not a whole number", field=name)
    return int(value)
