"""Which service do the pages ask in these tests? A canned one, on a free port of this machine."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


def _canned() -> ModuleType:
    spec = importlib.util.spec_from_file_location("canned", Path(__file__).with_name("canned.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault("canned", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def canned() -> ModuleType:
    """The canned answers."""
    return _canned()


@pytest.fixture(scope="session")
def service_url(canned: ModuleType) -> Iterator[str]:
    """The address of a running canned service."""
    with canned.serving() as url:
        yield url
