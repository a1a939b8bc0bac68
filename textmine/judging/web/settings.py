"""How the page is served."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from textmine.errors import ConfigError
from textmine.locales import DEFAULT_LANGUAGE, Language

LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")

BODY_LIMIT: Final = 1 << 20
"""Bytes of a request's body. Twenty criteria with the longest notes, each letter written with nine, are 720 KB."""


@dataclass(frozen=True)
class WebSettings:
    """Settings of the page.

    Parameters
    ----------
    workspace
        Whose rankings and posts panels are made from.
    hosts
        Names under which the page may be asked for, without the port; others are refused.
    https
        Whether browsers reach the page over TLS: cookies are then sent over nothing else.
    proxies
        Addresses of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
    language
        Of the pages until a visitor chooses.
    body_limit
        Bytes of a request's body.
    """

    workspace: Path
    hosts: tuple[str, ...] = LOCAL_HOSTS
    https: bool = False
    proxies: tuple[str, ...] = ()
    language: Language = DEFAULT_LANGUAGE
    body_limit: int = BODY_LIMIT

    def base(self, host: str, port: int) -> str:
        """Address of the page as people write it."""
        named = [name for name in self.hosts if name not in LOCAL_HOSTS]
        if self.https and named:  # TLS ends at a proxy, on its own port
            return f"https://{named[0]}"
        shown = named[0] if named else (host if host in LOCAL_HOSTS else "localhost")
        return f"{'https' if self.https else 'http'}://{shown}:{port}"

    def warnings(self, host: str) -> list[str]:
        """What whoever starts the server ought to know."""
        if is_local(host) or self.https:
            return []
        return [
            f"listening on {host} without TLS: links, cookies and scores cross the network readable",
            "put a proxy with a certificate in front (docs/judge_serve.md shows one), bind to 127.0.0.1 and start with "
            "--https --name NAME --trust-proxy 127.0.0.1",
        ]


def serve_settings(
    workspace: Path,
    *,
    host: str,
    names: tuple[str, ...] = (),
    https: bool = False,
    proxies: tuple[str, ...] = (),
    language: str = DEFAULT_LANGUAGE,
) -> WebSettings:
    """Settings from what the command line is given.

    Parameters
    ----------
    workspace, https, language
        See :class:`WebSettings`.
    host
        Address to listen on; one of several machines needs ``names`` with it.
    names
        Host names under which people reach the page.
    proxies
        Addresses of trusted proxies.

    Raises
    ------
    ConfigError
        A name or an address cannot be one, or none is given for an address that is every interface's.
    """
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                "is no host name; write jury.example.org, without scheme and port", key="--name", value=name
            )
    for proxy in proxies:
        _address(proxy, "--trust-proxy")
    hosts = [*names, *LOCAL_HOSTS]
    if not is_local(host):
        listens = _address(host, "--host")
        if listens.is_unspecified and not names:
            raise ConfigError("is every address of this machine; add --name with the host name that people use",
                              key="--host", value=host)  # fmt: skip
        if not listens.is_unspecified:
            hosts.insert(len(names), f"[{host}]" if listens.version == 6 else host)
    return WebSettings(workspace, tuple(hosts), https, tuple(proxies), cast("Language", language))


def is_local(host: str) -> bool:
    """Whether only this machine reaches an address.

    Examples
    --------
    >>> is_local("127.0.0.1"), is_local("::1"), is_local("localhost"), is_local("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str, key: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise ConfigError("is no IP address", key=key, value=text) from error
