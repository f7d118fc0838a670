"""Which statements count what is wrong with raw tables?

Each probe is one count: what is counted, where, and the condition. Probes over the same rows become one statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fiador.expression import quote
from fiador.features.as_of import decided_by
from fiador.features.development import dropped_by, joined_values, kept
from fiador.features.many import unknown_rows
from fiador.features.relations import APPLICATION, Relations, assemble
from fiador.features.schema import Schema, key_columns
from fiador.portfolio import Expectation, Link, Portfolio, Table

JOINED = "application:joined"  # what is counted over the joined rows; a raw table may well be called application


@dataclass(frozen=True)
class Probe:
    """One count. kind: what is counted. action: what the portfolio declares. condition: SQL over the rows looked at."""

    kind: str
    table: str
    column: str
    action: str
    condition: str
    expected: str = ""


@dataclass(frozen=True)
class Counting:
    """One statement that answers one row: a count for each of its probes, in order, called c0, c1, …"""

    sql: str
    probes: tuple[Probe, ...]


def countings(portfolio: Portfolio, schema: Schema) -> list[Counting]:
    """Every count `check` needs, as few statements as there are sets of rows."""
    relations = Relations(portfolio, schema, with_target=portfolio.target.column in schema.tables[portfolio.base])
    tables = portfolio.tables.values()
    by_table = [counting for t in tables for counting in _over_table(relations, schema, t)]
    unique = [_duplicate_keys(relations, t, columns) for t in tables for columns in _unique_keys(portfolio, t)]
    links = [c for t in tables for link in t.links for c in _orphans(relations, t, link)]
    clocks = [c for t in tables for c in _clock(relations, schema, t)]
    unknown = [c for t in tables for c in _unknown(relations, t)]
    return [
        *left_out(portfolio),
        *by_table,
        *clocks,
        *unique,
        *links,
        *unknown,
        _over_rows(relations),
        _exact_duplicates(relations),
    ]


def left_out(portfolio: Portfolio) -> list[Counting]:
    """The applications a date asked for leaves out: decided after it, or nobody knows when."""
    as_of, base, decided = portfolio.as_of, portfolio.base, str(portfolio.head.decided_at)
    if as_of is None or as_of.on is None:
        return []
    probes = (
        Probe("later", base, decided, "drop", f"NOT {decided_by(portfolio, as_of.on)}", str(as_of)),
        Probe("undated", base, decided, "drop", f"{quote(decided)} IS NULL"),
    )
    return [Counting(f"SELECT {_counts(list(probes))}\nFROM {quote(base)}", probes)]


def accounting_sql(portfolio: Portfolio, schema: Schema) -> str:
    """Rows by `dropped_by` (null = kept): every application is counted once, under the first reason that holds."""
    relations = Relations(portfolio, schema, with_target=True)
    return assemble(relations.joined(), _by(f"{dropped_by(relations)} AS dropped_by", "TRUE"))


def target_sql(portfolio: Portfolio, schema: Schema) -> str:
    """Kept applications by raw target value."""
    relations = Relations(portfolio, schema, with_target=True)
    target = quote(f"{portfolio.base}.{portfolio.target.column}")
    return assemble(relations.joined(), _by(f"{target} AS target", kept(relations)))


def _by(item: str, condition: str) -> str:
    rows = f"FROM {APPLICATION}\nWHERE {condition}"
    return f"SELECT {item}, count(*) AS applications\n{rows}\nGROUP BY ALL ORDER BY ALL"


def _over_table(relations: Relations, schema: Schema, table: Table) -> Iterator[Counting]:
    """What is missing before anything is cleaned, then what isn't as expected."""
    raw = list(_raw_probes(relations.portfolio, schema, table))
    typed, *_ = relations.table(table)
    yield Counting(assemble([typed], f"SELECT {_counts(raw)}\nFROM {quote(typed[0])}"), tuple(raw))
    breaches = [
        Probe(
            "breach", table.name, c, "drop" if e.development == "drop" else e.breach, quote(f"breach:{c}"), expected(e)
        )
        for c, e in table.expect.items()
    ]
    if breaches:
        yield Counting(
            assemble(relations.table(table), f"SELECT {_counts(breaches)}\nFROM {relations.last_step(table.name)}"),
            tuple(breaches),
        )


def _raw_probes(p: Portfolio, schema: Schema, table: Table) -> Iterator[Probe]:
    yield Probe("rows", table.name, "", "", "TRUE")
    keys = key_columns(p, table.name)
    for column, kind in schema.tables[table.name].items():
        missing = f"{quote(column)} IS NULL"
        if column in keys:
            yield Probe("blank_key", table.name, column, table.blank_key, missing)
        else:
            yield Probe("missing", table.name, column, "", missing)
            if kind == "number":
                yield Probe("beyond", table.name, column, "", _beyond(quote(column)))


def _beyond(number: str) -> str:
    """The condition that a number is none that a feature can be: features are of 32 bits."""
    is_number = f"{number} IS NOT NULL AND NOT isnan(CAST({number} AS DOUBLE))"
    return f"{is_number} AND NOT coalesce(isfinite(TRY_CAST({number} AS FLOAT)), FALSE)"


def _clock(relations: Relations, schema: Schema, table: Table) -> Iterator[Counting]:
    """Times that look as if they counted in another unit than the one declared: months as days, or days as months."""
    far, near, few = 600, 120, 30  # 50 years of months; 10 years of months, which days of so many rows would pass
    if table.time is None or table.is_dated or schema.tables[table.name].get(table.time) not in ("integer", "number"):
        return
    time = quote(table.time)
    beyond = f"count(*) FILTER (WHERE abs({time}) > {far})"
    within = f"bool_and({time} = round({time}) AND abs({time}) <= {near}) AND count({time}) >= {few}"
    odd = beyond if table.unit == "months" else f"CASE WHEN {within} THEN count({time}) ELSE 0 END"
    kind, bound = ("far_months", f"{far}") if table.unit == "months" else ("near_days", f"{near}")
    probe = Probe(kind, table.name, table.time, "count", "", bound)
    sql = f"SELECT {odd} AS c0\nFROM {relations.last_step(table.name)}"
    yield Counting(assemble(relations.table(table), sql), (probe,))


def expected(e: Expectation) -> str:
    """An expectation in a few words.

    >>> expected(Expectation(min=0, max=100, required=True))
    'from 0 to 100, required'
    """
    parts = []
    if e.levels is not None:
        parts.append(f"one of {', '.join(e.levels)}")
    if e.min is not None and e.max is not None:
        parts.append(f"from {e.min:g} to {e.max:g}")
    elif e.min is not None or e.max is not None:
        parts.append(f"at least {e.min:g}" if e.min is not None else f"at most {e.max:g}")
    return ", ".join([*parts, *(["required"] if e.required else [])])


def _unique_keys(p: Portfolio, table: Table) -> Iterator[tuple[str, ...]]:
    """The column sets that must not repeat: the base's key, the columns a table is looked up by, a table's own key.

    Versions of one event share its key and differ in when they became known.
    """
    sets: list[tuple[str, ...]] = []
    if table.name == p.base:
        sets.append((p.key,))
    if table.one:
        sets.append(tuple(child for _, child in table.one.on))
    if table.key:
        sets.append((*table.key, *([table.known_at] if table.known_at else [])))
    yield from dict.fromkeys(sets)


def _duplicate_keys(relations: Relations, table: Table, columns: tuple[str, ...]) -> Counting:
    names = ", ".join(quote(c) for c in columns)
    not_null = " AND ".join(f"{quote(c)} IS NOT NULL" for c in columns)
    probe = Probe("duplicate_key", table.name, ", ".join(columns), "refuse", "TRUE")
    rows = (
        f"(SELECT {names} FROM {relations.last_step(table.name)} WHERE {not_null} GROUP BY {names} HAVING count(*) > 1)"
    )
    return Counting(assemble(relations.table(table), f"SELECT {_counts([probe])}\nFROM {rows}"), (probe,))


def _orphans(relations: Relations, table: Table, link: Link) -> Iterator[Counting]:
    """Parent rows a looked-up table has no row for, and rows no parent names."""
    parent = relations.portfolio.tables[link.of]
    steps = list(dict([*relations.table(parent), *relations.table(table)]).items())
    above, below = relations.last_step(parent.name), relations.last_step(table.name)
    on = " AND ".join(f"a.{quote(up)} = b.{quote(down)}" for up, down in link.on)
    not_null = " AND ".join(f"a.{quote(up)} IS NOT NULL" for up, _ in link.on)
    if table.one:
        probe = Probe("orphan", parent.name, ", ".join(up for up, _ in link.on), table.orphans, "TRUE", table.name)
        yield Counting(
            assemble(
                steps, f"SELECT {_counts([probe])}\nFROM {above} AS a ANTI JOIN {below} AS b ON {on}\nWHERE {not_null}"
            ),
            (probe,),
        )
    present = " AND ".join(f"b.{quote(down)} IS NOT NULL" for _, down in link.on)
    probe = Probe("unused", table.name, ", ".join(down for _, down in link.on), "count", "TRUE", parent.name)
    yield Counting(
        assemble(
            steps, f"SELECT {_counts([probe])}\nFROM {below} AS b ANTI JOIN {above} AS a ON {on}\nWHERE {present}"
        ),
        (probe,),
    )


def _unknown(relations: Relations, table: Table) -> Iterator[Counting]:
    """Rows not known at the decision: no feature reads them. Where decisions have dates, each row once a decision."""
    statement = unknown_rows(relations, table) if table.many else None
    if statement:
        steps, rows = statement
        probe = Probe("unknown", table.name, table.time or "known", "count", "")
        yield Counting(assemble([*dict([*relations.joined(), *steps]).items()], f"SELECT ({rows}) AS c0"), (probe,))


def _over_rows(relations: Relations) -> Counting:
    """Consistency rules over the joined rows: breaches, and rows where the rule can't be told."""
    probes = [Probe("rows", JOINED, "", "", "TRUE")]
    for name, rule in relations.portfolio.consistency.items():
        action = "drop" if rule.development == "drop" else rule.breach
        holds = relations.on_row(rule.holds, f"{relations.portfolio.name}: consistency.{name}.holds")
        probes.append(
            Probe("inconsistent", "consistency", name, action, quote(f"breach:consistency.{name}"), str(rule.holds))
        )
        probes.append(Probe("not_checkable", "consistency", name, "", f"({holds}) IS NULL"))
    return Counting(assemble(relations.joined(), f"SELECT {_counts(probes)}\nFROM {APPLICATION}"), tuple(probes))


def _exact_duplicates(relations: Relations) -> Counting:
    """Kept applications that repeat another in every column but keys."""
    rows = f"FROM {APPLICATION}\nWHERE {kept(relations)}"
    distinct = f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(joined_values(relations))} {rows})"
    probe = Probe("duplicates", relations.portfolio.base, "", "count", "")
    return Counting(assemble(relations.joined(), f"SELECT count(*) - ({distinct}) AS c0\n{rows}"), (probe,))


def _counts(probes: list[Probe]) -> str:
    return ", ".join(f"count(*) FILTER (WHERE {probe.condition}) AS c{n}" for n, probe in enumerate(probes))
