"""Do slices hold what a hand counts, and are they those of ECE?"""

from __future__ import annotations

import numpy as np
import pytest

from fiador.metrics.calibration import ece
from fiador.metrics.slices import slices


def test_slices_are_counted_from_the_riskiest_down() -> None:
    top, middle, low = slices([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.5, 0.4, 0.2, 0.1], bins=3)
    assert (top.rows, top.bads, top.bad_rate, top.high_pd, top.low_pd) == (2, 2, 1.0, 0.9, 0.8)
    assert (middle.rows, middle.bads, round(middle.mean_pd, 9)) == (2, 1, 0.45)
    assert (low.rows, low.bads, low.bad_rate) == (2, 0, 0.0)
    assert low.low == 0.0 < low.high < 1.0 == top.high


def test_equal_risks_lie_in_one_slice_and_an_empty_one_is_left_out() -> None:
    result = slices([0, 1, 0, 0], [0.25] * 4, bins=10)
    assert [(each.rows, each.mean_pd, each.bad_rate) for each in result] == [(4, 0.25, 0.25)]


@pytest.mark.parametrize("decimals", [1, 2, 16])
def test_their_distances_add_up_to_the_expected_calibration_error(decimals: int) -> None:
    rng = np.random.default_rng(0)
    pd = rng.beta(1, 4, 700).round(decimals)
    y = (rng.random(700) < pd).astype(float)
    result = slices(y, pd)
    apart = sum(each.rows / 700 * abs(each.bad_rate - each.mean_pd) for each in result)
    assert apart == pytest.approx(ece(y, pd))
    assert sum(each.rows for each in result) == 700
    assert sum(each.bads for each in result) == y.sum()
