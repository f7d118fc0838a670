"""Which commands read raw tables: check, profile, join, sql?"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import (
    CSV,
    AsOfOption,
    PortfolioArgument,
    SourceOption,
    open_declared,
    print_json,
    read_portfolio,
    read_tables,
    write_table,
)

if TYPE_CHECKING:
    from fiador.portfolio import Portfolio
    from fiador.use_cases.checking import Report
    from fiador.use_cases.data_report import Exhibit


@app.command(epilog="Example: fiador check portfolios/alura_cash --source dumps --html report.html --language fr")
def check(
    portfolio: PortfolioArgument,
    source: SourceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Also write a report with pictures: distributions, what is missing, bad rates, what goes together. "
            "One file that opens without a network.",
        ),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="The language of the --html report: en, fr, pt-BR.")
    ] = "en",
    as_of: AsOfOption = None,
) -> None:
    """Check raw tables against a portfolio: keys, types, levels, ranges, links, consistency; account for every row."""
    from fiador import words
    from fiador.adapters.disk import files
    from fiador.cli import console
    from fiador.use_cases import checking, data_report, ports

    words.known_language(language)
    if html:
        files.require_file(html)
    declared, location = read_portfolio(portfolio, source, as_of)
    with console.progress() if html else nullcontext(ports.silent) as progress:
        schema, engine = read_tables(declared, location, progress)
        report = checking.check(declared, schema, engine, source=location)
        exhibit = data_report.exhibit(declared, schema, engine, report, progress=progress) if html else None
    if html:
        _write_report(html, declared, report, exhibit, language)
    if as_json:
        print_json(report.to_json())
    else:
        console.show_report(report)
    checking.require(report)


def _write_report(file: Path, portfolio: Portfolio, report: Report, exhibit: Exhibit | None, language: str) -> None:
    from fiador.adapters.disk.files import write_text
    from fiador.cli import console
    from fiador.reports.data_report import data_report
    from fiador.version import __version__

    today = datetime.now().astimezone().date().isoformat()
    written = data_report(portfolio, report, exhibit, language=language, made_on=today, version=__version__)
    write_text(written, file)
    console.note(f"the report with pictures is in {file}.")


@app.command(epilog="Example: fiador profile portfolios/alura_cash --source dumps --out profile.json")
def profile(
    portfolio: PortfolioArgument,
    source: SourceOption = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="The JSON file to write; `-` prints it.", show_default=False)
    ] = "-",
) -> None:
    """Describe raw tables in aggregate statistics that identify nobody: quantiles, levels, gaps, correlations.

    A profile holds no row, no key and no level that fewer than 20 rows have. `simulate` draws from it; a later
    population can be compared with it.
    """
    from fiador.adapters.disk import files
    from fiador.adapters.simulation.profile import profile_of, to_json
    from fiador.cli import console

    if out != "-":
        files.require_file(Path(out))
    declared, location = read_portfolio(portfolio, source)
    with console.progress() as progress:
        statistics = profile_of(declared, open_declared(declared, location), progress=progress)
    if out == "-":
        sys.stdout.write(to_json(statistics))
        return
    files.write_text(to_json(statistics), Path(out))
    described = len(statistics["columns"]) + sum(len(child["columns"]) for child in statistics["children"].values())
    console.say(f"{statistics['rows']:,} applications, {described} columns described: {out}")


@app.command(epilog="Example: fiador join portfolios/alura_cash --source dumps --out joined.parquet")
def join(
    portfolio: PortfolioArgument,
    out: Annotated[Path, typer.Option("--out", help=f"The file to write: .parquet or .csv. {CSV}")],
    source: SourceOption = None,
) -> None:
    """Write the joined, cleaned applications that development keeps."""
    from fiador.adapters.disk import files
    from fiador.cli import console
    from fiador.use_cases import checking
    from fiador.use_cases.tables import joined

    files.require_file(out, suffixes=files.TABLES)
    declared, location = read_portfolio(portfolio, source)
    schema, engine = read_tables(declared, location)
    checking.require(checking.check(declared, schema, engine, source=location))
    rows = joined(declared, schema, engine)
    write_table(rows, out)
    console.say(f"{rows.num_rows:,} applications, {rows.num_columns} columns: {out}")


@app.command(epilog="Example: fiador sql portfolios/alura_cash > features.sql")
def sql(portfolio: PortfolioArgument, source: SourceOption = None, as_of: AsOfOption = None) -> None:
    """Print the SQL of every row, feature, rule and exposure; a measure as an aggregate, its second method."""
    from fiador.features.plan import compile_sql
    from fiador.features.schema import declared_schema

    declared, location = read_portfolio(portfolio, source, as_of)
    schema = declared_schema(declared) or read_tables(declared, location)[0]
    query = compile_sql(declared, schema)
    for rows in query.learned:
        sys.stdout.write(f'{rows.whole_sql};\n-- a model\'s risk of each of these rows is "{rows.named}" below\n\n')
    sys.stdout.write(query.sql + "\n")
