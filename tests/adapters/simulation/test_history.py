"""Databases with histories: seven tables drawn from hidden states, at 1/50 of their full size."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fiador.adapters.simulation.absence import absent, missing_together
from fiador.adapters.simulation.history.block import DrawBlock, DrawPlan, draw_block, scattered
from fiador.adapters.simulation.history.declared import digest
from fiador.adapters.simulation.history.declared import parse as parse_history
from fiador.adapters.simulation.history.ranks import lookup
from fiador.adapters.simulation.history.stream import write_history
from fiador.adapters.simulation.history.truth import expected_auc
from fiador.adapters.simulation.marginals import distance
from fiador.errors import DataError, PortfolioError
from fiador.portfolio import Portfolio, parse

ROOT = Path(__file__).parents[3]
HOME_CREDIT = ROOT / "portfolios" / "home_credit"
TABLES = Path(__file__).parent / "home_credit_tables.toml"
FULL = 356_255
FIFTIETH = FULL // 50
# Rows of the published tables, by the source's names.
PUBLISHED = {
    "bureau": 1_716_428,
    "bureau_balance": 27_299_925,
    "previous_application": 1_670_214,
    "POS_CASH_balance": 10_001_358,
    "credit_card_balance": 3_840_312,
    "installments_payments": 13_605_401,
}
# Stated in docs/how-to/simulate.md: columns drawn from the profile, and those that follow from others.
DRAWN_WITHIN, MADE_WITHIN = 0.06, 0.25


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return tomllib.loads((HOME_CREDIT / "simulation/histories.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return json.loads((HOME_CREDIT / "profile.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seven() -> Portfolio:
    return parse(tomllib.loads(TABLES.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def make_plan(seven: Portfolio, document: dict, told: dict) -> Callable[..., DrawPlan]:
    """make_plan(applications, seed=, dirty=, block=) -> a plan of the seven tables."""

    def make(applications: int, *, seed: int = 0, **options: Any) -> DrawPlan:
        return DrawPlan(seven, parse_history(document, seven), told, applications, seed, **options)

    return make


@pytest.fixture(scope="module")
def clean(make_plan: Callable[..., DrawPlan]) -> DrawBlock:
    """1/50 of the full size, before dirt."""
    return draw_block(make_plan(FIFTIETH, dirty=False), 0)


@pytest.fixture(scope="module")
def soiled(make_plan: Callable[..., DrawPlan]) -> DrawBlock:
    return draw_block(make_plan(FIFTIETH), 0)


@pytest.fixture(scope="module")
def engine(seven: Portfolio, clean: DrawBlock) -> Iterator[duckdb.DuckDBPyConnection]:
    """The clean tables by the portfolio's names, each row with the columns of what it hangs under as `table.column`."""
    with duckdb.connect() as connection:
        for name, table in seven.tables.items():
            parts = [clean.files[file] for file in table.source_names]
            connection.register(name, pa.concat_tables(parts, promote_options="default"))
        yield connection


def test_every_consistency_rule_holds_before_dirt(engine: duckdb.DuckDBPyConnection, make_plan: Callable) -> None:
    under = {"bureau_balance": ("bureau", "SK_ID_BUREAU")}
    under |= dict.fromkeys(("pos", "card", "instalments"), ("previous", "SK_ID_PREV"))
    plan, checked = make_plan(FIFTIETH), 0
    for name, table in plan.history.tables.items():
        parent, key = under.get(name, ("application", "SK_ID_CURR"))
        joined = f"{name} AS own" + ("" if name == "application" else f" JOIN {parent} AS up USING ({key})")
        for rule, holds in table.holds.items():
            text = holds.sql(lambda ref: f'{"up" if ref.table else "own"}."{ref.column}"')
            broken = engine.execute(f"SELECT count(*) FROM {joined} WHERE NOT ({text})").fetchone()
            assert broken == (0,), f"{name}: {rule}"
            checked += 1
    assert checked >= 30


def test_the_same_seed_gives_the_same_bytes_whoever_draws(make_plan: Callable, tmp_path: Path) -> None:
    for processes in (1, 2):
        out = tmp_path / str(processes)
        plan = make_plan(300, block=100)
        write_history(plan, out / "data", truth=out / "truth", generator="g", processes=processes)
    alone = {path.relative_to(tmp_path / "1"): path.read_bytes() for path in (tmp_path / "1").rglob("*.*")}
    helped = {path.relative_to(tmp_path / "2"): path.read_bytes() for path in (tmp_path / "2").rglob("*.*")}
    assert len(alone) == 10
    assert alone == helped


def test_another_seed_gives_another_database(make_plan: Callable) -> None:
    first, second = (draw_block(make_plan(200, seed=seed), 0) for seed in (0, 1))
    assert not first.files["bureau"].equals(second.files["bureau"])
    assert not first.truth["pd"].equals(second.truth["pd"])


def test_tables_have_the_published_sizes(clean: DrawBlock) -> None:
    rows = {name: len(table) * 50 for name, table in clean.files.items()}
    # A card has up to a hundred months, and one applicant in eight has one: at 1/50 chance alone moves its rows by 5 %.
    for name, published in PUBLISHED.items():
        assert rows[name] == pytest.approx(published, rel=0.15), name


def test_test_applications_are_an_eighth_and_have_no_outcome(clean: DrawBlock) -> None:
    train, test = clean.files["application_train"], clean.files["application_test"]
    assert len(test) == round(FIFTIETH * 48_744 / FULL)
    assert len(train) + len(test) == FIFTIETH
    assert set(train.column_names) - set(test.column_names) == {"TARGET"}


def test_columns_are_those_of_the_real_tables(clean: DrawBlock, told: dict) -> None:
    assert clean.files["application_train"].num_columns == 122
    widths = {"bureau": 17, "bureau_balance": 3, "previous_application": 37, "POS_CASH_balance": 8}
    widths |= {"credit_card_balance": 23, "installments_payments": 8}
    assert {name: clean.files[name].num_columns for name in widths} == widths


@pytest.mark.parametrize("shape", ["application", "bureau", "bureau_balance", "previous", "pos", "card", "instalments"])
def test_marginals_are_near_the_profile(shape: str, make_plan: Callable, engine: duckdb.DuckDBPyConnection) -> None:
    declared = make_plan(FIFTIETH).shapes[shape]
    frame = engine.execute(f"SELECT * FROM {shape}").df()
    for column in declared.columns:
        marginal = declared.profile["columns"][f"{shape}.{column}"]
        values = frame[column].dropna()
        # Of a column that few rows fill, chance alone moves the distribution by 1.36 / sqrt(rows).
        within = MADE_WITHIN if column in declared.declared.consistent else DRAWN_WITHIN
        assert distance(marginal, values) <= within + 1.36 / np.sqrt(max(len(values), 1)), column


def test_housing_columns_are_missing_together(clean: DrawBlock) -> None:
    housing = clean.files["application_train"].select(["APARTMENTS_AVG", "APARTMENTS_MODE", "APARTMENTS_MEDI"])
    null = housing.to_pandas().isna()
    assert 0.4 < null["APARTMENTS_AVG"].mean() < 0.6
    assert (null.nunique(axis=1) == 1).all()


def test_ranks_hang_together_as_the_profile_says(clean: DrawBlock, told: dict) -> None:
    names = [name.split(".")[1] for name in told["columns"]]
    pairs = [("AMT_CREDIT", "AMT_GOODS_PRICE"), ("AMT_CREDIT", "AMT_ANNUITY"), ("EXT_SOURCE_1", "DAYS_BIRTH")]
    frame = clean.files["application_train"].to_pandas()
    for one, other in pairs:
        stated = told["correlation"][names.index(one)][names.index(other)]
        assert frame[one].corr(frame[other], method="spearman") == pytest.approx(stated, abs=0.05)


def test_applicants_have_from_none_to_hundreds_of_rows(engine: duckdb.DuckDBPyConnection) -> None:
    joined = "application AS a LEFT JOIN {} AS b USING (SK_ID_CURR)"
    counts = f"SELECT count(b.SK_ID_CURR) AS n FROM {joined} GROUP BY a.SK_ID_CURR"
    for table, none, most in (("bureau", 0.14, 40), ("previous", 0.054, 20), ("instalments", 0.1, 200)):
        found = engine.execute(f"SELECT avg((n = 0)::INT), max(n), median(n), avg(n) FROM ({counts.format(table)})")
        share, largest, middle, mean = found.fetchone()
        assert share == pytest.approx(none, abs=0.06), table
        assert largest >= most, table
        assert mean > middle, table


def test_every_row_has_its_parent_before_dirt(engine: duckdb.DuckDBPyConnection) -> None:
    for child, key, parent in (
        ("bureau", "SK_ID_CURR", "application"), ("bureau_balance", "SK_ID_BUREAU", "bureau"),
        ("previous", "SK_ID_CURR", "application"), ("pos", "SK_ID_PREV, SK_ID_CURR", "previous"),
        ("card", "SK_ID_PREV, SK_ID_CURR", "previous"), ("instalments", "SK_ID_PREV, SK_ID_CURR", "previous"),
    ):  # fmt: skip
        lost = engine.execute(f"SELECT count(*) FROM {child} ANTI JOIN {parent} USING ({key})").fetchone()
        assert lost == (0,), child
        repeated = engine.execute(f"SELECT count(*) - count(DISTINCT ({key})) FROM {parent}").fetchone()
        assert repeated == (0,), parent


def test_months_of_a_loan_follow_each_other(engine: duckdb.DuckDBPyConnection) -> None:
    for table, key in (("bureau_balance", "SK_ID_BUREAU"), ("pos", "SK_ID_PREV"), ("card", "SK_ID_PREV")):
        month = "MONTHS_BALANCE"
        loans = f"SELECT max({month}) - min({month}) + 1 AS span, count(*) AS n, count(DISTINCT {month}) AS months"
        gaps = engine.execute(
            f"SELECT count(*) FROM ({loans} FROM {table} GROUP BY {key}) WHERE span <> n OR n <> months"
        )
        assert gaps.fetchone() == (0,), table


def test_dirt_is_the_declared_small_share(clean: DrawBlock, soiled: DrawBlock) -> None:
    known = set(soiled.files["previous_application"]["SK_ID_PREV"].to_pylist())
    pos = soiled.files["POS_CASH_balance"]
    orphans = sum(key not in known for key in pos["SK_ID_PREV"].to_pylist()) / len(pos)
    assert orphans == pytest.approx(0.002, rel=0.25)
    again = len(pos) - len(clean.files["POS_CASH_balance"])
    assert 0 < again < 20
    # Of an orphan the applicant is still known.
    applicants = set(soiled.truth["SK_ID_CURR"].to_pylist())
    assert set(pos["SK_ID_CURR"].to_pylist()) <= applicants


def test_the_truth_is_where_no_reader_of_the_data_looks(make_plan: Callable, tmp_path: Path) -> None:
    write_history(make_plan(200), tmp_path / "data", truth=tmp_path / "truth", generator="g")
    for path in (tmp_path / "data").iterdir():
        assert not {"pd", "income", "discipline", "stress"} & set(pq.read_schema(path).names), path.name
    assert sorted(path.name for path in (tmp_path / "truth").iterdir()) == ["truth.json", "truth.parquet"]
    with pytest.raises(DataError, match="the truth can't lie in the folder of the data.*no reader of the data opens"):
        write_history(make_plan(200), tmp_path / "data", truth=tmp_path / "data" / "truth", generator="g")


def test_the_truth_says_how_well_the_best_model_can_do(make_plan: Callable, tmp_path: Path) -> None:
    write_history(make_plan(FIFTIETH), tmp_path / "data", truth=tmp_path / "truth", generator="abc")
    figures = json.loads((tmp_path / "truth" / "truth.json").read_text(encoding="utf-8"))
    truth = pq.read_table(tmp_path / "truth" / "truth.parquet").to_pandas()
    assert (figures["generator"], figures["applicants"]) == ("abc", FIFTIETH)
    assert figures["bad_rate"] == pytest.approx(truth["TARGET"].mean(), abs=1e-6)
    assert figures["true_bad_rate"] == pytest.approx(0.0807, abs=0.006)
    assert 0.785 <= figures["best_auc"] <= 0.815
    # A second method: each applicant once as a bad, once as a good, weighted by the probability of either.
    twice, pd = np.repeat([1, 0], len(truth)), truth["pd"].to_numpy()
    weighted = roc_auc_score(twice, np.tile(pd, 2), sample_weight=np.concatenate([pd, 1 - pd]))
    assert figures["best_auc"] == pytest.approx(weighted, abs=2e-4)


def test_the_application_alone_tells_less_than_the_truth(clean: DrawBlock) -> None:
    files = [clean.files["application_train"].drop_columns(["TARGET"]), clean.files["application_test"]]
    frame = pa.concat_tables(files).to_pandas().set_index("SK_ID_CURR")
    frame = frame.astype(dict.fromkeys(frame.select_dtypes("str").columns, "category"))
    truth = clean.truth.to_pandas().set_index("SK_ID_CURR").loc[frame.index]
    logit = np.log(truth["pd"] / (1 - truth["pd"]))
    held_out = np.arange(len(frame)) % 3 == 0
    model = lightgbm.LGBMRegressor(
        n_estimators=150, learning_rate=0.06, num_leaves=8, colsample_bytree=0.3, verbose=-1, n_jobs=1
    ).fit(frame[~held_out], logit[~held_out])
    found = expected_auc(model.predict(frame[held_out]), truth["pd"][held_out].to_numpy())
    # 4,750 applicants to learn from: the full size gives 0.01 more.
    assert 0.72 <= found <= 0.775
    best = expected_auc(truth["pd"][held_out].to_numpy(), truth["pd"][held_out].to_numpy())
    assert best - found >= 0.025


def test_late_payers_are_the_undisciplined_and_the_stressed(clean: DrawBlock) -> None:
    """The history betrays the states: not through the application, and not by the outcome."""
    paid = clean.files["installments_payments"].to_pandas()
    late = (paid["DAYS_ENTRY_PAYMENT"] - paid["DAYS_INSTALMENT"]).groupby(paid["SK_ID_CURR"]).mean()
    truth = clean.truth.to_pandas().set_index("SK_ID_CURR").loc[late.index]
    assert late.corr(truth["discipline"]) < -0.6
    assert late.corr(truth["stress"]) > 0.4


def test_the_generator_is_the_frozen_one(document: dict, told: dict) -> None:
    """Whoever changes it draws another population: a decision, recorded with the new digest."""
    record = (ROOT / "docs" / "adr" / "0022-the-generator-is-frozen.md").read_text(encoding="utf-8")
    assert digest(document, told) in record


def test_the_profile_holds_no_key_and_no_rare_level(told: dict) -> None:
    parts = [(told, told["rows"]), *((child, child["rows"]) for child in told["children"].values())]
    for part, rows in parts:
        assert not any("SK_ID" in name for name in part["columns"])
        for name, marginal in part["columns"].items():
            filled = rows * (1 - marginal["null"])
            assert all(share * filled >= 19.5 for share in marginal.get("levels", {}).values()), name
    assert np.allclose(told["probabilities"], np.linspace(0.005, 0.995, 101), atol=1e-4)


def test_a_draw_that_fails_leaves_no_file(make_plan: Callable, tmp_path: Path) -> None:
    def stop(what: str, done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_history(make_plan(300, block=100), tmp_path / "data", truth=None, generator="g", progress=stop)
    assert list((tmp_path / "data").iterdir()) == []


class Deadly(DrawPlan):
    """A plan that ends the process it is sent to."""

    def __reduce__(self) -> tuple:
        return os._exit, (1,)


def test_a_helper_that_is_killed_is_named_and_leaves_no_file(make_plan: Callable, tmp_path: Path) -> None:
    plan = make_plan(300, block=100)
    deadly = Deadly(plan.portfolio, plan.history, plan.profile, 300, 0, block=100)
    with pytest.raises(DataError, match="a process that helped to draw was ended.*Draw with fewer"):
        write_history(deadly, tmp_path / "data", truth=None, generator="g", processes=2)
    assert list((tmp_path / "data").iterdir()) == []


def test_a_dump_of_histories_is_refused(make_plan: Callable, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no format 'dump' for histories.*not written by blocks"):
        write_history(make_plan(100), tmp_path, truth=None, generator="g", format="dump")


def test_csv_holds_the_same_rows(make_plan: Callable, tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        write_history(make_plan(150), tmp_path, truth=None, generator="g", format=form)
    text = pd.read_csv(tmp_path / "bureau.csv")
    pd.testing.assert_frame_equal(text, pd.read_parquet(tmp_path / "bureau.parquet"), check_dtype=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["tables"]["bureau"].update(month="-DAYS_CREDI"), "nothing is called 'DAYS_CREDI'.*'DAYS_CREDIT'"),
        (lambda d: d["tables"]["bureau"]["loads"].update(CREDIT_TYPE={"stres": 1}), "no state 'stres'.*'stress'"),
        (
            lambda d: d["tables"]["bureau"]["loads"].update(CREDIT_DAY_OVERDUE={"stress": 1}),
            "not a column that is drawn",
        ),
        (lambda d: d["tables"].update(burea={}), "no table 'burea'.*'bureau'"),
        (lambda d: d["tables"].pop("card"), "says nothing of table 'card'"),
        (lambda d: d["tables"]["card"].pop("rows"), "tables.card: no `rows`"),
        (lambda d: d["tables"]["application"].update(rows="2"), "an application is one row"),
        (lambda d: d["states"]["stress"].update(persistence=1.5), "states.stress.persistence"),
        (lambda d: d["states"]["stress"].update(by={"EXT_SOURCE_9": 1}), "no column 'EXT_SOURCE_9' in the profile"),
        (lambda d: d.update(unlabelled={"application_tset": 0.1}), "no file of applications 'application_tset'"),
        (
            lambda d: d["tables"]["bureau"].update(outliers={"DAYS_X": {"share": 1, "values": [1]}}),
            "no column 'DAYS_X'",
        ),
        (lambda d: d.update(logit="stress + debt"), "logit: no state 'debt'"),
    ],
)
def test_what_a_generator_gets_wrong_is_named(
    change: Callable, words: str, document: dict, told: dict, seven: Portfolio
) -> None:
    changed = json.loads(json.dumps(document))
    change(changed)
    with pytest.raises(PortfolioError, match=words):
        draw_block(DrawPlan(seven, parse_history(changed, seven), told, 100, 0), 0)


def test_a_portfolio_without_histories_has_no_truth(fiador: Callable, tmp_path: Path) -> None:
    code, _, said = fiador(
        "simulate",
        ROOT / "portfolios" / "alura_cash",
        "--applications",
        100,
        "--out",
        tmp_path / "d",
        "--truth",
        tmp_path,
    )
    assert (code, "no histories: there is no truth" in said) == (3, True)


def test_histories_are_drawn_from_the_command_line(fiador: Callable, tmp_path: Path) -> None:
    home = tmp_path / "home_credit"
    (home / "simulation").mkdir(parents=True)
    for name in ("simulation/histories.toml", "profile.json"):
        (home / name).write_bytes((HOME_CREDIT / name).read_bytes())
    (home / "portfolio.toml").write_bytes(TABLES.read_bytes())
    code, printed, said = fiador(
        "simulate", home, "--applications", 100, "--out", tmp_path / "data", "--truth", tmp_path / "truth"
    )
    assert (code, "application_train 86, application_test 14" in printed) == (0, True), said
    (home / "simulation/histories.toml").unlink()
    code, _, said = fiador("simulate", home, "--applications", 100, "--out", tmp_path / "data")
    assert (code, "simulate.history: no generator at" in said) == (3, True)


@given(st.integers(2, 5000))
def test_scattered_places_are_all_places_once(count: int) -> None:
    assert sorted(scattered(np.arange(count), count)) == list(range(count))


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.01, 0.99)), min_size=2, max_size=40))
def test_the_expected_auc_is_the_weighted_one(rows: list[tuple[int, float]]) -> None:
    score, chance = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    outcome, twice = np.repeat([1, 0], len(rows)), np.tile(score, 2)
    weighted = roc_auc_score(outcome, twice, sample_weight=np.concatenate([chance, 1 - chance]))
    assert expected_auc(score, chance) == pytest.approx(weighted, abs=1e-9)


def test_nothing_lies_between_a_quantity_and_a_marker() -> None:
    """Four fifths have worked up to 2,000 days, one fifth is 365243: no value is a mixture of both."""
    quantiles = [*np.linspace(-2000, -20, 81), *[365243.0] * 20]
    found = lookup({"type": "int64", "decimals": 0, "quantiles": quantiles}).at(np.linspace(-4, 4, 5000)).to_numpy()
    assert set(found[found > 0]) == {365243}
    assert (found[found < 0] >= -2000).all()


def test_nulls_of_a_block_come_in_its_patterns_only() -> None:
    frame = pd.DataFrame({"t.a": [1.0] * 60 + [None] * 40, "t.b": [1.0] * 60 + [None] * 40, "t.c": [None, 1.0] * 50})
    told = {
        "columns": {name: {"null": float(frame[name].isna().mean())} for name in frame},
        "missing": missing_together(frame),
    }
    assert told["missing"] == [{"columns": ["t.a", "t.b"], "patterns": {"00": 0.6, "11": 0.4}}]
    masks = absent(told, ["t.a", "t.b", "t.c"], 20_000, np.random.default_rng(0))
    assert (masks["t.a"] == masks["t.b"]).all()
    assert masks["t.a"].mean() == pytest.approx(0.4, abs=0.015)
    assert masks["t.c"].mean() == pytest.approx(0.5, abs=0.015)
    assert abs(np.corrcoef(masks["t.a"], masks["t.c"])[0, 1]) < 0.03
