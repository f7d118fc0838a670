"""Where does one statement of a dump end and the next begin?

A dump is cut in one pass over a window of a few megabytes. An INSERT may be megabytes long, so its end is the
first `;` with an even number of unescaped quotes before it, counted by the C library's own counting;
everything else is small and cut by an exact expression. Comments, version comments, triggers and DELIMITER
blocks are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fiador.errors import DataError
from fiador.sources.dump_rows import last_row_end
from fiador.sources.encoding import UTF8_BOM, line_at

_BLOCK = 4 << 20
# An INSERT's head, or a comment, longer than this is no head and no comment.
_LONGEST_HEAD = 1 << 20
_LONGEST_PART = 8 << 20
_LONGEST_OTHER = 64 << 20
_FIRST_WORDS = 4096

NAME = rb"(?:`(?:[^`]|``)+`|[A-Za-z0-9_$\x80-\xff]+)"
_BLANK = re.compile(rb"(?:[\s;]++|--[^\n]*+\n|\#[^\n]*+\n|/\*(?s:.*?)\*/)*+", re.VERBOSE)
_INSERT_WORD = re.compile(rb"(?:INSERT|REPLACE)\s", re.IGNORECASE)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|HIGH_PRIORITY|DELAYED|IGNORE)\s+)*(?:INTO\s+)?"
    rb"(?:" + NAME + rb"\s*\.\s*)?(?P<table>" + NAME + rb")\s*"
    rb"(?:\(\s*(?P<columns>" + NAME + rb"(?:\s*,\s*" + NAME + rb")*)\s*\)\s*)?VALUES?\s*(?=\()",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rb"""(?: [^'"`;/\#\-]++ | '(?:[^'\\]++|\\.)*+' | "(?:[^"\\]++|\\.)*+" | `[^`]*+`
         | --[^\n]*+\n | \#[^\n]*+\n | /\*.*?\*/ | [/\-] )*+ ;""",
    re.VERBOSE | re.DOTALL,
)
_DELIMITER_BACK = re.compile(rb"^DELIMITER[ \t]+;[ \t\r]*\n", re.IGNORECASE | re.MULTILINE)
_FOREIGN = (
    (re.compile(rb"COPY\s.*\sFROM\s+stdin", re.IGNORECASE), "PostgreSQL (pg_dump)"),
    (re.compile(rb"SET\s+(?:statement_timeout|search_path)\s", re.IGNORECASE), "PostgreSQL (pg_dump)"),
    (re.compile(rb"SELECT\s+pg_catalog\.", re.IGNORECASE), "PostgreSQL (pg_dump)"),
    (re.compile(rb"PRAGMA\s|BEGIN\s+TRANSACTION\s*;", re.IGNORECASE), "SQLite (.dump)"),
)  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One statement and the bytes of the file it stands on: [start, stop)."""

    start: int
    stop: int
    text: bytes


@dataclass(frozen=True)
class Insert(Statement):
    """Rows for a table: `text` is what follows VALUES, without the `;`. `columns` is null where none are listed."""

    table: str
    columns: tuple[str, ...] | None


class Cut(Statement):
    """What stands at the end of the file without its `;`."""


class CutInsert(Insert):
    """An INSERT that the end of the file cuts."""


def statements(path: Path, *, start: int = 0, stop: int | None = None) -> Iterator[Statement]:
    """The statements whose first byte lies in [start, stop), in order; the last is a Cut where the file ends inside it.

    DataError where the file is a dump of another database system.
    """
    with path.open("rb") as file:
        window = _Window(file, start)
        if start == 0 and window.peek(len(UTF8_BOM)) == UTF8_BOM:
            window.at += len(UTF8_BOM)
        while _to_next(window) and (stop is None or window.offset < stop):
            yield _next(path, window)


def after_comments(head: bytes) -> bytes:
    """What a file says once its first comments and blanks are over.

    >>> after_comments(b"-- a dump\\n/*!40101 SET NAMES utf8 */;\\nCREATE TABLE")
    b'CREATE TABLE'
    """
    return _BLANK.sub(b"", head.removeprefix(UTF8_BOM), count=1)


def identifier(raw: bytes) -> str:
    """A name without its backticks.

    >>> identifier(b"`a``b`"), identifier(b"ids")
    ('a`b', 'ids')
    """
    text = raw.decode("utf-8")
    return text[1:-1].replace("``", "`") if text.startswith("`") else text


@dataclass(frozen=True)
class _Head:
    """How an INSERT starts, up to its first row."""

    text: bytes
    table: str
    columns: tuple[str, ...] | None


class _Window:
    """The part of a file in memory: what is done with goes, what is needed comes."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self._file = file
        self._base = start
        self.bytes = b""
        self.at = 0
        self.unfinished: _Head | None = None
        self.last_head: _Head | None = None

    @property
    def offset(self) -> int:
        """Where in the file the next byte stands."""
        return self._base + self.at

    @property
    def left(self) -> int:
        """How many bytes are in memory from here on."""
        return len(self.bytes) - self.at

    def fill(self) -> bool:
        """One more block, or False where the file has ended."""
        block = self._file.read(_BLOCK)
        self._base += self.at
        self.bytes, self.at = self.bytes[self.at :] + block, 0
        return bool(block)

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end of the file."""
        while self.left < size and self.fill():
            pass
        return self.bytes[self.at : self.at + size]

    def cut(self, size: int, head: int = 0) -> tuple[int, int, bytes]:
        """Go past `size` bytes: where they start, where they stop, what they say after their first `head`."""
        start, text = self.offset, self.bytes[self.at + head : self.at + size]
        self.at += size
        return start, self.offset, text


def _to_next(window: _Window) -> bool:
    """Go past blanks and comments; False where nothing follows them."""
    while True:
        window.at = _BLANK.match(window.bytes, window.at).end()  # type: ignore[union-attr]
        rest = window.bytes[window.at : window.at + 2]
        if len(rest) == 2 and rest not in (b"--", b"/*") and rest[:1] != b"#":
            return True
        if not window.fill():
            return bool(rest) and not rest.startswith((b"--", b"#"))


def _next(path: Path, window: _Window) -> Statement:
    start = window.peek(_FIRST_WORDS)
    if window.unfinished or _INSERT_WORD.match(start):
        return _insert(path, window)
    if start[:10].upper().startswith(b"DELIMITER"):
        return _to_expression_end(path, window, _DELIMITER_BACK)
    for mark, dialect in _FOREIGN:
        if mark.match(start):
            raise foreign(path, dialect)
    return _to_expression_end(path, window, _OTHER)


def foreign(path: Path, dialect: str) -> DataError:
    """The error for a dump this reader doesn't speak, naming whose it is."""
    hint = "Only mysqldump text is read; export the tables as CSV or Parquet."
    return DataError(f"this is a dump of {dialect}, not of MySQL or MariaDB.", where=str(path), hint=hint)


def _to_expression_end(path: Path, window: _Window, end: re.Pattern[bytes]) -> Statement:
    find = end.match if end is _OTHER else end.search
    while not (found := find(window.bytes, window.at)):
        if window.left > _LONGEST_OTHER:
            line, limit = line_at(path, window.offset), _LONGEST_OTHER >> 20
            what = f"the statement on line {line:,} has no end within {limit} MB."
            raise DataError(what, where=str(path), hint="Is a quote left open? Dump the tables again.")
        if not window.fill():
            return Cut(*window.cut(window.left))
    return Statement(*window.cut(found.end() - window.at))


def _insert(path: Path, window: _Window) -> Statement:
    head = window.unfinished or _head(path, window)
    if head is None:
        return Cut(*window.cut(window.left))
    size = 0 if window.unfinished else len(head.text)
    stop = _end_of_values(window, size)
    if stop is None:
        return CutInsert(*window.cut(window.left, size), table=head.table, columns=head.columns)
    values = Insert(*window.cut(stop, size), table=head.table, columns=head.columns)
    window.unfinished = head if window.peek(1) == b"," else None
    window.at += 1
    return values


def _head(path: Path, window: _Window) -> _Head | None:
    """An INSERT up to its first row; null where the file ends before it."""
    last = window.last_head
    if last and window.bytes.startswith(last.text, window.at):
        return last
    while not (found := _INSERT.match(window.bytes, window.at)):
        if window.left > _LONGEST_HEAD or b";" in window.peek(_LONGEST_HEAD):
            what = f"line {line_at(path, window.offset):,} holds an INSERT without VALUES (...)."
            raise DataError(
                what, where=str(path), hint="Only INSERT INTO table [(columns)] VALUES (...), (...) is read."
            )
        if not window.fill():
            return None
    window.last_head = _Head(found[0], identifier(found["table"]), _listed(found["columns"]))
    return window.last_head


def _listed(columns: bytes | None) -> tuple[str, ...] | None:
    return None if columns is None else tuple(identifier(name) for name in re.findall(NAME, columns))


def _end_of_values(window: _Window, begin: int) -> int | None:
    """Where the first `;` outside quotes stands, from `window.at`; null where the file ends before it.

    Where megabytes pass without one, it is the last comma between two rows: what follows is read as another
    INSERT.
    """
    counted = looked = begin
    inside = False
    while True:
        found = window.bytes.find(b";", window.at + looked)
        if found < 0:
            if window.left > _LONGEST_PART and (between := last_row_end(window.bytes[window.at + begin :])):
                return begin + between
            looked = window.left
            if not window.fill():
                return None
            continue
        inside ^= _odd_quotes(window.bytes, window.at + counted, found)
        counted = looked = found - window.at + 1
        if not inside:
            return counted - 1
        # A text full of `;` is gone past at once: nothing ends before its next quote.
        quote = window.bytes.find(b"'", found)
        looked = (quote if quote >= 0 else len(window.bytes)) - window.at


def _odd_quotes(text: bytes, start: int, stop: int) -> bool:
    if text.find(b"\\", start, stop) < 0:
        return text.count(b"'", start, stop) % 2 == 1
    # Escaped backslashes go first, pair by pair from the left; a backslash that is left escapes what follows
    # it.
    single = text[start:stop].replace(b"\\\\", b"")
    return (single.count(b"'") - single.count(b"\\'")) % 2 == 1
