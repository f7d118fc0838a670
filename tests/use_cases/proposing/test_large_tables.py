"""Are keys still exact where distinct values are estimated, and is a sample of many applications the same each time?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from fiador.adapters.engines import open_engine
from fiador.use_cases.proposing.columns import COUNTED, look_at
from fiador.use_cases.proposing.univariate import SAMPLE

ROWS = COUNTED + 10


def test_a_key_of_a_large_table_is_counted_and_one_double_is_seen():
    keys = np.arange(ROWS)
    twice = keys.copy()
    twice[-1] = 0
    rows = pa.table({"id": keys, "other_id": twice, "amount": keys % 50_000, "level": keys % 3})
    engine = open_engine()
    engine.load("loans", rows.schema, rows.to_batches())
    found = look_at("loans", dict.fromkeys(rows.column_names, "integer"), engine).columns
    assert found["id"].is_unique
    assert (found["other_id"].distinct, found["other_id"].is_unique) == (ROWS - 1, False)
    assert not found["amount"].exact  # no key, and too many values to list: an estimate will do
    assert found["level"].levels == {0.0: 333_337, 1.0: 333_337, 2.0: 333_336}


def test_figures_of_many_applications_are_those_of_one_sample(proposed):
    n = np.arange(SAMPLE + 50_000)
    loans = {"loan_id": n, "x": n * 7919 % 1009, "defaulted": (n % 5 == 0).astype(int)}
    first, again = (proposed({"loans": loans}).feature("x").note for _ in range(2))
    assert first == again == "AUC alone 0.50"
