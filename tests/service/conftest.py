"""What is served in these tests? The bundle of all tests, and the simulated tables it was trained on."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from fiador.bundle import Bundle
from fiador.service.app import create_app
from fiador.settings import Settings
from fiador.use_cases.ports import Engine


@dataclass(frozen=True)
class Served:
    """A bundle, and an engine that holds the tables it was trained on."""

    bundle: Bundle
    engine: Engine


@pytest.fixture(scope="session")
def served(bundle: Bundle, alura_engine: tuple) -> Served:
    return Served(bundle, alura_engine[1])


@pytest.fixture(scope="session")
def client(served: Served) -> Iterator[TestClient]:
    """A caller of the service; an error of the service is an answer here, not an exception."""
    app = create_app(served.bundle, served.engine, settings=Settings(max_body_bytes=50_000))
    with TestClient(app, raise_server_exceptions=False) as caller:
        yield caller
