"""How does a key with a slash in it fit one part of an address?

`%2F` in an address is a slash of a key, not of the path; what routes requests sees it decoded and can't tell. So the
path is decoded part by part, and a slash within a part travels as a character that no text holds.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

STAND_IN = "\ufdd1"  # a noncharacter: Unicode reserves it for use inside a program


class Slashes:
    """Decodes a request's path part by part, `%2F` into the stand-in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path")
        if scope["type"] == "http" and raw and b"%" in raw:
            parts = raw.partition(b"?")[0].decode("ascii", "replace").split("/")
            scope = {**scope, "path": "/".join(unquote(part).replace("/", STAND_IN) for part in parts)}
        await self.app(scope, receive, send)


def with_slashes(key: str) -> str:
    """A part of a path as it was meant.

    >>> with_slashes("2026\\ufdd117")
    '2026/17'
    """
    return key.replace(STAND_IN, "/")
