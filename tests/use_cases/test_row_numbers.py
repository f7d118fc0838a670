"""Are rows numbered only where a portfolio asks for it, and in the order they are read?"""

from __future__ import annotations

import pyarrow as pa
import pytest

from fiador.errors import DataError
from fiador.portfolio import parse_document
from fiador.use_cases.row_numbers import number_rows


def portfolio(document, key="row_number", **base):
    tables = {**document["tables"], "loans": {**document["tables"]["loans"], "columns": {}, **base}}
    return parse_document({**document, "portfolio": {**document["portfolio"], "key": key}, "tables": tables})


@pytest.fixture
def source(in_memory):
    """Five loans in two batches, and two people."""
    loans = pa.Table.from_batches([pa.record_batch({"amount": [10, 20, 30]}), pa.record_batch({"amount": [40, 50]})])
    return in_memory({"loans": loans, "people": pa.table({"age": [30, 40]})})


def test_rows_are_numbered_across_batches(tiny_document, source):
    made = number_rows(portfolio(tiny_document), source)
    assert made.tables()["loans"].names == ["amount", "row_number"]
    rows = pa.Table.from_batches(made.read("loans", ["row_number", "amount"]))
    assert rows.to_pydict() == {"row_number": [1, 2, 3, 4, 5], "amount": [10, 20, 30, 40, 50]}
    assert pa.Table.from_batches(made.read("loans")).column_names == ["amount", "row_number"]


def test_other_tables_and_columns_are_read_as_they_are(tiny_document, source):
    made = number_rows(portfolio(tiny_document), source)
    assert pa.Table.from_batches(made.read("people")).to_pydict() == {"age": [30, 40]}
    assert pa.Table.from_batches(made.read("loans", ["amount"])).column_names == ["amount"]


def test_a_source_is_left_alone_where_a_column_is_the_key(tiny_document, source, in_memory):
    assert number_rows(portfolio(tiny_document, key="loan_id"), source) is source
    own = in_memory({"loans": pa.table({"row_number": [7, 8]})})
    assert number_rows(portfolio(tiny_document), own) is own


def test_stacked_tables_cant_be_numbered(tiny_document, source):
    stacked = portfolio(tiny_document, **{"from": ["loans", "more"]})
    with pytest.raises(DataError, match=r"tiny: portfolio\.key: 'row_number' numbers one table, not 2\. Name a key"):
        number_rows(stacked, source)


def test_a_store_keeps_the_numbers_and_takes_no_more_rows(fiador, tmp_path):
    (tmp_path / "loans.csv").write_text("amount,bad\n30,0\n10,1\n20,0\n")
    declared = tmp_path / "portfolio.toml"
    declared.write_text(
        'format = 1\n[portfolio]\nname = "n"\ncurrency = "EUR"\nsource = "."\nrows = "loans"\nkey = "row_number"\n'
        '[target]\ncolumn = "bad"\nmeans = "the loan was not repaid"\n[tables.loans]\n'
        '[features.amount]\nsays = "amount"\n'
        "[costs]\nbad_approved = 10\ngood_declined = 1\n"
    )
    store, out = tmp_path / "store", tmp_path / "features.csv"
    assert fiador("ingest", declared, "--source", tmp_path / "loans.csv", "--out", store)[0] == 0
    assert fiador("features", declared, "--source", store, "--out", out)[0] == 0
    assert out.read_text().replace('"', "").split() == ["key,amount", "1,30", "2,10", "3,20"]
    code, _, complained = fiador("ingest", declared, "--source", tmp_path / "loans.csv", "--out", store, "--append")
    assert (code, "can't be added to" in complained) == (2, True)
