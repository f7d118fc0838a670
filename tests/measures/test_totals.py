"""Is a run's sum a function of its numbers alone, and the right one?"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.measures.totals import fixed_point_totals, totals

cents = st.integers(-(10**9), 10**9).map(lambda units: units / 100)
whole = st.integers(-(10**15), 10**15).map(float)
small = st.floats(-1e-200, 1e-200)
ordinary = st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-250)
runs = st.lists(
    st.one_of(*(st.lists(each, min_size=1, max_size=12) for each in (cents, whole, small, ordinary))),
    min_size=1,
    max_size=6,
)


def sums(some: list[list[float]]) -> list[float]:
    """The sums of runs that are handed in together."""
    sizes = np.array([len(run) for run in some])
    magnitudes = np.array([max(map(abs, run)) for run in some])
    return totals(np.concatenate([np.array(run) for run in some]), np.cumsum(sizes) - sizes, sizes, magnitudes).tolist()


@given(runs, st.randoms())
def test_a_sum_depends_on_its_runs_numbers_alone(some: list[list[float]], chance) -> None:
    alone = [sums([run])[0] for run in some]
    assert sums(some) == alone
    for run in some:
        chance.shuffle(run)
    assert sums(some) == alone


@given(st.lists(cents, min_size=1, max_size=50))
def test_money_sums_to_the_cent(run: list[float]) -> None:
    assert sums([run]) == [sum(round(amount * 100) for amount in run) / 100]


@pytest.mark.parametrize("rows", [2_048, 5_000, 20_000])
@pytest.mark.parametrize("other", [1 / 3, 1e15, -0.5])
def test_a_long_run_of_money_is_summed_alike_beside_other_numbers(rows: int, other: float) -> None:
    run = (np.random.default_rng(rows).lognormal(6, 2, rows).round(2)).tolist()
    exact = sum(round(amount * 100) for amount in run) / 100
    assert sums([run, [other]])[0] == exact == sums([run])[0]


@given(st.lists(ordinary, min_size=1, max_size=50))
def test_a_sum_is_near_the_exact_one(run: list[float]) -> None:
    exact = sum(map(Fraction, run), Fraction(0))
    assert abs(Fraction(sums([run])[0]) - exact) <= Fraction(2.0**-50) * len(run) * Fraction(max(map(abs, run)))


def test_a_sum_of_computed_numbers_is_null_where_one_is_not_finite() -> None:
    values = np.array([1.5, math.inf, 1e308, 1e308, 0.0, 2.0])
    with np.errstate(over="ignore"):
        answer = fixed_point_totals(values, np.array([0, 2, 4]), np.array([2, 2, 2]))
    assert np.isnan(answer[0])
    assert np.isinf(answer[1])
    assert answer[2] == 2.0


def test_nothing_has_no_sums() -> None:
    nothing, no_runs = np.empty(0), np.empty(0, dtype=np.int64)
    assert len(totals(nothing, no_runs, no_runs, nothing)) == 0
    assert len(fixed_point_totals(nothing, no_runs, no_runs)) == 0
