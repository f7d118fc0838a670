"""Which outcome does a PD lead to, given money and rules?

The cut-off and the refer band are derived from the costs, never typed in. A rule that declines beats everything, then
whatever refers, then the costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fiador.metrics.costs import matrix_cut_off, money_cut_off
from fiador.metrics.sample import Floats, clip_pd
from fiador.portfolio import Costs, Points, Policy

Truths = NDArray[np.bool_]
_SEVERITY = {"approve": 0, "refer": 1, "decline": 2}


@dataclass(frozen=True)
class Stakes:
    """What a bad approved costs and a good declined forgoes, (n,) in money or matrix units; unknown = NaN."""

    loss_if_bad: Floats
    gain_if_good: Floats

    def expected_loss(self, pd: Floats) -> Floats:
        """pd · LGD · EAD."""
        return pd * self.loss_if_bad

    def expected_profit(self, pd: Floats) -> Floats:
        """(1 − pd) · margin · EAD − pd · LGD · EAD: what approving is expected to earn."""
        return (1 - pd) * self.gain_if_good - pd * self.loss_if_bad


def stakes(costs: Costs, exposure: Floats) -> Stakes:
    """The stakes of each application: shares of its exposure, or the same matrix for all."""
    if costs.lgd is not None and costs.margin is not None:
        return Stakes(exposure * costs.lgd, exposure * costs.margin)
    ones = np.ones_like(exposure)
    return Stakes(ones * float(costs.bad_approved or 0), ones * float(costs.good_declined or 0))


def cut_off(costs: Costs) -> float:
    """The PD at which approving earns nothing.

    >>> cut_off(Costs(exposure="amount", lgd=0.45, margin=0.05))
    0.1
    >>> cut_off(Costs(bad_approved=9, good_declined=1))
    0.1
    """
    if costs.lgd is not None and costs.margin is not None:
        return money_cut_off(margin=costs.margin, lgd=costs.lgd)
    return matrix_cut_off(bad_approved=costs.bad_approved or 0.0, good_declined=costs.good_declined or 0.0)


def refer_band(costs: Costs, exposure: Floats) -> tuple[Floats, Floats]:
    """Between which PDs a review pays, per application; NaN where it never does or no reviewer is declared.

    Refer when review + pd·(1 − catches)·loss + (1 − pd)·wrongly_declines·gain < min(pd·loss, (1 − pd)·gain). Both
    sides are linear in pd, so the band has ends: the first from the comparison with approving, the second from
    declining.
    """
    nothing = np.full_like(exposure, np.nan)
    if costs.reviewer is None or costs.review is None:
        return nothing, nothing
    at = stakes(costs, exposure)
    caught, wrong = costs.reviewer.catches, costs.reviewer.wrongly_declines
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low = (costs.review + wrong * at.gain_if_good) / (caught * at.loss_if_bad + wrong * at.gain_if_good)
        high = ((1 - wrong) * at.gain_if_good - costs.review) / (
            (1 - wrong) * at.gain_if_good + (1 - caught) * at.loss_if_bad
        )
    empty = ~(low < high)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def points(pd: Floats, scale: Points) -> Floats:
    """Score points: `score` at `odds` goods to one bad, `pdo` more for every doubling; higher is safer.

    >>> float(points(np.array([1 / 51]), Points(score=600, odds=50, pdo=20))[0].round(6))
    600.0
    """
    bounded = clip_pd(pd)
    return np.asarray(scale.score + scale.pdo / np.log(2) * (np.log((1 - bounded) / bounded) - np.log(scale.odds)))


@dataclass(frozen=True)
class Outcomes:
    """outcome: approve | refer | decline, (n,). rule: the one that decided, or ''. by: rule | null_rule | expectation |
    cost, where a null rule is one whose condition is null, so that nobody knows whether it holds."""

    outcome: NDArray[np.object_]
    rule: NDArray[np.object_]
    by: NDArray[np.object_]


def decide(
    pd: Floats,
    *,
    costs: Costs,
    exposure: Floats,
    policy: Policy,
    rules: Mapping[str, NDArray[np.object_]],
    referred: Truths,
) -> Outcomes:
    """The outcome of each application.

    rules: per rule True, False or None (its condition is null). referred: a breached expectation asks for a person.
    """
    low, high = refer_band(costs, exposure)
    in_band = np.nan_to_num(low, nan=np.inf) < pd
    in_band &= pd < np.nan_to_num(high, nan=-np.inf)
    outcome = np.where(pd >= cut_off(costs), "decline", "approve").astype(object)
    outcome[in_band | referred] = "refer"
    by = np.where(referred, "expectation", "cost").astype(object)
    rule = np.full(len(pd), "", dtype=object)
    for name, imposed in _imposed(policy, rules).items():
        worse = np.array([_beats(i, o, r) for i, o, r in zip(imposed, outcome, rule, strict=True)], dtype=bool)
        worse &= ~(referred & (imposed == "refer"))  # the value that was breached says more than the null it left
        outcome[worse], rule[worse] = imposed[worse], name
        by[worse] = ["null_rule" if holds is None else "rule" for holds in rules[name][worse]]
    return Outcomes(outcome, rule, by)


def _imposed(policy: Policy, rules: Mapping[str, NDArray[np.object_]]) -> dict[str, NDArray[np.object_]]:
    """Per rule the outcome it imposes on each application, '' where it says nothing."""
    result = {}
    for name, holds in rules.items():
        rule = policy.rules[name]
        missing = "" if rule.if_missing == "ignore" else rule.if_missing
        result[name] = np.array([missing if h is None else rule.outcome if h else "" for h in holds], dtype=object)
    return result


def _beats(imposed: str, outcome: str, rule: str) -> bool:
    """A rule beats the costs; among rules the more severe, and of equal ones the first declared."""
    if not imposed:
        return False
    return not rule or _SEVERITY[imposed] > _SEVERITY[outcome]
