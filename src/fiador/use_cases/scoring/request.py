"""How do one application's raw rows become the tables the SQL reads?

Every row of a request belongs to its one application, so link columns may be left out: they are filled in along the
links. Where they are given they must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa

from fiador.bundle import RawColumn
from fiador.errors import RequestError, did_you_mean
from fiador.portfolio import Link, Portfolio, Table
from fiador.portfolio.types import TYPES

Rows = list[dict[str, object]]


def arrow_tables(
    portfolio: Portfolio,
    raw: Mapping[str, Mapping[str, RawColumn]],
    tables: Mapping[str, Sequence[Mapping[str, object]]],
) -> dict[str, pa.Table]:
    """The request's rows as Arrow tables of the bundle's raw types, links filled in; absent tables are empty."""
    rows = {name: [dict(row) for row in tables.get(name, ())] for name in raw}
    _refuse_unknown(portfolio, raw, tables)
    if len(rows[portfolio.base]) != 1:
        count = len(rows[portfolio.base])
        raise RequestError(f"{count} rows, expected one.", where=portfolio.base, hint="A request is one application.")
    for table in portfolio.tables.values():
        if not _may_have_several(portfolio, table) and len(rows[table.name]) > 1:
            raise RequestError(
                f"{len(rows[table.name])} rows, expected one at most.",
                where=table.name,
                hint="It is looked up: one row an application.",
            )
    _fill_links(portfolio, raw, rows)
    if _blank(rows[portfolio.base][0].get(portfolio.key)):
        rows[portfolio.base][0][portfolio.key] = TYPES[raw[portfolio.base][portfolio.key].type].blank
    return {name: _arrow(name, rows[name], columns) for name, columns in raw.items()}


def _may_have_several(p: Portfolio, table: Table) -> bool:
    """Whether an application may have several rows: of a table of many, or where `where` chooses on the way to it."""
    if table.many or not table.one:
        return bool(table.many)
    return bool(table.where) or _may_have_several(p, p.tables[table.one.of])


def _refuse_unknown(
    p: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]], tables: Mapping[str, Sequence[Mapping[str, object]]]
) -> None:
    for name, rows in tables.items():
        if name not in raw:
            raise RequestError(f"no table '{name}'.", where=name, hint=did_you_mean(name, raw))
        known = [c for c, column in raw[name].items() if column.role != "target"]
        for row in rows:
            for column in row:
                if column not in known:
                    hint = (
                        "The target is not known at the decision."
                        if column == p.target.column
                        else did_you_mean(column, known)
                    )
                    raise RequestError(f"no column '{column}'.", where=f"{name}.{column}", hint=hint)


def _fill_links(p: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]], rows: dict[str, Rows]) -> None:
    """Link tables without rows get one where something hangs under them; a blank end takes the other's value."""
    links = [(name, link) for name in _outwards(p) for link in p.tables[name].links]
    for name, link in reversed(links):
        if rows[name] and not rows[link.of] and not p.tables[link.of].many:
            rows[link.of] = [{}]
    for name, link in links:
        parents = rows[link.of]
        if len(parents) > 1 or (p.tables[link.of].many and not parents):
            _require_parents(name, link, rows)
            continue
        for above, below in link.on:
            filler = TYPES[raw[name][below].type].blank
            for row in rows[name]:
                if p.tables[link.of].many and not _blank(row.get(below)) and not _blank(parents[0].get(above)):
                    continue  # it names its parent: this one, or one that isn't here, which is none of its own
                _agree(parents[0], f"{link.of}.{above}", row, f"{name}.{below}", filler)


def _require_parents(name: str, link: Link, rows: dict[str, Rows]) -> None:
    """Where the table above has several rows, each row names its own; where it has none, it may name nobody's."""
    if not rows[link.of]:
        return
    for _, below in link.on:
        if any(_blank(row.get(below)) for row in rows[name]):
            raise RequestError(
                f"a row names none of the {len(rows[link.of])} rows of {link.of}.",
                where=f"{name}.{below}",
                hint=f"Give each row of {name} the {below} of its row of {link.of}.",
            )


def _agree(parent: dict[str, object], above: str, child: dict[str, object], below: str, filler: object) -> None:
    """Both ends of a link, named `table.column`, hold one value afterwards; RequestError where they hold two."""
    up, down = above.split(".", 1)[1], below.split(".", 1)[1]
    values = [value for value in (parent.get(up), child.get(down)) if not _blank(value)]
    if len(set(values)) > 1:
        what = f"{values[0]!r} in {above} and {values[1]!r} in {below}: they name different applications."
        raise RequestError(what, where=below, hint="Send the rows of one application, or leave link columns out.")
    parent[up] = child[down] = values[0] if values else filler


def _outwards(p: Portfolio) -> list[str]:
    """Tables, each after those it hangs under."""
    order = [p.base]
    while len(order) < len(p.tables):
        order += [
            t.name for t in p.tables.values() if t.name not in order and all(link.of in order for link in t.links)
        ]
    return order


def _arrow(name: str, rows: Rows, columns: Mapping[str, RawColumn]) -> pa.Table:
    inputs = {c: column for c, column in columns.items() if column.role != "target"}
    return pa.table(
        {c: _column(name, c, [row.get(c) for row in rows], TYPES[column.type].arrow) for c, column in inputs.items()}
    )


def _column(table: str, column: str, values: list[object], arrow: pa.DataType) -> pa.Array:
    try:
        return pa.array([_read(v, arrow) for v in values], type=arrow)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError) as error:
        bad = next((v for v in values if v is not None), None)
        raise RequestError(
            f"{bad!r} is not of type {arrow} ({error}).",
            where=f"{table}.{column}",
            hint="Send a value of that type, or null.",
        ) from None


def _read(value: object, arrow: pa.DataType) -> object:
    """Dates arrive as ISO text; '' is missing everywhere."""
    if value == "":
        return None
    if isinstance(value, str) and pa.types.is_timestamp(arrow):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and pa.types.is_date(arrow):
        return date.fromisoformat(value)
    return value


def _blank(value: object) -> bool:
    return value is None or value == ""
