"""What do a row's columns come to, once those they follow from are drawn?"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from fiador.expression import Expression, Ref, quote


def inputs_of(steps: Mapping[str, Expression], own: str) -> tuple[str, ...]:
    """The names that must be there before the first step: what a step reads and no step before it made.

    A step that reads its own name reads what was drawn.

    >>> from fiador.expression import parse
    >>> inputs_of({"a": parse("b + loans.c"), "d": parse("a + loans.e")}, "loans")
    ('b', 'c', 'e')
    """
    results: set[str] = set()
    needed: dict[str, None] = {}
    for name, expression in steps.items():
        needed |= dict.fromkeys(inputs for ref in expression.refs if (inputs := named(ref, own)) not in results)
        results.add(name)
    return tuple(needed)


def named(ref: Ref, own: str) -> str:
    """A reference as a column here: bare where it is the table's own."""
    return ref.column if ref.table in ("", own) else str(ref)


def compute(
    steps: Mapping[str, Expression],
    inputs: Mapping[str, pa.Array],
    wanted: Mapping[str, str],
    own: str,
    engine: duckdb.DuckDBPyConnection,
) -> dict[str, pa.Array]:
    """The `wanted` names (with the SQL type each is cast to) after all steps, in the rows' order."""
    have = set(inputs)
    sql = "SELECT * FROM drawn"
    for name, expression in steps.items():
        value = f"{expression.sql(lambda ref: quote(named(ref, own)))}"
        stars = f"* REPLACE ({value} AS {quote(name)})" if name in have else f"*, {value} AS {quote(name)}"
        sql = f"SELECT {stars} FROM ({sql})"
        have.add(name)
    casts = ", ".join(f"CAST({quote(name)} AS {kind}) AS {quote(name)}" for name, kind in wanted.items())
    engine.register("drawn", pa.table(dict(inputs)))
    answer = engine.execute(f"SELECT {casts} FROM ({sql})").to_arrow_table()
    engine.unregister("drawn")
    return {name: answer[name].combine_chunks() for name in wanted}
