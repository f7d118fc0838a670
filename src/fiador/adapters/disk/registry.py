"""Which trained bundles are there, and which one decides today?

A registry is a folder that holds bundle folders and `registry.json`: who is promoted, the states, and the history they
follow from. It is written aside and renamed, under a lock of the operating system: a killed process leaves it whole and
blocks nobody.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import filelock

from fiador.adapters.disk.aside import replace_file
from fiador.adapters.disk.bundles import holds_manifest, open_bundle
from fiador.adapters.disk.manifest import MANIFEST, json_bytes
from fiador.bundle import Bundle
from fiador.bundle.lifecycle import (
    APPROVED,
    PROMOTED,
    RETIRED,
    TRAINED,
    Book,
    Event,
    event_from_json,
    record,
    require_unmoved,
)
from fiador.errors import AcceptanceError, BundleError, FiadorError, RegistryError, did_you_mean, shortened

DEFAULT, VARIABLE = "bundles", "FIADOR_BUNDLES"  # where a registry is, unless --registry says
REGISTRY = "registry.json"
FORMAT = 1
PATIENCE = 10.0  # seconds another process may hold the lock: a change takes milliseconds
SHORTEST = 6  # characters an abbreviated id has at least


@dataclass(frozen=True)
class BundleRow:
    """A bundle folder of a registry. problem: why it can't be read; then its figures are None.

    state: as in the book; `rejected` for a trained one that missed its gate. gate: passed, missed,
    or none where its portfolio declares none. missed: the bounds it missed, in words.
    """

    folder: str
    id: str | None
    portfolio: str | None
    state: str
    created_at: str | None = None
    champion: str | None = None
    auc: dict[str, float | None] | None = None
    cut_off: float | None = None
    gate: str | None = None
    missed: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class Signature:
    """Who decided, when, and why."""

    at: datetime
    by: str | None = None
    note: str | None = None


def read_book(registry: str | Path) -> Book:
    """The history of a registry; an empty one where nothing was decided yet.

    RegistryError where it can't be read, is of a newer format, or its summary doesn't follow from its history.
    """
    file = Path(registry) / REGISTRY
    try:
        content = json.loads(file.read_bytes())
        format = content["format"]
        book = Book(tuple(event_from_json(event) for event in content["history"])) if format == FORMAT else Book()
        whole = format != FORMAT or {"format": FORMAT, **book.to_json()} == content
    except FileNotFoundError:
        return Book()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if not os.path.isdir(registry):
            raise _no_folder(registry) from None
        raise RegistryError(
            f"can't be read ({error}).", where=str(file), hint="Restore it from a copy. Nothing was changed."
        ) from None
    if format != FORMAT:
        what = f"has format {format}; this version reads {FORMAT}."
        raise RegistryError(what, where=str(file), hint="Use the fiador that wrote it. Nothing was changed.")
    if not whole:
        what = "its states don't follow from its history: it was changed by hand."
        raise RegistryError(what, where=str(file), hint="Restore it from a copy. Nothing was changed.")
    return book


def change(registry: Path, step: Callable[[Book], Book], *, patience: float = PATIENCE) -> Book:
    """Read the book, take one step and write it, while nobody else does. RegistryError where it can't be had."""
    try:
        with _locked(registry, patience):
            book = step(read_book(registry))
            replace_file(registry / REGISTRY, json_bytes({"format": FORMAT, **book.to_json()}))
            return book
    except OSError as error:
        what = f"can't be written ({error.strerror or error})."
        raise RegistryError(what, where=str(registry), hint="Make it writable, or give another --registry.") from None


@contextmanager
def _locked(registry: Path, patience: float) -> Iterator[None]:
    lock = filelock.FileLock(registry / f".{REGISTRY}.lock")
    try:
        lock.acquire(timeout=patience)
    except filelock.Timeout:
        what = f"another process has been changing it for more than {patience:g} s."
        raise RegistryError(what, where=str(registry), hint="Try again; nothing was changed by this call.") from None
    try:
        yield
    finally:
        lock.release()


def approve(registry: str | Path, name: str, signature: Signature, *, despite: str | None = None) -> Event:
    """Vouch for a bundle that passed its gate. despite: the reason to approve one that missed it, kept.

    AcceptanceError where it missed and no reason is given.
    """
    folder, bundle = open_named(registry, name)
    missed = tuple(bundle.missed_gate)
    if missed and not (despite or "").strip():
        raise AcceptanceError(
            f"missed its gate: {'; '.join(missed)}.",
            where=folder.name,
            hint='Train a better one, or approve it with --despite "REASON".',
        )
    event = _event(APPROVED, folder, bundle, signature, note=(despite or "").strip() or signature.note, missed=missed)
    change(Path(registry), lambda book: record(book, event, option=option(registry)))
    return event


def promote(
    registry: str | Path,
    name: str,
    signature: Signature,
    *,
    saw: Book | None = None,
    expect: str | None = None,
    replacing: str | None = None,
    patience: float = PATIENCE,
) -> tuple[Event, str | None]:
    """Make an approved bundle the one its portfolio decides with; (the event, the id of the one before).

    saw: the book the caller decided on, now where left out. expect: the id the bundle must have. replacing: the folder
    or the id of the bundle that must be promoted now, or `none`. RegistryError where another promotion came first.
    """
    looked = saw if saw is not None else read_book(registry)
    folder, bundle = open_named(registry, name, expect=expect)
    before = looked.promoted.get(bundle.portfolio.name)
    named = [identity(other) for other in bundle_folders(registry) if other.name == replacing]
    _require_replacing(named[0] if named else replacing, before, f"{registry}: {bundle.portfolio.name}", registry)
    event = _event(PROMOTED, folder, bundle, signature)

    def step(book: Book) -> Book:
        require_unmoved(looked, book, event.portfolio, option=option(registry))
        return record(book, event, option=option(registry))

    change(Path(registry), step, patience=patience)
    return event, before


def retire(registry: str | Path, name: str, signature: Signature, *, force: bool = False) -> Event:
    """Take a bundle out of use; its folder stays. The promoted one only by force: then its portfolio has none.

    One that something was done with is known from the history: it is not opened, and need not be there any more.
    """
    known = _known(registry, name, read_book(registry))
    at = signature.at.isoformat(timespec="seconds")
    event = Event(at, RETIRED, known.id, known.folder, known.portfolio, signature.by, signature.note)
    change(Path(registry), lambda book: record(book, event, force=force, option=option(registry)))
    return event


def _known(registry: str | Path, name: str, book: Book) -> Event:
    """What is known of the bundle a name means: from the history, else from the bundle, which is opened for it.

    BundleError where neither tells: there is no such bundle, or nothing was done with it and it can't be read.
    """
    lost = _lost(registry, name, book)
    try:
        folder = find(registry, name)
        last = book.last(identity(folder))
        return replace(last, folder=folder.name) if last else _opened(folder)
    except BundleError:
        if not lost:
            raise
    if len(lost) > 1:
        several = ", ".join(event.id[:12] for event in lost)
        raise BundleError(f"'{name}' was the folder of several bundles that are gone: {several}.", hint="Give the id.")
    return lost[0]


def _opened(folder: Path) -> Event:
    bundle = open_bundle(folder)
    return Event("", TRAINED, bundle.id, folder.name, bundle.portfolio.name)


def _lost(registry: str | Path, name: str, book: Book) -> list[Event]:
    """The last events of the bundles a name may mean that are in no folder any more; retired ones if no others."""
    there, place = _identities(registry), Path(registry)
    last = [event for i in book.states if i not in there and (event := book.last(i))]
    meant = [e for e in last if len(name) >= SHORTEST and e.id.startswith(name.lower())] or [
        e for e in last if name == e.folder or Path(name).resolve() == (place / e.folder).resolve()
    ]
    return [event for event in meant if event.did != RETIRED] or meant[-1:]


def _identities(registry: str | Path) -> set[str]:
    """The ids of the bundles that are there and whose manifest may be read."""
    return {id for f in bundle_folders(registry) if (id := _readable_identity(f))}


def option(registry: str | Path) -> str:
    """What a printed command needs to reach a registry: ` --registry DIR`, or nothing where it is found without.

    >>> option("our bundles")
    " --registry 'our bundles'"
    """
    default = os.environ.get(VARIABLE) or DEFAULT
    return "" if Path(registry) == Path(default) else f" --registry {shlex.quote(str(registry))}"


def _event(
    did: str,
    folder: Path,
    bundle: Bundle,
    signature: Signature,
    *,
    note: str | None = None,
    missed: tuple[str, ...] = (),
) -> Event:
    at = signature.at.isoformat(timespec="seconds")
    return Event(at, did, bundle.id, folder.name, bundle.portfolio.name, signature.by, note or signature.note, missed)


def _require_replacing(replacing: str | None, promoted: str | None, where: str, registry: str | Path) -> None:
    long_enough = len(replacing or "") >= SHORTEST
    if (
        replacing is None
        or (replacing == "none" and not promoted)
        or (long_enough and (promoted or "").startswith(replacing))
    ):
        return
    now = f"bundle {promoted[:12]} is promoted" if promoted else "no bundle is promoted"
    what = f"{now}, expected '{replacing[:12]}'. Nothing was changed."
    raise RegistryError(what, where=where, hint=f"Look again with `fiador bundles list{option(registry)}`.")


def open_named(registry: str | Path, name: str, *, expect: str | None = None) -> tuple[Path, Bundle]:
    """A bundle of the registry by its folder's name or its id (at least six characters of it), every digest checked."""
    folder = find(registry, name)
    return folder, open_bundle(folder, expect=expect)


def find(registry: str | Path, name: str) -> Path:
    """The folder of the bundle a name or an abbreviated id means; BundleError where none does, or several do."""
    folders = bundle_folders(registry)
    named = [f for f in folders if f.name == name or (os.path.exists(name) and f.resolve() == Path(name).resolve())]
    matches = [f for f in folders if len(name) >= SHORTEST and (_readable_identity(f) or "").startswith(name.lower())]
    if named:
        _require_one_meaning(name, named[0], matches)
        return named[0]
    if len({identity(f) for f in matches}) > 1:
        several = ", ".join(f"{f.name} ({identity(f)[:12]})" for f in matches)
        raise BundleError(f"'{name}' is the start of several ids: {several}.", hint="Give more characters.")
    if not matches:
        hint = did_you_mean(name, [f.name for f in folders])
        first = f"Train one with `fiador train PORTFOLIO{option(registry)}`."
        raise BundleError(f"no bundle '{shortened(name)}'.", where=str(registry), hint=hint or first)
    return matches[0]


def _require_one_meaning(name: str, named: Path, matches: Sequence[Path]) -> None:
    """Pass, or a BundleError where a folder is called as another bundle's id, or as its start."""
    others = [f for f in matches if _readable_identity(f) != _readable_identity(named)]
    if others:
        what = f"'{name}' is the name of one bundle's folder, and the id of the bundle in '{others[0].name}' starts so."
        hint = f"Write '{named}' for the one, '{others[0].name}' for the other."
        raise BundleError(what, where=str(named.parent), hint=hint)


def bundle_folders(registry: str | Path) -> list[Path]:
    """The folders of a registry that hold a bundle, readable or not, by name; RegistryError where it is no folder."""
    place = Path(registry)
    if not os.path.isdir(place):
        raise _no_folder(place)
    try:
        return sorted(f for f in place.iterdir() if not f.name.startswith(".") and holds_manifest(f))
    except OSError as error:
        what = f"can't be looked into ({error.strerror})."
        raise RegistryError(what, where=str(place), hint="Make it readable, or give another --registry.") from None


def _no_folder(registry: str | Path) -> RegistryError:
    if os.path.isfile(registry):
        hint = "Give --registry the folder that holds the bundles."
        return RegistryError(f"'{registry}' is a file, not a registry.", hint=hint)
    hint = f"Train a bundle into it with `fiador train PORTFOLIO{option(registry)}`, or give --registry DIR."
    return RegistryError(f"no registry at '{shortened(str(registry))}'.", hint=hint)


def identity(folder: Path) -> str:
    """The id of the bundle in a folder, of whatever format: the digest of its manifest."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise BundleError(f"can't be read ({error.strerror}).", where=str(folder), hint="Make it readable.") from None


def _readable_identity(folder: Path) -> str | None:
    """The id of the bundle in a folder; None where its manifest can't be read."""
    try:
        return identity(folder)
    except BundleError:
        return None


def listed(registry: str | Path, book: Book) -> list[BundleRow]:
    """Every bundle of a registry, the newest first; then those that can't be read, and those that are gone."""
    place = Path(registry)
    rows = [_listed(folder, book) for folder in bundle_folders(place)]
    gone = [i for i, state in book.states.items() if state != RETIRED and i not in {row.id for row in rows}]
    readable = sorted((row for row in rows if row.created_at), key=lambda row: (row.created_at or "", row.folder))
    return [*reversed(readable), *(row for row in rows if not row.created_at), *(_gone(i, book, place) for i in gone)]


def _listed(folder: Path, book: Book) -> BundleRow:
    try:
        bundle = open_bundle(folder)
    except FiadorError as error:
        return _unreadable(folder, book, error)
    missed, state = tuple(bundle.missed_gate), book.state(bundle.id)
    return BundleRow(
        folder=folder.name,
        id=bundle.id,
        portfolio=bundle.portfolio.name,
        state="rejected" if missed and state == TRAINED else state,
        created_at=bundle.created_at,
        champion=bundle.metrics["champion"],
        auc={name: bundle.champion["auc"][name] for name in ("mean", "low", "high")},
        cut_off=bundle.cut_off,
        gate="missed" if missed else "passed" if bundle.portfolio.acceptance.metrics else "none",
        missed=missed,
    )


def _unreadable(folder: Path, book: Book, error: FiadorError) -> BundleRow:
    """A row for a bundle that can't be opened: what is known of it, and why."""
    bundle_id = _readable_identity(folder)
    last = book.last(bundle_id) if bundle_id else None
    state = book.state(bundle_id) if bundle_id and last else "unreadable"
    problem = f"{error.what} {error.hint}"
    if bundle_id and last and state != RETIRED:
        problem = f"{problem} {_restore_or_retire(bundle_id, state, folder.parent)}"
    return BundleRow(folder.name, bundle_id, last.portfolio if last else None, state, problem=problem)


def _gone(missing: str, book: Book, registry: Path) -> BundleRow:
    last, state = book.last(missing), book.state(missing)
    assert last
    what = "its folder is gone or can't be read, or the bundle in it was replaced or changed."
    problem = f"{what} {_restore_or_retire(missing, state, registry)}"
    return BundleRow(last.folder, missing, last.portfolio, state, problem=problem)


def _restore_or_retire(bundle_id: str, state: str, registry: Path) -> str:
    """What can be done with a bundle that can't be opened: retiring needs its id alone."""
    force = " --force" if state == PROMOTED else ""
    return f"Restore it, or retire it: `fiador bundles retire {bundle_id[:12]}{force}{option(registry)}`."


def promoted(registry: str | Path, portfolio: str | None = None) -> tuple[Path, str]:
    """(folder, id) of the promoted bundle; `portfolio` where several have one.

    RegistryError where none is promoted or it isn't clear which; BundleError where its folder is gone or changed.
    """
    book = read_book(registry)
    name = _portfolio(registry, book, portfolio)
    bundle_id = book.promoted[name]
    folders = [folder for folder in bundle_folders(registry) if _readable_identity(folder) == bundle_id]
    if folders:
        return folders[0], bundle_id
    last = book.last(bundle_id)
    folder = Path(registry) / (last.folder if last else "")
    there = f"'{folder.name}' {_instead(folder)}"
    raise BundleError(
        f"the promoted bundle {bundle_id[:12]} is not there: {there}.",
        where=f"{registry}: {name}",
        hint=f"Restore it, or promote another with `fiador bundles promote NAME{option(registry)}`.",
    )


def _instead(folder: Path) -> str:
    if not holds_manifest(folder):
        return "is gone"
    return "holds another bundle now" if _readable_identity(folder) else "can't be read"


def _portfolio(registry: str | Path, book: Book, portfolio: str | None) -> str:
    names = sorted(book.promoted)
    if portfolio in names or (portfolio is None and len(names) == 1):
        return portfolio or names[0]
    if portfolio is None and names:
        what = f"bundles of several portfolios are promoted: {', '.join(names)}."
        raise RegistryError(what, where=str(registry), hint="Give --portfolio NAME, or name a bundle.")
    what = f"no bundle of '{portfolio}' is promoted." if portfolio else "no bundle is promoted."
    next_step = f"Name a bundle, or promote one with `fiador bundles promote NAME{option(registry)}`."
    raise RegistryError(what, where=str(registry), hint=did_you_mean(portfolio or "", names) if names else next_step)


def standing(folder: Path, bundle_id: str) -> str | None:
    """The state of a bundle in the registry its folder lies in; None where that is no registry."""
    registry = folder.resolve().parent
    return read_book(registry).state(bundle_id) if (registry / REGISTRY).is_file() else None


def require_replaceable(folder: Path) -> None:
    """Pass, or a RegistryError where a bundle there is approved, promoted or superseded: decisions lean on it."""
    if not (folder / MANIFEST).is_file():
        return
    state = standing(folder, identity(folder))
    if state in (None, TRAINED, RETIRED):
        return
    what = f"the bundle there is {state}, and is kept as it is."
    raise RegistryError(what, where=str(folder), hint="Name another folder for --out, or leave --out away.")


def new_folder(registry: str | Path, portfolio: str, now: datetime) -> Path:
    """Where a bundle trained now goes by default: `REGISTRY/PORTFOLIO-YYYYMMDD-HHMMSS`, in UTC."""
    return Path(registry) / f"{portfolio}-{now:%Y%m%d-%H%M%S}"


def to_json(registry: str | Path, book: Book, rows: list[BundleRow]) -> dict[str, Any]:
    """A registry as `fiador bundles list --json` prints it."""
    bundles = [{**asdict(row), "missed": list(row.missed), "promoted": row.state == PROMOTED} for row in rows]
    history = [event.to_json() for event in book.history]
    return {"registry": str(registry), "promoted": book.promoted, "bundles": bundles, "history": history}
