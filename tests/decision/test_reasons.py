"""Are the reasons those that moved the risk most, each said once, and never a protected one?"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from fiador.decision.reasons import MOST, pick

Floats = NDArray[np.float64]
NAMES = ["age", "income", "loan", "rate", "history", "home"]
UP, DOWN = np.array([True]), np.array([False])
CONTRIBUTIONS = hnp.arrays(np.float64, (3, 6), elements=st.floats(-3, 3).map(lambda x: round(x, 3)))


def reasons(contributions: dict[str, float], raising: bool = True, *, groups: dict[str, str] | None = None,
            protected: tuple[str, ...] = ()) -> list[str]:  # fmt: skip
    names = list(contributions)
    rows = np.array([list(contributions.values())])
    picked = pick(rows, raising=np.array([raising]), features=names, groups=groups or {}, protected=protected)
    return [names[i] for i in picked[0] if i >= 0]


def test_a_declined_application_hears_what_raised_its_risk_strongest_first() -> None:
    assert reasons({"age": 0.2, "income": 0.9, "loan": -2.0, "rate": 0.5}) == ["income", "rate", "age"]


def test_an_approved_application_hears_what_lowered_its_risk_strongest_first() -> None:
    assert reasons({"age": -0.2, "income": 0.9, "loan": -2.0, "rate": 0.5}, raising=False) == ["loan", "age"]


def test_there_are_four_reasons_at_most() -> None:
    six = dict(zip(NAMES, [0.6, 0.5, 0.4, 0.3, 0.2, 0.1], strict=True))
    assert reasons(six) == ["age", "income", "loan", "rate"]


def test_a_contribution_under_a_hundredth_is_no_reason() -> None:
    assert reasons({"age": 0.0099, "income": 0.0101, "loan": 0.0}) == ["income"]


def test_where_nothing_moved_the_risk_that_way_there_is_no_reason() -> None:
    assert reasons({"age": -0.2, "income": -0.1}) == []


def test_a_group_speaks_once_through_the_feature_that_carries_most() -> None:
    x = {"income": 0.3, "loan": 0.4, "age": 0.5}
    assert reasons(x, groups={"income": "means", "loan": "means"}) == ["age", "loan"]


def test_groups_are_chosen_by_their_net_and_told_in_the_order_of_the_bars() -> None:
    # five groups want four places: the pair of 0.2 and 0.2 weighs 0.4 and keeps its place, told last by its own bar
    x = {"age": 0.9, "amount": 0.8, "home": 0.3, "purpose": 0.25, "income": 0.2, "loan": 0.2}
    told = reasons(x, groups={"income": "means", "loan": "means"})
    assert told == ["age", "amount", "home", "income"]


def test_a_group_speaks_only_in_its_net_direction() -> None:
    # the loan raises by 0.4 what income lowers by 0.6: together they are no reason to decline, but one to approve
    x, groups = {"income": -0.6, "loan": 0.4, "age": 0.1}, {"income": "means", "loan": "means"}
    assert reasons(x, groups=groups) == ["age"]
    assert reasons(x, raising=False, groups=groups) == ["income"]


def test_features_without_a_group_are_not_one_group() -> None:
    assert reasons({"income": 0.3, "loan": 0.2}, groups={"income": "", "loan": ""}) == ["income", "loan"]


def test_a_group_named_like_a_feature_is_not_that_feature() -> None:
    x = {"income": 0.3, "loan": 0.2, "means": 0.1}
    assert reasons(x, groups={"income": "means", "loan": "means"}) == ["income", "means"]


def test_a_protected_feature_is_never_a_reason_nor_speaks_for_its_group() -> None:
    x = {"gender": 3.0, "income": 0.2, "loan": 0.1}
    assert reasons(x, groups={"gender": "means", "income": "means"}, protected=("gender",)) == ["income", "loan"]


def test_where_every_feature_is_protected_there_is_no_reason() -> None:
    assert reasons({"gender": 3.0}, protected=("gender",)) == []


def test_fewer_features_than_reasons_leave_places_empty() -> None:
    picked = pick(np.array([[0.5, -0.5]]), raising=UP, features=["age", "income"], groups={})
    assert picked.tolist() == [[0, -1, -1, -1]]


def test_no_applications_have_no_reasons() -> None:
    assert pick(np.empty((0, 2)), raising=np.empty(0, dtype=bool), features=NAMES[:2], groups={}).shape == (0, MOST)


@given(x=CONTRIBUTIONS, raising=hnp.arrays(np.bool_, 3))
def test_without_groups_reasons_are_the_largest_contributions_in_the_direction_of_the_outcome(
    x: Floats, raising: NDArray[np.bool_]
) -> None:
    picked = pick(x, raising=raising, features=NAMES, groups={})
    for row, up, positions in zip(x, raising, picked, strict=True):
        toward = row if up else -row
        expected = sorted((v for v in toward if v >= 0.01), reverse=True)[:MOST]
        assert [toward[i] for i in positions if i >= 0] == expected
        assert len(set(positions[positions >= 0])) == len(expected)


@given(x=CONTRIBUTIONS, raising=hnp.arrays(np.bool_, 3), protected=st.sets(st.sampled_from(NAMES)))
def test_reasons_are_faithful_whatever_the_groups(x: Floats, raising: NDArray[np.bool_], protected: set[str]) -> None:
    groups = {"age": "person", "history": "person", "income": "means", "loan": "means"}
    picked = pick(x, raising=raising, features=NAMES, groups=groups, protected=protected)
    for row, up, positions in zip(x, raising, picked, strict=True):
        named = [NAMES[i] for i in positions if i >= 0]
        toward = row if up else -row
        assert not set(named) & protected
        assert len({groups.get(name, name) for name in named}) == len(named)
        assert all(toward[NAMES.index(name)] > 0 for name in named)


@given(x=CONTRIBUTIONS)
def test_an_application_hears_the_same_alone_and_in_a_batch(x: Floats) -> None:
    raising = np.array([True, False, True])
    together = pick(x, raising=raising, features=NAMES, groups={"age": "person", "history": "person"})
    for at in range(3):
        alone = pick(x[[at]], raising=raising[[at]], features=NAMES, groups={"age": "person", "history": "person"})
        assert alone[0].tolist() == together[at].tolist()
