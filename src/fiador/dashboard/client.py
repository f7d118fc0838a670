"""What does the scoring service answer? Every question the pages ask it, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from fiador.errors import FiadorError, RequestError, ServiceError, UnknownKeyError
from fiador.words.places import shown

Body = dict[str, Any]
START = "fiador serve BUNDLE --source SOURCE"


class NotReadyError(ServiceError):
    """The service took longer than a page waits: it is busy, or still counting its applications."""


class Service:
    """A scoring service at an address. `transport`: how requests travel, where not over the network."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        # idle connections are given up before the service hangs up on them (uvicorn: after 5 s)
        limits = httpx.Limits(keepalive_expiry=3)
        self._client = httpx.Client(transport=transport, timeout=20, trust_env=False, limits=limits)

    def bundle(self) -> str:
        """The id of the bundle that is served."""
        return str(self._ask("GET", "/health/ready")["bundle"])

    def model(self) -> Body:
        """What is served: tables, features, costs, figures."""
        return self._ask("GET", "/v1/model")

    def applications(self, *, search: str, limit: int, offset: int) -> Body:
        """One page of known keys."""
        return self._ask("GET", "/v1/applications", params={"search": search, "limit": limit, "offset": offset})

    def application(self, key: str) -> Body:
        """The raw rows of a known application; UnknownKeyError where there is none."""
        return self._ask("GET", f"/v1/applications/{_part(key)}")

    def decision(self, key: str, *, language: str) -> Body:
        """The decision on a known application; UnknownKeyError where there is none."""
        return self._ask("GET", f"/v1/applications/{_part(key)}/decision", params={"language": language})

    def decide(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], *, language: str) -> Body:
        """The decision on a new application, given its raw rows by table; RequestError where it can't be read."""
        return self._ask("POST", "/v1/decisions", params={"language": language}, json={"tables": tables})

    def distribution(self, feature: str) -> Body:
        """How a feature is distributed among past goods and bads."""
        return self._ask("GET", f"/v1/features/{_part(feature)}/distribution")

    def explore(self, what: str, *, language: str, **parameters: str) -> Body:
        """One question about all known applications: variables, histogram, pair, compare; empty values aren't sent."""
        params = {"language": language} | {name: value for name, value in parameters.items() if value}
        return self._ask("GET", f"/v1/explore/{what}", params=params)

    def values(self, key: str, *, language: str) -> Body:
        """All of one application's values, in words; UnknownKeyError where there is none."""
        return self._ask("GET", f"/v1/explore/applications/{_part(key)}", params={"language": language})

    def _ask(self, method: str, path: str, **request: Any) -> Body:
        try:
            answer = self._client.request(method, self.url + path, **request)
        except httpx.ReadTimeout as error:
            raise NotReadyError(
                "takes long to answer.", where=shown(self.url), hint="Try again in a moment."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            hint = f"Start it: {START}"
            raise ServiceError(f"no answer ({type(error).__name__}).", where=shown(self.url), hint=hint) from error
        return _read(answer)


def _read(answer: httpx.Response) -> Body:
    """The body of an answer, or the error it tells."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        what = f"the answer (status {answer.status_code}) is not from a fiador service."
        raise ServiceError(what, where=shown(str(answer.url)), hint="Check the address.")
    if answer.is_success:
        return body
    raise _told(answer.status_code, body.get("error") or {})


def _told(status: int, error: Mapping[str, Any]) -> FiadorError:
    """The service's error as a value of ours: what a caller can mend apart from what they can't."""
    kind = UnknownKeyError if status == 404 else RequestError if status < 500 else FiadorError
    what = str(error.get("what") or f"the service answered with status {status}.")
    return kind(what, where=str(error.get("where") or ""), hint=str(error.get("hint") or ""))


def _part(key: str) -> str:
    """A key as one part of a path: even of a slash, or of dots alone, which mean another folder there.

    >>> _part("2026/17"), _part("..")
    ('2026%2F17', '%2E%2E')
    """
    return quote(key, safe="") if key.strip(".") else key.replace(".", "%2E")
