"""How is a table written for a spreadsheet? CSV as RFC 4180 has it, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

TYPE = "text/csv; charset=utf-8; header=present"
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE = 1000  # rows a chunk


def csv_chunks(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The header, then the rows, some at a time; lines end in CR LF, null is an empty cell.

    >>> "".join(csv_chunks(["key", "pd"], [{"key": "=1+1", "pd": 0.5}, {"key": "b", "pd": None}]))
    "key,pd\\r\\n'=1+1,0.5\\r\\nb,\\r\\n"
    """
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in columns])
    for at, row in enumerate(rows, 1):
        writer.writerow([_cell(row[name]) for name in columns])
        if at % _AT_ONCE == 0:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUNS) else value
