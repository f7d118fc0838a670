"""Is one application at the counter decided exactly as its row in a batch?

The batch reads whole tables by SQL; the counter reads one application's rows from JSON. Damaged rows, missing values
and levels nobody has seen are among them, in the tables themselves.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from fiador.adapters.engines import open_engine
from fiador.service.app import create_app
from fiador.use_cases import scoring
from fiador.use_cases.tables import load_tables

APPLICATIONS = 500
AWKWARD = (
    "SELECT e.loan_id FROM emprestimos e LEFT JOIN ids i USING (loan_id) "
    "LEFT JOIN dados_mutuarios d USING (person_id) LEFT JOIN historicos_banco h USING (cb_id) "
    "WHERE i.person_id = '' OR d.person_income IS NULL OR d.person_age > 100 OR e.loan_amnt IS NULL "
    "OR e.loan_intent = '' OR e.loan_intent = 'Yacht' OR d.person_home_ownership = 'Tent' ORDER BY 1"
)
OTHERS = "SELECT loan_id FROM emprestimos WHERE loan_id <> '' ORDER BY 1"


def damaged(simulated: dict) -> dict:
    """The simulated tables, an unseen level in every eleventh row and an absurd age in every thirteenth."""
    changes = {
        ("emprestimos", "loan_intent"): (11, "Yacht"),
        ("dados_mutuarios", "person_home_ownership"): (11, "Tent"),
        ("dados_mutuarios", "person_age"): (13, 400),
    }
    tables = dict(simulated)
    for (table, column), (every, value) in changes.items():
        values = tables[table].column(column).to_pylist()
        values[::every] = [value] * len(values[::every])
        at = tables[table].column_names.index(column)
        array = pa.array(values, type=tables[table].schema.field(column).type)
        tables[table] = tables[table].set_column(at, column, array)
    return tables


@pytest.fixture(scope="module", params=["simulated", "real"])
def engine(request, alura, simulated, load, in_memory):
    """Tables to decide on: simulated ones with unseen levels, and the real dumps."""
    if request.param == "real":
        return load(alura, request.getfixturevalue("alura_dumps"))[1]
    engine = open_engine()
    load_tables(alura, in_memory(damaged(simulated)), engine)
    return engine


@pytest.fixture(scope="module")
def client(bundle, engine):
    return TestClient(create_app(bundle, engine))


@pytest.fixture(scope="module")
def batch(bundle, engine):
    """(scored, key -> position)."""
    scored = scoring.score(bundle, engine=engine)
    return scored, {key: at for at, key in enumerate(scored.keys)}


@pytest.fixture(scope="module")
def keys(engine):
    """500 keys; half of them, as far as there are, of damaged rows."""
    first = engine.query(AWKWARD).column("loan_id").to_pylist()[: APPLICATIONS // 2]
    rest = [k for k in engine.query(OTHERS).column("loan_id").to_pylist() if k not in set(first)]
    return [*first, *rest[: APPLICATIONS - len(first)]]


def assert_alike(online: dict, row: dict) -> None:
    for name in ("pd", "log_odds", "expected_loss", "expected_profit", "exposure"):
        assert online[name] == (None if row[name] is None else pytest.approx(row[name], abs=1e-9)), name
    for name in ("key", "outcome", "score", "rule", "explanation", "cut_off"):
        assert online[name] == row[name], name
    assert (online["refer_band"] or []) == pytest.approx(row["refer_band"] or [], abs=1e-9)
    mine, theirs = ({c["feature"]: c["contribution"] for c in d["contributions"]} for d in (online, row))
    assert mine == pytest.approx(theirs, abs=1e-9)
    assert [(r["feature"], r["text"]) for r in online["reasons"]] == [(r["feature"], r["text"]) for r in row["reasons"]]
    told, stated = ([(n["table"], n["column"], n["action"]) for n in d["notices"]] for d in (online, row))
    assert told == stated


def test_500_applications_through_http_equal_their_batch_rows(client, batch, keys):
    assert len(keys) == APPLICATIONS
    scored, position = batch
    for key in keys:
        tables = client.get(f"/v1/applications/{key}").json()["tables"]
        answer = client.post("/v1/decisions", json={"tables": tables})
        assert answer.status_code == 200, answer.text
        assert_alike(answer.json(), scoring.decision_at(scored, position[key]).to_json("en"))


def test_levels_nobody_has_seen_and_missing_values_are_among_the_500(batch, keys, request):
    scored, position = batch
    at = [position[key] for key in keys]
    assert scored.rows.iloc[at].isna().any(axis=1).sum() > 100
    if "simulated" in request.node.name:
        assert scored.breaches["breach:emprestimos.loan_intent"][at].sum() > 20
        assert scored.breaches["breach:dados_mutuarios.person_home_ownership"][at].sum() > 20


def test_a_row_s_score_does_not_depend_on_its_neighbours(bundle, engine, batch, keys):
    scored, position = batch
    alone = [scoring.score_one(bundle, key, engine=engine).pd for key in keys[:50]]
    assert np.abs(np.array(alone) - [scored.pd[position[key]] for key in keys[:50]]).max() < 1e-12
