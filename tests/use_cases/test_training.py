"""Are the figures honest, the same for a seed, and is the champion chosen as declared?"""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.disk.portfolios import read_document
from fiador.errors import AcceptanceError, PortfolioError
from fiador.metrics.discrimination import auc
from fiador.portfolio import parse_document
from fiador.use_cases import scoring
from fiador.use_cases.training import require_accepted


def with_training(document: dict, **settings: object) -> dict:
    return {**document, "training": {**document["training"], **settings}}


def test_two_trainings_with_one_seed_write_the_same_files_but_times(alura_document, alura_engine, train_on, tmp_path):
    schema, engine = alura_engine
    document = with_training(alura_document, candidates=["logistic_regression", "random_forest", "lightgbm"])
    for name, threads in (("one", 1), ("two", 2)):
        save_bundle(train_on(document, schema, engine, threads=threads), tmp_path / name)
    files = [f.relative_to(tmp_path / "one") for f in (tmp_path / "one").rglob("*") if f.is_file()]
    same = {str(f) for f in files if (tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes()}
    assert {str(f) for f in files} - same <= {"timings.json", "manifest.json"}
    assert {"metrics.json", "evaluation.json"} <= same


def test_another_seed_draws_other_folds(alura_document, alura_engine, train_on):
    schema, engine = alura_engine
    one, two = (
        train_on(alura_document, schema, engine, seed=seed).metrics["candidates"]["lightgbm"]["auc"] for seed in (0, 1)
    )
    assert one["mean"] != two["mean"]


def test_every_candidate_is_measured_and_lender_set_features_are_shown_beside(alura, alura_engine, train_on, request):
    schema, engine = alura_engine
    document = read_document(request.config.rootpath / "portfolios" / "alura_cash")
    metrics = train_on(document, schema, engine).metrics
    assert set(metrics["candidates"]) == {
        "dummy", "logistic_regression", "decision_tree", "random_forest", "hist_gradient_boosting", "lightgbm",
        "logistic_regression+lender_set", "lightgbm+lender_set",
    }  # fmt: skip
    for figures in metrics["candidates"].values():
        for metric in (
            "auc",
            "gini",
            "ks",
            "average_precision",
            "brier",
            "log_loss",
            "ece",
            "accuracy",
            "precision",
            "recall",
            "f1",
        ):
            assert figures[metric]["low"] <= figures[metric]["mean"] <= figures[metric]["high"]
        assert sum(figures["confusion"].values()) == metrics["rows"]["labelled"]
    assert metrics["candidates"]["dummy"]["auc"]["mean"] == 0.5
    assert metrics["champion"] in ("lightgbm", "logistic_regression")
    assert metrics["choice"]["eligible"] == ["logistic_regression", "lightgbm"]
    assert [n for n, f in metrics["candidates"].items() if f["ships"]] == ["logistic_regression", "lightgbm"]
    assert "lender's own opinion" in metrics["candidates"]["lightgbm+lender_set"]["compared_only"]
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_a_champion_never_reads_the_lender_s_own_opinion_unless_the_portfolio_says_so(
    bundle, alura_document, alura_engine, train_on
):
    assert not {"loan_grade", "loan_int_rate"} & set(bundle.model.features)
    schema, engine = alura_engine
    document = copy.deepcopy(alura_document)
    document["policy"]["ship_lender_set"] = True
    shipped = train_on(document, schema, engine)
    assert shipped.metrics["champion"] == "lightgbm+lender_set"
    assert shipped.metrics["candidates"]["lightgbm+lender_set"]["ships"]
    assert {"loan_grade", "loan_int_rate"} <= set(shipped.model.features)


def test_no_significant_difference_is_said_where_there_is_none(alura_document, alura_engine, train_on):
    schema, engine = alura_engine
    metrics = train_on(
        with_training(alura_document, candidates=["logistic_regression", "lightgbm"]), schema, engine
    ).metrics
    choice = metrics["choice"]
    assert choice["significant"] == (choice["low"] > 0)
    assert choice["says"].startswith("better than" if choice["significant"] else "no significant difference from")
    assert len(choice["chosen_by_fold"]) == 5


def test_rows_without_a_target_are_counted_and_scored_but_never_trained_on(bundle, alura_engine):
    _, engine = alura_engine
    unlabelled = engine.query("SELECT count(*) AS n FROM emprestimos WHERE loan_status IS NULL").column("n")[0].as_py()
    assert unlabelled > 0
    d = bundle.development
    assert d["kept"] == d["labelled"] + d["unlabelled"] == bundle.metrics["rows"]["labelled"] + d["unlabelled"]
    assert scoring.score(bundle, engine=engine).pd.shape == (4000,)


def test_shuffled_targets_leave_nothing_to_learn(alura, alura_document, simulated, train_on, in_memory):
    import pyarrow as pa

    from fiador.adapters.engines import open_engine
    from fiador.use_cases.tables import load_tables

    loans = simulated["emprestimos"]
    shuffled = np.random.default_rng(0).permutation(loans.num_rows)
    at = loans.column_names.index("loan_status")
    tables = {
        **simulated,
        "emprestimos": loans.set_column(at, "loan_status", loans.column("loan_status").take(pa.array(shuffled))),
    }

    engine = open_engine()
    schema = load_tables(alura, in_memory(tables), engine)
    figures = train_on(alura_document, schema, engine).metrics["candidates"]["lightgbm"]
    assert figures["auc"]["mean"] == pytest.approx(0.5, abs=0.03)


def test_a_missed_gate_is_an_error_that_names_the_figure(bundle, alura_document):
    require_accepted(bundle)
    strict = copy.deepcopy(alura_document)
    strict["acceptance"]["gini"] = {"min": 0.999}
    from dataclasses import replace

    with pytest.raises(AcceptanceError, match=r"gini 0\.\d+ is below 0.999.*not approved"):
        require_accepted(replace(bundle, portfolio=parse_document(strict)))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"candidates": ["lightgmb"]}, "no candidate 'lightgmb'. Did you mean 'lightgbm'"),
        ({"calibrator": "plat"}, "no calibrator 'plat'. Did you mean 'platt'"),
    ],
)
def test_an_unknown_variant_is_answered_with_the_nearest_one_before_anything_is_fitted(
    alura_document, alura_engine, train_on, settings, words
):
    schema, engine = alura_engine
    with pytest.raises(PortfolioError, match=words):
        train_on(with_training(alura_document, **settings), schema, engine)


def test_an_unknown_metric_in_the_gate_is_refused_before_anything_is_fitted(alura_document, alura_engine, train_on):
    schema, engine = alura_engine
    document = copy.deepcopy(alura_document)
    document["acceptance"]["ginni"] = {"min": 0.4}
    with pytest.raises(PortfolioError, match=r"alura_cash: acceptance: no metric 'ginni'. Did you mean 'gini'"):
        train_on(document, schema, engine)


def test_a_logistic_champion_ships_as_a_skops_file_and_scores_alike(alura_document, alura_engine, train_on, tmp_path):
    schema, engine = alura_engine
    trained = train_on(with_training(alura_document, candidates=["logistic_regression"]), schema, engine)
    save_bundle(trained, tmp_path / "logistic")
    again = open_bundle(tmp_path / "logistic")
    assert list(again.model.files) == ["pipeline.skops"]
    scored = scoring.score(again, engine=engine)
    labels = engine.query("SELECT loan_id, loan_status FROM emprestimos ORDER BY loan_id").to_pandas()
    known = labels["loan_status"].notna().to_numpy()
    assert auc(labels["loan_status"][known], scored.pd[known]) > 0.75
    sums = scored.contributions.sum(axis=1) - (scored.log_odds - again.reference.log_odds)
    assert np.abs(sums).max() < 1e-9


@pytest.mark.parametrize("name", ["person_age", "dados_mutuarios.person_age"])
def test_what_a_protected_column_feeds_is_no_input_however_it_is_named(alura_document, alura_engine, train_on, name):
    schema, engine = alura_engine
    document = copy.deepcopy(alura_document)
    document["policy"]["protected"] = [name]
    inputs = set(train_on(document, schema, engine).model.features)
    assert not {"person_age", "employed_share_of_life"} & inputs
    assert "person_emp_length" in inputs


def test_a_feature_made_from_the_lender_s_opinion_is_the_lender_s_opinion(alura_document, alura_engine, train_on):
    schema, engine = alura_engine
    document = copy.deepcopy(alura_document)
    says = document["features"]["loan_int_rate"]["says"]
    document["features"]["spread"] = {"row": "loan_int_rate - 5", "says": says}
    document["features"]["spread_squared"] = {"row": "spread * spread", "says": says}
    document["policy"]["lender_set"] = ["emprestimos.loan_grade", "loan_int_rate"]
    inputs = set(train_on(document, schema, engine).model.features)
    assert not {"loan_grade", "loan_int_rate", "spread", "spread_squared"} & inputs
