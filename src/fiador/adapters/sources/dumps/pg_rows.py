"""How do the lines of a COPY, and the values of an INSERT, become typed columns?

Arrow's CSV reader does the typing of both. A COPY's lines are CSV already, delimited by tabs, unless a value
holds an escape: then the byte after each backslash is replaced, in place, by what it stands for, and Arrow takes
it as it is. What Arrow can't type at once (a date 'infinity', an offset of seconds) is read again, as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from fiador.adapters.sources.dumps.pg_schema import plain
from fiador.adapters.sources.dumps.rows import RowsError, to_csv

_SLASH, _TAB, _NEWLINE, _RETURN, _NULL = (ord(c) for c in "\\\t\n\rN")
# What COPY makes of a backslash and a letter: PostgreSQL's manual, COPY, "Text Format"; any other byte stands
# for itself.
_LETTERS = {"b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ESCAPED = np.arange(256, dtype=np.uint8)
for _letter, _byte in _LETTERS.items():
    _ESCAPED[ord(_letter)] = _byte
_NUMBERED = np.zeros(256, np.bool_)
_NUMBERED[[ord(c) for c in "01234567x"]] = True
_CODED = re.compile(rb"\\(?:(x)([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
# A text cannot hold this byte in PostgreSQL, so it can stand for null.
_ZERO = "\0"
_COLONS = re.compile(rb"::?\s*[A-Za-z_\"]")
_MARKED = re.compile(rb"[(,\s][eEbBxX]'")
_TEXT = rb"[eE]'((?:[^'\\]++|\\.|'')*+)'|[bBxX]?'((?:[^']++|'')*+)'"
_TEXTS = re.compile(_TEXT, re.DOTALL)
_TEXTS_ESCAPED = re.compile(rb"[eEbBxX]?'((?:[^'\\]++|\\.|'')*+)'()", re.DOTALL)
_ESCAPE = re.compile(rb"''|\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)

ReadRaw = Callable[..., pa.RecordBatch]
"""Columns of the given types from a batch's text: read(types, **parse options)."""


def from_copy(lines: bytes, columns: tuple[str, ...]) -> ReadRaw:
    """A reader of COPY's lines: null where `\\N` stands alone.

    >>> from_copy(b"1\\ta\\\\tb\\n2\\t\\\\N\\n", ("n", "t"))({"n": pa.int64(), "t": pa.string()}).to_pylist()
    [{'n': 1, 't': 'a\\tb'}, {'n': 2, 't': None}]
    """
    if lines.count(b"\\") == lines.count(b"\\N"):
        return _reader(pa.py_buffer(lines), columns, null="\\N", delimiter="\t", quote_char=False)
    return _reader(_unescaped(lines), columns, null=_ZERO, delimiter="\t", quote_char=False, escape_char="\\")


def from_insert(values: bytes, columns: tuple[str, ...], *, escapes: bool) -> ReadRaw:
    """A reader of an INSERT's values; RowsError where they aren't rows of plain values.

    `escapes` says whether a backslash escapes in any text, or only in one marked E.
    """
    if escapes or _MARKED.search(values):
        values = _standard(values, _TEXTS_ESCAPED if escapes else _TEXTS)
    rows = to_csv(values, escapes=False)
    if b"::" in values and _COLONS.search(re.sub(rb"'[^']*'", b"", values)):
        raise RowsError("a value carries a type cast, which pg_dump doesn't write.")
    return _reader(rows.csv, columns, count=rows.count, null="NULL", quote_char="'")


def _reader(
    text: pa.Buffer, columns: tuple[str, ...], *, null: str, count: int | None = None, **parse: object
) -> ReadRaw:
    def read(types: dict[str, pa.DataType], **more: object) -> pa.RecordBatch:
        table = csv.read_csv(
            text,
            read_options=csv.ReadOptions(
                column_names=list(columns), block_size=max(len(text), 1), use_threads=not more
            ),
            parse_options=csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=count is not None, **parse, **more
            ),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[null, "null", "DEFAULT"] if count is not None else [null],
                true_values=["t", "true"],
                false_values=["f", "false"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        if count not in (None, len(table)) and not more:
            raise pa.ArrowInvalid(f"{count} rows, of which {len(table)} hold values")
        return table.combine_chunks().to_batches()[0] if len(table) else pa.RecordBatch.from_pylist([], table.schema)

    return read


def to_batch(read: ReadRaw, columns: tuple[str, ...], written: pa.Schema) -> pa.RecordBatch:
    """The rows as a batch of the schema; a column that isn't listed is null. ArrowInvalid at a misfit."""
    types = {name: written.field(name).type for name in columns if name in written.names}
    try:
        rows = read(types)
        columns_read = {
            name: _unhex(rows.column(name)) if _is_binary(kind) else rows.column(name) for name, kind in types.items()
        }
    except pa.ArrowInvalid:
        rows = read(dict.fromkeys(columns, pa.binary()))
        columns_read = {name: typed(rows.column(name), kind) for name, kind in types.items()}
    schema = plain(written)
    arrays = [
        columns_read[field.name].cast(field.type) if field.name in columns_read else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.record_batch(arrays, schema=schema)


def typed(raw: pa.Array, kind: pa.DataType) -> pa.Array:
    """Values as they are written, as a type; ArrowInvalid at the first that isn't of it.

    A date or moment 'infinity' (there is none such in Arrow) is null, and so is a decimal NaN or infinity.

    >>> typed(pa.array([b"2020-02-29", b"infinity"]), pa.date32()).to_pylist()
    [datetime.date(2020, 2, 29), None]
    """
    if _is_binary(kind):
        return _unhex(raw)
    texts = raw.cast(pa.string())
    if pa.types.is_boolean(kind):
        return _truths(texts)
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        endless = pc.is_in(texts, pa.array(["infinity", "-infinity", "Infinity", "-Infinity", "NaN"]))
        texts = pc.if_else(endless, pa.scalar(None, pa.string()), texts)
    if pa.types.is_timestamp(kind):
        return _moments(texts, kind)
    return texts.cast(kind)


def _moments(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        pass
    try:  # an offset with seconds, as local time had before it had zones
        parts = [None if text is None else datetime.fromisoformat(text) for text in texts.to_pylist()]
    except ValueError as error:
        raise pa.ArrowInvalid(str(error)) from None
    return pa.array([moment and moment.astimezone(UTC) if kind.tz else moment for moment in parts], kind)


def _truths(texts: pa.Array) -> pa.Array:
    true, false = (pc.is_in(texts, pa.array(words)) for words in (["t", "true"], ["f", "false"]))
    if not pc.all(pc.or_(pc.or_(true, false), texts.is_null()), min_count=0).as_py():
        raise pa.ArrowInvalid("neither true nor false")
    return pc.if_else(texts.is_null(), pa.scalar(None, pa.bool_()), true)


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind))


def _unhex(column: pa.Array) -> pa.Array:
    """`\\x00ff` as its bytes, and the older form, bytes with octal escapes."""
    return pa.array([value and _bytes_of(value) for value in column.to_pylist()], pa.binary())


def _bytes_of(value: bytes) -> bytes:
    if not value.startswith(b"\\x"):
        return _OCTAL.sub(lambda match: bytes([int(match[1], 8)]) if match[1] else b"\\", value)
    try:
        return bytes.fromhex(value[2:].decode("ascii", "replace"))
    except ValueError as error:
        raise pa.ArrowInvalid(str(error)) from None


_OCTAL = re.compile(rb"\\(?:([0-7]{3})|\\)")


def _unescaped(lines: bytes) -> pa.Buffer:
    """COPY's lines with each escaped byte replaced by what it stands for, still behind its backslash."""
    text = np.frombuffer(lines, np.uint8).copy()
    slashes = np.flatnonzero(text == _SLASH)
    starts = np.diff(slashes, prepend=-2) != 1
    run_start = np.maximum.accumulate(np.where(starts, slashes, 0))
    escaping = slashes[(slashes - run_start) % 2 == 0]
    escaping = escaping[escaping + 1 < len(text)]
    letters = text[escaping + 1]
    if _NUMBERED[letters].any():
        return _unescaped_codes(lines)
    text[escaping + 1] = _ESCAPED[letters]
    nulls = escaping[letters == _NULL]
    ends = np.concatenate([text, [_NEWLINE]])[nulls + 2]
    alone = ((nulls == 0) | np.isin(text[nulls - 1], (_TAB, _NEWLINE))) & np.isin(ends, (_TAB, _NEWLINE, _RETURN))
    text[nulls[alone] + 1] = 0
    return pa.py_buffer(text)


def _unescaped_codes(lines: bytes) -> pa.Buffer:
    """The same where a byte is given by its code, which pg_dump never does but COPY reads."""

    def byte(match: re.Match[bytes]) -> bytes:
        if match[4]:
            return match[4] if match[4] == b"x" else match[0]
        meant = bytes([(int(match[2], 16) if match[1] else int(match[3], 8)) & 255])
        return b"\\" + _BACK[meant] if meant in _BACK else meant

    return _unescaped(_CODED.sub(byte, lines))


_BACK = {b"\\": b"\\", **{bytes([byte]): letter.encode() for letter, byte in _LETTERS.items()}}


def _standard(values: bytes, texts: re.Pattern[bytes]) -> bytes:
    """Values with every text in plain quotes, quotes doubled, and nothing escaped."""

    def rewritten(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            return b"'" + match[2] + b"'"
        return b"'" + _ESCAPE.sub(_meant, match[1]).replace(b"'", b"''") + b"'"

    return texts.sub(rewritten, values)


def _meant(match: re.Match[bytes]) -> bytes:
    hexadecimal, octal, short, long, letter = match.groups()
    if hexadecimal or octal:
        return bytes([int(hexadecimal or octal, 16 if hexadecimal else 8) & 255])
    if short or long:
        return chr(int(short or long, 16)).encode()
    if letter:  # a text knows no \\v
        return letter if letter == b"v" else bytes([_ESCAPED[letter[0]]])
    return b"'"
