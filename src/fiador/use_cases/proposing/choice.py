"""What has to be asked before a portfolio can be proposed, and what is the best guess?

Which column is the target is nobody's to guess in silence. What the user gives is checked; what isn't given comes back
as guesses, for a prompt to confirm, or to refuse with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fiador.errors import DataError, PortfolioError, did_you_mean
from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts
from fiador.use_cases.proposing.keys import TableKey
from fiador.use_cases.proposing.targets import TargetColumn, candidates, locate_target, target_of
from fiador.use_cases.row_numbers import ROW_NUMBER


@dataclass(frozen=True)
class Options:
    """What the user gave; '' for what wasn't given. target: `column` or `table.column`."""

    rows: str = ""
    target: str = ""
    bad: str = ""
    key: str = ""


@dataclass(frozen=True)
class Guess:
    """An option that wasn't given, and what it would best be. others: what else it may be."""

    option: str
    value: str
    question: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """The base table's target and key, and what of it was guessed. others: further columns that may be the target."""

    target: TargetColumn
    key: str
    key_why: str
    guesses: tuple[Guess, ...]
    others: tuple[str, ...]


def choose(tables: Mapping[str, TableFacts], keys: Mapping[str, TableKey], options: Options) -> Choice:
    """Base table, target, bad value and key from what was asked for, the rest guessed.

    DataError where a name isn't there, a target hasn't two values or a key repeats; PortfolioError where what was asked
    for doesn't go together.
    """
    if options.rows and options.rows not in tables:
        raise DataError(f"no table '{options.rows}'.", where="--rows", hint=did_you_mean(options.rows, tables))
    possible = [t for t in candidates(tables, keys) if options.rows in ("", t.table)]
    guesses: list[Guess] = []
    if options.target:
        target = target_of(_target_column(tables, options), options.bad or None)
    else:
        guesses.append(_guess_target(possible, tables, options))
        first = possible[0]
        target = target_of(tables[first.table].columns[first.column], options.bad or None)
    if not options.bad and not target.sure:
        guesses.append(_guess_bad(target))
    key, why = _key(tables[target.table], keys[target.table], options.key)
    others = tuple(f"{t.table}.{t.column}" for t in possible if (t.table, t.column) != (target.table, target.column))
    return Choice(target, key, why, tuple(guesses), others[:5])


def refuse_guesses(choice: Choice, source: str) -> None:
    """Nothing where nothing was guessed; else a PortfolioError with the options to give."""
    if not choice.guesses:
        return
    options = " ".join(f"{guess.option} {guess.value}" for guess in choice.guesses)
    others = [f"{g.option} may also be {', '.join(g.others)}." for g in choice.guesses if g.others]
    what = " ".join([f"the best guess is {options}.", *others])
    raise PortfolioError(
        f"which row is bad wasn't given; {what}", where=source, hint="Give these, or --yes to take them."
    )


def _target_column(tables: Mapping[str, TableFacts], options: Options) -> ColumnFacts:
    table, column = locate_target(tables, options.target, options.rows)
    if options.rows and table != options.rows:
        hint = f"The target is a column of the base table: give --rows {table}, or join it to {options.rows} in a view."
        raise PortfolioError(f"'{options.target}' is not in {options.rows}.", where="--target", hint=hint)
    return tables[table].columns[column]


def _guess_target(possible: Sequence[TargetColumn], tables: Mapping[str, TableFacts], options: Options) -> Guess:
    if not possible:
        where = options.rows or f"{len(tables)} table{'s' if len(tables) > 1 else ''}"
        raise PortfolioError(
            f"no column of {where} looks like a target: two values, and a name such as default, bad or status.",
            where="--target",
            hint="Give --target TABLE.COLUMN.",
        )
    others = tuple(f"{t.table}.{t.column}" for t in possible[1:4])
    return Guess("--target", f"{possible[0].table}.{possible[0].column}", "Which column says good or bad?", others)


def _guess_bad(target: TargetColumn) -> Guess:
    question = f"Which value of {target.column} is bad? ({target.bad} in {target.rate} of rows, else {target.good})"
    return Guess("--bad", str(target.bad), question, (str(target.good),))


def _key(table: TableFacts, key: TableKey, name: str) -> tuple[str, str]:
    """The base table's key column and why; `row_number` where nothing names its rows."""
    if not name:
        return (key.single, key.why) if key.single else (ROW_NUMBER, f"{key.why}: rows are numbered as they are read")
    if name == ROW_NUMBER and name not in table.columns:
        return name, "as asked: rows are numbered as they are read"
    if name not in table.columns:
        raise DataError(f"no column '{name}' in {table.name}.", where="--key", hint=did_you_mean(name, table.columns))
    column = table.columns[name]
    if not column.is_unique:
        best = f"Give --key {key.single}." if key.single else f"Give --key {ROW_NUMBER}: rows are then numbered."
        what = f"{column.distinct:,} values in {column.present:,} rows of {table.name}, so it can't name them."
        raise DataError(what, where=f"--key {name}", hint=best)
    return name, f"as asked: {column.distinct:,} values, none twice"
