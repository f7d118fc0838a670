"""Is one application at the counter decided exactly as its row in a batch?"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from fastapi.testclient import TestClient

from fiador import scoring
from fiador.service.app import create_app

APPLICATIONS = 500


def as_json(rows: dict) -> dict:
    return {table: [dict(row) for row in found] for table, found in rows.items()}


@pytest.fixture(scope="module")
def client(bundle, alura_engine):
    return TestClient(create_app(bundle, alura_engine[1]))


@pytest.fixture(scope="module")
def batch(bundle, alura_engine):
    rows = scoring.decisions(scoring.score(bundle, engine=alura_engine[1])).to_pylist()
    return {row["key"]: row for row in rows}


@pytest.fixture(scope="module")
def keys(batch, alura_engine):
    """500 keys, those with something missing or damaged first."""
    _, engine = alura_engine
    awkward = engine.query(
        "SELECT e.loan_id FROM emprestimos e LEFT JOIN ids i USING (loan_id) "
        "LEFT JOIN dados_mutuarios d USING (person_id) "
        "WHERE i.person_id = '' OR d.person_income IS NULL OR d.person_age > 100 "
        "OR e.loan_amnt IS NULL OR e.loan_intent = '' ORDER BY 1"
    )
    first = awkward.column("loan_id").to_pylist()[: APPLICATIONS // 2]
    return [*first, *[k for k in sorted(batch) if k not in set(first)][: APPLICATIONS - len(first)]]


def test_500_applications_through_http_equal_their_batch_rows(client, batch, keys):
    assert len(keys) == APPLICATIONS
    for key in keys:
        rows = client.get(f"/v1/applications/{key}").json()["tables"]
        answer = client.post("/v1/decisions", json={"tables": as_json(rows)})
        assert answer.status_code == 200, answer.text
        one, row = answer.json(), batch[key]
        assert abs(one["pd"] - row["pd"]) < 1e-9
        assert (one["outcome"], one["score"], (one["rule"] or {}).get("name")) == (
            row["outcome"],
            row["score"],
            row["rule"],
        )
        assert [r["feature"] for r in one["reasons"]] == [row[f"reason_{n}"] for n in range(1, 5) if row[f"reason_{n}"]]
        assert one["expected_loss"] == pytest.approx(row["expected_loss"], abs=1e-9)


def test_unseen_levels_and_missing_values_are_the_same_online_and_in_a_batch(client, bundle, batch, keys, alura_engine):
    from fiador.features.request import arrow_tables

    levels = [
        ("emprestimos", "loan_intent"),
        ("dados_mutuarios", "person_home_ownership"),
        ("historicos_banco", "cb_person_default_on_file"),
    ]
    for number, key in enumerate(keys[-30:]):
        tables = copy.deepcopy(client.get(f"/v1/applications/{key}").json()["tables"])
        table, column = levels[number % 3]
        if tables[table]:
            tables[table][0][column] = "never seen" if number % 2 else None
        online = client.post("/v1/decisions", json={"tables": as_json(tables)}).json()
        scored = scoring.score(
            bundle, engine=alura_engine[1], tables=arrow_tables(bundle.portfolio, bundle.raw, tables)
        )
        assert abs(online["pd"] - scored.pd[0]) < 1e-9


def test_a_row_s_score_does_not_depend_on_its_neighbours(bundle, alura_engine, keys):
    _, engine = alura_engine
    whole = dict(zip(scoring.score(bundle, engine=engine).keys, scoring.score(bundle, engine=engine).pd, strict=True))
    alone = [scoring.score_one(bundle, key, engine=engine).pd for key in keys[:50]]
    assert np.abs(np.array(alone) - [whole[key] for key in keys[:50]]).max() < 1e-12
