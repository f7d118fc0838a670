"""Is what a model says of a child table's rows kept from the outcomes it is later tested on?"""

from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.learned_loans import DOCUMENT, drawn, tables

from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.engines import open_engine
from fiador.errors import BundleError, DataError
from fiador.features.development import compile_development_sql
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.features.statements import Statements
from fiador.metrics.discrimination import auc
from fiador.model.champion import unpack
from fiador.model.development import Development, development
from fiador.portfolio import parse
from fiador.use_cases import scoring
from fiador.use_cases.feature_table import build, decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.parts import learned_columns as measure_learned
from fiador.use_cases.row_models import learn, risks_of
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.use_cases.tables import load_tables

LEARNED = [f"loans__learned__{measure}" for measure in ("mean", "max", "last")]
PEOPLE, FOLDS = 480, 3
PORTFOLIO = parse(DOCUMENT)


def loaded(raw: dict, in_memory) -> tuple:
    engine = open_engine()
    return load_tables(PORTFOLIO, in_memory(raw), engine), engine


def unfitted(raw: dict, in_memory) -> tuple:
    """(development rows whose learned columns are empty, the rows models speak of, the engine)."""
    schema, engine = loaded(raw, in_memory)
    query = compile_sql(PORTFOLIO, schema)
    features = decision_columns(Statements(query), RawTables(engine))
    labels = engine.query(compile_development_sql(PORTFOLIO, schema))
    data = development(
        features, labels, query.features, target=PORTFOLIO.target, protected=[], folds=FOLDS, seed=0
    )  # fmt: skip
    return data, query.learned, engine


def fitted(data: Development, learned, engine, *, threads: int = 1) -> tuple:
    return learn(learned, data, RawTables(engine), seed=0, threads=threads, progress=lambda *_: None)


@pytest.fixture(scope="module")
def ground(in_memory) -> tuple:
    return unfitted(drawn(PEOPLE), in_memory)


@pytest.fixture(scope="module")
def seen(ground) -> Development:
    return fitted(*ground)[0]


def learned_columns(data: Development) -> np.ndarray:
    return data.rows[LEARNED].to_numpy()


@pytest.mark.parametrize("fold", range(FOLDS))
def test_a_held_out_target_changes_no_feature_of_its_fold_s_fit(ground, seen, fold) -> None:
    data, *rest = ground
    other = replace(data, bad=np.where(data.fold == fold, 1 - data.bad, data.bad))
    turned, _ = fitted(other, *rest)
    np.testing.assert_array_equal(learned_columns(turned.without(fold)), learned_columns(seen.without(fold)))


def test_an_outcome_changes_no_feature_of_its_own_fold_and_those_of_others(ground, seen) -> None:
    data, *rest = ground
    turned, _ = fitted(replace(data, bad=np.where(data.fold == 0, 1 - data.bad, data.bad)), *rest)
    inside = data.fold == 0
    np.testing.assert_array_equal(learned_columns(turned)[inside], learned_columns(seen)[inside])
    assert not np.array_equal(learned_columns(turned)[~inside], learned_columns(seen)[~inside], equal_nan=True)


def test_rows_of_the_held_out_fold_are_seen_as_they_will_be_scored(seen) -> None:
    for fold in range(FOLDS):
        inside = seen.fold == fold
        np.testing.assert_array_equal(learned_columns(seen.without(fold))[inside], learned_columns(seen)[inside])


def test_the_learned_risk_tells_bads_from_goods(seen) -> None:
    known = seen.rows[LEARNED[0]].notna().to_numpy()
    assert auc(seen.bad[known], seen.rows.loc[known, LEARNED[0]]) > 0.65


def test_of_a_shuffled_target_nothing_is_learned(in_memory) -> None:
    data, _ = fitted(*unfitted(drawn(1200, seed=3, shuffled=True), in_memory))
    for rows in (data, *(data.without(fold) for fold in range(FOLDS))):
        known = rows.rows[LEARNED[0]].notna().to_numpy()
        for name in LEARNED:
            assert auc(rows.bad[known], rows.rows.loc[known, name]) == pytest.approx(0.5, abs=0.06)


def test_a_model_that_saw_the_targets_would_be_caught(in_memory) -> None:
    data, (rows,), engine = unfitted(drawn(1200, seed=3, shuffled=True), in_memory)
    _, models = fitted(data, (rows,), engine)
    measured = measure_learned(rows, risks_of(rows, {"loans": unpack(models["loans"])}, RawTables(engine)))
    bad = dict(zip(data.keys.to_pylist(), data.bad.tolist(), strict=True))
    told = measured.select(["key", LEARNED[1]]).to_pylist()
    assert auc([bad[each["key"]] for each in told], [each[LEARNED[1]] for each in told]) > 0.6


def test_rows_of_the_future_neither_train_nor_are_measured(in_memory, ground, seen) -> None:
    raw = drawn(PEOPLE)
    later = [(f"p{at:04}", f"later{at}", at % 3, 1e6, "late") for at in range(PEOPLE)]
    raw["loans"] = pa.concat_tables([raw["loans"], tables({"loans": later})["loans"]])
    raw["months"] = pa.concat_tables(
        [raw["months"], tables({"months": [(f"l{at}", 0) for at in range(200)]})["months"]]
    )
    again, models = fitted(*unfitted(raw, in_memory))
    np.testing.assert_array_equal(learned_columns(again), learned_columns(seen))
    assert models == fitted(*ground)[1]


def test_models_are_the_same_for_other_threads_and_another_order_of_rows(in_memory, ground) -> None:
    raw = drawn(PEOPLE)
    order = np.random.default_rng(1).permutation(raw["loans"].num_rows)
    other = unfitted({**raw, "loans": raw["loans"].take(order)}, in_memory)
    assert fitted(*other, threads=2)[1] == fitted(*ground)[1]


@pytest.fixture(scope="module")
def trained(in_memory, train_on, tmp_path_factory) -> tuple:
    """(the bundle, written and opened, its folder, the engine that holds its tables)."""
    schema, engine = loaded(drawn(PEOPLE), in_memory)
    folder = tmp_path_factory.mktemp("learned") / "bundle"
    save_bundle(train_on(copy.deepcopy(DOCUMENT), schema, engine), folder)
    return open_bundle(folder), folder, engine


def test_one_application_is_scored_as_its_row_in_a_batch(trained) -> None:
    bundle, _, engine = trained
    assert set(LEARNED) <= set(bundle.model.features)
    batch = scoring.score(bundle, engine=engine)
    for at in range(0, PEOPLE, 12):  # a multiple of 60 plus one has forty loans, of five none
        told, online = scoring.decision_at(batch, at), scoring.score_one(bundle, batch.keys[at], engine=engine)
        assert online.values == told.values
        assert online.pd == pytest.approx(told.pd, abs=1e-12)
        assert (online.outcome, online.reasons) == (told.outcome, told.reasons)


def test_levels_nobody_has_seen_and_missing_values_are_scored(trained) -> None:
    bundle, _, engine = trained
    loans = [{"loan": "a", "at": -3, "amount": None, "state": "stolen"}, {"loan": "b", "at": -1}]
    decision = scoring.decide(bundle, {"people": [{"id": "x", "income": 1.0}], "loans": loans}, engine=engine)
    assert 0 < decision.values["loans__learned__mean"] < 1
    assert decision.values["loans__learned__max"] >= decision.values["loans__learned__mean"]


def test_an_applicant_without_rows_or_with_future_ones_alone_has_no_learned_risk(trained) -> None:
    bundle, _, engine = trained
    for loans in ([], [{"loan": "a", "at": 0, "amount": 5.0, "state": "late"}]):
        decision = scoring.decide(bundle, {"people": [{"id": "x", "income": 1.0}], "loans": loans}, engine=engine)
        assert [decision.values[name] for name in LEARNED] == [None] * 3


def test_the_bundle_holds_the_models_as_text_with_their_digests(trained, tmp_path) -> None:
    bundle, folder, _ = trained
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    assert {name for name in listed if name.startswith("learned/")} == {
        "learned/0/lightgbm.txt", "learned/0/levels.json",
    }  # fmt: skip
    assert (folder / "learned/0/lightgbm.txt").read_bytes() == bundle.learned["loans"].files["lightgbm.txt"]
    changed = shutil.copytree(folder, tmp_path / "changed")
    (changed / "learned/0/lightgbm.txt").write_text("tree")
    with pytest.raises(BundleError, match=r"'learned/0/lightgbm.txt' was changed after the bundle was written"):
        open_bundle(changed)


def test_features_of_a_bundle_are_those_it_scores_with(trained) -> None:
    bundle, _, engine = trained
    schema = declared_schema(PORTFOLIO)
    built = build(PORTFOLIO, schema, engine, models=scorer_of(bundle).learned)
    rows = scoring.score(bundle, engine=engine).rows
    for name in LEARNED:
        np.testing.assert_array_equal(built.column(name).to_numpy(), rows[name].to_numpy(dtype=np.float32))
    assert not set(LEARNED) & set(build(PORTFOLIO, schema, engine).column_names)


def test_a_model_of_other_columns_is_refused(trained) -> None:
    bundle, _, engine = trained
    document = {**DOCUMENT, "learned": {"loans": {"of": ["amount"]}}}
    with pytest.raises(BundleError, match="reads other columns of its rows than the portfolio declares"):
        build(parse(document), declared_schema(PORTFOLIO), engine, models=scorer_of(bundle).learned)


def test_two_folds_are_too_few(in_memory, train_on) -> None:
    document = {**DOCUMENT, "training": {**DOCUMENT["training"], "folds": 2}}
    with pytest.raises(DataError, match=r"learned.loans: 2 folds are drawn, and a model of a table's rows needs 3"):
        train_on(document, *loaded(drawn(60), in_memory))
