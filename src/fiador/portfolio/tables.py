"""What is declared about one raw table: its links, its clock, its cleaning and its expectations?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from fiador.portfolio.fields import Frozen, Names, Says, Sql, as_expectation, as_links, as_pairs
from fiador.portfolio.types import ColumnType

Breach = Literal["keep", "null", "refer", "refuse"]
InDevelopment = Literal["keep", "drop"]
Unit = Literal["days", "months", "date", "timestamp"]
Kind = Literal["event", "versioned", "snapshot"]


class Link(Frozen):
    """How a table hangs under another: the parent's columns and its own."""

    of: str
    on: Annotated[tuple[tuple[str, str], ...], BeforeValidator(as_pairs), Field(min_length=1)]


class Expectation(Frozen):
    """What a column's values should be, and what happens to one that isn't.

    A breached value is null before anything reads it (unless `keep`), in development as at the counter; `refer` and
    `refuse` act on the decision as well. `development = "drop"` also leaves the application out of development. A null
    breaches only where the column is `required`.
    """

    levels: tuple[str, ...] | None = None
    min: float | None = None
    max: float | None = None
    required: bool = False
    breach: Breach = "null"
    development: InDevelopment = "keep"

    @model_validator(mode="after")
    def _has_content(self) -> Expectation:
        if self.levels is None and self.min is None and self.max is None and not self.required:
            raise ValueError("expects nothing. Give levels, min, max or required.")
        if self.levels is not None and (self.min is not None or self.max is not None):
            raise ValueError("has both levels and a range. Give one.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}.")
        return self


class Table(Frozen):
    """`[tables.NAME]`: one raw table, how it hangs under another, its cleaning and its expectations."""

    name: str
    source_names: Annotated[Names, Field(alias="from")] = ()
    columns: Mapping[str, ColumnType] = {}
    says: Says | None = None
    one: Link | None = None
    many: Annotated[tuple[Link, ...], BeforeValidator(as_links)] = ()
    key: Names = ()
    blank_key: Literal["refuse", "drop"] = "refuse"
    duplicate_key: Literal["refuse"] = "refuse"
    orphans: Literal["count", "refuse"] = "count"
    where: Sql | None = None
    known: Sql | None = None
    time: str | None = None
    unit: Unit | None = None
    kind: Kind = "event"
    known_at: str | None = None
    reveals: Mapping[str, str] = {}
    derive: Mapping[str, Sql] = {}
    clean: Mapping[str, Sql] = {}
    expect: Mapping[str, Annotated[Expectation, BeforeValidator(as_expectation)]] = {}

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link to a parent: its `one`, or each of its `many`; none for the base table."""
        return (self.one,) if self.one else self.many

    @property
    def link(self) -> Link | None:
        """Its `one` link, or its first `many` link; None for the base table."""
        return self.one or (self.many[0] if self.many else None)

    @property
    def is_dated(self) -> bool:
        """Whether its times are dates, told from each application's own decision date."""
        return self.unit in ("date", "timestamp")
