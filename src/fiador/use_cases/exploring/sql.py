"""Which SQL keeps every known application as one row, and counts groups of them?

The population is one engine table: an application's key, what was decided, its class where it is known, and its
variables (features, and raw values that are none), each in a column of its own (`v0`, `v1`, …) so that no name of a
portfolio meets one of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from fiador.expression import quote
from fiador.features.relations import APPLICATION, Relations, assemble
from fiador.features.schema import Schema
from fiador.portfolio import Portfolio
from fiador.use_cases.exploring.variables import Binning, KnownVariable

SCORED = "fiador:scored"  # what was decided on each application, and its features under their variables' columns
OWN: dict[str, pa.DataType] = {
    "key": pa.string(), "outcome": pa.string(), "pd": pa.float64(), "score": pa.int64(), "actual": pa.string(),
    "exposure": pa.float64(), "expected_loss": pa.float64(), "expected_profit": pa.float64(),
}  # fmt: skip
GROUPS: dict[str, str] = {
    "all": "TRUE",
    "approved": "outcome = 'approve'",
    "referred": "outcome = 'refer'",
    "declined": "outcome = 'decline'",
    "goods": "actual = 'good'",
    "bads": "actual = 'bad'",
}
OPERATORS: dict[str, str] = {
    "eq": "{value} = $wanted", "ne": "{value} <> $wanted", "lt": "{value} < $wanted", "le": "{value} <= $wanted",
    "gt": "{value} > $wanted", "ge": "{value} >= $wanted", "missing": "{value} IS NULL", "given": "{value} IS NOT NULL",
}  # fmt: skip


def scored_schema(variables: Iterable[KnownVariable]) -> pa.Schema:
    """What SCORED holds: our own columns but what became of it, and the features."""
    own = [(name, kind) for name, kind in OWN.items() if name != "actual"]
    types = {"number": pa.float32(), "level": pa.string()}
    return pa.schema([*own, *((v.column, types[v.kind]) for v in variables if not v.table)])


def population_sql(
    portfolio: Portfolio, schema: Schema, variables: Iterable[KnownVariable], *, with_target: bool
) -> tuple[str, dict[str, object]]:
    """The statement that makes the population from raw tables and SCORED, and its values.

    Numbers are the shortest decimals that a feature's float32 stands for, so that 0.15 is 0.15 to whoever asks.
    """
    relations = Relations(portfolio, schema, with_target=with_target)
    label, values = _actual(portfolio, schema) if with_target else ("CAST(NULL AS VARCHAR)", {})
    items = [f"{label} AS actual" if name == "actual" else f"s.{name}" for name in OWN]
    items += [f"{_value_sql(schema, variable)} AS {variable.column}" for variable in variables]
    key = f"CAST(a.{quote(f'{portfolio.base}.{portfolio.key}')} AS VARCHAR)"
    final = (
        f"SELECT {', '.join(items)}\nFROM {quote(SCORED)} AS s JOIN {APPLICATION} AS a ON {key} = s.key\nORDER BY s.key"
    )
    return assemble(relations.joined(), final), values


def _actual(p: Portfolio, schema: Schema) -> tuple[str, dict[str, object]]:
    """good, bad, or null where the outcome isn't known; a target that can't be compared tells nothing."""
    target, text = quote(f"{p.base}.{p.target.column}"), schema.kind(p.base, p.target.column) == "text"
    whens = {"good": p.target.good, "bad": p.target.bad}
    values: dict[str, object] = {name: value for name, value in whens.items() if isinstance(value, str) == text}
    cases = " ".join(f"WHEN a.{target} = ${name} THEN '{name}'" for name in values)
    return (f"CASE {cases} END" if cases else "CAST(NULL AS VARCHAR)"), values


def _value_sql(schema: Schema, variable: KnownVariable) -> str:
    if not variable.table:
        value = f"s.{variable.column}"
        return value if variable.kind == "level" else f"CAST(CAST({value} AS VARCHAR) AS DOUBLE)"
    value = f"a.{quote(f'{variable.table}.{variable.raw}')}"
    kind = schema.tables[variable.table][variable.raw]
    return f"CAST({value} AS {'DOUBLE' if kind in ('integer', 'number') else 'VARCHAR'})"


def columns_sql(table: str) -> str:
    """No row: only which columns the engine holds of a raw table. Where nobody knows the outcome there is no target."""
    return f"SELECT * FROM {quote(table)} LIMIT 0"


def counts_sql(table: str) -> str:
    """One row: the applications of each group, and `labelled`, those whose class is known."""
    counts = [f"count(*) FILTER (WHERE {condition}) AS {quote(name)}" for name, condition in GROUPS.items()]
    return f"SELECT {', '.join(counts)}, count(actual) AS labelled FROM {quote(table)}"


def spread_sql(table: str, variable: KnownVariable) -> str:
    """One row: rows, given, and of a number its 0.5 and 99.5 per cent quantiles and whether all are whole."""
    value = variable.column
    numbers = (
        f", quantile_cont({value}, 0.005) AS low, quantile_cont({value}, 0.995) AS high"
        f", count(*) FILTER (WHERE {value} <> floor({value})) = 0 AS whole"
        if variable.kind == "number"
        else ""
    )
    return f"SELECT count(*) AS applications, count({value}) AS given{numbers} FROM {quote(table)}"


def levels_sql(table: str, variable: KnownVariable) -> str:
    """The levels at least `$fewest` applications have, most frequent first, `$most` of them."""
    value = variable.column
    return (
        f"SELECT {value} AS level, count(*) AS applications FROM {quote(table)} WHERE {value} IS NOT NULL\n"
        f"GROUP BY ALL HAVING count(*) >= $fewest ORDER BY applications DESC, level LIMIT $most"
    )


def others_sql(table: str, variable: KnownVariable) -> str:
    """How many applications have a level that is not among `$levels`."""
    value = variable.column
    rows = f"FROM {quote(table)} WHERE {value} IS NOT NULL"
    return f"SELECT count(*) AS applications {rows} AND NOT list_contains(CAST($levels AS VARCHAR[]), {value})"


def digest_sql(table: str, where: str) -> str:
    """One row: a digest of which applications meet a condition; the same ones have the same, null is nobody's."""
    return f"SELECT bit_xor(hash(key)) AS digest FROM {quote(table)} WHERE {where}"


def salt_sql(table: str) -> str:
    """One row: a digest of everything that is known, which only who holds every row can work out."""
    return f"SELECT bit_xor(hash(held)) AS digest FROM {quote(table)} AS held"


def condition(
    group: str, variable: KnownVariable | None = None, operator: str = "", value: object = None
) -> tuple[str, dict[str, object]]:
    """The rows a group and a filter leave, and the values the statement takes. Null is in no comparison."""
    if variable is None:
        return GROUPS[group], {}
    values = {"wanted": value} if "$wanted" in OPERATORS[operator] else {}
    return f"{GROUPS[group]} AND {OPERATORS[operator].format(value=variable.column)}", values


def cells_sql(table: str, axes: Sequence[Binning], where: str) -> tuple[str, dict[str, object]]:
    """Applications, labelled ones, bads and declined ones by the cells of one or two axes (c0, c1; null: missing)."""
    values: dict[str, object] = {}
    cells = []
    for at, axis in enumerate(axes):
        sql, more = _cell(axis, at)
        cells.append(f"{sql} AS c{at}")
        values |= more
    counts = (
        "count(*) AS applications, count(actual) AS labelled, count(*) FILTER (WHERE actual = 'bad') AS bads,"
        " count(*) FILTER (WHERE outcome = 'decline') AS declined"
    )
    rows = f"(SELECT actual, outcome, {', '.join(cells)} FROM {quote(table)} WHERE {where})"
    return f"SELECT {', '.join(f'c{at}' for at in range(len(axes)))}, {counts} FROM {rows} GROUP BY ALL", values


def _cell(axis: Binning, at: int) -> tuple[str, dict[str, object]]:
    value = axis.variable.column
    if axis.variable.kind == "number" and not axis.edges:  # nobody has a value
        return "CAST(NULL AS INTEGER)", {}
    if axis.variable.kind == "number":
        # a hair's breadth, since 0.7 / 0.05 is 13.999999999999998
        place = f"floor(({value} - $first{at}) / $step{at} + 1e-9)"
        first, step = axis.edges[0], (axis.edges[-1] - axis.edges[0]) / axis.cells
        bounded = f"CAST(least(greatest({place}, 0), {axis.cells - 1}) AS INTEGER)"
        # least and greatest pass over nulls: without the CASE they would fall into the first bin
        return f"CASE WHEN {value} IS NOT NULL THEN {bounded} END", {f"first{at}": first, f"step{at}": step}
    levels = [level for level in axis.levels if level is not None]
    place = f"coalesce(nullif(list_position(CAST($levels{at} AS VARCHAR[]), {value}), 0) - 1, {len(levels)})"
    return f"CASE WHEN {value} IS NOT NULL THEN {place} END", {f"levels{at}": levels}


def client_sql(table: str) -> str:
    """The row of application `$key`."""
    return f"SELECT * FROM {quote(table)} WHERE key = $key"


def standing_sql(table: str, values: Mapping[KnownVariable, object], where: str) -> tuple[str, dict[str, object]]:
    """One row: per variable how many of a group have a value (`given_v0`), and how many one below the client's, or
    the client's own level (`like_v0`)."""
    items, parameters = [], {}
    for variable, value in values.items():
        column, compare = variable.column, "<" if variable.kind == "number" else "="
        items += [
            f"count({column}) AS given_{column}",
            f"count(*) FILTER (WHERE {column} {compare} $own_{column}) AS like_{column}",
        ]
        parameters[f"own_{column}"] = value
    return f"SELECT {', '.join(['count(*) AS applications', *items])} FROM {quote(table)} WHERE {where}", parameters


def quartiles_sql(table: str, variables: Iterable[KnownVariable], where: str) -> str:
    """One row: the number of applications, and the quartiles of every number of a group as a list (`v0`)."""
    items = [f"quantile_cont({v.column}, [0.25, 0.5, 0.75]) AS {v.column}" for v in variables if v.kind == "number"]
    return f"SELECT {', '.join(['count(*) AS applications', *items])} FROM {quote(table)} WHERE {where}"


def commonest_sql(table: str, variable: KnownVariable, where: str) -> str:
    """A group's most frequent level, the first by name where several are, and how many have it."""
    value = variable.column
    return (
        f"SELECT {value} AS level, count(*) AS applications FROM {quote(table)} WHERE {value} IS NOT NULL AND {where}\n"
        f"GROUP BY ALL ORDER BY applications DESC, level LIMIT 1"
    )


def rows_sql(table: str, columns: Iterable[str], where: str) -> str:
    """Columns of a page of applications in key order, by `$limit` and `$offset`."""
    items = ", ".join(columns)
    return f"SELECT {items} FROM {quote(table)} WHERE {where} ORDER BY key LIMIT $limit OFFSET $offset"


def total_sql(table: str, where: str) -> str:
    """How many applications match."""
    return f"SELECT count(*) AS total FROM {quote(table)} WHERE {where}"


def rows_condition(
    *, equal: Mapping[str, object], bounds: Mapping[str, tuple[float | None, float | None]], search: str
) -> tuple[str, dict[str, object]]:
    """The rows whose columns equal values, lie within bounds (either end open) and whose key begins with `search`."""
    parts: list[str] = ["starts_with(key, $search)"]
    values: dict[str, object] = {"search": search}
    for at, (column, value) in enumerate(equal.items()):
        parts.append(f"{column} = $equal{at}")
        values[f"equal{at}"] = value
    for column, ends in bounds.items():
        for end, compare, value in (("low", ">=", ends[0]), ("high", "<=", ends[1])):
            if value is not None:
                parts.append(f"{column} {compare} ${column}_{end}")
                values[f"{column}_{end}"] = value
    return " AND ".join(parts), values
