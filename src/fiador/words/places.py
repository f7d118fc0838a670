"""How may the place where raw tables are be shown? Without a password, whatever form the address has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_NAMES = ("schema", "secret")
_COLON = re.compile(":|%3a", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
# What is no URL and yet holds a password: an address whose // was left out, or a driver's own list of names and values.
_CREDENTIALS = re.compile(r"(?i)pass\w*\s*=|pwd\s*=|:[^@]*@|//[^@]*@")


def shown(location: str) -> str:
    """A location as it may be printed and kept: of a URL only scheme, user, host, port, database, and names.

    Where a URL can't be taken apart (a password with an unescaped mark in it), only its scheme is left.

    >>> shown("postgresql://ana:hunter2@db.bank/loans?schema=risk&sslpassword=x"), shown("data/dumps")
    ('postgresql://ana@db.bank/loans?schema=risk', 'data/dumps')
    >>> shown("mysql://ana:hun#ter2@db.bank/loans"), shown("host=db.bank user=ana password=hunter2")
    ('mysql://…', '…')
    """
    scheme, mark, rest = location.partition("://")
    if not mark or not _SCHEME.fullmatch(scheme):
        return "…" if _CREDENTIALS.search(location) else location
    try:
        parts = urlsplit(location)
        _ = parts.port
    except ValueError:
        return f"{scheme}://…"
    if parts.fragment or "@" in parts.path + parts.query:
        return f"{scheme}://…"
    user, at, host = rest.split("?")[0].split("/")[0].rpartition("@")
    options = "&".join(f"{name}={value}" for name, value in parse_qsl(parts.query) if name in _NAMES)
    name = _COLON.split(user)[0]
    return f"{scheme}://{name}{at}{host}{parts.path}{'?' if options else ''}{options}"


def without_password(document: Mapping[str, Any]) -> dict[str, Any]:
    """A portfolio's document whose `source` may be kept in a bundle."""
    head = document.get("portfolio")
    if not isinstance(head, Mapping) or not isinstance(head.get("source"), str):
        return dict(document)
    return {**document, "portfolio": {**head, "source": shown(head["source"])}}
