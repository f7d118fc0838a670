"""Which command looks at tables nobody has declared yet: init?"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fiador.cli.app import app
from fiador.cli.options import MemoryOption

if TYPE_CHECKING:
    from fiador.use_cases.proposing import Survey
    from fiador.use_cases.proposing.choice import Choice, Options
    from fiador.use_cases.proposing.proposal import Proposal

_MEMORY = "3GB"  # enough for the counts of any table: what doesn't fit is spilled
_OPTIONS = {"--target": "target", "--bad": "bad"}


@app.command(epilog="Example: fiador init dumps --target loans.defaulted --bad 1 --out portfolios/my_bank")
def init(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder of raw tables, one such file, or a database's URL.")
    ],
    rows: Annotated[str, typer.Option(metavar="TABLE", help="The base table: one row an application.")] = "",
    target: Annotated[
        str, typer.Option(metavar="[TABLE.]COLUMN", help="The column of the base table that says good or bad.")
    ] = "",
    bad: Annotated[str, typer.Option(metavar="VALUE", help="The value of the target that is bad.")] = "",
    key: Annotated[str, typer.Option(metavar="COLUMN", help="The column that names an application.")] = "",
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The portfolio's name. By default that of --out, or of the source.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="The folder to write to. By default ./NAME.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the best guess for whatever isn't given.")] = False,
    memory: MemoryOption = None,
) -> None:
    """Look at raw tables and write a commented portfolio.toml over them that runs.

    Keys, links with their match rates, times, missing markers, levels, and what looks protected, lender-set or leaked
    are proposed, each with the figure that told it, and a first synthesis of features. Nothing is overwritten.
    """
    from fiador.adapters.disk import portfolios
    from fiador.adapters.engines import open_engine
    from fiador.adapters.engines.limits import memory_bytes
    from fiador.adapters.sources import open_source, passed_over
    from fiador.cli import console
    from fiador.errors import DataError
    from fiador.use_cases import proposing
    from fiador.use_cases.proposing.choice import Options
    from fiador.words.places import shown

    if not source.strip():
        raise DataError("names no place.", where="SOURCE", hint="Give a folder, a file, or a database's URL.")
    called = _called(name) if name else _name(str(out) if out else source)
    folder = out or Path(called)
    file = portfolios.require_new(folder / "portfolio.toml")
    text_files = {language: portfolios.require_new(folder / "texts" / f"{language}.toml") for language in _languages()}
    engine = open_engine(memory=memory_bytes(memory or _MEMORY))
    with console.progress() as progress:
        opened = open_source(source, needed=())
        survey = replace(proposing.survey(opened, engine, progress=progress), passed_over=passed_over(opened))
    choice = _choice(survey, Options(rows, target, bad, key), shown(source), yes=yes)
    with console.progress() as progress:
        place = _place(source, folder)
        proposal = proposing.propose(survey, choice, engine, name=called, source=place, progress=progress)
    _write(proposal, file, text_files)
    console.show_proposal(proposal)
    console.say(f"Written: {file}. Read it from top to bottom: every comment is a guess with its figure.")
    console.say(f"Next: fiador check {shlex.quote(str(folder))}")
    console.say(f"then: fiador train {shlex.quote(str(folder))}")


def _languages() -> list[str]:
    from fiador.words import LANGUAGES

    return [language.code for language in LANGUAGES]


def _write(proposal: Proposal, file: Path, text_files: dict[str, Path]) -> None:
    """Write the texts of each language, then the portfolio, once they are seen to parse."""
    from fiador.adapters.disk import files, portfolios
    from fiador.use_cases.proposing.document import document
    from fiador.use_cases.proposing.texts import texts

    portfolio, sentences = document(proposal), texts(proposal)
    portfolios.parse_text(portfolio, sentences)
    for language, text in sentences.items():
        files.write_text(text, text_files[language])
    files.write_text(portfolio, file)


def _choice(survey: Survey, options: Options, source: str, *, yes: bool) -> Choice:
    """What the options say; what they leave open is asked on a terminal, or refused with the guesses."""
    from fiador.use_cases.proposing.choice import choose, refuse_guesses

    choice = choose(survey.tables, survey.keys, options)
    if yes:
        return choice
    if not sys.stdin.isatty():
        refuse_guesses(choice, source)
        return choice
    while choice.guesses:
        guess = choice.guesses[0]
        others = f" (or {', '.join(guess.others)})" if guess.others else ""
        answer = typer.prompt(f"{guess.question}{others}", default=guess.value)
        options = replace(options, **{_OPTIONS[guess.option]: answer})
        choice = choose(survey.tables, survey.keys, options)
    return choice


def _called(name: str) -> str:
    from fiador.errors import PortfolioError

    if re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return name
    hint = f"Lower case letters, digits and _, a letter first: {_name(name)}."
    raise PortfolioError(f"'{name}' can't be a portfolio's name.", where="--name", hint=hint)


def _name(place: str) -> str:
    """A portfolio's name from a place: the last part of its path, as a name may be."""
    last = place.partition("?")[0].rstrip("/").rsplit("/", 1)[-1].split("@")[-1]
    plain = re.sub(r"[^a-z0-9]+", "_", Path(last or "portfolio").stem.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"portfolio_{plain}".rstrip("_")


def _place(source: str, folder: Path) -> str:
    """The source as the file names it: a path from the file's folder, a URL without its password.

    >>> _place("postgresql://ana:hunter2@db/loans", Path("bank")), _place("dumps", Path("portfolios/bank"))
    ('postgresql://ana@db/loans', '../../dumps')
    """
    from fiador.words.places import shown

    return shown(source) if "://" in source else Path(os.path.relpath(source, folder)).as_posix()
