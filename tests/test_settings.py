"""Does each setting stand in one place, with the default everybody takes?"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from fiador.adapters.disk import registry
from fiador.dashboard import SERVICE_URL
from fiador.errors import FiadorError
from fiador.settings import Settings, read_settings, variable

SRC = Path(__file__).parent.parent / "src" / "fiador"
EXAMPLE = (
    "Write it so: http://127.0.0.1:8000"  # of an address, in an error of the dashboard's, which imports no settings
)


def constants() -> list[str]:
    """Every constant of the code but docstrings, as text."""
    trees = [ast.parse(file.read_text()) for file in SRC.rglob("*.py")]
    prose = {id(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [str(node.value) for node in found if id(node) not in prose and node.value != EXAMPLE]


def test_no_variable_of_the_environment_is_named_twice():
    names = Counter(name for text in constants() for name in re.findall(r"FIADOR_[A-Z_]+", text))
    assert {name for name, times in names.items() if times > 1} == set()
    assert set(names) <= {"FIADOR_BUNDLES", "FIADOR_MEMORY", "FIADOR_SERVICE_URL"}


def test_no_default_port_stands_twice():
    ports = [str(Settings.port), str(Settings.dashboard_port)]
    times = Counter(port for text in constants() for port in re.findall(r"\d+", text) if port in ports)
    assert times == dict.fromkeys(ports, 1)


def test_those_who_may_not_read_the_settings_name_them_alike():
    assert (variable("bundles"), Settings.bundles) == (registry.VARIABLE, registry.DEFAULT)
    assert variable("service_url") == SERVICE_URL


def test_every_setting_comes_from_its_variable():
    given = {
        "host": "::1",
        "port": 1,
        "max_body_bytes": 2,
        "dashboard_port": 3,
        "service_url": "http://s",
        "bundles": "b",
        "memory": "4GB",
    }
    assert read_settings({variable(name): str(value) for name, value in given.items()}) == Settings(**given)
    assert [field.name for field in fields(Settings)] == list(given)
    assert read_settings({}) == Settings()


@pytest.mark.parametrize("text", ["", "0", "-5", "1e6", "much"])
def test_a_number_that_is_none_is_refused_by_its_variable(text):
    with pytest.raises(
        FiadorError, match=r"^FIADOR_MAX_BODY_BYTES: '.*' is no whole number from 1\. Mend it, or unset"
    ):
        read_settings({"FIADOR_MAX_BODY_BYTES": text})
