"""What do the use cases ask of the world outside? Each is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import pyarrow as pa

BROUGHT = "fiador:ingest"
"""The column of a stored table that says which ingest brought a row, counted from 1; no portfolio sees it."""


class Engine(Protocol):
    """What the use cases ask of an engine.

    at_once: how many statements to ask it at a time.
    """

    at_once: int

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, apart: bool = False) -> None:
        """Keep a raw table under `name`, or add to it where it exists.

        apart: the batches may be read in another thread, beside others'. What is wrong with them is then told to who
        asks for the table first.
        """
        ...

    def attach(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        """Show columns of Parquet files as a raw table under `name`, read where they are and not copied.

        Only files under the folders the engine was opened with; a column that some files lack is null there.
        """
        ...

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, tables: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """The answer to one statement. `tables` are seen by this statement alone, before kept ones of the same name."""
        ...

    def rows(self, sql: str, *, tables: Mapping[str, pa.Table] | None = None) -> Iterator[pa.RecordBatch]:
        """The answer to one statement, batch after batch, at least one: in its table's order, or in that asked."""
        ...

    def answer(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer to one statement over these tables alone, none kept. Asked often, it is planned once."""
        ...


class Source(Protocol):
    """Named tables with types, read as a stream: memory doesn't grow with the rows."""

    @property
    def location(self) -> str:
        """Where it is, as the user gave it."""
        ...

    def tables(self) -> dict[str, pa.Schema]:
        """Every table's name and Arrow schema, types as the source states them."""
        ...

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table, in batches of its schema; DataError where unreadable.

        columns: only these, in this order; None takes all. A column that isn't asked for makes no table unreadable
        where the source can leave it out. Files are read in their own order, databases in none.
        """
        ...


Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it is, and of how much."""


def silent(what: str, done: int, of: int) -> None:
    """Progress nobody watches."""


def lines(write: Callable[[str], object]) -> Progress:
    """A line for each step that begins, as a log should have it.

    >>> show = lines(print)
    >>> show("dummy: fold 1 of 2", 0, 2); show("dummy: fold 2 of 2", 1, 2); show("done", 1, 1)
    dummy …
    """
    steps = [""]

    def show(what: str, done: int, of: int) -> None:
        step = what.partition(":")[0]
        if step != steps[-1] and done < of:
            write(f"{step} …")
            steps.append(step)

    return show


@runtime_checkable
class Stored(Protocol):
    """A source whose tables are Parquet files that an engine reads where they are."""

    def files(self, table: str) -> tuple[str, ...]:
        """The files of a table."""
        ...

    @property
    def hidden(self) -> tuple[str, ...]:
        """Columns of the files that no portfolio sees."""
        ...


@runtime_checkable
class Apart(Protocol):
    """A source that says whether several of its tables may be read at a time: those of files of their own may."""

    @property
    def apart(self) -> bool: ...


class History(Protocol):
    """What was computed of known applications beforehand, valid as of one moment."""

    @property
    def as_of(self) -> str:
        """The moment, '' for each application's own decision."""
        ...

    def of(self, key: str) -> Mapping[str, pa.Table] | None:
        """What `many` tables say of an application, and its raw rows in the others; None where it isn't there."""
        ...
