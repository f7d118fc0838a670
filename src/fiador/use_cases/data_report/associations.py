"""Which variables say the same, and which are missing together?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fiador.metrics.association import correlation_ratios, cramers_v, cross_table, ranks, spearman
from fiador.use_cases.data_report.columns import Codes, ColumnValues, Floats
from fiador.use_cases.data_report.values import Association, Associations
from fiador.use_cases.data_report.variables import MOST_LEVELS

SHOWN = 25  # variables of the matrix
PAIRS = 25
WEAKEST = 0.1  # weaker pairs are not listed
TOGETHER = 0.95  # how far two patterns of missing values must agree (phi) to be one


def associations(columns: Sequence[ColumnValues]) -> Associations:
    """Every pair of the variables, which come with the most telling first. Levels beyond the most frequent are one."""
    measurable = [c for c in columns if c.numbers is not None or 1 < len(c.levels) <= max(len(c.missing) / 2, 50)]
    numbers = [c for c in measurable if c.numbers is not None]
    levels = [c for c in measurable if c.numbers is None]
    ranked = {c.name: ranks(c.numbers) for c in numbers if c.numbers is not None}
    grouped = {c.name: _grouped(c) for c in levels}
    pairs = [*_by_rank(numbers, ranked), *_by_level(levels, grouped), *_mixed(numbers, levels, ranked, grouped)]
    pairs.sort(key=lambda pair: (-abs(pair.strength), pair.one, pair.other))
    names = tuple(c.name for c in measurable[:SHOWN])
    strengths = {frozenset((pair.one, pair.other)): pair.strength for pair in pairs}
    matrix = tuple(tuple(strengths.get(frozenset((a, b))) if a != b else None for b in names) for a in names)
    return Associations(tuple(p for p in pairs if abs(p.strength) >= WEAKEST)[:PAIRS], names, matrix)


def _grouped(column: ColumnValues) -> Codes:
    """Codes by frequency, those beyond the most frequent one code."""
    assert column.codes is not None
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    place = np.empty(len(column.levels) + 1, dtype=np.int64)
    place[np.argsort(-counts, kind="stable")] = np.minimum(np.arange(len(counts)), MOST_LEVELS)
    place[-1] = -1
    return np.asarray(place[column.codes])


def _by_rank(numbers: Sequence[ColumnValues], ranked: dict[str, Floats]) -> list[Association]:
    if not numbers:
        return []
    rho = spearman(np.column_stack([ranked[c.name] for c in numbers]))
    pairs = []
    for i, one in enumerate(numbers):
        for j in range(i + 1, len(numbers)):
            if math.isfinite(rho[i, j]):
                pairs.append(Association(one.name, numbers[j].name, "rank", float(rho[i, j])))
    return pairs


def _by_level(levels: Sequence[ColumnValues], grouped: dict[str, Codes]) -> list[Association]:
    pairs = []
    for i, one in enumerate(levels):
        for other in levels[i + 1 :]:
            v = cramers_v(cross_table(grouped[one.name], grouped[other.name]))
            if math.isfinite(v):
                pairs.append(Association(one.name, other.name, "levels", v))
    return pairs


def _mixed(
    numbers: Sequence[ColumnValues],
    levels: Sequence[ColumnValues],
    ranked: dict[str, Floats],
    grouped: dict[str, Codes],
) -> list[Association]:
    if not numbers:
        return []
    etas = correlation_ratios([grouped[c.name] for c in levels], np.column_stack([ranked[c.name] for c in numbers]))
    return [
        Association(number.name, level.name, "mixed", float(eta))
        for level, row in zip(levels, etas, strict=True)
        for number, eta in zip(numbers, row, strict=True)
        if math.isfinite(eta)
    ]


def missing_together(columns: Sequence[ColumnValues]) -> tuple[tuple[str, ...], ...]:
    """Groups of at least two variables that are missing on nearly the same rows, the largest group first."""
    some = [c for c in columns if 0 < c.missing.sum() < len(c.missing)]
    if len(some) < 2:
        return ()
    masks = np.column_stack([c.missing for c in some]).astype(np.float64)
    masks -= masks.mean(axis=0)
    lengths = np.sqrt((masks**2).sum(axis=0))
    phi = masks.T @ masks / np.outer(lengths, lengths)
    rest, groups = set(range(len(some))), []
    while rest:
        first = min(rest, key=lambda i: (-int((phi[i, sorted(rest)] >= TOGETHER).sum()), i))
        group = [i for i in sorted(rest) if phi[first, i] >= TOGETHER or i == first]
        rest -= set(group)
        if len(group) > 1:
            groups.append(tuple(some[i].name for i in group))
    return tuple(sorted(groups, key=lambda g: (-len(g), g)))
