"""Do intervals of rates and medians agree with textbooks and with a second method?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

from fiador.metrics.intervals import chance_of_difference, median_interval, rate, wilson


def test_wilson_is_the_textbook_s() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29
    for hits, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_another_hand_and_holds_the_rate(pair: tuple[int, int]) -> None:
    hits, of = pair
    low, high = wilson(hits, of)
    theirs = binomtest(hits, of).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert 0 <= low <= hits / of <= high <= 1


def test_a_rate_of_no_rows_is_not_known() -> None:
    assert (rate(0, 0).value, rate(0, 0).low, rate(0, 0).high) == (None, None, None)
    assert math.isnan(wilson(0, 0)[0])
    assert chance_of_difference(rate(0, 0), rate(1, 2)) is None


def test_the_difference_of_two_rates_is_the_chi_square_test_s() -> None:
    table = np.array([[15, 85], [30, 70]])
    p = chance_of_difference(rate(15, 100), rate(30, 100))
    assert p == pytest.approx(chi2_contingency(table, correction=False).pvalue)
    assert chance_of_difference(rate(0, 5), rate(0, 7)) == 1.0


def test_the_median_s_interval_is_made_of_order_statistics() -> None:
    values = [46.9, 56.8, 63.3, 67.1, 47.2, 59.2, 63.4, 67.7, 49.1, 59.9, 63.7, 73.3, 56.5, 63.2, 64.1, 78.5]
    median, low, high = median_interval(values) or (0, 0, 0)
    ordered = sorted(values)
    assert median == pytest.approx((ordered[7] + ordered[8]) / 2)
    assert (low, high) == (ordered[4], ordered[11])  # 16/2 ∓ 1.96·4/2 = 4.08 and 11.92, rounded up: 5th and 12th
    assert median_interval([float("nan")]) is None


def test_the_median_s_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        _, low, high = median_interval(draw.exponential(size=101)) or (0, 0, 0)
        inside += low <= math.log(2) <= high
    assert 0.93 < inside / 2000 < 0.975
