"""What does the service answer? The shape of every success, as OpenAPI gives it."""

from __future__ import annotations

from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from fiador.decision.statement import (
    ContributionStatement,
    DecisionStatement,
    NoticeStatement,
    ReasonStatement,
    RuleStatement,
)


def _model(shape: Any, **parts: Any) -> Any:
    """A shape of a statement as a model; parts: the models of shapes it holds, by the names of those."""
    hints = get_type_hints(shape, localns=parts, include_extras=True)
    fields: dict[str, Any] = {name: (hint, None if hint is Any else ...) for name, hint in hints.items()}
    return create_model(shape.__name__.removesuffix("Statement"), __doc__=shape.__doc__, **fields)


Decision = _model(
    DecisionStatement,
    RuleStatement=_model(RuleStatement),
    ContributionStatement=_model(ContributionStatement),
    ReasonStatement=_model(ReasonStatement),
    NoticeStatement=_model(NoticeStatement),
)


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
