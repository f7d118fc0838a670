"""How is a materialised history kept on disk, and when may it be believed?

A folder of Arrow files that are mapped and not read, and a manifest: which bundle's, as of which moment, from which
ingests of a store. One that differs in any of them is refused; it is never answered from.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as as_file_name

import pyarrow as pa

from fiador.adapters.disk.aside import ASIDE, moved_in, replace_file, sweep, written_alone
from fiador.adapters.disk.manifest import MANIFEST, FolderKind
from fiador.adapters.sources.store.manifest import StoreManifest
from fiador.bundle import Bundle
from fiador.errors import DataError
from fiador.features.statements import MEASURED
from fiador.use_cases import history
from fiador.use_cases.ports import Progress, silent
from fiador.use_cases.scoring.scorer import scorer_of

if TYPE_CHECKING:
    from fiador.use_cases.history import Parts
    from fiador.use_cases.ports import Engine

HISTORY = FolderKind(
    "history",
    format=1,
    restore="Remove the folder, and write it again.",
    elsewhere="write it into another folder",
)


@dataclass(frozen=True)
class Made:
    """What a history was made of. as_of: the moment, '' where it is each application's own decision.

    sql: digest of the statement the features come from. store: the ids of the store's ingests, the first one first.
    """

    portfolio: str
    bundle: str
    as_of: str
    sql: str
    store: tuple[str, ...]


@dataclass(frozen=True)
class HistoryManifest:
    """What a history says of itself. files: name -> bytes. computed: applications that were computed last."""

    made: Made
    generation: int
    at: str
    applications: int
    computed: int
    files: Mapping[str, int]


def keep(
    bundle: Bundle,
    folder: Path,
    *,
    store: StoreManifest,
    engine: Engine,
    scratch: Callable[[], Engine],
    now: datetime,
    progress: Progress = silent,
) -> HistoryManifest:
    """Write the history of every application in a store, in place of what the folder held; what it says of itself.

    Where the folder holds one of the same bundle and moment, and rows were only added to the store since, their
    applications alone are computed. engine: holds the store's tables. scratch: opens an engine that holds nothing.
    DataError, and nothing changed, where the folder is none of fiador's or a newer one's.
    """
    with written_alone(folder, "history", is_one=HISTORY.is_one):
        before = read_manifest(folder) if HISTORY.is_one(folder) else None
        made = made_of(bundle, store)
        since = store.since(before.made.store) if before and _same_but_store(before.made, made) else None
        if before is None or since is None:
            parts = history.materialise(bundle, engine=engine, progress=progress)
            return _written(folder, before, made, parts, computed=parts[MEASURED].num_rows, now=now)
        if since == store.generation:
            return replace(before, computed=0)
        keys = history.touched(bundle, engine=engine, since=since)
        old = {name: _mapped(folder / file) for name, file in _files(before, kept_tables(bundle)).items()}
        parts = history.refreshed(old, bundle, keys, engine=engine, scratch=scratch())
        return _written(folder, before, made, parts, computed=keys.num_rows, now=now)


def made_of(bundle: Bundle, store: StoreManifest) -> Made:
    """What a history of this bundle from this store would be made of."""
    portfolio, sql = bundle.portfolio, scorer_of(bundle).plan.sql
    digest = hashlib.sha256(sql.encode()).hexdigest()
    as_of = str(portfolio.as_of) if portfolio.as_of else ""
    return Made(portfolio.name, bundle.id, as_of, digest, tuple(taken.id for taken in store.ingests))


def kept_tables(bundle: Bundle) -> list[str]:
    """The names of a history's files: what was measured, then the tables whose rows it keeps."""
    return [MEASURED, *(name for name, table in bundle.portfolio.tables.items() if not table.many)]


def _same_but_store(one: Made, other: Made) -> bool:
    return {**asdict(one), "store": ()} == {**asdict(other), "store": ()}


def open_history(folder: Path, bundle: Bundle, *, store: StoreManifest) -> KeptHistory:
    """The history in a folder, of this bundle and this store as it is; DataError, saying what differs, of another."""
    manifest = read_manifest(folder)
    require_of(manifest.made, made_of(bundle, store), folder)
    for name, size in manifest.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            what = f"'{name}' is missing or was changed after it was written."
            raise DataError(what, where=str(folder), hint="Remove the folder, and write it again: fiador history.")
    files = _files(manifest, kept_tables(bundle))
    return KeptHistory(
        manifest.made.as_of, {name: SortedRows.of(_mapped(folder / file)) for name, file in files.items()}
    )


def require_of(made: Made, wanted: Made, folder: Path) -> None:
    """Pass, or a DataError that says in what a history differs from the one asked for."""
    differs = {
        "portfolio": f"is a history of '{made.portfolio}', not of '{wanted.portfolio}'.",
        "bundle": f"is a history of bundle {made.bundle[:12]}, not of {wanted.bundle[:12]}.",
        "as_of": f"is as of {made.as_of or 'each decision'}, not as of {wanted.as_of or 'each decision'}.",
        "sql": "its features were computed by other statements than this version's.",
        "store": "is of another state of the store: rows came since, or it was ingested anew.",
    }
    for part, what in differs.items():
        if getattr(made, part) != getattr(wanted, part):
            hint = "Write it again: fiador history BUNDLE --source STORE --out FOLDER."
            raise DataError(what, where=str(folder), hint=hint)


@dataclass(frozen=True)
class KeptHistory:
    """What was materialised, by application. as_of: the moment it is valid for, '' for each application's own."""

    as_of: str
    parts: Mapping[str, SortedRows]

    def of(self, key: str) -> dict[str, pa.Table] | None:
        """An application's measured features under MEASURED, and its raw rows by table; None where it isn't there."""
        tables = {name: rows.of_key(key) for name, rows in self.parts.items()}
        return tables if tables[MEASURED].num_rows == 1 else None


@dataclass(frozen=True)
class SortedRows:
    """A table sorted by `key`. keys: that column; whole numbers or texts."""

    table: pa.Table
    keys: Sequence[Any]

    @staticmethod
    def of(table: pa.Table) -> SortedRows:
        """A table that has a `key`; the others of its columns stay on the disk until a row of them is asked for."""
        column = table.column("key").combine_chunks()
        whole = pa.types.is_integer(column.type)
        return SortedRows(table, column.to_numpy() if whole else column.to_pylist())

    def of_key(self, key: str) -> pa.Table:
        """The rows of one application, its key as text; none where it isn't there."""
        value = _as_kept(key, self.table.schema.field("key").type)
        if value is None:
            return self.table.slice(0, 0)
        at = bisect.bisect_left(self.keys, value)
        return self.table.slice(at, bisect.bisect_right(self.keys, value, lo=at) - at)


def _as_kept(key: str, kind: pa.DataType) -> int | str | None:
    """A key as the column holds it; None where no key is written so.

    >>> _as_kept("7", pa.int64()), _as_kept("07", pa.int64()), _as_kept("07", pa.string())
    (7, None, '07')
    """
    if not pa.types.is_integer(kind):
        return key
    try:
        return int(key) if str(int(key)) == key else None
    except ValueError:
        return None


def _written(
    folder: Path, before: HistoryManifest | None, made: Made, parts: Parts, *, computed: int, now: datetime
) -> HistoryManifest:
    generation = before.generation + 1 if before else 1
    aside = folder / ASIDE / f"{generation:06d}"
    aside.mkdir(parents=True)
    sizes = {}
    for name, table in parts.items():
        path = aside / _file(name)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        sizes[f"{aside.name}/{path.name}"] = path.stat().st_size
    rows, at = parts[MEASURED].num_rows, now.isoformat(timespec="seconds")
    manifest = HistoryManifest(made, generation, at, rows, computed, sizes)
    moved_in(aside, folder)
    replace_file(folder / MANIFEST, HISTORY.to_json(asdict(manifest)))
    sweep(folder, {*manifest.files, *(before.files if before else ())})  # who opened the one before reads on
    return manifest


def _file(name: str) -> str:
    return "measured.arrow" if name == MEASURED else f"rows-{as_file_name(name, safe='')}.arrow"


def _files(manifest: HistoryManifest, names: Sequence[str]) -> dict[str, str]:
    return {name: f"{manifest.generation:06d}/{_file(name)}" for name in names}


def _mapped(path: Path) -> pa.Table:
    """A file's table, mapped: a page is read when a row of it is asked for."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        what = f"'{path.name}' can't be read ({str(error).splitlines()[0]})."
        raise DataError(what, where=str(path.parent.parent), hint="Remove the folder, and write it again.") from None


def read_manifest(folder: Path) -> HistoryManifest:
    """The manifest of a history; DataError where there is none, it can't be read, or it is of another format."""
    if not HISTORY.is_one(folder):
        raise DataError("holds no history.", where=str(folder), hint="Write one: fiador history BUNDLE --out FOLDER.")
    return HISTORY.read(folder, _manifest)


def _manifest(content: Mapping[str, Any]) -> HistoryManifest:
    made = Made(**{**content["made"], "store": tuple(content["made"]["store"])})
    names = ("generation", "at", "applications", "computed", "files")
    return HistoryManifest(made, **{name: content[name] for name in names})
