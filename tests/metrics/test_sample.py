"""Is what metrics are measured on checked, with words that say what to mend?"""

from __future__ import annotations

import numpy as np
import pytest

from fiador.errors import DataError
from fiador.metrics.sample import log_odds, ratio, sample


def test_outcomes_and_predictions_of_two_lengths_are_refused() -> None:
    with pytest.raises(DataError, match=r"outcomes have shape \(2,\), predictions \(3,\)"):
        sample([0, 1], [0.1, 0.2, 0.3])


def test_a_third_outcome_is_refused_by_its_value() -> None:
    with pytest.raises(DataError, match=r"an outcome is 2, and only 0 \(good\) and 1 \(bad\) are known"):
        sample([0, 1, 2], [0.1, 0.2, 0.3])


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(DataError, match="an outcome is nan"):
        sample([0, 1, np.nan], [0.1, 0.2, 0.3])


def test_weights_for_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match=r"weights have shape \(1, 2\), and \(draws, 3\) is needed"):
        sample([0, 1, 0], [0.1, 0.2, 0.3], [[1, 1]])


@pytest.mark.parametrize("odd", [-1.0, np.nan, np.inf])
def test_a_weight_that_is_no_count_is_refused(odd: float) -> None:
    with pytest.raises(DataError, match="a weight is negative, NaN or infinite"):
        sample([0, 1], [0.1, 0.2], [[1.0, odd]])


@pytest.mark.parametrize("odd", [-0.1, 1.1])
def test_a_prediction_that_is_no_probability_is_refused_where_one_is_needed(odd: float) -> None:
    with pytest.raises(DataError, match=r"a PD lies in \[0, 1\]\. Calibrate them"):
        sample([0, 1], [0.5, odd]).in_range()


def test_equal_predictions_are_one_step_of_the_ladder() -> None:
    ladder = sample([0, 1, 1, 0], [0.2, 0.7, 0.2, 0.9]).ladder
    assert ladder.predictions.tolist() == [0.9, 0.7, 0.2]
    assert (ladder.goods.tolist(), ladder.bads.tolist()) == ([[0, 1, 1, 2]], [[0, 0, 1, 2]])


def test_a_share_of_nothing_is_what_the_caller_says() -> None:
    assert ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0]), otherwise=7.0).tolist() == [0.25, 7.0]


def test_the_log_odds_of_the_impossible_and_the_certain_are_finite() -> None:
    # ln(999999) = 13.8155…
    np.testing.assert_allclose(log_odds([0.0, 0.75, 1.0]), [-np.log(999999), np.log(3), np.log(999999)])
