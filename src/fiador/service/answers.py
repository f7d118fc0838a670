"""What does the service answer? The shape of every success, as OpenAPI tells it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Value = float | str | None
Outcome = Literal["approve", "refer", "decline"]


class Rule(BaseModel):
    """The policy rule that decided."""

    name: str
    says: str


class Contribution(BaseModel):
    """How far one feature moves the log-odds from those of approved applications that were repaid."""

    feature: str
    says: str
    value: Value
    value_says: str
    contribution: float


class Reason(BaseModel):
    """A contribution strong enough to be told, and the sentence that tells it."""

    code: str
    feature: str
    says: str
    value: Value
    value_says: str
    typical: Value
    typical_says: str | None
    contribution: float
    direction: Literal["raises", "lowers"]
    text: str


class Notice(BaseModel):
    """A raw value outside what the portfolio expects, and what was done about it; or how many rows were left out."""

    table: str
    column: str
    value: Any = None
    action: str
    text: str


class Decision(BaseModel):
    """One decision. pd: calibrated probability of default, 0–1. score: points, higher is safer. Money in `currency`."""

    key: str | None
    bundle: str
    portfolio: str
    language: str
    outcome: Outcome
    outcome_says: str
    explanation: str
    pd: float = Field(ge=0, le=1)
    score: int
    cut_off: float
    refer_band: tuple[float, float] | None
    exposure: float | None
    currency: str | None
    expected_loss: float | None
    expected_profit: float | None
    rule: Rule | None
    reasons: list[Reason] = Field(max_length=4)
    contributions: list[Contribution]
    log_odds: float
    base_log_odds: float
    notices: list[Notice]


class Key(BaseModel):
    """An application's key."""

    key: str


class Applications(BaseModel):
    """One page of known applications; `next` is the offset of the page after it, null at the end."""

    applications: list[Key]
    total: int
    limit: int
    offset: int
    next: int | None


class Application(BaseModel):
    """A known application's raw rows, by table; the target is left out."""

    key: str
    tables: dict[str, list[dict[str, Any]]]


class Model(BaseModel):
    """What is served: tables and features with their words, costs and figures. More keys may come."""

    model_config = ConfigDict(extra="allow")

    bundle: str
    portfolio: str
    title: str
    currency: str
    created_at: str
    champion: str
    cut_off: float
    cut_off_rule: str
    languages: list[str]
    key: str
    base: str
    tables: list[dict[str, Any]]
    features: list[dict[str, Any]]
    metrics: dict[str, Any]
    development: dict[str, Any]


class Missing(BaseModel):
    """How many goods and bads have no value."""

    goods: int
    bads: int


class Distribution(BaseModel):
    """How development goods and bads are spread over a feature: `edges` of a number's bins, or `levels`."""

    feature: str
    kind: Literal["number", "level"]
    unit: str
    says: dict[str, str]
    edges: list[float] | None = None
    levels: list[str] | None = None
    levels_says: dict[str, dict[str, str]] | None = None
    goods: list[int]
    bads: list[int]
    missing: Missing


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"]


class Ready(BaseModel):
    """The bundle is open and the engine answers."""

    status: Literal["ready"]
    bundle: str
