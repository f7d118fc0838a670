"""Do bins hold every number once, and fences lie where Tukey put them?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fiador.metrics.binning import bin_of, equal_mass_edges, even_edges, fences

numbers = hnp.arrays(
    np.float64,
    st.integers(1, 60),
    elements=st.one_of(st.floats(-1e6, 1e6), st.integers(-5, 5).map(float), st.just(np.nan)),
)


any_numbers = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=True, allow_infinity=True))


@settings(deadline=None)
@given(any_numbers)
@pytest.mark.filterwarnings("error")
def test_whatever_a_double_can_be_has_a_bin_between_finite_rising_edges(values: np.ndarray) -> None:
    finite = np.isfinite(values)
    for edges in (even_edges(values), equal_mass_edges(values)):
        assert len(edges) >= 2 if finite.any() else not len(edges)
        assert np.isfinite(edges).all()
        assert (edges[1:] >= edges[:-1]).all()
        if len(edges):
            bins = bin_of(values, edges)
            assert ((bins == -1) == np.isnan(values)).all()
            assert (bins[values == -np.inf] == 0).all()
            assert (bins[values == np.inf] == len(edges) - 2).all()


@settings(deadline=None)
@given(any_numbers)
@pytest.mark.filterwarnings("error")
def test_fences_are_finite_and_stand_around_the_quartiles(values: np.ndarray) -> None:
    result = fences(values)
    finite = np.sort(values[np.isfinite(values)])
    if result is not None:
        assert np.isfinite(result).all()
        assert result[0] <= finite[len(finite) // 4] <= result[1]


def test_edges_of_the_largest_doubles_are_told_without_overflow() -> None:
    assert even_edges([-1.7e308, 1.7e308], bins=2).tolist() == [-1.7e308, 0.0, 1.7e308]
    assert even_edges([1e30]).tolist() == [np.nextafter(1e30, 0), np.nextafter(1e30, np.inf)]
    assert fences([-1e308, -1e308, 1e308, 1e308]) == (-np.finfo(float).max, np.finfo(float).max)
    assert fences([1, 2, 3, 4, np.inf]) == pytest.approx((1.75 - 4.5, 3.25 + 4.5))


@settings(deadline=None)
@given(numbers)
def test_every_given_number_is_in_exactly_one_bin(values: np.ndarray) -> None:
    for edges in (even_edges(values), equal_mass_edges(values)):
        if not len(edges):
            assert np.isnan(values).all()
            continue
        assert (np.diff(edges) >= 0).all()
        bins = bin_of(values, edges)
        assert ((bins == -1) == np.isnan(values)).all()
        assert bins.max() < max(len(edges) - 1, 1)


def test_tenths_hold_a_tenth_each() -> None:
    edges = equal_mass_edges(np.arange(1000))
    assert np.bincount(bin_of(np.arange(1000), edges)).tolist() == [100] * 10


def test_whole_numbers_get_a_bin_each_while_they_are_few() -> None:
    assert even_edges([3, 3, 4, 5]).tolist() == [2.5, 3.5, 4.5, 5.5]
    assert len(even_edges(np.arange(1000), bins=10)) == 11


def test_fences_are_three_quartile_ranges_out() -> None:
    # quartiles of 1 … 9 are 3 and 7: 3 − 12 and 7 + 12
    assert fences(np.arange(1, 10)) == (-9.0, 19.0)
    assert fences([5, 5, 5, 5, 9]) is None
    assert fences([np.nan]) is None


def test_one_number_alone_is_a_bin() -> None:
    assert even_edges([2.5]).tolist() == pytest.approx([2.0, 3.0])
    assert bin_of([2.5], equal_mass_edges([2.5])).tolist() == [0]
