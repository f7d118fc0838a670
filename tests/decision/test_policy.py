"""Does a PD lead to the outcome that money and rules ask for?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fiador.decision.policy import Outcomes, cut_off, decide, points, refer_band, stakes
from fiador.portfolio import Costs, Points, Policy, Reviewer, Rule

Floats = NDArray[np.float64]
MONEY = Costs(exposure="amount", lgd=0.45, margin=0.05)  # cut-off 0.05 / 0.50 = 0.1
MATRIX = Costs(bad_approved=9, good_declined=1)  # cut-off 1 / 10 = 0.1
SCALE = Points(score=600, odds=50, pdo=20)
NO_RULES = Policy()


def reviewed(*, review: float = 25, catches: float = 0.6, wrongly_declines: float = 0.05) -> Costs:
    reviewer = Reviewer(catches=catches, wrongly_declines=wrongly_declines)
    return Costs(exposure="amount", lgd=0.45, margin=0.05, review=review, reviewer=reviewer)


def policy(**outcomes: str) -> Policy:
    """Rules by name: `decline`, or `decline/refer` where a missing condition refers."""
    rules = {}
    for name, text in outcomes.items():
        outcome, _, if_missing = text.partition("/")
        rules[name] = Rule(when="age < 18", outcome=outcome, if_missing=if_missing or "ignore", says=name)
    return Policy(rules=rules)


def decided(pd: float, rules: Policy = NO_RULES, *, holds: dict[str, bool | None] | None = None, referred: bool = False,
            costs: Costs = MONEY) -> tuple[str, str, str]:  # fmt: skip
    """(outcome, rule, by) of one application of 1000."""
    said = {name: np.array([value], dtype=object) for name, value in (holds or {}).items()}
    answer: Outcomes = decide(np.array([pd]), costs=costs, exposure=np.array([1000.0]), policy=rules, rules=said,
                              referred=np.array([referred]))  # fmt: skip
    return str(answer.outcome[0]), str(answer.rule[0]), str(answer.by[0])


def test_the_cut_off_is_where_margin_and_loss_balance() -> None:
    assert cut_off(MONEY) == pytest.approx(0.05 / (0.05 + 0.45))


def test_the_cut_off_of_a_matrix_weighs_a_bad_approved_against_a_good_declined() -> None:
    assert cut_off(Costs(bad_approved=10, good_declined=1)) == pytest.approx(1 / 11)


def test_money_stakes_are_shares_of_each_exposure_and_unknown_where_it_is() -> None:
    at = stakes(MONEY, np.array([1000.0, np.nan]))
    np.testing.assert_allclose(at.loss_if_bad, [450, np.nan])
    np.testing.assert_allclose(at.gain_if_good, [50, np.nan])


def test_matrix_stakes_are_the_same_for_all() -> None:
    at = stakes(MATRIX, np.array([1000.0, np.nan]))
    assert (at.loss_if_bad.tolist(), at.gain_if_good.tolist()) == ([9, 9], [1, 1])


def test_expected_loss_and_profit_are_what_a_hand_computes() -> None:
    at = stakes(MONEY, np.array([1000.0]))
    assert at.expected_loss(np.array([0.2]))[0] == pytest.approx(0.2 * 450)
    assert at.expected_profit(np.array([0.2]))[0] == pytest.approx(0.8 * 50 - 0.2 * 450)


def test_approving_at_the_cut_off_is_expected_to_earn_nothing() -> None:
    at = stakes(MONEY, np.array([123.0, 45678.0]))
    np.testing.assert_allclose(at.expected_profit(np.full(2, cut_off(MONEY))), 0, atol=1e-9)


@given(
    exposure=st.floats(50, 50_000),
    review=st.floats(0, 100),
    catches=st.floats(0, 1),
    wrongly_declines=st.floats(0, 1),
)
def test_the_refer_band_holds_the_pds_at_which_a_review_is_cheapest(
    exposure: float, review: float, catches: float, wrongly_declines: float
) -> None:
    low, high = refer_band(
        reviewed(review=review, catches=catches, wrongly_declines=wrongly_declines), np.array([exposure])
    )
    pd, loss, gain = np.linspace(0, 1, 501), 0.45 * exposure, 0.05 * exposure
    of_review = review + pd * (1 - catches) * loss + (1 - pd) * wrongly_declines * gain
    saved = np.minimum(pd * loss, (1 - pd) * gain) - of_review
    inside = (pd > low[0]) & (pd < high[0])
    clear = np.abs(saved) > 1e-6 * exposure  # at an end of the band both sides cost alike
    assert (inside == (saved > 0))[clear].all()


def test_the_refer_band_ends_where_a_hand_puts_them() -> None:
    # of a loan of 4000, loss 1800 and gain 200; low: 25 + 0.05·200 = pd·(0.6·1800 + 0.05·200)
    # high: 0.95·200 − 25 = pd·(0.95·200 + 0.4·1800)
    low, high = refer_band(reviewed(), np.array([4000.0]))
    assert (low[0], high[0]) == pytest.approx((35 / 1090, 165 / 910), abs=1e-12)


def test_a_small_loan_is_not_worth_a_review() -> None:
    # a review costs 25, and approving at worst loses 0.1 · 45 on a loan of 100
    assert np.isnan(refer_band(reviewed(), np.array([100.0]))).all()


def test_without_a_reviewer_or_an_exposure_nothing_is_referred_by_cost() -> None:
    assert np.isnan(refer_band(MONEY, np.array([1000.0]))).all()
    assert np.isnan(refer_band(reviewed(), np.array([np.nan]))).all()


@pytest.mark.parametrize("costs", [MONEY, MATRIX])
@pytest.mark.parametrize(
    ("pd", "outcome"), [(0.0999, "approve"), (0.1, "decline"), (0.9, "decline"), (1e-6, "approve")]
)
def test_a_pd_from_the_cut_off_on_is_declined(costs: Costs, pd: float, outcome: str) -> None:
    assert decided(pd, costs=costs) == (outcome, "", "cost")


def test_a_pd_in_the_band_is_referred_by_cost_on_both_sides_of_the_cut_off() -> None:
    by_pd = [
        decide(np.array([pd]), costs=reviewed(), exposure=np.array([4000.0]), policy=Policy(), rules={},
               referred=np.array([False])).outcome[0]
        for pd in (0.03, 0.05, 0.15, 0.19)
    ]  # fmt: skip
    assert by_pd == ["approve", "refer", "refer", "decline"]


def test_a_breached_expectation_refers_whatever_the_pd() -> None:
    assert [decided(pd, referred=True) for pd in (0.01, 0.9)] == [("refer", "", "expectation")] * 2


def test_a_rule_that_declines_beats_approval_and_a_breached_expectation() -> None:
    under_age = policy(under_age="decline")
    assert decided(0.01, under_age, holds={"under_age": True}) == ("decline", "under_age", "rule")
    assert decided(0.01, under_age, holds={"under_age": True}, referred=True) == ("decline", "under_age", "rule")


def test_a_rule_that_refers_beats_the_costs_both_ways() -> None:
    large = policy(large="refer")
    assert [decided(pd, large, holds={"large": True}) for pd in (0.01, 0.9)] == [("refer", "large", "rule")] * 2


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_of_two_rules_the_more_severe_decides_in_any_order(order: tuple[str, str]) -> None:
    outcomes = {"first": "refer", "second": "decline"}
    both = policy(**{name: outcomes[name] for name in order})
    assert decided(0.01, both, holds=dict.fromkeys(order, True)) == ("decline", "second", "rule")


def test_of_two_equal_rules_the_first_declared_is_named() -> None:
    both = policy(young="decline", indebted="decline")
    assert decided(0.01, both, holds={"young": True, "indebted": True}) == ("decline", "young", "rule")


def test_a_rule_that_does_not_hold_changes_nothing() -> None:
    assert decided(0.01, policy(under_age="decline"), holds={"under_age": False}) == ("approve", "", "cost")


@pytest.mark.parametrize(
    ("if_missing", "expected"),
    [
        ("ignore", ("approve", "", "cost")),
        ("refer", ("refer", "under_age", "null_rule")),
        ("decline", ("decline", "under_age", "null_rule")),
    ],
)
def test_a_rule_whose_condition_is_null_does_what_it_says_of_missing(
    if_missing: str, expected: tuple[str, str, str]
) -> None:
    assert decided(0.01, policy(under_age=f"decline/{if_missing}"), holds={"under_age": None}) == expected


def test_each_application_is_decided_on_its_own() -> None:
    rules = policy(under_age="decline/refer")
    answer = decide(
        np.array([0.01, 0.01, 0.01, 0.5]), costs=MONEY, exposure=np.full(4, 1000.0), policy=rules,
        rules={"under_age": np.array([True, None, False, False], dtype=object)}, referred=np.zeros(4, dtype=bool),
    )  # fmt: skip
    assert answer.outcome.tolist() == ["decline", "refer", "approve", "decline"]
    assert answer.rule.tolist() == ["under_age", "under_age", "", ""]
    assert answer.by.tolist() == ["rule", "null_rule", "cost", "cost"]


def test_six_hundred_points_are_fifty_goods_to_one_bad() -> None:
    assert points(np.array([1 / 51]), SCALE)[0] == pytest.approx(600)


def test_twenty_points_double_the_odds() -> None:
    at = points(np.array([1 / 26, 1 / 51, 1 / 101, 1 / 201]), SCALE)
    np.testing.assert_allclose(at, [580, 600, 620, 640])


def test_a_higher_score_is_safer() -> None:
    assert (np.diff(points(np.linspace(0.001, 0.999, 100), SCALE)) < 0).all()


def test_points_are_of_a_pd_between_one_in_a_million_and_its_opposite() -> None:
    # odds of 999999 : 1 are 600 + 20 · log2(999999 / 50)
    best, worst = 600 + 20 * np.log2(999999 / 50), 600 - 20 * np.log2(999999 * 50)
    np.testing.assert_allclose(points(np.array([0.0, 1e-9, 1.0]), SCALE), [best, best, worst])
