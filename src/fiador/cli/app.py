"""What is the command line as a whole: its name, its version, its words at the top?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

BY_USE = (
    "init", "check", "ingest", "profile", "join", "features", "train", "report", "bundles", "score", "history", "serve",
    "dashboard", "sql", "simulate", "demo",
)  # fmt: skip


class ByUse(TyperGroup):
    """The commands in the order a bank meets them; left to itself, Typer puts those of several words last."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        named = super().list_commands(ctx)
        return sorted(named, key=lambda name: BY_USE.index(name) if name in BY_USE else len(BY_USE))


app = typer.Typer(
    name="fiador",
    cls=ByUse,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from fiador.version import __version__

        sys.stdout.write(f"fiador {__version__}\n")
        raise typer.Exit


@app.callback()
def fiador(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """From a lender's raw tables to a credit decision it can defend.

    Start with: fiador check portfolios/alura_cash --source FOLDER
    With tables of your own: fiador init FOLDER
    """
