"""Which raw columns exist, of which type, and what does a name in an expression point at?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fiador.bundle import RawColumn
from fiador.errors import DataError, PortfolioError, did_you_mean
from fiador.expression import Expression, Ref
from fiador.portfolio import Portfolio, Table
from fiador.portfolio.types import TYPES, ColumnType


@dataclass(frozen=True)
class Schema:
    """The raw tables a portfolio reads, by its own table names: column -> type."""

    tables: Mapping[str, Mapping[str, ColumnType]]

    def kind(self, table: str, column: str) -> str:
        return TYPES[self.tables[table][column]].kind


def read_schema(
    portfolio: Portfolio, source_tables: Mapping[str, Mapping[str, ColumnType | None]], *, needs_target: bool = True
) -> Schema:
    """The portfolio's tables as a source holds them, or a DataError naming what is missing, renamed or retyped.

    source_tables: by their own names. Declared columns are checked and the others ignored; a table without declared
    columns takes them all. needs_target: whether the target must be there; new applications have none.
    """
    target = portfolio.target.column
    if not needs_target and target not in source_tables.get(
        portfolio.tables[portfolio.base].source_names[0], {target: None}
    ):
        base = portfolio.tables[portfolio.base]
        rest = {c: t for c, t in base.columns.items() if c != target}
        tables = {**portfolio.tables, base.name: base.model_copy(update={"columns": rest})}
        portfolio = portfolio.model_copy(update={"tables": tables})
    schema = Schema({t.name: _table_columns(portfolio, t, source_tables) for t in portfolio.tables.values()})
    _require_keys(portfolio, schema)
    _require_alike_links(portfolio, schema)
    return schema


def _require_keys(p: Portfolio, schema: Schema) -> None:
    """Every table has the columns that name its rows, and both ends of its links."""
    named = [(p.base, p.key, "key")]
    for table in p.tables.values():
        named += [(table.name, column, "key") for column in table.key]
        for link in table.links:
            named += [(table.name, child, f"link to {link.of}") for _, child in link.on]
            named += [(link.of, parent, f"link from {table.name}") for parent, _ in link.on]
    for name, column, what in named:
        if column not in schema.tables[name]:
            where, columns = f"{p.name}: tables.{name}", schema.tables[name]
            raise DataError(f"no column '{column}' for its {what}.", where=where, hint=did_you_mean(column, columns))


_ALIKE = "Declare both as text. A column without a value is taken for text: declare its type under `columns`."


def _require_alike_links(p: Portfolio, schema: Schema) -> None:
    """Both ends of a link are of one kind: 1 and '01' would match where an engine converts one to the other."""
    for table in p.tables.values():
        for link in table.links:
            for parent, child in link.on:
                ends = {f"{link.of}.{parent}": link.of, f"{table.name}.{child}": table.name}
                types = [schema.tables[owner][end.split(".", 1)[1]] for end, owner in ends.items()]
                if len({TYPES[each].kind for each in types}) > 1:
                    message = " and ".join(f"{end} is {each}" for end, each in zip(ends, types, strict=True))
                    raise DataError(f"{message}.", where=f"{p.name}: tables.{table.name}", hint=_ALIKE)


def _table_columns(
    p: Portfolio, table: Table, source_tables: Mapping[str, Mapping[str, ColumnType | None]]
) -> Mapping[str, ColumnType]:
    columns: dict[str, ColumnType] = {}
    for name in table.source_names:
        if name not in source_tables:
            where = f"{p.name}: tables.{table.name}"
            raise DataError(
                f"the source has no table '{name}'.", where=where, hint=_instead(table, name, source_tables)
            )
        own = source_tables[name]
        if table.name == p.base and p.target.column not in own and _stacked_target(p, table, source_tables):
            own = {**own, p.target.column: None}  # new applications beside those whose outcome is known
        columns |= _declared(p, table, own) if table.columns else _stacked(columns, own)
    return columns


def _instead(table: Table, missing: str, source_tables: Iterable[str]) -> str:
    """What to do about a table that isn't there: of several stacked, to stack the others; else the name meant."""
    there = [name for name in table.source_names if name in source_tables]
    if not there:
        return did_you_mean(missing, source_tables)
    listed = ", ".join(f'"{name}"' for name in there)
    return f"Bring it, or leave it out of the stack in an overlay: from = [{listed}]."


def _stacked(above: Mapping[str, ColumnType], own: Mapping[str, ColumnType | None]) -> dict[str, ColumnType]:
    """The columns of one of several stacked tables: beside whole numbers, or numbers, of one above it, a number."""
    types: dict[str, ColumnType] = {}
    for column, kind in own.items():
        kinds = {kind, above.get(column)}
        types[column] = "number" if kinds == {"integer", "number"} else kind or above.get(column) or "text"
    return types


def _stacked_target(p: Portfolio, table: Table, source_tables: Mapping[str, Mapping[str, ColumnType | None]]) -> bool:
    """Whether the first of several stacked tables has the target: the others may leave it out."""
    return p.target.column in source_tables.get(table.source_names[0], {})


def _declared(p: Portfolio, table: Table, own: Mapping[str, ColumnType | None]) -> dict[str, ColumnType]:
    links = _link_columns(p, table.name)
    for column, declared in table.columns.items():
        where = f"{p.name}: {table.name}.{column}"
        if column not in own:
            raise DataError("the source's table has no such column.", where=where, hint=did_you_mean(column, own))
        actual = own[column]
        lossless = declared == "text" and actual == "integer" and column in links
        if actual and actual not in TYPES[declared].takes and not lossless:
            hint = "Correct the type under `columns`, or the source."
            raise DataError(f"is {actual} in the source and {declared} in the portfolio.", where=where, hint=hint)
    return dict(table.columns)


def _link_columns(p: Portfolio, table: str) -> set[str]:
    """The columns that identify or link a table's rows."""
    own = p.tables[table]
    columns = set(own.key) | ({p.key} if table == p.base else set())
    for other in p.tables.values():
        for link in other.links:
            if link.of == table:
                columns |= {parent for parent, _ in link.on}
            if other.name == table:
                columns |= {child for _, child in link.on}
    return columns


def key_columns(portfolio: Portfolio, table: str) -> set[str]:
    """The columns that identify or link a table's rows: never a value, never a feature's statistics."""
    return _link_columns(portfolio, table)


@dataclass(frozen=True)
class Scope:
    """What a bare or dotted name means on one application's row: base and looked-up tables, never the target."""

    portfolio: Portfolio
    schema: Schema

    def locate(self, ref: Ref, where: str) -> tuple[str, str]:
        """(table, column) of a reference, or a PortfolioError with the nearest known name."""
        row_tables = [t.name for t in self.portfolio.tables.values() if not t.many]
        if ref.column == self.portfolio.target.column and ref.table in ("", self.portfolio.base):
            raise PortfolioError(f"'{ref}' is the target: it looks past the decision.", where=where, hint="Remove it.")
        if ref.table:
            return self._dotted(ref, row_tables, where)
        holders = [t for t in row_tables if ref.column in self.schema.tables[t]]
        if not holders:
            known = {c for t in row_tables for c in self.schema.tables[t]} | set(self.portfolio.features)
            raise PortfolioError(f"no column '{ref}'.", where=where, hint=did_you_mean(ref.column, known))
        if len(holders) > 1:
            choices = " or ".join(f"{t}.{ref.column}" for t in holders)
            raise PortfolioError(f"'{ref}' is in {' and '.join(holders)}.", where=where, hint=f"Write {choices}.")
        return holders[0], ref.column

    def _dotted(self, ref: Ref, row_tables: list[str], where: str) -> tuple[str, str]:
        if ref.table not in row_tables:
            raise PortfolioError(
                f"no table '{ref.table}' on the row.", where=where, hint=did_you_mean(ref.table, row_tables)
            )
        if ref.column not in self.schema.tables[ref.table]:
            hint = did_you_mean(ref.column, self.schema.tables[ref.table])
            raise PortfolioError(f"no column '{ref.column}' in {ref.table}.", where=where, hint=hint)
        return ref.table, ref.column


def own_column(portfolio: Portfolio, schema: Schema, table: str, ref: Ref, where: str) -> str:
    """The column of a table's own rows an expression names (cleaning, `where`, `known`, a measure's condition)."""
    if ref.table not in ("", table):
        raise PortfolioError(
            f"'{ref}' is in another table.", where=where, hint=f"Here only columns of {table} are seen."
        )
    if table == portfolio.base and ref.column == portfolio.target.column:
        raise PortfolioError(f"'{ref}' is the target: it looks past the decision.", where=where, hint="Remove it.")
    if ref.column not in schema.tables[table]:
        hint = did_you_mean(ref.column, schema.tables[table])
        raise PortfolioError(f"no column '{ref.column}' in {table}.", where=where, hint=hint)
    return ref.column


def checked_kind(expression: Expression, kind_of: Mapping[Ref, str], where: str) -> str:
    """The kind of an expression over references of known kinds; PortfolioError where they don't go together."""
    try:
        return expression.kind(lambda ref: kind_of[ref])
    except ValueError as error:
        raise PortfolioError(str(error), where=where, hint="Compare like with like.") from None


def declared_schema(portfolio: Portfolio) -> Schema | None:
    """The schema as the portfolio declares it, without looking at a source; None where a table declares no columns."""
    if all(t.columns for t in portfolio.tables.values()):
        return Schema({t.name: dict(t.columns) for t in portfolio.tables.values()})
    return None


def schema_of(raw: Mapping[str, Mapping[str, RawColumn]]) -> Schema:
    """The raw columns a bundle remembers as a Schema."""
    return Schema({table: {name: column.type for name, column in columns.items()} for table, columns in raw.items()})


def raw_columns(
    portfolio: Portfolio, schema: Schema, examples: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, RawColumn]]:
    """The raw columns a bundle remembers: type, role, and a typical value for the request's example."""
    result: dict[str, dict[str, RawColumn]] = {}
    for table, columns in schema.tables.items():
        keys = _link_columns(portfolio, table)
        result[table] = {}
        for column, kind in columns.items():
            role = "link" if column in keys else "value"
            if table == portfolio.base and column in (portfolio.key, portfolio.target.column):
                role = "key" if column == portfolio.key else "target"
            result[table][column] = RawColumn(
                kind, role, examples.get(table, {}).get(column) if role == "value" else None
            )
    return result
