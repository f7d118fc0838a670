"""How is a field of the portfolio file read?

Short ways to write a thing become the long one, so that every reader sees one form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from fiador.errors import did_you_mean
from fiador.expression import Expression, parse
from fiador.measures import known_measure
from fiador.words import LANGUAGES


def _says(value: object) -> object:
    """A plain string is said alike in every language; a table must name them all."""
    codes = [language.code for language in LANGUAGES]
    if isinstance(value, str):
        return dict.fromkeys(codes, value)
    if isinstance(value, Mapping):
        missing = [code for code in codes if not value.get(code)]
        if missing:
            raise ValueError(f"no words for {', '.join(missing)}. Every language is said: {', '.join(codes)}.")
        extra = sorted(set(value) - set(codes))
        if extra:
            raise ValueError(f"unknown language '{extra[0]}'. {did_you_mean(extra[0], codes)}")
    return value


def require_timezone(value: object) -> object:
    """The name of a time zone the machine knows, as it is; ValueError else.

    >>> require_timezone("UTC")
    'UTC'
    """
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone '{value}'. Write one such as America/Sao_Paulo, or UTC.") from None
    return value


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def as_pairs(value: object) -> object:
    """`on` as pairs (parent column, child column): a name, a list of names, or { parent column = child column }.

    >>> as_pairs("id"), as_pairs({"id": "loan_id"})
    ((('id', 'id'),), (('id', 'loan_id'),))
    """
    if isinstance(value, str):
        return ((value, value),)
    if isinstance(value, Mapping):
        return tuple(value.items())
    if isinstance(value, list | tuple) and all(isinstance(v, str | list | tuple) for v in value):
        return tuple((v, v) if isinstance(v, str) else tuple(v) for v in value)
    return value


def as_links(value: object) -> object:
    """`many` as links: one section is a list of one."""
    return (value,) if isinstance(value, Mapping) else value


def as_expectation(value: object) -> object:
    """`expect` of a column as a section: a list is the levels it may have.

    >>> as_expectation(["Own", "Rent"])
    {'levels': ['Own', 'Rent']}
    """
    return {"levels": value} if isinstance(value, list | tuple) else value


def as_measured_columns(value: object) -> object:
    """`of` as { column = [measures] }: a list of columns takes the table's own measures, written as none.

    >>> as_measured_columns(["amount", "days"])
    {'amount': (), 'days': ()}
    """
    if isinstance(value, str):
        return {value: ()}
    return dict.fromkeys(value, ()) if isinstance(value, list | tuple) else value


Says = Annotated[Mapping[str, str], BeforeValidator(_says)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Sql = Annotated[Expression, BeforeValidator(parse), PlainSerializer(str, return_type=str)]
MeasureName = Annotated[str, BeforeValidator(known_measure)]
Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """A value of the portfolio: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)
