"""How is one variable spread, where is its bad rate high, what is far out, and what does its absence tell?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fiador.metrics.association import information_value
from fiador.metrics.binning import bin_of, equal_mass_edges, even_edges, fences
from fiador.metrics.discrimination import auc
from fiador.metrics.intervals import Rate, chance_of_difference, rate
from fiador.use_cases.data_report.columns import Codes, ColumnValues, Floats
from fiador.use_cases.data_report.values import Absence, Bin, Extremes, ValueHistogram, VariableSummary

FEW = 10  # a number with at most as many different values is told value by value
MOST_LEVELS = 14  # the rest stand together
OUTERMOST = 5
ENOUGH = 20  # labelled rows a side before a bad rate is said to differ
ALPHA = 0.01
GOOD, BAD = 0, 1  # the class of a labelled application; −1 where it isn't


@dataclass(frozen=True)
class Roles:
    """What the portfolio says of a variable."""

    lender_set: bool
    protected: bool
    used: bool


def variable(column: ColumnValues, classes: Codes, roles: Roles, *, of: int) -> VariableSummary:
    """One column told. of: how many variables are told in all, for the verdict on missing values."""
    codes, bins, hidden = _binned(column, classes)
    numbers = column.numbers[~column.missing] if column.numbers is not None else None
    distinct = len(np.unique(numbers)) if numbers is not None else len(column.levels)
    return VariableSummary(
        column.name,
        column.table,
        column.column,
        column.kind,
        present=int((~column.missing).sum()),
        distinct=distinct,
        hidden=hidden,
        histogram=_histogram(column, classes),
        bins=bins,
        quartiles=_quartiles(numbers),
        mean=float(numbers.mean()) if numbers is not None and len(numbers) else None,
        information=_information(bins),
        auc=_auc(column, codes, bins, classes),
        absence=absence(column.missing, classes, of=of),
        extremes=_extremes(column, classes),
        lender_set=roles.lender_set,
        protected=roles.protected,
        used=roles.used,
    )


def _information(bins: Iterable[Bin]) -> float | None:
    rates = [b.bad_rate for b in bins]
    value = information_value([r.of - r.hits for r in rates], [r.hits for r in rates])
    return value if np.isfinite(value) else None


def _quartiles(numbers: Floats | None) -> tuple[float, float, float, float, float] | None:
    if numbers is None or not len(numbers):
        return None
    low, lower, middle, upper, high = (float(q) for q in np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1]))
    return low, lower, middle, upper, high


def _binned(column: ColumnValues, classes: Codes) -> tuple[Codes, tuple[Bin, ...], bool]:
    """Each row's bin, the bins, and whether its levels are hidden."""
    if column.codes is not None:
        return _by_level(column, classes)
    assert column.numbers is not None
    values = np.unique(column.numbers[~column.missing])
    if len(values) <= FEW:
        codes = np.where(column.missing, -1, np.searchsorted(values, column.numbers)).astype(np.int64)
        bins = [Bin(*_count(codes == i, classes), low=float(v), high=float(v)) for i, v in enumerate(values)]
    else:
        edges = equal_mass_edges(column.numbers)
        codes = bin_of(column.numbers, edges)
        below = 1.0 if np.all(values == np.round(values)) else 0.0  # whole numbers up to the next bin's first
        ends = np.append(edges[1:-1] - below, edges[-1])
        bins = [
            Bin(*_count(codes == i, classes), low=float(low), high=float(high))
            for i, (low, high) in enumerate(zip(edges[:-1], ends, strict=True))
        ]
    return codes, (*bins, *_missing_bin(codes, classes)), False


def _by_level(column: ColumnValues, classes: Codes) -> tuple[Codes, tuple[Bin, ...], bool]:
    """The most frequent levels, the rest together. Levels nearly every row has of its own point at persons: hidden."""
    assert column.codes is not None
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    order = np.argsort(-counts, kind="stable")
    hidden = len(column.levels) > 50 and len(column.levels) > counts.sum() / 2
    own = order[: 0 if hidden else MOST_LEVELS if len(order) > MOST_LEVELS + 1 else len(order)]
    place = np.full(len(column.levels) + 1, len(own), dtype=np.int64)
    place[own] = np.arange(len(own))
    place[-1] = -1
    codes = place[column.codes]
    bins = [Bin(*_count(codes == i, classes), level=column.levels[level]) for i, level in enumerate(own)]
    rest = len(order) - len(own)
    if rest:
        bins.append(replace(Bin(*_count(codes == len(own), classes)), merged=rest))
    return codes, (*bins, *_missing_bin(codes, classes)), hidden


def _missing_bin(codes: Codes, classes: Codes) -> list[Bin]:
    missing = codes < 0
    return [Bin(*_count(missing, classes), missing=True)] if missing.any() else []


def _count(rows: NDArray[np.bool_], classes: Codes) -> tuple[int, Rate]:
    """Rows, and the bad rate of the labelled ones."""
    bads = int((rows & (classes == BAD)).sum())
    goods = int((rows & (classes == GOOD)).sum())
    return int(rows.sum()), rate(bads, bads + goods)


def _histogram(column: ColumnValues, classes: Codes) -> ValueHistogram | None:
    if column.numbers is None:
        return None
    edges = even_edges(column.numbers)
    if not len(edges):
        return None
    places = bin_of(column.numbers, edges)
    goods, bads, rest = (
        tuple(np.bincount(places[(places >= 0) & (classes == which)], minlength=len(edges) - 1).tolist())
        for which in (GOOD, BAD, -1)
    )
    return ValueHistogram(tuple(float(e) for e in edges), goods, bads, rest)


def _auc(column: ColumnValues, codes: Codes, bins: Iterable[Bin], classes: Codes) -> float | None:
    """How well the variable alone ranks given, labelled rows, whichever way it points: at least 0.5 for a number.

    Levels are ranked by their own bad rate, which flatters rare ones a little.
    """
    rows = (codes >= 0) & (classes >= 0)
    y = classes[rows]
    if not (y == GOOD).any() or not (y == BAD).any():
        return None
    if column.numbers is not None:
        value = float(auc(y, column.numbers[rows]))
        return max(value, 1 - value)
    rates = np.array([b.bad_rate.value or 0.0 for b in bins])
    return float(auc(y, rates[codes[rows]]))


def absence(missing: NDArray[np.bool_], classes: Codes, *, of: int) -> Absence:
    """What it tells that a variable is missing. of: how many variables the verdict corrects for."""
    _, absent = _count(missing, classes)
    _, present = _count(~missing, classes)
    p = chance_of_difference(absent, present)
    bads, goods = absent.hits + present.hits, absent.of + present.of - absent.hits - present.hits
    shares = absent.hits / bads - (absent.of - absent.hits) / goods if bads and goods else None
    enough = min(absent.of, present.of) >= ENOUGH
    tells = p is not None and enough and p < ALPHA / max(of, 1)
    return Absence(
        int(missing.sum()), len(missing), absent, present, p, None if shares is None else 0.5 + shares / 2, tells
    )


def _extremes(column: ColumnValues, classes: Codes) -> Extremes | None:
    if column.kind != "number" or column.numbers is None or column.missing.all():
        return None
    x = column.numbers
    values, counts = np.unique(x[~column.missing], return_counts=True)
    if len(values) <= FEW:
        return None
    pairs = [(float(v), int(n)) for v, n in zip(values, counts, strict=True)]
    bounds = fences(x)
    below, above = (x < bounds[0], x > bounds[1]) if bounds else (np.zeros(len(x), bool), np.zeros(len(x), bool))
    beyond = _count(below | above, classes)[1]
    lowest, highest = tuple(pairs[:OUTERMOST]), tuple(reversed(pairs[-OUTERMOST:]))
    return Extremes(bounds, int(below.sum()), int(above.sum()), beyond, lowest, highest)
