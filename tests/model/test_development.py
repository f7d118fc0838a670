"""Are the rows a model is developed on the labelled ones that stay, whole and on one side?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from fiador.errors import DataError
from fiador.model.development import Development, development
from fiador.portfolio import Target

TARGET = Target(column="status", bad=1, good=0, means="the loan defaulted")
KINDS = {"income": "number", "gender": "level"}
ROWS = 12


def features(**changed: list[object]) -> pa.Table:
    columns = {
        "key": [f"{i:05d}" for i in range(ROWS)],
        "income": pa.array([float(i) for i in range(ROWS)], pa.float32()),
        "gender": ["f", "m"] * (ROWS // 2),
        "exposure": [100.0 + i for i in range(ROWS)],
    }
    return pa.table({**columns, **changed})


def labels(**changed: list[object]) -> pa.Table:
    columns = {
        "key": [f"{i:05d}" for i in range(ROWS)],
        "target": [1, 0, 0] * (ROWS // 3),
        "dropped_by": pa.array([None] * ROWS, pa.string()),
        "applicant": [f"p{i}" for i in range(ROWS)],
        "twin": list(range(ROWS)),
    }
    return pa.table({**columns, **changed})


def developed(given: pa.Table | None = None, known: pa.Table | None = None, *, target: Target = TARGET,
              protected: tuple[str, ...] = ("gender",), folds: int = 2) -> Development:  # fmt: skip
    one, other = features() if given is None else given, labels() if known is None else known
    return development(one, other, KINDS, target=target, protected=protected, folds=folds, seed=0)


def test_a_row_without_a_target_is_never_developed_on() -> None:
    data = developed(known=labels(target=[None, 0, 0, *[1, 0, 0] * 3]))
    assert len(data.bad) == len(data.rows) == len(data.fold) == len(data.exposure) == ROWS - 1
    assert data.rows["income"].tolist() == [float(i) for i in range(1, ROWS)]


def test_a_row_left_out_is_never_developed_on() -> None:
    left_out = pa.array(["amount above 1000000", *[None] * (ROWS - 1)], pa.string())
    assert developed(known=labels(dropped_by=left_out)).rows["income"].min() == 1


def test_bad_is_what_the_portfolio_calls_bad() -> None:
    words = Target(column="status", bad="late", good="paid", means="the loan was late")
    data = developed(known=labels(target=["late", "paid", "paid"] * (ROWS // 3)), target=words)
    assert data.bad.tolist() == [1, 0, 0] * (ROWS // 3)


def test_a_protected_feature_is_no_input() -> None:
    data = developed()
    assert (list(data.features), list(data.rows)) == (["income"], ["income"])


def test_rows_keep_their_order_and_their_exposure() -> None:
    data = developed(given=features(exposure=[None, *[100.0] * (ROWS - 1)]))
    assert np.isnan(data.exposure).tolist() == [True, *[False] * (ROWS - 1)]
    assert data.rows["income"].tolist() == [float(i) for i in range(ROWS)]


def test_every_fold_has_goods_and_bads() -> None:
    data = developed()
    assert sorted(set(data.fold[data.bad == 1])) == sorted(set(data.fold[data.bad == 0])) == [0, 1]


def test_exact_duplicates_lie_in_one_fold() -> None:
    for seed in range(5):
        known = labels(twin=[i // 2 for i in range(ROWS)])
        data = development(features(), known, KINDS, target=TARGET, protected=(), folds=2, seed=seed)
        assert (data.fold[::2] == data.fold[1::2]).all()


def test_applications_alike_in_what_the_model_reads_are_no_duplicates() -> None:
    # six f and six m, told apart only by columns the model doesn't read: folds must not hold out a whole level
    data = development(features(), labels(), {"gender": "level"}, target=TARGET, protected=(), folds=2, seed=0)
    assert all(len(set(data.fold[data.rows["gender"] == level])) == 2 for level in ("f", "m"))


def test_one_applicants_applications_lie_in_one_fold() -> None:
    data = developed(known=labels(applicant=[f"p{i // 2}" for i in range(ROWS)]))
    assert (data.fold[::2] == data.fold[1::2]).all()


def test_features_and_labels_of_other_applications_are_refused() -> None:
    with pytest.raises(DataError, match="features and labels don't name the same applications"):
        developed(known=labels().slice(1))
    with pytest.raises(DataError, match="features and labels don't name the same applications"):
        developed(known=labels(key=[f"{i:05d}" for i in range(1, ROWS + 1)]))


def test_a_target_of_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="only 0 groups of rows have a bad"):
        developed(known=labels(target=[0] * ROWS))


def test_more_folds_than_bads_are_refused() -> None:
    with pytest.raises(DataError, match="only 4 groups of rows have a bad, and 5 folds need one each"):
        developed(folds=5)
