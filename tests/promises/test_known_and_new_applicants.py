"""Seven tables: is an applicant decided alike in a batch, at the counter from raw rows, and from the history?

Simulated applicants, some with missing values, some with levels nobody has seen, some without any history, some with
rows that are there twice; in a store, to which rows are added.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.disk import history
from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.disk.history import KeptHistory
from fiador.adapters.disk.portfolios import read_document, read_history, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.history.block import DrawPlan
from fiador.adapters.simulation.history.declared import parse as parse_history
from fiador.adapters.simulation.history.stream import write_history
from fiador.adapters.sources import open_source
from fiador.adapters.sources import store as stores
from fiador.bundle import Bundle
from fiador.errors import DataError, PortfolioError, UnknownKeyError
from fiador.portfolio import AsOf, Portfolio, parse_document
from fiador.use_cases import scoring
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Engine
from fiador.use_cases.scoring.request import arrow_tables
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.use_cases.tables import load_tables

FOLDER = Path(__file__).parents[2] / "portfolios" / "home_credit"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
APPLICATIONS = 560
COMPARED = 500
LEVELS = ("NAME_INCOME_TYPE", "NAME_EDUCATION_TYPE", "OCCUPATION_TYPE", "NAME_CONTRACT_TYPE", "NAME_FAMILY_STATUS")


def fewer(document: dict) -> dict:
    """The portfolio with the subsets and windows that its declared features read, and one candidate."""
    used = json.dumps([document["features"], document["tables"]])
    made = {
        table: {
            **declared,
            "subsets": {n: v for n, v in declared.get("subsets", {}).items() if f"{table}_{n}" in used},
            "windows": {n: v for n, v in declared.get("windows", {}).items() if f"_{n}__" in used},
        }
        for table, declared in document["synthesis"].items()
    }
    chosen = {"most": 150, "chance": "keep", "null_rate": 1.0, "correlation": 1.0}
    trained = {"training": {"candidates": ["lightgbm"], "folds": 2}, "selection": chosen, "acceptance": {}}
    return {**document, "synthesis": made, **trained}


@pytest.fixture(scope="module")
def document() -> dict:
    return fewer(read_document(FOLDER))


@pytest.fixture(scope="module")
def home_credit(document: dict) -> Portfolio:
    return parse_document(document)


@pytest.fixture(scope="module")
def drawn(home_credit: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The simulated tables by the source's names, damaged."""
    folder = tmp_path_factory.mktemp("drawn")
    told = parse_history(read_history(home_credit, FOLDER), home_credit)
    plan = DrawPlan(home_credit, told, read_profile(home_credit, FOLDER), APPLICATIONS, 3)
    write_history(plan, folder, truth=None, generator="", format="parquet", processes=1)
    return damaged({file.stem: pq.read_table(file) for file in folder.glob("*.parquet")})


def damaged(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Every seventh annuity missing, levels nobody has seen, every ninth applicant without any row, rows twice."""
    tables = dict(tables)
    for table, column, every, value in (
        ("application_train", "AMT_ANNUITY", 7, None),
        *(("application_train", column, 11, "Unheard of") for column in LEVELS),
        ("bureau", "CREDIT_ACTIVE", 13, "Frozen"),
        ("previous_application", "NAME_CONTRACT_STATUS", 13, "Pondered"),
    ):
        values = tables[table].column(column).to_pylist()
        values[::every] = [value] * len(values[::every])
        at, kind = tables[table].column_names.index(column), tables[table].schema.field(column).type
        tables[table] = tables[table].set_column(at, column, pa.array(values, kind))
    lone = set(tables["application_train"].column("SK_ID_CURR").to_pylist()[::9])
    for table in tables.keys() - {"application_train", "application_test"}:
        if "SK_ID_CURR" in tables[table].column_names:
            tables[table] = without(tables[table], "SK_ID_CURR", lone)
    for table in ("installments_payments", "bureau_balance"):
        tables[table] = pa.concat_tables([tables[table], tables[table].slice(100, 900)])
    return tables


def without(table: pa.Table, column: str, values: set) -> pa.Table:
    return table.filter(pa.array([value not in values for value in table.column(column).to_pylist()]))


def only(table: pa.Table, column: str, values: set) -> pa.Table:
    return table.filter(pa.array([value in values for value in table.column(column).to_pylist()]))


@pytest.fixture(scope="module")
def late(drawn: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Rows that come later: two new applications with all of theirs, an applicant's loan with its months, payments."""
    new = set(drawn["application_train"].column("SK_ID_CURR").to_pylist()[-2:])
    loans = drawn["bureau"].column("SK_ID_CURR").to_pylist()
    lender = next(key for key in loans if key not in new)
    payer = next(k for k in drawn["installments_payments"].column("SK_ID_CURR").to_pylist() if k not in {*new, lender})
    whose = {"application_train": new, "bureau": {*new, lender}, "installments_payments": {*new, payer}}
    held = {
        table: only(rows, "SK_ID_CURR", whose.get(table, new))
        for table, rows in drawn.items()
        if "SK_ID_CURR" in rows.column_names and table != "application_test"
    }
    months = set(held["bureau"].column("SK_ID_BUREAU").to_pylist())
    return {**held, "bureau_balance": only(drawn["bureau_balance"], "SK_ID_BUREAU", months)}


@pytest.fixture(scope="module")
def store(
    home_credit: Portfolio, drawn: dict, late: dict, in_memory: type, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A store of all tables but the rows that come later."""
    folder = tmp_path_factory.mktemp("kept") / "store"
    stores.ingest(home_credit, in_memory(drawn_first(drawn, late)), folder, now=NOW)
    return folder


def opened(portfolio: Portfolio, store: Path) -> Engine:
    engine = open_engine(reads=[str(store)])
    load_tables(portfolio, open_source(store), engine, needs_target=False)
    return engine


@pytest.fixture(scope="module")
def engine(home_credit: Portfolio, store: Path) -> Engine:
    """The store as it first was."""
    return opened(home_credit, store)


@pytest.fixture(scope="module")
def bundle(document: dict, home_credit: Portfolio, store: Path, train_on, tmp_path_factory) -> Bundle:
    engine = open_engine(reads=[str(store)])
    schema = load_tables(home_credit, open_source(store), engine)
    folder = tmp_path_factory.mktemp("bundle") / "home_credit"
    save_bundle(train_on(document, schema, engine), folder)
    return open_bundle(folder)


@pytest.fixture(scope="module")
def batch(bundle: Bundle, engine: Engine) -> scoring.Scored:
    return scoring.score(bundle, engine=engine)


@pytest.fixture(scope="module")
def kept(bundle: Bundle, engine: Engine, store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of the store as it first was."""
    folder = tmp_path_factory.mktemp("history") / "history"
    written = keep(bundle, folder, store, engine)
    assert (written.applications, written.computed) == (APPLICATIONS - 2, APPLICATIONS - 2)
    return folder


def keep(bundle: Bundle, folder: Path, store: Path, engine: Engine) -> history.HistoryManifest:
    held = open_source(store).manifest
    return history.keep(bundle, folder, store=held, engine=engine, scratch=open_engine, now=NOW)


@pytest.fixture(scope="module")
def known(bundle: Bundle, kept: Path, store: Path) -> KeptHistory:
    return history.open_history(kept, bundle, store=open_source(store).manifest)


def raw_rows(bundle: Bundle, tables: dict[str, pa.Table]) -> dict[str, dict[str, list[dict]]]:
    """Each application's rows by the portfolio's tables, gathered row by row, as a caller would send them."""
    found: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    owner: dict[object, str] = {}
    for name, table in bundle.portfolio.tables.items():
        wanted = [c for c, column in bundle.raw[name].items() if column.role != "target"]
        for source in table.source_names:
            for row in tables[source].select(wanted).to_pylist():
                key = row.get("SK_ID_CURR")
                if name == "bureau":
                    owner[row["SK_ID_BUREAU"]] = key
                found[owner.get(row["SK_ID_BUREAU"]) if key is None else key][name].append(row)
    return found


def test_500_new_applicants_from_raw_rows_are_their_rows_of_the_batch(bundle, engine, batch, drawn, store, late):
    new = set(late["application_train"].column("SK_ID_CURR").to_pylist())
    raw = {key: rows for key, rows in raw_rows(bundle, drawn_first(drawn, late)).items() if rows["application"]}
    keys = [key for key in batch.keys if key not in new][:COMPARED]
    assert len(keys) == COMPARED
    assert sum(not any(raw[key][name] for name in raw[key] if name != "application") for key in keys) > 30
    assert sum("Unheard of" in raw[key]["application"][0].values() for key in keys) > 30
    assert any(row["CREDIT_ACTIVE"] == "Frozen" for key in keys for row in raw[key]["bureau"])
    assert sum(twice(raw[key]["instalments"]) for key in keys) > 5
    position, statements = {key: at for at, key in enumerate(batch.keys)}, scorer_of(bundle).statements
    for n, key in enumerate(keys):
        alone = decision_columns(statements, RawTables(engine, arrow_tables(bundle.portfolio, bundle.raw, raw[key])))
        assert alone.to_pylist() == batch.table.slice(position[key], 1).to_pylist(), key
        if n < 20:
            decision = scoring.decide(bundle, raw[key], engine=engine)
            told = tuple(n for n in decision.notices if n.action not in ("unknown", "unmatched"))  # of rows left out
            assert replace(decision, notices=told) == scoring.decision_at(batch, position[key], raw=raw[key])


def drawn_first(drawn: dict[str, pa.Table], late: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables as the store first held them."""
    first = dict(drawn)
    for table, rows in late.items():
        name = "SK_ID_BUREAU" if table == "bureau_balance" else "SK_ID_CURR"
        first[table] = without(drawn[table], name, set(rows.column(name).to_pylist()))
    return first


def twice(rows: list[dict]) -> bool:
    return len({tuple(row.items()) for row in rows}) < len(rows)


def test_what_is_looked_up_is_what_the_whole_statement_answers(bundle, engine, batch, known):
    for at, key in enumerate(batch.keys[:COMPARED]):
        found = scoring.features_on_history(bundle, known.of(str(key)), engine=engine)
        assert found.select(batch.table.column_names).to_pylist() == batch.table.slice(at, 1).to_pylist(), key


def test_a_decision_from_the_history_is_the_one_from_raw_rows(bundle, engine, batch, known):
    for key in map(str, batch.keys[:30:3]):
        assert scoring.score_one(bundle, key, engine=engine, history=known) == scoring.score_one(
            bundle, key, engine=engine
        )


def test_an_applicant_who_is_not_in_it_is_computed_and_one_nobody_knows_is_told(bundle, engine, batch, known):
    key = str(batch.keys[4])
    fewer = KeptHistory("", {name: history.SortedRows.of(rows.table.slice(5)) for name, rows in known.parts.items()})
    assert fewer.of(key) is None
    assert scoring.score_one(bundle, key, engine=engine, history=fewer) == scoring.score_one(bundle, key, engine=engine)
    for nobody in ("1", f"0{key}", "Ann", ""):
        with pytest.raises(UnknownKeyError, match=f"no application '{nobody}'"):
            scoring.score_one(bundle, nobody, engine=engine, history=known)


class Unasked:
    """A history of the decision's own moment, which must not be asked."""

    as_of = ""

    def of(self, key: str) -> None:
        raise AssertionError(f"the history was asked for {key}")


def test_asked_for_another_moment_it_is_not_looked_up(bundle, engine):
    earlier = replace(bundle, portfolio=bundle.portfolio.at(AsOf(days_before=90)))
    with pytest.raises(PortfolioError, match=r"tables\.bureau: its columns hold a later state"):
        scoring.score_one(earlier, "100002", engine=engine, history=Unasked())


# Rows come


@pytest.fixture
def later(home_credit: Portfolio, store: Path, kept: Path, late: dict, in_memory: type, tmp_path: Path) -> Path:
    """A folder with the store after the later rows were added, and the history as it was before."""
    shutil.copytree(store, tmp_path / "store")
    shutil.copytree(kept, tmp_path / "history")
    stores.append(home_credit, in_memory(late), tmp_path / "store", now=NOW + timedelta(hours=1))
    return tmp_path


def test_a_history_from_before_the_last_rows_is_refused_and_refreshed_for_their_applicants_alone(
    bundle, home_credit, later, late
):
    store, folder = later / "store", later / "history"
    with pytest.raises(DataError, match=r"is of another state of the store: rows came since.* Write it again: fiador"):
        history.open_history(folder, bundle, store=open_source(store).manifest)
    engine = opened(home_credit, store)
    touched = {key for table in late.values() if "SK_ID_CURR" in table.column_names for key in unique(table)}
    assert len(touched) == 4
    written = keep(bundle, folder, store, engine)
    assert (written.applications, written.computed) == (APPLICATIONS, len(touched))
    known = history.open_history(folder, bundle, store=open_source(store).manifest)
    whole = scoring.score(bundle, engine=engine).table
    assert whole.num_rows == APPLICATIONS
    for at, key in enumerate(whole.column("key").to_pylist()):
        if at % 9 == 0 or key in touched:
            found = scoring.features_on_history(bundle, known.of(str(key)), engine=engine)
            assert found.select(whole.column_names).to_pylist() == whole.slice(at, 1).to_pylist(), key
    assert keep(bundle, folder, store, engine).computed == 0


def unique(table: pa.Table) -> list:
    return table.column("SK_ID_CURR").unique().to_pylist()


def test_a_store_ingested_anew_is_computed_anew(bundle, home_credit, later, drawn, in_memory):
    store = later / "store"
    stores.ingest(home_credit, in_memory(drawn), store, now=NOW)
    assert keep(bundle, later / "history", store, opened(home_credit, store)).computed == APPLICATIONS


def test_one_whose_writing_was_killed_half_way_is_what_it_was(bundle, later, monkeypatch):
    store, folder = later / "store", later / "history"
    before = history.read_manifest(folder)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(history, "replace_file", killed)  # the moment before the manifest is replaced
    with pytest.raises(KeyboardInterrupt):
        keep(bundle, folder, store, opened(bundle.portfolio, store))
    monkeypatch.undo()
    assert history.read_manifest(folder) == before
    assert (folder / "000001" / "measured.arrow").exists()
    assert not (folder / ".writing").exists()
    assert keep(bundle, folder, store, opened(bundle.portfolio, store)).computed == 4


# What a history is refused for


@pytest.mark.parametrize(
    ("part", "asked", "words"),
    [
        ("bundle", "f" * 64, "is a history of bundle [0-9a-f]{12}, not of ffffffffffff"),
        ("portfolio", "other", "is a history of 'home_credit', not of 'other'"),
        ("as_of", "-90", "is as of each decision, not as of -90"),
        ("sql", "", "its features were computed by other statements than this version's"),
    ],
)
def test_a_history_of_another_bundle_portfolio_or_moment_is_refused(bundle, kept, store, part, asked, words):
    made = history.made_of(bundle, open_source(store).manifest)
    with pytest.raises(DataError, match=f"{words}.* Write it again: fiador history"):
        history.require_of(history.read_manifest(kept).made, replace(made, **{part: asked}), kept)


def test_one_of_a_newer_version_damaged_or_no_history_is_told_and_left(bundle, engine, kept, store, tmp_path):
    folder, held = tmp_path / "history", open_source(store).manifest
    shutil.copytree(kept, folder)
    whole = (folder / "manifest.json").read_text()

    def refused(words: str) -> None:
        with pytest.raises(DataError, match=words):
            history.open_history(folder, bundle, store=held)

    newer = json.dumps({**json.loads(whole), "format": 2, "version": "9.1.0"})
    (folder / "manifest.json").write_text(newer)
    refused(r"has format 2, written by a newer fiador \(9\.1\.0\); this version reads 1\. Use fiador 9\.1\.0")
    with pytest.raises(DataError, match="written by a newer fiador"):
        keep(bundle, folder, store, engine)
    assert (folder / "manifest.json").read_text() == newer
    (folder / "manifest.json").write_text(whole[: len(whole) // 2])
    refused(r"the history's manifest can't be read \(.*\)\. Remove the folder, and write it again\.")
    (folder / "manifest.json").write_text(whole)
    (folder / "000001" / "measured.arrow").write_bytes(b"half of it")
    refused(r"'000001/measured\.arrow' is missing or was changed after it was written\.")
    with pytest.raises(DataError, match=r"holds no history\. Write one: fiador history"):
        history.open_history(store, bundle, store=held)
    with pytest.raises(DataError, match=r"the folder holds other things \(000001, manifest\.json\) and is no history"):
        keep(bundle, store, store, engine)
