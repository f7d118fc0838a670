"""Is whoever sends rows that no feature sees told how many, and why?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
from tests.promises.test_three_levels import PORTFOLIOS, given_rows

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.bundle import Bundle
from fiador.decision.answer import Notice
from fiador.features.schema import declared_schema, raw_columns
from fiador.portfolio import parse_document
from fiador.use_cases.scoring import decide, score_one
from fiador.use_cases.scoring.request import arrow_tables
from fiador.use_cases.scoring.unread import unread
from fiador.use_cases.tables import load_tables

PORTFOLIO = Path(__file__).parents[3] / "portfolios" / "tiny"


def counted(unit: str, rows: Mapping[str, list[dict]]) -> dict[tuple[str, str], int]:
    p = PORTFOLIOS[unit]
    schema = declared_schema(p)
    one = {**rows, "applications": rows["applications"][:1]}
    counting = unread(p, schema)
    assert counting is not None
    tables = arrow_tables(p, raw_columns(p, schema, {}), one)
    answer = open_engine().answer(counting.sql, tables).to_pylist()[0].values()
    found = zip(counting.counts, answer, strict=True)
    return {(table, why): n for (table, _, why), n in found if n}


@pytest.mark.parametrize("unit", PORTFOLIOS)
def test_rows_of_the_future_and_rows_of_nobody_are_counted_at_both_levels(unit):
    rows = given_rows(
        unit,
        [(-9, -8, 5.0), (-9, 4, 5.0)],  # one account, and one that became known later
        [("A1", "m1", -3, -2, 1.0), ("A1", "m1", 0, -1, 1.0), ("A1", "m2", -3, 1, 1.0), ("B1", "m1", -3, -2, 1.0)],
        [("A1", -4, -2, 5.0), ("A1", 0, 5, 5.0)],
        [("A", -7, 2.0), ("A", 7, 2.0), ("A", 8, 2.0)],
    )
    assert counted(unit, rows) == {
        ("accounts", "unknown"): 1,
        ("months", "unknown"): 2,  # still to happen, and not yet told; the version before stays untold
        ("months", "unmatched"): 1,  # nobody's account
        ("payments", "unknown"): 1,
        ("notes", "unknown"): 2,
    }


@pytest.mark.parametrize("unit", PORTFOLIOS)
def test_where_every_row_is_seen_nothing_is_counted(unit):
    rows = given_rows(unit, [(-9, -8, 5.0)], [("A1", "m1", -3, -2, 1.0)], [("A1", -4, 9, 5.0)], [("A", -7, 2.0)])
    assert counted(unit, rows) == {}


@pytest.fixture(scope="module")
def tiny_bundle(train_on, in_memory) -> tuple[Bundle, object]:
    """A bundle of the tiny portfolio, trained on forty loans of which each has a payment and every other one is bad."""
    document = read_document(PORTFOLIO)
    document = {**document, "training": {"candidates": ["logistic_regression"], "folds": 2, "seed": 0}}
    loans = [(str(n), f"p{n}", 100 + n, ("car", "home")[n % 3 == 0], n % 2) for n in range(40)]
    people = [(f"p{n}", 20 + n, 50.0 + 3 * (n % 7), "fm"[n % 2]) for n in range(40)]
    payments = [(str(n), 5, 10.0 + n % 5, 12.0) for n in range(40)]
    p = parse_document(document)
    given = {"loans": loans, "people": people, "payments": payments}
    source = {
        name: pa.table(dict(zip(p.tables[name].columns, map(list, zip(*rows, strict=True)), strict=True)))
        for name, rows in given.items()
    }
    engine = open_engine()
    return train_on(document, load_tables(p, in_memory(source), engine), engine), engine


def test_a_decision_s_notices_tell_it_in_words(tiny_bundle):
    bundle, engine = tiny_bundle
    rows = {
        "loans": [{"amount": 100, "purpose": "car"}],
        "people": [{"age": 40, "income": 50.0}],
        "payments": [{"days_before": 3, "paid": 9.0, "due": 9.0}, {"days_before": 0, "paid": 9.0, "due": 9.0}],
    }
    decision = decide(bundle, rows, engine=engine)
    assert decision.notices == (Notice("payments", "", 1, "unknown"),)
    said = {code: decision.to_json(code)["notices"][0]["text"] for code in ("en", "fr", "pt-BR")}
    assert said["en"] == "Payments: rows not yet known at the decision, left out: 1."
    assert said["fr"].endswith("laissées de côté\N{NO-BREAK SPACE}: 1.")
    assert said["pt-BR"] == "Payments: linhas ainda não conhecidas na data da decisão, deixadas de fora: 1."
    assert decide(bundle, {**rows, "payments": rows["payments"][:1]}, engine=engine).notices == ()


def test_a_known_application_s_later_rows_are_nobody_s_mistake(tiny_bundle):
    bundle, engine = tiny_bundle
    assert score_one(bundle, "7", engine=engine).notices == ()
