"""Does a model of rows weigh applications alike, and which rows may it be fitted on?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fiador.errors import DataError
from fiador.model.champion import unpack
from fiador.model.development import Development
from fiador.model.row_risk import RowModels, risk_of, row_models

INPUTS = {"state": "level", "amount": "number"}


def people(bad: list[int]) -> Development:
    n = len(bad)
    keys = pa.array([f"p{at}" for at in range(n)])
    return Development(pd.DataFrame(index=range(n)), {}, np.array(bad), np.arange(n) % 3, np.ones(n), 3, 0, keys)


def rows_of(owners: list[int], states: list[str]) -> pa.Table:
    return pa.table({"for:key": [f"p{at}" for at in owners], "state": states, "amount": [1.0] * len(owners)})


def models(owners: list[int], states: list[str], data: Development) -> RowModels:
    return row_models("loans", rows_of(owners, states), INPUTS, data, seed=0)[0]


def test_an_application_weighs_the_same_however_many_rows_it_has() -> None:
    """Of 600 applications one in ten is bad. Bad number 0 alone has 5,000 rows: unweighted they'd all look bad."""
    data = people([int(at % 10 == 0) for at in range(600)])
    owners = [*range(600), *([0] * 5000)]
    fitted = models(owners, ["odd"] * len(owners), data)
    risks = risk_of(unpack(fitted.whole()), pd.DataFrame({"state": ["odd"], "amount": [1.0]}))
    assert risks == pytest.approx([0.1], abs=1e-6)


def test_a_risk_is_what_the_rows_of_other_folds_say_of_such_a_row() -> None:
    """All rows are alike, so a model says the bad rate of the applications it was fitted on."""
    data = people([int(at % 10 < 4) if at % 3 else int(at % 10 < 1) for at in range(900)])
    fitted = models(list(range(900)), ["odd"] * 900, data)
    for fold in range(3):
        others = data.bad[data.fold != fold].mean()
        np.testing.assert_allclose(fitted.risk()[data.fold == fold], others, atol=1e-6)
    for held_out in (1, 2):
        inside = data.fold == 0
        third = data.bad[data.fold == 3 - held_out].mean()
        np.testing.assert_allclose(fitted.risk(held_out)[inside], third, atol=1e-6)


def test_rows_of_applications_outside_development_are_left_out() -> None:
    fitted, known = row_models("loans", rows_of([0, 9, 2], ["a", "b", "c"]), INPUTS, people([0, 1, 1]), seed=0)
    assert known.to_pylist() == [True, False, True]
    assert fitted.owner.tolist() == [0, 2]
    assert fitted.rows["state"].tolist() == ["a", "c"]


def test_rows_of_one_outcome_are_refused() -> None:
    with pytest.raises(DataError, match=r"learned.loans: the rows a model would be fitted on \(2\) belong to"):
        models([0, 1, 2], ["a"] * 3, people([1, 1, 1])).risk()


def test_no_rows_are_given_no_risk() -> None:
    data = people([int(at % 2) for at in range(30)])
    model = unpack(models(list(range(30)), ["a"] * 30, data).whole())
    assert risk_of(model, pd.DataFrame({"state": [], "amount": []})).shape == (0,)
