"""How is a JSON body read? As Python reads it, but an object that names a thing twice is refused: which was meant?"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response


class RepeatedNameError(HTTPException):
    """An object of the body names one thing twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(422, "a name is given twice")


class StrictRoute(APIRoute):
    """A route whose requests read JSON so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await answer(_Request(request.scope, request.receive))

        return strict


class _Request(Request):
    async def json(self) -> Any:
        return json.loads(await self.body(), object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise RepeatedNameError(name)
        members[name] = value
    return members
