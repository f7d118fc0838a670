"""How does the report on a bundle name candidates, figures and costs, in one language?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel.numbers import get_currency_symbol

from fiador.reports.voice import Voice
from fiador.words import known_language, money, number, say

_LENDER_SET = "+lender_set"
_FOUR_DECIMALS = ("brier", "ece")  # small figures, whose third decimal is where they differ


@dataclass(frozen=True)
class ModelVoice(Voice):
    """One portfolio's model, spoken of in one language."""

    def says(self, key: str, **values: object) -> str:
        """A text of the report, `model.` left out of its key."""
        return say(f"model.{key}", self.language, **values)

    def candidate(self, name: str, *, within: bool = False) -> str:
        """A candidate in words; `within` a sentence it begins as any other word."""
        plain = self.says(f"candidate.{name.removesuffix(_LENDER_SET)}")
        phrase = self.says("candidate.with_lender_set", name=plain) if name.endswith(_LENDER_SET) else plain
        return phrase if within else opened(phrase)

    def metric(self, name: str) -> str:
        """A metric's short name."""
        return self.says(f"metric.{name}")

    def figure_of(self, metric: str, value: float | None) -> str:
        """A metric's value with the decimals that tell candidates apart; a dash where it has none."""
        return self.decimals(value, 4 if metric in _FOUR_DECIMALS else 3)

    def interval(self, metric: str, figure: Mapping[str, float | None]) -> str:
        """A metric's mean with its interval."""
        value, low, high = (self.figure_of(metric, figure[name]) for name in ("mean", "low", "high"))
        return value if figure["low"] is None else self.says("with_interval", value=value, low=low, high=high)

    def fall(self, value: float) -> str:
        """How much is lost; a gain has a minus."""
        return self.decimals(value, 3)

    def signed(self, value: float | None, decimals: int = 3) -> str:
        """A number with its sign, + or −."""
        if value is None:
            return "–"
        sign = "−" if round(value, decimals) < 0 else "+"
        return f"{sign}{number(abs(value), self.language, decimals=decimals)}"

    def cost(self, value: float) -> str:
        """What an application costs: money, or units of the matrix."""
        head, costs = self.portfolio.head, self.portfolio.costs
        if costs.is_money:
            return money(value, head.currency, self.language, cents=abs(value) < 1000)
        return self.says("costs.unit", value=self.decimals(value, 3))

    def cost_axis(self) -> str:
        """What a cost chart's axis says."""
        if self.portfolio.costs.is_money:
            symbol = get_currency_symbol(self.portfolio.head.currency, locale=known_language(self.language).locale)
            return self.says("costs.money", currency=symbol)
        return self.says("costs.units")

    def points(self, value: float) -> str:
        """A score."""
        return self.count(value)

    def group(self, features: list[str]) -> str:
        """A group by what is in it: the portfolio gives it a key, and no words of its own."""
        return ", ".join(self.variable(name) for name in features)


def between(low: str, high: str) -> str:
    """Two ends that no line break parts."""
    return f"{low}\u2060–\u2060{high}"


def opened(text: str) -> str:
    """Words that stand on their own begin with a capital.

    >>> opened("age")
    'Age'
    """
    return text[:1].upper() + text[1:]
