"""How does someone who has never seen fiador get a decision on the screen with one command?

The same commands a user would type, one after the other, on simulated data; then service and dashboard until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from fiador.cli import console
from fiador.dashboard import command, environment
from fiador.errors import ServiceError

PATIENCE = 90.0  # seconds a part may take to answer


def run(
    steps: Mapping[str, Callable[[], None]], *, bundle: Path, data: Path, ports: tuple[int, int], check_only: bool
) -> None:
    """The steps, each announced as the command it is, then service and page. `check_only` asks everything and stops."""
    for line, step in steps.items():
        _announce(line)
        step()
    with served(bundle, data, ports) as (service, page):
        if check_only:
            _ask_everything(service, page)
        else:
            _stay(service, page)


def _announce(line: str) -> None:
    console.out.print(f"\n$ fiador {line}", style="bold", soft_wrap=True)


@contextlib.contextmanager
def served(bundle: Path, data: Path, wanted: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """Service and dashboard as processes of their own, both answering; stopped whatever happens."""
    port, page_port = _free(wanted[0]), _free(wanted[1])
    service, page = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{page_port}"
    _announce(f"serve {bundle} --source {data} --port {port}")
    serving = [sys.executable, "-m", "fiador", "serve", str(bundle), "--source", str(data), "--port", str(port)]
    processes = []
    with _stopping_on_terminate():
        try:
            processes.append(subprocess.Popen(serving, start_new_session=True))
            _wait(f"{service}/health/ready", processes[-1])
            _announce(f"dashboard --service {service} --port {page_port}")
            quiet = subprocess.DEVNULL
            processes.append(
                subprocess.Popen(
                    command(service, page_port), env=environment(service), stdout=quiet, start_new_session=True
                )
            )
            _wait(f"{page}/_stcore/health", processes[-1])
            yield service, page
        finally:
            _stop(processes)


@contextlib.contextmanager
def _stopping_on_terminate() -> Iterator[None]:
    """A termination signal ends the demo as Ctrl-C does, and Ctrl-C does where a shell had it ignored."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _free(port: int) -> int:
    """The first port from `port` on that nothing listens on."""
    for candidate in range(port, port + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", candidate))
                return candidate
    raise ServiceError(f"no free port from {port} to {port + 99}.", where="demo", hint="Name another with --port.")


def _wait(url: str, process: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServiceError(
                f"{url} stopped with exit status {process.returncode}.", where="demo", hint="Its message is above."
            )
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise ServiceError(f"{url} did not answer in {PATIENCE:.0f} s.", where="demo", hint="Run its command by itself.")


def _stay(service: str, page: str) -> None:
    console.out.print(
        f"\n[bold green]Ready.[/bold green] The data are simulated.\n"
        f"  dashboard      [bold]{page}[/bold]\n"
        f"  service        {service}\n"
        f"  documentation  {service}/docs\n\n"
        "Ctrl-C stops both.",
        soft_wrap=True,
        markup=True,
    )
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.say("stopping …")


def _ask_everything(service: str, page: str) -> None:
    """One known application, one new one, the documentation and the page; ServiceError where one doesn't answer."""
    with httpx.Client(base_url=service, timeout=30) as client:
        key = _json(client.get("/v1/applications", params={"limit": 1}))["applications"][0]["key"]
        known = _json(client.get(f"/v1/applications/{key}/decision", params={"language": "pt-BR"}))
        rows = _json(client.get(f"/v1/applications/{key}"))["tables"]
        new = _json(client.post("/v1/decisions", json={"tables": rows}))
        if (known["outcome"], known["pd"]) != (new["outcome"], new["pd"]):
            raise ServiceError(f"application {key} is decided in two ways.", where="demo")
        for path in ("/docs", "/openapi.json", "/v1/model"):
            client.get(path).raise_for_status()
    httpx.get(page, timeout=30).raise_for_status()
    console.say(f"demo-check: everything answers. Application {key}: {known['outcome']}, PD {known['pd']:.3f}.")


def _json(response: httpx.Response) -> Any:
    if response.status_code != httpx.codes.OK:
        raise ServiceError(f"{response.url} answered {response.status_code}: {response.text[:300]}", where="demo")
    return response.json()


def _stop(processes: list[subprocess.Popen[Any]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
