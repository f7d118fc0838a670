"""How does a report name one portfolio's variables, and write their values, in one language?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as day
from datetime import timedelta

from babel.numbers import format_compact_decimal, format_decimal

from fiador.metrics.intervals import Rate
from fiador.portfolio import Portfolio
from fiador.reports.scales import PlotAxis
from fiador.use_cases.data_report.values import Kind
from fiador.words import date, known_language, number, percent, quantity, say

COMPACT = 10_000  # a round value of an axis from here on is written in thousands or millions


def minus(text: str) -> str:
    """A number with the sign printers use, as wide as a plus.

    >>> minus("-R$3.46")
    '−R$3.46'
    """
    return text.replace("-", "−")


@dataclass(frozen=True)
class Voice:
    """One portfolio, spoken of in one language."""

    portfolio: Portfolio
    language: str

    def says(self, key: str, **values: object) -> str:
        """A text of the report, `data.` left out of its key."""
        return say(f"data.{key}", self.language, **values)

    def variable(self, name: str) -> str:
        """A variable (`table.column`, or a feature's name) in words."""
        table, _, column = name.rpartition(".")
        if table:
            return self.portfolio.column_says(table, column, self.language)
        feature = self.portfolio.features.get(name)
        return feature.says[self.language] if feature else name

    def title(self, name: str) -> str:
        """A variable in words, as a title."""
        phrase = self.variable(name)
        return phrase[:1].upper() + phrase[1:]

    def table(self, name: str) -> str:
        """A table in words."""
        table = self.portfolio.tables.get(name)
        return table.says[self.language] if table and table.says else name

    def unit(self, name: str) -> str:
        """The unit of a variable: that of the feature of its name, else a plain number."""
        feature = self.portfolio.features.get(name.rpartition(".")[2])
        return feature.unit if feature else "number"

    def count(self, value: float) -> str:
        """A whole number."""
        return number(value, self.language, decimals=0)

    def share(self, value: float | None, *, decimals: int = 1) -> str:
        """A share in per cent; a dash where there is none. What would be rounded to nothing is told apart from it."""
        if value is None:
            return "–"
        least = 10.0 ** -(decimals + 2)
        figure = percent(max(value, least) if value > 0 else value, self.language, decimals=decimals)
        return f"< {figure}" if 0 < value < least / 2 else figure

    def value(self, name: str, value: float, kind: Kind = "number") -> str:
        """A number or date as the variable's unit has it."""
        if kind == "date":
            return date((day(1970, 1, 1) + timedelta(days=int(value))).isoformat(), self.language)
        unit = self.unit(name)
        if unit == "percent" or (unit in ("money", "years", "percent_points", "whole") and abs(value) >= 1):
            return quantity(value, unit, self.language, currency=self.portfolio.head.currency)
        return self.figure(value)

    def figure(self, value: float) -> str:
        """A number with as many decimals as show three of its digits, two at least where it has them."""
        if value == 0 or abs(value) >= 1:
            return number(value, self.language)
        decimals = min(2 - math.floor(math.log10(abs(value))), 12)
        locale = known_language(self.language).locale
        return minus(format_decimal(value, format=f"0.{'#' * decimals}", locale=locale))

    def decimals(self, value: float | None, decimals: int) -> str:
        """A number with exactly so many decimals; a dash where there is none."""
        return "–" if value is None else number(value, self.language, decimals=decimals)

    def level(self, name: str, level: str) -> str:
        """A level in words."""
        return self.portfolio.level_says(name.rpartition(".")[2], level, self.language)

    def rate(self, rate: Rate) -> str:
        """A rate with its interval; a dash without rows."""
        if rate.value is None:
            return "–"
        low, high = (self.share(end) for end in (rate.low, rate.high))
        return self.says("with_interval", value=self.share(rate.value), low=low, high=high)

    def axis(self, name: str, kind: Kind = "number") -> PlotAxis:
        """The axis of a variable's values: short numbers."""
        return PlotAxis(show=self._ticks(name, kind))

    def _ticks(self, name: str, kind: Kind) -> Callable[[float], str]:
        if kind == "date":
            return lambda v: self.value(name, v, kind)
        return self.percents if self.unit(name) == "percent" else self.short

    def percents(self, value: float) -> str:
        """A round share on an axis."""
        return percent(value, self.language, decimals=0 if abs(value * 100 - round(value * 100)) < 1e-6 else 1)

    def short(self, value: float) -> str:
        """A round number on an axis: 30K, 30 k, 30 mil."""
        if abs(value) < COMPACT:
            return self.figure(value)
        locale = known_language(self.language).locale
        return minus(format_compact_decimal(value, locale=locale, fraction_digits=1))

    def bad_rates(self) -> PlotAxis:
        """The axis of bad rates, from zero."""
        return PlotAxis(says=self.says("bad_rate"), show=self.percents, low=0.0)

    def counts(self, says: str = "") -> PlotAxis:
        """The axis of counts."""
        return PlotAxis(says=says, show=self.short, low=0.0, whole=True)

    def listed(self, names: tuple[str, ...], *, most: int = 4) -> str:
        """Some names, and how many more there are."""
        shown = ", ".join(dict.fromkeys(names[:most]))
        return shown if len(names) <= most else f"{shown} (+{self.count(len(names) - most)})"
