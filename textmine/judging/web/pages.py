"""Renders pages: templates, words and numbers of one language, and what every page is given."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse

from textmine.judging.dossier import Dossier
from textmine.judging.minutes_words import Words
from textmine.judging.nominees import NomineeView
from textmine.judging.web.visitors import SIGN_IN, actor_of, begin_visit, csrf_token, language_of, remember
from textmine.locales import Language
from textmine.numbers import Formats
from textmine.platforms import platform_name
from textmine.posts import REPORT_TIME_ZONE
from textmine.ranking.wording import Wording
from textmine.report.messages import translations

PACKAGE: Final = "textmine.judging.web"
STATIC: Final = files(PACKAGE) / "static"

HTMX_SETTINGS: Final = (
    '{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,'
    '"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
    '{"code":"4..","swap":true,"error":true},{"code":"...","swap":false,"error":true}]}'
)
"""No evaluated code, no style of its own, nothing kept in the browser; a refusal is shown where the answer would be."""


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Answer with a page.

    Parameters
    ----------
    request
        What is answered.
    template
        Its name, without ``.html.j2``.
    status
        Of the answer.
    **values
        For the template.
    """
    language = language_of(request)
    if request.url.path.startswith(SIGN_IN):
        begin_visit(request)  # only this page has a form before anybody is signed in
    page = environment(language).get_template(f"{template}.html.j2")
    body = page.render(
        actor=actor_of(request),
        csrf=csrf_token(request),
        language=language,
        other_language=_other_language(request, language),
        htmx_settings=HTMX_SETTINGS,
        **values,
    )
    response = HTMLResponse(body, status)
    remember(request, response)
    return response


def dossier_part(language: Language, nominee: NomineeView, dossier: Dossier | None) -> Markup:
    """The dossier as HTML: it is the same for everybody of one language who may see as much of it."""
    return _dossier_part(language, _Shown(nominee, dossier))


class _Shown:
    """A dossier as a key: the same content, seen with or without figures."""

    def __init__(self, nominee: NomineeView, dossier: Dossier | None) -> None:
        self.nominee, self.dossier = nominee, dossier
        seen = (dossier.sha256, dossier.figures_visible) if dossier is not None else None
        self.key = (nominee.id, nominee.rank, nominee.p_top5, seen)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shown) and self.key == other.key


@functools.lru_cache(maxsize=256)
def _dossier_part(language: Language, shown: _Shown) -> Markup:
    page = environment(language).get_template("dossier.html.j2")
    return Markup(page.render(language=language, nominee=shown.nominee, dossier=shown.dossier))  # noqa: S704 - rendered


@functools.cache
def environment(language: Language) -> Environment:
    """Templates in one language; all text is escaped."""
    formats = Formats.of(language)
    words = Words.of(language)
    made = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_translations(messages(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "integer": _remembered(formats.integer),
        "decimal": _remembered(formats.decimal),
        "percent": _remembered(formats.percent),
        "chance": _remembered(Wording(language).percent),
        "long_date": _remembered(formats.long_date),
        "at": functools.partial(_at, locale=formats.locale),
        "day_of": _jakarta,
        "platform": platform_name,
        "plain": lambda value: f"{value:g}",
        "points": words.points,
    }
    made.globals |= {"static": static_address, "words": words}
    return made


def _remembered(format_: Callable[..., str]) -> Callable[..., str]:
    """The same few numbers stand on every page, and Babel takes 50 microseconds for each."""
    return functools.lru_cache(maxsize=4096)(format_)


@functools.cache
def messages(language: Language) -> Any:  # noqa: ANN401 - gettext.NullTranslations, which Jinja wants untyped
    """Messages of the pages."""
    return translations(language, PACKAGE)


@functools.cache
def static_address(name: str) -> str:
    """Address of a shipped file, with its content in it: a browser keeps it until it changes."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _other_language(request: Request, language: Language) -> str:
    """Where the same page is in the other language; the result of a form has no such address."""
    other = "en" if language == "id" else "id"
    if request.method != "GET":
        return f"/?lang={other}"
    here = URL(scope=request.scope).include_query_params(lang=other)
    return here.path + (f"?{here.query}" if here.query else "")


def _jakarta(moment: datetime | str) -> datetime:
    told = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return told.astimezone(ZoneInfo(REPORT_TIME_ZONE))


def _at(moment: datetime | str, *, locale: Any, seconds: bool = False) -> str:  # noqa: ANN401 - a Babel locale
    pattern = "d MMM y, HH.mm" + (".ss" if seconds else "")
    return f"{format_datetime(_jakarta(moment), pattern, locale=locale)} WIB"
