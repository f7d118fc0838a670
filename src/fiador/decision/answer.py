"""What is one decision, and how is it said in a language?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fiador import words
from fiador.decision.statement import (
    ContributionStatement,
    DecisionStatement,
    Direction,
    NoticeStatement,
    Outcome,
    ReasonStatement,
    Value,
)
from fiador.portfolio import Portfolio


@dataclass(frozen=True)
class Reason:
    """One feature that moved the risk: its value, the reference's typical value, and its contribution in log-odds."""

    feature: str
    value: Value
    typical: Value
    contribution: float

    @property
    def direction(self) -> Direction:
        return "raises" if self.contribution > 0 else "lowers"


@dataclass(frozen=True)
class Notice:
    """A raw value (or consistency rule) that breached what the portfolio expects, and the action taken.

    Of rows that no feature sees, value is how many, and action why: `unknown` at the decision, or `unmatched`.
    """

    table: str
    column: str
    value: object
    action: str


@dataclass(frozen=True)
class Decision:
    """One decision. pd: calibrated, 0–1. score: points, higher = safer. Money in the portfolio's currency, None if the
    exposure is not given. contributions: log-odds against the reference, summing to log_odds − reference_log_odds."""

    bundle: str
    portfolio: Portfolio
    key: str | None
    outcome: str
    by: str
    rule: str | None
    pd: float
    score: int
    cut_off: float
    refer_band: tuple[float, float] | None
    exposure: float | None
    expected_loss: float | None
    expected_profit: float | None
    values: Mapping[str, Value]
    contributions: Mapping[str, float]
    log_odds: float
    reference_log_odds: float
    reasons: tuple[Reason, ...]
    notices: tuple[Notice, ...]

    def to_json(self, language: str) -> DecisionStatement:
        """The decision as the service answers it, every sentence in `language`."""
        p = self.portfolio
        return {
            "key": self.key,
            "bundle": self.bundle,
            "portfolio": p.name,
            "language": language,
            "outcome": cast(Outcome, self.outcome),
            "outcome_says": words.say(f"outcome.{self.outcome}", language),
            "explanation": self._explanation(language),
            "pd": self.pd,
            "score": self.score,
            "cut_off": self.cut_off,
            "refer_band": self.refer_band,
            "exposure": self.exposure,
            "currency": p.head.currency,
            "expected_loss": self.expected_loss,
            "expected_profit": self.expected_profit,
            "rule": {"name": self.rule, "says": p.policy.rules[self.rule].says[language]} if self.rule else None,
            "reasons": [_reason_statement(p, r, language) for r in self.reasons],
            "contributions": self._contributions(language),
            "log_odds": self.log_odds,
            "base_log_odds": self.reference_log_odds,
            "notices": [_notice_statement(p, n, language) for n in self.notices],
        }

    def _explanation(self, language: str) -> str:
        if self.rule:
            key = "rule.untold" if self.by == "null_rule" else "rule.decided"
            return words.say(key, language, says=self.portfolio.policy.rules[self.rule].says[language])
        if self.by == "expectation":
            return words.say("decision.notice", language)
        shown = {"pd": words.percent(self.pd, language), "cut_off": words.percent(self.cut_off, language)}
        return words.say(f"decision.{self.outcome}", language, **shown)

    def _contributions(self, language: str) -> list[ContributionStatement]:
        p = self.portfolio
        order = sorted(self.contributions, key=lambda name: -abs(self.contributions[name]))
        return [
            {
                "feature": name,
                "says": p.features[name].says[language],
                "value": self.values[name],
                "value_says": value_says(p, name, self.values[name], language),
                "contribution": self.contributions[name],
            }
            for name in order
            if name not in p.policy.protected
        ]


def value_says(portfolio: Portfolio, name: str, value: Value, language: str) -> str:
    """A feature's or a raw column's value in words: in its unit, or its level as the portfolio's texts say it."""
    if isinstance(value, str):
        return portfolio.level_says(name, value, language)
    feature = portfolio.features.get(name)
    return words.quantity(value, feature.unit if feature else "number", language, currency=portfolio.head.currency)


def reason_text(portfolio: Portfolio, reason: Reason, language: str) -> str:
    """One reason as a sentence."""
    says = portfolio.features[reason.feature].says[language]
    if reason.value is None:
        return words.say(f"reason.missing.{reason.direction}", language, says=says)
    value = value_says(portfolio, reason.feature, reason.value, language)
    typical = value_says(portfolio, reason.feature, reason.typical, language)
    if isinstance(reason.value, str) or reason.typical is None or typical == value:
        return words.say(f"reason.{reason.direction}.level", language, says=says, value=value)
    return words.say(f"reason.{reason.direction}", language, says=says, value=value, typical=typical)


def _reason_statement(p: Portfolio, reason: Reason, language: str) -> ReasonStatement:
    return {
        "code": reason.feature.upper(),
        "feature": reason.feature,
        "says": p.features[reason.feature].says[language],
        "value": reason.value,
        "value_says": value_says(p, reason.feature, reason.value, language),
        "typical": reason.typical,
        "typical_says": value_says(p, reason.feature, reason.typical, language),
        "contribution": reason.contribution,
        "direction": reason.direction,
        "text": reason_text(p, reason, language),
    }


def _notice_statement(p: Portfolio, notice: Notice, language: str) -> NoticeStatement:
    if notice.table == "consistency":
        text = words.say("notice.consistency", language, says=p.consistency[notice.column].says[language])
    elif notice.action in ("unknown", "unmatched"):
        says = p.tables[notice.table].says
        table = says[language] if says else notice.table
        text = words.say(f"notice.{notice.action}", language, table=table, value=notice.value)
    else:
        column = p.column_says(notice.table, notice.column, language)
        blank = notice.value is None or notice.value == ""
        key = "notice.required" if blank else f"notice.{notice.action}"
        text = words.say(key, language, column=column, value=_raw_says(p, notice, language))
    return {
        "table": notice.table,
        "column": notice.column,
        "value": notice.value,
        "action": notice.action,
        "text": text,
    }


def _raw_says(p: Portfolio, notice: Notice, language: str) -> str:
    """What was given, as the pages write it; what is no number and no text, as it is."""
    value = notice.value
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value_says(p, notice.column, value, language)
    return str(value)
