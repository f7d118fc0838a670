"""Which command computes what child tables say of every known application beforehand: history?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import (
    REGISTRY,
    AsOfOption,
    DecidingArgument,
    DecidingPortfolioOption,
    ExpectOption,
    MemoryOption,
    RegistryOption,
    asked_as_of,
    open_deciding,
    read_applications,
)
from fiador.errors import DataError

if TYPE_CHECKING:
    from fiador.adapters.sources.store import Store


@app.command(epilog="Example: fiador history bundles/alura --source store --out history")
def history(
    source: Annotated[str, typer.Option("--source", metavar="STORE", help="The store `fiador ingest` wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder of the history to write.")],
    bundle: DecidingArgument = None,
    as_of: AsOfOption = None,
    expect: ExpectOption = None,
    registry: RegistryOption = REGISTRY,
    portfolio: DecidingPortfolioOption = None,
    memory: MemoryOption = None,
) -> None:
    """Compute what child tables say of every application in a store, for `fiador serve --history` to look up.

    Where the folder holds the bundle's history already, and rows were added to the store since, only the applications
    they belong to are computed again.
    """
    from dataclasses import replace
    from datetime import UTC, datetime

    from fiador.adapters.disk import history as histories
    from fiador.adapters.engines import open_engine
    from fiador.cli import console

    opened = open_deciding(bundle, registry, portfolio, expect)
    opened = replace(opened, portfolio=opened.portfolio.at(asked_as_of(as_of)))
    held = open_stored(source).manifest  # before the engine: rows that come meanwhile are computed again the next time
    with console.progress() as progress:
        engine = read_applications(opened.portfolio, source, progress, memory=memory, side_by_side=True)
        kept = histories.keep(
            opened, out, store=held, engine=engine, scratch=open_engine, now=datetime.now(UTC), progress=progress
        )
    console.say(f"{out}: {kept.applications:,} applications, {kept.computed:,} of them computed")


def open_stored(source: str) -> Store:
    """The store a history is of; DataError where the source is none, and nobody can say what came to it since."""
    from fiador.adapters.sources import store

    if not store.is_store(source):
        hint = "Make one: fiador ingest PORTFOLIO --source PLACE --out STORE."
        raise DataError("is no store, and only a store says which rows came when.", where=source, hint=hint)
    return store.open_store(source, {})
