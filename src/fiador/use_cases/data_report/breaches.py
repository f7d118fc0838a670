"""How do applications with a breach differ from those without?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fiador.metrics.intervals import Rate, chance_of_difference, median_interval, rate
from fiador.use_cases.data_report.columns import Codes, ColumnValues
from fiador.use_cases.data_report.values import Damage, Shift
from fiador.use_cases.data_report.variables import BAD, GOOD

COMPARED = 12  # numbers whose medians are compared


def damage(flags: Mapping[str, NDArray[np.bool_]], columns: Sequence[ColumnValues], classes: Codes) -> Damage:
    """flags: what is breached -> which rows. columns: the most telling first."""
    damaged = np.zeros(len(classes), dtype=bool)
    for flag in flags.values():
        damaged |= flag
    clean, broken = bad_rate(~damaged, classes), bad_rate(damaged, classes)
    by = [(name, int(flag.sum()), bad_rate(flag, classes)) for name, flag in flags.items() if flag.any()]
    numbers = [c for c in columns if c.kind == "number" and c.numbers is not None][:COMPARED]
    shifts = tuple(Shift(c.name, _median(c, ~damaged), _median(c, damaged)) for c in numbers) if damaged.any() else ()
    ordered = tuple(sorted(by, key=lambda each: (-each[1], each[0])))
    return Damage(
        int((~damaged).sum()),
        int(damaged.sum()),
        clean,
        broken,
        chance_of_difference(clean, broken),
        by=ordered,
        shifts=shifts,
    )


def bad_rate(rows: NDArray[np.bool_], classes: Codes) -> Rate:
    """The bad rate of the labelled among some rows."""
    bads = int((rows & (classes == BAD)).sum())
    return rate(bads, bads + int((rows & (classes == GOOD)).sum()))


def _median(column: ColumnValues, rows: NDArray[np.bool_]) -> tuple[float, float, float] | None:
    assert column.numbers is not None
    return median_interval(column.numbers[rows])
