"""Does a profile tell what the tables are like, and nothing of anyone in them?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.disk.portfolios import read_profile
from fiador.adapters.simulation.marginals import FEWEST_ROWS, distribution, frequencies, marginal, values_of
from fiador.adapters.simulation.profile import profile_of, to_json
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.sources import open_source
from fiador.errors import DataError, PortfolioError
from fiador.portfolio import Portfolio, parse

PORTFOLIOS = Path(__file__).parents[3] / "portfolios"


def _portfolio(tables: dict[str, Any], **head: object) -> Portfolio:
    return parse(
        {
            "format": 1,
            "portfolio": {"name": "small", "currency": "EUR", "rows": "loans", "key": "loan", **head},
            "target": {"column": "bad", "means": "it defaulted"},
            "tables": tables,
            "features": {"amount": {"says": "amount"}},
            "costs": {"bad_approved": 10, "good_declined": 1},
        }
    )


ALONE = {"loans": {"columns": {"loan": "text", "amount": "integer", "bad": "integer"}}}


def _told(in_memory: Callable[..., Any], columns: Mapping[str, Any], **head: object) -> dict[str, Any]:
    """The profile of one table, loans; `loan` and `bad` are made where they aren't given."""
    rows = len(next(iter(columns.values())))
    table = {"loan": [f"k{n}" for n in range(rows)], "bad": [n % 4 == 0 for n in range(rows)], **columns}
    return profile_of(_portfolio(ALONE, **head), in_memory({"loans": pa.table(table)}))


# --- one column ---------------------------------------------------------------------------------------------


def test_quantiles_go_from_half_a_percent_to_99_and_a_half() -> None:
    told = distribution(np.arange(10_001.0))
    assert (told["quantiles"][0], told["quantiles"][50], told["quantiles"][-1]) == (50, 5000, 9950)
    assert len(told["quantiles"]) == 101


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_twenty_rows_stand_on_either_side_of_every_quantile(numbers: list[float]) -> None:
    told = distribution(np.array(numbers))["quantiles"]
    assert len(told) == (101 if len(numbers) >= 2 * FEWEST_ROWS else 0)
    for value in told:
        slack = abs(value) * 1e-2 + 1e-6
        assert sum(number <= value + slack for number in numbers) >= FEWEST_ROWS
        assert sum(number >= value - slack for number in numbers) >= FEWEST_ROWS


def test_numbers_that_may_be_somebodys_keep_three_digits_and_dates_all_of_theirs() -> None:
    phones = distribution(np.arange(600_123_456.0, 600_124_456.0))["quantiles"]
    assert set(phones) == {600_000_000.0}
    assert distribution(np.arange(18_001.0, 18_101.0), is_time=True)["quantiles"][50] == 18_050.5
    assert distribution(np.repeat([27_512.0, 27_513.0], 100))["quantiles"][0] == 27_512


def test_rare_levels_are_one_share_and_not_named(in_memory: Callable[..., Any]) -> None:
    homes = ["Rent"] * 60 + ["Own"] * 20 + ["Boat"] * 19 + ["Anna's"] + [""] * 50 + [None] * 50
    told = _told(in_memory, {"home": homes, "bad": [1] * 60 + [0] * 140})
    assert told["columns"]["loans.home"] == {
        "type": "string", "null": 0.25, "blank": 0.25, "levels": {"Own": 0.2, "Rent": 0.6}, "other": 0.2,
    }  # fmt: skip
    assert "Boat" not in to_json(told)


def test_free_text_names_nothing(in_memory: Callable[..., Any]) -> None:
    told = _told(in_memory, {"notes": [f"called Mr {n} at home" for n in range(100)]})
    assert (told["columns"]["loans.notes"]["levels"], told["columns"]["loans.notes"]["other"]) == ({}, 1.0)
    assert "Mr" not in to_json(told)


def test_a_level_needs_twenty_rows_of_its_own_table_not_of_the_applications_that_find_it() -> None:
    column = pa.chunked_array([["Oslo"] + ["Bergen"] * 30])
    joined = pd.Series(["Oslo"] * 50 + ["Bergen"] * 50)
    told = marginal(column, joined, pd.Series([0.0] * 100))
    assert (told["levels"], told["other"]) == ({"Bergen": 0.5}, 0.5)


def test_a_column_of_nulls_has_an_empty_marginal(in_memory: Callable[..., Any]) -> None:
    nothing = {"n": pa.nulls(50, pa.float64()), "t": pa.nulls(50, pa.string()), "d": pa.nulls(50, pa.date32())}
    told = _told(in_memory, nothing)["columns"]
    assert told["loans.n"] == {"type": "double", "null": 1.0, "blank": 0.0, "decimals": 0, "quantiles": []}
    assert told["loans.t"] == {"type": "string", "null": 1.0, "blank": 0.0, "levels": {}, "other": 0.0}
    assert told["loans.d"]["quantiles"] == []


def test_nan_is_missing_and_infinity_no_value(in_memory: Callable[..., Any]) -> None:
    numbers = [float("nan")] * 25 + [float("inf")] * 25 + [1.0] * 50
    told = _told(in_memory, {"n": numbers})
    assert told["columns"]["loans.n"]["null"] == 0.25
    assert set(told["columns"]["loans.n"]["quantiles"]) == {1.0}
    assert json.loads(to_json(told)) == told


def test_dates_are_days_since_1970_and_bytes_have_no_statistics(in_memory: Callable[..., Any]) -> None:
    told = _told(in_memory, {"day": [date(1970, 1, 11)] * 50, "raw": pa.array([b"x"] * 50, pa.binary())})["columns"]
    assert set(told["loans.day"]["quantiles"]) == {10.0}
    assert told["loans.raw"]["quantiles"] == []


def test_values_are_numbers_whatever_their_type() -> None:
    money = pa.chunked_array([pa.array([1, None], pa.decimal128(8, 2))])
    assert values_of(money).fillna(-1).tolist() == [1.0, -1.0]
    assert values_of(pa.chunked_array([[True, False]])).tolist() == [1.0, 0.0]


# --- all tables ---------------------------------------------------------------------------------------------


def test_neither_keys_nor_the_applicant_nor_the_target_are_described(in_memory: Callable[..., Any]) -> None:
    told = _told(in_memory, {"cpf": [f"{n:011}" for n in range(60)], "amount": range(60)}, applicant="loans.cpf")
    assert list(told["columns"]) == ["loans.amount"]
    assert told["target"] == {"type": "bool", "null": 0.0, "blank": 0.0, "bad_rate": 0.25}


def test_the_correlation_with_the_target_is_spearmans(in_memory: Callable[..., Any]) -> None:
    """By hand: ranks 1..60 against an outcome whose bads are the highest 15; rho of a binary split is known."""
    told = _told(in_memory, {"amount": range(60), "bad": [n >= 45 for n in range(60)]})
    ranks, bad = np.arange(1, 61), np.repeat([23.0, 53.0], [45, 15])  # mid-ranks of 45 goods, 15 bads
    expected = ((ranks - 30.5) * (bad - 30.5)).sum() / np.sqrt(((ranks - 30.5) ** 2).sum() * ((bad - 30.5) ** 2).sum())
    assert told["correlation"] == [[1.0, round(expected, 4)], [round(expected, 4), 1.0]]


def test_tables_without_outcomes_have_no_bad_rate(in_memory: Callable[..., Any]) -> None:
    told = _told(in_memory, {"amount": range(60), "bad": pa.nulls(60, pa.int64())})
    assert told["target"]["bad_rate"] is None
    assert json.loads(to_json(told)) == told


def test_children_are_counted_per_parent_with_those_of_none(in_memory: Callable[..., Any]) -> None:
    tables = {
        "loans": {"columns": {"loan": "text", "amount": "integer", "bad": "integer"}},
        "payments": {"many": {"of": "loans", "on": "loan"}, "columns": {"loan": "text", "paid": "number"}},
    }
    loans = {"loan": [f"k{n}" for n in range(100)] + [""], "amount": range(101), "bad": [0, *[1] * 100]}
    # 50 loans have none, 30 have two, 20 have one; four rows belong to nobody.
    owners = [f"k{n}" for n in range(50, 80)] * 2 + [f"k{n}" for n in range(80, 100)] + ["gone", "gone", "", None]
    source = in_memory({"loans": pa.table(loans), "payments": pa.table({"loan": owners, "paid": [5.0] * 84})})
    told = profile_of(_portfolio(tables), source)["children"]["payments"]
    assert told["rows"] == 84
    assert {k: v for k, v in told["of"]["loans"].items() if k != "quantiles"} == {
        "parents": 100, "orphans": round(4 / 84, 6), "counts": {"0": 0.5, "1": 0.2, "2": 0.3}, "other": 0.0,
    }  # fmt: skip
    assert (told["of"]["loans"]["quantiles"][0], told["of"]["loans"]["quantiles"][-1]) == (0, 2)
    assert list(told["columns"]) == ["payments.paid"]
    assert set(told["columns"]["payments.paid"]["quantiles"]) == {5.0}


def test_columns_of_child_rows_are_told_together(in_memory: Callable[..., Any]) -> None:
    tables = {
        "loans": {"columns": {"loan": "text", "amount": "integer", "bad": "integer"}},
        "payments": {"many": {"of": "loans", "on": "loan"}, "columns": {"loan": "text"}},
    }
    loans = {"loan": [f"k{n}" for n in range(40)], "amount": range(40), "bad": [0, 1] * 20}
    due = [float(n) if n % 2 else None for n in range(100)]
    paid = [None if value is None else value**2 for value in due]
    payments = {"loan": ["k1"] * 100, "due": due, "paid": paid, "left": [float(-n) for n in range(100)]}
    source = in_memory({"loans": pa.table(loans), "payments": pa.table(payments)})
    told = profile_of(_portfolio(tables), source)["children"]["payments"]
    assert told["correlation"] == [[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
    patterns = {"00": 0.5, "11": 0.5}
    assert told["missing"] == [{"columns": ["payments.due", "payments.paid"], "patterns": patterns}]


def test_a_number_of_children_that_few_parents_have_is_not_told() -> None:
    assert frequencies(pd.Series([0] * 81 + [311] * 19)) == {"counts": {"0": 0.81}, "other": 0.19}


def test_the_tiny_portfolio_is_too_small_to_say_much_and_says_so(tiny: Portfolio) -> None:
    told = profile_of(tiny, open_source(PORTFOLIOS / "tiny" / "data", types=tiny.types))
    assert {len(column.get("quantiles", ())) for column in told["columns"].values()} == {0}
    assert told["columns"]["loans.purpose"]["levels"] == {}
    assert told["children"]["payments"]["of"]["loans"]["counts"] == {}


def test_the_shipped_profile_is_the_real_dumps(alura: Portfolio, alura_dumps: Path) -> None:
    told = profile_of(alura, open_source(alura_dumps, types=alura.types))
    assert to_json(told) == (PORTFOLIOS / "alura_cash" / "profile.json").read_text(encoding="utf-8")


def test_progress_names_the_table_being_read(tiny: Portfolio) -> None:
    seen: list[str] = []
    source = open_source(PORTFOLIOS / "tiny" / "data", types=tiny.types)
    profile_of(tiny, source, progress=lambda what, done, of: seen.append(what))
    assert seen[:3] == ["reading loans", "reading people", "reading payments"]


def test_a_missing_target_names_the_nearest_column(in_memory: Callable[..., Any]) -> None:
    source = in_memory({"loans": pa.table({"loan": ["a"], "amount": [1], "badd": [1]})})
    with pytest.raises(DataError, match="memory: loans: no column 'bad', the target. Did you mean 'badd'"):
        profile_of(_portfolio(ALONE), source)


# --- a profile that can't be drawn from ---------------------------------------------------------------------


def _alura_profile(**changes: object) -> dict[str, Any]:
    return {**json.loads((PORTFOLIOS / "alura_cash" / "profile.json").read_text(encoding="utf-8")), **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, r"simulate: the profile is of format 2; this version reads 1. Write it again: `fiador profile"),
        ({"format": None}, "of format None"),
        ({"columns": None}, "the profile is broken"),
        ({"correlation": [[1.0]]}, "the profile is broken"),
        ({"target": {"bad_rate": None}}, "knows no bad rate"),
    ],
)
def test_another_or_a_broken_profile_is_refused(changes: dict[str, Any], words: str, alura: Portfolio) -> None:
    with pytest.raises(PortfolioError, match=words):
        simulate(alura, profile=_alura_profile(**changes), applications=10, seed=0)


@pytest.mark.parametrize("text", ['{"format": 1,', "[1, 2]", ""])
def test_a_file_that_is_no_profile_is_named(text: str, alura: Portfolio, tmp_path: Path) -> None:
    (tmp_path / "portfolio.toml").write_text("", encoding="utf-8")
    (tmp_path / "profile.json").write_text(text, encoding="utf-8")
    with pytest.raises(PortfolioError, match=r"profile\.json: isn't a profile.*Write it again: `fiador profile"):
        read_profile(alura, tmp_path)


def test_a_column_that_a_profile_knows_nothing_of_is_drawn_as_null(alura: Portfolio) -> None:
    told = _alura_profile()
    told["columns"]["historicos_banco.cb_person_cred_hist_length"] |= {"quantiles": []}
    told["columns"]["emprestimos.loan_intent"] |= {"levels": {}, "other": 1.0}
    drawn = simulate(alura, profile=told, applications=200, seed=0)
    assert drawn["historicos_banco"]["cb_person_cred_hist_length"].null_count == 200
    assert set(drawn["emprestimos"]["loan_intent"].to_pylist()) <= {None, ""}


def test_named_levels_take_the_share_of_the_others() -> None:
    from fiador.adapters.simulation.latent import inverse

    drawn = inverse({"levels": {"A": 0.2, "B": 0.6}, "other": 0.2}, (np.arange(100) + 0.5) / 100)
    assert pd.Series(drawn).value_counts().to_dict() == {"B": 75, "A": 25}
