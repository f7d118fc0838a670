"""Which columns say when, and in which unit?

A date says so by its type. A number of days or months says so by its name and by being at most zero: it counts from the
decision, backwards. A text that looks like a date can only be told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts, percent, plain
from fiador.use_cases.proposing.missing import markers
from fiador.use_cases.proposing.names import DAYS, DECISIONS, MONTHS, NOT_DECISIONS, says, tokens

Unit = Literal["days", "months", "date", "timestamp"]
_MOSTLY = 0.99
_PAST = 0.75  # a column of days of which so many lie before the decision counts from it
_DULL = {*DAYS, *MONTHS, "date", "amt", "cnt", "name", "num", "code", "id", "sk", "flag", "current", "status", "first",
         "last", "version", "credit", "st", "1", "per"}  # fmt: skip


@dataclass(frozen=True)
class Time:
    """A column that says when. past: the share of its values before the decision (1.0 for dates, which aren't compared
    here). late: rows at the decision or later.
    """

    column: str
    unit: Unit
    past: float
    missing: int
    late: int
    why: str

    @property
    def is_event(self) -> bool:
        """Whether it can say when a row came to be: never missing, and (nearly) always past."""
        return self.missing == 0 and self.past >= _MOSTLY


def times(table: TableFacts) -> tuple[Time, ...]:
    """The time columns of a table, in its order."""
    return tuple(time for column in table.columns.values() if (time := _time(column)))


def event_time(time_columns: tuple[Time, ...]) -> Time | None:
    """The column that says when a row came to be: the first that is never missing and always past."""
    return next((time for time in time_columns if time.is_event), None)


def reveals(table: TableFacts, event: Time | None, time_columns: tuple[Time, ...]) -> dict[str, str]:
    """Column -> the time column that says when its value became known, for times later than the row's own.

    A column goes with the time whose words it shares: AMT_PAYMENT is known on DAYS_ENTRY_PAYMENT, and so is that day.
    """
    if event is None:
        return {}
    result: dict[str, str] = {}
    own = set(tokens(event.column))
    for time in (t for t in time_columns if t is not event and t.past >= _MOSTLY):
        words = {w for w in tokens(time.column) if w not in _DULL} - own
        for column in table.columns:
            if words & set(tokens(column)) and not set(tokens(column)) & {*DAYS, *MONTHS}:
                result.setdefault(column, time.column)
                result.setdefault(time.column, time.column)
    return result


def decision_date(table: TableFacts) -> str:
    """The base table's column that says when it was decided: a date by type, and by name; '' where none is."""
    dates = [c for c in table.columns.values() if c.is_date and not says(c.name, NOT_DECISIONS)]
    decisions = [c for c in dates if says(c.name, DECISIONS)]
    return (decisions or dates)[0].name if dates else ""


def looks_like_date(column: ColumnFacts) -> str:
    """What a column seems to write dates as, though its type doesn't say so; '' where it doesn't."""
    if column.kind == "integer" and column.low is not None and column.distinct > 12:
        low, high = int(column.low), int(column.high)
        if 19_000_101 <= low <= high <= 21_001_231 and (low // 100) % 100 <= 12 and low % 100 <= 31:
            return "YYYYMMDD"
    date_name = says(column.name, ("date", "data", "fecha")) and not says(column.name, ("update", "database"))
    return "text" if column.kind == "text" and date_name and not column.levels and 6 <= column.length <= 25 else ""


def _time(column: ColumnFacts) -> Time | None:
    if column.is_date:
        unit: Unit = "timestamp" if column.kind == "timestamp" else "date"
        return Time(column.name, unit, 1.0, column.missing, 0, f"from {plain(column.low)} to {plain(column.high)}")
    own = tokens(column.name)
    if not column.is_number or not column.present or not set(own) & {*DAYS, *MONTHS}:
        return None
    none = sum(marker.rows for marker in markers(column) if marker.sure)
    values = column.present - none
    future = column.positive - sum(m.rows for m in markers(column) if m.sure and m.value > 0)
    past = 1 - future / values if values else 0.0
    if not column.negative or past < _PAST:
        return None
    unit = "months" if set(own) & set(MONTHS) else "days"
    why = f"{percent(column.negative, values)} negative, so {unit} before the decision"
    return Time(column.name, unit, past, column.missing + none, values - column.negative, why)
