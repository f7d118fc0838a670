"""Are bads and goods on each side of a cut-off counted right?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score

from fiador.errors import DataError
from fiador.metrics.classification import accuracy, confusion, f1, precision, recall

Floats = NDArray[np.float64]
SHARES = [accuracy, precision, recall, f1]
BY_SKLEARN: dict[Callable[..., object], Callable[..., float]] = {
    accuracy: accuracy_score,
    precision: precision_score,
    recall: recall_score,
    f1: f1_score,
}
# declined at 0.5: two bads and one good; approved: one bad and two goods
Y, PD = [1, 1, 0, 1, 0, 0], [0.9, 0.5, 0.6, 0.4, 0.3, 0.1]


def applications(rows: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    pd = rng.random(rows).round(1)
    return (rng.random(rows) < pd).astype(np.float64), pd


def test_a_pd_at_the_cut_off_is_declined() -> None:
    assert vars(confusion([1, 1], [0.5, 0.4999], cut_off=0.5)) == {"tp": 1, "fp": 0, "tn": 0, "fn": 1}


def test_the_four_counts_are_of_bads_and_goods_on_both_sides() -> None:
    assert vars(confusion(Y, PD, cut_off=0.5)) == {"tp": 2, "fp": 1, "tn": 2, "fn": 1}


def test_each_share_is_what_a_hand_counts() -> None:
    shares = [of(Y, PD, cut_off=0.5) for of in SHARES]
    assert shares == pytest.approx([4 / 6, 2 / 3, 2 / 3, 2 / 3])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("of", SHARES)
def test_a_share_agrees_with_sklearn(of: Callable[..., float], seed: int) -> None:
    y, pd = applications(300, seed)
    assert of(y, pd, cut_off=0.6) == pytest.approx(BY_SKLEARN[of](y, pd >= 0.6), abs=1e-12)


def test_the_four_counts_agree_with_sklearn() -> None:
    y, pd = applications(300, seed=9)
    (tn, fp), (fn, tp) = confusion_matrix(y, pd >= 0.3)
    assert vars(confusion(y, pd, cut_off=0.3)) == {"tp": tp, "fp": fp, "tn": tn, "fn": fn}


def test_where_nobody_is_declined_precision_recall_and_f1_are_zero() -> None:
    assert [of([0, 1], [0.1, 0.2], cut_off=0.9) for of in SHARES] == [0.5, 0, 0, 0]


def test_where_nobody_is_bad_recall_is_zero() -> None:
    assert recall([0, 0], [0.1, 0.9], cut_off=0.5) == 0


@pytest.mark.parametrize("of", SHARES)
def test_many_draws_at_once_give_what_each_gives_alone(of: Callable[..., Floats]) -> None:
    y, pd = applications(100, seed=4)
    counts = np.random.default_rng(0).integers(0, 4, (15, 100))
    alone = [of(np.repeat(y, one), np.repeat(pd, one), cut_off=0.5) for one in counts]
    np.testing.assert_allclose(of(y, pd, cut_off=0.5, weights=counts), alone, atol=1e-12)


@pytest.mark.parametrize("of", SHARES)
def test_weights_below_one_keep_a_share_a_share(of: Callable[..., Floats]) -> None:
    small = np.full((1, len(Y)), 0.01)
    assert of(Y, PD, cut_off=0.5, weights=small)[0] == pytest.approx(of(Y, PD, cut_off=0.5))


@pytest.mark.parametrize("of", SHARES)
def test_a_missing_prediction_is_refused(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match="1 predictions are NaN or infinite"):
        of([0, 1], [0.2, np.nan], cut_off=0.5)
