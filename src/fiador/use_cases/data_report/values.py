"""What does a report on raw tables show, as values?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fiador.metrics.intervals import Rate

Kind = Literal["number", "level", "date"]


@dataclass(frozen=True)
class Bin:
    """One bin of a variable. level: the level, None for a number's bin. low/high: a number's edges (dates: days since
    1970). rows: applications, labelled or not. merged: how many rarer levels stand here together.
    """

    rows: int
    bad_rate: Rate
    level: str | None = None
    low: float | None = None
    high: float | None = None
    merged: int = 0
    missing: bool = False


@dataclass(frozen=True)
class ValueHistogram:
    """Counts between edges, the outer bins with all beyond."""

    edges: tuple[float, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    unlabelled: tuple[int, ...]


@dataclass(frozen=True)
class Extremes:
    """Numbers far from the middle. fences: three quartile ranges beyond the quartiles, None where there is no range.

    lowest, highest: the five outermost distinct values with their rows; no key goes with them.
    """

    fences: tuple[float, float] | None
    below: int
    above: int
    beyond: Rate
    lowest: tuple[tuple[float, int], ...]
    highest: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Absence:
    """A variable's missing values. p: the chance of bad rates this far apart by accident; auc: of the mere fact that it
    is missing. tells: p holds for all variables together (Bonferroni, 1 %), on at least 20 labelled rows a side.
    """

    missing: int
    of: int
    bad_rate_missing: Rate
    bad_rate_given: Rate
    p: float | None
    auc: float | None
    tells: bool


@dataclass(frozen=True)
class VariableSummary:
    """One variable of an application, a raw value or a feature computed from several.

    name: `table.column`, or the feature's name; table "" for a feature. bins: those its bad rate is drawn by: levels,
    single values where a number has few, else tenths; a bin for missing values last. present: rows with a value.
    distinct: different values. hidden: nearly every row has a level of its own, so none is shown. quartiles: minimum,
    quartiles, maximum.
    """

    name: str
    table: str
    column: str
    kind: Kind
    present: int
    distinct: int
    hidden: bool
    histogram: ValueHistogram | None
    bins: tuple[Bin, ...]
    quartiles: tuple[float, float, float, float, float] | None
    mean: float | None
    information: float | None
    auc: float | None
    absence: Absence
    extremes: Extremes | None
    lender_set: bool
    protected: bool
    used: bool


@dataclass(frozen=True)
class Association:
    """How strongly two variables go together. how: rank (Spearman's rho), levels (Cramér's V), mixed (η of ranks)."""

    one: str
    other: str
    how: Literal["rank", "levels", "mixed"]
    strength: float


@dataclass(frozen=True)
class Associations:
    """The strongest pairs of all, strongest first, and the square matrix of the variables that tell most."""

    pairs: tuple[Association, ...]
    shown: tuple[str, ...]
    matrix: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class BreachedRule:
    """A consistency rule's breaches among kept applications, and a few of them by the columns it reads."""

    name: str
    bad_rate: Rate
    rows: int
    columns: tuple[tuple[str, str], ...]
    examples: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Unexpected:
    """A column's values beyond its declaration: how many rows of the raw table, and the values with their rows."""

    table: str
    column: str
    rows: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Shift:
    """A number's median, with its interval, among clean and among damaged applications."""

    variable: str
    clean: tuple[float, float, float] | None
    damaged: tuple[float, float, float] | None


@dataclass(frozen=True)
class Damage:
    """Applications without any breach against those with one. by: flag (`table.column`, `consistency.NAME`) -> rows."""

    clean: int
    damaged: int
    bad_rate_clean: Rate
    bad_rate_damaged: Rate
    p: float | None
    by: tuple[tuple[str, int, Rate], ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Children:
    """A table of many rows a parent. counts: (children, parents), fewest first; missing: share a column."""

    table: str
    parent: str
    rows: int
    counts: tuple[tuple[int, int], ...]
    missing: Mapping[str, float]


@dataclass(frozen=True)
class Exhibit:
    """Everything a report on raw tables shows beside what `check` found. Of applications development keeps.

    Variables are in the order of how much they tell, most first.
    """

    applications: int
    bad_rate: Rate
    variables: tuple[VariableSummary, ...]
    associations: Associations
    rules: tuple[BreachedRule, ...]
    unexpected: tuple[Unexpected, ...]
    damage: Damage
    children: tuple[Children, ...]
    missing_together: tuple[tuple[str, ...], ...]
