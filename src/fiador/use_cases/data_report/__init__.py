"""What should a lender see of its raw tables before a model is made of them?

Applications that development keeps, variable by variable and pair by pair, and against their breaches. The values of
single applications appear only as extremes, and as examples of breached rules; keys never do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fiador.features.plan import Plan, compile_sql
from fiador.features.relations import Breach
from fiador.features.schema import Schema
from fiador.features.statements import Statements
from fiador.portfolio import Portfolio, SynthesisedFeature
from fiador.use_cases.data_report.associations import associations, missing_together
from fiador.use_cases.data_report.breaches import bad_rate, damage
from fiador.use_cases.data_report.columns import Codes, ColumnValues, column_of
from fiador.use_cases.data_report.sql import (
    applications_sql,
    children_sql,
    example_columns,
    examples_sql,
    missing_sql,
    strange_sql,
    value_columns,
)
from fiador.use_cases.data_report.values import BreachedRule, Children, Exhibit, Unexpected, VariableSummary
from fiador.use_cases.data_report.variables import BAD, GOOD, Roles, variable
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Progress, silent

if TYPE_CHECKING:
    from fiador.use_cases.checking import Report
    from fiador.use_cases.ports import Engine

__all__ = ["Exhibit", "exhibit"]
Mask = NDArray[np.bool_]


def exhibit(
    portfolio: Portfolio, schema: Schema, engine: Engine, report: Report, *, progress: Progress = silent
) -> Exhibit | None:
    """Everything worth seeing of tables that were checked; None where `check` refused to join them."""
    if report.accounting is None:
        return None
    progress("reading applications", 0, 1)
    query = compile_sql(portfolio, schema, _declared(portfolio))
    rows = engine.query(applications_sql(portfolio, schema))
    kept = np.asarray(rows.column("dropped_by").is_null().to_numpy())
    classes = _classes(portfolio, rows.column("target"))[kept]
    columns = _columns(portfolio, schema, engine, query, rows=rows, kept=kept)
    variables = _summaries(portfolio, query, columns, classes, progress)
    ordered = [columns[v.name] for v in variables]
    progress("pairs of variables", 0, 1)
    flags = {f"{b.table}.{b.column}": _flag(rows, b, kept) for b in query.breaches}
    return Exhibit(
        applications=len(classes),
        bad_rate=bad_rate(np.ones(len(classes), dtype=bool), classes),
        variables=variables,
        associations=associations(ordered),
        rules=_rules(portfolio, schema, engine, flags, classes),
        unexpected=_unexpected(portfolio, schema, engine, report),
        damage=damage(flags, [c for c in ordered if c.table], classes),
        children=_children(portfolio, schema, engine),
        missing_together=missing_together([c for c in ordered if c.table]),
    )


def _declared(portfolio: Portfolio) -> list[str]:
    """What a person declared: synthesis makes too many to show, and `fiador features --describe` lists them."""
    return [name for name, feature in portfolio.features.items() if not isinstance(feature, SynthesisedFeature)]


def _classes(portfolio: Portfolio, target: pa.ChunkedArray) -> Codes:
    """1 for bad, 0 for good, −1 for everything else."""
    encoded = target.combine_chunks().dictionary_encode()
    known = {portfolio.target.good: GOOD, portfolio.target.bad: BAD}
    classes = np.array([*(known.get(value, -1) for value in encoded.dictionary.to_pylist()), -1], dtype=np.int64)
    codes = encoded.indices.fill_null(len(classes) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(classes[codes])


def _flag(rows: pa.Table, breach: Breach, kept: Mask) -> Mask:
    return np.asarray(rows.column(breach.flag).to_numpy(), dtype=np.bool_)[kept]


def _columns(
    portfolio: Portfolio, schema: Schema, engine: Engine, query: Plan, *, rows: pa.Table, kept: Mask
) -> dict[str, ColumnValues]:
    """Raw values by `table.column`, then the features that are more than a raw value; kept rows only."""
    mask = pa.array(kept)
    raw = {
        f"{table}.{column}": column_of(
            f"{table}.{column}", table, column, rows.column(f"{table}.{column}").filter(mask)
        )
        for table, column in value_columns(portfolio, schema)
    }
    features = [name for name in query.features if portfolio.features[name].row or portfolio.features[name].measure]
    if not features:
        return raw
    computed = decision_columns(Statements(query), RawTables(engine)).select(
        features
    )  # both statements are sorted by key
    return raw | {name: column_of(name, "", name, computed.column(name).filter(mask)) for name in features}


def _summaries(
    portfolio: Portfolio, query: Plan, columns: dict[str, ColumnValues], classes: Codes, progress: Progress
) -> tuple[VariableSummary, ...]:
    """Every variable, the most telling first."""
    variables = []
    for done, column in enumerate(columns.values()):
        progress(f"variables: {column.name}", done, len(columns))
        variables.append(variable(column, classes, _roles(portfolio, query, column), of=len(columns)))
    return tuple(sorted(variables, key=lambda v: -(v.information or 0.0)))


def _roles(portfolio: Portfolio, query: Plan, column: ColumnValues) -> Roles:
    """Whether a variable is the lender's own, is protected, or is read by a feature."""
    names = {column.name, column.column}
    of = {
        role: bool(names & set(attributes)) or (not column.table and column.name in query.touching(attributes))
        for role, attributes in (("lender_set", portfolio.policy.lender_set), ("protected", portfolio.policy.protected))
    }
    used = not column.table or any(column.name in reads for reads in query.reads.values())
    return Roles(of["lender_set"], of["protected"], used)


def _rules(
    portfolio: Portfolio, schema: Schema, engine: Engine, flags: dict[str, Mask], classes: Codes
) -> tuple[BreachedRule, ...]:
    """Every consistency rule that is breached, with examples."""
    rules = []
    for name, columns in example_columns(portfolio, schema).items():
        flag = flags[f"consistency.{name}"]
        if not flag.any():
            continue
        rows = engine.query(examples_sql(portfolio, schema, name, columns)).to_pylist() if columns else []
        examples = tuple(tuple(row.values()) for row in rows)
        rules.append(BreachedRule(name, bad_rate(flag, classes), int(flag.sum()), tuple(columns), examples))
    return tuple(rules)


def _unexpected(portfolio: Portfolio, schema: Schema, engine: Engine, report: Report) -> tuple[Unexpected, ...]:
    """Every column with values that aren't as declared, as `check` counted them."""
    counts = {(f.table, f.column): f.count for f in report.findings if f.kind == "breach"}
    unexpected = []
    for strange in strange_sql(portfolio, schema):
        rows = counts.get((strange.table, strange.column), 0)
        values = engine.query(strange.sql).to_pylist() if rows else []
        if values:
            pairs = tuple((str(v["value"]), int(v["rows"])) for v in values)
            unexpected.append(Unexpected(strange.table, strange.column, rows, pairs))
    return tuple(unexpected)


def _children(portfolio: Portfolio, schema: Schema, engine: Engine) -> tuple[Children, ...]:
    """Every table of many rows a parent, once a parent."""
    children = []
    for table in portfolio.tables.values():
        for link in table.many:
            sql, columns = missing_sql(portfolio, schema, table)
            row = engine.query(sql).to_pylist()[0]
            total = int(row["rows"])
            answer = engine.query(children_sql(portfolio, schema, table, link)).to_pylist()
            counts = tuple((int(c["children"]), int(c["parents"])) for c in answer)
            shares = {c: row[f"m{n}"] / total if total else 0.0 for n, c in enumerate(columns)}
            children.append(Children(table.name, link.of, total, counts, shares))
    return tuple(children)
