"""Are tables read as what they are, and is what nothing here reads left out, or refused where it is wanted?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.adapters.sources.store import ingest
from fiador.errors import DataError, FiadorError
from fiador.portfolio import parse_document
from fiador.use_cases.checking import check
from fiador.use_cases.tables import load_tables

UNREAD = {
    "binary": pa.array([b"\xff\xd8", b"\x00"]),
    "list<element: int64>": pa.array([[1, 2], [3]]),
    "struct<x: int64>": pa.array([{"x": 1}, {"x": 2}]),
}


@pytest.fixture(params=UNREAD, ids=["bytes", "a list", "a structure"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def loans(tmp_path: Path) -> Callable[[pa.Array], Path]:
    """A folder of the tiny tables in Parquet; the loans have a column `extra`."""

    def write(extra: pa.Array) -> Path:
        tables = {
            "loans": {"loan_id": ["1", "2"], "person_id": ["a", "b"], "amount": [9, 9], "purpose": ["car", "home"],
                      "defaulted": [0, 1], "extra": extra},
            "people": {"person_id": ["a", "b"], "age": [30, 40], "income": [10.0, 20.0], "gender": ["f", "m"]},
            "payments": {"loan_id": ["1"], "days_before": [1], "paid": [1.0], "due": [1.0]},
        }  # fmt: skip
        for name, columns in tables.items():
            pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
        return tmp_path

    return write


def undeclared(document: dict) -> dict:
    """The tiny portfolio with loans whose columns aren't declared."""
    changed = copy.deepcopy(document)
    del changed["tables"]["loans"]["columns"]
    return changed


def read(document: dict, folder: Path):
    portfolio = parse_document(document)
    engine = open_engine()
    schema = load_tables(portfolio, open_source(folder, types=portfolio.types), engine)
    return portfolio, schema, engine


def test_a_column_nothing_here_reads_and_nobody_names_leaves_its_table_readable(tiny_document, loans, kind, tmp_path):
    portfolio, schema, engine = read(undeclared(tiny_document), loans(UNREAD[kind]))
    assert "extra" not in schema.tables["loans"]
    assert check(portfolio, schema, engine).rows["loans"] == 2


def test_a_column_nothing_here_reads_is_refused_where_a_feature_reads_it(tiny_document, loans, kind):
    document = undeclared(tiny_document)
    says = {"en": "extra", "fr": "extra", "pt-BR": "extra"}
    document["features"]["of_extra"] = {"row": "extra", "says": says}
    with pytest.raises(DataError) as error:
        read(document, loans(UNREAD[kind]))
    assert error.value.message == (
        f"tiny: loans.extra: is of type {kind} in the source, which nothing here reads. "
        "Cast it in the source to text or to a number, or take it out of the portfolio."
    )


def test_a_declared_column_nothing_here_reads_is_refused(tiny_document, loans, kind):
    document = copy.deepcopy(tiny_document)
    document["tables"]["loans"]["columns"]["extra"] = "integer"
    with pytest.raises(DataError, match="tiny: loans.extra: is of type .* in the source, which nothing here reads"):
        read(document, loans(UNREAD[kind]))


def test_a_store_is_made_without_columns_nothing_here_reads(tiny_document, loans, kind, tmp_path):
    from datetime import UTC, datetime

    portfolio = parse_document(undeclared(tiny_document))
    store = tmp_path / "store"
    ingest(
        portfolio, open_source(loans(UNREAD[kind]), types=portfolio.types), store, now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert "extra" not in open_source(store).tables()["loans"].names


def test_bytes_declared_as_text_are_their_text(tiny_document, loans):
    document = copy.deepcopy(tiny_document)
    document["tables"]["loans"]["columns"]["extra"] = "text"
    _, schema, engine = read(document, loans(pa.array(["né".encode(), b"B2"])))
    assert schema.tables["loans"]["extra"] == "text"
    assert engine.query("SELECT extra FROM loans ORDER BY loan_id").column("extra").to_pylist() == ["né", "B2"]


def test_bytes_declared_as_text_that_are_none_are_refused(tiny_document, loans):
    document = copy.deepcopy(tiny_document)
    document["tables"]["loans"]["columns"]["extra"] = "text"
    with pytest.raises(FiadorError, match="column 'extra' holds bytes that aren't UTF-8. Write it as text, or leave"):
        read(document, loans(UNREAD["binary"]))
