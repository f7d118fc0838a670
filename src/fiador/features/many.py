"""How are an application's rows in a `many` table made ready, and measured?

Each table in steps: typed; what is revealed later taken away, and the decision's own date beside it where times are
dates; cleaned; of a versioned table the latest version known; joined to what was measured of the tables under it; its
own derived columns; only rows known at the decision. Then those of one parent are measured, before they are joined to
it: a join first would turn no history into a count of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression, Ref, quote
from fiador.features.as_of import moment, retimed
from fiador.features.relations import APPLICATION, Relations, has_levels, lines
from fiador.features.schema import checked_kind, key_columns, own_column
from fiador.measures import MEASURES, YEAR, Measure
from fiador.measures.asked import Asked, Flag
from fiador.portfolio import Feature, Link, Table

KEY, DECIDED = quote("for:key"), quote("for:decided_at")
_YEARS = {**YEAR, "date": YEAR["days"], "timestamp": YEAR["days"]}


@dataclass(frozen=True)
class Measured:
    """What is measured of a table's rows, its name, and (above, own) columns it joins its parent by.

    measures: the step that makes it; or the rows, and what is asked of them, of which the steps are made.
    """

    measures: tuple[str, str] | Grouped
    name: str
    joins: tuple[tuple[str, str], ...]

    @property
    def grouped(self) -> Grouped | None:
        """The rows and what is asked of them; None for what is measured of a model's words."""
        return self.measures if isinstance(self.measures, Grouped) else None

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Common table expressions, the last one of its name."""
        return self.measures.steps if isinstance(self.measures, Grouped) else (self.measures,)


@dataclass(frozen=True)
class Grouped:
    """A table's rows up to their group by, and what is asked of each group.

    made: the steps that make the rows, the last named `NAME:rows`; they read what is below as tables of its name.
    by: quoted columns that name the parent's row.
    """

    name: str
    made: tuple[tuple[str, str], ...]
    by: tuple[str, ...]
    asked: tuple[Asked, ...]
    below: tuple[Grouped, ...]

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Everything as common table expressions, the group by last."""
        measures = [f"{asked.sql} AS {quote(asked.name)}" for asked in self.asked]
        rows, by = quote(f"{self.name}:rows"), ", ".join(self.by)
        grouped = f"SELECT {lines([*self.by, *measures])}\n  FROM {rows}\n  GROUP BY {by}"
        return (*(step for below in self.below for step in below.steps), *self.made, (self.name, grouped))

    @property
    def rows_sql(self) -> str:
        """The rows that have a parent: `by`, then the columns asked for."""
        given = " AND ".join(f"{column} IS NOT NULL" for column in self.by)
        return f"SELECT *\nFROM {quote(f'{self.name}:rows')}\nWHERE {given}"


@dataclass(frozen=True)
class Listed:
    """The steps that list a table's rows, the name of the last, and (above, own) columns it joins its parent by.

    time: SQL over a row of it. columns: name -> (SQL over a row, kind). wanted: the condition that it counts, '' where
    all do. reads: name -> every name that column reads.
    """

    steps: tuple[tuple[str, str], ...]
    name: str
    joins: tuple[tuple[str, str], ...]
    time: str
    columns: Mapping[str, tuple[str, str]]
    wanted: str
    reads: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Column:
    """A column of a table's rows: its SQL over the cleaned rows, its kind, and every name it reads."""

    sql: str
    kind: str
    reads: frozenset[str]


@dataclass
class _Rows:
    """What one group by asks of a table's rows: columns under names of their own, and what tables under it carry up."""

    items: dict[str, str] = field(default_factory=dict)  # SQL -> the column that holds it
    carried: dict[str, dict[str, Feature]] = field(default_factory=dict)  # table below -> features by name

    def column(self, sql: str) -> str:
        return self.items.setdefault(sql, f"of:{len(self.items)}")


def no_rows(feature: Feature) -> float | None:
    """The value a measured feature declares for no rows; None is null."""
    assert feature.measure
    return MEASURES[feature.measure].empty if feature.empty == "declared" else None


def with_empty(feature: Feature, column: str) -> str:
    """A measured column beside its parent's row: where nothing joined, the value the feature declares for no rows."""
    value = no_rows(feature)
    return column if value is None else f"coalesce({column}, CAST({value:g} AS FLOAT))"


@dataclass(frozen=True)
class ManyTables:
    """A portfolio's `many` tables as SQL."""

    relations: Relations

    @property
    def _dated(self) -> bool:
        """Whether rows are told apart by application: one row may be known to one and still to come for another."""
        p = self.relations.portfolio
        return p.head.decided_at is not None and any(t.is_dated for t in p.tables.values())

    def measured(self, features: Sequence[Feature], link: Link) -> Measured:
        """All features of one table, as columns named like them, one row a parent's row that has any."""
        table = self.relations.portfolio.tables[features[0].table]
        rows = _Rows()
        asked = tuple(self._asked(table, feature, rows) for feature in features)
        made, below, name, by = self._known_rows(table, link, rows, self._known(table, rows))
        grouped = Grouped(name, tuple(made), tuple(by), asked, tuple(below))
        return Measured(grouped, name, self._joins(link, by))

    def listed(self, feature: Feature, link: Link, columns: Sequence[str]) -> Listed:
        """The rows `feature` measures, themselves: known at the decision, and of them those that count."""
        table = self.relations.portfolio.tables[feature.table]
        rows = _Rows()
        found = {column: self._input(table, column, rows) for column in columns}
        held = {name: (quote(rows.column(each.sql)), each.kind) for name, each in found.items()}
        time = quote(rows.column(self._time(table))) if table.time else "NULL"
        wanted = " AND ".join(flag.sql for flag in self._wanted(table, feature, rows)[1])
        made, below, name, by = self._known_rows(table, link, rows, self._known(table, rows))
        steps = (*(step for each in below for step in each.steps), *made)
        joins, reads = self._joins(link, by), {name: each.reads for name, each in found.items()}
        return Listed(steps, f"{name}:rows", joins, time, held, wanted, reads)

    def _input(self, table: Table, name: str, rows: _Rows) -> _Column:
        """A column a model of the table's rows reads; its time is told from the decision."""
        where = f"{self.relations.portfolio.name}: learned.{table.name}.of"
        if name in key_columns(self.relations.portfolio, table.name):
            raise PortfolioError(f"'{name}' names rows: it tells of no risk.", where=where, hint="Leave it out.")
        column = self._column(table, Ref("", name), where, rows, ())
        if name == table.time:
            return _Column(self._time(table), "number", column.reads)
        if column.kind == "date":
            hint = f"Derive a number from it: date_diff('day', {name}, decided_at)."
            raise PortfolioError(f"'{name}' is a date.", where=where, hint=hint)
        return column

    def _known_rows(
        self, table: Table, link: Link, rows: _Rows, known: str
    ) -> tuple[list[tuple[str, str]], list[Grouped], str, list[str]]:
        """(steps up to the rows that are known, what is measured below them, the name, what names their parent).

        The last step is called `NAME:rows`.
        """
        steps: list[tuple[str, str]] = self._cleaned(table, link)
        joins = [f"FROM {quote(self._ready(table, link))} AS own"]
        under: list[Grouped] = []
        for below, carried in rows.carried.items():
            more = self._below(table, below, list(carried.values()))
            assert more.grouped
            under.append(more.grouped)
            on = " AND ".join(f"own.{up} = {quote(more.name)}.{child}" for up, child in more.joins)
            joins.append(f"LEFT JOIN {quote(more.name)} ON {on}")
        by = [*(quote(child) for _, child in link.on), *([KEY] if self._dated else [])]
        if self._dated and not self._above_is_many(link):
            by = [KEY]
        name = f"{table.name}:measured" if not self._above_is_many(link) else f"{table.name}:of {link.of}"
        own = [f"own.{column} AS {column}" for column in by]
        items = [*own, *(f"{sql} AS {quote(column)}" for sql, column in rows.items.items())]
        where = f"\n  WHERE {known}" if known else ""
        steps.append((f"{name}:rows", f"SELECT {lines(items)}\n  " + "\n  ".join(joins) + where))
        return steps, under, name, by

    def reads(self, feature: Feature) -> frozenset[str]:
        """Every name a measured feature reads: its table, columns bare and dotted, and what those are derived from."""
        table = self.relations.portfolio.tables[feature.table]
        names = {table.name}
        where = f"{self.relations.portfolio.name}: features.{feature.name}"
        refs = [Ref("", feature.column)] if feature.column else []
        refs += list(feature.where.refs) if feature.where else []
        assert feature.measure
        if table.time and (feature.within is not None or MEASURES[feature.measure].timed):
            refs.append(Ref("", table.time))
        for ref in refs:
            names |= self._column(table, ref, where, _Rows(), ()).reads
        return frozenset(names)

    def left_out(self, table: Table) -> tuple[list[tuple[str, str]], str] | None:
        """Steps, and a SELECT that counts the rows not known at the decision; None where every row is.

        Older versions of a known event are no rows of their own: they are not counted.
        """
        link = next((link for link in table.many if not self._above_is_many(link)), table.many[0])
        rows = _Rows()
        known = self._known(table, rows)
        if not known or rows.carried:
            return None
        if table.known_at:
            known += f" AND coalesce({self._before(table, table.known_at, 'known_at')}, FALSE)"
        source = quote(self._step(table, link, "clean"))
        return self._cleaned(table, link), f"SELECT count(*) FROM {source} AS own WHERE NOT coalesce({known}, FALSE)"

    def _above_is_many(self, link: Link) -> bool:
        return bool(self.relations.portfolio.tables[link.of].many)

    def _joins(self, link: Link, by: list[str]) -> tuple[tuple[str, str], ...]:
        p = self.relations.portfolio
        if self._above_is_many(link):
            pairs = [(quote(up), quote(own)) for up, own in link.on]
            return (*pairs, (KEY, KEY)) if self._dated else tuple(pairs)
        if by == [KEY]:
            return ((quote(f"{p.base}.{p.key}"), KEY),)
        return tuple((quote(f"{link.of}.{up}"), quote(own)) for up, own in link.on)

    def _below(self, table: Table, below: str, features: list[Feature]) -> Measured:
        link = next(link for link in self.relations.portfolio.tables[below].many if link.of == table.name)
        return self.measured(features, link)

    # rows before they are measured

    def _cleaned(self, table: Table, link: Link) -> list[tuple[str, str]]:
        """typed, seen (dated, and without what is revealed later), clean, and of a versioned table current."""
        typed, seen, clean = (self._step(table, link, step) for step in ("typed", "seen", "clean"))
        carried = [KEY, DECIDED] if self._dated else []
        steps = [self.relations.table(table)[0]]
        source = typed
        if self._dated or table.reveals:
            steps += self._seen(table, link, typed)
            source = seen
        own = [quote(c) for c in self.relations.columns(table.name)]
        own += [quote(f"level:{c}") for c in table.expect if has_levels(table, c)]
        declared = bool(table.clean or table.expect)
        rows = self.relations.cleaned(table, source, carried) if declared else f"SELECT * FROM {quote(source)}"
        steps.append((clean, retimed(self.relations.portfolio, table, [*own, *carried], rows)))
        if table.known_at:
            steps.append((self._ready(table, link), self._current(table, link, clean)))
        return steps

    def _ready(self, table: Table, link: Link) -> str:
        """The name of the step that holds a table's rows, one an event."""
        return self._step(table, link, "current" if table.known_at else "clean")

    def _current(self, table: Table, link: Link, clean: str) -> str:
        """Of each event of a parent the version known last at the decision; a row without a key is its own event.

        Two versions known since one moment are told apart by their columns, so that no order of rows matters.
        """
        assert table.known_at
        known = f"coalesce({self._before(table, table.known_at, 'known_at')}, FALSE)"
        key = [quote(self._named(table, c, "key")) for c in table.key]
        event = list(dict.fromkeys([*(quote(own) for _, own in link.on), *key, *([KEY] if self._dated else [])]))
        rest = [quote(c) for c in self.relations.columns(table.name) if c != table.known_at]
        latest = ", ".join(f"own.{c} DESC NULLS LAST" for c in [quote(table.known_at), *rest])
        nth = f"row_number() OVER (PARTITION BY {', '.join(f'own.{c}' for c in event)} ORDER BY {latest})"
        blank = " OR ".join(f"own.{c} IS NULL" for c in key)
        return f"SELECT *\n  FROM {quote(clean)} AS own\n  WHERE {known}\n  QUALIFY {blank} OR {nth} = 1"

    def _step(self, table: Table, link: Link, step: str) -> str:
        """A step's name: where rows are dated, a table under two others is seen from each of them."""
        apart = self._dated and step != "typed" and self._above_is_many(link)
        return f"{table.name}:{step} of {link.of}" if apart else f"{table.name}:{step}"

    def _seen(self, table: Table, link: Link, typed: str) -> list[tuple[str, str]]:
        p = self.relations.portfolio
        columns = self.relations.columns(table.name)
        items = [self._revealed(table, c) for c in columns]
        rows = f"FROM {quote(typed)} AS own"
        if not self._dated:
            return [(self._step(table, link, "seen"), f"SELECT {lines(items)}\n  {rows}")]
        decided = quote(f"{p.base}.{self._decided_at()}")
        if self._above_is_many(link):
            above = p.tables[link.of]
            up = next((one for one in above.many if not self._above_is_many(one)), above.many[0])
            steps = self._cleaned(above, up)
            keys = ", ".join(dict.fromkeys([*(quote(c) for c, _ in link.on), KEY, DECIDED]))
            parent = f"(SELECT DISTINCT {keys} FROM {quote(self._ready(above, up))}) AS above"
            on = " AND ".join(f"above.{quote(parent)} = own.{quote(own)}" for parent, own in link.on)
            items += [f"above.{KEY} AS {KEY}", f"above.{DECIDED} AS {DECIDED}"]
        else:
            steps = []
            key = quote(f"{p.base}.{p.key}")
            parent = f"(SELECT {key} AS {KEY}, {decided} AS {DECIDED}, * FROM {APPLICATION}) AS above"
            on = " AND ".join(f"above.{quote(f'{link.of}.{up}')} = own.{quote(own)}" for up, own in link.on)
            items += [f"above.{KEY} AS {KEY}", f"above.{DECIDED} AS {DECIDED}"]
        return [*steps, (self._step(table, link, "seen"), f"SELECT {lines(items)}\n  {rows}\n  JOIN {parent} ON {on}")]

    def _decided_at(self) -> str:
        p = self.relations.portfolio
        where = f"{p.name}: portfolio.decided_at"
        column = own_column(p, self.relations.schema, p.base, Ref("", str(p.head.decided_at)), where)
        if self.relations.schema.kind(p.base, column) != "date":
            raise PortfolioError(f"'{column}' is no date.", where=where, hint="Declare it as date or timestamp.")
        return column

    def _revealed(self, table: Table, column: str) -> str:
        name = f"own.{quote(column)}"
        if column not in table.reveals:
            return f"{name} AS {quote(column)}"
        at = self._own(table, table.reveals[column], f"reveals.{column}")
        decided = f"above.{DECIDED}" if table.is_dated else moment(self.relations.portfolio, table)
        return f"CASE WHEN own.{at} < {decided} THEN {name} END AS {quote(column)}"

    def _named(self, table: Table, column: str, part: str) -> str:
        where = f"{self.relations.portfolio.name}: tables.{table.name}.{part}"
        return own_column(self.relations.portfolio, self.relations.schema, table.name, Ref("", column), where)

    def _own(self, table: Table, column: str, part: str) -> str:
        where = f"{self.relations.portfolio.name}: tables.{table.name}.{part}"
        self._named(table, column, part)
        if self.relations.schema.kind(table.name, column) != ("date" if table.is_dated else "number"):
            kind = self.relations.schema.tables[table.name][column]
            raise PortfolioError(
                f"'{column}' is {kind}, and the table's unit is {table.unit}.",
                where=where,
                hint='A number counts "days" or "months" before the decision; else "date" or "timestamp". '
                "A column without a value is taken for text: declare its type under `columns`.",
            )
        return quote(column)

    def _time(self, table: Table) -> str:
        """A row's time as a number in the table's unit, negative before the decision."""
        if table.time is None:
            raise PortfolioError(
                "no time is declared.",
                where=f"{self.relations.portfolio.name}: tables.{table.name}",
                hint="Declare `time` and `unit`.",
            )
        column = self._own(table, table.time, "time")
        own = f"own.{column}"
        if table.unit == "date":
            return f"CAST(date_diff('day', CAST(own.{DECIDED} AS DATE), CAST({own} AS DATE)) AS DOUBLE)"
        if table.unit == "timestamp":
            return f"((epoch(CAST({own} AS TIMESTAMP)) - epoch(CAST(own.{DECIDED} AS TIMESTAMP))) / 86400)"
        return own

    def _known(self, table: Table, rows: _Rows) -> str:
        """The condition that a row is known at the decision; '' where every row is."""
        parts = []
        if table.known:
            parts.append(self._truth(table, table.known, f"tables.{table.name}.known", rows))
        elif table.time:
            parts.append(f"coalesce({self._before(table, table.time, 'time')}, FALSE)")
        if table.is_dated:
            parts.append(f"own.{DECIDED} IS NOT NULL")
        return " AND ".join(parts)

    def _before(self, table: Table, column: str, part: str) -> str:
        return f"own.{self._own(table, column, part)} < {f'own.{DECIDED}' if table.is_dated else 0}"

    # columns of a table's rows

    def _column(self, table: Table, ref: Ref, where: str, rows: _Rows, within: tuple[str, ...]) -> _Column:
        """A raw column, a derived one, a feature of a table under it, or the decision's own date."""
        p, schema = self.relations.portfolio, self.relations.schema
        name = ref.column
        if ref.table in ("", table.name):
            if name in table.derive:
                return self._derived(table, name, rows, within)
            if name in p.carried.get(table.name, {}):
                feature = p.carried[table.name][name]
                rows.carried.setdefault(feature.table, {})[name] = feature
                return _Column(with_empty(feature, quote(name)), "number", frozenset({name}) | self.reads(feature))
            if name == "decided_at" and self._dated and name not in schema.tables[table.name]:
                return _Column(f"own.{DECIDED}", "date", frozenset({"decided_at"}))
            if name not in schema.tables[table.name]:
                known = [*schema.tables[table.name], *table.derive, *p.carried.get(table.name, ())]
                hint = did_you_mean(name, known)
                raise PortfolioError(f"no column '{ref}' in {table.name}.", where=where, hint=hint)
        own_column(p, schema, table.name, ref, where)
        sql = f"own.{quote(name)}"
        return _Column(sql, schema.kind(table.name, name), frozenset({name, f"{table.name}.{name}", table.name}))

    def _derived(self, table: Table, name: str, rows: _Rows, within: tuple[str, ...]) -> _Column:
        where = f"{self.relations.portfolio.name}: tables.{table.name}.derive.{name}"
        if name in self.relations.schema.tables[table.name]:
            raise PortfolioError(f"'{name}' is a raw column.", where=where, hint="Use `clean`, or another name.")
        if name in within:
            raise PortfolioError(f"columns use each other in a circle: {' -> '.join([*within, name])}.", where=where)
        made = self._expression(table, table.derive[name], where, rows, (*within, name))
        return _Column(f"({made.sql})", made.kind, made.reads | {name, f"{table.name}.{name}"})

    def _expression(
        self, table: Table, expression: Expression, where: str, rows: _Rows, within: tuple[str, ...] = ()
    ) -> _Column:
        found = {ref: self._column(table, ref, where, rows, within) for ref in expression.refs}
        kind = checked_kind(expression, {ref: column.kind for ref, column in found.items()}, where)
        reads = frozenset[str]().union(*(column.reads for column in found.values()))
        return _Column(expression.sql(lambda ref: found[ref].sql), kind, reads)

    def _truth(self, table: Table, expression: Expression, part: str, rows: _Rows) -> str:
        where = f"{self.relations.portfolio.name}: {part}"
        made = self._expression(table, expression, where, rows)
        if made.kind not in ("truth", "any"):
            raise PortfolioError(
                f"is a {made.kind}, not a condition: {expression}.", where=where, hint="Compare it with something."
            )
        return f"coalesce({made.sql}, FALSE)"

    # one measure

    def _asked(self, table: Table, feature: Feature, rows: _Rows) -> Asked:
        assert feature.measure
        measure = MEASURES[feature.measure]
        _require_column(measure, feature, f"{self.relations.portfolio.name}: features.{feature.name}")
        window, wanted = self._wanted(table, feature, rows)
        return Asked(
            name=feature.name,
            measure=measure,
            value=self._value(table, feature, measure, rows),
            time=rows.column(self._time(table)) if measure.timed else None,
            window=window,
            wanted=wanted,
            half_life=_YEARS[table.unit or "days"],
            null_for_none=bool(wanted) and feature.empty == "null" and measure.empty is not None,
        )

    def _wanted(self, table: Table, feature: Feature, rows: _Rows) -> tuple[tuple[Flag, ...], tuple[Flag, ...]]:
        """(what holds of rows in the window, what holds of those that count); nothing where all do."""
        window: tuple[Flag, ...] = ()
        if feature.within is not None:
            window = (Flag(rows.column(f"coalesce({self._time(table)} >= -{feature.within:g}, FALSE)")),)
        if feature.where is None:
            return window, window
        return window, (self._subset(table, feature.where, f"features.{feature.name}.where", rows), *window)

    def _subset(self, table: Table, where: Expression, part: str, rows: _Rows) -> Flag:
        truth = self._truth(table, where, part, rows)
        if where.level and has_levels(table, where.level[0].column):
            ref, level = where.level
            levels = table.expect[ref.column].levels or ()
            if level is None or level in levels:
                number = rows.column("own." + quote(f"level:{ref.column}"))
                return Flag(number, levels.index(level) + 1 if level is not None else 0)
        return Flag(rows.column(truth))

    def _value(self, table: Table, feature: Feature, measure: Measure, rows: _Rows) -> str | None:
        if measure.takes == "rows":
            return rows.column(self._time(table)) if measure.timed else None
        where = f"{self.relations.portfolio.name}: features.{feature.name}.of"
        column = self._column(table, Ref("", feature.column), where, rows, ())
        if measure.takes == "value":
            return rows.column(column.sql)
        if column.kind in ("text", "date"):
            hint = "Compare it in `where`, or take its `shares`."
            raise PortfolioError(
                f"'{measure.name}' is of numbers; '{feature.column}' is {column.kind}.", where=where, hint=hint
            )
        return rows.column(f"CAST({column.sql} AS DOUBLE)")


def _require_column(measure: Measure, feature: Feature, where: str) -> None:
    if measure.needs_column != bool(feature.column):
        hint = f"Write of = '{feature.table}.COLUMN'." if measure.needs_column else f"Write of = '{feature.table}'."
        raise PortfolioError(
            f"'{measure.name}' {'needs a' if measure.needs_column else 'takes no'} column.", where=where, hint=hint
        )
