"""Which command writes every application's features, or says what they are: features?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import (
    AsOfOption,
    MemoryOption,
    PortfolioArgument,
    SourceOption,
    note_left_out,
    open_declared,
    read_portfolio,
    read_tables,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from fiador.bundle import Bundle
    from fiador.model.champion import Champion
    from fiador.portfolio import Portfolio
    from fiador.use_cases.parts import Part, RawTables


@app.command(epilog="Example: fiador features portfolios/tiny --out features.parquet --memory 4GB")
def features(
    portfolio: PortfolioArgument,
    source: SourceOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE|FOLDER",
            help="A .parquet or .csv file; or a folder, which gets a Parquet file for each table: no more than one "
            "table's columns are held in memory.",
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", metavar="DIR", help="Only the features this bundle's model reads; learned ones need it."
        ),
    ] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Print the data dictionary: name, words, how made, sources, no rows.")
    ] = False,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="The language of --describe: en, fr, pt-BR.")
    ] = "en",
    as_of: AsOfOption = None,
    memory: MemoryOption = None,
) -> None:
    """Compute the features of every application, table by table, or print what they are.

    Numbers are float32, aligned by application in key order; applications without a key are left out.
    """
    from fiador import words
    from fiador.adapters.disk import bundles, files

    words.known_language(language)
    if out is None and not describe:
        raise typer.BadParameter("--out FILE|FOLDER writes them, --describe prints what they are: give one.")
    if out is not None and out.suffix:
        files.require_file(out, suffixes=files.TABLES)
    declared, location = read_portfolio(portfolio, source, as_of)
    trained = bundles.open_bundle(bundle) if bundle else None
    names = list(trained.model.features) if trained else None
    if describe:
        _describe(declared, location, names, language)
    if out is not None:
        models = _models(trained) if trained and trained.learned else {}
        _write(declared, location, names, models, out, memory)


def _describe(portfolio: Portfolio, location: str, names: list[str] | None, language: str) -> None:
    """The data dictionary, a line a feature, its cells parted by tabs."""
    from fiador.features.schema import declared_schema
    from fiador.use_cases import tables
    from fiador.use_cases.catalogue import catalogue

    schema = declared_schema(portfolio) or tables.find_schema(portfolio, open_declared(portfolio, location))
    sys.stdout.write("name\twords\tmade\tsources\tno rows\n")
    for entry in catalogue(portfolio, schema, names):
        no_rows = "null" if entry.no_rows is None else f"{entry.no_rows:g}"
        cells = (entry.name, entry.says[language], entry.made, ", ".join(entry.sources), no_rows)
        sys.stdout.write("\t".join(cells) + "\n")


def _models(bundle: Bundle) -> Mapping[str, Champion]:
    """By table the model of its rows."""
    from fiador.use_cases.scoring.scorer import scorer_of

    return scorer_of(bundle).learned


def _write(
    portfolio: Portfolio,
    location: str,
    names: list[str] | None,
    models: Mapping[str, Champion],
    out: Path,
    memory: str | None,
) -> None:
    import time

    from fiador.adapters.disk import files
    from fiador.cli import console
    from fiador.features.plan import compile_sql
    from fiador.features.statements import Statements
    from fiador.use_cases.feature_table import feature_parts, in_order
    from fiador.use_cases.parts import RawTables

    with console.progress() as progress:
        schema, engine = read_tables(
            portfolio, location, progress, needs_target=False, memory=memory, side_by_side=True
        )
        note_left_out(portfolio, engine)
        plan = compile_sql(portfolio, schema, names)
        raw = RawTables(engine, models=models)
        parts = feature_parts(Statements(plan), raw, clock=time.perf_counter, progress=progress)
        parts = _note_each(_once(portfolio, parts), raw)
        if out.suffix:
            whole = in_order(plan, parts)
            files.write_table(whole, out)
            rows, columns = whole.num_rows, whole.num_columns - 1
        else:
            rows, columns = _write_parts(parts, out)
    console.say(f"{rows:,} applications, {columns:,} features: {out}")


def _write_parts(parts: Iterator[Part], folder: Path) -> tuple[int, int]:
    """A Parquet file a table, `key` first in each; (applications, features)."""
    from fiador.adapters.disk import files

    folder.mkdir(parents=True, exist_ok=True)
    keys: pa.Table | None = None
    columns = 0
    for part in parts:
        if keys is None:
            keys = part.columns
            continue
        columns += part.columns.num_columns
        files.write_table(part.columns.add_column(0, "key", keys.column("key")), folder / f"{part.table}.parquet")
    return (keys.num_rows if keys else 0), columns


def _once(portfolio: Portfolio, parts: Iterator[Part]) -> Iterator[Part]:
    """The parts as they come; DataError where an application stands in two rows, which a look-up that repeats does."""
    import pyarrow.compute as pc

    from fiador.errors import DataError

    for n, part in enumerate(parts):
        rows = part.columns.num_rows
        if n == 0 and (applications := pc.count_distinct(part.columns.column("key")).as_py()) < rows:
            what = f"{applications:,} applications became {rows:,} rows: a key, or what a row looks up, repeats."
            raise DataError(what, where=portfolio.name, hint="See which with `fiador check`.")
        yield part


def _note_each(parts: Iterator[Part], raw: RawTables) -> Iterator[Part]:
    """The parts as they come, a line of each on the error stream."""
    from fiador.cli import console

    for part in parts:
        if part.columns.column_names != ["key"]:
            rows = raw.count(part.table)
            speed = rows / max(part.seconds, 1e-6)
            console.note(f"{part.table}: {part.columns.num_columns} features of {rows:,} rows, {speed:,.0f} rows/s")
        yield part
