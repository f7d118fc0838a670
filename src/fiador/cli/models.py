"""Which commands make a bundle, tell of it and decide with it: train, report, score?"""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import (
    CSV,
    REGISTRY,
    AsOfOption,
    DecidingArgument,
    DecidingPortfolioOption,
    ExpectOption,
    MemoryOption,
    PortfolioArgument,
    RegistryOption,
    SourceOption,
    asked_as_of,
    note_left_out,
    open_deciding,
    print_json,
    read_applications,
    read_portfolio,
    read_tables,
    write_table,
)
from fiador.errors import UnknownKeyError

if TYPE_CHECKING:
    from datetime import datetime

    from fiador.bundle import Bundle
    from fiador.decision.answer import Decision
    from fiador.use_cases.ports import Engine


@app.command(epilog="Example: fiador train portfolios/alura_cash --source dumps --out bundles/alura")
def train(
    portfolio: PortfolioArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="BUNDLE",
            help="The folder to write the bundle to. By default a new one in the registry: PORTFOLIO-DATE-TIME.",
        ),
    ] = None,
    source: SourceOption = None,
    seed: Annotated[int | None, typer.Option(help="Overrides the portfolio's seed.")] = None,
    folds: Annotated[int | None, typer.Option(min=2, max=20, help="Overrides the portfolio's number of folds.")] = None,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads a candidate may use; figures don't depend on it.")
    ] = os.cpu_count() or 1,
    registry: RegistryOption = REGISTRY,
    memory: MemoryOption = None,
) -> None:
    """Compare candidates honestly, calibrate the champion, derive the cut-off, and write a bundle."""
    import time
    from datetime import UTC, datetime

    from fiador.adapters.disk import bundles, portfolios
    from fiador.adapters.disk import registry as shelf
    from fiador.cli import console
    from fiador.use_cases import training

    document = portfolios.read_document(portfolio)
    declared, location = read_portfolio(portfolio, source)
    target, rejected = _new_folders(out, registry, declared.name, now=datetime.now(UTC))
    options = training.TrainingOptions(seed=seed, folds=folds, threads=threads)
    with console.progress() as shown:
        schema, engine = read_tables(declared, location, shown, memory=memory)
        bundle = training.train(
            declared,
            document,
            schema,
            engine,
            options=options,
            now=datetime.now(UTC),
            clock=time.perf_counter,
            progress=shown,
        )
    folder = rejected if bundle.missed_gate else target
    console.show_training(bundles.save_bundle(bundle, folder), folder)
    training.require_accepted(bundle, folder=str(folder))
    if folder.parent == registry:
        console.say(f"Next: fiador bundles approve {shlex.quote(folder.name)}{shelf.option(registry)}")


def _new_folders(out: Path | None, registry: Path, name: str, *, now: datetime) -> tuple[Path, Path]:
    """Where a bundle goes, and where one that misses its gate goes: it never replaces an approved one."""
    from fiador.adapters.disk import bundles
    from fiador.adapters.disk import registry as shelf

    target = bundles.require_writable(out or shelf.new_folder(registry, name, now))
    rejected = target.with_name(f"{target.name}.rejected")
    for folder in (target, rejected):
        shelf.require_replaceable(folder)
    return target, rejected


@app.command(epilog="Example: fiador report bundles/alura --html report.html --language pt-BR")
def report(
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="The one file to write; it opens anywhere.")],
    bundle: DecidingArgument = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="The language of the report: en, fr, pt-BR.")
    ] = "en",
    expect: ExpectOption = None,
    registry: RegistryOption = REGISTRY,
    portfolio: DecidingPortfolioOption = None,
) -> None:
    """Write the model report: curves, calibration, costs by cut-off, inputs. Needs the bundle, not its data."""
    from fiador import words
    from fiador.adapters.disk.files import require_file, write_text
    from fiador.cli import console
    from fiador.reports.model_report import model_report

    words.known_language(language)
    require_file(html)
    opened = open_deciding(bundle, registry, portfolio, expect)
    write_text(model_report(opened, language=language), html)
    console.say(f"{opened.portfolio.name}, bundle {opened.id[:12]}: {html}")


@app.command(epilog="Example: fiador score bundles/alura --source dumps --out decisions.csv --language pt-BR")
def score(
    source: Annotated[
        str, typer.Option("--source", metavar="PLACE", help="Where the raw tables are: a folder, or a database's URL.")
    ],
    bundle: DecidingArgument = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=f"Write decisions on every application: .parquet or .csv. {CSV}")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Decide on one application and print its decision in a line.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the sentences: en, fr or pt-BR. With --out, adds a column a reason.")
    ] = None,
    expect: ExpectOption = None,
    registry: RegistryOption = REGISTRY,
    portfolio: DecidingPortfolioOption = None,
    as_of: AsOfOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --key: print the whole decision as JSON.")] = False,
    memory: MemoryOption = None,
) -> None:
    """Decide on every application of a source, or on one by its key."""
    from fiador import words
    from fiador.adapters.disk import files
    from fiador.cli import console
    from fiador.use_cases import scoring
    from fiador.use_cases.scoring import table

    if language is not None:
        words.known_language(language)
    if (out is None) == (key is None):
        raise typer.BadParameter("give --out for all applications, or --key for one.")
    if as_of is not None and out is None:
        raise typer.BadParameter("--as-of goes with --out.")
    if as_json and key is None:
        raise typer.BadParameter("--json goes with --key.")
    if out is not None:
        files.require_file(out, suffixes=files.TABLES)
    opened = open_deciding(bundle, registry, portfolio, expect)
    opened = replace(opened, portfolio=opened.portfolio.at(asked_as_of(as_of)))
    engine = read_applications(opened.portfolio, source, memory=memory, side_by_side=out is not None)
    note_left_out(opened.portfolio, engine)
    if key is not None:
        decision = _decision(opened, key, engine).to_json(language or words.DEFAULT)
        print_json(decision) if as_json else console.show_decision(decision)
    if out is not None:
        with console.progress() as progress:
            scored = scoring.score(opened, engine=engine, progress=progress)
        rows = table.decisions(scored, language)
        write_table(rows, out)
        console.show_outcomes(rows, out)


def _decision(bundle: Bundle, key: str, engine: Engine) -> Decision:
    from fiador.use_cases import scoring

    try:
        return scoring.score_one(bundle, key, engine=engine)
    except UnknownKeyError as error:
        hint = "Every key there is stands in what `fiador score --out decisions.csv` writes."
        raise UnknownKeyError(error.what, where=error.where, hint=hint) from None
