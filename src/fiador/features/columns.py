"""What does a name mean on a row of a `many` table: a raw column, a derived one, a measure below?"""

from __future__ import annotations

from dataclasses import dataclass

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression, Ref, quote
from fiador.features.relations import Relations
from fiador.features.schema import checked_kind, key_columns, own_column
from fiador.measures import MEASURES
from fiador.portfolio import Feature, Table

KEY, DECIDED = quote("for:key"), quote("for:decided_at")  # of the application a row is seen from, where times are dates


@dataclass(frozen=True)
class RowColumn:
    """A column of a table's rows: SQL over the cleaned row `own`, its kind, every name it reads.

    carried: the features of tables below that its row must have joined.
    """

    sql: str
    kind: str
    reads: frozenset[str]
    carried: tuple[Feature, ...] = ()


def are_dated(relations: Relations) -> bool:
    """Whether rows are told apart by application: one row may be known to one and still to come for another."""
    p = relations.portfolio
    return p.head.decided_at is not None and any(t.is_dated for t in p.tables.values())


def row_column(relations: Relations, table: Table, ref: Ref, where: str, within: tuple[str, ...] = ()) -> RowColumn:
    """The column a name means; PortfolioError where there is none. within: the derived columns it stands in."""
    p, schema, name = relations.portfolio, relations.schema, ref.column
    if ref.table in ("", table.name):
        if name in table.derive:
            return _derived(relations, table, name, within)
        carried = p.carried.get(table.name, {})
        if name in carried:
            return _carried(relations, carried[name])
        if name == "decided_at" and are_dated(relations) and name not in schema.tables[table.name]:
            return RowColumn(f"own.{DECIDED}", "date", frozenset({"decided_at"}))
        if name not in schema.tables[table.name]:
            hint = did_you_mean(name, [*schema.tables[table.name], *table.derive, *carried])
            raise PortfolioError(f"no column '{ref}' in {table.name}.", where=where, hint=hint)
    own_column(p, schema, table.name, ref, where)
    names = frozenset({name, f"{table.name}.{name}", table.name})
    return RowColumn(f"own.{quote(name)}", schema.kind(table.name, name), names)


def _derived(relations: Relations, table: Table, name: str, within: tuple[str, ...]) -> RowColumn:
    where = f"{relations.portfolio.name}: tables.{table.name}.derive.{name}"
    if name in relations.schema.tables[table.name]:
        raise PortfolioError(f"'{name}' is a raw column.", where=where, hint="Use `clean`, or another name.")
    if name in within:
        raise PortfolioError(f"columns use each other in a circle: {' -> '.join([*within, name])}.", where=where)
    value = row_expression(relations, table, table.derive[name], where, (*within, name))
    return RowColumn(f"({value.sql})", value.kind, value.reads | {name, f"{table.name}.{name}"}, value.carried)


def _carried(relations: Relations, feature: Feature) -> RowColumn:
    reads = frozenset({feature.name}) | measure_reads(relations, feature)
    return RowColumn(with_empty(feature, quote(feature.name)), "number", reads, (feature,))


def row_expression(
    relations: Relations, table: Table, expression: Expression, where: str, within: tuple[str, ...] = ()
) -> RowColumn:
    """An expression over a table's row."""
    columns = {ref: row_column(relations, table, ref, where, within) for ref in expression.refs}
    kind = checked_kind(expression, {ref: column.kind for ref, column in columns.items()}, where)
    reads = frozenset[str]().union(*(column.reads for column in columns.values()))
    carried = tuple(feature for column in columns.values() for feature in column.carried)
    return RowColumn(expression.sql(lambda ref: columns[ref].sql), kind, reads, carried)


def row_condition(relations: Relations, table: Table, expression: Expression, part: str) -> RowColumn:
    """A condition on a table's row: null is false. PortfolioError where it is none."""
    where = f"{relations.portfolio.name}: {part}"
    value = row_expression(relations, table, expression, where)
    if value.kind not in ("truth", "any"):
        what = f"is a {value.kind}, not a condition: {expression}."
        raise PortfolioError(what, where=where, hint="Compare it with something.")
    return RowColumn(f"coalesce({value.sql}, FALSE)", "truth", value.reads, value.carried)


def model_input(relations: Relations, table: Table, name: str) -> RowColumn:
    """A column that a model of the table's rows reads; its time counts from the decision."""
    where = f"{relations.portfolio.name}: learned.{table.name}.of"
    if name in key_columns(relations.portfolio, table.name):
        raise PortfolioError(f"'{name}' names rows: it tells of no risk.", where=where, hint="Leave it out.")
    column = row_column(relations, table, Ref("", name), where)
    if name == table.time:
        return RowColumn(row_time(relations, table), "number", column.reads, column.carried)
    if column.kind == "date":
        hint = f"Derive a number from it: date_diff('day', {name}, decided_at)."
        raise PortfolioError(f"'{name}' is a date.", where=where, hint=hint)
    return column


def measure_reads(relations: Relations, feature: Feature) -> frozenset[str]:
    """Every name a measured feature reads: its table, columns bare and dotted, and what those are derived from."""
    table = relations.portfolio.tables[feature.table]
    names = frozenset({table.name})
    where = f"{relations.portfolio.name}: features.{feature.name}"
    refs = [Ref("", feature.column)] if feature.column else []
    refs += list(feature.where.refs) if feature.where else []
    assert feature.measure
    if table.time and (feature.within is not None or MEASURES[feature.measure].timed):
        refs.append(Ref("", table.time))
    return names.union(*(row_column(relations, table, ref, where).reads for ref in refs))


def row_time(relations: Relations, table: Table) -> str:
    """A row's time as a number in the table's unit, negative before the decision, as SQL."""
    if table.time is None:
        where = f"{relations.portfolio.name}: tables.{table.name}"
        raise PortfolioError("no time is declared.", where=where, hint="Declare `time` and `unit`.")
    own = f"own.{clock(relations, table, table.time, 'time')}"
    if table.unit == "date":
        return f"CAST(date_diff('day', CAST(own.{DECIDED} AS DATE), CAST({own} AS DATE)) AS DOUBLE)"
    if table.unit == "timestamp":
        return f"((epoch(CAST({own} AS TIMESTAMP)) - epoch(CAST(own.{DECIDED} AS TIMESTAMP))) / 86400)"
    return own


def clock(relations: Relations, table: Table, column: str, part: str) -> str:
    """A column that holds times in the table's unit, quoted; PortfolioError where it holds others."""
    raw_column(relations, table, column, part)
    if relations.schema.kind(table.name, column) != ("date" if table.is_dated else "number"):
        kind = relations.schema.tables[table.name][column]
        raise PortfolioError(
            f"'{column}' is {kind}, and the table's unit is {table.unit}.",
            where=f"{relations.portfolio.name}: tables.{table.name}.{part}",
            hint='A number counts "days" or "months" before the decision; else "date" or "timestamp". '
            "A column without a value is taken for text: declare its type under `columns`.",
        )
    return quote(column)


def raw_column(relations: Relations, table: Table, column: str, part: str) -> str:
    """A raw column that part of a table's declaration names; PortfolioError where there is none."""
    where = f"{relations.portfolio.name}: tables.{table.name}.{part}"
    return own_column(relations.portfolio, relations.schema, table.name, Ref("", column), where)


def before_decision(relations: Relations, table: Table, column: str, part: str) -> str:
    """The condition that a clock of a row stands before the decision."""
    decided = f"own.{DECIDED}" if table.is_dated else "0"
    return f"own.{clock(relations, table, column, part)} < {decided}"


def known_condition(relations: Relations, table: Table) -> RowColumn:
    """The condition that a row is known at the decision; its SQL is '' where every row is."""
    parts: list[str] = []
    column = RowColumn("", "truth", frozenset())
    if table.known:
        column = row_condition(relations, table, table.known, f"tables.{table.name}.known")
        parts.append(column.sql)
    elif table.time:
        parts.append(f"coalesce({before_decision(relations, table, table.time, 'time')}, FALSE)")
    if table.is_dated:
        parts.append(f"own.{DECIDED} IS NOT NULL")
    return RowColumn(" AND ".join(parts), "truth", column.reads, column.carried)


def no_rows(feature: Feature) -> float | None:
    """The value a measured feature declares for no rows; None is null."""
    assert feature.measure
    return MEASURES[feature.measure].empty if feature.empty == "declared" else None


def with_empty(feature: Feature, column: str) -> str:
    """A measured column beside its parent's row: where nothing joined, the value the feature declares for no rows."""
    value = no_rows(feature)
    return column if value is None else f"coalesce({column}, CAST({value:g} AS FLOAT))"
