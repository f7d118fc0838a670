"""Is a feature left out only for a reason that holds, and is what matters kept?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from fiador.errors import DataError
from fiador.model.selection import REASONS, Removal, Selector, selection_json
from fiador.model.selection.correlation import centred_ranks, strength, twins
from fiador.model.selection.portrait import portrait

ROWS = 1500
PLANTED = ["twin", "noise", "hardly"]


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, np.ndarray]:
    """1,500 applications whose risk follows income and home; every way to be useless is planted beside them."""
    rng = np.random.default_rng(4)
    income = rng.normal(size=ROWS)
    home = rng.choice(np.array(["Own", "Rent"], dtype=object), ROWS)
    home[::17] = None
    bad = (rng.random(ROWS) < 1 / (1 + np.exp(1 - income - 2 * (home == "Rent")))).astype(np.int64)
    frame = pd.DataFrame({
        "income": np.where(np.arange(ROWS) % 10 == 0, np.nan, income), "home": home,
        "one": np.full(ROWS, 7.0), "empty": np.full(ROWS, np.nan), "same_level": np.full(ROWS, "EUR", dtype=object),
        "hardly": np.where(np.arange(ROWS) < 6, np.arange(ROWS), np.nan), "noise": rng.normal(size=ROWS),
    })  # fmt: skip
    frame["income_again"], frame["home_again"] = frame["income"], frame["home"]
    frame["twin"] = np.exp(frame["income"])  # the same ranks, other values
    return frame, bad


def names(selector: Selector, reason: str) -> set[str]:
    return {name for name, each in selector.removals_.items() if each.reason == reason}


def test_up_to_most_features_only_what_says_nothing_of_its_own_goes(planted) -> None:
    frame, bad = planted
    selector = Selector().fit(frame, bad)
    assert selector.removals_ == {
        "one": Removal("constant", 0.0),
        "empty": Removal("constant", 1.0),
        "same_level": Removal("constant", 0.0),
        "income_again": Removal("duplicate", 1.0, "income"),
        "home_again": Removal("duplicate", 1.0, "home"),
    }
    assert selector.features_ == ["income", "home", "hardly", "noise", "twin"]
    assert selector.rank_ == {}  # nobody asked a booster


def test_a_crowd_is_asked_for_nulls_twins_and_what_is_no_better_than_chance(planted) -> None:
    frame, bad = planted
    selector = Selector(most=3).fit(frame, bad)
    assert selector.removals_["hardly"] == Removal("nulls", pytest.approx(1 - 6 / ROWS))
    assert selector.removals_["twin"] == Removal("correlation", pytest.approx(1.0), "income")
    assert selector.removals_["noise"].reason == "importance"
    assert selector.removals_["noise"].figure <= 1
    assert selector.features_ == ["income", "home"]
    assert {each.reason for each in selector.removals_.values()} <= set(REASONS)


@pytest.mark.parametrize(
    ("bound", "reason", "goes"),
    [({"null_rate": 0.5}, "nulls", "hardly"), ({"correlation": 0.9}, "correlation", "twin"),
     ({"chance": "drop"}, "importance", "noise")],
)  # fmt: skip
def test_a_bound_that_is_stated_is_asked_of_few_features_too_and_no_other(planted, bound, reason, goes) -> None:
    selector = Selector(**bound).fit(*planted)
    assert goes in names(selector, reason)
    assert {each.reason for each in selector.removals_.values()} == {"constant", "duplicate", reason}


def test_without_the_probe_the_best_ranked_are_kept_all_the_same(planted) -> None:
    selector = Selector(most=2, chance="keep", correlation=1.0).fit(*planted)
    assert len(selector.features_) == 2
    assert names(selector, "importance") == set()
    assert "noise" in names(selector, "most")
    assert selector.removals_["noise"].figure == selector.rank_["noise"] > 2


def test_of_twins_the_one_a_person_declared_stays_then_the_stronger(planted) -> None:
    frame, bad = planted
    both = frame[["twin", "income"]]
    assert Selector(correlation=0.99, declared=["income"]).fit(both, bad).features_ == ["income"]
    assert Selector(correlation=0.99).fit(both, bad).features_ == ["twin"]  # as strong, and the earlier one
    weaker = both.assign(twin=both["twin"].where(np.arange(ROWS) % 100 != 1))  # one row in a hundred less
    assert Selector(correlation=0.98).fit(weaker, bad).features_ == ["income"]


def test_being_null_together_makes_no_twins() -> None:
    rng = np.random.default_rng(0)
    given_to = np.arange(1000) % 10 == 0
    frame = pd.DataFrame({name: np.where(given_to, rng.normal(size=1000), np.nan) for name in ("a", "b")})
    assert Selector(correlation=0.5).fit(frame, np.arange(1000) % 2).features_ == ["a", "b"]


def test_equal_codes_of_other_levels_are_no_duplicates_nor_are_levels_of_numbers() -> None:
    frame = pd.DataFrame({
        "home": np.array(["Own", "Rent", None], dtype=object), "loan": np.array(["car", "house", None], dtype=object),
        "number": [0.0, 1.0, np.nan], "zero": [-0.0, 1.0, np.nan],
    })  # fmt: skip
    assert Selector().fit(frame, [0, 1, 0]).removals_ == {"zero": Removal("duplicate", 1.0, "number")}


@pytest.fixture(scope="module")
def wide() -> tuple[pd.DataFrame, np.ndarray]:
    """1,200 columns over 2,500 rows, of which m0 … m9 move the risk and all others are chance."""
    rng = np.random.default_rng(9)
    values = rng.normal(size=(2500, 1200))
    columns = [f"m{at}" if at < 10 else f"c{at}" for at in range(1200)]
    bad = (rng.random(2500) < 1 / (1 + np.exp(1.5 - 0.8 * values[:, :10].sum(axis=1)))).astype(np.int64)
    return pd.DataFrame(values, columns=columns)[sorted(columns)], bad


@pytest.mark.parametrize("most", [200, 20])
def test_of_1200_columns_the_ten_that_matter_are_kept_and_every_other_has_a_reason(wide, most) -> None:
    frame, bad = wide
    selector = Selector(most=most).fit(frame, bad)
    assert {f"m{at}" for at in range(10)} <= set(selector.features_)
    assert len(selector.features_) <= most
    assert sorted([*selector.features_, *selector.removals_]) == sorted(frame.columns)
    assert {each.reason for each in selector.removals_.values()} <= {"importance", "most"}
    assert len(selector.removals_) >= 1000


def test_one_seed_selects_the_same_and_the_rows_are_left_as_they_were(planted) -> None:
    frame, bad = planted
    before = frame.copy(deep=True)
    one, two = (Selector(most=2, chance="keep", seed=3).fit(frame, bad) for _ in range(2))
    assert (one.features_, one.removals_, one.rank_) == (two.features_, two.removals_, two.rank_)
    pd.testing.assert_frame_equal(frame, before)


def test_it_is_a_transformer_as_scikit_learn_knows_them(planted) -> None:
    frame, bad = planted
    selector = Selector(most=3)
    assert clone(selector).get_params() == selector.get_params()
    with pytest.raises(NotFittedError):
        selector.transform(frame)
    assert selector.fit(frame, bad) is selector
    assert list(selector.transform(frame).columns) == selector.features_ == list(selector.get_feature_names_out())
    pd.testing.assert_frame_equal(selector.transform(frame), frame[selector.features_])
    assert selector.n_features_in_ == frame.shape[1]
    with pytest.raises(ValueError, match="feature names"):
        selector.transform(frame[["home"]])


def test_where_nothing_is_left_it_is_said_why(planted) -> None:
    frame, bad = planted
    with pytest.raises(DataError, match=r"no feature is left of 2: 2 constant.*Declare features that differ"):
        Selector().fit(frame[["one", "empty"]], bad)


def test_what_counts_in_one_third_of_time_only_ranks_lower_once_dates_are_known() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(3000, 12)), columns=[f"c{at}" for at in range(12)])
    dates = np.datetime64("2020-01-01") + np.arange(3000)
    old = np.arange(3000) < 1000
    risk = 1.2 * frame["c0"] + 2.0 * np.where(old, frame["c1"], 0.0) + 0.7 * frame["c2"]
    bad = (rng.random(3000) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    undated = Selector(most=3, chance="keep").fit(frame, bad).rank_
    dated = Selector(most=3, chance="keep").fit(frame, bad, dates=dates).rank_
    assert dated["c1"] > undated["c1"]
    assert dated["c0"] == undated["c0"] == 1.0


def test_it_is_told_how_many_folds_kept_a_feature_and_how_alike_they_are() -> None:
    def selector(*which: str, **dropped: Removal) -> SimpleNamespace:
        return SimpleNamespace(features_=list(which), removals_=dropped, rank_={"a": 1.0}, most=2)

    document = selection_json(selector("a", "b", c=Removal("most", 3.0)), [selector("a", "b"), selector("a", "c")])
    assert document["alike"] == pytest.approx(1 / 3)  # by hand: {a} of {a, b, c}
    assert document["kept"] == [{"feature": "a", "folds": 2, "rank": 1.0}, {"feature": "b", "folds": 1, "rank": None}]
    assert document["dropped"] == [{"feature": "c", "reason": "most", "figure": 3.0, "of": None, "folds": 1}]
    assert document["considered"] == 3


values = st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=4, max_size=40)


@given(values, st.integers(0, 2**32 - 1))
def test_strength_is_the_auc_over_pairs_both_given_all_others_ties(drawn, seed) -> None:
    column = np.array([np.nan if v is None else v for v in drawn], dtype=np.float32)
    bad = np.random.default_rng(seed).integers(0, 2, len(column))
    pairs = [(b, g) for b in column[bad == 1] for g in column[bad == 0]]
    wins = [0.5 if np.isnan(b) or np.isnan(g) or b == g else float(b > g) for b, g in pairs]
    expected = abs(np.mean(wins) - 0.5) if pairs else 0.0
    assert strength(centred_ranks(column), bad) == pytest.approx(expected)
    given_to = ~np.isnan(column)
    if pairs and given_to.all():
        assert strength(centred_ranks(column), bad) == pytest.approx(abs(roc_auc_score(bad, column) - 0.5))


@given(st.integers(0, 2**32 - 1))
def test_a_correlation_told_is_spearmans_and_none_above_the_bound_stays(seed) -> None:
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(50, 2))
    table = np.hstack([base, base @ rng.normal(size=(2, 4)), base**3]).round(1).astype(np.float32)
    pairs = list(twins([centred_ranks(column) for column in table.T], above=0.8))
    rho = np.nan_to_num(spearmanr(table).statistic)  # a column that rounding made constant has none
    assert all(figure == pytest.approx(rho[at, of], abs=1e-5) and of < at for at, of, figure in pairs)
    stays = [at for at in range(8) if at not in {gone for gone, _, _ in pairs}]
    assert all(abs(rho[one, two]) <= 0.8 + 1e-5 for one in stays for two in stays if one != two)


@given(st.lists(st.one_of(st.none(), st.floats(-10, 10, width=32)), min_size=1, max_size=20))
def test_a_column_equals_itself_and_nothing_with_another_value(drawn) -> None:
    column = pd.Series([np.nan if v is None else v for v in drawn], dtype=np.float64)
    changed = column.copy()
    changed.iloc[0] = 11.0
    assert portrait(column).digest == portrait(column.copy()).digest != portrait(changed).digest
    assert portrait(column).missing == pytest.approx(sum(v is None for v in drawn) / len(drawn))
