"""How is a file or a folder replaced whole or not at all, by one process at a time?

What is new is written aside and moved in when it is whole. What isn't moved in is removed, at the process's end at the
latest; only a process that is killed leaves it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from fiador.errors import DataError

ASIDE, LOCK = ".writing", ".lock"
_GENERATION = re.compile(r"\d{6}")
_UNFINISHED: set[Path] = set()


@contextmanager
def _removed(aside: Path) -> Iterator[Path]:
    """A file or a folder that goes when whoever works in it is done, or the process ends before that."""
    _UNFINISHED.add(aside)
    try:
        yield aside
    finally:
        _remove(aside)


def _remove(aside: Path) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    with contextlib.suppress(OSError):  # the folder it lies in may not be there
        aside.unlink(missing_ok=True)
    _UNFINISHED.discard(aside)


@atexit.register
def _remove_unfinished() -> None:
    for aside in tuple(_UNFINISHED):
        _remove(aside)


@contextmanager
def file_beside(path: Path) -> Iterator[Path]:
    """A file to write beside another; it takes the other's place once it is written. Raises OSError."""
    with _removed(path.with_name(f".{path.name[:32]}.{os.getpid()}")) as aside:  # never longer than a name may be
        yield aside
        os.replace(aside, path)


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A folder to write beside another; it takes the other's place once all is written. Raises OSError."""
    with _removed(Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))) as aside:
        yield aside
        _swap(aside, target)


def _swap(aside: Path, target: Path) -> None:
    """Put `aside` in the place of `target`; whatever stood there goes only once the new one stands."""
    aside.chmod(0o755)
    if not target.exists():
        os.rename(aside, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    os.rename(target, old / "folder")
    try:
        os.rename(aside, target)
    except OSError:
        os.rename(old / "folder", target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(target: Path) -> None:
    """Put back the folder that a process killed between the two renames had moved aside."""
    if not target.exists() and target.parent.is_dir():
        for folder in sorted(target.parent.glob(f".{target.name}.old.*/*")):
            os.rename(folder, target)
            folder.parent.rmdir()
            return


@contextmanager
def written_alone(folder: Path, kind: str, *, is_one: Callable[[Path], bool]) -> Iterator[None]:
    """The folder, held by this process alone; DataError where another holds it, or it holds other things.

    kind: what the folder is, in a word. is_one: whether a folder is of that kind.
    """
    if is_pattern(folder.absolute()):
        raise DataError(f"a {kind}'s path can't hold *, ? or [.", where=str(folder), hint="Give another --out.")
    if folder.exists() and not folder.is_dir():
        raise DataError("is a file, not a folder.", where=str(folder), hint="Give another --out.")
    foreign = [p.name for p in folder.iterdir() if p.name not in (ASIDE, LOCK)] if folder.is_dir() else []
    if foreign and not is_one(folder):
        what = f"the folder holds other things ({', '.join(sorted(foreign)[:3])}) and is no {kind}."
        raise DataError(what, where=str(folder), hint="Give an empty or a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        what = f"another process is writing this {kind}."
        raise DataError(what, where=str(folder), hint="Wait until it has ended, then try again.") from None
    try:
        shutil.rmtree(folder / ASIDE, ignore_errors=True)  # of one that was killed
        with _removed(folder / ASIDE):
            yield
    finally:
        lock.release()


def is_pattern(path: Path) -> bool:
    """Whether DuckDB would take a path for a pattern of many.

    >>> is_pattern(Path("loans.csv")), is_pattern(Path("loans [2].csv"))
    (False, True)
    """
    return any(mark in str(path) for mark in "*?[")


def moved_in(aside: Path, folder: Path) -> None:
    """A whole folder of files, from aside to where the manifest will name it."""
    target = folder / aside.name
    shutil.rmtree(target, ignore_errors=True)  # of one that was killed before it replaced the manifest
    os.rename(aside, target)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a process that dies here leaves the one that was."""
    with file_beside(path) as aside:
        write_through(aside, content)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def write_through(path: Path, content: bytes) -> None:
    """Write a file to the disk itself; the folders above it are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sweep(folder: Path, kept: Collection[str]) -> None:
    """Remove the files of all generations but those kept, named `000001/file`."""
    for generation in folder.iterdir():
        if _GENERATION.fullmatch(generation.name):
            for path in generation.iterdir():
                if f"{generation.name}/{path.name}" not in kept:
                    path.unlink()
            if not any(generation.iterdir()):
                generation.rmdir()
