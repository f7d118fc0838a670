"""People, their loans and the months of these: what the tests of learned features learn from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

SAID = {"tables": {"loans": "loans"}, "columns": {"state": "state"}, "levels": {}}
DOCUMENT = {
    "format": 1,
    "portfolio": {"name": "lent", "currency": "EUR", "rows": "people", "key": "id"},
    "target": {"column": "bad", "means": "bad"},
    "tables": {
        "people": {"columns": {"id": "text", "income": "number", "bad": "integer"}},
        "loans": {
            "many": {"of": "people", "on": "id"}, "key": "loan", "time": "at", "unit": "days",
            "says": {"en": "loans", "fr": "prêts", "pt-BR": "empréstimos"},
            "columns": {"id": "text", "loan": "text", "at": "integer", "amount": "number", "state": "text"},
            "derive": {"late_months": "months__rows"},
        },
        "months": {
            "many": {"of": "loans", "on": "loan"}, "time": "at", "unit": "months", "says": "months",
            "columns": {"loan": "text", "at": "integer"},
        },
    },
    "synthesis": {"months": {"measures": ["rows"]}},
    "learned": {"loans": {"of": ["amount", "state", "late_months", "at"]}},
    "features": {"income": {"says": {"en": "income", "fr": "revenu", "pt-BR": "renda"}}},
    "costs": {"bad_approved": 2, "good_declined": 1},
    "training": {"folds": 3, "candidates": ["lightgbm"]},
}  # fmt: skip
TYPES = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}


def drawn(people: int, *, seed: int = 0, shuffled: bool = False) -> dict[str, pa.Table]:
    """Tables of people whose loans tell of their risk; none, a few, or forty each. shuffled: of somebody else's."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=people)
    bad = (rng.random(people) < 1 / (1 + np.exp(-1.5 * risk))).astype(int)
    loans, months = [], []
    for person in range(people):
        for _ in range(40 if person % 60 == 1 else person % 5):
            name, state = f"l{len(loans)}", "late" if rng.normal() < risk[person] else ["fine", "odd", None][person % 3]
            amount = None if rng.random() < 0.1 else float(rng.normal(100 - 20 * risk[person], 20))
            loans.append((f"p{person:04}", name, int(-rng.integers(1, 900)), amount, state))
            months += [(name, int(-rng.integers(1, 30))) for _ in range(rng.poisson(np.exp(risk[person] / 2)))]
    given = rng.permutation(bad) if shuffled else bad
    persons = [(f"p{at:04}", float(rng.lognormal()), int(given[at])) for at in range(people)]
    return tables({"people": persons, "loans": loans, "months": months})


def tables(rows: dict[str, list[tuple]]) -> dict[str, pa.Table]:
    """Rows by table as Arrow tables of the declared types."""
    found = {}
    for name, given in rows.items():
        columns = DOCUMENT["tables"][name]["columns"].items()
        cells = list(zip(*given, strict=True)) or [()] * len(columns)
        found[name] = pa.table({c: pa.array(v, TYPES[t]) for (c, t), v in zip(columns, cells, strict=True)})
    return found
