"""What does a relationship manager see in a browser? Pages of Streamlit's, on this machine, in one look."""

from __future__ import annotations

import os
import sys

from fiador.dashboard.theme import theme_options
from fiador.errors import ServiceError
from fiador.words.places import shown

SERVICE_URL = "FIADOR_SERVICE_URL"  # the environment variable that carries the service's address to the pages


def command(service: str, port: int) -> list[str]:
    """The command that serves the dashboard on a port of 127.0.0.1; run it with `environment(service)`.

    ServiceError where the service's address is not one of HTTP.

    >>> command("http://127.0.0.1:8000", 8501)[1:]
    ['-m', 'fiador.dashboard', '8501']
    """
    if not service.startswith(("http://", "https://")):
        raise ServiceError("is no address of HTTP.", where=shown(service), hint="Write it so: http://127.0.0.1:8000")
    return [sys.executable, "-m", "fiador.dashboard", str(port)]


def options(port: int) -> dict[str, str | int | bool]:
    """Streamlit's options: on this machine only, in the product's look, nothing watched and nothing sent home.

    >>> options(8501)["server.address"]
    '127.0.0.1'
    """
    return {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        **theme_options(),
    }


def environment(service: str) -> dict[str, str]:
    """The environment the dashboard's process needs: this one's, and the service's address.

    >>> environment("http://127.0.0.1:8000/")["FIADOR_SERVICE_URL"]
    'http://127.0.0.1:8000'
    """
    return {**os.environ, SERVICE_URL: service.rstrip("/")}
