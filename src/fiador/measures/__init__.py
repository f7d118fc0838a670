"""What can be measured over the rows an application has in a table?

A closed vocabulary, one row each: its SQL, its words, its value where there are no rows and where there are only nulls,
and an example worked by hand. Times are relative to the decision and negative before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    empty: float | None
    only_nulls: float | None
    says: Mapping[str, str]
    example: str
    timed: bool = False
    windowed: bool = True
    unit: Literal["number", "percent", "whole"] | None = None
    latest: int | None = None
    percent: int | None = None

    @property
    def needs_column(self) -> bool:
        return self.takes != "rows"

    @property
    def is_count(self) -> bool:
        """Whether it counts, or divides one count by another: always a finite number."""
        return self.unit in ("whole", "percent")


def _words(en: str, fr: str, pt: str) -> dict[str, str]:
    return {"en": en, "fr": fr, "pt-BR": pt}


def _quantile(percent: int, words: Mapping[str, str]) -> Measure:
    """The smallest value that at least so many in a hundred values do not exceed: nearest rank, no interpolation."""
    examples = {10: "1, 2, 3, 4 → 1", 25: "1, 2, 3, 4 → 1", 50: "1, 2, 3, 4 → 2", 75: "1, 2, 3, 4 → 3"}
    example = examples.get(percent, "1, 2, 3, 4 → 4")
    sql = f"quantile_disc({{value}}, {percent / 100:g})"
    return Measure(f"q{percent}", "quantile", sql, "number", None, None, words, example, percent=percent)


def _of_list(function: str, values: str) -> str:
    apart = f"(list_max({values}) - list_min({values}))"
    of = {"avg": apart, "sum": f"{apart} * len({values})"}
    told = f"list_{function}({values})"
    return _unless_rounding(told, of[function]) if function in of else told


def _of_last(rows: int) -> tuple[Measure, ...]:
    """Measures of the latest so many values, or of all where there are fewer; equal times are told as by `last`."""
    latest = f"arg_max({{value}}, struct_pack(t := {{time}}, v := {{value}}), {rows})"
    kinds = (  # measure, kernel, value for no rows and for only nulls, value of all of 1, 2, 6, 7 and of the last three
        ("mean", "mean", "avg", None, "4", "5", _words("mean", "moyenne", "média")),
        ("max", "largest", "max", None, "7", "7", _words("largest", "maximum", "maior")),
        ("sum", "total", "sum", 0.0, "16", "15", _words("total", "total", "total")),
    )
    return tuple(
        Measure(
            f"last{rows}_{name}", kernel, _of_list(function, latest), "number", empty, empty,
            _words(f"{words['en']} of the last {rows}", f"{words['fr']} des {rows} dernières valeurs",
                   f"{words['pt-BR']} dos últimos {rows} valores"),
            f"1 at −9, 2 at −6, 6 at −4, 7 at −2 → {of_all if rows > 3 else of_three}",
            timed=True, windowed=False, latest=rows,
        )
        for name, kernel, function, empty, of_all, of_three, words in kinds
    )  # fmt: skip


_RECENT = _unless_rounding(
    "fsum({value} * pow(0.5, -{time} / {half_life}))"
    " / nullif(fsum(CASE WHEN {value} IS NOT NULL THEN pow(0.5, -{time} / {half_life}) END), 0)",
    _APART,
)
MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "rows", "rows", "{counted}", "rows", 0.0, None,
            _words("number of records", "nombre de lignes", "número de registros"), "three rows → 3", unit="whole",
        ),
        Measure(
            "share", "share", "{counted} / nullif({looked_at}, 0)", "rows", None, None,
            _words("share of records", "part des lignes", "proporção de registros"),
            "true, false, null, true → 0.5", unit="percent",
        ),
        Measure(
            "since", "since", "-max({value})", "rows", None, None,
            _words("time since the last record", "temps depuis la dernière ligne", "tempo desde o último registro"),
            "rows at −30 and −7 → 7", timed=True, windowed=False,
        ),
        Measure(
            "mean", "mean", _MEAN, "number", None, None, _words("mean", "moyenne", "média"), "1, null, 4 → 2.5"
        ),
        Measure(
            "min", "smallest", "min({value})", "number", None, None, _words("smallest", "minimum", "menor"),
            "1, null, 4 → 1",
        ),
        Measure(
            "max", "largest", "max({value})", "number", None, None, _words("largest", "maximum", "maior"),
            "1, null, 4 → 4",
        ),
        Measure("sum", "total", _SUM, "number", 0.0, 0.0, _words("total", "total", "total"), "1, null, 4 → 5"),
        Measure(
            "var", "variance", f"var_samp({_TAME})", "number", None, None, _words("variance", "variance", "variância"),
            "1, null, 4 → 4.5; one value → null",
        ),
        Measure(
            "std", "deviation", f"stddev_samp({_TAME})", "number", None, None,
            _words("standard deviation", "écart type", "desvio padrão"), "1, null, 4 → 2.1213; one value → null",
        ),
        Measure(
            "first", "first", FIRST, "number", None, None, _words("earliest", "première valeur", "primeiro valor"),
            "5 at −9, 4 at −9, 7 at −2 → 4", timed=True,
        ),
        Measure(
            "last", "last", LAST, "number", None, None, _words("latest", "dernière valeur", "último valor"),
            "5 at −9, 6 at −2, 7 at −2 → 7", timed=True, windowed=False,
        ),
        Measure(
            "change", "change", f"{LAST} - {FIRST}", "number", None, None,
            _words("change from first to last", "évolution de la première à la dernière valeur",
                   "variação do primeiro ao último"),
            "5 at −9, 7 at −2 → 2; one value → 0", timed=True,
        ),
        Measure(
            "departure", "departure", _unless_rounding(f"{LAST} - {EARLIER}", f"abs({LAST})"), "number", None, None,
            _words("latest compared with the mean of the earlier", "dernière valeur face à la moyenne des précédentes",
                   "último valor em relação à média dos anteriores"),
            "5 at −9, 6 at −2, 7 at −2 → 1.5; one value → null", timed=True,
        ),
        Measure(
            "trend", "trend", _TREND, "number", None, None,
            _words("trend over time", "tendance dans le temps", "tendência no tempo"),
            "1 at −3, 2 at −2, 3 at −1 → 1; one time → null", timed=True,
        ),
        Measure(
            "recent", "recent", _RECENT, "number", None, None,
            _words("mean weighted by recency", "moyenne pondérée par la récence", "média ponderada pela recência"),
            "in months: 1 at −24, 4 at −12 → 3", timed=True, windowed=False,
        ),
        *_of_last(3),
        *_of_last(5),
        *_of_last(10),
        Measure(
            "distinct", "distinct", "count(DISTINCT {value})", "value", 0.0, 0.0,
            _words("number of different values", "nombre de valeurs distinctes", "número de valores distintos"),
            "a, b, null, a → 2", unit="whole",
        ),
        _quantile(10, _words("10th percentile", "10e centile", "percentil 10")),
        _quantile(25, _words("lower quartile", "premier quartile", "primeiro quartil")),
        _quantile(50, _words("median", "médiane", "mediana")),
        _quantile(75, _words("upper quartile", "troisième quartile", "terceiro quartil")),
        _quantile(90, _words("90th percentile", "90e centile", "percentil 90")),
    )
}  # fmt: skip


def known_measure(name: object) -> str:
    """The name of a measure, or a ValueError with the nearest.

    >>> known_measure("maen")
    Traceback (most recent call last):
    ValueError: no measure 'maen'. Did you mean 'mean'?
    """
    if name not in MEASURES:
        raise ValueError(f"no measure '{name}'. {did_you_mean(str(name), MEASURES)}")
    return str(name)
