"""Is selection learned on a fold's training rows alone, and does what it drops disappear everywhere at once?"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.engines import open_engine
from fiador.model.development import Development
from fiador.model.selection import Selector, select
from fiador.portfolio import Selection
from fiador.reports.model_report import model_report
from fiador.service.app import create_app
from fiador.use_cases import applications, scoring
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.use_cases.tables import load_tables

FOLDS = 3
BOUNDS = Selection(most=4, correlation=0.9, null_rate=0.5)


@pytest.fixture(scope="module")
def data() -> Development:
    """600 rows, ten numbers of which three matter, a twin, a column that is nearly empty, and levels."""
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.normal(size=(600, 10)), columns=[f"c{at}" for at in range(10)])
    frame["twin"] = frame["c0"] + rng.normal(size=600) / 20
    frame["rare"] = np.where(rng.random(600) < 0.3, rng.normal(size=600), np.nan)
    frame["home"] = rng.choice(np.array(["Own", "Rent"], dtype=object), 600)
    bad = (rng.random(600) < 1 / (1 + np.exp(-frame[["c0", "c1", "c2"]].sum(axis=1)))).astype(np.int64)
    features = {name: "level" if name == "home" else "number" for name in frame}
    return Development(frame, features, bad, np.arange(600) % FOLDS, np.ones(600), FOLDS, 0)


def learned(data: Development, rows: np.ndarray) -> tuple:
    found: Selector = select(data.features, data, rows, BOUNDS, declared=["c1"], seed=0)
    return found.features_, found.removals_, found.rank_


def with_other_rows_in(data: Development, fold: int) -> Development:
    """The fold's rows all alike, of one level and one outcome: whoever looks at them can't miss it."""
    frame, inside = data.rows.copy(), data.fold == fold
    frame.loc[inside, [name for name, kind in data.features.items() if kind == "number"]] = 1e6
    frame.loc[inside, "home"] = "Tent"
    return replace(data, rows=frame, bad=np.where(inside, 1, data.bad))


@pytest.mark.parametrize("fold", range(FOLDS))
def test_held_out_rows_change_no_selection_of_their_fold(data, fold) -> None:
    changed = with_other_rows_in(data, fold)
    assert learned(changed, data.fold != fold) == learned(data, data.fold != fold)


def test_a_selection_on_all_rows_is_caught(data) -> None:
    everywhere = np.ones(600, dtype=bool)
    assert learned(with_other_rows_in(data, 0), everywhere) != learned(data, everywhere)


@pytest.fixture(scope="module")
def dull(alura_document, simulated, in_memory, alura) -> tuple:
    """(document, schema, engine): all histories are seven years long, and age is declared twice."""
    history = simulated["historicos_banco"]
    at = history.column_names.index("cb_person_cred_hist_length")
    seven = pa.array([7] * history.num_rows, history.schema.field(at).type)
    tables = {**simulated, "historicos_banco": history.set_column(at, "cb_person_cred_hist_length", seven)}
    document = copy.deepcopy(alura_document)
    again = {"row": "person_age * 1", "says": {"en": "age again", "fr": "âge encore", "pt-BR": "idade outra vez"}}
    document["features"] = {**document["features"], "age_again": again}
    engine = open_engine()
    return document, load_tables(alura, in_memory(tables), engine), engine


@pytest.fixture(scope="module")
def narrow(dull, train_on, tmp_path_factory):
    """The bundle trained on it, written and opened."""
    folder = tmp_path_factory.mktemp("narrow") / "bundle"
    save_bundle(train_on(*dull), folder)
    return open_bundle(folder)


def test_what_was_dropped_is_told_and_neither_read_nor_computed(narrow) -> None:
    assert set(narrow.dropped) == {"cb_person_cred_hist_length", "age_again"}
    told = {each["feature"]: each for each in narrow.evaluation["selection"]["dropped"]}
    assert told["cb_person_cred_hist_length"]["reason"] == "constant"
    assert (told["age_again"]["reason"], told["age_again"]["of"]) == ("duplicate", "person_age")
    assert all(each["folds"] == 0 for each in told.values())
    assert narrow.metrics["selection"]["kept"] == len(narrow.model.features)
    assert narrow.metrics["selection"]["alike"] == 1.0
    query = scorer_of(narrow).plan
    for gone in narrow.dropped:
        assert gone not in query.features
        assert gone not in query.sql
        assert gone not in narrow.model.features
        assert gone not in narrow.distributions
        assert gone not in narrow.portfolio.features
        assert gone in narrow.document["features"]  # what was read is kept as it was read


def test_the_service_asks_nothing_that_only_dropped_features_read(narrow, dull) -> None:
    client = TestClient(create_app(narrow, dull[2]))
    assert "cb_person_cred_hist_length" not in client.get("/openapi.json").text
    assert "age_again" not in client.get("/openapi.json").text
    asked = {c["name"] for t in client.get("/v1/model").json()["tables"] for c in t["columns"]}
    assert "cb_person_cred_hist_length" not in asked
    assert {"person_age", "loan_amnt", "cb_person_default_on_file"} <= asked
    key = applications.list_applications(narrow, engine=dull[2]).keys[0]
    rows = client.get(f"/v1/applications/{key}").json()["tables"]
    assert "cb_person_cred_hist_length" not in rows["historicos_banco"][0]


def test_online_equals_batch_without_the_dropped_features(narrow, dull) -> None:
    engine = dull[2]
    batch = scoring.score(narrow, engine=engine)
    for at in range(0, len(batch.keys), 80):
        if batch.keys[at] is None:
            continue
        told, online = scoring.decision_at(batch, at), scoring.score_one(narrow, batch.keys[at], engine=engine)
        assert online.pd == pytest.approx(told.pd, abs=1e-12)
        assert online.contributions == pytest.approx(told.contributions, abs=1e-12)
        assert (online.outcome, online.reasons) == (told.outcome, told.reasons)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "equal in every row to: age"),
        ("fr", "égale, à chaque ligne, à"),
        ("pt-BR", "igual, em cada linha, a: idade"),
    ],
)
def test_the_report_lists_each_dropped_feature_in_words_with_its_reason(narrow, language, said) -> None:
    html = model_report(narrow, language=language)
    assert said in html
    for gone in narrow.dropped:
        words = narrow.document["features"][gone]["says"][language]
        assert words[1:] in html


def test_where_nothing_is_dropped_the_report_says_so(bundle) -> None:
    assert bundle.dropped == ()
    assert "All of them are read" in model_report(bundle, language="en")


def test_a_crowd_is_cut_to_most_in_every_fold_and_figures_are_of_what_ships(dull, train_on) -> None:
    document, schema, engine = dull
    candidates = {**document["training"], "candidates": ["logistic_regression", "lightgbm"], "folds": 3}
    few = {**document, "training": candidates, "selection": {"most": 4, "correlation": 0.9}}
    bundle = train_on(few, schema, engine)
    shipped = list(bundle.model.features)
    assert len(shipped) <= 4
    selection = bundle.evaluation["selection"]
    assert [each["feature"] for each in selection["kept"]] == shipped
    assert selection["considered"] == len(shipped) + len(selection["dropped"])
    assert all(each["folds"] <= 3 for each in (*selection["kept"], *selection["dropped"]))
    for part in ("importance", "contributions"):
        assert [each["feature"] for each in bundle.evaluation[part]["features"]] == shipped
    assert not any(set(group["features"]) - set(shipped) for group in bundle.evaluation["importance"]["groups"])
    assert sum(bundle.metrics["selection"]["dropped"].values()) == len(selection["dropped"])
    assert "person_age" in bundle.portfolio.features  # the policy's rule reads it, whether the model does or not
    first = scoring.score(bundle, engine=engine)
    assert set(first.rows) == set(shipped)
    for language in ("en", "fr", "pt-BR"):
        assert "None" not in model_report(bundle, language=language)
