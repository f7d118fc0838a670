"""Which columns, of which types, does a CREATE TABLE declare?

Names and types are read directly, not by a parser of all of MySQL's grammar: a default, a partition or a
spatial type that such a parser doesn't know would make a readable table unreadable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from fiador.sources.dump_statements import NAME, identifier

_CREATE = re.compile(
    rb"CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"
    + NAME
    + rb"\s*\.\s*)?(?P<table>"
    + NAME
    + rb")\s*\(",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
# A definition ends at a comma outside quotes and parentheses; three levels deep are enough for a check or a
# default.
_QUOTED = rb"'(?:[^'\\]|\\.|'')*+'|`(?:[^`]|``)*+`|\"(?:[^\"\\]|\\.)*+\""
_FLAT = _QUOTED + rb"|[^'\"`()]"
_NESTED = rb"\((?:" + _FLAT + rb"|\((?:" + _FLAT + rb"|\((?:" + _FLAT + rb")*+\))*+\))*+\)"
_DEFINITION = re.compile(rb"(?:" + _QUOTED + rb"|" + _NESTED + rb"|[^'\"`(),])++", re.DOTALL)
_COLUMN = re.compile(rb"\s*(?P<name>" + NAME + rb")\s+(?P<type>[A-Za-z]+)\s*(?:\((?P<size>[\d,\s]+)\))?", re.DOTALL)
_NO_COLUMN = re.compile(
    rb"\s*(?:PRIMARY\s+KEY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|FOREIGN\s+KEY|CHECK|PERIOD)\b",
    re.IGNORECASE,
)
_GENERATED = re.compile(rb"\sGENERATED\s+ALWAYS\s+AS\s*\(|\sAS\s*\(.*\)\s*(?:VIRTUAL|STORED|PERSISTENT)", re.IGNORECASE)

_INTEGER, _NUMBER, _TEXT = pa.int64(), pa.float64(), pa.string()
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "serial"), _INTEGER),
    **dict.fromkeys(("float", "double", "real"), _NUMBER),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), _TEXT),
    **dict.fromkeys(("enum", "set", "json", "time", "uuid", "inet", "inet4", "inet6"), _TEXT),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), pa.binary()),
    **dict.fromkeys(("geometry", "point", "linestring", "polygon", "multipoint"), pa.binary()),
    **dict.fromkeys(("multilinestring", "multipolygon", "geometrycollection", "vector"), pa.binary()),
    **dict.fromkeys(("bool", "boolean", "bit"), pa.bool_()),
    **dict.fromkeys(("datetime", "timestamp"), pa.timestamp("us")),
    "date": pa.date32(),
}
"""The Arrow type of each MySQL type; decimal has its own digits, and a bit of several digits is binary."""
_DECIMALS = ("decimal", "numeric", "dec", "fixed")
# DuckDB and Arrow's 128 bits hold 38 digits; MySQL allows 65, which no amount of money needs.
_MOST_DIGITS = 38


@dataclass(frozen=True)
class CreatedTable:
    """A table's name and schema as its CREATE TABLE states them; generated columns, never dumped, are left out."""

    name: str
    schema: pa.Schema


def created_table(statement: bytes) -> CreatedTable | None:
    """The table a statement creates; null for any other statement. ValueError at a type it doesn't know.

    >>> created_table(b"CREATE TABLE `ids` (`loan_id` varchar(16), `n` int NOT NULL, KEY `k` (`n`))")
    CreatedTable(name='ids', schema=loan_id: string
    n: int64)
    >>> created_table(b"DROP TABLE IF EXISTS `ids`")
    """
    text = _COMMENT.sub(b" ", statement)
    head = _CREATE.match(text)
    if not head:
        return None
    fields = [_field(definition) for definition in _definitions(text, head.end())]
    return CreatedTable(identifier(head["table"]), pa.schema([field for field in fields if field]))


def _definitions(text: bytes, start: int) -> list[bytes]:
    found = []
    while match := _DEFINITION.match(text, start):
        found.append(match[0])
        if text[match.end() : match.end() + 1] != b",":
            break
        start = match.end() + 1
    return found


def _field(definition: bytes) -> pa.Field | None:
    if _NO_COLUMN.match(definition) or _GENERATED.search(definition):
        return None
    column = _COLUMN.match(definition)
    if not column:
        said = definition.strip().decode("utf-8", "backslashreplace")
        raise ValueError(f"can't read the column definition {said[:60]!r}.")
    name, word = identifier(column["name"]), column["type"].decode().lower()
    sizes = [int(size) for size in (column["size"] or b"").split(b",") if size.strip()]
    if not (arrow := _arrow_type(word, sizes)):
        raise ValueError(f"column '{name}' is of type '{word}', which this reader doesn't know.")
    return pa.field(name, arrow)


def _arrow_type(word: str, sizes: list[int]) -> pa.DataType | None:
    if word in _DECIMALS:
        digits, scale = (*sizes, 10, 0)[:2] if len(sizes) != 1 else (sizes[0], 0)
        return pa.decimal128(min(digits, _MOST_DIGITS), scale)
    if word == "bit" and sizes not in ([], [1]):
        return pa.binary()
    return TYPES.get(word)
