"""Does the portfolio berka read a real, dated database without looking ahead, and agree with what was handed out?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from tests.conftest import SHARED

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.portfolio import AsOf
from fiador.use_cases.checking import check, require
from fiador.use_cases.tables import load_tables

FOLDER = Path(__file__).parents[2] / "portfolios" / "berka"
FILES = ("portfolio.toml", "second_person.toml", "given_aggregates.toml")
SAME = {  # ours -> as it was handed out
    "transactions__rows": "nr_movements",
    "transactions__amount__min": "min_trans_amount",
    "transactions__amount__max": "max_trans_amount",
    "transactions__amount__mean": "avg_trans_amount",
    "transactions__balance__min": "min_balance",
    "transactions__balance__max": "max_balance",
    "transactions__balance__mean": "avg_balance",
}


@pytest.fixture(scope="module")
def data() -> Path:
    folder = SHARED / "data" / "berka"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set FIADOR_SHARED")
    return folder


@pytest.fixture(scope="module")
def read(data):
    """read(file) -> (portfolio, schema, engine), its tables read once."""
    cache: dict = {}

    def read_once(file: str) -> tuple:
        if file not in cache:
            portfolio, engine = load_portfolio(FOLDER / file), open_engine()
            schema = load_tables(portfolio, open_source(data, types=portfolio.types), engine)
            cache[file] = portfolio, schema, engine
        return cache[file]

    return read_once


def features(loaded: tuple, as_of: AsOf | None = None) -> dict[int, dict]:
    p, schema, engine = loaded
    return {row["key"]: row for row in engine.query(compile_sql(p.at(as_of), schema).sql).to_pylist()}


@pytest.mark.parametrize(
    ("file", "kept", "bad"), [("portfolio.toml", 392, 35), ("given_aggregates.toml", 682, 76)]
)  # fmt: skip
def test_every_loan_is_accounted_for(read, file, kept, bad):
    accounting = require(check(*read(file))).accounting
    assert (accounting.read, accounting.kept, accounting.bad) == (682, kept, bad)


def test_our_aggregates_are_those_handed_out_where_all_transactions_are_there(read, data):
    complete = {
        row["account_id"]: row["loan_id"]
        for row in csv.read_csv(data / "loan.csv").to_pylist()
        if row["pre_loan_transactions_complete"]
    }
    rows = csv.read_csv(data / "preloan_transaction_aggregates_all_682.csv").to_pylist()
    ours = features(read("portfolio.toml"))
    compared = [(ours[complete[row["account_id"]]], row) for row in rows if row["account_id"] in complete]
    assert len(compared) == 392
    for mine, theirs in compared:
        assert [mine[name] for name in SAME] == pytest.approx([theirs[name] for name in SAME.values()], rel=1e-6)


def test_the_last_balance_is_one_of_the_balances_of_the_last_day_before_the_loan(read, data):
    """Transactions of one day have no order in the data: which of them came last is a rule, not a fact."""
    loans = {r["account_id"]: r for r in csv.read_csv(data / "loan.csv").to_pylist()}
    last: dict[int, tuple[date, set[float]]] = {}
    for row in pq.read_table(data / "trans_partial.parquet", columns=["account_id", "date", "balance"]).to_pylist():
        loan = loans.get(row["account_id"])
        if loan is None or row["date"] >= loan["date"]:
            continue
        day, balances = last.get(loan["loan_id"], (date.min, set()))
        if row["date"] > day:
            last[loan["loan_id"]] = row["date"], {row["balance"]}
        elif row["date"] == day:
            balances.add(row["balance"])
    ours = features(read("portfolio.toml"))
    assert len(last) > 400
    for loan, (_, balances) in last.items():
        assert any(ours[loan]["transactions__balance__last"] == pytest.approx(b, rel=1e-6) for b in balances)


@pytest.mark.parametrize("file", FILES)
def test_neither_standing_orders_nor_status_nor_the_completeness_flag_is_an_input(read, file):
    p, schema, _ = read(file)
    query = compile_sql(p, schema)
    assert "order" not in {name for table in p.tables.values() for name in table.source_names}
    assert all("status" not in columns for columns in schema.tables.values())
    assert not query.touching({"pre_loan_transactions_complete", "status", "default"})


def test_transactions_after_the_loan_are_in_the_file_and_in_no_feature(read):
    p, _, engine = read("portfolio.toml")
    after = "SELECT count(*) AS n FROM transactions t JOIN loan l USING (account_id) WHERE t.date >= l.date"
    before = after.replace(">=", "<")
    assert engine.query(after).column("n")[0].as_py() == 1072
    counted = sum(row["transactions__rows"] for row in features(read("portfolio.toml")).values())
    assert counted == engine.query(before).column("n")[0].as_py() == 36_991
    assert p.head.decided_at == "date"


def test_at_the_end_of_1996_the_loans_after_it_are_left_out_and_others_know_no_more(read):
    known = features(read("portfolio.toml"), AsOf(on=date(1996, 12, 31)))
    _, _, engine = read("portfolio.toml")
    assert len(known) == 328
    sql = (
        "SELECT l.loan_id AS key, count(t.trans_id) AS n FROM loan l "
        "LEFT JOIN transactions t ON t.account_id = l.account_id AND t.date < DATE '1996-12-31' GROUP BY ALL"
    )
    counted = {row["key"]: row["n"] for row in engine.query(sql).to_pylist()}
    assert {key: row["transactions__rows"] for key, row in known.items()} == {key: counted[key] for key in known}


@pytest.mark.parametrize(("file", "table"), [("second_person.toml", "persons"), ("given_aggregates.toml", "given")])
def test_what_holds_a_later_state_refuses_another_moment_with_its_name(read, file, table):
    p, schema, _ = read(file)
    with pytest.raises(PortfolioError, match=f"berka: tables.({table}|persons): its columns hold a later state"):
        compile_sql(p.at(AsOf(on=date(1996, 12, 31))), schema)
