"""What may a caller send? The request's schema, generated from the raw tables a bundle reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    create_model,
)

from fiador.bundle import Bundle, RawColumn
from fiador.portfolio.types import MOST_TEXT, MOST_WHOLE

Raw = Mapping[str, Mapping[str, RawColumn]]
_STRICT = ConfigDict(extra="forbid", strict=True, populate_by_name=False)


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _whole(value: object) -> object:
    """26.0 is a whole number, as JSON Schema has it and as a data frame with gaps writes it; 26.5 stays what it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_TYPES: dict[str, Any] = {
    "text": Annotated[StrictStr, Field(max_length=MOST_TEXT)],
    "integer": Annotated[StrictInt, Field(ge=-MOST_WHOLE, le=MOST_WHOLE), BeforeValidator(_whole)],
    "number": Annotated[float, Field(strict=True, allow_inf_nan=False)],
    "boolean": StrictBool,
    "date": Annotated[StrictStr, AfterValidator(_day), Field(json_schema_extra={"format": "date"})],
    "timestamp": Annotated[StrictStr, AfterValidator(_moment), Field(json_schema_extra={"format": "date-time"})],
}


def request_model(bundle: Bundle) -> type[BaseModel]:
    """The body of POST /v1/decisions: `tables`, each a list of rows of nullable, omittable columns.

    The base table has one row, a looked-up table one at most; the target is no column of a request.
    """
    fields: dict[str, Any] = {}
    for number, (name, columns) in enumerate(bundle.raw.items()):
        row = _row_model(bundle, name, columns, number)
        fields[f"t{number}"] = _rows(bundle, name, row)
    tables = create_model("Tables", __config__=_STRICT, __doc__="Raw rows by table.", **fields)
    body: dict[str, Any] = {"tables": (tables, ...)}
    config = ConfigDict(extra="forbid", json_schema_extra={"example": example(bundle)})
    return create_model("DecisionRequest", __config__=config, __doc__="One application, as its raw rows.", **body)


def _rows(bundle: Bundle, name: str, row: type[BaseModel]) -> tuple[Any, Any]:
    """The field of one table. Its name in Python is a number: a table may be called anything."""
    table = bundle.portfolio.tables[name]
    if name == bundle.portfolio.base:
        return Annotated[list[row], Field(min_length=1, max_length=1)], Field(alias=name)  # type: ignore[valid-type]
    most = 1 if table.one and not table.where else None
    return Annotated[list[row], Field(max_length=most)], Field(default=[], alias=name)  # type: ignore[valid-type]


def _row_model(bundle: Bundle, table: str, columns: Mapping[str, RawColumn], number: int) -> type[BaseModel]:
    fields: dict[str, Any] = {
        f"c{i}": (
            _TYPES[column.type] | None,
            Field(default=None, alias=name, description=_describe(bundle, table, name, column)),
        )
        for i, (name, column) in enumerate(columns.items())
        if column.role != "target"
    }
    return create_model(f"Row{number}_{table}", __config__=_STRICT, __doc__=f"A row of {table}.", **fields)


def _describe(bundle: Bundle, table: str, name: str, column: RawColumn) -> str:
    says = bundle.portfolio.column_says(table, name, "en")
    return says if column.role == "value" else f"{says} ({column.role}; may be left out)"


def example(bundle: Bundle) -> dict[str, Any]:
    """A request that is answered as it stands: a typical value for each column, no keys and no links."""
    tables = {name: _typical(columns) for name, columns in bundle.raw.items()}
    base = bundle.portfolio.base
    return {"tables": {name: [row] for name, row in tables.items() if row or name == base}}


def _typical(columns: Mapping[str, RawColumn]) -> dict[str, object]:
    return {name: _plain(column) for name, column in columns.items() if column.role == "value"}


def _plain(column: RawColumn) -> object:
    whole = column.type == "integer" and isinstance(column.example, float)
    return int(column.example) if whole else column.example  # type: ignore[call-overload]


def sent_rows(body: BaseModel) -> dict[str, list[dict[str, object]]]:
    """A request's rows as they were sent: under their own names, nothing added."""
    sent: dict[str, list[dict[str, object]]] = body.model_dump(by_alias=True, exclude_unset=True)["tables"]
    return sent
