"""What does a typical row of each raw table look like, for a request's example and a form's first values?"""

from __future__ import annotations

from fiador.expression import quote
from fiador.features.relations import Relations, assemble
from fiador.features.schema import Schema, key_columns
from fiador.portfolio import Portfolio


def typical_sql(portfolio: Portfolio, schema: Schema) -> dict[str, str]:
    """Per table the statement that answers one row: a middle value of every number, the most frequent of the rest."""
    relations = Relations(portfolio, schema)
    result = {}
    for table in portfolio.tables.values():
        keys = key_columns(portfolio, table.name)
        columns = [c for c in relations.columns(table.name) if c not in keys]
        items = [
            f"{_typical(c, schema.tables[table.name][c], relations.last_step(table.name))} AS {quote(c)}"
            for c in columns
        ]
        if items:
            result[table.name] = assemble(
                relations.table(table), f"SELECT {', '.join(items)}\nFROM {relations.last_step(table.name)}"
            )
    return result


def _typical(column: str, kind: str, rows: str) -> str:
    name = quote(column)
    if kind == "integer":
        return f"CAST(quantile_disc({name}, 0.5) AS BIGINT)"
    if kind in ("number", "date", "timestamp"):
        return f"quantile_disc({name}, 0.5)"
    counted = f"SELECT {name} AS value, count(*) AS n FROM {rows} WHERE {name} IS NOT NULL GROUP BY value"
    return f"(SELECT value FROM ({counted}) ORDER BY n DESC, value LIMIT 1)"
