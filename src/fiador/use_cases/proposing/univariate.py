"""What does each column alone say about the target?

A column that tells goods from bads by itself, or that only one class has, was written after the fact more often than it
is a wonder. Figures are in-sample: they look for leaks, and promise nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiador.expression import literal, quote
from fiador.use_cases.proposing.columns import ColumnFacts, percent, value_sql
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.missing import markers

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

LEAK = 0.95  # an AUC alone above this is no input's
SAMPLE = 200_000  # applications looked at, at most about; drawn by the hash of their key
_ENOUGH = 20  # of each class, below which nothing is said
_ROWS = "proposing:rows"
_LATE = 0.01
_ONE_CLASS = (0.005, 0.2)  # given in at most so many of one class, and in at least so many of the other


@dataclass(frozen=True)
class Univariate:
    """One column of the application's row against the target.

    auc: 0.5 to 1 over the rows that have a value, levels ranked by their bad rate; None where too few have one.
    in_bads, in_goods: share of each class with a value. late: share of a date's values after the decision.
    """

    auc: float | None
    in_bads: float
    in_goods: float
    late: float = 0.0

    @property
    def leak(self) -> str:
        """Why this can't have been known at the decision; '' where nothing says so.

        >>> Univariate(0.97, 1.0, 1.0).leak, Univariate(0.6, 0.9, 0.0).leak, Univariate(0.7, 1.0, 1.0).leak
        ('alone it tells bads from goods with an AUC of 0.970', 'given for 90 % of bads and 0 % of goods', '')
        """
        if self.auc is not None and self.auc > LEAK:
            return f"alone it tells bads from goods with an AUC of {self.auc:.3f}"
        if min(self.in_bads, self.in_goods) <= _ONE_CLASS[0] and max(self.in_bads, self.in_goods) >= _ONE_CLASS[1]:
            return f"given for {percent(self.in_bads, 1)} of bads and {percent(self.in_goods, 1)} of goods"
        return f"after the decision in {percent(self.late, 1)} of rows" if self.late > _LATE else ""


def univariate_figures(layout: Layout, engine: Engine) -> dict[tuple[str, str], Univariate]:
    """(table, column) -> its figures, for every column of base and looked-up tables but the target."""
    columns = [(node.name, c) for node in layout.on_row for c in layout.facts(node).columns.values()]
    columns = [(name, c) for name, c in columns if (name, c.name) != (layout.base, layout.target.column)]
    rows = engine.query(_rows_sql(layout, columns))
    engine.load(_ROWS, rows.schema, rows.to_batches())
    totals = engine.query(f"SELECT coalesce(sum(y), 0) AS bads, count(*) AS n FROM {quote(_ROWS)}").to_pylist()[0]
    bads, goods = int(totals["bads"]), int(totals["n"]) - int(totals["bads"])
    return {(name, c.name): _figures(n, c, bads, goods, engine) for n, (name, c) in enumerate(columns)}


def _rows_sql(layout: Layout, columns: Sequence[tuple[str, ColumnFacts]]) -> str:
    """One row per labelled application: y (1 is bad), then v0, v1, … in the order of the columns."""
    base, *looked_up = layout.on_row
    target = layout.target
    label = value_sql(target.column, layout.facts(base).columns[target.column].kind, base.name)
    label = f"CAST({label} AS INT)" if isinstance(target.bad, int) else label
    items = [f"CASE {label} WHEN {literal(target.bad)} THEN 1 WHEN {literal(target.good)} THEN 0 END AS y"]
    items += [f"{_value_sql(layout, name, column)} AS v{n}" for n, (name, column) in enumerate(columns)]
    joins = [f"FROM {quote(base.source)} AS {quote(base.name)}"]
    for node in looked_up:
        where = f" WHERE {node.where}" if node.where else ""
        on = " AND ".join(f"{end(node.of, up)} = {end(node.name, down)}" for up, down in node.on)
        joins.append(f"LEFT JOIN (SELECT * FROM {quote(node.source)}{where}) AS {quote(node.name)} ON {on}")
    every = layout.facts(base).rows // SAMPLE + 1
    key = f"{quote(base.name)}.{quote(layout.key)}"
    sample = f"hash({key}) % {every} = 0" if layout.key and every > 1 else "TRUE"
    return f"SELECT * FROM (SELECT {', '.join(items)} {' '.join(joins)} WHERE {sample}) WHERE y IS NOT NULL"


def _value_sql(layout: Layout, table: str, column: ColumnFacts) -> str:
    """A column without its sure markers; a date as days after the decision, where that is known."""
    value = value_sql(column.name, column.kind, table)
    for marker in (m for m in markers(column) if m.sure):
        value = f"nullif({value}, {literal(marker.value)})"
    if column.is_date and layout.decided:
        decided = f"{quote(layout.base)}.{quote(layout.decided)}"
        return f"CAST(CAST({value} AS DATE) - CAST({decided} AS DATE) AS BIGINT)"
    return value


def end(table: str, column: str) -> str:
    """One end of a link as text: '1' of a text column and 1 of a whole number are then the same."""
    return f"nullif(CAST({quote(table)}.{quote(column)} AS VARCHAR), '')"


def _figures(n: int, column: ColumnFacts, bads: int, goods: int, engine: Engine) -> Univariate:
    counts = engine.query(
        f"SELECT count(v{n}) FILTER (y = 1) AS b, count(v{n}) FILTER (y = 0) AS g FROM {quote(_ROWS)}"
    ).to_pylist()[0]
    if min(bads, goods) < _ENOUGH:
        return Univariate(None, 1.0, 1.0)
    in_bads, in_goods = counts["b"] / bads, counts["g"] / goods
    ranked = column.is_number or column.is_date or bool(column.levels)
    auc = _auc(n, column, engine) if ranked and min(counts["b"], counts["g"]) >= _ENOUGH else None
    return Univariate(auc, in_bads, in_goods, _late_share(n, engine) if column.is_date else 0.0)


def _auc(n: int, column: ColumnFacts, engine: Engine) -> float:
    """The probability that a bad outranks a good, ties counted half, or that it is outranked: the larger of the two."""
    rank = f"v{n}" if column.is_number or column.is_date else f"avg(y) OVER (PARTITION BY v{n})"
    sql = f"""WITH r AS (SELECT {rank} AS x, y FROM {quote(_ROWS)} WHERE v{n} IS NOT NULL),
    g AS (SELECT x, sum(y) AS b, count(*) - sum(y) AS g FROM r GROUP BY x),
    w AS (SELECT b, g, sum(g) OVER (ORDER BY x) - g AS below FROM g)
    SELECT sum(b * (below + g / 2)) / (sum(b) * sum(g)) AS auc FROM w"""
    auc = float(engine.query(sql).column("auc")[0].as_py())
    return max(auc, 1 - auc)


def _late_share(n: int, engine: Engine) -> float:
    """The share of a date's values after the decision; 0 where that isn't known, and its values are dates."""
    kind = str(engine.query(f"SELECT typeof(any_value(v{n})) AS t FROM {quote(_ROWS)}").column("t")[0].as_py())
    if kind != "BIGINT":
        return 0.0
    share = engine.query(f"SELECT avg(CAST(v{n} > 0 AS INT)) AS late FROM {quote(_ROWS)}").column("late")[0].as_py()
    return float(share or 0.0)
