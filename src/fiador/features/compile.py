"""Which SQL computes a portfolio's features, rules and exposure?

One statement serves training, batch and one applicant at the counter. The target, and which rows development leaves
out, are a statement apart: nothing that scores can see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fiador.errors import PortfolioError
from fiador.expression import Expression, Ref, quote
from fiador.features.measures import MEASURES
from fiador.features.relations import APPLICATION, Breach, Relations, assemble, link_order
from fiador.features.schema import Schema, checked_kind, key_columns, own_column
from fiador.portfolio import Feature, Link, Portfolio


@dataclass(frozen=True)
class Query:
    """A compiled statement and what its columns are.

    features: name -> `number` or `level`, in the order declared. Beside them the statement answers `key`, `exposure`
    (null where costs are a matrix), `rule:NAME` (boolean, may be null) and one boolean flag a breach. One row per
    application, sorted by key; numbers are float32, levels text. reads: feature -> every feature and column it reads.
    """

    sql: str
    features: Mapping[str, str]
    rules: tuple[str, ...]
    breaches: tuple[Breach, ...]
    reads: Mapping[str, frozenset[str]]

    def touching(self, names: Iterable[str]) -> set[str]:
        """The features that are, or read through any number of others, a feature or column named here.

        A column is named bare or as `table.column`.
        """
        wanted = set(names)
        return {feature for feature in self.features if feature in wanted or self.reads[feature] & wanted}


def compile_sql(portfolio: Portfolio, schema: Schema) -> Query:
    """The statement that computes everything a decision needs from raw tables.

    Raises PortfolioError where an expression names an unknown column or compares things that don't go together.
    """
    return _Compiler(portfolio, schema).query()


def compile_development_sql(portfolio: Portfolio, schema: Schema) -> str:
    """key, applicant, target (raw), `dropped_by` (null, or why development leaves a row out), `twin`, sorted by key.

    twin: a 64-bit digest of the joined row without keys and target; equal ones are exact duplicates.
    """
    relations = Relations(portfolio, schema, with_target=True)
    base, key, target = portfolio.base, portfolio.key, portfolio.target.column
    items = [
        f"{quote(f'{base}.{key}')} AS key",
        f"{_applicant(relations)} AS applicant",
        f"{quote(f'{base}.{target}')} AS target",
        f"{dropped_by(relations)} AS dropped_by",
        f"{_twin(relations)} AS twin",
    ]
    final = f"SELECT {', '.join(items)}\nFROM {APPLICATION}\nORDER BY key"
    return assemble(relations.joined(), final)


def compile_joined_sql(portfolio: Portfolio, schema: Schema) -> str:
    """The joined, cleaned rows development keeps, raw columns only (`table.column` where two tables share a name)."""
    relations = Relations(portfolio, schema, with_target=True)
    tables = [t for t in portfolio.tables if not portfolio.tables[t].many]
    names = [(t, c) for t in tables for c in relations.columns(t)]
    bare = [c for _, c in names]
    links = {(t.name, child) for t in link_order(portfolio) if t.one for _, child in t.one.on}
    items = [
        f"{_as_declared(schema, t, c)} AS {quote(c if bare.count(c) == 1 or _is_first(names, t, c) else f'{t}.{c}')}"
        for t, c in names
        if (t, c) not in links or bare.count(c) == 1
    ]
    key = quote(f"{portfolio.base}.{portfolio.key}")
    final = f"SELECT {', '.join(items)}\nFROM {APPLICATION}\nWHERE {kept(relations)}\nORDER BY {key}"
    return assemble(relations.joined(), final)


def _as_declared(schema: Schema, table: str, column: str) -> str:
    """A joined column in its raw type: whole numbers are doubles only while they are computed with."""
    name = quote(f"{table}.{column}")
    return f"TRY_CAST({name} AS BIGINT)" if schema.tables[table][column] == "integer" else name


def _twin(relations: Relations) -> str:
    p = relations.portfolio
    left_out = {(p.base, p.target.column)} | {(t, c) for t in p.tables for c in key_columns(p, t)}
    tables = [t for t in p.tables if not p.tables[t].many]
    columns = [quote(f"{t}.{c}") for t in tables for c in relations.columns(t) if (t, c) not in left_out]
    return f"hash({', '.join(columns)})" if columns else f"hash({quote(f'{p.base}.{p.key}')})"


def drop_reasons(relations: Relations) -> list[tuple[str, str]]:
    """(reason, condition on the joined row) for every declared way an application is left out of development."""
    p = relations.portfolio
    reasons = []
    if p.tables[p.base].blank_key == "drop":
        reasons.append((f"{p.base}.{p.key} is blank", f"{quote(f'{p.base}.{p.key}')} IS NULL"))
    for table in link_order(p):
        link = table.one
        if link and p.tables[link.of].blank_key == "drop":
            for parent, _ in link.on:
                found = f"{quote(f'found:{link.of}')} AND " if link.of != p.base else ""
                reasons.append((f"{link.of}.{parent} is blank", f"({found}{quote(f'{link.of}.{parent}')} IS NULL)"))
    for breach in relations.breaches():
        if breach.in_development == "drop":
            reasons.append((f"{breach.table}.{breach.column} breached", quote(breach.flag)))
    return list(dict(reasons).items())


def dropped_by(relations: Relations) -> str:
    """The first reason development leaves a joined row out, as SQL; null where it is kept."""
    whens = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in drop_reasons(relations))
    return f"CASE {whens} END" if whens else "CAST(NULL AS VARCHAR)"


def kept(relations: Relations) -> str:
    """The condition on the joined row that development keeps it."""
    return " AND ".join(f"NOT ({condition})" for _, condition in drop_reasons(relations)) or "TRUE"


def _is_first(names: list[tuple[str, str]], table: str, column: str) -> bool:
    return next(t for t, c in names if c == column) == table


def _applicant(relations: Relations) -> str:
    p = relations.portfolio
    if p.head.applicant is None:
        return quote(f"{p.base}.{p.key}")
    table, _, column = p.head.applicant.rpartition(".")
    return quote(".".join(relations.scope.locate(Ref(table, column), f"{p.name}: portfolio.applicant")))


class _Compiler:
    """Features in an order where each comes after those it uses, every reference resolved once."""

    def __init__(self, portfolio: Portfolio, schema: Schema) -> None:
        self.portfolio = portfolio
        self.schema = schema
        self.relations = Relations(portfolio, schema)
        self.row: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.open: list[str] = []
        self.reads: dict[str, set[str]] = {}

    def query(self) -> Query:
        p = self.portfolio
        for feature in p.features.values():
            self._feature(feature, f"{p.name}: features.{feature.name}")
        items = [f"{quote(f'{p.base}.{p.key}')} AS key"]
        items += [f"{self._stored(name)} AS {quote(name)}" for name in p.features]
        items += [
            f"{self._truth(r.when, f'{p.name}: policy.rules.{n}.when')} AS {quote(f'rule:{n}')}"
            for n, r in p.policy.rules.items()
        ]
        items.append(f"{self._exposure()} AS exposure")
        breaches = self.relations.breaches()
        items += [quote(b.flag) for b in breaches]
        final = f"SELECT\n    {_lines(items)}\nFROM {self._rows()}\nORDER BY key"
        features = {name: "level" if self.kinds[name] == "text" else "number" for name in p.features}
        sql = assemble([*self.relations.joined(), *self._many_steps()], final)
        reads = {name: frozenset(self.reads[name]) for name in features}
        return Query(sql, features, tuple(p.policy.rules), tuple(breaches), reads)

    def _feature(self, feature: Feature, where: str) -> None:
        if feature.name in self.row:
            return
        if feature.name in self.open:
            raise PortfolioError(
                f"features use each other in a circle: {' -> '.join([*self.open, feature.name])}.", where=where
            )
        self.open.append(feature.name)
        self.reads[feature.name] = set()
        if feature.measure:
            self.row[feature.name], self.kinds[feature.name] = quote(f"many:{feature.name}"), "number"
            self._reads_rows(feature)
            self._condition_kind(feature, where)
        else:
            expression = feature.row or _column(feature.name)
            self.row[feature.name], self.kinds[feature.name] = self._expression(expression, where, own=feature.name)
        if self.kinds[feature.name] == "date":
            raise PortfolioError("is a date.", where=where, hint="Measure it against another: date_diff('day', a, b).")
        self.open.pop()

    def _expression(self, expression: Expression, where: str, *, own: str = "") -> tuple[str, str]:
        """(SQL over the joined row, kind); a bare name that is another feature means that feature."""
        sqls: dict[Ref, str] = {}
        kinds: dict[Ref, str] = {}
        for ref in expression.refs:
            if not ref.table and ref.column != own and ref.column in self.portfolio.features:
                self._feature(self.portfolio.features[ref.column], f"{self.portfolio.name}: features.{ref.column}")
                sqls[ref], kinds[ref] = f"({self.row[ref.column]})", self.kinds[ref.column]
                self._note(own, {ref.column, *self.reads[ref.column]})
            else:
                table, column = self.relations.scope.locate(ref, where)
                sqls[ref], kinds[ref] = quote(f"{table}.{column}"), self.schema.kind(table, column)
                self._note(own, {column, f"{table}.{column}"})
        return expression.sql(lambda ref: sqls[ref]), checked_kind(expression, kinds, where)

    def _note(self, feature: str, names: set[str]) -> None:
        if feature:
            self.reads[feature] |= names

    def _reads_rows(self, feature: Feature) -> None:
        table, _, column = (feature.of or "").partition(".")
        columns = [column, *(ref.column for ref in feature.where.refs)] if feature.where else [column]
        self._note(feature.name, {table, *columns, *(f"{table}.{c}" for c in columns)})

    def _truth(self, expression: Expression, where: str) -> str:
        sql, kind = self._expression(expression, where)
        if kind not in ("truth", "any"):
            raise PortfolioError(
                f"is a {kind}, not a condition: {expression}.", where=where, hint="Compare it with something."
            )
        return f"CAST({sql} AS BOOLEAN)"

    def _stored(self, name: str) -> str:
        if self.kinds[name] == "text":
            return self.row[name]
        return float32(f"CAST({self.row[name]} AS DOUBLE)")

    def _exposure(self) -> str:
        costs = self.portfolio.costs
        if costs.exposure is None:
            return "CAST(NULL AS DOUBLE)"
        sql, kind = self._expression(costs.exposure, f"{self.portfolio.name}: costs.exposure")
        if kind not in ("number", "any"):
            raise PortfolioError(f"is {kind}, not an amount.", where=f"{self.portfolio.name}: costs.exposure")
        return f"CAST({sql} AS DOUBLE)"

    def _measured(self) -> dict[str, list[Feature]]:
        tables: dict[str, list[Feature]] = {}
        for feature in self.portfolio.features.values():
            if feature.measure and feature.of:
                tables.setdefault(feature.of.split(".")[0], []).append(feature)
        return tables

    def _many_steps(self) -> list[tuple[str, str]]:
        """Aggregate before joining: joining first would turn no history into a count of one."""
        steps = []
        for name, features in self._measured().items():
            table = self.portfolio.tables[name]
            steps += self.relations.table(table)
            by = ", ".join(quote(child) for _, child in _link(self.portfolio, name).on)
            items = [by, *(f"{self._measure(f)} AS {quote(f'many:{f.name}')}" for f in features)]
            known = f"\n  WHERE {self._own(name, table.known, 'known')}" if table.known else ""
            steps.append(
                (
                    f"{name}:measured",
                    f"SELECT {_lines(items)}\n  FROM {self.relations.last_step(name)}{known}\n  GROUP BY {by}",
                )
            )
        return steps

    def _measure(self, feature: Feature) -> str:
        assert feature.measure
        assert feature.of
        table, _, column = feature.of.partition(".")
        where = f"{self.portfolio.name}: features.{feature.name}"
        measure = MEASURES[feature.measure]
        if measure.needs_column != bool(column):
            hint = f"Write of = '{table}.COLUMN'." if measure.needs_column else f"Write of = '{table}'."
            raise PortfolioError(
                f"'{feature.measure}' {'needs a' if measure.needs_column else 'takes no'} column.",
                where=where,
                hint=hint,
            )
        if column:
            own_column(self.portfolio, self.schema, table, Ref("", column), f"{where}.of")
        condition = f" FILTER (WHERE {self._own(table, feature.where, feature.name)})" if feature.where else ""
        measured = measure.sql.format(value=quote(column), filter=condition)
        return float32(f"CAST({measured} AS DOUBLE)")

    def _condition_kind(self, feature: Feature, where: str) -> None:
        if feature.where:
            table = (feature.of or "").split(".")[0]
            refs = feature.where.refs
            names = {r: own_column(self.portfolio, self.schema, table, r, f"{where}.where") for r in refs}
            checked_kind(feature.where, {r: self.schema.kind(table, names[r]) for r in refs}, f"{where}.where")

    def _own(self, table: str, expression: Expression, part: str) -> str:
        where = f"{self.portfolio.name}: {table}.{part}"
        sql = expression.sql(lambda ref: quote(own_column(self.portfolio, self.schema, table, ref, where)))
        return f"coalesce({sql}, FALSE)"

    def _rows(self) -> str:
        """The joined row with each `many` table's measures beside it; no rows take the measure's declared value."""
        measured = self._measured()
        if not measured:
            return APPLICATION
        items, joins = [f"{APPLICATION}.*"], [f"FROM {APPLICATION}"]
        for name, features in measured.items():
            link = _link(self.portfolio, name)
            items += [f"{_empty(f, name)} AS {quote(f'many:{f.name}')}" for f in features]
            on = " AND ".join(f"{quote(f'{link.of}.{p}')} = {quote(f'{name}:measured')}.{quote(c)}" for p, c in link.on)
            joins.append(f"LEFT JOIN {quote(f'{name}:measured')} ON {on}")
        return f"(\n  SELECT {_lines(items)}\n  " + "\n  ".join(joins) + "\n)"


def float32(sql: str) -> str:
    """A number as every reader gets it: float32, and null where it isn't finite.

    The last bits of a parallel sum differ from run to run; rounding comes before anything reads the value.
    """
    return f"CASE WHEN isfinite(TRY_CAST({sql} AS FLOAT)) THEN TRY_CAST({sql} AS FLOAT) END"


def _empty(feature: Feature, table: str) -> str:
    assert feature.measure
    value = MEASURES[feature.measure].empty if feature.empty == "declared" else None
    column = f"{quote(f'{table}:measured')}.{quote(f'many:{feature.name}')}"
    if value is None:
        return column
    return f"coalesce({column}, {value:g})"


def _link(portfolio: Portfolio, table: str) -> Link:
    link = portfolio.tables[table].link
    assert link is not None
    return link


def _column(name: str) -> Expression:
    from fiador.expression import parse

    return parse(quote(name))


def _lines(items: list[str]) -> str:
    return ",\n    ".join(items)
