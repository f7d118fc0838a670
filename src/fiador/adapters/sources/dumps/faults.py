"""Which row and which value of a dump can't be read?

Asked only after the fast reading failed, so it may take its time.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from pyarrow import csv

from fiador.adapters.sources.cells import Misfit, first_that_fails
from fiador.adapters.sources.dumps.rows import finish

ReadRaw = Callable[..., pa.RecordBatch]
ReadAs = Callable[[pa.Array, pa.DataType], pa.Array]


class NotUtf8(Exception):
    """A text column holds bytes that aren't UTF-8."""


def fault(read: ReadRaw, columns: tuple[str, ...], schema: pa.Schema, *, before: int, read_as: ReadAs) -> str:
    """What is wrong with the first row that can't be read, rows counted from 1 after `before`. NotUtf8 by exception.

    `read` gives the columns as the given types and tells a handler of rows that are too short or too long;
    `read_as` types one raw column as the fast reading does.
    """
    wrong: list[tuple[int, int]] = []

    def note(row: csv.InvalidRow) -> str:
        wrong.append((row.number or 0, row.actual_columns))
        return "skip"

    raw = read(dict.fromkeys(columns, pa.binary()), invalid_row_handler=note)
    if wrong:
        number, values = wrong[0]
        return f"row {before + number:,} holds {values} values for {len(columns)} columns."
    for name in columns:
        if name in schema.names and (what := _column_fault(raw.column(name), schema.field(name), before, read_as)):
            return what
    return f"the rows after row {before:,} can't be read."


def _column_fault(raw: pa.Array, field: pa.Field, before: int, read_as: ReadAs) -> str:
    try:
        read_as(raw, field.type)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        index = first_that_fails(raw, lambda part: read_as(part, field.type))
        value = raw[index].as_py()
        if pa.types.is_string(field.type):
            raise NotUtf8 from None
        shown = Misfit(index, value.decode("utf-8", "backslashreplace")).shown
        return f"column '{field.name}', row {before + index + 1:,}: {shown} isn't of its type, {field.type}."
    return ""


def read_as(raw: pa.Array, kind: pa.DataType) -> pa.Array:
    """Raw values as a type, the way the fast reading does it."""
    if pa.types.is_binary(kind):
        return raw
    if pa.types.is_boolean(kind):
        return finish(raw, kind)
    texts = raw.cast(pa.string())
    if pa.types.is_temporal(kind):
        return finish(texts, kind)
    return texts.cast(kind)
