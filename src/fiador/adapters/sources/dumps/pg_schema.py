"""Which tables, of which columns and types, do a pg_dump's statements declare?

Every PostgreSQL value has a text form, so a type that Arrow has no match for (an enumeration, an array, an
extension's own) is read as that text instead of being refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from fiador.adapters.sources.dumps.mysql_schema import MOST_DIGITS, definitions
from fiador.adapters.sources.dumps.statements import Dialect

_NAME = rb"(?:\"(?:[^\"]|\"\")+\"|[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*)"
_QUALIFIED = rb"(?:(?P<schema>" + _NAME + rb")\s*\.\s*)?(?P<table>" + _NAME + rb")"
_COLUMNS = rb"(?:\(\s*(?P<columns>" + _NAME + rb"(?:\s*,\s*" + _NAME + rb")*)\s*\)\s*)?"
_OTHER = rb"""(?: [^'"$;/\-Ee]++ | (?<![A-Za-z0-9_$\x80-\xff])[Ee]'(?:[^'\\]++|\\.|'')*+' | %s | "[^"]*+"
     | \$(?P<tag>[A-Za-z_0-9]*)\$.*?\$(?P=tag)\$ | --[^\n]*+\n | /\*.*?\*/ | [$/\-Ee] )*+ ;"""


def named(raw: bytes) -> str:
    """A name without its double quotes; one without them is in lower case, as the server keeps it.

    >>> named(b'"a""B"'), named(b"Loans")
    ('a"B', 'loans')
    """
    text = raw.decode("utf-8")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.lower()


def _dialect(text: bytes, *, escapes: bool) -> Dialect:
    return Dialect(
        name=_NAME,
        identifier=named,
        blank=re.compile(rb"(?:[\s;]++|--[^\n]*+\n|\\[^\n]*+\n|/\*(?s:.*?)\*/)*+"),
        comments=(b"--", b"/*", b"\\"),
        insert=re.compile(
            rb"INSERT\s+INTO\s+"
            + _QUALIFIED
            + rb"\s*"
            + _COLUMNS
            + rb"(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES\s*(?=\()",
            re.IGNORECASE,
        ),
        other=re.compile(_OTHER.replace(b"%s", text), re.VERBOSE | re.DOTALL),
        blocks=(
            # A body in SQL holds `;` without quotes; pg_dump starts its last line with END, and ends a rule with
            # an empty line.
            (
                re.compile(rb"CREATE\s[^;]*?\bBEGIN\s+ATOMIC\s", re.IGNORECASE),
                re.compile(rb"^END;", re.IGNORECASE | re.MULTILINE),
            ),
            (re.compile(rb"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\s", re.IGNORECASE), re.compile(rb";[ \r]*\n\s*\n")),
        ),
        foreign=(),
        foreign_hint="",
        escapes=escapes,
        marked=None if escapes else re.compile(rb"[(,\s][eE]'"),
        copy=re.compile(rb"COPY\s+" + _QUALIFIED + rb"\s*" + _COLUMNS + rb"FROM\s+stdin\s*;[ \t\r]*\n", re.IGNORECASE),
    )


POSTGRES = _dialect(rb"'(?:[^']++|'')*+'", escapes=False)
POSTGRES_ESCAPED = _dialect(rb"'(?:[^'\\]++|\\.|'')*+'", escapes=True)
"""The dialect of a dump that says standard_conforming_strings = off."""

_TABLE = re.compile(
    rb"CREATE\s+(?:(?:UNLOGGED|FOREIGN|GLOBAL|LOCAL|TEMP|TEMPORARY)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    + _QUALIFIED
    + rb"\s*(?:\(|PARTITION\s+OF\s+(?P<parent>"
    + _NAME
    + rb"(?:\s*\.\s*"
    + _NAME
    + rb")?))",
    re.IGNORECASE,
)
_INHERITS = re.compile(rb"\)\s*INHERITS\s*\((?P<parents>[^()]*)\)", re.IGNORECASE)
_ATTACH = re.compile(
    rb"ALTER\s+TABLE\s+(?:ONLY\s+)?(?P<parent>"
    + _NAME
    + rb"(?:\s*\.\s*"
    + _NAME
    + rb")?)\s+ATTACH\s+PARTITION\s+"
    + _QUALIFIED,
    re.IGNORECASE,
)
_DOMAIN = re.compile(rb"CREATE\s+DOMAIN\s+" + _QUALIFIED + rb"\s+AS\s+", re.IGNORECASE)
_NO_COLUMN = re.compile(
    rb"\s*(?:PRIMARY\s+KEY|UNIQUE|CONSTRAINT|FOREIGN\s+KEY|CHECK|EXCLUDE|LIKE)(?![\w$])", re.IGNORECASE
)
_GENERATED = re.compile(rb"\sGENERATED\s+ALWAYS\s+AS\s*\(", re.IGNORECASE)
_TYPE = re.compile(
    rb"(?:" + _NAME + rb"\s*\.\s*)?(?P<word>double\s+precision|(?:character|char|bit)\s+varying|" + _NAME + rb")"
    rb"\s*(?:\((?P<size>[\d,\s-]+)\))?(?P<zone>\s+with\s+time\s+zone)?(?:\s+without\s+time\s+zone)?"
    rb"(?P<array>\s*\[|\s+ARRAY(?![\w$]))?",
    re.IGNORECASE,
)
_MARK = re.compile(rb"'(?:[^']|'')*+'|\"[^\"]*+\"|[(),]")
_COLUMN = re.compile(rb"\s*(?P<name>" + _NAME + rb")\s+(?=\S)")

_INTEGERS = ("smallint", "integer", "int", "bigint", "int2", "int4", "int8", "oid")
_SERIALS = ("smallserial", "serial", "bigserial", "serial2", "serial4", "serial8")
_MOMENT, _MOMENT_IN_ZONE = pa.timestamp("us"), pa.timestamp("us", "UTC")
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys((*_INTEGERS, *_SERIALS), pa.int64()),
    **dict.fromkeys(("double precision", "float", "float8"), pa.float64()),
    **dict.fromkeys(("real", "float4"), pa.float32()),
    **dict.fromkeys(("boolean", "bool"), pa.bool_()),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "timestamp": _MOMENT,
    "timestamptz": _MOMENT_IN_ZONE,
}
"""The Arrow type each PostgreSQL type is written as; numeric has its own digits, every other type is text."""
_NUMERICS = ("numeric", "decimal", "dec")
_PLAIN = {pa.float32(): pa.float64(), _MOMENT_IN_ZONE: _MOMENT}

Name = tuple[str, str]
"""(schema, table); the schema is '' where the dump leaves it to its search path."""


@dataclass(frozen=True)
class Declared:
    """A created table: its columns as they are written, the generated ones, and the tables whose rows hold its own."""

    name: Name
    written: pa.Schema
    generated: tuple[str, ...]
    parents: tuple[Name, ...]


def plain(written: pa.Schema) -> pa.Schema:
    """A schema as the rest of the system reads it: numbers of 64 bits, moments in UTC without a zone."""
    return pa.schema([(field.name, _PLAIN.get(field.type, field.type)) for field in written])


def declared_table(statement: bytes, domains: Mapping[str, pa.DataType]) -> Declared | None:
    """The table a statement creates; null for any other statement. ValueError at a column it can't read.

    >>> table = declared_table(b'CREATE TABLE public.ids ("Loan" character varying(16), n numeric(12,2));', {})
    >>> table.name, table.written.types
    (('public', 'ids'), [DataType(string), Decimal128Type(decimal128(12, 2))])
    """
    head = _TABLE.match(statement)
    if not head:
        return None
    name = _name_of(head)
    if head["parent"]:
        return Declared(name, pa.schema([]), (), (_split(head["parent"]),))
    columns = [
        part for part in definitions(statement, head.end(), _MARK) if part.strip() and not _NO_COLUMN.match(part)
    ]
    fields = [_field(column, domains) for column in columns]
    generated = tuple(field.name for field, column in zip(fields, columns, strict=True) if _GENERATED.search(column))
    inherits = _INHERITS.search(statement, head.end())
    parents = tuple(_split(match[0]) for match in _PARENT.finditer(inherits["parents"])) if inherits else ()
    return Declared(name, pa.schema(fields), generated, parents)


_PARENT = re.compile(_NAME + rb"(?:\s*\.\s*" + _NAME + rb")?")


def attached(statement: bytes) -> tuple[Name, Name] | None:
    """The partitioned table and the partition that a statement attaches to it; null for any other statement."""
    match = _ATTACH.match(statement)
    return (_split(match["parent"]), _name_of(match)) if match else None


def declared_domain(statement: bytes, domains: Mapping[str, pa.DataType]) -> tuple[str, pa.DataType] | None:
    """A domain's name and the type its values are written as; null for any other statement."""
    match = _DOMAIN.match(statement)
    return (named(match["table"]), _written(statement[match.end() :], domains)) if match else None


def _field(definition: bytes, domains: Mapping[str, pa.DataType]) -> pa.Field:
    column = _COLUMN.match(definition)
    if not column:
        text = definition.strip().decode("utf-8", "backslashreplace")
        raise ValueError(f"can't read the column definition {text[:60]!r}.")
    return pa.field(named(column["name"]), _written(definition[column.end() :], domains))


def _written(definition: bytes, domains: Mapping[str, pa.DataType]) -> pa.DataType:
    match = _TYPE.match(definition)
    if not match or match["array"]:
        return pa.string()
    word = " ".join(named(match["word"]).split())
    sizes = [int(size) for size in (match["size"] or b"").split(b",") if size.strip()]
    if word in _NUMERICS:
        return _numeric(*sizes)
    if word == "float" and sizes and sizes[0] <= _REAL_BITS:
        return pa.float32()
    if word == "timestamp" and match["zone"]:
        return _MOMENT_IN_ZONE
    return TYPES.get(word) or domains.get(word) or pa.string()


# PostgreSQL's float(n) is a real up to so many bits.
_REAL_BITS = 24


def _numeric(digits: int = 0, scale: int = 0) -> pa.DataType:
    """A decimal of its digits; a number where it states none, or more than 38."""
    digits, scale = max(digits, scale) - min(scale, 0), max(scale, 0)
    return pa.decimal128(digits, scale) if 0 < digits <= MOST_DIGITS else pa.float64()


def _name_of(match: re.Match[bytes]) -> Name:
    return (named(match["schema"]) if match["schema"] else "", named(match["table"]))


def _split(qualified: bytes) -> Name:
    parts = [named(part) for part in re.findall(_NAME, qualified)]
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
