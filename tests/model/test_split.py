"""Are folds even, whole and the same each time, and are rows that belong together kept together?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fiador.errors import DataError
from fiador.model.split import folds, same_side

Integers = NDArray[np.int64]


@st.composite
def grouped_outcomes(draw: st.DrawFn) -> tuple[Integers, Integers, int]:
    """Rows of groups of one to four, with at least four groups of a single good and four of a single bad."""
    sizes = draw(st.lists(st.integers(1, 4), max_size=40)) + [1] * 8
    groups = np.repeat(np.arange(len(sizes)), sizes)
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=len(groups), max_size=len(groups))))
    y[-8:] = [0, 0, 0, 0, 1, 1, 1, 1]
    order = np.random.default_rng(draw(st.integers(0, 100))).permutation(len(groups))
    return y[order], groups[order], draw(st.integers(2, 4))


def components_in_a_loop(rows: list[tuple[object, ...]], applicant: list[str | None]) -> list[int]:
    """Groups by joining pairs until nothing changes; a null applicant joins nothing."""
    label = list(range(len(rows)))
    for i in range(len(rows)):
        for j in range(i):
            one_person = applicant[i] is not None and applicant[i] == applicant[j]
            if rows[i] == rows[j] or one_person:
                label = [label[j] if other == label[i] else other for other in label]
    return label


def partition(labels: list[int] | Integers) -> set[frozenset[int]]:
    result: dict[int, set[int]] = {}
    for row, label in enumerate(labels):
        result.setdefault(int(label), set()).add(row)
    return {frozenset(rows) for rows in result.values()}


@given(drawn=grouped_outcomes(), seed=st.integers(0, 1000))
def test_a_group_is_never_torn(drawn: tuple[Integers, Integers, int], seed: int) -> None:
    y, groups, n = drawn
    fold = folds(y, groups, n=n, seed=seed)
    assert all(len(set(fold[groups == group])) == 1 for group in groups)


@given(drawn=grouped_outcomes(), seed=st.integers(0, 1000))
def test_every_fold_has_a_good_and_a_bad_and_no_other_number(drawn: tuple[Integers, Integers, int], seed: int) -> None:
    y, groups, n = drawn
    fold = folds(y, groups, n=n, seed=seed)
    assert sorted(set(fold[y == 1])) == sorted(set(fold[y == 0])) == list(range(n))


@pytest.mark.parametrize("n", [2, 3, 5, 10])
@pytest.mark.parametrize("seed", range(3))
def test_without_groups_folds_differ_by_one_bad_and_one_good_at_most(n: int, seed: int) -> None:
    y = (np.random.default_rng(seed).random(1003) < 0.2).astype(np.int64)
    fold = folds(y, np.arange(1003), n=n, seed=seed)
    for rows in (fold[y == 1], fold[y == 0]):
        assert np.ptp(np.bincount(rows, minlength=n)) <= 1


@given(drawn=grouped_outcomes(), seed=st.integers(0, 1000))
def test_folds_differ_by_about_one_group_in_goods_and_in_bads(drawn: tuple[Integers, Integers, int], seed: int) -> None:
    y, groups, n = drawn
    fold = folds(y, groups, n=n, seed=seed)
    biggest = np.bincount(groups).max()
    for rows in (fold[y == 1], fold[y == 0]):
        assert np.ptp(np.bincount(rows, minlength=n)) <= 2 * biggest


def test_bads_in_groups_of_every_size_are_spread_over_all_folds() -> None:
    # groups of 4 (bad), 3 (good), 2 (bad), 1 (good): dealt by size alone, one fold would hold every bad
    sizes, kinds = [4, 3, 2, 1], [1, 0, 1, 0]
    fold = folds(np.repeat(kinds, sizes), np.repeat(np.arange(4), sizes), n=2, seed=0)
    assert sorted(set(fold[:4]) | set(fold[7:9])) == [0, 1]


def test_the_same_rows_and_seed_give_the_same_folds_and_another_seed_others() -> None:
    y = np.arange(200) % 4 == 0
    one, again, other = (folds(y, np.arange(200), seed=seed) for seed in (3, 3, 4))
    assert one.tolist() == again.tolist()
    assert one.tolist() != other.tolist()


def test_what_a_group_is_called_is_of_no_consequence() -> None:
    y = np.arange(30) % 3 == 0
    numbers = np.arange(30) // 2
    names = np.array([f"group {number:02d}" for number in numbers])
    assert folds(y, numbers, n=3, seed=0).tolist() == folds(y, names, n=3, seed=0).tolist()


def test_three_hundred_thousand_rows_are_split_evenly() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 290_000, 300_000)
    y = rng.random(300_000) < 0.08
    fold = folds(y, groups, n=5, seed=1)
    assert np.ptp(np.bincount(fold[y])) <= 10
    assert np.ptp(np.bincount(fold[~y])) <= 10


def test_too_few_bads_for_the_folds_are_refused() -> None:
    with pytest.raises(DataError, match="only 2 groups of rows have a bad, and 3 folds need one each"):
        folds([1, 1, 0, 0, 0, 0], np.arange(6), n=3, seed=0)


def test_bads_of_one_person_count_once() -> None:
    with pytest.raises(DataError, match="only 1 group of rows has a bad, and 2 folds need one each"):
        folds([1, 1, 1, 0, 0, 0], [5, 5, 5, 1, 2, 3], n=2, seed=0)


def test_too_few_goods_for_the_folds_are_refused() -> None:
    with pytest.raises(DataError, match="only 1 group of rows has a good"):
        folds([1, 1, 1, 0], np.arange(4), n=2, seed=0)


def test_one_fold_is_refused() -> None:
    with pytest.raises(DataError, match="1 folds are asked for"):
        folds([0, 1], [0, 1], n=1, seed=0)


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match="only 0 groups of rows have a good"):
        folds(np.array([], dtype=np.int64), np.array([], dtype=np.int64), n=2, seed=0)


def test_a_third_outcome_is_refused() -> None:
    with pytest.raises(DataError, match=r"an outcome is 2, and only 0 \(good\) and 1 \(bad\) are known"):
        folds([0, 1, 2], [0, 1, 2], n=2, seed=0)


def test_groups_for_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="3 outcomes, but 2 groups"):
        folds([0, 1, 0], [0, 1], n=2, seed=0)


def test_exact_duplicates_lie_together_nulls_being_equal() -> None:
    frame = pd.DataFrame({"income": [1.0, np.nan, 1.0, np.nan, 2.0], "home": ["Rent", None, "Rent", None, "Rent"]})
    assert same_side(frame).tolist() == [0, 1, 0, 1, 2]


def test_rows_that_differ_in_one_column_are_apart() -> None:
    frame = pd.DataFrame({"income": [1.0, 1.0], "home": ["Rent", "Own"], "age": [30.0, 30.0]})
    assert same_side(frame).tolist() == [0, 1]


def test_one_applicants_rows_lie_together_and_nobodys_apart() -> None:
    frame = pd.DataFrame({"income": [1.0, 2.0, 3.0, 4.0]})
    assert same_side(frame, np.array(["a", None, "a", None], dtype=object)).tolist() == [0, 1, 0, 2]


def test_duplicates_and_applicants_join_transitively() -> None:
    # 0 and 2 are duplicates, 2 and 3 are one applicant, 3 and 4 are duplicates: all four belong together
    frame = pd.DataFrame({"income": [1.0, 9.0, 1.0, 2.0, 2.0]})
    applicant = np.array(["a", "b", "c", "c", "d"], dtype=object)
    assert same_side(frame, applicant).tolist() == [0, 1, 0, 0, 0]


def test_without_columns_only_the_applicant_joins() -> None:
    applicant = np.array(["a", "b", "a"], dtype=object)
    assert same_side(pd.DataFrame(index=range(3)), applicant).tolist() == [0, 1, 0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1.0, 2.0, 3.0, 4.0]), st.sampled_from(["x", "y"]), st.sampled_from("abcdef") | st.none()
        ),
        min_size=1,
        max_size=14,
    )
)
def test_sides_are_those_a_loop_over_pairs_finds(drawn: list[tuple[float, str, str | None]]) -> None:
    frame = pd.DataFrame({"income": [d[0] for d in drawn], "home": [d[1] for d in drawn]})
    applicant = [d[2] for d in drawn]
    expected = components_in_a_loop([d[:2] for d in drawn], applicant)
    assert partition(same_side(frame, np.array(applicant, dtype=object))) == partition(expected)


def test_applicants_for_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="2 rows, but 1 applicants"):
        same_side(pd.DataFrame({"income": [1.0, 2.0]}), np.array(["a"], dtype=object))
