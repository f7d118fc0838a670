"""How is a folder of files and a manifest changed in one step, by one process at a time?

Files are written aside, in the folder itself, and moved in when all are whole; replacing the manifest is the moment the
folder changes.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from fiador.adapters.sources.native import is_pattern
from fiador.errors import DataError

ASIDE, LOCK = ".writing", ".lock"
_GENERATION = re.compile(r"\d{6}")


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
        yield
    finally:
        shutil.rmtree(folder / ASIDE, ignore_errors=True)
        lock.release()


def moved_in(aside: Path, folder: Path) -> None:
    """A whole folder of files, from aside to where the manifest will name it."""
    target = folder / aside.name
    shutil.rmtree(target, ignore_errors=True)  # of one that was killed before it replaced the manifest
    os.rename(aside, target)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a process that dies here leaves the one that was."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def sweep(folder: Path, kept: Collection[str]) -> None:
    """Remove the files of all generations but those kept, named `000001/file`."""
    for generation in folder.iterdir():
        if _GENERATION.fullmatch(generation.name):
            for path in generation.iterdir():
                if f"{generation.name}/{path.name}" not in kept:
                    path.unlink()
            if not any(generation.iterdir()):
                generation.rmdir()
