"""Which settings come from the environment?

Every one has a default that is right on one's own machine; `FIADOR_PORT=9000` and its like change it. Command-line
options go before the environment.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]
MEGABYTE = 1_000_000


class Settings(BaseSettings):
    """The service's, the dashboard's and the registry's settings, from `FIADOR_…` variables.

    max_body_bytes: a longer request body is refused before it is parsed. service_url: where the dashboard asks.
    bundles: the folder of bundles, where `fiador serve` finds the promoted one. memory: the most that reading and
    computing should take, such as 4GB; empty takes what the machine has.

    >>> Settings(port=9000).port
    9000
    """

    model_config = SettingsConfigDict(env_prefix="FIADOR_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Port = 8000
    max_body_bytes: Annotated[int, Field(ge=1)] = MEGABYTE
    dashboard_port: Port = 8501
    service_url: str = "http://127.0.0.1:8000"
    bundles: str = "bundles"
    memory: str = ""
