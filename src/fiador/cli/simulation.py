"""Which commands need no data of one's own: simulate, demo?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fiador.cli.app import app
from fiador.cli.models import train
from fiador.cli.options import PortfolioArgument
from fiador.cli.tables import check
from fiador.errors import PortfolioError
from fiador.settings import Settings

if TYPE_CHECKING:
    from fiador.portfolio import Portfolio


class DumpFormat(StrEnum):
    """The formats `simulate` writes."""

    dump = "dump"
    csv = "csv"
    parquet = "parquet"


@app.command(epilog="Example: fiador simulate portfolios/alura_cash --applications 34489 --seed 0 --out simulated")
def simulate(
    portfolio: PortfolioArgument,
    applications: Annotated[int, typer.Option(min=100, help="How many applications to draw.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write the tables to.")],
    seed: Annotated[int, typer.Option(help="The same seed draws the same database.")] = 0,
    form: Annotated[
        DumpFormat | None,
        typer.Option("--format", help="The files to write: dump, or parquet where there are histories."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="A folder for what is behind histories: states, probabilities, the best AUC.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes draw histories; the files are the same.")
    ] = 1,
) -> None:
    """Draw a database of a portfolio's shape, dirt included, for a demonstration or a load test."""
    from fiador.adapters.disk import portfolios
    from fiador.cli import console

    declared = portfolios.load_portfolio(portfolio)
    profile = portfolios.read_profile(declared, portfolio)
    document = portfolios.read_history(declared, portfolio)
    if document:
        counts = _histories(
            declared, document, profile, applications, seed, out, (form or DumpFormat.parquet).value, truth, processes
        )
    elif truth is not None:
        what = "declares no histories: there is no truth to write."
        raise PortfolioError(what, where=declared.name, hint="Leave --truth out.")
    else:
        counts = _applications(declared, profile, applications, seed, out, (form or DumpFormat.dump).value)
    rows = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    console.say(f"simulated {rows} rows: {out}")


def _applications(
    declared: Portfolio, profile: Mapping[str, Any], applications: int, seed: int, out: Path, form: str
) -> dict[str, int]:
    from datetime import UTC, datetime

    from fiador.adapters.simulation.simulate import simulate as draw
    from fiador.adapters.simulation.write import write_tables

    tables = draw(declared, profile=profile, applications=applications, seed=seed)
    write_tables(tables, out, format=form, database=declared.name, written_at=datetime.now(UTC))
    return {name: table.num_rows for name, table in tables.items()}


def _histories(
    declared: Portfolio,
    document: Mapping[str, Any],
    profile: Mapping[str, Any],
    applications: int,
    seed: int,
    out: Path,
    form: str,
    truth: Path | None,
    processes: int,
) -> dict[str, int]:
    from fiador.adapters.simulation.history.block import DrawPlan
    from fiador.adapters.simulation.history.declared import digest, parse
    from fiador.adapters.simulation.history.stream import write_history
    from fiador.cli import console

    plan = DrawPlan(declared, parse(document, declared), profile, applications, seed)
    with console.progress() as progress:
        return write_history(
            plan, out, truth=truth, generator=digest(document, profile), format=form, processes=processes,
            progress=progress,
        )  # fmt: skip


@app.command(epilog="Example: fiador demo portfolios/alura_cash")
def demo(
    portfolio: PortfolioArgument = "portfolios/alura_cash",
    folder: Annotated[Path, typer.Option(help="Where the simulated tables and the bundle go.")] = Path("build/demo"),
    applications: Annotated[int, typer.Option(min=1000, help="How many applications to simulate.")] = 12_000,
    port: Annotated[
        int, typer.Option(min=1, max=65000, help="The service's port; the next free one is taken.")
    ] = Settings.port,
    dashboard_port: Annotated[
        int, typer.Option(min=1, max=65000, help="The dashboard's port; the next free one is taken.")
    ] = Settings.dashboard_port,
    check_only: Annotated[bool, typer.Option("--check", help="Check that everything answers, then stop.")] = False,
) -> None:
    """The whole line on simulated data: draw, check, train, serve, and a page to look clients up. Ctrl-C stops it."""
    from fiador.cli.demo import run

    data, bundle = folder / "data", folder / "bundle"
    steps = {
        f"simulate {portfolio} --applications {applications} --out {data}": lambda: simulate(
            portfolio, applications, data
        ),
        f"check {portfolio} --source {data}": lambda: check(portfolio, str(data)),
        f"train {portfolio} --source {data} --out {bundle}": lambda: train(portfolio, bundle, str(data)),
    }
    run(steps, bundle=bundle, data=data, ports=(port, dashboard_port), check_only=check_only)
