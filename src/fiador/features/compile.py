"""Which SQL computes a portfolio's features, rules and exposure?

One statement serves training, batch and one applicant at the counter. The target, and which rows development leaves
out, are a statement apart: nothing that scores can see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression, Ref, quote
from fiador.features.as_of import require_told
from fiador.features.learned import LearnedRows, LearnedTables
from fiador.features.many import Grouped, ManyTables, Measured, no_rows, with_empty
from fiador.features.relations import APPLICATION, Breach, Relations, assemble, lines, link_order
from fiador.features.schema import Schema, checked_kind, key_columns
from fiador.measures.asked import Asked, float32
from fiador.portfolio import Feature, LearnedFeature, Link, Portfolio, Table


@dataclass(frozen=True)
class Query:
    """A compiled statement and what its columns are.

    features: name -> `number` or `level`, in the order declared. Beside them the statement answers `key`, `exposure`
    (null where costs are a matrix), `rule:NAME` (boolean, may be null) and one boolean flag a breach. One row per
    application, sorted by key; numbers are float32, levels text. reads: feature -> every feature and column it reads.
    measured: features it computes from `many` tables, or reads from MEASURED where it was compiled to.
    learned: the rows models speak of; what they say is given beside the raw tables, as `given`.
    """

    sql: str
    features: Mapping[str, str]
    rules: tuple[str, ...]
    breaches: tuple[Breach, ...]
    reads: Mapping[str, frozenset[str]]
    measured: tuple[str, ...] = ()
    learned: tuple[LearnedRows, ...] = ()

    def touching(self, names: Iterable[str]) -> set[str]:
        """The features that are, or read through any number of others, a feature or column named here.

        A column is named bare or as `table.column`.
        """
        wanted = set(names)
        return {feature for feature in self.features if feature in wanted or self.reads[feature] & wanted}


@dataclass(frozen=True)
class Rows:
    """A table's rows, and what is asked of those that have the same parent.

    sql: answers the first `by` columns, which name the parent's row, and every column asked for; it reads what is
    measured `below` as tables by their names. named: how it is read itself.
    """

    named: str
    sql: str
    by: int
    asked: tuple[Asked, ...]
    below: tuple[Rows, ...]

    @property
    def together(self) -> str:
        """The same rows, sorted so that those of one parent stand together."""
        return f"{self.sql}\nORDER BY {', '.join(str(at) for at in range(1, self.by + 1))}"


@dataclass(frozen=True)
class Part:
    """Some features of every application with a key.

    table: the `many` table measured, only for applications that have rows; no_rows: feature -> the value of the others,
    and of nulls; None is null. Or the base table: whatever is no measure.
    rows: the rows to be measured, whose parent is the application, by its key; or by another column of its, and then
    `sql` answers `key` and the features from what was measured, a table given beside the others. Without rows, `sql`
    answers `key` and the features itself, in any order.
    measured: features of other parts that this one reads, from a table MEASURED (`key` and them) given beside it.
    learned: the rows a model speaks of; what it says is given beside the tables too.
    """

    table: str
    sql: str
    features: tuple[str, ...]
    measured: tuple[str, ...] = ()
    no_rows: Mapping[str, float | None] = field(default_factory=dict)
    learned: LearnedRows | None = None
    rows: Rows | None = None

    @property
    def rows_sql(self) -> str:
        """One row: `rows`, how many raw rows the table has."""
        return f"SELECT count(*) AS rows FROM {quote(self.table)}"


MEASURED = "fiador:measured"


def compile_sql(portfolio: Portfolio, schema: Schema, names: Iterable[str] | None = None) -> Query:
    """The statement that computes everything a decision needs from raw tables.

    names: the features wanted; without it all. Whatever they, the rules and the exposure read is computed with them,
    and nothing else. Raises PortfolioError where an expression names an unknown column, a feature isn't there, or
    things are compared that don't go together.
    """
    return _Compiler(portfolio, schema, names).query()


def compile_on_history(portfolio: Portfolio, schema: Schema, names: Iterable[str] | None = None) -> Query:
    """The same statement where what `many` tables say is known: it reads MEASURED (`key`, measured features) for them.

    It answers the applications that are in MEASURED, in no order.
    """
    return _Compiler(portfolio, schema, names).query(measured=True)


def compile_by_table(portfolio: Portfolio, schema: Schema, names: Iterable[str] | None = None) -> list[Part]:
    """The same features, each `many` table's by itself, then the base table's: no wide join is ever made."""
    return _Compiler(portfolio, schema, names).parts()


def keys_sql(portfolio: Portfolio, schema: Schema) -> str:
    """`key` of every application that has one, in order."""
    relations = Relations(portfolio, schema)
    key = _key(relations)
    return assemble(
        relations.joined(), f"SELECT {key} AS key\nFROM {APPLICATION}\nWHERE {key} IS NOT NULL\nORDER BY key"
    )


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
    target = quote(f"{relations.portfolio.base}.{relations.portfolio.target.column}")
    columns = [column for column in joined_values(relations) if column != target]
    return f"hash({', '.join(columns or [_key(relations)])})"


def joined_values(relations: Relations) -> list[str]:
    """The columns of the joined row that are no key: what two applications are compared by, as SQL."""
    p = relations.portfolio
    tables = [t for t in p.tables if not p.tables[t].many]
    return [quote(f"{t}.{c}") for t in tables for c in relations.columns(t) if c not in key_columns(p, t)]


def _key(relations: Relations) -> str:
    return quote(f"{relations.portfolio.base}.{relations.portfolio.key}")


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

    def __init__(self, portfolio: Portfolio, schema: Schema, names: Iterable[str] | None) -> None:
        self.portfolio = portfolio
        self.schema = schema
        self.relations = Relations(portfolio, schema)
        self.many = ManyTables(self.relations)
        self.learned = LearnedTables(self.many)
        self.row: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.open: list[str] = []
        self.reads: dict[str, set[str]] = {}
        self.tables: set[str] = set()
        self.wanted = list(portfolio.features) if names is None else self._known(names)
        for name in self.wanted:
            self._feature(portfolio.features[name], f"{portfolio.name}: features.{name}")
        self.rules = {
            n: self._truth(r.when, f"{portfolio.name}: policy.rules.{n}.when")
            for n, r in portfolio.policy.rules.items()
        }
        self.exposure = self._exposure()
        for name in sorted(self.tables):
            require_told(portfolio, portfolio.tables[name])

    def _known(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        for name in sorted(wanted - set(self.portfolio.features)):
            hint = did_you_mean(name, self.portfolio.features)
            raise PortfolioError(f"no feature '{name}'.", where=f"{self.portfolio.name}: features", hint=hint)
        return [name for name in self.portfolio.features if name in wanted]

    def query(self, *, measured: bool = False) -> Query:
        """measured: whether what the `many` tables say is read from MEASURED.

        Its rows are then in no order: to sort one wide row costs DuckDB more than to compute it.
        """
        p = self.portfolio
        items = [f"{quote(f'{p.base}.{p.key}')} AS key"]
        items += [f"{self._stored(name)} AS {quote(name)}" for name in self.wanted]
        items += [f"{sql} AS {quote(f'rule:{name}')}" for name, sql in self.rules.items()]
        items.append(f"{self.exposure} AS exposure")
        breaches = self.relations.breaches()
        items += [quote(b.flag) for b in breaches]
        given = [f.name for features in self._measured().values() for f in features]
        steps, rows = ([], self._with_measured(given)) if measured else self._rows()
        order = "" if measured else "\nORDER BY key"
        final = f"SELECT\n    {lines(items)}\nFROM {rows}{order}"
        features = {name: "level" if self.kinds[name] == "text" else "number" for name in self.wanted}
        reads = {name: frozenset(self.reads[name]) for name in features}
        sql = assemble([*self.relations.joined(), *steps], final)
        learned = (self._learned_rows(table, each) for table, each in self._measured().items())
        spoken_of = tuple(each for each in learned if each)
        return Query(sql, features, tuple(p.policy.rules), tuple(breaches), reads, tuple(given), spoken_of)

    def parts(self) -> list[Part]:
        parts = [
            self._part(table, measured, together)
            for table, features in self._measured().items()
            for measured, together in self._together(table, features)
        ]
        measured = [name for part in parts for name in part.features]
        wanted = [name for name in self.wanted if not self.portfolio.features[name].measure]
        late = [name for name in wanted if not self.reads[name].isdisjoint(measured)]
        read = set[str]().union(*(self.reads[name] for name in late))
        if alone := [name for name in wanted if name not in late]:
            parts.append(self._base_part(alone, []))
        if late:
            parts.append(self._base_part(late, [name for name in measured if name in read]))
        return parts

    def _part(self, table: str, measured: Measured, features: list[Feature]) -> Part:
        without = {f.name: no_rows(f) for f in features}
        if measured.grouped:
            sql = "" if self._is_of_key(measured) else self._found_by_joins(measured, features, [])
            return Part(table, sql, tuple(without), no_rows=without, rows=self._rows_of(measured.grouped))
        sql = self._found_by_joins(measured, features, measured.steps)
        return Part(table, sql, tuple(without), no_rows=without, learned=self._learned_rows(table, features))

    def _is_of_key(self, measured: Measured) -> bool:
        """Whether what was measured is named by the applications' own key."""
        return [up for up, _ in measured.joins] == [quote(f"{self.portfolio.base}.{self.portfolio.key}")]

    def _found_by_joins(self, measured: Measured, features: list[Feature], steps: Sequence[tuple[str, str]]) -> str:
        key, source = self._applications(measured)
        items = [f"{key} AS key", *(f"m.{quote(f.name)}" for f in features)]
        final = f"SELECT\n    {lines(items)}\n{source}\nWHERE {key} IS NOT NULL"
        return assemble([*self.relations.joined(), *steps], final)

    def _rows_of(self, grouped: Grouped) -> Rows:
        sql = assemble([*self.relations.joined(), *grouped.made], grouped.rows_sql)
        below = tuple(self._rows_of(each) for each in grouped.below)
        return Rows(grouped.name, sql, len(grouped.by), grouped.asked, below)

    def _applications(self, measured: Measured) -> tuple[str, str]:
        """(key, FROM) of what was measured: joined to the applications only where it hasn't their key itself."""
        key, source = quote(f"{self.portfolio.base}.{self.portfolio.key}"), f"{quote(measured.name)} AS m"
        if self._is_of_key(measured):
            return f"m.{measured.joins[0][1]}", f"FROM {source}"
        on = " AND ".join(f"{up} = m.{own}" for up, own in measured.joins)
        return key, f"FROM {APPLICATION}\nJOIN {source} ON {on}"

    def _together(self, table: str, features: list[Feature]) -> Iterator[tuple[Measured, list[Feature]]]:
        """What one group by measures: of a table's rows, then of what a model says of them."""
        own, learned = _apart(features)
        if own:
            yield self.many.measured(own, _straight(self.portfolio, self.portfolio.tables[table])), own
        if learned:
            yield self.learned.measured(learned), learned

    def _learned_rows(self, table: str, features: list[Feature]) -> LearnedRows | None:
        _, learned = _apart(features)
        return self.learned.rows(learned, _straight(self.portfolio, self.portfolio.tables[table])) if learned else None

    def _base_part(self, wanted: list[str], read: list[str]) -> Part:
        """Features that are no measure; those they read are joined by key from what was measured before."""
        key = quote(f"{self.portfolio.base}.{self.portfolio.key}")
        items = [f"{key} AS key", *(f"{self._stored(name)} AS {quote(name)}" for name in wanted)]
        rows = self._with_measured(read) if read else APPLICATION
        final = f"SELECT\n    {lines(items)}\nFROM {rows}\nWHERE {key} IS NOT NULL"
        return Part(self.portfolio.base, assemble(self.relations.joined(), final), tuple(wanted), tuple(read))

    def _with_measured(self, names: Sequence[str]) -> str:
        """The joined row of every application in MEASURED, with measures read from there beside it."""
        key = quote(f"{self.portfolio.base}.{self.portfolio.key}")
        items = [f"{APPLICATION}.*", *(f"m.{quote(name)} AS {quote(f'many:{name}')}" for name in names)]
        return f"(\n  SELECT {lines(items)}\n  FROM {APPLICATION} JOIN {quote(MEASURED)} AS m ON m.key = {key}\n)"

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
            self.reads[feature.name] |= self._measure_reads(feature)
            self.tables |= self.reads[feature.name] & set(self.portfolio.tables)
        else:
            expression = feature.row or _column(feature.name)
            self.row[feature.name], self.kinds[feature.name] = self._expression(expression, where, own=feature.name)
        if self.kinds[feature.name] == "date":
            raise PortfolioError("is a date.", where=where, hint="Measure it against another: date_diff('day', a, b).")
        self.open.pop()

    def _measure_reads(self, feature: Feature) -> frozenset[str]:
        if isinstance(feature, LearnedFeature):
            return self.learned.reads(feature, _straight(self.portfolio, self.portfolio.tables[feature.table]))
        return self.many.reads(feature)

    def _expression(self, expression: Expression, where: str, *, own: str = "") -> tuple[str, str]:
        """(SQL over the joined row, kind); a bare name that is another feature means that feature."""
        sqls: dict[Ref, str] = {}
        kinds: dict[Ref, str] = {}
        for ref in expression.refs:
            if not ref.table and ref.column != own and ref.column in self.portfolio.features:
                self._refuse_learned(ref.column, where)
                self._feature(self.portfolio.features[ref.column], f"{self.portfolio.name}: features.{ref.column}")
                sqls[ref], kinds[ref] = f"({self.row[ref.column]})", self.kinds[ref.column]
                self._note(own, {ref.column, *self.reads[ref.column]})
            else:
                table, column = self.relations.scope.locate(ref, where)
                sqls[ref], kinds[ref] = quote(f"{table}.{column}"), self.schema.kind(table, column)
                self.tables.add(table)
                self._note(own, {column, f"{table}.{column}"})
        return expression.sql(lambda ref: sqls[ref]), checked_kind(expression, kinds, where)

    def _refuse_learned(self, name: str, where: str) -> None:
        """PortfolioError where an expression reads what only training can fill, differently in each fold."""
        if isinstance(self.portfolio.features[name], LearnedFeature):
            raise PortfolioError(f"'{name}' is learned: only a model reads it.", where=where, hint="Leave it out.")

    def _note(self, feature: str, names: set[str]) -> None:
        if feature:
            self.reads[feature] |= names

    def _truth(self, expression: Expression, where: str) -> str:
        sql, kind = self._expression(expression, where)
        if kind not in ("truth", "any"):
            raise PortfolioError(
                f"is a {kind}, not a condition: {expression}.", where=where, hint="Compare it with something."
            )
        return f"CAST({sql} AS BOOLEAN)"

    def _stored(self, name: str) -> str:
        sql = self.row[name]
        if self.kinds[name] == "text" or self.portfolio.features[name].measure:
            return sql
        return f"TRY_CAST({sql} AS FLOAT)" if sql in self._finite else float32(f"CAST({sql} AS DOUBLE)")

    @cached_property
    def _finite(self) -> set[str]:
        """The joined row's numbers as they were typed: no cleaning has made one infinite."""
        tables = [table for table in self.portfolio.tables.values() if not table.many]
        return {
            quote(f"{table.name}.{column}")
            for table in tables
            for column, kind in self.schema.tables[table.name].items()
            if kind in ("integer", "number") and column not in table.clean
        }

    def _exposure(self) -> str:
        costs = self.portfolio.costs
        if costs.exposure is None:
            return "CAST(NULL AS DOUBLE)"
        sql, kind = self._expression(costs.exposure, f"{self.portfolio.name}: costs.exposure")
        if kind not in ("number", "any"):
            raise PortfolioError(f"is {kind}, not an amount.", where=f"{self.portfolio.name}: costs.exposure")
        return f"CAST({sql} AS DOUBLE)"

    def _measured(self) -> dict[str, list[Feature]]:
        """Of each `many` table the measures that are wanted or read, in the order declared."""
        tables: dict[str, list[Feature]] = {}
        for feature in self.portfolio.features.values():
            if feature.measure and feature.name in self.row:
                tables.setdefault(feature.table, []).append(feature)
        return tables

    def _rows(self) -> tuple[list[tuple[str, str]], str]:
        """The joined row with each `many` table's measures beside it, no rows as declared: (steps, what to read)."""
        measured = self._measured()
        if not measured:
            return [], APPLICATION
        steps: list[tuple[str, str]] = []
        items, joins = [f"{APPLICATION}.*"], [f"FROM {APPLICATION}"]
        for name, features in measured.items():
            for each, together in self._together(name, features):
                steps += [step for step in each.steps if step not in steps]
                column = f"{quote(each.name)}."
                items += [f"{with_empty(f, column + quote(f.name))} AS {quote(f'many:{f.name}')}" for f in together]
                joins.append(_left_join(each))
        return steps, f"(\n  SELECT {lines(items)}\n  " + "\n  ".join(joins) + "\n)"


def _left_join(measured: Measured) -> str:
    name = quote(measured.name)
    return f"LEFT JOIN {name} ON " + " AND ".join(f"{up} = {name}.{own}" for up, own in measured.joins)


def _apart(features: Iterable[Feature]) -> tuple[list[Feature], list[Feature]]:
    """(measured of a table's rows, measured of what a model says of them), each in order."""
    own: list[Feature] = []
    learned: list[Feature] = []
    for feature in features:
        (learned if isinstance(feature, LearnedFeature) else own).append(feature)
    return own, learned


def _straight(portfolio: Portfolio, table: Table) -> Link:
    """The link by which a table's rows hang under the application's own row."""
    return next(link for link in table.many if not portfolio.tables[link.of].many)


def _column(name: str) -> Expression:
    from fiador.expression import parse

    return parse(quote(name))
