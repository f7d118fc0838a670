"""What do several commands take, and how is it read?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.errors import DataError
from fiador.settings import Settings, read_settings, variable

if TYPE_CHECKING:
    import pyarrow as pa

    from fiador.adapters.sources import Source
    from fiador.bundle import Bundle
    from fiador.features.schema import Schema
    from fiador.portfolio import AsOf, Portfolio
    from fiador.use_cases.ports import Engine, Progress

PortfolioArgument = Annotated[
    str, typer.Argument(metavar="PORTFOLIO", help="A portfolio's TOML file, or the folder that holds portfolio.toml.")
]
DecidingArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="BUNDLE", help="The folder `fiador train` wrote. By default the registry's promoted bundle."
    ),
]
RegistryOption = Annotated[
    Path,
    typer.Option("--registry", envvar=variable("bundles"), metavar="DIR", help="The folder that holds the bundles."),
]
DecidingPortfolioOption = Annotated[
    str | None,
    typer.Option("--portfolio", metavar="NAME", help="Whose promoted bundle, where several portfolios have one."),
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="PLACE",
        help="Where the raw tables are: a folder of dumps, CSV, Parquet or SQLite files, or a database: "
        "mysql://, postgresql://, sqlite:///. Overrides the portfolio's own.",
    ),
]
ExpectOption = Annotated[
    str | None, typer.Option("--expect", metavar="ID", help="Refuse any bundle but the one with this id.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE|-DAYS",
        help="Decide every application as of a past date, those after it left out; or so many days before its own "
        "decision, as in -90. A table whose columns hold a later state is refused.",
    ),
]
MemoryOption = Annotated[
    str | None,
    typer.Option(
        "--memory",
        envvar=variable("memory"),
        metavar="SIZE",
        help="The most memory to take, such as 4GB: what doesn't fit is spilled to disk.",
    ),
]

REGISTRY = Path(Settings.bundles)
JsonOption = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

PLACES = ("--out", "--html", "--source", "--registry", "--folder", "--history")
CSV = "In .csv an apostrophe stands before text that a spreadsheet would run: = + - @."


def open_deciding(bundle: str | None, registry: Path, portfolio: str | None, expect: str | None) -> Bundle:
    """The bundle named, or the registry's promoted one. A named one that is not promoted is said to be so."""
    from fiador.adapters.disk import bundles
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import console
    from fiador.errors import RegistryError

    if bundle is None:
        folder, promoted = shelf.promoted(registry, portfolio)
        return bundles.open_bundle(folder, expect=expect or promoted)
    if portfolio is not None:
        raise typer.BadParameter("--portfolio chooses among promoted bundles: leave BUNDLE or --portfolio away.")
    opened = bundles.open_bundle(bundle, expect=expect)
    try:
        state = shelf.standing(Path(bundle), opened.id)
    except RegistryError as error:  # who names a bundle needs no registry
        console.note(error.message)
        return opened
    if state not in (None, "promoted"):
        console.note(f"{bundle} is {state} in its registry, not promoted")
    return opened


def read_portfolio(path: str, source: str | None, as_of: str | None = None) -> tuple[Portfolio, str]:
    from fiador.adapters.disk import portfolios

    declared = portfolios.load_portfolio(path).at(asked_as_of(as_of))
    return declared, source or portfolios.source_location(declared, path)


def asked_as_of(text: str | None) -> AsOf | None:
    """What `--as-of` said; typer.BadParameter where it is no past date and no days before the decision."""
    from datetime import datetime

    from fiador.portfolio import read_as_of

    try:
        return None if text is None else read_as_of(text, today=datetime.now().astimezone().date())
    except ValueError as error:
        raise typer.BadParameter(f"--as-of: {error}") from None


def note_left_out(portfolio: Portfolio, engine: Engine) -> None:
    """Say on the error stream which applications the date asked for leaves out."""
    from fiador.cli import console
    from fiador.use_cases import checking

    for finding in checking.left_out_by(portfolio, engine):
        console.note(finding.says)


def read_tables(
    portfolio: Portfolio,
    location: str,
    progress: Progress | None = None,
    *,
    needs_target: bool = True,
    memory: str | None = None,
    side_by_side: bool = False,
) -> tuple[Schema, Engine]:
    """The portfolio's tables in an engine. A store's files are attached, all others are copied into it.

    memory: that of `--memory`; without it, the environment's. side_by_side: as `open_engine` takes it.
    """
    from fiador.adapters.engines import open_engine
    from fiador.adapters.engines.limits import memory_bytes
    from fiador.use_cases import ports, tables

    source = open_declared(portfolio, location)
    reads = [source.location] if isinstance(source, ports.Stored) else []
    size = memory or read_settings().memory
    engine = open_engine(memory=memory_bytes(size) if size else None, reads=reads, side_by_side=side_by_side)
    show = progress or ports.silent
    schema = tables.load_tables(portfolio, source, engine, progress=show, needs_target=needs_target)
    note_passed_over(source)
    return schema, engine


def open_declared(portfolio: Portfolio, location: str) -> Source:
    """The source of a portfolio's tables: other files of a folder may be unreadable."""
    from fiador.adapters.sources import open_source

    return open_source(location, types=portfolio.types, needed=portfolio.source_names)


def note_passed_over(source: Source) -> None:
    """A note for each file of a folder that can't be read and isn't needed."""
    from fiador.adapters.sources import passed_over
    from fiador.cli import console

    for name, why in passed_over(source).items():
        console.note(f"{name} is passed over: {why}")


def read_applications(
    portfolio: Portfolio,
    source: str,
    progress: Progress | None = None,
    *,
    memory: str | None = None,
    side_by_side: bool = False,
) -> Engine:
    """A source whose applications are to be decided, its keys checked: a repeated one would match twice.

    memory, side_by_side: as `read_tables` takes them.
    """
    from fiador.use_cases import checking

    schema, engine = read_tables(
        portfolio, source, progress, needs_target=False, memory=memory, side_by_side=side_by_side
    )
    checking.require(checking.check_keys(portfolio, schema, engine, source=source))
    return engine


def require_places(words: Sequence[str]) -> None:
    """Pass, or a DataError where an option that names a place names none: what `--out "$FILE"` does without a FILE."""
    for word, following in zip(words, [*words[1:], None], strict=True):
        option, value = word.partition("=")[::2] if "=" in word else (word, following)
        if option in PLACES and value == "":
            hint = "Name a file or a folder, or leave the option away. Is a variable of the shell not set?"
            raise DataError(f"{option} names nothing.", hint=hint)


def print_json(value: object) -> None:
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_table(rows: pa.Table, out: Path) -> None:
    from fiador.adapters.disk import files

    files.write_table(rows, out)
