"""Which command keeps raw tables where they are read faster: ingest?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import MemoryOption, PortfolioArgument, SourceOption, read_portfolio


@app.command(epilog="Example: fiador ingest portfolios/alura_cash --source dumps --out store --memory 4GB")
def ingest(
    portfolio: PortfolioArgument,
    out: Annotated[Path, typer.Option("--out", metavar="STORE", help="The folder of the store to write.")],
    source: SourceOption = None,
    memory: MemoryOption = None,
    append: Annotated[
        bool, typer.Option("--append", help="Add the source's rows to the store instead of replacing what it holds.")
    ] = False,
) -> None:
    """Read raw tables once and keep them as a store: typed Parquet files sorted by application.

    Every command takes the store as its --source, and reads only the columns and rows it needs. A store that is being
    read stays whole: a killed or failed ingest leaves the one before.
    """
    from datetime import UTC, datetime

    from fiador.adapters.engines.limits import memory_bytes
    from fiador.adapters.sources import open_source, store
    from fiador.cli import console
    from fiador.use_cases.row_numbers import ROW_NUMBER, number_rows

    declared, location = read_portfolio(portfolio, source)
    if append and declared.key == ROW_NUMBER:
        raise typer.BadParameter("rows that are numbered as they are read can't be added to: ingest them all anew.")
    types = {**declared.types, **(store.open_store(str(out), {}).types if append and out.exists() else {})}
    write = store.append if append else store.ingest
    limit = memory_bytes(memory) if memory else None
    with console.progress() as progress:
        tables = number_rows(declared, open_source(location, types=types, needed=declared.source_names))
        written = write(declared, tables, out, now=datetime.now(UTC), memory=limit, progress=progress)
    console.show_store(written, out)
