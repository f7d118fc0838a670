"""Which values stand for none?

A marker hides in numbers (365243 days, 99999999), in texts (XNA, ?) and at the ends of the calendar. One that is sure
is cleaned away; one that isn't is a comment with its count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fiador.use_cases.proposing.columns import MILLENNIUM, ColumnFacts, is_marker, percent, plain, quantity

TEXTS = frozenset(
    {"xna", "n/a", "na", "#n/a", "null", "nan", "?", "??", "-", "--", "unknown", "missing", "<na>", "\\n", "nd", "n.d."}
)
MAYBE_TEXTS = frozenset({"xap", "none", "not available", "not applicable", "unspecified", "nenhum", "aucun"})
DATES = (date(1900, 1, 1), date(1899, 12, 30), date(1970, 1, 1), date(9999, 12, 31), date(2999, 12, 31), date(1, 1, 1))
_OFTEN = 3


@dataclass(frozen=True)
class Marker:
    """A value that stands for none. sure: it is cleaned; else it is only told."""

    value: Any
    rows: int
    sure: bool
    why: str


def markers(column: ColumnFacts) -> tuple[Marker, ...]:
    """The markers of one column, sure ones first; none where every value may be meant.

    >>> days = ColumnFacts("t", "DAYS", "integer", 99, 0, distinct=9, low=-900, high=365243.0, at_high=18, next_high=-1)
    >>> markers(days)[0].value, markers(days)[0].sure
    (365243.0, True)
    """
    if column.kind == "text":
        result = list(_in_texts(column))
    elif column.is_number:
        result = list(_in_numbers(column))
    else:
        result = list(_in_dates(column))
    return tuple(sorted(result, key=lambda marker: not marker.sure))


def _in_texts(column: ColumnFacts) -> Iterator[Marker]:
    for level, rows in (column.levels or {}).items():
        text = str(level).strip().lower()
        share = percent(rows, column.rows)
        if text in TEXTS and len(column.levels or {}) > 1:
            yield Marker(level, rows, True, f"{plain(level)} in {quantity(rows, 'row')} ({share}) stands for none")
        elif text in MAYBE_TEXTS:
            yield Marker(
                level, rows, False, f"{plain(level)} in {quantity(rows, 'row')} ({share}): none, or an answer?"
            )


def _in_numbers(column: ColumnFacts) -> Iterator[Marker]:
    low = column.next_low if column.low is not None and is_marker(column.low) else column.low
    high = column.next_high if column.high is not None and is_marker(column.high) else column.high
    ends = (
        (column.high, column.at_high, column.next_high, low),
        (column.low, column.at_low, column.next_low, high),
    )
    for end, rows, following, opposite in ends:
        if end is None or following is None or opposite is None or column.distinct <= 2:
            continue
        gap, rest = abs(end - following), abs(following - opposite)
        share = percent(rows, column.rows)
        note = f"{plain(end)} in {quantity(rows, 'row')} ({share}), the next value is {plain(following)}"
        if is_marker(end) and gap > rest and (rows >= _OFTEN or abs(end) == MILLENNIUM):
            yield Marker(end, rows, True, f"{note}: stands for none")
        elif is_marker(end) or (end == -1 and following >= 0 and rows >= _OFTEN):
            yield Marker(end, rows, False, f"{note}: does it stand for none?")


def _in_dates(column: ColumnFacts) -> Iterator[Marker]:
    for end in {column.low, column.high}:
        day = end.date() if isinstance(end, datetime) else end
        if day in DATES:
            yield Marker(end, 0, False, f"{plain(day)} is an end of its dates: does it stand for none?")
