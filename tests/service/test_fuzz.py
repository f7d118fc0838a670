"""Does the service answer as its OpenAPI says, whatever is sent: no failure, no undeclared status, no other shape?

Requests as the schema has them, and requests that break it, drawn by schemathesis for every address. Keys and variables
that exist are put in place of every other one, so that answers are reached and not only refusals. `FIADOR_FUZZ_CASES`
sets how many requests an address and a kind get; `python -m benchmarks fuzz_service` sends thousands.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from fiador.service.app import create_app
from fiador.settings import Settings
from fiador.use_cases import applications, exploring

CASES = int(os.environ.get("FIADOR_FUZZ_CASES", "12"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, unsupported_method,
]  # fmt: skip
VARIABLES = ("variable", "x", "y", "filter_variable", "name")
ADDRESSES = 16
FUZZ = settings(
    max_examples=CASES, deadline=None, database=None, derandomize="FIADOR_FUZZ_CASES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def schema(served: Any) -> Any:
    app = create_app(served.bundle, served.engine, settings=Settings(max_body_bytes=50_000))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def keys(served: Any) -> list[str]:
    return applications.list_applications(served.bundle, engine=served.engine, limit=5).keys


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: str(mode.value))
def test_whatever_is_asked_the_answer_is_one_that_is_declared(
    schema: Any, served: Any, keys: list[str], mode: Any
) -> None:
    sent: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    names = list(exploring.known_variables(served.bundle))
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == ADDRESSES
    for operation in operations:
        sent[operation.label] = _fuzz(operation, mode, keys, names, statuses)
    print(f"\n{mode.value}: {sent.total()} requests to {len(sent)} addresses, by status {dict(statuses)}")  # noqa: T201 - the benchmark shows it
    assert all(sent.values()) or mode == schemathesis.GenerationMode.NEGATIVE


def _fuzz(operation: Any, mode: Any, keys: list[str], names: list[str], statuses: Counter[int]) -> int:
    sent = 0

    @FUZZ
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans(), data=st.data())
    def ask(case: Any, real: bool, data: st.DataObject) -> None:
        nonlocal sent
        if real:
            _put_what_exists(case, keys, names, data)
        response = case.call()
        sent += 1
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    with contextlib.suppress(Unsatisfiable):  # an address that takes any text, or nothing, has no wrong request
        ask()
    return sent


def _put_what_exists(case: Any, keys: list[str], names: list[str], data: st.DataObject) -> None:
    for place in (case.path_parameters, case.query):
        for name in list(place) if isinstance(place, dict) else ():
            if name == "key":
                place[name] = data.draw(st.sampled_from(keys))
            elif name in VARIABLES:
                place[name] = data.draw(st.sampled_from(names))
