"""What is declared about one feature, by a person or by synthesis?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from fiador.portfolio.fields import Frozen, MeasureName, Says, Sql


class Feature(Frozen):
    """`[features.NAME]`: an expression over one application's row, or one measure over its rows in a `many` table."""

    name: str
    row: Sql | None = None
    measure: MeasureName | None = None
    of: str | None = None
    where: Sql | None = None
    within: Annotated[float, Field(gt=0)] | None = None
    empty: Literal["null", "declared"] = "declared"
    risk: Literal["up", "down"] | None = None
    group: str = ""
    unit: Literal["number", "money", "percent", "percent_points", "years", "whole"] = "number"
    says: Says

    @property
    def table(self) -> str:
        """The `many` table it measures; '' for an expression over the application's row."""
        return (self.of or "").partition(".")[0]

    @property
    def column(self) -> str:
        """The column it measures; '' where it counts rows."""
        return (self.of or "").partition(".")[2]

    @model_validator(mode="after")
    def _one_way(self) -> Feature:
        if self.measure is None and any(v is not None for v in (self.of, self.where, self.within)):
            raise ValueError("has `of`, `where` or `within` without a `measure`.")
        if self.measure is not None and (self.row is not None or self.of is None):
            raise ValueError("a measure needs `of` (table, or table.column) and no `row`.")
        if self.measure == "share" and self.where is None:
            raise ValueError("a share needs `where`: which rows it is the share of.")
        return self


class SynthesisedFeature(Feature):
    """A feature `[synthesis.TABLE]` makes. level: of which level it is the share, None for one of no level."""

    subset: str = ""
    window: str = ""
    level: str | None = None


class LearnedFeature(SynthesisedFeature):
    """A feature `[learned.TABLE]` makes: a measure of what a model says of each row. No expression can read it."""
