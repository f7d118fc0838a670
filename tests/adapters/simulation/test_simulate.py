"""Is a profile the tables' shape and no one's row, and is what is drawn from it what was declared?"""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import spearmanr

from fiador.adapters.simulation.dirt import blank_keys, blank_out, damage, misstate, qualified, repeat
from fiador.adapters.simulation.latent import bad_probabilities, draw_columns, inverse, loadings
from fiador.adapters.simulation.profile import join, key_columns, profile, profile_of, to_json
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source
from fiador.errors import PortfolioError
from fiador.portfolio import Portfolio, parse

ALURA = Path(__file__).parents[3] / "portfolios" / "alura_cash"
SIMULATE: dict[str, Any] = {
    "latent": ["income", "stress"],
    "signal": 3.0,
    "consistent": {"burden": "round(amount / income, 2)"},
    "duplicates": 0.1,
    "blank_keys": {"links.person": 0.002, "people.person": 0.002},
    "outliers": {"income": {"share": 0.01, "values": [999999]}},
}


def _portfolio(**simulation: Any) -> Portfolio:
    says = {"en": "x", "fr": "x", "pt-BR": "x"}
    tables = {
        "loans": {
            "from": "emprestimos",
            "key": "loan",
            "columns": {"loan": "text", "amount": "integer", "burden": "number", "bad": "integer"},
        },
        "links": {"one": {"of": "loans", "on": "loan"}, "columns": {"loan": "text", "person": "text"}},
        "people": {
            "one": {"of": "links", "on": "person"},
            "columns": {"person": "text", "income": "integer", "home": "text"},
        },
    }
    return parse(
        {
            "format": 1,
            "portfolio": {"name": "small", "currency": "BRL", "rows": "loans", "key": "loan"},
            "target": {"column": "bad", "means": says},
            "tables": tables,
            "features": {"income": {"says": says}},
            "costs": {"bad_approved": 10, "good_declined": 1},
            "simulate": {**SIMULATE, **simulation},
        }
    )


def _tables(rows: int = 400) -> dict[str, pa.Table]:
    """Loans of people whose income falls, and whose home is rented, as the risk rises."""
    risk = np.linspace(0, 1, rows)
    keys = [f"k{n}" for n in range(rows)]
    return {
        "loans": pa.table(
            {
                "loan": keys,
                "amount": np.arange(rows) % 7 * 1000 + 1000,
                "burden": risk,
                "bad": pa.array([None, *(risk > 0.75)[1:].astype(int).tolist()], pa.int64()),
            }
        ),
        "links": pa.table({"loan": keys, "person": keys}),
        "people": pa.table(
            {
                "person": ["", *keys[1:]],
                "income": pa.array([*(90_000 - 50_000 * risk[:-1]).astype(int).tolist(), None], pa.int64()),
                "home": ["Castle", "", *np.where(risk[2:] < 0.5, "Own", "Rent")],
            }
        ),
    }


def _profile() -> dict[str, Any]:
    tables = _tables()
    portfolio = _portfolio()
    return profile(tables, keys=key_columns(portfolio), target=("loans", "bad"), joined=join(portfolio, tables))


# --- the profile --------------------------------------------------------------------------------------------


def test_keys_are_never_profiled() -> None:
    assert list(_profile()["columns"]) == ["loans.amount", "loans.burden", "people.income", "people.home"]


def test_a_blank_key_joins_to_nothing() -> None:
    tables = _tables()
    tables["links"] = tables["links"].set_column(1, "person", [["", *tables["links"]["person"].to_pylist()[1:]]])
    joined = join(_portfolio(), tables)
    assert len(joined) == 400
    assert joined["people.person"].isna().sum() == 1


def test_shares_of_null_and_blank_are_of_all_rows() -> None:
    told = _profile()
    assert (told["columns"]["people.income"]["null"], told["columns"]["people.home"]["blank"]) == (
        1 / 400,
        1 / 400,
    )
    assert told["target"]["null"] == 1 / 400


def test_levels_are_ordered_by_bad_rate_and_rare_ones_left_out() -> None:
    assert list(_profile()["columns"]["people.home"]["levels"]) == ["Own", "Rent"]


def test_quantiles_and_correlations_are_those_of_the_rows() -> None:
    told, tables = _profile(), _tables()
    assert told["columns"]["loans.burden"]["quantiles"][50] == 0.5
    assert told["columns"]["people.income"]["decimals"] == 0
    expected = spearmanr(
        tables["loans"]["burden"].to_numpy()[1:-1],
        tables["people"]["income"].to_numpy(zero_copy_only=False)[1:-1],
    )
    assert told["correlation"][1][2] == pytest.approx(expected.statistic, abs=1e-4)
    bad = tables["loans"]["bad"].to_numpy(zero_copy_only=False)[1:]
    expected = spearmanr(tables["loans"]["burden"].to_numpy()[1:], bad)
    assert told["correlation"][-1][1] == pytest.approx(expected.statistic, abs=1e-4)


def test_a_profile_survives_being_written() -> None:
    assert json.loads(to_json(_profile())) == _profile()


def test_dates_money_and_truths_are_drawn_as_they_were_profiled() -> None:
    rows = 200
    tables = _tables(rows)
    tables["loans"] = (
        tables["loans"]
        .append_column("day", pa.array([date(2020, 1, 1 + n % 28) for n in range(rows)]))
        .append_column("at", pa.array([datetime(2020, 1, 1 + n % 28, 12) for n in range(rows)], pa.timestamp("us")))
        .append_column("price", pa.array([Decimal(n) / 100 for n in range(rows)], pa.decimal128(10, 2)))
        .append_column("paid", pa.array([None, *([True, False] * rows)[1:rows]]))
    )
    portfolio = _portfolio()
    told = profile(tables, keys=key_columns(portfolio), target=("loans", "bad"), joined=join(portfolio, tables))
    drawn = simulate(portfolio, profile=told, applications=300, seed=0)["emprestimos"]
    names = ["day", "at", "price", "paid"]
    assert [drawn.schema.field(name).type for name in names] == [
        tables["loans"].schema.field(name).type for name in names
    ]
    days = [day for day in drawn["day"].to_pylist() if day]
    assert date(2020, 1, 1) <= min(days) < max(days) <= date(2020, 1, 28)


# --- what is drawn ------------------------------------------------------------------------------------------


def test_one_seed_draws_one_database_and_another_draws_another() -> None:
    first, again, other = (simulate(_portfolio(), profile=_profile(), applications=50, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first["links"] != other["links"]


def test_tables_have_their_source_names_columns_and_as_many_rows_as_asked() -> None:
    drawn = simulate(_portfolio(), profile=_profile(), applications=500, seed=1)
    assert {name: table.num_rows for name, table in drawn.items()} == {
        "emprestimos": 500,
        "links": 500,
        "people": 500,
    }
    assert drawn["emprestimos"].column_names == ["loan", "amount", "burden", "bad"]
    assert drawn["people"].schema.types == [pa.string(), pa.int64(), pa.string()]


def test_keys_join_every_application_once_except_the_blanked_ones() -> None:
    portfolio = _portfolio()
    drawn = simulate(portfolio, profile=_profile(), applications=1000, seed=1)
    tables = {"loans": drawn["emprestimos"], "links": drawn["links"], "people": drawn["people"]}
    assert drawn["links"]["person"].to_pylist().count("") == 2
    assert drawn["people"]["person"].to_pylist().count("") == 2
    joined = join(portfolio, tables)
    assert len(joined) == 1000
    assert joined["people.person"].notna().sum() == 998
    assert joined["loans.loan"].is_unique


def test_each_table_is_in_an_order_of_its_own() -> None:
    drawn = simulate(_portfolio(), profile=_profile(), applications=100, seed=1)
    assert drawn["links"]["loan"].to_pylist() != drawn["emprestimos"]["loan"].to_pylist()


def test_consistency_holds_wherever_no_dirt_fell() -> None:
    portfolio = _portfolio(outliers={}, blank_keys={}, duplicates=0)
    drawn = simulate(portfolio, profile=_profile(), applications=1000, seed=1)
    tables = {"loans": drawn["emprestimos"], "links": drawn["links"], "people": drawn["people"]}
    rows = join(portfolio, tables).dropna(subset=["loans.amount", "loans.burden", "people.income"])
    error = rows["loans.burden"] - rows["loans.amount"] / rows["people.income"]
    assert error.abs().max() <= 0.005 + 1e-9


def test_repetitions_are_exact_under_new_keys() -> None:
    drawn = simulate(_portfolio(duplicates=0.5, outliers={}), profile=_profile(), applications=100, seed=1)
    loans = drawn["emprestimos"].to_pandas()
    assert loans["loan"].is_unique
    assert loans.drop(columns="loan").duplicated(keep=False).sum() >= 100 - 50


def test_the_outcome_comes_from_the_states_alone() -> None:
    draw = np.random.default_rng(0)
    states, weights = draw.standard_normal((20_000, 2)), np.array([0.8, -0.6])
    chance = bad_probabilities(states, weights, signal=3.0, bad_rate=0.22)
    assert chance.mean() == pytest.approx(0.22, abs=1e-9)
    logit = np.log(chance / (1 - chance))
    score = states @ weights - states[:, 0] * states[:, 1]
    assert np.corrcoef(logit, score)[0, 1] == pytest.approx(1.0)
    assert logit.std() == pytest.approx(3.0)


def test_columns_have_the_profiles_dependence_and_marginals() -> None:
    correlation = np.array([[1.0, 0.6, -0.3, 0.2], [0.6, 1.0, 0.1, 0.3], [-0.3, 0.1, 1.0, -0.2], [0.2, 0.3, -0.2, 1.0]])
    marginal = {"quantiles": np.linspace(0, 1, 101).tolist(), "decimals": 6}
    told = {"columns": {"t.a": marginal, "t.b": marginal, "t.c": marginal}, "correlation": correlation}
    found = loadings(told, states=2)
    rows = draw_columns(told, np.random.default_rng(0).standard_normal((40_000, 3)), found.mixing)
    assert np.abs(rows.corr(method="spearman").to_numpy() - correlation[:3, :3]).max() < 0.02
    assert rows.mean().to_numpy() == pytest.approx([0.5] * 3, abs=0.01)
    assert np.linalg.norm(found.weights) == pytest.approx(1.0)


def test_a_flag_keeps_its_rank_correlation_though_it_has_two_values() -> None:
    number, flag = (
        {"quantiles": np.linspace(0, 1, 101).tolist(), "decimals": 6},
        {"levels": {"N": 0.82, "Y": 0.18}},
    )
    correlation = [[1.0, 0.5, 0.2], [0.5, 1.0, 0.2], [0.2, 0.2, 1.0]]
    told = {"columns": {"t.number": number, "t.flag": flag}, "correlation": correlation}
    components = np.random.default_rng(0).standard_normal((40_000, 2))
    rows = draw_columns(told, components, loadings(told, states=2).mixing)
    assert spearmanr(rows["t.number"], rows["t.flag"] == "Y").statistic == pytest.approx(0.5, abs=0.05)


def test_correlations_that_cannot_be_are_mended() -> None:
    impossible = np.array([[1, 0.9, -0.9, 0.1], [0.9, 1, 0.9, 0.1], [-0.9, 0.9, 1, 0.1], [0.1, 0.1, 0.1, 1]])
    marginal = {"quantiles": np.linspace(0, 1, 101).tolist(), "decimals": 6}
    told = {"columns": {"t.a": marginal, "t.b": marginal, "t.c": marginal}, "correlation": impossible}
    mixing = loadings(told, states=3).mixing
    assert (mixing**2).sum(axis=1) == pytest.approx([1, 1, 1])


def test_a_level_is_as_frequent_as_its_share() -> None:
    drawn = inverse({"levels": {"A": 0.2, "B": 0.5, "C": 0.3}}, (np.arange(1000) + 0.5) / 1000)
    assert pd.Series(drawn).value_counts().to_dict() == {"A": 200, "B": 500, "C": 300}


# --- dirt ---------------------------------------------------------------------------------------------------


def test_damaged_rows_take_the_named_columns_from_one_other_application() -> None:
    damaged = _portfolio(damaged={"share": 0.2, "columns": ["a", "t.b"]}).simulate.damaged
    rows = pd.DataFrame({"t.a": np.arange(100.0), "t.b": np.arange(100.0) + 1000, "t.c": np.arange(100.0)})
    soiled = damage(rows, damaged, np.random.default_rng(0), where="small: simulate.damaged")
    assert 15 <= (soiled["t.a"] != rows["t.a"]).sum() <= 20
    assert ((soiled["t.b"] - soiled["t.a"]) == 1000).all()
    assert (soiled["t.c"] == rows["t.c"]).all()


def test_even_a_small_database_has_each_declared_outlier_once() -> None:
    outliers = _portfolio(outliers={"a": {"share": 0.0001, "values": [144]}}).simulate.outliers
    soiled = misstate(pd.DataFrame({"t.a": np.zeros(10)}), outliers, np.random.default_rng(0), where="small: simulate")
    assert soiled["t.a"].tolist().count(144) == 1


def test_nulls_and_blanks_have_their_shares() -> None:
    rows = pd.DataFrame({"t.a": ["x"] * 20_000})
    soiled = blank_out(rows, {"t.a": {"null": 0.1, "blank": 0.2}}, np.random.default_rng(0))["t.a"]
    assert soiled.isna().mean() == pytest.approx(0.1, abs=0.01)
    assert (soiled == "").mean() == pytest.approx(0.2, abs=0.01)


def test_a_blanked_key_is_lost_in_every_table_that_declares_it() -> None:
    ids = {"links.person": np.array(list("abcd"), object), "people.person": np.array(list("abcd"), object)}
    lost = blank_keys(ids, {"links.person": 0.5, "people.person": 0.5}, np.random.default_rng(0), where="small")
    assert lost["links.person"].tolist() == lost["people.person"].tolist()
    assert lost["links.person"].tolist().count("") == 2


def test_nothing_declared_changes_nothing() -> None:
    rows = pd.DataFrame({"t.a": [1.0, 2.0]})
    draw = np.random.default_rng(0)
    assert damage(rows, None, draw, where="").equals(rows)
    assert misstate(rows, {}, draw, where="").equals(rows)
    assert repeat(rows, 0, draw).equals(rows)


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("simulation", "words"),
    [
        (
            {"outliers": {"incme": {"share": 0.1, "values": [1]}}},
            "small: simulate.outliers.incme: no column 'incme'. Did you mean",
        ),
        (
            {"damaged": {"share": 0.1, "columns": ["hom"]}},
            "small: simulate.damaged.columns: no column 'hom'. Did you mean",
        ),
        (
            {"consistent": {"burden": "amont / income"}},
            "small: simulate.consistent: no column 'amont'. Did you mean",
        ),
        (
            {"blank_keys": {"links.persn": 0.1}},
            "small: simulate.blank_keys.links.persn: no column 'links.persn'",
        ),
    ],
)
def test_a_column_that_is_not_there_names_the_nearest(simulation: dict[str, Any], words: str) -> None:
    with pytest.raises(PortfolioError, match=words):
        simulate(_portfolio(**simulation), profile=_profile(), applications=10, seed=0)


def test_an_ambiguous_column_names_both() -> None:
    with pytest.raises(PortfolioError, match=r"'id' may be a.id or b.id. Write table.column"):
        qualified("id", ["a.id", "b.id"], "small: simulate")


def test_a_profile_of_other_tables_is_refused() -> None:
    told = _profile()
    del told["columns"]["people.home"]
    with pytest.raises(PortfolioError, match=r"small: simulate: profile: no column 'people.home'"):
        simulate(_portfolio(), profile=told, applications=10, seed=0)


def test_no_applications_and_no_declaration_are_refused() -> None:
    with pytest.raises(PortfolioError, match="0 applications can't be drawn"):
        simulate(_portfolio(), profile=_profile(), applications=0, seed=0)
    with pytest.raises(PortfolioError, match=r"no \[simulate\] section"):
        simulate(_portfolio().model_copy(update={"simulate": None}), profile=_profile(), applications=10, seed=0)


# --- the shipped profile ------------------------------------------------------------------------------------


def test_a_simulated_alura_cash_passes_through_dumps_and_has_its_own_profile_again(tmp_path: Path) -> None:
    document = tomllib.loads((ALURA / "portfolio.toml").read_text(encoding="utf-8"))
    portfolio, told = parse(document), json.loads((ALURA / "profile.json").read_text(encoding="utf-8"))
    drawn = simulate(portfolio, profile=told, applications=6000, seed=3)
    write_tables(drawn, tmp_path, format="dump", database="analise_risco", written_at=datetime(2026, 1, 1))
    source = open_source(tmp_path)
    assert {name: pa.Table.from_batches(source.read(name)) for name in source.tables()} == drawn
    again = profile_of(portfolio, source)
    assert again["target"]["bad_rate"] == pytest.approx(told["target"]["bad_rate"], abs=0.02)
    # Not compared: the ratio, computed from other columns, and the purposes, ordered anew by their bad rates.
    apart = {"emprestimos.loan_percent_income", "emprestimos.loan_intent"}
    at = [n for n, name in enumerate(told["columns"]) if name not in apart]
    inputs = np.ix_(at, at)
    far = np.abs(np.array(again["correlation"])[inputs] - np.array(told["correlation"])[inputs])
    assert far.max() < 0.08, far
