"""Which types may a raw column have, and what is each to Arrow, to SQL, to an expression, to whoever sends a value?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    import pyarrow as pa

ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
MOST_TEXT = 1000  # characters of one value sent: an answer may quote it
MOST_WHOLE = 92 * 10**17  # just within 64 bits, and the same number as the rounded bound that OpenAPI prints


@dataclass(frozen=True)
class Type:
    """One type.

    kind: what it is in an expression. alias: its type in Arrow. sql: in DuckDB. takes: the types of a source's column
    that can be read as it. variable: how people see its values: number | level | date. schema: of one value in JSON.
    blank: what stands in a key column that nothing is given for.

    >>> TYPES["date"].arrow
    DataType(date32[day])
    """

    name: ColumnType
    kind: str
    alias: str
    sql: str
    takes: frozenset[str]
    variable: str
    schema: Mapping[str, Any]
    blank: object

    @property
    def arrow(self) -> pa.DataType:
        """Its type in Arrow, which is loaded when first asked: a portfolio is read without."""
        import pyarrow as pa

        return pa.type_for_alias(self.alias)


UNNAMED = "(this application)"  # the key of an application sent without one
_TEXT = {"type": "string", "maxLength": MOST_TEXT}
_WHOLE = {"type": "integer", "minimum": -MOST_WHOLE, "maximum": MOST_WHOLE}
_DAY, _MOMENT = ({"type": "string", "format": form} for form in ("date", "date-time"))


def _takes(*names: str) -> frozenset[str]:
    return frozenset(names)


TYPES: dict[str, Type] = {
    each.name: each
    for each in (
        Type("text", "text", "string", "VARCHAR", _takes("text"), "level", _TEXT, UNNAMED),
        Type("integer", "number", "int64", "BIGINT", _takes("integer"), "number", _WHOLE, -1),
        Type("number", "number", "double", "DOUBLE", _takes("number", "integer"), "number", {"type": "number"}, -1.0),
        Type("boolean", "truth", "bool", "BOOLEAN", _takes("boolean", "integer"), "level", {"type": "boolean"}, False),
        Type("date", "date", "date32", "DATE", _takes("date", "timestamp"), "date", _DAY, date.min),
        Type("timestamp", "date", "timestamp[us]", "TIMESTAMP", _takes("timestamp", "date"), "date", _MOMENT,
             datetime.min),
    )
}  # fmt: skip


def column_type(arrow: pa.DataType) -> ColumnType | None:
    """The type that holds what an Arrow type does; None for a column of nothing but nulls, which fits every type.

    >>> import pyarrow as pa
    >>> column_type(pa.decimal128(10, 2)), column_type(pa.int64()), column_type(pa.string())
    ('number', 'integer', 'text')
    """
    import pyarrow.types as of

    if of.is_null(arrow):
        return None
    tests = (
        (of.is_boolean, "boolean"), (of.is_integer, "integer"), (of.is_floating, "number"), (of.is_decimal, "number"),
        (of.is_timestamp, "timestamp"), (of.is_date, "date"),
    )  # fmt: skip
    return cast(ColumnType, next((name for is_one, name in tests if is_one(arrow)), "text"))


def is_readable(arrow: pa.DataType) -> bool:
    """Whether any of the types holds what an Arrow type does: none holds bytes, lists or structures.

    >>> import pyarrow as pa
    >>> is_readable(pa.string()), is_readable(pa.binary()), is_readable(pa.list_(pa.int64()))
    (True, False, False)
    """
    import pyarrow.types as of

    unread = (of.is_nested, of.is_binary, of.is_large_binary, of.is_fixed_size_binary)
    return not any(is_one(arrow) for is_one in unread)
