"""Which column says good or bad, and which of its two values is bad?

A guess from names, values and shares: what wasn't given is asked for, or taken on the user's word (`--yes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fiador.errors import DataError, PortfolioError, did_you_mean
from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts, percent, plain
from fiador.use_cases.proposing.keys import TableKey
from fiador.use_cases.proposing.names import (
    APPLICATIONS,
    BAD_VALUES,
    GOOD_VALUES,
    MAYBE_TARGETS,
    NOT_TARGETS,
    TARGETS,
    YES,
    says,
    tokens,
)

_USUAL = (0.02, 0.35)  # the share of bads most portfolios have
_POSSIBLE = (0.002, 0.5)
_WORTH = 3  # a score below this is a guess nobody should make unasked
_GOOD_WHEN_ONE = ("good", "paid", "repaid", "creditability")


@dataclass(frozen=True)
class TargetColumn:
    """A column with two values. bad, good: as the portfolio writes them. sure: which is bad can't be mistaken."""

    table: str
    column: str
    bad: int | str
    good: int | str
    bads: int
    goods: int
    unlabelled: int
    score: int
    sure: bool

    @property
    def rate(self) -> str:
        return percent(self.bads, self.bads + self.goods)


def candidates(tables: Mapping[str, TableFacts], keys: Mapping[str, TableKey]) -> tuple[TargetColumn, ...]:
    """Every column that may be the target, the likeliest first."""
    targets = [_target(c, _score(c, table, keys[table.name])) for table in tables.values() for c in _two_valued(table)]
    return tuple(sorted((t for t in targets if t.score >= _WORTH), key=lambda t: (-t.score, t.table, t.column)))


def locate_target(tables: Mapping[str, TableFacts], name: str, rows: str = "") -> tuple[str, str]:
    """(table, column) of a target as a user names it: `column` or `table.column`; DataError where there is none."""
    table, _, column = name.rpartition(".")
    table = table or rows
    if table and table not in tables:
        raise DataError(f"no table '{table}'.", where="--target", hint=did_you_mean(table, tables))
    holders = [table] if table else [t.name for t in tables.values() if column in t.columns]
    columns = {c for t in (holders or tables) for c in tables[t].columns}
    if not holders or column not in tables[holders[0]].columns:
        raise DataError(f"no column '{column}'.", where="--target", hint=did_you_mean(column, columns))
    if len(holders) > 1:
        choices = " or ".join(f"--target {t}.{column}" for t in holders)
        raise PortfolioError(f"'{column}' is in {' and '.join(holders)}.", where="--target", hint=f"Give {choices}.")
    return holders[0], column


def target_of(column: ColumnFacts, bad: str | None = None) -> TargetColumn:
    """A column as the target, `bad` as the user wrote it; DataError where it hasn't two values, or not that one."""
    levels = list(column.levels or {})
    where = f"{column.table}.{column.name}"
    if len(levels) != 2:
        content = f"{column.distinct:,} values" if len(levels) != 1 else f"one value, {plain(levels[0])}"
        hint = "A target has two, and is missing where nobody knows yet: make such a column in the source, or a view."
        raise DataError(f"has {content}.", where=where, hint=hint)
    if bad is None:
        return _target(column, 0)
    matches = [
        level for level in levels if _literal(level) == bad or str(_literal(level)) == bad or plain(level) == bad
    ]
    if not matches:
        hint = f"It holds {' and '.join(str(_literal(v)) for v in levels)}."
        raise DataError(f"no row is '{bad}'.", where=where, hint=hint)
    return _as_target(column, matches[0], 0, sure=True)


def _two_valued(table: TableFacts) -> list[ColumnFacts]:
    return [c for c in table.columns.values() if len(c.levels or {}) == 2]


def _score(column: ColumnFacts, table: TableFacts, key: TableKey) -> int:
    """How likely a two-valued column is the target."""
    glued = "".join(tokens(column.name))
    score = 5 if glued in TARGETS else 3 if says(column.name, TARGETS) else says(column.name, MAYBE_TARGETS)
    score -= 4 * says(column.name, NOT_TARGETS)
    least = min((column.levels or {0: 0}).values()) / max(column.present, 1)
    score += 1 if _USUAL[0] <= least <= _USUAL[1] else 0 if _POSSIBLE[0] <= least <= _POSSIBLE[1] else -2
    score += 2 * any(_word(level) in BAD_VALUES for level in column.levels or ())
    return score + bool(key.single) + says(table.name, APPLICATIONS) if score > 1 else score


def _target(column: ColumnFacts, score: int) -> TargetColumn:
    """A two-valued column with its bad value: called bad, or 1 of 0 and 1, or the rarer one (which isn't sure).

    A yes is bad where the column asks for the bad; where it asks for the good, no is, and neither is sure.
    """
    levels = dict(column.levels or {})
    called = [v for v in levels if _word(v) in BAD_VALUES] or [
        _other(levels, v) for v in levels if _word(v) in GOOD_VALUES
    ]
    if called:
        return _as_target(column, called[0], score, sure=True)
    ones = {"0", "1"} == {_word(v) for v in levels}
    yes = [v for v in levels if _word(v) in (("1",) if ones else YES)]
    if yes:
        good = says(column.name, _GOOD_WHEN_ONE)
        bad = _other(levels, yes[0]) if good else yes[0]
        return _as_target(column, bad, score, sure=not good and (ones or says(column.name, TARGETS)))
    return _as_target(column, min(levels, key=lambda v: (levels[v], str(v))), score, sure=False)


def _as_target(column: ColumnFacts, bad: Any, score: int, *, sure: bool) -> TargetColumn:
    levels = dict(column.levels or {})
    good = _other(levels, bad)
    return TargetColumn(
        column.table, column.name, _literal(bad), _literal(good), levels[bad], levels[good], column.missing, score, sure
    )


def _other(levels: Mapping[Any, int], one: Any) -> Any:
    return next(level for level in levels if level != one)


def _word(level: Any) -> str:
    return str(_literal(level)).strip().lower()


def _literal(level: Any) -> int | str:
    """A level as the portfolio writes it: whole numbers and truths as numbers."""
    return level if isinstance(level, str) else int(level)
