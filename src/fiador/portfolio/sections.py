"""What may each section of a portfolio file say that is about the whole portfolio, not about one table or feature?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from fiador.portfolio.fields import Frozen, Names, Says, Share, Sql, require_timezone
from fiador.portfolio.tables import InDevelopment

Aim = Literal["auc", "average_precision", "brier", "log_loss", "ks", "gini"]


class Head(Frozen):
    """`[portfolio]`: its name, its base table and what identifies an application."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: Annotated[str, BeforeValidator(require_timezone)] = "UTC"
    source: str = ""
    rows: str
    key: str
    applicant: str | None = None
    decided_at: str | None = None


class Target(Frozen):
    """`[target]`: the only place that may look past the decision; never compiled into scoring."""

    column: str
    bad: int | str = 1
    good: int | str = 0
    means: Says

    @model_validator(mode="after")
    def _two_classes(self) -> Target:
        if self.bad == self.good:
            raise ValueError(f"bad and good are both {self.bad!r}. Give each its own value.")
        return self


class Consistency(Frozen):
    """`[consistency.NAME]`: a rule an application's columns should obey together. A null result is no breach."""

    holds: Sql
    breach: Literal["keep", "refer", "refuse"] = "keep"
    development: InDevelopment = "keep"
    says: Says


class Reviewer(Frozen):
    """What a referral gains: the share of bads a reviewer catches, and of goods wrongly declined."""

    catches: Share
    wrongly_declines: Share


class Costs(Frozen):
    """`[costs]`: money per loan (exposure, lgd, margin), or a matrix (bad_approved, good_declined)."""

    exposure: Sql | None = None
    lgd: Annotated[float, Field(gt=0, le=1)] | None = None
    margin: Annotated[float, Field(gt=0)] | None = None
    bad_approved: Annotated[float, Field(gt=0)] | None = None
    good_declined: Annotated[float, Field(gt=0)] | None = None
    review: Annotated[float, Field(ge=0)] | None = None
    reviewer: Reviewer | None = None

    @property
    def is_money(self) -> bool:
        return self.exposure is not None

    @model_validator(mode="after")
    def _one_kind(self) -> Costs:
        money = [self.exposure, self.lgd, self.margin]
        matrix = [self.bad_approved, self.good_declined]
        if not (all(v is not None for v in money) and not any(v is not None for v in matrix)) and not (
            all(v is not None for v in matrix) and not any(v is not None for v in money)
        ):
            raise ValueError("takes either exposure, lgd and margin, or bad_approved and good_declined; each complete.")
        if (self.review is None) != (self.reviewer is None):
            raise ValueError(
                "review and reviewer = { catches, wrongly_declines } go together; without them nothing is referred."
            )
        return self


class Rule(Frozen):
    """`[policy.rules.NAME]`: an outcome the lender imposes whatever the PD."""

    when: Sql
    outcome: Literal["refer", "decline"]
    if_missing: Literal["refer", "decline", "ignore"] = "ignore"
    says: Says


class Policy(Frozen):
    """`[policy]`: what the model may not see, what it may see only when said so, and the rules."""

    protected: Names = ()
    lender_set: Names = ()
    ship_lender_set: bool = False
    rules: Mapping[str, Rule] = {}


class Selection(Frozen):
    """`[selection]`: how many features a model may read. A bound left out is asked only of more than `most`."""

    most: Annotated[int, Field(ge=1)] = 200
    null_rate: Share | None = None
    correlation: Share | None = None
    chance: Literal["drop", "keep"] | None = None


class Training(Frozen):
    """`[training]`: folds, seed, aim and calibrator of the comparison."""

    folds: Annotated[int, Field(ge=2, le=20)] = 5
    seed: Annotated[int, Field(ge=0)] = 0
    aim: Aim = "auc"
    calibrator: str = "platt"
    candidates: Names = ()


class Points(Frozen):
    """`[points]`: the score scale. `score` points mean `odds` goods to one bad; `pdo` points double the odds."""

    score: float = 600
    odds: Annotated[float, Field(gt=0)] = 50
    pdo: Annotated[float, Field(gt=0)] = 20


class Bounds(Frozen):
    """The lowest and the highest value of a figure that pass; None where that side is open."""

    min: float | None = None
    max: float | None = None


class Acceptance(Frozen):
    """`[acceptance]`: the gate. A champion that misses is not approved, and the exit status says so."""

    at: Literal["cut-off"] = "cut-off"
    metrics: Mapping[str, Bounds] = {}


class Outlier(Frozen):
    """Values nobody can have, and the share of a column's rows that get one of them."""

    share: Share
    values: tuple[float, ...]


class DamagedRows(Frozen):
    """The share of applications drawn with damage, and the columns it falls on."""

    share: Share
    columns: tuple[str, ...]


class Simulation(Frozen):
    """`[simulate]`: how a database of this shape is drawn: latent states, consistency, then dirt."""

    profile: str = "profile.json"
    latent: tuple[str, ...] = ("income", "discipline", "stress")
    signal: float = 2.5
    consistent: Mapping[str, Sql] = {}
    duplicates: Share = 0.0
    blank_keys: Mapping[str, Share] = {}
    outliers: Mapping[str, Outlier] = {}
    damaged: DamagedRows | None = None
    history: str = ""
