"""How large may a request be? A longer body is refused before anything parses it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fiador.errors import TooLargeError
from fiador.service.faults import answer


class BodyLimit:
    """Refuses a body over `most` bytes: by its stated length without reading it, else once it passes the limit."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if _stated(scope) > self.most:
            return await self._refuse(scope, receive, send)
        held = await self._read(receive)
        if held is None:
            return await self._refuse(scope, receive, send)
        return await self.app(scope, _replay(held, receive), send)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The body's messages; None once they hold more than the limit."""
        held: list[Message] = []
        size, more = 0, True
        while more:
            message = await receive()
            held.append(message)
            size += len(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if size > self.most:
                return None
        return held

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = TooLargeError(
            f"the body is over {self.most:,} bytes.", where="body", hint="Send one application a request."
        )
        await answer(error, headers={"connection": "close"})(scope, receive, send)


def _stated(scope: MutableMapping[str, Any]) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _replay(held: list[Message], receive: Receive) -> Receive:
    """What was read, then whatever comes after it."""
    waiting = iter(held)

    async def again() -> Message:
        message = next(waiting, None)
        return message if message is not None else await receive()

    return again
