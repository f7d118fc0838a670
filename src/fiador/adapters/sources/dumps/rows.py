"""How do the values of an INSERT become typed columns?

The statement's bytes are rewritten, in place where possible, to CSV in which `'` is the quote, and Arrow's
CSV reader does the typing. Everything is done on whole arrays: quote parity tells what is text, so `),(`,
`;`, newlines and comment marks inside a text stay text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_QUOTE, _DOUBLE, _SLASH, _OPEN, _CLOSE, _COMMA, _NEWLINE = (ord(c) for c in "'\"\\(),\n")
_PERCENT, _UNDERSCORE = ord("%"), ord("_")
_HEX = ord("x")
_HEXADECIMAL = re.compile(rb"'(?:[^'\\]++|\\.|'')*+'|0x((?:[0-9A-Fa-f]{2})+)", re.DOTALL)
_BINARY = b"_binary"
# What a backslash makes of the byte after it: the MySQL reference manual's table 11.1; any other byte stands
# for itself.
_ESCAPED = np.arange(256, dtype=np.uint8)
for _letter, _byte in {"n": 10, "r": 13, "t": 9, "0": 0, "Z": 26, "b": 8}.items():
    _ESCAPED[ord(_letter)] = _byte


class RowsError(ValueError):
    """Values that aren't a list of rows."""


@dataclass(frozen=True)
class DumpRows:
    """Values as CSV text, and how many rows it holds."""

    csv: pa.Buffer
    count: int


def to_csv(values: bytes, *, escapes: bool = True) -> DumpRows:
    """`(1,'a'),(2,NULL)` as CSV lines; RowsError where rows aren't separated as rows.

    `escapes` says whether a backslash in a text escapes what follows it, as in MySQL.

    >>> to_csv(rb"(1,'a'),(2,'it\\'s')").csv.to_pybytes().split()
    [b"1,'a'", b"2,'it''s'"]
    """
    text, outside, keep = _told_apart(values, escapes=escapes)
    if b"0x" in values and bool((outside & (text == _HEX)).any()):
        quoted = _HEXADECIMAL.sub(_quoted, values)
        if quoted != values:  # an x that starts no bytes is left for the column's type to refuse
            return to_csv(quoted, escapes=escapes)
    keep = _without_blanks(values, text, outside, keep)
    if keep is not None:
        text, outside = text[keep], outside[keep]
    return DumpRows(pa.py_buffer(text), _break_lines(text, outside))


def _quoted(match: re.Match[bytes]) -> bytes:
    """Bytes written as 0x..., the way --hex-blob writes them, as an escaped text; a text as it is."""
    if not match[1]:
        return match[0]
    meant = bytes.fromhex(match[1].decode())
    return b"'" + meant.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"


def whole_rows(values: bytes, *, escapes: bool = True) -> int:
    """How many rows end before values that were cut anywhere.

    >>> whole_rows(b"(1,'a'),(2,'b),(")
    1
    """
    text, outside, _ = _told_apart(values, escapes=escapes)
    return int(np.count_nonzero(outside & (text == _CLOSE)))


def last_row_end(values: bytes, *, escapes: bool = True) -> int | None:
    """Where the last comma between two rows stands, in values that may be cut anywhere; null where there is none.

    >>> last_row_end(b"(1,'a'),(2,'b'),(3,'),(")
    15
    """
    text, outside, _ = _told_apart(values, escapes=escapes)
    closes, commas = (np.flatnonzero(outside & (text == mark)) for mark in (_CLOSE, _COMMA))
    after = np.searchsorted(commas, closes)
    ended = after[after < len(commas)]
    return int(commas[ended[-1]]) if len(ended) else None


def _told_apart(values: bytes, *, escapes: bool) -> tuple[Bytes, Mask, Mask | None]:
    """The bytes with what is escaped replaced, which of them stand outside texts, and which stay (null: all)."""
    text = np.frombuffer(values, np.uint8).copy()
    quotes = text == _QUOTE
    keep = _unescape(text, quotes) if escapes and b"\\" in values else None
    return text, np.bitwise_xor.accumulate(quotes.view(np.uint8)) == 0, keep


def _unescape(text: Bytes, quotes: Mask) -> Mask:
    """Replace what is escaped, in place; the mask of the bytes that stay."""
    slashes = np.flatnonzero(text == _SLASH)
    starts = np.diff(slashes, prepend=-2) != 1
    run_start = np.maximum.accumulate(np.where(starts, slashes, 0))
    escaping = slashes[(slashes - run_start) % 2 == 0]
    escaping = escaping[escaping + 1 < len(text)]
    letters = text[escaping + 1]
    is_quote = letters == _QUOTE
    text[escaping + 1] = _ESCAPED[letters]
    text[escaping[is_quote]] = _QUOTE
    quotes[escaping[is_quote] + 1] = False
    # \% and \_ keep their backslash: outside a pattern MySQL reads them as these two characters.
    keep = np.ones(len(text), np.bool_)
    keep[escaping[~is_quote & (letters != _PERCENT) & (letters != _UNDERSCORE)]] = False
    return keep


def _without_blanks(values: bytes, text: Bytes, outside: Mask, keep: Mask | None) -> Mask | None:
    """Leave out blanks between values and the `_binary` mark before them."""
    blank = outside & ((text == 32) | ((text >= 9) & (text <= 13)))
    if blank.any():
        keep = ~blank if keep is None else keep & ~blank
    if _BINARY in values:
        marks = np.flatnonzero(outside & (text == _UNDERSCORE))
        marked = (marks[:, None] + np.arange(len(_BINARY))).ravel()
        keep = np.ones(len(text), np.bool_) if keep is None else keep
        keep[marked[marked < len(text)]] = False
    return keep


def _break_lines(text: Bytes, outside: Mask) -> int:
    """Turn every `(`, `)` and the comma between two rows into line ends, in place; the number of rows."""
    opens, closes = outside & (text == _OPEN), np.flatnonzero(outside & (text == _CLOSE))
    between = closes[:-1] + 1
    rows = int(np.count_nonzero(opens))
    if rows != len(closes) or not bool((text[between] == _COMMA).all()):
        raise RowsError("the rows aren't separated by commas, or hold more than plain values.")
    if bool((outside & (text == _DOUBLE)).any()):
        raise RowsError("a value stands in double quotes; texts are read in single quotes, as mysqldump writes them.")
    text[opens] = _NEWLINE
    text[closes] = _NEWLINE
    text[between] = _NEWLINE
    return rows


def to_batch(rows: DumpRows, columns: tuple[str, ...], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as a batch of the schema; columns an INSERT doesn't list are null. ArrowInvalid at a misfit."""
    cells = read_columns(rows, columns, {name: _read_as(schema.field(name).type) for name in columns})
    if cells.num_rows != rows.count:
        raise pa.ArrowInvalid(f"{rows.count} rows, of which {cells.num_rows} hold values")
    arrays = [
        _finish(cells.column(field.name), field.type) if field.name in columns else pa.nulls(len(cells), field.type)
        for field in schema
    ]
    return pa.record_batch(arrays, schema=schema)


def read_columns(
    rows: DumpRows, columns: tuple[str, ...], types: dict[str, pa.DataType], **parse: object
) -> pa.RecordBatch:
    """The CSV text as columns of the given types: null only where NULL stands without quotes."""
    table = csv.read_csv(
        rows.csv,
        read_options=csv.ReadOptions(
            column_names=list(columns), block_size=max(len(rows.csv), 1), use_threads=not parse
        ),
        parse_options=csv.ParseOptions(quote_char="'", newlines_in_values=True, **parse),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=["NULL", "null"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.combine_chunks().to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], table.schema)


def _read_as(kind: pa.DataType) -> pa.DataType:
    """Dates, moments and bits are written as text that says more than their Arrow type can."""
    if pa.types.is_temporal(kind):
        return pa.string()
    return pa.binary() if pa.types.is_boolean(kind) else kind


def _finish(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return finish(column, kind) if column.type != kind else column


def finish(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts as dates (a date with a zero part, MySQL's way to say none, is null) or bits as booleans."""
    if pa.types.is_boolean(kind):
        return _bits(column)
    zero = pc.or_(pc.starts_with(column, "0000"), pc.match_substring_regex(column, "^....-(00|..-00)"))
    return pc.if_else(zero, pa.scalar(None, pa.string()), column).cast(kind)


_TRUE, _FALSE = (b"\x01", b"1", b"b'1'", b"0x01"), (b"\x00", b"0", b"b'0'", b"0x00", b"")


def _bits(column: pa.Array) -> pa.Array:
    true, false = (pc.is_in(column, pa.array(texts, pa.binary())) for texts in (_TRUE, _FALSE))
    known = pc.or_(pc.or_(true, false), column.is_null())
    if not pc.all(known, min_count=0).as_py():
        raise pa.ArrowInvalid("a bit that is neither 0 nor 1")
    return pc.if_else(column.is_null(), pa.scalar(None, pa.bool_()), true)
