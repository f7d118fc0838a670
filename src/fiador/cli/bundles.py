"""Which commands choose the bundle that decides: bundles list, compare, approve, promote, retire?"""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fiador.cli.app import app
from fiador.cli.options import (
    CSV,
    REGISTRY,
    DecidingPortfolioOption,
    ExpectOption,
    JsonOption,
    RegistryOption,
    print_json,
    read_tables,
    write_table,
)

if TYPE_CHECKING:
    from fiador.adapters.disk.registry import Signature
    from fiador.bundle import Bundle
    from fiador.use_cases.comparing import Load

NAME = "its folder's name in the registry, or its id (six characters are enough)."
NamedArgument = Annotated[str, typer.Argument(metavar="NAME", help=f"A bundle: {NAME}")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who decides, for the history. By default the name of the system's user.")
]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why, for the history.")]

bundles = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="List trained bundles and choose the one that decides.\n\n"
    "A bundle is trained, approved, promoted; then another one is promoted, or it is retired. `fiador serve` takes the "
    "promoted one.",
    epilog="Example: fiador bundles list",
)
app.add_typer(bundles, name="bundles")


@bundles.command(name="list", epilog="Example: fiador bundles list --json")
def list_bundles(
    registry: RegistryOption = REGISTRY,
    history: Annotated[bool, typer.Option("--history", help="Show what was done, by whom and when.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Every bundle of a registry: when it was trained, how good it is, its state. One that can't be read says why."""
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import bundle_tables

    book = shelf.read_book(registry)
    rows = shelf.listed(registry, book)
    if as_json:
        print_json(shelf.to_json(registry, book, rows))
    elif history:
        bundle_tables.show_history(book)
    else:
        bundle_tables.show_bundles(registry, rows)


@bundles.command(epilog="Example: fiador bundles compare promoted cards-2 --source recent --out changed.csv")
def compare(
    a: Annotated[
        str, typer.Argument(metavar="A", help=f"What decides today: `promoted`, a bundle's folder, or {NAME}")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="What might: named in the same ways.")],
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="PLACE", help="Applications to decide on with both: whose decision changes?"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=f"Write the applications whose decision changes: .parquet or .csv. {CSV}"),
    ] = None,
    registry: RegistryOption = REGISTRY,
    portfolio: DecidingPortfolioOption = None,
    as_json: JsonOption = False,
) -> None:
    """Two bundles side by side: figures, features and, on a population, the swap set: who is approved by one alone."""
    from fiador.adapters.disk import files
    from fiador.cli import bundle_tables
    from fiador.use_cases import comparing

    if out is not None and source is None:
        raise typer.BadParameter("--out needs --source: without applications no decision changes.")
    if portfolio is not None and "promoted" not in (a, b):
        raise typer.BadParameter("--portfolio says whose `promoted` is meant: name A or B so, or leave it away.")
    if out is not None:
        files.require_file(out, suffixes=files.TABLES)
    folders = [_folder(registry, name, portfolio) for name in (a, b)]
    opened = [_open(folder) for folder in folders]
    named = {bundle.id: str(folder) for folder, bundle in zip(folders, opened, strict=True)}
    compared = comparing.compare(*opened, load=_loading(source, named) if source else None)
    if out is not None and compared.population:
        write_table(compared.population.changed, out)
    if as_json:
        print_json(compared.to_json())
    else:
        bundle_tables.show_comparison(compared, [folder.name for folder in folders], source, out)


@bundles.command(epilog='Example: fiador bundles approve cards-2 --note "validated on the autumn sample"')
def approve(
    name: NamedArgument,
    despite: Annotated[
        str | None,
        typer.Option("--despite", metavar="REASON", help="Approve one that missed its gate; the reason is kept."),
    ] = None,
    note: NoteOption = None,
    by: ByOption = None,
    registry: RegistryOption = REGISTRY,
) -> None:
    """Vouch for a bundle that passed its gate: only an approved one can be promoted."""
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import console

    event = shelf.approve(registry, name, _signature(by, note), despite=despite)
    console.say(f"approved {event.folder} ({event.id[:12]})")
    for missed in event.missed:
        console.say(f"  although {missed}")
    console.say(f"Next: fiador bundles promote {shlex.quote(event.folder)}{shelf.option(registry)}")


@bundles.command(epilog="Example: fiador bundles promote cards-2 --replacing cards-1")
def promote(
    name: NamedArgument,
    replacing: Annotated[
        str | None,
        typer.Option("--replacing", metavar="NAME", help="Refuse unless this one is promoted now; `none` for no one."),
    ] = None,
    note: NoteOption = None,
    by: ByOption = None,
    expect: ExpectOption = None,
    registry: RegistryOption = REGISTRY,
) -> None:
    """Make an approved bundle the one that decides. Promoting the one before again is rolling back."""
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import console

    event, before = shelf.promote(registry, name, _signature(by, note), expect=expect, replacing=replacing)
    console.say(f"promoted {event.folder} ({event.id[:12]}): it decides for {event.portfolio} from the next start on")
    if before:
        last = shelf.read_book(registry).last(before)
        name_before = last.folder if last else before[:12]
        console.say(f"Back: fiador bundles promote {shlex.quote(name_before)}{shelf.option(registry)}")


@bundles.command(epilog='Example: fiador bundles retire cards-1 --note "older than the policy"')
def retire(
    name: NamedArgument,
    force: Annotated[bool, typer.Option("--force", help="Even the promoted one: then none decides.")] = False,
    note: NoteOption = None,
    by: ByOption = None,
    registry: RegistryOption = REGISTRY,
) -> None:
    """Take a bundle out of use, be its folder still there or not; to use it again, approve it again."""
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import console

    event = shelf.retire(registry, name, _signature(by, note), force=force)
    console.say(f"retired {event.folder} ({event.id[:12]})")


def _signature(by: str | None, note: str | None) -> Signature:
    import getpass
    from datetime import UTC, datetime

    from fiador.adapters.disk.registry import Signature

    with contextlib.suppress(OSError, KeyError):  # a container's user may have no name
        by = by or getpass.getuser()
    return Signature(datetime.now(UTC), by or None, note or None)


def _folder(registry: Path, name: str, portfolio: str | None) -> Path:
    """The folder of a bundle, in the registry or anywhere else."""
    from fiador.adapters.disk import registry as shelf
    from fiador.adapters.disk.manifest import MANIFEST

    if name == "promoted":
        return shelf.promoted(registry, portfolio)[0]
    return Path(name) if os.path.isfile(Path(name) / MANIFEST) else shelf.find(registry, name)


def _open(folder: Path) -> Bundle:
    from fiador.adapters.disk import bundles

    return bundles.open_bundle(folder)


def _loading(source: str, names: dict[str, str]) -> Load:
    """How a bundle's tables are read from the source; an error says which bundle needs what isn't there."""
    from fiador.errors import DataError

    def load(bundle: Bundle) -> Any:
        try:
            return read_tables(bundle.portfolio, source, needs_target=False)
        except DataError as error:
            where = f"{names[bundle.id]} reads {error.where}" if error.where else names[bundle.id]
            raise DataError(error.what, where=where, hint=error.hint) from None

    return load
