"""What can be asked of fiador in a terminal?

Each command wires a source, an engine and the store to one use case, and shows what came out. Slow libraries are
imported where they are used: `fiador --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fiador.errors import FiadorError

if TYPE_CHECKING:
    import pyarrow as pa

    from fiador.engines import Engine
    from fiador.features.schema import Schema
    from fiador.portfolio import Portfolio

UNKNOWN_ERROR = 70  # sysexits.h EX_SOFTWARE

app = typer.Typer(
    name="fiador",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

PortfolioArgument = Annotated[
    str, typer.Argument(metavar="PORTFOLIO", help="A portfolio's TOML file, or the folder that holds portfolio.toml.")
]
BundleArgument = Annotated[str, typer.Argument(metavar="BUNDLE", help="The folder `fiador train` wrote.")]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="PLACE",
        help="Where the raw tables are: a folder of dumps, CSV or Parquet files. Overrides the portfolio's own.",
    ),
]
ExpectOption = Annotated[
    str | None, typer.Option("--expect", metavar="ID", help="Refuse any bundle but the one with this id.")
]


@app.callback()
def fiador(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """From a lender's raw tables to a credit decision it can defend.

    Start with: fiador check portfolios/alura_cash --source FOLDER
    """
    if version:
        from fiador import __version__

        sys.stdout.write(f"fiador {__version__}\n")
        raise typer.Exit


class DumpFormat(StrEnum):
    """The formats `simulate` writes."""

    dump = "dump"
    csv = "csv"
    parquet = "parquet"


@app.command(epilog="Example: fiador check portfolios/alura_cash --source dumps --json > report.json")
def check(
    portfolio: PortfolioArgument,
    source: SourceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check raw tables against a portfolio: keys, types, levels, ranges, links, consistency; account for every row."""
    from fiador import checking, console

    declared, location = _portfolio(portfolio, source)
    schema, engine = _tables(declared, location)
    report = checking.check(declared, schema, engine, source=location)
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        console.show_report(report)
    checking.require(report)


@app.command(epilog="Example: fiador join portfolios/alura_cash --source dumps --out joined.parquet")
def join(
    portfolio: PortfolioArgument,
    out: Annotated[Path, typer.Option("--out", help="The file to write: .parquet or .csv.")],
    source: SourceOption = None,
) -> None:
    """Write the joined, cleaned applications that development keeps."""
    from fiador import checking, console

    declared, location = _portfolio(portfolio, source)
    schema, engine = _tables(declared, location)
    checking.require(checking.check(declared, schema, engine, source=location))
    rows = checking.joined(declared, schema, engine)
    _write_table(rows, out)
    console.say(f"{rows.num_rows:,} applications, {rows.num_columns} columns: {out}")


@app.command(epilog="Example: fiador sql portfolios/alura_cash > features.sql")
def sql(portfolio: PortfolioArgument, source: SourceOption = None) -> None:
    """Print the SQL that computes every feature, rule and exposure: what training, batch and service all run."""
    from fiador.features.compile import compile_sql
    from fiador.features.schema import declared_schema

    declared, location = _portfolio(portfolio, source)
    schema = declared_schema(declared) or _tables(declared, location)[0]
    sys.stdout.write(compile_sql(declared, schema).sql + "\n")


@app.command(epilog="Example: fiador train portfolios/alura_cash --source dumps --out bundles/alura")
def train(
    portfolio: PortfolioArgument,
    out: Annotated[Path, typer.Option("--out", metavar="BUNDLE", help="The folder to write the bundle to.")],
    source: SourceOption = None,
    seed: Annotated[int | None, typer.Option(help="Overrides the portfolio's seed.")] = None,
    folds: Annotated[int | None, typer.Option(min=2, max=20, help="Overrides the portfolio's number of folds.")] = None,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads a candidate may use; figures don't depend on it.")
    ] = os.cpu_count() or 1,
) -> None:
    """Compare candidates honestly, calibrate the champion, derive the cut-off, and write a bundle."""
    import time
    from datetime import UTC, datetime

    from fiador import console, store, training

    store.require_writable(out)
    document = store.read_document(portfolio)
    declared, location = _portfolio(portfolio, source)
    with console.progress() as shown:
        schema, engine = _tables(declared, location, shown)
        settings = training.Settings(seed=seed, folds=folds, threads=threads)
        bundle = training.train(
            declared,
            document,
            schema,
            engine,
            settings=settings,
            now=datetime.now(UTC),
            clock=time.perf_counter,
            progress=shown,
        )
    missed = training.missed_gate(bundle)
    folder = out.with_name(f"{out.name}.rejected") if missed else out  # an approved bundle is never replaced by one
    console.show_training(store.save_bundle(bundle, folder), folder)
    training.require_accepted(bundle, folder=str(folder))


@app.command(epilog="Example: fiador score bundles/alura --source dumps --out decisions.csv --language pt-BR")
def score(
    bundle: BundleArgument,
    source: Annotated[str, typer.Option("--source", metavar="PLACE", help="Where the raw tables are.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write decisions on every application: .parquet or .csv.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Decide on one application and print its decision as JSON.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the sentences: en, fr or pt-BR. With --out, adds a column a reason.")
    ] = None,
    expect: ExpectOption = None,
) -> None:
    """Decide on every application of a source, or on one by its key."""
    from fiador import console, scoring, store, words

    if language is not None:
        words.known_language(language)
    if (out is None) == (key is None):
        raise typer.BadParameter("give --out for all applications, or --key for one.")
    opened = store.open_bundle(bundle, expect=expect)
    engine = _applications(opened.portfolio, source)
    if key is not None:
        decision = scoring.score_one(opened, key, engine=engine)
        sys.stdout.write(json.dumps(decision.to_json(language or words.DEFAULT), ensure_ascii=False, indent=1) + "\n")
        return
    assert out is not None
    rows = scoring.decisions(scoring.score(opened, engine=engine), language)
    _write_table(rows, out)
    console.show_outcomes(rows, out)


@app.command(epilog="Example: fiador serve bundles/alura --source dumps --port 8000")
def serve(
    bundle: BundleArgument,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="PLACE", help="Known applications to look up. Without it only new ones are decided."
        ),
    ] = None,
    host: Annotated[str, typer.Option(envvar="FIADOR_HOST", help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="FIADOR_PORT", min=1, max=65535, help="The port to bind.")] = 8000,
    expect: ExpectOption = None,
) -> None:
    """Answer decisions over HTTP. The documentation page is at /docs and works without internet."""
    import uvicorn

    from fiador import console, scoring, store
    from fiador.engines import open_engine
    from fiador.service.app import create_app

    opened = store.open_bundle(bundle, expect=expect)
    if source:
        engine = _applications(opened.portfolio, source)
    else:
        engine = open_engine()
        scoring.load_nothing(opened, engine)
    scoring.open_bundle(opened)
    listening = _listening(host, port)
    address = f"http://{host}:{port}"
    console.say(f"fiador serves {opened.portfolio.name} (bundle {opened.id[:12]}) at {address}")
    console.say(f"documentation at {address}/docs")
    server = uvicorn.Server(
        uvicorn.Config(create_app(opened, engine), log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    )
    server.run(sockets=[listening])


def _listening(host: str, port: int) -> socket:
    """A socket on the address, before anything is announced; ServiceError where it is taken or not this machine's."""
    from fiador.errors import ServiceError

    listening = socket()
    listening.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise ServiceError(f"can't listen on {host}:{port} ({error.strerror}).", hint="Name another --port.") from None
    return listening


@app.command(epilog="Example: fiador dashboard --service http://127.0.0.1:8000")
def dashboard(
    service: Annotated[
        str,
        typer.Option("--service", envvar="FIADOR_SERVICE_URL", metavar="URL", help="The address of `fiador serve`."),
    ] = "http://127.0.0.1:8000",
    port: Annotated[
        int, typer.Option(envvar="FIADOR_DASHBOARD_PORT", min=1, max=65535, help="The port of the page.")
    ] = 8501,
) -> None:
    """Open the page where a client is looked up or typed in. It talks to the service and computes nothing."""
    from fiador import console
    from fiador.dashboard import command, environment

    console.say(f"fiador's dashboard at http://127.0.0.1:{port}, asking {service}")
    words = command(service, port)
    sys.stdout.flush()
    os.execvpe(words[0], words, environment(service))  # the page takes this process's place, and its signals


@app.command(epilog="Example: fiador simulate portfolios/alura_cash --applications 34489 --seed 0 --out simulated")
def simulate(
    portfolio: PortfolioArgument,
    applications: Annotated[int, typer.Option(min=100, help="How many applications to draw.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write the tables to.")],
    seed: Annotated[int, typer.Option(help="The same seed draws the same database.")] = 0,
    form: Annotated[DumpFormat, typer.Option("--format", help="The files to write.")] = DumpFormat.dump,
) -> None:
    """Draw a database of a portfolio's shape, dirt included, for a demonstration or a load test."""
    from datetime import UTC, datetime

    from fiador import console, store
    from fiador.sources.simulate import simulate as draw
    from fiador.sources.write import write_tables

    declared = store.load_portfolio(portfolio)
    profile = store.read_profile(declared, portfolio)
    tables = draw(declared, profile=profile, applications=applications, seed=seed)
    write_tables(tables, out, format=form.value, database=declared.name, written_at=datetime.now(UTC))
    rows = ", ".join(f"{name} {table.num_rows:,}" for name, table in tables.items())
    console.say(f"simulated {rows} rows: {out}")


@app.command(epilog="Example: fiador demo portfolios/alura_cash")
def demo(
    portfolio: PortfolioArgument = "portfolios/alura_cash",
    folder: Annotated[Path, typer.Option(help="Where the simulated tables and the bundle go.")] = Path("build/demo"),
    applications: Annotated[int, typer.Option(min=1000, help="How many applications to simulate.")] = 12_000,
    port: Annotated[int, typer.Option(min=1, max=65000, help="The service's port; the next free one is taken.")] = 8000,
    dashboard_port: Annotated[
        int, typer.Option(min=1, max=65000, help="The dashboard's port; the next free one is taken.")
    ] = 8501,
    check_only: Annotated[bool, typer.Option("--check", help="Check that everything answers, then stop.")] = False,
) -> None:
    """The whole line on simulated data: draw, check, train, serve, and a page to look clients up. Ctrl-C stops it."""
    from fiador.demo import run

    data, bundle = folder / "data", folder / "bundle"
    steps = {
        f"simulate {portfolio} --applications {applications} --out {data}": lambda: simulate(
            portfolio, applications, data
        ),
        f"check {portfolio} --source {data}": lambda: check(portfolio, str(data)),
        f"train {portfolio} --source {data} --out {bundle}": lambda: train(portfolio, bundle, str(data)),
    }
    run(steps, bundle=bundle, data=data, ports=(port, dashboard_port), check_only=check_only)


def _portfolio(path: str, source: str | None) -> tuple[Portfolio, str]:
    from fiador import store

    declared = store.load_portfolio(path)
    return declared, source or store.source_location(declared, path)


def _tables(
    portfolio: Portfolio, location: str, progress: Any = None, *, needs_target: bool = True
) -> tuple[Schema, Engine]:
    from fiador import checking
    from fiador.engines import open_engine
    from fiador.sources import open_source

    engine = open_engine()
    source = open_source(location, types=portfolio.types)
    shown = progress or checking.silent
    return checking.load_tables(portfolio, source, engine, progress=shown, needs_target=needs_target), engine


def _applications(portfolio: Portfolio, source: str) -> Engine:
    """A source whose applications are to be decided, its keys checked: a repeated one would match twice."""
    from fiador import checking

    schema, engine = _tables(portfolio, source, needs_target=False)
    checking.require(checking.check_keys(portfolio, schema, engine, source=source))
    return engine


def _write_table(rows: pa.Table, out: Path) -> None:
    from fiador import store

    store.write_table(rows, out)


def main() -> None:
    """Run the command line; every error is a sentence and an exit code of its own."""
    try:
        app()
    except FiadorError as error:
        _tell(error.message, error.exit_code)
    except KeyboardInterrupt:
        _tell("stopped.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("FIADOR_DEBUG"):
            raise
        _tell(
            f"an error fiador doesn't know: {type(error).__name__}: {error}. Set FIADOR_DEBUG=1 to see where.",
            UNKNOWN_ERROR,
        )


def _tell(message: str, code: int) -> None:
    from fiador import console

    console.complain(message)
    sys.exit(code)
