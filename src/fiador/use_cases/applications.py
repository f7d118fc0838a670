"""Which applications are known, and which raw rows belong to one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.bundle import Bundle
from fiador.errors import UnknownKeyError
from fiador.portfolio.types import TYPES
from fiador.use_cases.lookup import page_sql, rows_sql

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine


def load_nothing(bundle: Bundle, engine: Engine) -> None:
    """Empty tables in the engine: a service that knows no application, and decides on those it is sent."""
    for name, columns in bundle.raw.items():
        schema = pa.schema({c: TYPES[column.type].arrow for c, column in columns.items()})
        engine.load(name, schema, iter(()))


def application(bundle: Bundle, key: str, *, engine: Engine) -> dict[str, list[dict[str, object]]]:
    """The raw rows of a known application, by table, the target left out; UnknownKeyError where there is none."""
    tables: dict[str, pa.Table] = {}
    for table, sql in rows_sql(bundle.portfolio, bundle.raw).items():
        tables[table] = engine.query(sql, {"key": key})
    if not tables[bundle.portfolio.base].num_rows:
        raise unknown_application(bundle, key)
    return {table: rows.to_pylist() for table, rows in tables.items()}


def unknown_application(bundle: Bundle, key: str) -> UnknownKeyError:
    """What to raise where no known application has this key."""
    hint = "List them with GET /v1/applications."
    return UnknownKeyError(f"no application '{key}'.", where=bundle.portfolio.key, hint=hint)


@dataclass(frozen=True)
class Page:
    """Some keys in order, and how many there are in all."""

    keys: list[str]
    total: int


def offset_after(offset: int, shown: int, total: int) -> int | None:
    """Where the page after begins; None where this was the last.

    >>> offset_after(0, 50, 70), offset_after(50, 20, 70), offset_after(90, 0, 70)
    (50, None, None)
    """
    after = offset + shown
    return after if shown and after < total else None


def list_applications(bundle: Bundle, *, engine: Engine, limit: int = 50, offset: int = 0, search: str = "") -> Page:
    """The keys of known applications that begin with `search`, sorted."""
    keys, total = page_sql(bundle.portfolio)
    values = {"search": search}
    page = engine.query(keys, {**values, "limit": limit, "offset": offset}).column("key").to_pylist()
    return Page([str(k) for k in page], int(engine.query(total, values).column("total")[0].as_py()))
