"""Which settings come from the environment?

Every one has a default that is right on one's own machine; `FIADOR_PORT=9000` and its like change it. Command-line
options go before the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from fiador.errors import FiadorError


@dataclass(frozen=True)
class Settings:
    """The service's, the dashboard's and the registry's settings, from `FIADOR_…` variables.

    max_body_bytes: a longer request body is refused before it is parsed. service_url: where the dashboard asks.
    bundles: the folder of bundles, where `fiador serve` finds the promoted one. memory: the most that reading and
    computing should take, such as 4GB; empty takes what the machine has.

    >>> Settings(port=9000).port
    9000
    """

    host: str = "127.0.0.1"
    port: int = 8000
    max_body_bytes: int = 1_000_000
    dashboard_port: int = 8501
    service_url: str = f"http://{host}:{port}"
    bundles: str = "bundles"
    memory: str = ""


def variable(name: str) -> str:
    """The environment variable of a setting.

    >>> variable("port")
    'FIADOR_PORT'
    """
    return f"FIADOR_{name.upper()}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, by default this process's; FiadorError where a number is none.

    >>> read_settings({"FIADOR_PORT": "9000"}).port
    9000
    """
    texts = os.environ if environment is None else environment
    names = [field.name for field in fields(Settings) if variable(field.name) in texts]
    return Settings(**{name: _value(name, texts[variable(name)]) for name in names})


def _value(name: str, text: str) -> Any:
    if not isinstance(getattr(Settings, name), int):
        return text
    if text.strip().isdecimal() and int(text) > 0:
        return int(text)
    raise FiadorError(f"'{text}' is no whole number from 1.", where=variable(name), hint="Mend it, or unset it.")
