"""How is an error told to a caller? One shape for every one: where, what, what next, and never a traceback."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fiador.errors import FiadorError, RequestError
from fiador.service.body import RepeatedNameError
from fiador.service.complaints import Complaint, complaints
from fiador.service.parameters import taken

LOG = logging.getLogger("fiador.service")
UNLOGGED = "/v1/bi/"


class Detail(BaseModel):
    """One thing wrong with a request. table and column are empty where the fault lies outside the tables."""

    table: str
    column: str
    what: str


class FaultBody(BaseModel):
    """An error: its type, where it lies, what it is, what to do next, and the three as one message."""

    type: str
    where: str
    what: str
    hint: str
    message: str
    details: list[Detail] = Field(description="Everything wrong with the request; the error tells the first.")


class Fault(BaseModel):
    """Every answer that isn't a success."""

    error: FaultBody


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's responses for the statuses an endpoint may fail with."""
    return {status: {"model": Fault, "description": _MEANS[status]} for status in (*statuses, 500)}


_MEANS = {
    404: "There is no such key.",
    413: "The body is too large.",
    422: "The request can't be read or scored: where and why.",
    500: "The service failed; its log says why.",
    503: "The service isn't ready to answer.",
}
_WORDS = {
    404: ("no such address.", "The addresses are at /docs."),
    405: ("this address doesn't take {method}.", "See /docs."),
}


def answer(
    error: FiadorError,
    *,
    status: int | None = None,
    details: Sequence[Complaint] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response that tells an error."""
    body = {
        "type": type(error).__name__,
        "where": error.where,
        "what": error.what,
        "hint": error.hint,
        "message": error.message,
        "details": [
            {"table": each.table, "column": each.column, "what": f"{each.what} {each.hint}".strip()} for each in details
        ],
    }
    # a lone surrogate in a caller's text can't be encoded: it is shown escaped
    content = json.dumps({"error": body}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(content, status or error.http_status, dict(headers or {}), "application/json")


@contextmanager
def unquoted(request: Request) -> Iterator[None]:
    """What nobody foresaw is logged by its kind and place alone: its words may quote the request."""
    try:
        yield
    except FiadorError:
        raise
    except Exception as error:  # noqa: BLE001 - raised again without its words
        places = " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(traceback.extract_tb(error.__traceback__)))
        LOG.error("%s %s failed: %s at %s", request.method, request.url.path, type(error).__name__, places)
        raise FiadorError("the service failed.", hint="Its log says where.") from None


def install(app: FastAPI, tables: Mapping[str, Sequence[str]], target: str) -> None:
    """Teach an app to tell its errors. tables: the columns a request may name; target: the one it may not."""

    @app.exception_handler(FiadorError)
    async def _fiador(request: Request, error: FiadorError) -> Response:
        if error.http_status >= 500:
            # a BI tool's query is an applicant's values, and the engine's words may quote them
            words = type(error).__name__ if request.url.path.startswith(UNLOGGED) else error.message
            LOG.error("%s %s: %s", request.method, request.url.path, words)
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        faults = complaints(
            error.errors(), content_type=request.headers.get("content-type"), tables=tables, target=target,
            parameters=taken(request),
        )  # fmt: skip
        return answer(RequestError(faults[0].what, where=faults[0].where, hint=faults[0].hint), details=faults)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if isinstance(error, RepeatedNameError):
            what = f"names {error.name[:60]!r} twice in one object."
            return answer(RequestError(what, where="body", hint="Give it once."))
        if error.status_code == 400:  # the body is no text, or nests too deeply, or holds a number too long to read
            return answer(RequestError("can't be read as JSON.", where="body", hint='Send {"tables": {…}} in UTF-8.'))
        what, hint = _WORDS.get(error.status_code, (str(error.detail), ""))
        refusal = RequestError(what.format(method=request.method), where=request.url.path, hint=hint)
        return answer(refusal, status=error.status_code, headers=error.headers)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(FiadorError("the service failed.", hint="Its log says why."))
