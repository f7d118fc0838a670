"""How do raw tables become one cleaned row per application?

Three steps, each a common table expression: every table is typed and cleaned, its expectations are applied, and the
looked-up tables are joined to the base. Columns of the joined row are called `table.column`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fiador.expression import Expression, Ref, literal, quote
from fiador.features.as_of import redated
from fiador.features.schema import Schema, Scope, key_columns, own_column
from fiador.portfolio import Expectation, Link, Portfolio, Table

APPLICATION = "application"
Step = tuple[str, str]
"""A common table expression: its name and its SELECT."""


@dataclass(frozen=True)
class Breach:
    """One declared expectation or consistency rule; `flag` is the column of the joined row that says it is breached."""

    table: str
    column: str
    action: str
    in_development: str

    @property
    def flag(self) -> str:
        return f"breach:{self.table}.{self.column}"


@dataclass(frozen=True)
class Relations:
    """The SQL of a portfolio's joined row: common table expressions in order, and what they hold."""

    portfolio: Portfolio
    schema: Schema
    with_target: bool = False

    @property
    def scope(self) -> Scope:
        return Scope(self.portfolio, self.schema)

    @property
    def key(self) -> str:
        """The application's key in the joined row, quoted."""
        return quote(f"{self.portfolio.base}.{self.portfolio.key}")

    def joined(self) -> list[Step]:
        """(name, SELECT) of every step up to the joined row, `application`."""
        tables = [t for t in self.portfolio.tables.values() if not t.many]
        steps = [step for table in tables for step in self.table(table)]
        return [*steps, (APPLICATION, self._with_consistency(self._join(_in_link_order(self.portfolio))))]

    def joined_up_from(self, tables: Iterable[str]) -> list[Step]:
        """The same of a row that holds, of the looked-up tables, these and those they hang under; flags no rule."""
        above = set(tables)
        for table in reversed(_in_link_order(self.portfolio)):
            above |= {table.one.of} if table.one and table.name in above else set()
        looked_up = [table for table in _in_link_order(self.portfolio) if table.name in above]
        steps = [step for each in (self.portfolio.tables[self.portfolio.base], *looked_up) for step in self.table(each)]
        return [*steps, (APPLICATION, self._join(looked_up))]

    def table(self, table: Table) -> list[Step]:
        """A raw table, typed, then cleaned and held against its expectations. Text '' is null, NaN is null."""
        typed, clean = f"{table.name}:typed", f"{table.name}:clean"
        steps = [(typed, self._typed(table))]
        if table.clean or table.expect:
            steps.append((clean, self.cleaned(table, typed)))
        return steps

    def last_step(self, table: str) -> str:
        """The name of a table's final step, quoted."""
        t = self.portfolio.tables[table]
        return quote(f"{table}:clean" if t.clean or t.expect else f"{table}:typed")

    def columns(self, table: str) -> list[str]:
        """The raw columns compiled for a table; the target only where it is asked for."""
        target = self.portfolio.target.column if table == self.portfolio.base and not self.with_target else None
        return [c for c in self.schema.tables[table] if c != target]

    def breaches(self) -> list[Breach]:
        """Every expectation of base and looked-up tables, then every consistency rule, in the order declared."""
        tables = [t for t in self.portfolio.tables.values() if not t.many]
        breaches = [Breach(t.name, c, e.breach, e.development) for t in tables for c, e in t.expect.items()]
        rules = self.portfolio.consistency.items()
        return breaches + [Breach("consistency", name, rule.breach, rule.development) for name, rule in rules]

    def on_row(self, expression: Expression, where: str) -> str:
        """An expression's SQL over the joined row."""
        return expression.sql(lambda ref: quote(".".join(self.scope.locate(ref, where))))

    def _typed(self, table: Table) -> str:
        columns = {c: self.schema.tables[table.name][c] for c in self.columns(table.name)}
        keys = key_columns(self.portfolio, table.name)
        items = [f"{_typed(c, kind, c in keys)} AS {quote(c)}" for c, kind in columns.items()]
        sql = f"SELECT {lines(items)}\n  FROM {quote(table.name)}"
        if table.where:
            sql = f"SELECT * FROM ({sql}) WHERE coalesce({self._on_own(table, table.where, 'where')}, FALSE)"
        return redated(self.portfolio, columns, sql) if table.name == self.portfolio.base else sql

    def _on_own(self, table: Table, expression: Expression, part: str) -> str:
        where = f"{self.portfolio.name}: tables.{table.name}.{part}"

        def resolve(ref: Ref) -> str:
            return quote(own_column(self.portfolio, self.schema, table.name, ref, where))

        return expression.sql(resolve)

    def cleaned(self, table: Table, source: str, carried: Sequence[str] = ()) -> str:
        """A table's typed rows, cleaned and held against its expectations; `carried` columns, quoted, go with them."""
        for part, names in (("clean", table.clean), ("expect", table.expect)):
            for column in names:
                own_column(
                    self.portfolio,
                    self.schema,
                    table.name,
                    Ref("", column),
                    f"{self.portfolio.name}: tables.{table.name}.{part}",
                )
        cleaned = [
            f"{self._on_own(table, table.clean[c], f'clean.{c}')} AS {quote(c)}" if c in table.clean else quote(c)
            for c in self.columns(table.name)
        ]
        inner = f"SELECT {lines([*cleaned, *carried])}\n  FROM {quote(source)}"
        items = [*self._expected(table), *carried]
        return f"SELECT {lines(items)}\n  FROM ({inner})"

    def _expected(self, table: Table) -> Iterator[str]:
        for column in self.columns(table.name):
            expectation = table.expect.get(column)
            if expectation is None or expectation.breach == "keep":
                yield quote(column)
            else:
                condition = _met(column, expectation, self._is_text(table, column))
                yield f"CASE WHEN {condition} THEN {quote(column)} END AS {quote(column)}"
        for column, expectation in table.expect.items():
            text = self._is_text(table, column)
            yield f"{_breached(column, expectation, text)} AS {quote(f'breach:{column}')}"
            if table.many and has_levels(table, column):
                yield f"{_level(column, expectation, text)} AS {quote(f'level:{column}')}"

    def _is_text(self, table: Table, column: str) -> bool:
        return self.schema.kind(table.name, column) == "text"

    def _join(self, looked_up: Sequence[Table]) -> str:
        base = self.portfolio.base
        items = [f"{quote(base)}.{quote(c)} AS {quote(f'{base}.{c}')}" for c in self.columns(base)]
        items += self._flags(self.portfolio.tables[base])
        joins = [f"FROM {self.last_step(base)} AS {quote(base)}"]
        for table in looked_up:
            items += [
                f"{quote(table.name)}.{quote(c)} AS {quote(f'{table.name}.{c}')}" for c in self.columns(table.name)
            ]
            items += self._flags(table)
            link = table.one
            assert link is not None
            items.append(f"{quote(table.name)}.{quote(link.on[0][1])} IS NOT NULL AS {quote(f'found:{table.name}')}")
            joins.append(f"LEFT JOIN {self.last_step(table.name)} AS {quote(table.name)} ON {_on(link, table.name)}")
        return f"SELECT {lines(items)}\n  " + "\n  ".join(joins)

    def _flags(self, table: Table) -> list[str]:
        return [
            f"coalesce({quote(table.name)}.{quote(f'breach:{c}')}, FALSE) AS {quote(f'breach:{table.name}.{c}')}"
            for c in table.expect
        ]

    def _with_consistency(self, row: str) -> str:
        items = [
            f"coalesce(NOT ({self.on_row(rule.holds, f'{self.portfolio.name}: consistency.{name}.holds')}), FALSE)"
            f" AS {quote(f'breach:consistency.{name}')}"
            for name, rule in self.portfolio.consistency.items()
        ]
        return f"SELECT {lines(['*', *items])}\n  FROM ({row})" if items else row


def assemble(steps: list[Step], final: str) -> str:
    """Common table expressions and the statement that reads them, as one SQL text; steps nobody reads are left out."""
    readers, kept = [final], list[Step]()
    for name, sql in reversed(dict.fromkeys(steps)):
        if any(name in reader for reader in readers):
            kept.append((name, sql))
            readers.append(sql)
    body = ",\n".join(f"{quote(name)} AS (\n  {sql}\n)" for name, sql in reversed(kept))
    return f"WITH\n{body}\n{final}"


def link_order(portfolio: Portfolio) -> list[Table]:
    """The looked-up tables, each after the one it hangs under."""
    return _in_link_order(portfolio)


def _in_link_order(portfolio: Portfolio) -> list[Table]:
    done, order = {portfolio.base}, []
    waiting = [t for t in portfolio.tables.values() if t.one]
    while waiting:
        ready = [t for t in waiting if t.one and t.one.of in done]
        order += ready
        done |= {t.name for t in ready}
        waiting = [t for t in waiting if t.name not in done]
    return order


def _on(link: Link, child: str) -> str:
    return " AND ".join(f"{quote(link.of)}.{quote(p)} = {quote(child)}.{quote(c)}" for p, c in link.on)


def _typed(column: str, kind: str, is_key: bool) -> str:
    name = quote(column)
    if kind == "text":
        return f"nullif(CAST({name} AS VARCHAR), '')"
    if kind == "integer":
        return name if is_key else f"CAST({name} AS DOUBLE)"
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({name} AS DOUBLE)) THEN CAST({name} AS DOUBLE) END"
    return f"CAST({name} AS {kind.upper()})"


def has_levels(table: Table, column: str) -> bool:
    """Whether a column's text is one of declared levels, or missing: then its `level:` column says which."""
    expectation = table.expect.get(column)
    return expectation is not None and expectation.levels is not None and expectation.breach != "keep"


def _level(column: str, e: Expectation, text: bool) -> str:
    """The place of a value among its levels, from 1; 0 where it is missing. A number is compared faster than a text."""
    if text:
        return f"CAST(coalesce(list_position([{_listed(e)}], CAST({quote(column)} AS VARCHAR)), 0) AS SMALLINT)"
    whens = " ".join(f"WHEN {literal(level)} THEN {at}" for at, level in enumerate(e.levels or (), 1))
    return f"CAST(CASE {quote(column)} {whens} ELSE 0 END AS SMALLINT)"


def _listed(e: Expectation) -> str:
    return ", ".join(literal(level) for level in e.levels or ())


def _is_level(column: str, e: Expectation, text: bool) -> str:
    """A function of a text is asked once for each of a file's texts, IN once for each row's."""
    if text:
        return f"list_contains([{_listed(e)}], CAST({quote(column)} AS VARCHAR))"
    return f"{quote(column)} IN ({_listed(e)})"


def _met(column: str, e: Expectation, text: bool) -> str:
    """The condition that a value is as expected; null or false where it isn't, or there is none."""
    name = quote(column)
    parts = [_is_level(column, e, text)] if e.levels is not None else []
    parts += [f"{name} >= {literal(e.min)}"] if e.min is not None else []
    parts += [f"{name} <= {literal(e.max)}"] if e.max is not None else []
    return " AND ".join(parts) or "TRUE"


def _breached(column: str, e: Expectation, text: bool) -> str:
    name = quote(column)
    parts = [f"{name} IS NULL"] if e.required else []
    if e.levels is not None:
        parts.append(f"NOT {_is_level(column, e, text)}")
    if e.min is not None:
        parts.append(f"{name} < {literal(e.min)}")
    if e.max is not None:
        parts.append(f"{name} > {literal(e.max)}")
    return f"coalesce({' OR '.join(parts)}, FALSE)"


def lines(items: list[str]) -> str:
    """Items of a SELECT or a GROUP BY, one a line."""
    return ",\n    ".join(items)
