"""From a source's tables to a store: in what order is one written?

Everything is written aside, in the store's own folder, and moved in when it is whole; then the manifest is replaced,
which is the moment the store changes. Whoever is killed before that leaves the store as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote as as_file_name

import pyarrow as pa

from fiador.adapters.disk.aside import ASIDE, moved_in, replace_file, sweep, written_alone
from fiador.adapters.disk.manifest import MANIFEST
from fiador.adapters.engines.limits import Limits
from fiador.adapters.sources.native import likely_tables, scan, sql_type
from fiador.adapters.sources.store.manifest import (
    STORE,
    StoredFile,
    StoredTable,
    StoreManifest,
    Taken,
    columns_of,
    described,
    read_manifest,
    to_json,
)
from fiador.adapters.sources.store.order import Order, orders
from fiador.adapters.sources.store.sorting import Misread, Parent, Sorter, StoredRows, parquet
from fiador.adapters.sources.store.source import open_store
from fiador.errors import DataError, did_you_mean
from fiador.expression import quote
from fiador.features.schema import read_schema
from fiador.portfolio import Portfolio, Table
from fiador.portfolio.types import TYPES, column_type
from fiador.use_cases.ports import BROUGHT, Progress, Source, silent
from fiador.use_cases.tables import readable_types
from fiador.version import __version__
from fiador.words.places import shown

MOST_FILES = 4
"""Files a table may have before an append rewrites them as one: each costs a look-up its footer."""


def ingest(
    portfolio: Portfolio,
    source: Source,
    store: Path,
    *,
    now: datetime,
    memory: int | None = None,
    progress: Progress = silent,
) -> StoreManifest:
    """Write a portfolio's tables as a store, in place of what the store held; what it says of itself.

    Only columns the portfolio reads are kept, typed as it declares them. memory: bytes the process should keep to.
    DataError, and nothing changed, where the tables aren't as declared, the folder is no store of this portfolio,
    somebody else is writing it, or memory or disk run out.
    """
    with written_alone(store, "store", is_one=STORE.is_one):
        before = read_manifest(store) if STORE.is_one(store) else None
        _require_same(portfolio, before, store)
        call = _Ingest(portfolio, source, store, before, now, progress)
        return _write(call, memory, adding=False)


def append(
    portfolio: Portfolio,
    source: Source,
    store: Path,
    *,
    now: datetime,
    memory: int | None = None,
    progress: Progress = silent,
) -> StoreManifest:
    """Add the rows of an incremental source to a store; what the store says of itself.

    Of a table with a key, of looked-up tables and of applications, the rows whose key isn't there yet; of the others
    every row given. A table the source doesn't have brings none. Open the source with the store's `types`.
    """
    with written_alone(store, "store", is_one=STORE.is_one):
        if not STORE.is_one(store):
            raise DataError("there is no store to add to.", where=str(store), hint="Ingest without --append first.")
        before = open_store(str(store), {}).manifest
        _require_same(portfolio, before, store)
        call = _Ingest(portfolio, source, store, before, now, progress)
        return _write(call, memory, adding=True)


def _require_same(portfolio: Portfolio, before: StoreManifest | None, store: Path) -> None:
    if before and before.portfolio != portfolio.name:
        what = f"is a store of '{before.portfolio}', not of '{portfolio.name}'."
        raise DataError(what, where=str(store), hint="Give each portfolio a store of its own.")


@dataclass(frozen=True)
class _Ingest:
    """What one ingest was asked."""

    portfolio: Portfolio
    source: Source
    store: Path
    before: StoreManifest | None
    now: datetime
    progress: Progress

    @property
    def generation(self) -> int:
        return self.before.generation + 1 if self.before else 1

    @property
    def aside(self) -> Path:
        return self.store / ASIDE / f"{self.generation:06d}"


@dataclass(frozen=True)
class _TablePlan:
    """How one table is stored. incoming: its columns as the source types them; stored: as they are kept."""

    name: str
    table: Table
    order: Order
    incoming: pa.Schema
    stored: pa.Schema


@dataclass
class _Written:
    """The tables so far: (files they had, files they get), and the rows that came."""

    tables: dict[str, StoredTable] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def _write(call: _Ingest, memory: int | None, *, adding: bool) -> StoreManifest:
    call.aside.mkdir(parents=True)
    spill = call.store / ASIDE / "spill"
    spill.mkdir()
    schemas = likely_tables(call.source)
    tables = list(_wanted(call, schemas, adding=adding))
    scans = [
        table_scan for name, _ in tables if name in schemas and (table_scan := scan(call.source, name, schemas[name]))
    ]
    limits = Limits(memory, spill, tuple(str(s.path) for s in scans), (str(call.store.absolute()),))
    written = _Written(dict(call.before.tables) if call.before and adding else {})
    with closing(Sorter(limits, where=shown(call.source.location))) as sorter:
        for done, (name, order) in enumerate(tables):
            call.progress(f"ingesting {name}", done, len(tables))
            _write_table(call, sorter, written, schemas, (name, order), adding=adding)
        call.progress("ingesting", len(tables), len(tables))
        return _swapped(call, sorter, written, adding=adding)


def _wanted(call: _Ingest, schemas: Mapping[str, pa.Schema], *, adding: bool) -> Iterator[tuple[str, Order]]:
    """The source's tables the portfolio reads, each once, parents first; to add to a store, those it has as well."""
    names: set[str] = set()
    stored = call.before.tables if call.before and adding else {}
    for order in orders(call.portfolio).values():
        for name in call.portfolio.tables[order.table].source_names:
            if name not in names and (name in schemas or name in stored or not adding):
                names.add(name)
                yield name, order


def _plan(call: _Ingest, schemas: Mapping[str, pa.Schema], name: str, order: Order, *, adding: bool) -> _TablePlan:
    types = readable_types(call.portfolio, schemas)
    if adding and call.before:
        types |= {t: {c.name: column_type(c.type) for c in s.schema} for t, s in call.before.tables.items()}
    schema = read_schema(call.portfolio, types, needs_target=False)
    declared = schema.tables[order.table]
    incoming = pa.schema([schemas[name].field(c) for c in declared if c in schemas[name].names])
    stored = pa.schema([(c.name, _stored(c.type, declared[c.name])) for c in incoming])
    needed = [order.column] if order.via is None else [child for _, child in order.via.on]
    for column in needed:
        if column not in stored.names:
            where = f"{shown(call.source.location)}: {name}"
            raise DataError(
                f"no column '{column}', its key.", where=where, hint=did_you_mean(column, schemas[name].names)
            )
    if adding and call.before:
        stored = _as_before(call, name, incoming, call.before)
    return _TablePlan(name, call.portfolio.tables[order.table], order, incoming, stored)


def _as_before(call: _Ingest, name: str, read: pa.Schema, before: StoreManifest) -> pa.Schema:
    """The columns as the store has them; DataError where the rows to add have others."""
    has = before.tables[name].schema if name in before.tables else pa.schema([])
    differ = sorted(set(has.names) ^ set(read.names))
    if differ:
        holder = "the store" if differ[0] in has.names else "the rows to add"
        what = f"only {holder} {'has' if holder == 'the store' else 'have'} column '{differ[0]}'."
        where = f"{shown(call.source.location)}: {name}"
        raise DataError(what, where=where, hint="Add rows of the same columns, or ingest everything anew.")
    for column in has:
        incoming, stored = (column_type(kind) for kind in (read.field(column.name).type, column.type))
        if incoming not in (None, stored) and (incoming, stored) != ("integer", "number"):
            what = f"is {incoming} in the rows to add and {stored} in the store."
            where = f"{shown(call.source.location)}: {name}.{column.name}"
            raise DataError(what, where=where, hint="Mend the rows, or ingest everything anew.")
    return has


def _stored(stated: pa.DataType, declared: str) -> pa.DataType:
    """The type a column is stored as: the source's own where it is what is declared, else the declared one's."""
    if column_type(stated) == declared and sql_type(stated):
        return stated
    return TYPES[declared].arrow


def _write_table(
    call: _Ingest,
    sorter: Sorter,
    written: _Written,
    schemas: dict[str, pa.Schema],
    table: tuple[str, Order],
    *,
    adding: bool,
) -> None:
    """Write a table's rows; where it now has too many files, or rows whose parent came late, all of them anew."""
    name, order = table
    before = written.tables.get(name)
    parent = _parent(call, written, order)
    files, kept = (before.files, before.schema) if before else ((), pa.schema([]))
    if name in schemas or not before:
        plan, new = _new_file(call, sorter, schemas, table, parent, adding=adding)
        written.rows[name], kept = new.rows, plan.stored
        files += (new,) if new.rows or not before else ()
    if before and (len(files) > MOST_FILES or _came_late(call, written, order, before)):
        files = (_rewritten(call, sorter, table, parent, files, kept=kept),)
    written.tables[name] = StoredTable(columns_of(kept), order.column, files, 0)


def _new_file(
    call: _Ingest,
    sorter: Sorter,
    schemas: dict[str, pa.Schema],
    table: tuple[str, Order],
    parent: Parent | None,
    *,
    adding: bool,
) -> tuple[_TablePlan, StoredFile]:
    """The rows that come, in a file: read by DuckDB itself where it can, else as the source hands them on."""
    name, order = table
    target = call.aside / f"{as_file_name(name, safe='')}.parquet"
    plan = _plan(call, schemas, name, order, adding=adding)
    known = _known(call, plan) if adding else None
    query, brought = scan(call.source, name, plan.incoming), str(call.generation)
    try:
        if query is None:
            raise Misread
        rows = sorter.write(query.sql, plan.stored, order, target, parent=parent, known=known, brought=brought)
    except Misread:
        schemas[name] = call.source.tables()[name]
        plan = _plan(call, schemas, name, order, adding=adding)
        batches = call.source.read(name, plan.incoming.names)
        rows = sorter.write_stream(
            batches, plan.incoming, plan.stored, order, target, parent=parent, known=known, brought=brought
        )
    return plan, described(target, name=f"{call.aside.name}/{target.name}", rows=rows)


def _parent(call: _Ingest, written: _Written, order: Order) -> Parent | None:
    if order.via is None:
        return None
    above = [name for name in call.portfolio.tables[order.via.of].source_names if name in written.tables]
    files = tuple(path for name in above for path in _paths(call, written.tables[name].files))
    return Parent(order.via, files, orders(call.portfolio)[order.via.of].column)


def _known(call: _Ingest, plan: _TablePlan) -> StoredRows | None:
    """What tells a row that is there already; None where every row is new."""
    base, table = plan.table.name == call.portfolio.base, plan.table
    columns = (call.portfolio.key,) if base else table.key
    if table.one and not columns:
        columns = tuple(child for _, child in table.one.on)
    tables = call.before.tables if call.before else {}
    held = [tables[name] for name in table.source_names if name in tables]
    files = tuple(file for each in held for file in each.files)
    named = frozenset(column for each in held for column in each.columns)
    return StoredRows(_paths(call, files), named, columns) if columns and files else None


def _came_late(call: _Ingest, written: _Written, order: Order, before: StoredTable) -> bool:
    """Whether rows that led to no application may do so now."""
    above = call.portfolio.tables[order.via.of].source_names if order.via else ()
    return bool(before.orphans and any(written.rows.get(name) for name in above))


def _rewritten(
    call: _Ingest,
    sorter: Sorter,
    table: tuple[str, Order],
    parent: Parent | None,
    files: tuple[StoredFile, ...],
    *,
    kept: pa.Schema,
) -> StoredFile:
    """All rows of a table as one file; DataError where one of its files isn't what was written."""
    for file in files:
        (path,) = _paths(call, (file,))
        if described(Path(path), name=file.name, rows=file.rows) != file:
            hint = "Restore the file from a copy, or ingest everything anew."
            raise DataError(f"'{file.name}' was changed after it was written.", where=str(call.store), hint=hint)
    name, order = table
    target = call.aside / f"{as_file_name(name, safe='')}.all.parquet"
    rows = f"FROM {parquet(_paths(call, files))}"
    try:
        count = sorter.write(rows, kept, order, target, parent=parent, known=None, brought=f"t.{quote(BROUGHT)}")
    except Misread as error:
        what = f"{name} can't be written anew ({str(error).splitlines()[0]})."
        raise DataError(what, where=str(call.store), hint="Ingest everything anew.") from error
    return described(target, name=f"{call.aside.name}/{target.name}", rows=count)


def _paths(call: _Ingest, files: tuple[StoredFile, ...]) -> tuple[str, ...]:
    """Where files are: those of this ingest still aside."""
    aside = call.store.absolute() / ASIDE
    return tuple(
        str((aside if file.name.startswith(f"{call.aside.name}/") else call.store.absolute()) / file.name)
        for file in files
    )


def _swapped(call: _Ingest, sorter: Sorter, written: _Written, *, adding: bool) -> StoreManifest:
    """Move the files in and replace the manifest."""
    at = call.now.isoformat(timespec="seconds")
    before = call.before.ingests if call.before and adding else ()
    tables = _with_orphans(call, sorter, written.tables)
    taken = Taken(at, __version__, shown(call.source.location), written.rows, _identity(call, tables))
    manifest = StoreManifest(call.portfolio.name, call.generation, tables, (*before, taken))
    for path in call.aside.iterdir():
        if f"{call.aside.name}/{path.name}" not in manifest.files:
            path.unlink()
    moved_in(call.aside, call.store)
    replace_file(call.store / MANIFEST, to_json(manifest))
    # who opened the store before reads on: the files of the manifest before stay
    sweep(call.store, manifest.files | (call.before.files if call.before else set()))
    return manifest


def _identity(call: _Ingest, tables: Mapping[str, StoredTable]) -> str:
    """What tells this ingest from every other: a digest of its time and of the files it wrote."""
    new = [file.sha256 for table in tables.values() for file in table.files if file.name.startswith(call.aside.name)]
    return hashlib.sha256("\n".join([call.now.isoformat(), *sorted(new)]).encode()).hexdigest()


def _with_orphans(call: _Ingest, sorter: Sorter, tables: Mapping[str, StoredTable]) -> dict[str, StoredTable]:
    base = [name for name in call.portfolio.tables[call.portfolio.base].source_names if name in tables]
    keys = [path for name in base for path in _paths(call, tables[name].files)]
    return {
        name: replace(
            table, orphans=sorter.orphans(_paths(call, table.files), table.sorted_by, keys, call.portfolio.key)
        )
        for name, table in tables.items()
    }
