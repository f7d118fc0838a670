"""Does a store hold what its source held, sorted by application, and is nothing lost when something goes wrong?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source
from fiador.adapters.sources import store as stores
from fiador.adapters.sources.store.ingest import MOST_FILES
from fiador.adapters.sources.store.order import HIDDEN, orders
from fiador.adapters.sources.store.sorting import ROW_GROUP
from fiador.errors import DataError
from fiador.portfolio import Link, Portfolio, parse_document
from fiador.use_cases import checking
from fiador.use_cases.tables import load_tables

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
APPLICATION = pa.schema([("id", pa.int64()), ("bad", pa.int64()), ("amount", pa.float64()), ("branch", pa.string())])


@pytest.fixture
def document() -> dict:
    """Applications in two tables; a branch that several share; credits, their months, and payments with two parents."""
    under = {"of": "application", "on": "id"}
    return {
        "format": 1,
        "portfolio": {"name": "lender", "currency": "USD", "rows": "application", "key": "id"},
        "target": {"column": "bad", "means": "arrears"},
        "tables": {
            "months": {"many": under},
            "application": {"from": ["first", "second"]},
            "branch": {"one": {"of": "application", "on": "branch"}},
            "credits": {"many": under, "key": "credit"},
            "payments": {"many": under},
        },
        "features": {"amount": {"says": "amount"}},
        "costs": {"bad_approved": 10, "good_declined": 1},
    }


@pytest.fixture
def lender(document: dict) -> Portfolio:
    """The portfolio with months under credits, and payments under credits and applications."""
    flat = parse_document(document)
    credits, own = Link(of="credits", on="credit"), flat.tables["payments"].many[0]
    months = flat.tables["months"].model_copy(update={"many": (credits,)})
    payments = flat.tables["payments"].model_copy(update={"many": (credits, own)})
    return flat.model_copy(update={"tables": {**flat.tables, "months": months, "payments": payments}})


@pytest.fixture
def tables() -> dict[str, pa.Table]:
    """Credit 31 is of application 9, which isn't there; credit 99 isn't there; branch X is of no application."""
    return {
        "first": pa.table({"id": [5, 2], "bad": [1, 0], "amount": [500.0, 200.5], "branch": ["N", "S"]}),
        "second": pa.table({"id": [4], "bad": [0], "amount": [None], "branch": ["N"]}, schema=APPLICATION),
        "branch": pa.table({"branch": ["X", "N", "S"], "town": ["Xi", "", "São"]}),
        "credits": pa.table({"credit": [10, 21, 11, 31, 40], "id": [5, 2, 5, 9, 4]}),
        "months": pa.table({"credit": [31, 40, 10, 21, 99, 11], "late": [1, 2, 3, 4, 5, 6]}),
        "payments": pa.table({"credit": [40, 10, 10], "id": [4, 5, None], "paid": [1.25, 2.5, 0.1]}),
    }


@pytest.fixture
def store(lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path) -> Path:
    stores.ingest(lender, in_memory(tables), tmp_path / "store", now=NOW)
    return tmp_path / "store"


def _rows(place: Any, table: str) -> list[tuple]:
    """A table's rows in the order they are read; `place` is a source, or where one is."""
    source = open_source(place) if isinstance(place, Path) else place
    read = pa.Table.from_batches(source.read(table), schema=source.tables()[table])
    return [tuple(row.values()) for row in read.to_pylist()]


def _files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in _files(folder)}


# What a store holds


def test_each_table_is_sorted_by_the_application_its_links_lead_to(store: Path) -> None:
    assert [row[0] for row in _rows(store, "first")] == [2, 5]
    assert [row[0] for row in _rows(store, "branch")] == ["S", "N", "X"]  # 2's, 4's, nobody's
    assert [row[1] for row in _rows(store, "credits")] == [2, 4, 5, 5, 9]
    assert [row[0] for row in _rows(store, "months")] in ([21, 40, 10, 11, 31, 99], [21, 40, 11, 10, 31, 99])
    assert [row[1] for row in _rows(store, "payments")] == [4, 5, None]


def test_rows_that_lead_to_no_application_are_kept_and_counted(store: Path) -> None:
    held = open_source(store).manifest.tables
    orphans = {name: table.orphans for name, table in held.items()}
    assert orphans == {"first": 0, "second": 0, "branch": 1, "credits": 1, "months": 2, "payments": 1}
    assert {name: table.rows for name, table in held.items()} == {
        "first": 2, "second": 1, "branch": 3, "credits": 5, "months": 6, "payments": 3,
    }  # fmt: skip


def test_the_way_to_the_application_is_a_column_of_its_own_or_the_nearest_parent_that_knows(lender: Portfolio) -> None:
    found = orders(lender)
    assert {name: order.column for name, order in found.items()} == {
        "application": "id", "branch": HIDDEN, "credits": "id", "payments": "id", "months": HIDDEN,
    }  # fmt: skip
    assert list(found).index("credits") < list(found).index("months")
    assert found["months"].via == Link(of="credits", on="credit")


@pytest.mark.parametrize("form", ["csv", "parquet", "dump"])
def test_a_store_holds_the_rows_of_its_source_with_its_types(
    alura: Portfolio, simulated: dict, tmp_path: Path, form: str
) -> None:
    write_tables(simulated, tmp_path / form, format=form, database="alura", written_at=NOW)
    source = open_source(tmp_path / form, types=alura.types)
    stores.ingest(alura, source, tmp_path / "store", now=NOW)
    kept = open_source(tmp_path / "store")
    assert kept.tables() == {name: source.tables()[name] for name in kept.tables()}
    for name in simulated:
        assert Counter(map(str, _rows(kept, name))) == Counter(map(str, _rows(source, name)))


def test_columns_are_stored_as_the_portfolio_declares_them_and_others_left_out(
    document: dict, tables: dict, in_memory: type, tmp_path: Path
) -> None:
    document["tables"].pop("months")
    document["tables"]["credits"]["columns"] = {"credit": "text", "id": "integer"}
    document["tables"]["payments"] = {
        "many": {"of": "application", "on": "id"},
        "columns": {"id": "integer", "paid": "number"},
    }
    stores.ingest(parse_document(document), in_memory(tables), tmp_path / "store", now=NOW)
    found = open_source(tmp_path / "store").tables()
    assert found["credits"] == pa.schema([("credit", pa.string()), ("id", pa.int64())])
    assert found["payments"].names == ["id", "paid"]


def test_a_late_row_of_another_type_is_typed_as_its_source_types_it(
    document: dict, tables: dict, tmp_path: Path
) -> None:
    write_tables(tables, tmp_path / "csv", format="csv", database="x", written_at=NOW)
    with (tmp_path / "csv" / "months.csv").open("a") as file:
        file.write("10,1\n" * 1_000_000 + "10,007\n")  # past the first block; not the number 7
    document["tables"].pop("payments")
    document["tables"]["months"]["many"] = {"of": "application", "on": {"id": "credit"}}
    stores.ingest(parse_document(document), open_source(tmp_path / "csv"), tmp_path / "store", now=NOW)
    kept = open_source(tmp_path / "store")
    assert kept.tables()["months"].field("late").type == pa.string()
    assert Counter(row[1] for row in _rows(kept, "months"))["007"] == 1
    assert kept.manifest.tables["months"].rows == 1_000_007


def test_a_table_with_no_rows_is_a_table(lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path) -> None:
    empty = {**tables, "months": tables["months"].slice(0, 0)}
    stores.ingest(lender, in_memory(empty), tmp_path / "store", now=NOW)
    assert _rows(tmp_path / "store", "months") == []
    assert open_source(tmp_path / "store").tables()["months"] == tables["months"].schema
    stores.append(lender, in_memory({"months": tables["months"]}), tmp_path / "store", now=NOW)
    assert len(_rows(tmp_path / "store", "months")) == 6


def test_the_manifest_says_where_the_rows_come_from_and_no_password(
    lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path
) -> None:
    source = in_memory(tables)
    source.location = "postgresql://ana:hunter2@db.bank/loans"
    stores.ingest(lender, source, tmp_path / "store", now=NOW)
    said = (tmp_path / "store" / "manifest.json").read_text()
    assert "hunter2" not in said
    taken = json.loads(said)["ingests"][0]
    assert (taken["source"], taken["at"]) == ("postgresql://ana@db.bank/loans", "2026-11-21T12:00:00+00:00")
    assert taken["rows"]["months"] == 6


# Reading it


def test_check_finds_in_a_store_what_it_finds_in_its_source(
    alura: Portfolio, simulated: dict, in_memory: type, tmp_path: Path
) -> None:
    stores.ingest(alura, in_memory(simulated), tmp_path / "store", now=NOW)
    told = []
    for source in (in_memory(simulated), open_source(tmp_path / "store")):
        engine = open_engine(reads=[str(tmp_path / "store")])
        schema = load_tables(alura, source, engine)
        told.append((schema, checking.check(alura, schema, engine)))
    assert told[0] == told[1]


def test_decisions_from_a_store_are_those_from_its_source(
    bundle: Any, simulated: dict, in_memory: type, tmp_path: Path
) -> None:
    from fiador.use_cases import scoring
    from fiador.use_cases.scoring import table

    stores.ingest(bundle.portfolio, in_memory(simulated), tmp_path / "store", now=NOW)
    decided = []
    for source in (in_memory(simulated), open_source(tmp_path / "store")):
        engine = open_engine(reads=[str(tmp_path / "store")])
        load_tables(bundle.portfolio, source, engine)
        decided.append(table.decisions(scoring.score(bundle, engine=engine)))
        key = decided[0].column("key")[7].as_py()
        assert scoring.score_one(bundle, key, engine=engine).pd == decided[0].column("pd")[7].as_py()
    assert decided[0].equals(decided[1])


def test_one_applications_rows_are_in_few_row_groups(document: dict, tmp_path: Path, in_memory: type) -> None:
    draw = np.random.default_rng(0)
    many = 6 * ROW_GROUP
    payments = pa.table({"id": draw.integers(0, 50_000, many), "credit": np.arange(many), "paid": draw.random(many)})
    document["tables"] = {name: document["tables"][name] for name in ("application", "payments")}
    document["tables"]["application"] = {"from": "first"}
    document["tables"]["payments"]["many"] = {"of": "application", "on": "id"}
    first = pa.table({"id": np.arange(50_000), "bad": np.zeros(50_000, int), "amount": draw.random(50_000)})
    stores.ingest(parse_document(document), in_memory({"first": first, "payments": payments}), tmp_path / "s", now=NOW)
    (file,) = open_source(tmp_path / "s").files("payments")
    groups = [pq.read_metadata(file).row_group(at).column(0).statistics for at in range(6)]
    assert all(group.max <= after.min for group, after in pairwise(groups))
    engine = open_engine(reads=[str(tmp_path / "s")])
    engine.attach("payments", [file], ["id", "paid"])
    asked = "SELECT count(*) AS n FROM payments WHERE id = 31234"
    assert engine.query(asked).column("n")[0].as_py() == int((payments["id"].to_numpy() == 31234).sum())
    read = [group for group in groups if group.min <= 31234 <= group.max]
    assert len(read) == 1


def test_whoever_opened_a_store_reads_on_while_the_next_is_written(
    store: Path, lender: Portfolio, tables: dict, in_memory: type
) -> None:
    before = open_source(store)
    stores.ingest(lender, in_memory({**tables, "months": tables["months"].slice(0, 1)}), store, now=NOW)
    assert len(_rows(before, "months")) == 6
    assert len(_rows(store, "months")) == 1
    stores.ingest(lender, in_memory(tables), store, now=NOW)
    assert {name.split("/")[0] for name in _files(store)} == {"manifest.json", "000002", "000003"}


# Adding to it


def test_an_append_adds_rows_whose_key_is_new_and_every_event(store: Path, lender: Portfolio, in_memory: type) -> None:
    more = {
        "second": pa.table({"id": [4, 7], "bad": [1, 0], "amount": [9.0, 70.0], "branch": ["S", "S"]}),
        "credits": pa.table({"credit": [10, 70], "id": [2, 7]}),
        "payments": pa.table({"credit": [10, 70], "id": [5, 7], "paid": [0.1, 7.0]}),
    }
    written = stores.append(lender, in_memory(more), store, now=NOW)
    assert written.ingests[1].rows == {"second": 1, "credits": 1, "payments": 2}
    assert _rows(store, "second") == [(4, 0, None, "N"), (7, 0, 70.0, "S")]
    assert sorted(_rows(store, "credits"))[-1] == (70, 7)
    assert len(_rows(store, "payments")) == 5
    assert len(_rows(store, "months")) == 6


def test_an_application_of_one_table_is_not_added_to_the_other(store: Path, lender: Portfolio, in_memory: type) -> None:
    again = {"second": pa.table({"id": [5], "bad": [1], "amount": [1.0], "branch": ["N"]})}
    assert stores.append(lender, in_memory(again), store, now=NOW).ingests[1].rows == {"second": 0}


def test_a_row_with_a_blank_key_is_added_once_however_often_it_is_given(
    lender: Portfolio, store: Path, in_memory: type
) -> None:
    nothing = pa.array([None, None], pa.int64())
    blank = {"credit": nothing, "id": [2, 2]}
    for brought in (2, 0, 0):  # twice in one source is twice
        taken = stores.append(lender, in_memory({"credits": pa.table(blank)}), store, now=NOW).ingests[-1]
        assert taken.rows["credits"] == brought
    other = pa.table({"credit": pa.array([None], pa.int64()), "id": [3]})
    assert stores.append(lender, in_memory({"credits": other}), store, now=NOW).ingests[-1].rows["credits"] == 1


def test_rows_whose_parent_comes_late_find_their_application(store: Path, lender: Portfolio, in_memory: type) -> None:
    late = {"credits": pa.table({"credit": [99], "id": [2]})}
    held = stores.append(lender, in_memory(late), store, now=NOW).tables["months"]
    assert held.orphans == 1  # credit 31's, whose application isn't there
    assert sorted(row[0] for row in _rows(store, "months")[:2]) == [21, 99]


def test_an_append_of_many_makes_one_file_again(store: Path, lender: Portfolio, in_memory: type) -> None:
    for at in range(MOST_FILES):
        more = {"payments": pa.table({"credit": [10], "id": [at], "paid": [float(at)]})}
        held = stores.append(lender, in_memory(more), store, now=NOW).tables["payments"]
        assert len(held.files) == (at + 2 if at + 2 <= MOST_FILES else 1)
    assert held.rows == 3 + MOST_FILES
    assert [row[1] for row in _rows(store, "payments")] == [0, 1, 2, 3, 4, 5, None]


def test_a_category_never_seen_before_is_kept_as_it_comes(
    tmp_path: Path, alura: Portfolio, simulated: dict, in_memory: type
) -> None:
    stores.ingest(alura, in_memory(simulated), tmp_path / "store", now=NOW)
    people = simulated["dados_mutuarios"].slice(0, 1).to_pylist()
    boat = [{**people[0], "person_id": "new", "person_home_ownership": "Houseboat"}]
    more = {"dados_mutuarios": pa.Table.from_pylist(boat, schema=simulated["dados_mutuarios"].schema)}
    stores.append(alura, in_memory(more), tmp_path / "store", now=NOW)
    engine = open_engine(reads=[str(tmp_path / "store")])
    schema = load_tables(alura, open_source(tmp_path / "store"), engine)
    found = [f for f in checking.check(alura, schema, engine).findings if f.column == "person_home_ownership"]
    before = [row for row in simulated["dados_mutuarios"]["person_home_ownership"].to_pylist() if row == "Houseboat"]
    assert [(f.count, f.kind) for f in found if f.kind == "breach"] == [(1, "breach")]
    assert not before


def test_rows_to_add_are_read_with_the_stores_types(store: Path, lender: Portfolio, tmp_path: Path) -> None:
    write_tables(
        {"payments": pa.table({"credit": [10], "id": [5], "paid": [3]})},
        tmp_path / "csv",
        format="csv",
        database="x",
        written_at=NOW,
    )
    source = open_source(tmp_path / "csv", types=open_source(store).types)
    stores.append(lender, source, store, now=NOW)
    assert (10, 5, 3.0) in _rows(store, "payments")


def test_rows_to_add_of_other_columns_or_types_are_refused(store: Path, lender: Portfolio, in_memory: type) -> None:
    before = _contents(store)
    fewer = {"payments": pa.table({"credit": [10], "id": [5]})}
    with pytest.raises(
        DataError, match=r"memory: payments: only the store has column 'paid'\. Add rows of the same columns"
    ):
        stores.append(lender, in_memory(fewer), store, now=NOW)
    other = {"payments": pa.table({"credit": [10], "id": [5], "paid": ["much"]})}
    with pytest.raises(
        DataError, match=r"memory: payments\.paid: is text in the rows to add and number in the store\."
    ):
        stores.append(lender, in_memory(other), store, now=NOW)
    assert _contents(store) == before


def test_nothing_is_added_to_what_is_no_store(lender: Portfolio, in_memory: type, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no store to add to\. Ingest without --append first\."):
        stores.append(lender, in_memory({}), tmp_path / "store", now=NOW)


# What goes wrong


class _Breaking:
    """A source that breaks off in the middle of a table."""

    location = "memory"

    def __init__(self, tables: dict, at: str) -> None:
        self._tables, self._at = tables, at

    def tables(self) -> dict:
        return {name: table.schema for name, table in self._tables.items()}

    def read(self, table: str, columns: Any = None) -> Iterator[pa.RecordBatch]:
        yield from self._tables[table].select(list(columns)).to_batches()
        if table == self._at:
            raise DataError("the dump ends in the middle of a row.", where="memory")


def test_a_source_that_breaks_off_leaves_the_store_as_it_was(store: Path, lender: Portfolio, tables: dict) -> None:
    before = _contents(store)
    with pytest.raises(DataError, match="the dump ends in the middle of a row"):
        stores.ingest(lender, _Breaking(tables, "months"), store, now=NOW)
    assert _contents(store) == before


PROCESS = """
import json, os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from fiador.cli import stopping
from fiador.errors import DataError
from fiador.adapters.sources import open_source, store as stores
from fiador.adapters.disk.bundles import parse_document

how, largest, memory, document, tables, store = sys.argv[1:]

def dies(what, done, of):
    if how == "die" and done == of - 1:
        os.kill(os.getpid(), signal.SIGKILL)

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
source = open_source(tables)
if how == "stream":
    source = type("Other", (), {"tables": source.tables, "read": source.read, "location": "memory"})()
try:
    stores.ingest(parse_document(json.loads(document)), source, Path(store), now=datetime.now(UTC), progress=dies,
                    memory=int(memory) or None)
except DataError as error:
    print(error)
    stopping.leave(SystemExit(error.exit_code))
"""
MANY = 1 << 40


@pytest.fixture
def in_a_process(document: dict, tables: dict, tmp_path: Path) -> Callable[..., tuple[int, str, Path]]:
    """in_a_process(how, payments, largest=, memory=) -> the exit code, what was said, and the store.

    The store is made first, then ingested into again: how = "die" kills that half way, "stream" reads no file natively;
    largest: bytes a file may have, which is what a full disk looks like.
    """
    document["tables"].pop("months")
    source, store = tmp_path / "tables", tmp_path / "store"

    def run(how: str, payments: pa.Table, *, largest: int = MANY, memory: int = 0) -> tuple[int, str, Path]:
        for more, limits in ((tables["payments"], ("", MANY, 0)), (payments, (how, largest, memory))):
            write_tables({**tables, "payments": more}, source, format="parquet", database="x", written_at=NOW)
            given = (*map(str, limits), json.dumps(document), str(source), str(store))
            done = subprocess.run(
                [sys.executable, "-c", PROCESS, *given], capture_output=True, text=True, timeout=300, check=False
            )
        return done.returncode, done.stdout + done.stderr, store

    return run


def _drawn(rows: int) -> pa.Table:
    draw = np.random.default_rng(0)
    return pa.table({name: draw.integers(0, MANY, rows) for name in ("credit", "id", "paid")})


def test_an_ingest_killed_half_way_leaves_the_old_store(
    in_a_process: Callable, document: dict, tables: dict, in_memory: type
) -> None:
    code, _, store = in_a_process("die", _drawn(1000))
    assert code == -signal.SIGKILL
    assert (store / ".writing").exists()
    assert len(_rows(store, "payments")) == 3
    stores.ingest(parse_document(document), in_memory({**tables, "payments": _drawn(1000)}), store, now=NOW)
    assert not (store / ".writing").exists()
    assert len(_rows(store, "payments")) == 1000


@pytest.mark.parametrize("how", ["", "stream"])
@pytest.mark.parametrize(("rows", "largest", "memory"), [(100_000, 300_000, 0), (4_000_000, 6_000_000, 64_000_000)])
def test_a_disk_that_fills_while_writing_or_spilling_leaves_the_old_store(
    in_a_process: Callable, how: str, rows: int, largest: int, memory: int
) -> None:
    code, said, store = in_a_process(how, _drawn(rows), largest=largest, memory=memory)
    assert code == DataError.exit_code, said
    assert "the disk is full. Nothing was changed. Free some space and try again." in said
    assert len(_rows(store, "payments")) == 3
    assert not (store / ".writing").exists()


def test_an_ingest_killed_between_moving_in_and_the_manifest_leaves_the_old_store(
    store: Path, lender: Portfolio, tables: dict, in_memory: type
) -> None:
    (store / "000002").mkdir()
    (store / "000002" / "months.parquet").write_bytes(b"PAR1 half of it")
    assert len(_rows(store, "months")) == 6
    stores.ingest(lender, in_memory(tables), store, now=NOW)
    assert len(_rows(store, "months")) == 6


def test_two_ingests_at_once_are_one_and_a_refusal(
    store: Path, lender: Portfolio, tables: dict, in_memory: type
) -> None:
    refused: list[str] = []

    def meanwhile(what: str, done: int, of: int) -> None:
        if done == 1:
            with pytest.raises(DataError) as caught:
                stores.ingest(lender, in_memory(tables), store, now=NOW)
            refused.append(str(caught.value))

    stores.ingest(lender, in_memory(tables), store, now=NOW, progress=meanwhile)
    assert refused == [f"{store}: another process is writing this store. Wait until it has ended, then try again."]
    assert len(_rows(store, "months")) == 6


def test_a_store_of_a_newer_version_is_refused_and_kept(
    store: Path, lender: Portfolio, tables: dict, in_memory: type
) -> None:
    manifest = json.loads((store / "manifest.json").read_text())
    (store / "manifest.json").write_text(json.dumps({**manifest, "format": 3, "version": "9.1.0"}))
    before = _contents(store)
    words = r"the store has format 3, written by a newer fiador \(9\.1\.0\); this version reads 2\. Use fiador 9\.1\.0"
    for attempt in (
        lambda: open_source(store),
        lambda: stores.ingest(lender, in_memory(tables), store, now=NOW),
        lambda: stores.append(lender, in_memory(tables), store, now=NOW),
    ):
        with pytest.raises(DataError, match=words):
            attempt()
    assert _contents(store) == before


def test_a_manifest_that_cannot_be_read_is_told(store: Path) -> None:
    whole = (store / "manifest.json").read_text()
    (store / "manifest.json").write_text(whole[: len(whole) // 2])
    with pytest.raises(
        DataError, match=r"the store's manifest can't be read \(.*\)\. Restore manifest\.json from a copy"
    ):
        open_source(store)


def test_a_file_that_is_gone_or_cut_off_is_told(store: Path) -> None:
    file = store / "000001" / "months.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:-7])
    with pytest.raises(
        DataError, match=r"'000001/months\.parquet' was changed after it was written\. Restore the file"
    ):
        open_source(store)
    file.unlink()
    with pytest.raises(DataError, match=r"'000001/months\.parquet' is missing\."):
        open_source(store)


def test_a_damaged_file_is_not_written_anew(store: Path, lender: Portfolio, in_memory: type) -> None:
    file = store / "000001" / "months.parquet"
    content = bytearray(file.read_bytes())
    content[6] ^= 0xFF
    file.write_bytes(content)
    late = {"credits": pa.table({"credit": [99], "id": [2]})}
    with pytest.raises(DataError, match=r"'000001/months\.parquet' was changed after it was written"):
        stores.append(lender, in_memory(late), store, now=NOW)


def test_a_folder_of_other_things_is_not_written_into(
    lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(
        DataError, match=r"the folder holds other things \(thesis\.txt\) and is no store\. Give an empty"
    ):
        stores.ingest(lender, in_memory(tables), tmp_path, now=NOW)
    with pytest.raises(DataError, match=r"is a file, not a folder"):
        stores.ingest(lender, in_memory(tables), tmp_path / "thesis.txt", now=NOW)
    with pytest.raises(DataError, match=r"a store's path can't hold"):
        stores.ingest(lender, in_memory(tables), tmp_path / "a[1]", now=NOW)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_store_of_another_portfolio_is_not_replaced(
    store: Path, alura: Portfolio, simulated: dict, in_memory: type
) -> None:
    with pytest.raises(DataError, match=r"is a store of 'lender', not of 'alura_cash'\. Give each portfolio a store"):
        stores.ingest(alura, in_memory(simulated), store, now=NOW)


def test_a_key_of_two_types_is_refused_before_anything_is_written(
    lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path
) -> None:
    texts = tables["months"].set_column(0, "credit", tables["months"]["credit"].cast(pa.string()))
    with pytest.raises(
        DataError, match=r"credits\.credit is integer and months\.credit is text\. Declare both as text\."
    ):
        stores.ingest(lender, in_memory({**tables, "months": texts}), tmp_path / "store", now=NOW)
    assert _files(tmp_path / "store") == set()


def test_a_table_without_its_key_is_refused(lender: Portfolio, tables: dict, in_memory: type, tmp_path: Path) -> None:
    keyless = {**tables, "payments": tables["payments"].rename_columns(["credit", "ident", "paid"])}
    with pytest.raises(
        DataError, match=r"payments: no column 'id' for its link to application\. Did you mean 'ident'\?"
    ):
        stores.ingest(lender, in_memory(keyless), tmp_path / "store", now=NOW)


# The command


def test_the_command_writes_a_store_that_every_command_reads(fiador: Callable, simulated: dict, tmp_path: Path) -> None:
    write_tables(simulated, tmp_path / "dumps", format="dump", database="alura", written_at=NOW)
    portfolio = Path(__file__).parents[3] / "portfolios" / "alura_cash"
    store, memory = tmp_path / "store", ("--memory", "300MB")
    code, said, _ = fiador("ingest", portfolio, "--source", tmp_path / "dumps", "--out", store, *memory)
    assert (code, "emprestimos" in said) == (0, True)
    assert fiador("check", portfolio, "--source", store)[0] == 0
    assert fiador("profile", portfolio, "--source", store)[0] == 0
    code, said, _ = fiador("ingest", portfolio, "--source", tmp_path / "dumps", "--out", store, "--append")
    assert (code, open_source(store).manifest.ingests[1].rows["emprestimos"]) == (0, 0)
    code, _, complaint = fiador("ingest", portfolio, "--source", store, "--out", store, "--memory", "much")
    assert (code, "'much' is no amount of memory to work with. Write 4GB, or 512MB." in complaint) == (4, True)
