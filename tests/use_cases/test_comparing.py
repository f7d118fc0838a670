"""Does comparing two bundles tell whose decision changes, counted from the decisions themselves?"""

from __future__ import annotations

import copy
from dataclasses import replace

import pyarrow as pa
import pytest

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.engines import open_engine
from fiador.decision.policy import cut_off
from fiador.errors import BundleError, DataError
from fiador.portfolio import parse_document
from fiador.use_cases.comparing import compare
from fiador.use_cases.scoring import score
from fiador.use_cases.scoring.table import decisions
from fiador.use_cases.tables import load_tables


def under(bundle, document: dict, folder, **costs: float):
    """The bundle under other costs, written: its PDs stay, its cut-off moves."""
    changed = copy.deepcopy(document)
    changed["costs"] |= costs
    portfolio = parse_document(changed)
    other = replace(bundle, document=changed, portfolio=portfolio, cut_off=cut_off(portfolio.costs))
    return save_bundle(other, folder)


@pytest.fixture(scope="module")
def cautious(bundle, alura_document, tmp_path_factory):
    """The same model where a good loan earns half."""
    return under(bundle, alura_document, tmp_path_factory.mktemp("cautious") / "b", margin=0.05)


@pytest.fixture(scope="module")
def loading(alura_engine):
    return lambda _: alura_engine


@pytest.fixture(scope="module")
def compared(bundle, cautious, loading):
    return compare(bundle, cautious, load=loading)


@pytest.fixture(scope="module")
def by_hand(bundle, cautious, alura_engine, simulated) -> list[dict]:
    """One row per application, from the two decision tables and the raw target."""
    _, engine = alura_engine
    one, other = (decisions(score(b, engine=engine)).to_pylist() for b in (bundle, cautious))
    loans = simulated["emprestimos"].select(["loan_id", "loan_status"]).to_pylist()
    status = {row["loan_id"]: row["loan_status"] for row in loans}
    assert [row["key"] for row in one] == [row["key"] for row in other]
    pairs = zip(one, other, strict=True)
    return [{"a": a, "b": b, "bad": status[a["key"]]} for a, b in pairs if a["key"] is not None]


def test_the_swap_set_is_the_one_counted_from_the_decisions(compared, by_hand):
    swap = compared.population.swap
    for cell in swap.cells:
        rows = [r for r in by_hand if (r["a"]["outcome"], r["b"]["outcome"]) == (cell.before, cell.after)]
        assert cell.applications == len(rows)
        assert cell.known == sum(r["bad"] in (0, 1) for r in rows)
        assert cell.bad == sum(r["bad"] == 1 for r in rows)
    assert swap.changed == sum(r["a"]["outcome"] != r["b"]["outcome"] for r in by_hand) > 0
    assert swap.swapped_out.applications > 0


def test_a_lower_cut_off_approves_nobody_new(compared):
    assert compared.b.cut_off < compared.a.cut_off
    assert compared.population.swap.swapped_in.applications == 0
    assert compared.population.approval_rate.difference < 0


def test_the_same_model_ranks_the_same_and_has_the_same_figures(compared):
    assert compared.population.rank_correlation == pytest.approx(1)
    assert compared.population.mean_pd.difference == 0
    assert {figure.difference for figure in compared.figures} == {0}
    assert {figure.better for figure in compared.figures} == {""}


def test_profit_is_counted_under_b_s_costs_on_whoever_each_approves(compared, by_hand):
    p = compared.population
    lgd = compared.b.portfolio.costs.lgd
    for side, found in (("a", p.realised_profit.a), ("b", p.realised_profit.b)):
        earned = 0.0
        for row in by_hand:
            exposure = row["b"]["exposure"]
            if row[side]["outcome"] == "approve" and exposure is not None and row["bad"] in (0, 1):
                earned += -exposure * lgd if row["bad"] == 1 else exposure * 0.05
        assert found == pytest.approx(earned)
    expected = sum(r["b"]["expected_profit"] or 0 for r in by_hand if r["b"]["outcome"] == "approve")
    assert p.expected_profit.b == pytest.approx(expected)


def test_the_changed_decisions_are_listed_with_both_sides(compared, by_hand):
    listed = compared.population.changed.to_pylist()
    changed = {r["a"]["key"]: r for r in by_hand if r["a"]["outcome"] != r["b"]["outcome"]}
    assert {row["key"] for row in listed} == set(changed)
    for row in listed[:50]:
        hand = changed[row["key"]]
        assert (row["outcome_a"], row["outcome_b"]) == (hand["a"]["outcome"], hand["b"]["outcome"])
        assert row["pd_a"] == row["pd_b"]
        assert row["target"] == {1: "bad", 0: "good"}.get(hand["bad"])


def developed(bundle, **counts):
    return replace(bundle, development={**bundle.development, **counts})


@pytest.mark.parametrize(
    ("counts_of_a", "seen", "in_sample"),
    [
        ({}, ("a",), "likely"),
        ({"read": 3400, "labelled": 1}, ("a",), "likely"),  # 4,000 applications are within 20 % of it
        ({"read": 3300, "labelled": 1}, (), "unknown"),
        ({"read": 9000}, ("a",), "likely"),  # as many goods and bads as it learned from
    ],
)
def test_a_bundle_that_may_have_learned_from_these_applications_is_named(
    bundle, cautious, loading, counts_of_a, seen, in_sample
):
    other = developed(cautious, read=40_000, labelled=30_000)
    population = compare(developed(bundle, **counts_of_a), other, load=loading).population
    assert (population.seen, population.in_sample) == (seen, in_sample)


def test_both_bundles_that_may_have_learned_from_these_applications_are_named(compared):
    assert compared.population.seen == ("a", "b")
    assert compared.to_json()["population"]["in_sample"] == "likely"


def test_features_read_by_one_alone_are_named(bundle, cautious):
    features = dict(cautious.model.features)
    gone = features.popitem()[0]
    fewer = replace(cautious, model=replace(cautious.model, features={**features, "new_one": "number"}))
    compared = compare(bundle, fewer)
    assert (compared.removed, compared.added, compared.population) == ((gone,), ("new_one",), None)


def measured(bundle, name: str, mean: float | None, low: float | None, high: float | None, *, by_fold=None):
    """The bundle with one figure of its champion changed, and on each fold."""
    metrics, evaluation = copy.deepcopy(dict(bundle.metrics)), copy.deepcopy(dict(bundle.evaluation))
    champion = metrics["champion"]
    metrics["candidates"][champion][name] |= {"mean": mean, "low": low, "high": high}
    if by_fold:
        evaluation["candidates"][champion]["folds"] = [{name: value} for value in by_fold]
    return replace(bundle, metrics=metrics, evaluation=evaluation)


def told(a, b, name: str):
    return next(figure for figure in compare(a, b).figures if figure.name == name)


@pytest.mark.parametrize(
    ("name", "a", "b", "better"),
    [
        ("auc", (0.80, 0.78, 0.82), (0.8006, 0.7806, 0.8206), ""),
        ("auc", (0.80, 0.78, 0.82), (0.85, 0.83, 0.87), "b"),
        ("brier", (0.10, 0.09, 0.11), (0.13, 0.12, 0.14), "a"),
        ("calibration_slope", (0.7, 0.6, 0.8), (1.05, 0.9, 1.15), "b"),
        ("calibration_slope", (0.6, 0.5, 0.7), (1.4, 1.3, 1.5), ""),  # apart, and as far from 1
        ("calibration_slope", (0.7, 0.6, 0.8), (None, None, None), ""),
        ("auc", (0.80, None, None), (0.99, 0.98, 1.0), ""),
    ],
)
def test_on_other_rows_one_is_better_only_where_the_intervals_are_apart(bundle, cautious, name, a, b, better):
    elsewhere = developed(cautious, fingerprint="of other rows")
    figure = told(measured(bundle, name, *a), measured(elsewhere, name, *b), name)
    assert (figure.better, figure.told_by) == (better, "intervals")
    assert figure.difference == (None if b[0] is None else pytest.approx(b[0] - a[0]))


@pytest.mark.parametrize(
    ("name", "a", "b", "better"),
    [  # on each fold; the intervals given overlap in every row
        ("auc", (0.80, 0.78, 0.82), (0.81, 0.791, 0.829), "b"),
        ("auc", (0.80, 0.78, 0.82), (0.81, 0.77, 0.83), ""),
        ("brier", (0.10, 0.11, 0.12), (0.11, 0.121, 0.129), "a"),
        ("calibration_slope", (1.20, 1.22, 1.18), (0.95, 0.96, 0.94), "b"),
        ("calibration_slope", (0.95, 1.05, 1.0), (1.05, 0.95, 1.0), ""),
    ],
)
def test_on_the_same_folds_one_is_better_where_the_paired_difference_leaves_out_zero(
    bundle, cautious, name, a, b, better
):
    one, other = (
        measured(side, name, sum(by_fold) / 3, 0.0, 2.0, by_fold=by_fold)
        for side, by_fold in ((bundle, a), (cautious, b))
    )
    figure = told(one, other, name)
    assert (figure.better, figure.told_by) == (better, "folds")


def test_the_gini_coefficient_is_told_by_the_folds_of_the_auc(bundle, cautious):
    one, other = (
        measured(measured(side, "gini", 2 * mean - 1, 0, 1), "auc", mean, 0, 1, by_fold=[mean, mean])
        for side, mean in ((bundle, 0.80), (cautious, 0.81))
    )
    assert [(told(one, other, name).better, told(one, other, name).told_by) for name in ("auc", "gini")] == [
        ("b", "folds"),
        ("b", "folds"),
    ]


def test_bundles_that_decide_on_different_applications_are_not_compared(bundle, cautious):
    head = cautious.portfolio.head.model_copy(update={"key": "person_id", "name": "people"})
    other = replace(cautious, portfolio=cautious.portfolio.model_copy(update={"head": head}))
    with pytest.raises(
        BundleError, match=r"A decides on emprestimos.loan_id \(alura_cash\), B on emprestimos.person_id"
    ):
        compare(bundle, other)


def test_applications_without_a_target_have_decisions_but_no_bad_rate(bundle, cautious, simulated, in_memory, alura):
    loans = simulated["emprestimos"]
    engine = open_engine()
    unlabelled = in_memory({**simulated, "emprestimos": loans.drop_columns(["loan_status"])})
    schema = load_tables(alura, unlabelled, engine, needs_target=False)
    population = compare(bundle, cautious, load=lambda _: (schema, engine)).population
    assert (population.known, population.realised_profit) == (0, None)
    assert population.swap.changed > 0
    assert population.changed.column("target").null_count == population.swap.changed


def test_bundles_that_read_other_tables_are_each_given_their_own(bundle, cautious, alura_engine):
    tables = dict(cautious.portfolio.tables)
    name = next(n for n in tables if n != cautious.portfolio.base)
    tables[name] = tables[name].model_copy(update={"source_names": ("elsewhere",)})
    other = replace(cautious, portfolio=cautious.portfolio.model_copy(update={"tables": tables}))
    asked = []

    def load(bundle):
        asked.append(bundle.portfolio.tables[name].source_names)
        return alura_engine

    compare(bundle, cautious, load=load)
    assert asked == [(name,)]
    compare(bundle, other, load=load)
    assert asked == [(name,), (name,), ("elsewhere",)]


def test_a_repeated_key_is_refused_before_anything_is_scored(bundle, cautious, simulated, in_memory, alura):
    loans = simulated["emprestimos"]
    engine = open_engine()
    doubled = in_memory({**simulated, "emprestimos": pa.concat_tables([loans, loans.slice(0, 1)])})
    schema = load_tables(alura, doubled, engine)
    with pytest.raises(DataError, match="1 key in more than one row"):
        compare(bundle, cautious, load=lambda _: (schema, engine))
