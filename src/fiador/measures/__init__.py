"""What can be measured over the rows an application has in a table?

A closed vocabulary, one row each: its kernel, its SQL, its value where there are no rows and where there are only
nulls, and an example worked by hand; its words are under its key in the product's texts. Times are relative to the
decision and negative before it.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

from fiador.errors import did_you_mean

YEAR = {"days": 365.25, "months": 12.0}  # how long a year is in each unit of relative time
LAST = "arg_max({value}, struct_pack(t := {time}, v := {value}))"
FIRST = "arg_min({value}, struct_pack(t := {time}, v := {value}))"

EARLIER = f"(fsum({{value}}) - {LAST}) / nullif(count({{value}}) - 1, 0)"  # the mean of all but the last

ROUNDING = 1e-12
"""Less than so much of what is compared is no difference: it is what rounding left of equal numbers."""


def _unless_rounding(left: str, of: str) -> str:
    """What is left of numbers so large; 0 where it is no more than their rounding. Infinite ones are no measure."""
    return f"CASE WHEN abs({left}) <= {ROUNDING} * ({of}) AND isfinite({of}) THEN 0 ELSE {left} END"


_APART = "max({value}) - min({value})"
_TIME = "CASE WHEN {value} IS NOT NULL THEN {time} END"
_MEAN = _unless_rounding("favg({value})", _APART)
_SUM = _unless_rounding("fsum({value})", f"({_APART}) * count({{value}})")
_TREND = _unless_rounding(
    "regr_slope({value}, {time})", f"max(abs({{value}})) / nullif(max({_TIME}) - min({_TIME}), 0)"
)
TAME = 1e150  # the square of a larger number is an error in SQL, not infinity
_TAME = f"CASE WHEN abs({{value}}) < {TAME:g} THEN {{value}} END"


@dataclass(frozen=True)
class Measure:
    """One row of the vocabulary.

    kernel: the function of `kernels.py` that measures it. sql: the same as an aggregate, the second method; `{value}`
    is what is measured, null on rows that don't count; `{time}` the row's time; `{counted}` how many rows count,
    `{looked_at}` how many are within the window; `{half_life}` a year in the table's unit. takes: `rows`, a `number`, a
    `value` of any type.
    empty: the value where no row counts (None is null); only_nulls: where rows count and none has a value.
    windowed: False where a window adds nothing. latest: of how many of the last values it is, None for all; percent:
    which quantile. example: `values at times` -> the answer, in words.
    """

    name: str
    kernel: str
    sql: str
    takes: Literal["rows", "number", "value"]
    _: KW_ONLY
    example: str
    empty: float | None = None
    only_nulls: float | None = None
    words: str = ""
    timed: bool = False
    windowed: bool = True
    unit: Literal["number", "percent", "whole"] | None = None
    latest: int | None = None
    percent: int | None = None

    @property
    def key(self) -> str:
        """The key of its words, said with `count` where it is of the latest so many values."""
        return self.words or f"measure.{self.name}"

    @property
    def needs_column(self) -> bool:
        return self.takes != "rows"

    @property
    def is_count(self) -> bool:
        """Whether it counts, or divides one count by another: always a finite number."""
        return self.unit in ("whole", "percent")


def _of_list(function: str, values: str) -> str:
    spread = f"(list_max({values}) - list_min({values}))"
    of = {"avg": spread, "sum": f"{spread} * len({values})"}
    value = f"list_{function}({values})"
    return _unless_rounding(value, of[function]) if function in of else value


def _of_latest(count: int) -> tuple[Measure, ...]:
    """Measures of the latest so many values, or of all where there are fewer; equal times are told apart as by `last`.

    An example is worked of 1, 2, 6 and 7: of all four, or of the last three.
    """
    latest = f"arg_max({{value}}, struct_pack(t := {{time}}, v := {{value}}), {count})"
    kinds = (  # name, kernel, aggregate of a list, value for no rows and for only nulls, examples
        ("mean", "mean", "avg", None, ("4", "5")),
        ("max", "largest", "max", None, ("7", "7")),
        ("sum", "total", "sum", 0.0, ("16", "15")),
    )
    return tuple(
        Measure(
            f"last{count}_{name}", kernel, _of_list(function, latest), "number", empty=empty, only_nulls=empty,
            words=f"measure.last_{name}", latest=count, timed=True, windowed=False,
            example=f"1 at −9, 2 at −6, 6 at −4, 7 at −2 → {answers[count == SHORTEST]}",
        )
        for name, kernel, function, empty, answers in kinds
    )  # fmt: skip


def _quantile(percent: int, answer: str) -> Measure:
    """The smallest value that at least so many in a hundred values do not exceed: nearest rank, no interpolation."""
    sql = f"quantile_disc({{value}}, {percent / 100:g})"
    words = f"measure.q{percent}"
    return Measure(
        f"q{percent}", "quantile", sql, "number", words=words, example=f"1, 2, 3, 4 → {answer}", percent=percent
    )


_RECENT = _unless_rounding(
    "fsum({value} * pow(0.5, -{time} / {half_life}))"
    " / nullif(fsum(CASE WHEN {value} IS NOT NULL THEN pow(0.5, -{time} / {half_life}) END), 0)",
    _APART,
)
SHORTEST = 3
_ROWS = (
    Measure("rows", "rows", "{counted}", "rows", empty=0.0, unit="whole", example="three rows → 3"),
    Measure("share", "share", "{counted} / nullif({looked_at}, 0)", "rows", unit="percent",
            example="true, false, null, true → 0.5"),
    Measure("since", "since", "-max({value})", "rows", timed=True, windowed=False, example="rows at −30 and −7 → 7"),
    Measure("mean", "mean", _MEAN, "number", example="1, null, 4 → 2.5"),
    Measure("min", "smallest", "min({value})", "number", example="1, null, 4 → 1"),
    Measure("max", "largest", "max({value})", "number", example="1, null, 4 → 4"),
    Measure("sum", "total", _SUM, "number", empty=0.0, only_nulls=0.0, example="1, null, 4 → 5"),
    Measure("var", "variance", f"var_samp({_TAME})", "number", example="1, null, 4 → 4.5; one value → null"),
    Measure("std", "deviation", f"stddev_samp({_TAME})", "number", example="1, null, 4 → 2.1213; one value → null"),
    Measure("first", "first", FIRST, "number", timed=True, example="5 at −9, 4 at −9, 7 at −2 → 4"),
    Measure("last", "last", LAST, "number", timed=True, windowed=False, example="5 at −9, 6 at −2, 7 at −2 → 7"),
    Measure("change", "change", f"{LAST} - {FIRST}", "number", timed=True,
            example="5 at −9, 7 at −2 → 2; one value → 0"),
    Measure("departure", "departure", _unless_rounding(f"{LAST} - {EARLIER}", f"abs({LAST})"), "number", timed=True,
            example="5 at −9, 6 at −2, 7 at −2 → 1.5; one value → null"),
    Measure("trend", "trend", _TREND, "number", timed=True, example="1 at −3, 2 at −2, 3 at −1 → 1; one time → null"),
    Measure("recent", "recent", _RECENT, "number", timed=True, windowed=False,
            example="in months: 1 at −24, 4 at −12 → 3"),
    *_of_latest(SHORTEST),
    *_of_latest(5),
    *_of_latest(10),
    Measure("distinct", "distinct", "count(DISTINCT {value})", "value", empty=0.0, only_nulls=0.0, unit="whole",
            example="a, b, null, a → 2"),
    _quantile(10, "1"),
    _quantile(25, "1"),
    _quantile(50, "2"),
    _quantile(75, "3"),
    _quantile(90, "4"),
)  # fmt: skip
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ROWS}


def known_measure(name: object) -> str:
    """The name of a measure, or a ValueError with the nearest.

    >>> known_measure("maen")
    Traceback (most recent call last):
    ValueError: no measure 'maen'. Did you mean 'mean'?
    """
    if name not in MEASURES:
        raise ValueError(f"no measure '{name}'. {did_you_mean(str(name), MEASURES)}")
    return str(name)
