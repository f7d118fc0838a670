"""Which commands put it on a screen: serve, dashboard?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.history import open_stored
from fiador.cli.options import (
    REGISTRY,
    DecidingArgument,
    DecidingPortfolioOption,
    ExpectOption,
    RegistryOption,
    open_deciding,
    read_applications,
)
from fiador.settings import Settings, variable

if TYPE_CHECKING:
    from fiador.bundle import Bundle
    from fiador.use_cases.ports import Engine, History


@app.command(epilog=f"Example: fiador serve bundles/alura --source dumps --port {Settings.port}")
def serve(
    bundle: DecidingArgument = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="PLACE", help="Known applications to look up. Without it only new ones are decided."
        ),
    ] = None,
    host: Annotated[str, typer.Option(envvar=variable("host"), help="The address to bind.")] = Settings.host,
    port: Annotated[
        int, typer.Option(envvar=variable("port"), min=1, max=65535, help="The port to bind.")
    ] = Settings.port,
    history: Annotated[
        Path | None,
        typer.Option(
            "--history",
            metavar="FOLDER",
            help="What `fiador history` computed of the store in --source: known applications are looked up.",
        ),
    ] = None,
    expect: ExpectOption = None,
    registry: RegistryOption = REGISTRY,
    portfolio: DecidingPortfolioOption = None,
) -> None:
    """Answer decisions over HTTP. The documentation page is at /docs and works without internet."""
    import uvicorn

    from fiador.cli import console
    from fiador.dashboard.sockets import listening
    from fiador.service.app import create_app
    from fiador.use_cases.scoring.scorer import scorer_of

    if history and not source:
        raise typer.BadParameter("--history goes with --source, the store it is of.")
    opened = open_deciding(bundle, registry, portfolio, expect)
    engine, remembered = _open_applications(opened, source, history)
    scorer_of(opened)
    bound = listening(host, port)
    address = f"http://{host}:{port}"
    console.say(f"fiador serves {opened.portfolio.name} (bundle {opened.id[:12]}) at {address}")
    console.say(f"documentation at {address}/docs")
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(opened, engine, history=remembered),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    )
    server.run(sockets=[bound])


def _open_applications(bundle: Bundle, source: str | None, history: Path | None) -> tuple[Engine, History | None]:
    """An engine over the known applications of a source, none without one, and what was computed of them."""
    from fiador.adapters.disk.history import open_history
    from fiador.adapters.engines import open_engine
    from fiador.use_cases import applications

    if not source:
        engine = open_engine()
        applications.load_nothing(bundle, engine)
        return engine, None
    engine = read_applications(bundle.portfolio, source)
    if not history:
        return engine, None
    # after the engine: a history of rows the engine hasn't is newer, never stale
    return engine, open_history(history, bundle, store=open_stored(source).manifest)


@app.command(epilog=f"Example: fiador dashboard --service {Settings.service_url}")
def dashboard(
    service: Annotated[
        str,
        typer.Option("--service", envvar=variable("service_url"), metavar="URL", help="The address of `fiador serve`."),
    ] = Settings.service_url,
    port: Annotated[
        int, typer.Option(envvar=variable("dashboard_port"), min=1, max=65535, help="The port of the page.")
    ] = Settings.dashboard_port,
) -> None:
    """Open the page where a client is looked up or typed in. It talks to the service and computes nothing."""
    from fiador.cli import console
    from fiador.dashboard import command, environment
    from fiador.dashboard.sockets import listening
    from fiador.words.places import shown

    words = command(service, port)
    listening("127.0.0.1", port).close()  # a port that is taken is told before anything is announced
    console.say(f"fiador's dashboard at http://127.0.0.1:{port}, asking {shown(service)}")
    sys.stdout.flush()
    os.execvpe(words[0], words, environment(service))  # the page takes this process's place, and its signals
