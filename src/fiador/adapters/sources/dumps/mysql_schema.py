"""Which columns, of which types, does a CREATE TABLE declare?

Names and types are read directly, not by a parser of all of MySQL's grammar: a default, a partition or a
spatial type that such a parser doesn't know would make a readable table unreadable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from fiador.adapters.sources.dumps.statements import NAME, identifier

_CREATE = re.compile(
    rb"CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"
    + NAME
    + rb"\s*\.\s*)?(?P<table>"
    + NAME
    + rb")\s*\(",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
# A definition ends at a comma outside quotes and parentheses.
_MARK = re.compile(rb"'(?:[^'\\]|\\.|'')*+'|`(?:[^`]|``)*+`|\"(?:[^\"\\]|\\.)*+\"|[(),]", re.DOTALL)
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
# DuckDB and Arrow's 128 bits hold 38 digits; MySQL allows 65, which no amount of money needs: a number then.
MOST_DIGITS = 38


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
    fields = [_field(definition) for definition in definitions(text, head.end())]
    return CreatedTable(identifier(head["table"]), pa.schema([field for field in fields if field]))


def definitions(text: bytes, start: int, mark: re.Pattern[bytes] = _MARK) -> list[bytes]:
    """The definitions of a CREATE TABLE whose parenthesis opens before `start`.

    `mark` finds quoted texts and names, parentheses and commas.

    >>> definitions(b"(a decimal(3,1), b text DEFAULT 'x,')", 1)
    [b'a decimal(3,1)', b" b text DEFAULT 'x,'"]
    """
    parts, depth = [], 0
    for match in mark.finditer(text, start):
        if match[0] == b"(":
            depth += 1
        elif match[0] == b")" and depth:
            depth -= 1
        elif match[0] in b")," and not depth:
            parts.append(text[start : match.start()])
            start = match.end()
            if match[0] == b")":
                break
    return parts


def _field(definition: bytes) -> pa.Field | None:
    if _NO_COLUMN.match(definition) or _GENERATED.search(definition):
        return None
    column = _COLUMN.match(definition)
    if not column:
        text = definition.strip().decode("utf-8", "backslashreplace")
        raise ValueError(f"can't read the column definition {text[:60]!r}.")
    name, word = identifier(column["name"]), column["type"].decode().lower()
    sizes = [int(size) for size in (column["size"] or b"").split(b",") if size.strip()]
    if not (arrow := arrow_type(word, sizes)):
        raise ValueError(f"column '{name}' is of type '{word}', which this reader doesn't know.")
    return pa.field(name, arrow)


def arrow_type(word: str, sizes: list[int]) -> pa.DataType | None:
    """The type of a MySQL type's word and the numbers in its parentheses; null for an unknown word.

    >>> arrow_type("decimal", [12, 2]), arrow_type("bit", [8])
    (Decimal128Type(decimal128(12, 2)), DataType(binary))
    """
    if word in _DECIMALS:
        digits, scale = (*sizes, 10, 0)[:2] if len(sizes) != 1 else (sizes[0], 0)
        return pa.decimal128(digits, scale) if digits <= MOST_DIGITS else _NUMBER
    if word == "bit" and sizes not in ([], [1]):
        return pa.binary()
    return TYPES.get(word)
