"""Is each parameter of a request one its address takes, and given once?"""

from __future__ import annotations

from collections import Counter

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Cookie, Header, Path

from fiador.errors import RequestError, did_you_mean


def taken(request: Request) -> list[str]:
    """The names of the query parameters the request's address takes; none where no address matched."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if dependant is None:
        return []
    return [p.alias for p in get_flat_params(dependant) if not isinstance(p.field_info, Path | Header | Cookie)]


def understood(request: Request) -> None:
    """Pass, or a RequestError for a parameter the address doesn't take, or one given twice.

    A misspelt filter that is passed over answers about everybody, and which of two values was meant can't be told.
    Whether the service is up is asked by probes, which add what they please.
    """
    names = taken(request)
    if request.url.path.startswith("/health/"):
        return
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in names:
            raise RequestError("no such parameter.", where=name[:60], hint=did_you_mean(name[:60], names))
        if times > 1:
            raise RequestError(f"is given {times} times.", where=name, hint="Give it once.")
