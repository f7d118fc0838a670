"""What does an answer on one decision hold, said in one language?

The service's answers and their OpenAPI are made from these shapes; `decision.answer` fills them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field

from fiador.decision.reasons import MOST

Value = float | str | None
Outcome = Literal["approve", "refer", "decline"]
Direction = Literal["raises", "lowers"]


class RuleStatement(TypedDict):
    """The policy rule that decided."""

    name: str
    says: str


class ContributionStatement(TypedDict):
    """How far one feature moves the log-odds from those of approved applications that were repaid."""

    feature: str
    says: str
    value: Value
    value_says: str
    contribution: float


class ReasonStatement(TypedDict):
    """A contribution strong enough to be told, and the sentence that tells it."""

    code: str
    feature: str
    says: str
    value: Value
    value_says: str
    typical: Value
    typical_says: str | None
    contribution: float
    direction: Direction
    text: str


class NoticeStatement(TypedDict):
    """A raw value outside what the portfolio expects, and what was done about it; or how many rows were left out."""

    table: str
    column: str
    value: Any
    action: str
    text: str


class DecisionStatement(TypedDict):
    """One decision. pd: calibrated probability of default, 0–1. score: points, higher is safer. Money in `currency`."""

    key: str | None
    bundle: str
    portfolio: str
    language: str
    outcome: Outcome
    outcome_says: str
    explanation: str
    pd: Annotated[float, Field(ge=0, le=1)]
    score: int
    cut_off: float
    refer_band: tuple[float, float] | None
    exposure: float | None
    currency: str | None
    expected_loss: float | None
    expected_profit: float | None
    rule: RuleStatement | None
    reasons: Annotated[list[ReasonStatement], Field(max_length=MOST)]
    contributions: list[ContributionStatement]
    log_odds: float
    base_log_odds: float
    notices: list[NoticeStatement]
