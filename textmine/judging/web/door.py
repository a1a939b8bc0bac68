"""The door: what every request must pass before any page sees it, and the headers that every answer carries."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.exceptions import HTTPException

from textmine.judging.web.settings import WebSettings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Refuse = Callable[[Scope, Receive, Send, int, str], Awaitable[None]]
Crash = Callable[[Scope, Receive, Send, Exception], Awaitable[None]]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Content-Security-Policy of every page: nothing inline, nothing from elsewhere."""

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # with no-referrer a browser would send "Origin: null" with every form, and the origin could not be checked
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS: Final = "max-age=31536000"
_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)


class Door:
    """ASGI middleware around the whole application.

    Parameters
    ----------
    app
        What lies behind it.
    settings
        Of the page.
    refuse
        Answers a request that does not pass, given its scope, ``receive``, ``send``, status and a word for the log.
    crash
        Answers a request over which something failed that nobody foresaw.
    """

    def __init__(self, app: App, settings: WebSettings, refuse: Refuse, crash: Crash) -> None:
        self.app = app
        self.settings = settings
        self.refuse = refuse
        self.crash = crash
        headers = _HEADERS | ({"strict-transport-security": _HSTS} if settings.https else {})
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._hosts = frozenset(name.lower() for name in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._believe_proxy(scope)
        started = False

        async def sent(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._with_headers(list(message.get("headers", [])))
            await send(message)

        problem = self._problem(scope, headers)
        if problem is not None:
            await self.refuse(scope, receive, sent, *problem)
            return
        try:
            await self.app(scope, _counted(receive, self.settings.body_limit), sent)
        except Exception as error:
            if started:
                raise
            await self.crash(scope, receive, sent, error)

    def _problem(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        named = _HOST.fullmatch(headers.get("host", ""))
        if len(hosts) != 1 or named is None or named["name"].lower() not in self._hosts:
            return 400, "host"
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            return 400, "length"
        if len(length) > 12 or int(length) > self.settings.body_limit:
            return 413, "body"  # before a byte of it is read
        return None

    def _believe_proxy(self, scope: Scope) -> None:
        """Take address and scheme from a trusted proxy: the last hop that is no such proxy is who asks.

        What stands further left in ``X-Forwarded-For`` was written by whoever asked.
        """
        if self.settings.https:
            scope["scheme"] = "https"
        client = scope.get("client")
        if not client or client[0] not in self.settings.proxies:
            return
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        hops = [hop.strip() for hop in forwarded.decode("latin-1").split(",") if hop.strip()]
        others = [hop for hop in hops if hop not in self.settings.proxies]
        if others:
            scope["client"] = (others[-1][:64], 0)
        schemes = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        if schemes and schemes[-1].decode("latin-1").split(",")[-1].strip().lower() == "https":
            scope["scheme"] = "https"

    def _with_headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in headers}
        if b"cache-control" not in given:
            headers.append((b"cache-control", b"no-store"))
        return headers + self._headers


def _counted(receive: Receive, limit: int) -> Receive:
    """Stop reading a body that says no length, or a wrong one, when it grows too long."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413)
        return message

    return counted
