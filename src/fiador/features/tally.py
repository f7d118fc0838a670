"""What is measured of a table's rows, parent by parent?

Names are resolved here and nothing is written: which columns the rows must have, which tables below they carry, what
identifies a parent. `many.py` writes the SQL of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fiador.errors import PortfolioError
from fiador.expression import Expression, Ref, quote
from fiador.features.columns import (
    KEY,
    RowColumn,
    are_dated,
    known_condition,
    no_rows,
    row_column,
    row_condition,
    row_time,
)
from fiador.features.relations import Relations, has_levels
from fiador.measures import MEASURES, YEAR, Measure
from fiador.measures.measurement import Flag, Measurement
from fiador.portfolio import Feature, Link, Table

_YEARS = {**YEAR, "date": YEAR["days"], "timestamp": YEAR["days"]}


@dataclass(frozen=True)
class Tally:
    """A table's rows under one link, their columns, and what is measured of those that have the same parent.

    by: quoted columns that identify the parent's row; joins: (the parent's column, the one of `by` equal to it).
    columns: (SQL over the ready row `own`, name). known: the condition that a row is known, '' where all are.
    below: what the rows carry up from tables under them.
    """

    table: Table
    link: Link
    name: str
    by: tuple[str, ...]
    joins: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    known: str
    measurements: tuple[Measurement, ...]
    below: tuple[Tally, ...]

    @property
    def no_rows(self) -> dict[str, float | None]:
        """By feature the value of a parent without rows; None is null."""
        return {each.name: each.no_rows for each in self.measurements}


@dataclass(frozen=True)
class Condition:
    """A condition on a row, or which of its column's levels it is."""

    column: RowColumn
    level: int | None = None


@dataclass(frozen=True)
class _Need:
    """What one measurement reads of a row."""

    feature: Feature
    measure: Measure
    window: tuple[Condition, ...]
    conditions: tuple[Condition, ...]
    value: RowColumn | None
    time: RowColumn | None

    @property
    def columns(self) -> list[RowColumn]:
        conditions = [*self.window, *(each for each in self.conditions if each not in self.window)]
        return [*(each.column for each in conditions), *(each for each in (self.value, self.time) if each)]


def tally(relations: Relations, features: Sequence[Feature], link: Link) -> Tally:
    """What all features of one table measure of its rows under a link."""
    table = relations.portfolio.tables[features[0].table]
    needs = [_need(relations, table, feature) for feature in features]
    columns = [column for need in needs for column in need.columns]
    names = {sql: f"of:{at}" for at, sql in enumerate(dict.fromkeys(column.sql for column in columns))}
    measurements = [_measurement(table, need, names) for need in needs]
    return rows_of(relations, table, link, columns, names=names, measurements=measurements)


def rows_of(
    relations: Relations,
    table: Table,
    link: Link,
    columns: Iterable[RowColumn],
    *,
    names: dict[str, str],
    measurements: Sequence[Measurement] = (),
) -> Tally:
    """A table's known rows under a link. names: the SQL of each column -> what it is called."""
    known = known_condition(relations, table)
    carried: dict[str, dict[str, Feature]] = {}
    for column in (*columns, known):
        for feature in column.carried:
            carried.setdefault(feature.table, {})[feature.name] = feature
    by = _identity(relations, link)
    return Tally(
        table=table,
        link=link,
        name=f"{table.name}:of {link.of}" if is_under_many(relations, link) else f"{table.name}:measured",
        by=tuple(by),
        joins=_joins(relations, link, by),
        columns=tuple(names.items()),
        known=known.sql,
        measurements=tuple(measurements),
        below=tuple(_below(relations, table, list(each.values())) for each in carried.values()),
    )


def conditions_of(relations: Relations, table: Table, feature: Feature) -> tuple[Condition, ...]:
    """What holds of the rows that count for a feature; nothing where all do."""
    return _conditions(relations, table, feature)[1]


def is_under_many(relations: Relations, link: Link) -> bool:
    """Whether the table above has many rows itself."""
    return bool(relations.portfolio.tables[link.of].many)


def straight_link(relations: Relations, table: Table) -> Link:
    """The link by which a table's rows hang under the application's own row."""
    return next(link for link in table.many if not is_under_many(relations, link))


def _identity(relations: Relations, link: Link) -> list[str]:
    """What identifies the parent's row; where times are dates, each application sees rows of its own."""
    if are_dated(relations):
        return [*(quote(own) for _, own in link.on), KEY] if is_under_many(relations, link) else [KEY]
    return [quote(own) for _, own in link.on]


def _joins(relations: Relations, link: Link, by: Sequence[str]) -> tuple[tuple[str, str], ...]:
    p = relations.portfolio
    if is_under_many(relations, link):
        pairs = [(quote(up), quote(own)) for up, own in link.on]
        return (*pairs, (KEY, KEY)) if are_dated(relations) else tuple(pairs)
    if list(by) == [KEY]:
        return ((quote(f"{p.base}.{p.key}"), KEY),)
    return tuple((quote(f"{link.of}.{up}"), quote(own)) for up, own in link.on)


def _below(relations: Relations, table: Table, features: Sequence[Feature]) -> Tally:
    below = relations.portfolio.tables[features[0].table]
    return tally(relations, features, next(link for link in below.many if link.of == table.name))


def _need(relations: Relations, table: Table, feature: Feature) -> _Need:
    assert feature.measure
    measure = MEASURES[feature.measure]
    _require_column(measure, feature, f"{relations.portfolio.name}: features.{feature.name}")
    window, conditions = _conditions(relations, table, feature)
    value = _value(relations, table, feature, measure)
    return _Need(feature, measure, window, conditions, value, _time(relations, table) if measure.timed else None)


def _measurement(table: Table, need: _Need, names: dict[str, str]) -> Measurement:
    def flags(conditions: Iterable[Condition]) -> tuple[Flag, ...]:
        return tuple(Flag(names[each.column.sql], each.level) for each in conditions)

    return Measurement(
        name=need.feature.name,
        measure=need.measure,
        value=names[need.value.sql] if need.value else None,
        time=names[need.time.sql] if need.time else None,
        window=flags(need.window),
        conditions=flags(need.conditions),
        half_life=_YEARS[table.unit or "days"],
        no_rows=no_rows(need.feature),
    )


def _conditions(
    relations: Relations, table: Table, feature: Feature
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """(what holds of rows in the window, what holds of those that count); nothing where all do."""
    window: tuple[Condition, ...] = ()
    if feature.within is not None:
        recent = f"coalesce({row_time(relations, table)} >= -{feature.within:g}, FALSE)"
        window = (Condition(RowColumn(recent, "truth", frozenset())),)
    if feature.where is None:
        return window, window
    return window, (_subset(relations, table, feature.where, f"features.{feature.name}.where"), *window)


def _subset(relations: Relations, table: Table, where: Expression, part: str) -> Condition:
    condition = row_condition(relations, table, where, part)
    if where.level and has_levels(table, where.level[0].column):
        ref, level = where.level
        levels = table.expect[ref.column].levels or ()
        if level is None or level in levels:
            number = RowColumn("own." + quote(f"level:{ref.column}"), "number", frozenset(), condition.carried)
            return Condition(number, levels.index(level) + 1 if level is not None else 0)
    return Condition(condition)


def _value(relations: Relations, table: Table, feature: Feature, measure: Measure) -> RowColumn | None:
    if measure.takes == "rows":
        return _time(relations, table) if measure.timed else None
    where = f"{relations.portfolio.name}: features.{feature.name}.of"
    column = row_column(relations, table, Ref("", feature.column), where)
    if measure.takes == "value":
        return column
    if column.kind in ("text", "date"):
        what = f"'{measure.name}' is of numbers; '{feature.column}' is {column.kind}."
        raise PortfolioError(what, where=where, hint="Compare it in `where`, or take its `shares`.")
    return RowColumn(f"CAST({column.sql} AS DOUBLE)", "number", column.reads, column.carried)


def _time(relations: Relations, table: Table) -> RowColumn:
    return RowColumn(row_time(relations, table), "number", frozenset())


def _require_column(measure: Measure, feature: Feature, where: str) -> None:
    if measure.needs_column != bool(feature.column):
        hint = f"Write of = '{feature.table}.COLUMN'." if measure.needs_column else f"Write of = '{feature.table}'."
        what = f"'{measure.name}' {'needs a' if measure.needs_column else 'takes no'} column."
        raise PortfolioError(what, where=where, hint=hint)
