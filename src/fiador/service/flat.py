"""What may be asked in an address alone? A bundle's raw columns and level variables as flat, typed parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from fiador.bundle import Bundle, RawColumn
from fiador.portfolio.parameters import read_value
from fiador.portfolio.types import MOST_TEXT, TYPES
from fiador.service.arguments import LanguageCode
from fiador.use_cases.exploring.sql import OWN
from fiador.use_cases.exploring.variables import KnownVariable

_CODES = [code.value for code in LanguageCode]
_CONFIG = ConfigDict(extra="forbid", populate_by_name=False)


@dataclass(frozen=True)
class Column:
    """A raw column as a parameter: its name in an address, and where its value belongs."""

    name: str
    table: str
    column: str
    raw: RawColumn


def columns_of(bundle: Bundle) -> list[Column]:
    """The raw values one row can hold, of the base and of looked-up tables; no keys, links or target.

    A column is named as it is, and `table.column` where two tables share the name.
    """
    values = [
        (table, column, raw)
        for table, columns in bundle.raw.items()
        for column, raw in columns.items()
        if raw.role == "value" and not bundle.portfolio.tables[table].many
    ]
    times = Counter([*(column for _, column, _ in values), "language", "format"])
    return [Column(c if times[c] == 1 else f"{t}.{c}", t, c, raw) for t, c, raw in values]


def client_model(bundle: Bundle) -> type[BaseModel]:
    """The parameters of a what-if: every raw value, then `language` and `format`. An empty one is missing."""
    fields: dict[str, Any] = {}
    for at, column in enumerate(columns_of(bundle)):
        fields[f"c{at}"] = _parameter(
            column.name,
            _typed(column.raw.type),
            {**TYPES[column.raw.type].schema, **_example(column.raw)},
            _says(bundle, column),
        )
    description = "json: one flat object; csv: a header and one row."
    fields["format"] = _parameter("format", _one_of("json", "csv"), _levels("json", "csv"), description, default="json")
    return create_model("Client", __config__=_CONFIG, **fields, **_language())


def rows_model(
    filters: Mapping[str, KnownVariable], most: int, usual: int, *, columns: Sequence[str] = ()
) -> type[BaseModel]:
    """The parameters of a page of applications; each level variable filters by its own name.

    columns: those there are; `columns` takes as many characters as naming each of them once, after a comma and a blank.
    """
    number, outcomes, known = _typed("number"), ("approve", "refer", "decline", "refused"), ("good", "bad")
    fields: dict[str, Any] = {
        "outcome": _parameter("outcome", _one_of(*outcomes), _levels(*outcomes), "Only with this outcome."),
        "actual": _parameter("actual", _one_of(*known), _levels(*known), "Only those that turned out so."),
        "search": _parameter("search", _typed("text"), dict(TYPES["text"].schema), "Only keys that begin so."),
        **{
            f"{what}_{end}": _parameter(
                f"{what}_{end}", number, {"type": "number"}, f"Only where the {word} is at {least} this."
            )
            for what, word in (("pd", "PD"), ("score", "score"))
            for end, least in (("min", "least"), ("max", "most"))
        },
        **_shape(most, usual, length=max(MOST_TEXT, len(", ".join(columns)))),
    }
    for name, variable in filters.items():
        fields[variable.column] = _parameter(
            name, _typed("text"), dict(TYPES["text"].schema), f"Only where {name} is this."
        )
    return create_model("Page", __config__=_CONFIG, **fields, **_language())


def _shape(most: int, usual: int, *, length: int) -> dict[str, Any]:
    """Which columns and how many rows a page has. length: of the text that names columns."""
    whole = BeforeValidator(partial(_bounded, low=0, high=2**62))
    page = BeforeValidator(partial(_bounded, low=1, high=most))
    size = {"type": "integer", "minimum": 1, "maximum": most}
    named = {"type": "string", "maxLength": length}
    description = "Only these columns, divided by commas."
    return {
        "columns": _parameter("columns", _typed("text", most=length), named, description),
        "words": _parameter(
            "words", _typed("boolean"), {"type": "boolean"}, "Levels in words of the language.", default=False
        ),
        "limit": _parameter("limit", page, size, "Applications a page.", default=usual),
        "offset": _parameter("offset", whole, {"type": "integer", "minimum": 0}, "Applications to skip.", default=0),
    }


def row_names(variables: Iterable[KnownVariable]) -> dict[str, KnownVariable]:
    """The columns of an application's row: a feature's or raw column's own name, dotted where that is taken."""
    listed = list(variables)
    ours = {*OWN, *_OURS}
    times = Counter(variable.raw or variable.name for variable in listed)
    names: dict[str, KnownVariable] = {}
    for variable in listed:
        short = variable.raw or variable.name
        plain = short if times[short] == 1 and short not in ours else variable.name
        names[plain if plain not in ours else f"feature.{plain}"] = variable
    return names


_OURS = (
    "cut_off", "class", "search", "pd_min", "pd_max", "score_min", "score_max", "columns", "words", "limit", "offset",
    "language", "format",
)  # fmt: skip


def _read(text: object, kind: str, most: int = MOST_TEXT) -> object:
    if isinstance(text, str) and len(text) > most:
        raise ValueError(f"should have at most {most} characters")
    return read_value(text, kind) if isinstance(text, str) else text


def _typed(kind: str, most: int = MOST_TEXT) -> BeforeValidator:
    return BeforeValidator(partial(_read, kind=kind, most=most))


def _bounded(text: object, low: int, high: int) -> object:
    value = _read(text, "number")
    if isinstance(value, float) and not (value.is_integer() and low <= value <= high):
        raise ValueError(f"should be a whole number from {low} to {high}")
    return int(value) if isinstance(value, float) else value


def _one_of(*known: str) -> BeforeValidator:
    def read(text: object) -> object:
        if text in (None, ""):
            return None
        if text not in known:
            raise ValueError(f"should be {', '.join(repr(each) for each in known[:-1])} or {known[-1]!r}")
        return text

    return BeforeValidator(read)


def _levels(*known: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(known)}


def _parameter(name: str, read: BeforeValidator, schema: dict[str, Any], says: str, *, default: object = None) -> Any:
    """An optional parameter: the name in an address may be any text, so its field has a name of ours."""
    shown = schema if default is None else {**schema, "default": default}
    return (Annotated[Any, read, WithJsonSchema(shown)], Field(default=default, alias=name, description=says))


def _language() -> dict[str, Any]:
    description = "The language of every sentence; else Accept-Language decides."
    return {"language": _parameter("language", _one_of(*_CODES), _levels(*_CODES), description)}


def _says(bundle: Bundle, column: Column) -> str:
    says = bundle.portfolio.column_says(column.table, column.column, "en")
    expected = bundle.portfolio.tables[column.table].expect.get(column.column)
    levels = f": {', '.join(expected.levels)}" if expected and expected.levels else ""
    return f"{says}{levels}" if says != column.column else f"{column.table}.{column.column}{levels}"


def _example(raw: RawColumn) -> dict[str, Any]:
    whole = raw.type == "integer" and isinstance(raw.example, float)
    example = int(raw.example) if whole else raw.example  # type: ignore[call-overload]
    return {} if example is None else {"examples": [example]}
