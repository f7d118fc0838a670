"""What does one feature ask of a table's rows, and which SQL answers it?

The same question is answered in two ways: by a group by, as SQL, where a statement answers all of an application; and
over rows that stand together by application, in `kernels.py`, where all applications are computed.
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
class Asked:
    """One measure over columns of a table's rows, answered under the feature's name.

    value: the column measured; None where rows are. time: the row's time, where the measure reads it; rows without one
    don't count. window: what holds of the rows looked at; wanted: of those that count, the window's among them.
    half_life: a year in the table's unit. null_for_none: null, and not the measure's own value, where no row counts.
    """

    name: str
    measure: Measure
    value: str | None
    time: str | None
    window: tuple[Flag, ...]
    wanted: tuple[Flag, ...]
    half_life: float
    null_for_none: bool

    @property
    def sql(self) -> str:
        """The aggregate, as float32: finite, or null."""
        time = quote(self.time) if self.time else ""
        counts = [flag.sql for flag in self.wanted] + ([f"{time} IS NOT NULL"] if time else [])
        condition = " AND ".join(counts)
        value = quote(self.value) if self.value else "1"
        sql = self.measure.sql.format(
            value=f"CASE WHEN {condition} THEN {value} END" if condition else value,
            time=time,
            counted=_counted(condition),
            looked_at=_counted(_all_of(self.window)),
            half_life=f"{self.half_life:g}",
        )
        stated = self._stated(sql)
        return f"CAST({stated} AS FLOAT)" if self.measure.is_count else float32(f"CAST({stated} AS DOUBLE)")

    def _stated(self, sql: str) -> str:
        if self.measure.only_nulls is not None:
            sql = f"coalesce({sql}, {self.measure.only_nulls:g})"
        return f"CASE WHEN {_counted(_all_of(self.wanted))} > 0 THEN {sql} END" if self.null_for_none else sql


def float32(sql: str) -> str:
    """A number as every reader gets it: float32, and null where it isn't finite.

    The last bits of a parallel sum differ from run to run; rounding comes before anything reads the value.
    """
    return f"CASE WHEN isfinite(TRY_CAST({sql} AS FLOAT)) THEN TRY_CAST({sql} AS FLOAT) END"


def _all_of(flags: Iterable[Flag]) -> str:
    return " AND ".join(flag.sql for flag in flags)


def _counted(condition: str) -> str:
    return f"count_if({condition})" if condition else "count(*)"
