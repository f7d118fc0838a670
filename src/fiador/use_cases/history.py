"""What do child tables say of every known application, kept so that nobody computes it twice?

A history is as of one moment, by one bundle, from one state of a store. Where rows came since, only their applications
are computed again, by the same statements over those applications' rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from fiador.bundle import Bundle
from fiador.features.statements import MEASURED
from fiador.use_cases.feature_table import measured_columns
from fiador.use_cases.lookup import ASKED, owned_rows_sql, rows_of_asked_sql, touched_sql
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Progress, silent
from fiador.use_cases.scoring.scorer import scorer_of

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

Parts = Mapping[str, pa.Table]
"""MEASURED, `key` and features; and by name the raw rows of the base and each looked-up table, with their `key`.

Each is sorted by key; MEASURED and the base have a row an application.
"""


def materialise(bundle: Bundle, *, engine: Engine, progress: Progress = silent) -> Parts:
    """The history of every application in the engine's tables that has a key."""
    scorer = scorer_of(bundle)
    measured = measured_columns(scorer.statements, RawTables(engine, models=scorer.learned), progress=progress)
    rows = {table: engine.query(sql) for table, sql in owned_rows_sql(bundle.portfolio, bundle.raw).items()}
    return {MEASURED: measured, **rows}


def touched(bundle: Bundle, *, engine: Engine, since: int) -> pa.Table:
    """`key` of every application with rows that an ingest after `since` brought to the store the engine reads."""
    return engine.query(touched_sql(bundle.portfolio), {"since": since})


def refreshed(parts: Parts, bundle: Bundle, keys: pa.Table, *, engine: Engine, scratch: Engine) -> Parts:
    """A history with these applications computed again. scratch: an engine that holds nothing yet."""
    for table, sql in rows_of_asked_sql(bundle.portfolio, bundle.raw).items():
        rows = engine.query(sql, tables={ASKED: keys})
        scratch.load(table, rows.schema, iter(rows.to_batches()))
    new = materialise(bundle, engine=scratch)
    return {name: _with(new[name], old, keys) for name, old in parts.items()}


def _with(new: pa.Table, old: pa.Table, keys: pa.Table) -> pa.Table:
    """Rows by key, the new ones in place of the old ones of these keys."""
    is_new = pc.is_in(old.column("key"), keys.column("key").combine_chunks().cast(old.schema.field("key").type))
    kept = old.filter(pc.invert(is_new))
    return pa.concat_tables([kept, new.cast(old.schema)]).sort_by("key")
