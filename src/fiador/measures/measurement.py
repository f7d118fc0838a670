"""What does one feature measure of a table's rows, and which SQL would answer it?

The kernels measure it over rows that stand together by application. Its SQL is the second method: what `fiador sql`
prints, an auditor reads and the tests hold the kernels against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fiador.expression import quote
from fiador.measures import Measure


@dataclass(frozen=True)
class Flag:
    """A condition on a row: its column is true, or holds the number of a level."""

    column: str
    level: int | None = None

    @property
    def sql(self) -> str:
        return quote(self.column) if self.level is None else f"{quote(self.column)} = {self.level}"


@dataclass(frozen=True)
class Measurement:
    """One measure over columns of a table's rows, answered under the feature's name.

    value: the column measured; None where rows are. time: the row's time, where the measure reads it; rows without one
    don't count. window: what holds of the rows looked at; conditions: of those that count, the window's among them.
    half_life: a year in the table's unit. no_rows: the value of a parent without rows; None is null.
    """

    name: str
    measure: Measure
    value: str | None
    time: str | None
    window: tuple[Flag, ...]
    conditions: tuple[Flag, ...]
    half_life: float
    no_rows: float | None

    @property
    def null_for_none(self) -> bool:
        """Whether it is null, and not the measure's own value, where none of a parent's rows counts."""
        return bool(self.conditions) and self.no_rows is None and self.measure.empty is not None

    @property
    def sql(self) -> str:
        """The aggregate, as float32: finite, or null."""
        time = quote(self.time) if self.time else ""
        counts = [flag.sql for flag in self.conditions] + ([f"{time} IS NOT NULL"] if time else [])
        condition = " AND ".join(counts)
        value = quote(self.value) if self.value else "1"
        sql = self.measure.sql.format(
            value=f"CASE WHEN {condition} THEN {value} END" if condition else value,
            time=time,
            counted=_count(condition),
            looked_at=_count(_all_of(self.window)),
            half_life=f"{self.half_life:g}",
        )
        stated = self._stated(sql)
        return f"CAST({stated} AS FLOAT)" if self.measure.is_count else float32(f"CAST({stated} AS DOUBLE)")

    def _stated(self, sql: str) -> str:
        if self.measure.only_nulls is not None:
            sql = f"coalesce({sql}, {self.measure.only_nulls:g})"
        return f"CASE WHEN {_count(_all_of(self.conditions))} > 0 THEN {sql} END" if self.null_for_none else sql


def float32(sql: str) -> str:
    """A number as every reader gets it: float32, and null where it isn't finite."""
    return f"CASE WHEN isfinite(TRY_CAST({sql} AS FLOAT)) THEN TRY_CAST({sql} AS FLOAT) END"


def _all_of(flags: Iterable[Flag]) -> str:
    return " AND ".join(flag.sql for flag in flags)


def _count(condition: str) -> str:
    return f"count_if({condition})" if condition else "count(*)"
