"""What does a decision still need, once a model reads only some of the features?

A feature that selection took out is computed no more, unless a feature, a rule or the exposure that stays reads it; and
a raw column that only such features read is asked for no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from fiador.bundle import RawColumn
from fiador.expression import Expression, Ref
from fiador.features.plan import Plan
from fiador.portfolio import Portfolio, Table

Raw = Mapping[str, Mapping[str, RawColumn]]
_NOT_READING = {"name", "source_names", "columns", "clean", "expect", "says"}  # parts of a table that read no column


def no_longer_read(portfolio: Portfolio, query: Plan, dropped: Iterable[str]) -> tuple[str, ...]:
    """Of the features a model doesn't read, in order, those that nothing which stays reads either."""
    out = set(dropped)
    stays = {name for name in query.features if name not in out}
    stays |= {ref.column for ref in _decision_reads(portfolio) if not ref.table and ref.column in query.features}
    needed = stays | {name for each in stays for name in query.reads[each]}
    return tuple(name for name in query.features if name in out and name not in needed)


def raw_still_read(portfolio: Portfolio, query: Plan, gone: Iterable[str], raw: Raw) -> dict[str, dict[str, RawColumn]]:
    """The raw columns without those that only the features in `gone` read.

    A column nothing ever read stays. So does one that a rule, the exposure, a consistency rule, a table's own
    conditions, or an expectation that acts on a decision or leaves rows out of development, names.
    """
    out = set(gone)
    candidates = {name for feature in out for name in query.reads[feature]}
    needed = {name for feature in query.features if feature not in out for name in query.reads[feature] if "." in name}
    needed |= {str(ref) for ref in _decision_reads(portfolio)}  # a bare name is every table's
    result = {}
    for name, columns in raw.items():
        table = portfolio.tables[name]
        free = {
            column
            for column, raw_column in columns.items()
            if raw_column.role == "value"
            and f"{name}.{column}" in candidates
            and not {column, f"{name}.{column}"} & needed
            and column not in _named_in(table)
        }
        kept = _with_cleaning(table, set(columns) - free)
        result[name] = {column: raw_column for column, raw_column in columns.items() if column in kept}
    return result


def columns_read(plan: Plan, inputs: Iterable[str], table: Table) -> set[str]:
    """The columns of a table whose values a decision reads. inputs: the features its model reads."""
    p = plan.portfolio
    named = {str(ref) for ref in _decision_reads(p)}
    features = {*inputs, *named} & plan.reads.keys()
    reads = {name for feature in features for name in plan.reads[feature]}
    names = {name for name in reads if "." in name} | {f"{p.base}.{p.head.decided_at}"}
    if not table.many:
        names |= named | {f"{table.name}.{name}" for name in named - features}
    columns = {c for c in plan.relations.columns(table.name) if f"{table.name}.{c}" in names}
    columns |= {c for c, expected in table.expect.items() if expected.breach in ("refer", "refuse")}
    if not table.many or table.name in reads:
        parts = (table.time, table.known, table.known_at, table.reveals, table.where, table.derive)
        columns |= {name for part in parts for name in _names(part)} & set(plan.relations.columns(table.name))
    return _with_cleaning(table, columns)


def without(portfolio: Portfolio, gone: Iterable[str], raw: Raw) -> Portfolio:
    """The portfolio without these features, and without what it declares of columns that `raw` doesn't hold."""
    out = set(gone)
    if not out:
        return portfolio
    tables = {name: _narrowed(table, raw[name]) for name, table in portfolio.tables.items()}
    features = {name: feature for name, feature in portfolio.features.items() if name not in out}
    return portfolio.model_copy(update={"tables": tables, "features": features})


def _narrowed(table: Table, columns: Mapping[str, RawColumn]) -> Table:
    parts = {"columns": table.columns, "clean": table.clean, "expect": table.expect}
    return table.model_copy(update={p: {c: v for c, v in of.items() if c in columns} for p, of in parts.items()})


def _decision_reads(portfolio: Portfolio) -> Iterator[Ref]:
    """Every name a rule, the exposure or a consistency rule reads."""
    expressions = [rule.when for rule in portfolio.policy.rules.values()]
    expressions += [rule.holds for rule in portfolio.consistency.values()]
    expressions += [portfolio.costs.exposure] if portfolio.costs.exposure else []
    for expression in expressions:
        yield from expression.refs


def _named_in(table: Table) -> set[str]:
    """The columns a table's own declaration reads, whatever features there are."""
    acting = {
        column
        for column, expected in table.expect.items()
        if expected.breach in ("refer", "refuse") or expected.development == "drop"
    }
    parts = (getattr(table, part) for part in type(table).model_fields if part not in _NOT_READING)
    return acting | {name for part in parts for name in _names(part)}


def _names(value: object) -> Iterator[str]:
    """Every text in a declared value, and every column an expression in it reads."""
    if isinstance(value, Expression):
        yield from (ref.column for ref in value.refs)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _names(getattr(value, field))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (str(key), *_names(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)


def _with_cleaning(table: Table, kept: set[str]) -> set[str]:
    """The columns kept, and those the cleaning of a kept one reads."""
    more = {ref.column for column in kept & set(table.clean) for ref in table.clean[column].refs} - kept
    return _with_cleaning(table, kept | more) if more else kept
