"""Where does one statement of a dump end and the next begin?

A dump is cut in one pass over a window of a few megabytes. An INSERT may be megabytes long, so its end is the
first `;` with an even number of unescaped quotes before it, counted by the C library's own counting;
everything else is small and cut by an exact expression. Comments, version comments, triggers and DELIMITER
blocks are passed over. What one database system writes otherwise than another is its Dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypedDict

from fiador.adapters.sources.dumps.rows import last_row_end
from fiador.adapters.sources.encoding import UTF8_BOM, line_at
from fiador.errors import DataError

_BLOCK = 4 << 20
# An INSERT's head, or a comment, longer than this is no head and no comment.
_LONGEST_HEAD = 1 << 20
_LONGEST_PART = 8 << 20
_LONGEST_OTHER = 64 << 20
_FIRST_WORDS = 4096
_TOGETHER = 4 << 20

NAME = rb"(?:`(?:[^`]|``)+`|[A-Za-z0-9_$\x80-\xff]+)"
_INSERT_WORD = re.compile(rb"(?:INSERT|REPLACE)\s", re.IGNORECASE)
_NO_VALUES = re.compile(rb"INSERT\s+INTO\s[^;]{1,999}?\sDEFAULT\s+VALUES\s*;", re.IGNORECASE)
_COPY_WORD = re.compile(rb"COPY\s", re.IGNORECASE)
# A data line never starts so: in a value, a backslash is written twice.
_COPY_END = b"\n\\."


@dataclass(frozen=True)
class Dialect:
    """How a database system writes what statements are cut by.

    `name` is an identifier's expression and `identifier` what one says; `comments` are a comment's first bytes;
    `blocks` are statements that hold `;`, each with the expression that ends it; `foreign` are statements only
    another system writes, with its name, and `foreign_hint` what to do about it; `escapes` says whether a
    backslash in a text escapes, and `marked` finds texts that are escaped where others aren't.
    """

    name: bytes
    identifier: Callable[[bytes], str]
    blank: re.Pattern[bytes]
    comments: tuple[bytes, ...]
    insert: re.Pattern[bytes]
    other: re.Pattern[bytes]
    blocks: tuple[tuple[re.Pattern[bytes], re.Pattern[bytes]], ...]
    foreign: tuple[tuple[re.Pattern[bytes], str], ...]
    foreign_hint: str
    escapes: bool = True
    marked: re.Pattern[bytes] | None = None
    copy: re.Pattern[bytes] | None = None


def identifier(raw: bytes) -> str:
    """A name without its backticks.

    >>> identifier(b"`a``b`"), identifier(b"ids")
    ('a`b', 'ids')
    """
    text = raw.decode("utf-8")
    return text[1:-1].replace("``", "`") if text.startswith("`") else text


MYSQL = Dialect(
    name=NAME,
    identifier=identifier,
    blank=re.compile(rb"(?:[\s;]++|--[^\n]*+\n|\#[^\n]*+\n|/\*(?s:.*?)\*/)*+", re.VERBOSE),
    comments=(b"--", b"/*", b"#"),
    insert=re.compile(
        rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|HIGH_PRIORITY|DELAYED|IGNORE)\s+)*(?:INTO\s+)?"
        rb"(?:(?P<schema>" + NAME + rb")\s*\.\s*)?(?P<table>" + NAME + rb")\s*"
        rb"(?:\(\s*(?P<columns>" + NAME + rb"(?:\s*,\s*" + NAME + rb")*)\s*\)\s*)?VALUES?\s*(?=\()",
        re.IGNORECASE,
    ),
    other=re.compile(
        rb"""(?: [^'"`;/\#\-]++ | '(?:[^'\\]++|\\.)*+' | "(?:[^"\\]++|\\.)*+" | `[^`]*+`
             | --[^\n]*+\n | \#[^\n]*+\n | /\*.*?\*/ | [/\-] )*+ ;""",
        re.VERBOSE | re.DOTALL,
    ),
    blocks=(
        (
            re.compile(rb"DELIMITER", re.IGNORECASE),
            re.compile(rb"^DELIMITER[ \t]+;[ \t\r]*\n", re.IGNORECASE | re.MULTILINE),
        ),
    ),
    foreign=(
        (re.compile(rb"COPY\s.*\sFROM\s+stdin", re.IGNORECASE), "PostgreSQL (pg_dump)"),
        (re.compile(rb"SET\s+(?:statement_timeout|search_path)\s", re.IGNORECASE), "PostgreSQL (pg_dump)"),
        (re.compile(rb"SELECT\s+pg_catalog\.", re.IGNORECASE), "PostgreSQL (pg_dump)"),
        (re.compile(rb"PRAGMA\s|BEGIN\s+TRANSACTION\s*;", re.IGNORECASE), "SQLite (.dump)"),
    ),
    foreign_hint="Only the text of mysqldump and pg_dump is read; export the tables as CSV or Parquet.",
)


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
    schema: str = ""


class Copy(Insert):
    """Rows that PostgreSQL's COPY writes: the bytes are those of its lines, `text` is empty."""


class Cut(Statement):
    """What stands at the end of the file without its `;`."""


class CutInsert(Insert):
    """An INSERT that the end of the file cuts."""


class CutCopy(Copy):
    """A COPY that the end of the file cuts."""


def statements(path: Path, dialect: Dialect = MYSQL, *, start: int = 0, stop: int | None = None) -> Iterator[Statement]:
    """The statements whose first byte lies in [start, stop), in order; the last is a Cut where the file ends inside it.

    DataError where the file is a dump of another database system.
    """
    with path.open("rb") as file:
        window = _Window(file, start, dialect)
        if start == 0 and window.peek(len(UTF8_BOM)) == UTF8_BOM:
            window.at += len(UTF8_BOM)
        while _to_next(window) and (stop is None or window.offset < stop):
            yield _next(path, window)


def after_comments(head: bytes) -> bytes:
    """What a file says once its first comments and blanks are over.

    >>> after_comments(b"-- a dump\\n/*!40101 SET NAMES utf8 */;\\nCREATE TABLE")
    b'CREATE TABLE'
    """
    return MYSQL.blank.sub(b"", head.removeprefix(UTF8_BOM), count=1)


class _Named(TypedDict):
    table: str
    columns: tuple[str, ...] | None
    schema: str


@dataclass(frozen=True)
class _Head:
    """How an INSERT starts, up to its first row."""

    text: bytes
    named: _Named


class _Window:
    """The part of a file in memory: what is done with goes, what is needed comes."""

    def __init__(self, file: BinaryIO, start: int, dialect: Dialect) -> None:
        file.seek(start)
        self._file = file
        self.dialect = dialect
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
    comments = window.dialect.comments
    while True:
        window.at = window.dialect.blank.match(window.bytes, window.at).end()  # type: ignore[union-attr]
        rest = window.bytes[window.at : window.at + 2]
        if len(rest) == 2 and not rest.startswith(comments):
            return True
        if not window.fill():
            return bool(rest) and not rest.startswith(tuple(mark for mark in comments if mark != b"/*"))


def _next(path: Path, window: _Window) -> Statement:
    dialect, start = window.dialect, window.peek(_FIRST_WORDS)
    if dialect.copy and _COPY_WORD.match(start):
        return _copy(path, window)
    if window.unfinished or (_INSERT_WORD.match(start) and not _NO_VALUES.match(start)):
        return _insert(path, window)
    for mark, whose in dialect.foreign:
        if mark.match(start):
            raise foreign(path, whose, hint=dialect.foreign_hint)
    end = next((end for begins, end in dialect.blocks if begins.match(start)), dialect.other)
    return _to_expression_end(path, window, end)


def foreign(path: Path, whose: str, *, hint: str = MYSQL.foreign_hint) -> DataError:
    """The error for a dump this reader doesn't speak, naming whose it is."""
    return DataError(f"this is a dump of {whose}, not of MySQL, MariaDB or PostgreSQL.", where=str(path), hint=hint)


def _to_expression_end(path: Path, window: _Window, end: re.Pattern[bytes]) -> Statement:
    find = end.match if end is window.dialect.other else end.search
    while not (match := find(window.bytes, window.at)):
        if window.left > _LONGEST_OTHER:
            raise _endless(path, window)
        if not window.fill():
            return Cut(*window.cut(window.left))
    return Statement(*window.cut(match.end() - window.at))


def _endless(path: Path, window: _Window) -> DataError:
    line, limit = line_at(path, window.offset), _LONGEST_OTHER >> 20
    what = f"the statement on line {line:,} has no end within {limit} MB."
    return DataError(what, where=str(path), hint="Is a quote left open? Dump the tables again.")


def _copy(path: Path, window: _Window) -> Copy:
    """A COPY's lines, up to the one that holds `\\.` alone."""
    while not (match := window.dialect.copy.match(window.bytes, window.at)):  # type: ignore[union-attr]
        if window.left > _LONGEST_HEAD or b";" in window.peek(_LONGEST_HEAD):
            what = f"line {line_at(path, window.offset):,} holds a COPY that isn't FROM stdin in the text format."
            raise DataError(what, where=str(path), hint="Only what `pg_dump --format=plain` writes is read.")
        if not window.fill():
            return CutCopy(*window.cut(window.left), table="", columns=None)
    named = _named(window.dialect, match)
    # The line end of the head is looked at again: the lines may be none.
    window.at = match.end() - 1
    begins = window.offset + 1
    while (end := window.bytes.find(_COPY_END, window.at)) < 0:
        window.at = max(window.at, len(window.bytes) - len(_COPY_END) + 1)
        if not window.fill():
            return CutCopy(begins, window.offset + window.left, b"", **named)
    window.at = end + 1
    stops = window.offset
    window.at += len(_COPY_END) - 1
    return Copy(begins, stops, b"", **named)


def _named(dialect: Dialect, match: re.Match[bytes]) -> _Named:
    columns = match["columns"]
    listed = None if columns is None else tuple(map(dialect.identifier, re.findall(dialect.name, columns)))
    return {
        "table": dialect.identifier(match["table"]),
        "columns": listed,
        "schema": dialect.identifier(match["schema"]) if match["schema"] else "",
    }


def _insert(path: Path, window: _Window) -> Statement:
    head = window.unfinished or _head(path, window)
    if head is None:
        return Cut(*window.cut(window.left))
    size = 0 if window.unfinished else len(head.text)
    stop = _end_of_values(path, window, size)
    if stop is None:
        return CutInsert(*window.cut(window.left, size), **head.named)
    values = Insert(*window.cut(stop, size), **head.named)
    window.unfinished = head if window.peek(1) == b"," else None
    window.at += 1
    return values


def _head(path: Path, window: _Window) -> _Head | None:
    """An INSERT up to its first row; null where the file ends before it."""
    last = window.last_head
    if last and window.bytes.startswith(last.text, window.at):
        return last
    while not (match := window.dialect.insert.match(window.bytes, window.at)):
        if window.left > _LONGEST_HEAD or b";" in window.peek(_LONGEST_HEAD):
            what = f"line {line_at(path, window.offset):,} holds an INSERT without VALUES (...)."
            raise DataError(
                what, where=str(path), hint="Only INSERT INTO table [(columns)] VALUES (...), (...) is read."
            )
        if not window.fill():
            return None
    window.last_head = _Head(match[0], _named(window.dialect, match))
    return window.last_head


def _end_of_values(path: Path, window: _Window, begin: int) -> int | None:
    """Where the first `;` outside quotes stands, from `window.at`; null where the file ends before it.

    Where megabytes pass without one, it is the last comma between two rows: what follows is read as another
    INSERT.
    """
    counted = looked = begin
    inside, escapes = False, window.dialect.escapes
    while True:
        semicolon = window.bytes.find(b";", window.at + looked)
        if semicolon < 0:
            if window.left > _LONGEST_PART and not _marked(window, begin, window.left):
                between = last_row_end(window.bytes[window.at + begin :], escapes=escapes)
                if between:
                    return begin + between
            looked = window.left
            if not window.fill():
                return _exact_end(path, window) if _marked(window, begin, window.left) else None
            continue
        inside ^= _odd_quotes(window.bytes, window.at + counted, semicolon, escapes=escapes)
        counted = looked = semicolon - window.at + 1
        if not inside:
            return _exact_end(path, window) if _marked(window, begin, counted) else counted - 1
        # A text full of `;` is gone past at once: nothing ends before its next quote.
        quote = window.bytes.find(b"'", semicolon)
        looked = (quote if quote >= 0 else len(window.bytes)) - window.at


def _marked(window: _Window, begin: int, end: int) -> bool:
    """Whether quotes can't be counted: some texts are escaped and others aren't."""
    marked, start, stop = window.dialect.marked, window.at + begin, window.at + end
    return bool(marked and window.bytes.find(b"\\", start, stop) >= 0 and marked.search(window.bytes, start, stop))


def _exact_end(path: Path, window: _Window) -> int | None:
    """Where a statement's `;` stands, read text by text; null where the file ends before it."""
    while not (match := window.dialect.other.match(window.bytes, window.at)):
        if window.left > _LONGEST_OTHER:
            raise _endless(path, window)
        if not window.fill():
            return None
    return match.end() - 1 - window.at


def _odd_quotes(text: bytes, start: int, stop: int, *, escapes: bool) -> bool:
    if not escapes or text.find(b"\\", start, stop) < 0:
        return text.count(b"'", start, stop) % 2 == 1
    # Escaped backslashes go first, pair by pair from the left; a backslash that is left escapes what follows
    # it.
    single = text[start:stop].replace(b"\\\\", b"")
    return (single.count(b"'") - single.count(b"\\'")) % 2 == 1


def grouped(inserts: Iterator[Insert]) -> Iterator[list[Insert]]:
    """Neighbours with the same column list, a few megabytes together, so that one-row INSERTs are typed at once."""
    group: list[Insert] = []
    size = 0
    for insert in inserts:
        if group and (size > _TOGETHER or insert.columns != group[0].columns):
            yield group
            group, size = [], 0
        group.append(insert)
        size += len(insert.text)
    if group:
        yield group
