"""Do the curves pass where a hand and scikit-learn say, and does thinning keep their corners?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from fiador.errors import DataError
from fiador.metrics.curves import corners, gains_points, ks_curve, precision_recall_points, roc_points
from fiador.metrics.discrimination import auc, average_precision, ks

Floats = NDArray[np.float64]


@st.composite
def both_classes(draw: st.DrawFn) -> tuple[Floats, Floats]:
    n = draw(st.integers(2, 40))
    y = draw(hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    y[0], y[1] = 0.0, 1.0
    return y, draw(hnp.arrays(np.float64, n, elements=st.integers(0, 12).map(lambda v: v / 12)))


@given(both_classes())
def test_the_roc_points_are_scikit_learns(rows: tuple[Floats, Floats]) -> None:
    y, pd = rows
    x, up, cut_off = roc_curve(y, pd, drop_intermediate=False)
    curve = roc_points(y, pd)
    assert np.allclose(curve.x, x)
    assert np.allclose(curve.y, up)
    assert np.array_equal(curve.cut_off, cut_off)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(auc(y, pd))


@given(both_classes())
def test_the_precision_recall_points_are_scikit_learns_without_its_invented_start(rows: tuple[Floats, Floats]) -> None:
    y, pd = rows
    precision, recall, cut_off = precision_recall_curve(y, pd)
    curve = precision_recall_points(y, pd)
    assert np.allclose(curve.y[::-1], precision[:-1])
    assert np.allclose(curve.x[::-1], recall[:-1])
    assert np.array_equal(curve.cut_off[::-1], cut_off)
    area = (np.diff(np.concatenate([[0.0], curve.x])) * curve.y).sum()
    assert area == pytest.approx(average_precision(y, pd))


@given(both_classes())
def test_the_ks_point_is_where_bads_and_goods_part_most(rows: tuple[Floats, Floats]) -> None:
    y, pd = rows
    curve = ks_curve(y, pd)
    assert abs(curve.bads[curve.at] - curve.goods[curve.at]) == pytest.approx(ks(y, pd))
    at = curve.cut_off[curve.at]
    assert curve.bads[curve.at] == pytest.approx(np.mean(pd[y == 1] >= at))


def test_gains_are_counted_by_hand() -> None:
    # riskiest first: bad, good, bad, good; the two at 0.4 are one step
    curve = gains_points([1, 0, 1, 0], [0.9, 0.4, 0.4, 0.1])
    assert list(zip(curve.x.tolist(), curve.y.tolist(), strict=True)) == [(0, 0), (0.25, 0.5), (0.75, 1.0), (1.0, 1.0)]


def test_thinning_keeps_the_ends_what_is_asked_and_only_points_there_are() -> None:
    x = np.linspace(0, 1, 5001)
    points = np.stack([x, x**0.2], axis=1)
    places = corners(points, most=200, keep=[17])
    assert len(places) == 200
    assert {0, 17, 5000} <= set(places.tolist())
    drawn = np.interp(x, points[places, 0], points[places, 1])
    assert np.abs(drawn - points[:, 1]).max() < 2e-3


def test_a_straight_line_needs_its_ends_alone() -> None:
    x = np.linspace(0, 1, 100)
    assert corners(np.stack([x, 2 * x], axis=1)).tolist() == [0, 99]


@given(both_classes(), st.integers(3, 8))
def test_no_thinned_curve_is_longer_than_asked_or_leaves_its_corners_where_there_is_room(
    rows: tuple[Floats, Floats], most: int
) -> None:
    curve = roc_points(*rows)
    points = np.stack([curve.x, curve.y], axis=1)
    assert len(corners(points, most=most)) <= max(most, 2)
    all_corners = corners(points)
    area = np.trapezoid(points[all_corners, 1], points[all_corners, 0])
    assert area == pytest.approx(auc(*rows))


@pytest.mark.parametrize("curve", [roc_points, precision_recall_points, ks_curve, gains_points])
def test_one_class_has_no_curve(curve) -> None:
    with pytest.raises(DataError, match="all 2 rows are good"):
        curve([0, 0], [0.1, 0.2])
