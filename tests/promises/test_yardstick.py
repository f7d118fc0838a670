"""Does the yardstick portfolio answer what the usual pandas way answers, column by column?

The second method is the reference script of the shared folder: it runs in a process of its own over the same seven
tables. Real rows, where nulls were lost; and small random tables with nulls, zeros, ties, single rows and no rows.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.features.plan import compile_sql
from fiador.portfolio import Portfolio, Table, parse_document
from fiador.use_cases.feature_table import build
from fiador.use_cases.tables import load_tables

ROOT = Path(__file__).parent.parent.parent
CHILDREN = ("bureau", "previous", "pos", "card", "instalments")
APPLICANTS = 120


@pytest.fixture(scope="module")
def yardstick() -> Portfolio:
    """The overlay, over one application table: the real sample has no second one."""
    document = read_document(ROOT / "portfolios" / "home_credit" / "yardstick.toml")
    document["tables"]["application"]["from"] = "application_train"
    return parse_document(document)


@pytest.fixture(scope="module", params=["real", "random"])
def folder(request, yardstick, tmp_path_factory) -> Path:
    if request.param == "random":
        return drawn(yardstick, tmp_path_factory.mktemp("drawn"))
    real = shared(request) / "data" / "home_credit" / "linked_1000"
    if not real.is_dir():
        pytest.skip(f"no real data at {real}: set FIADOR_SHARED")
    return real


def shared(request: pytest.FixtureRequest) -> Path:
    from tests.conftest import SHARED

    return SHARED


def drawn(portfolio: Portfolio, folder: Path) -> Path:
    """Seven small tables: a tenth of the values null, many ties and zeros, some applicants without rows."""
    random = np.random.default_rng(7)
    keys = {
        "SK_ID_CURR": np.arange(1, APPLICANTS + 1),
        "SK_ID_BUREAU": np.arange(1, 301),
        "SK_ID_PREV": np.arange(1, 301),
    }
    sizes = {"application": APPLICANTS, "bureau": 300, "previous": 300}
    for table in portfolio.tables.values():
        rows = sizes.get(table.name, 2000)
        own = {"bureau": "SK_ID_BUREAU", "previous": "SK_ID_PREV", "application": "SK_ID_CURR"}.get(table.name, "")
        columns = {c: values(random, table, c, rows, keys, own) for c in table.columns}
        frame = pd.DataFrame(columns)
        if table.name == "application":
            frame = frame.assign(TARGET=random.integers(0, 2, rows), CODE_GENDER="F")
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{table.source_names[0]}.parquet")
    return folder


def values(random: np.random.Generator, table: Table, column: str, rows: int, keys: dict, own: str) -> object:
    if column in keys:  # half of the applicants have all the rows
        return keys[column] if column == own else random.choice(keys[column][: len(keys[column]) // 2], rows)
    if column in ("DAYS_INSTALMENT", "MONTHS_BALANCE", "HOUR_APPR_PROCESS_START"):
        return random.integers(-30, 0, rows).astype(float)
    blank = random.random(rows) < 0.1
    if table.columns[column] == "text":
        expected = table.expect.get(column)
        levels = list(expected.levels or ()) if expected else ["a", "b"]
        return pd.Series(np.where(blank, None, random.choice(levels, rows)), dtype=object)
    whole = random.integers(-4, 5, rows) if column.startswith(("DAYS", "CNT", "NUM", "SK_DPD")) else None
    drawn = whole if whole is not None else np.round(random.normal(0, 3000, rows), 2) * (random.random(rows) > 0.2)
    if column == "DAYS_TERMINATION":
        drawn = np.where(random.random(rows) < 0.1, 365243, drawn)
    return np.where(blank, np.nan, drawn.astype(float))


@pytest.fixture(scope="module")
def answers(request, yardstick, folder, tmp_path_factory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(ours by one statement a table, theirs), child features alone, by application."""
    script = shared(request) / "bench" / "pandas_reference.py"
    if not script.is_file():
        pytest.skip(f"no reference script at {script}: set FIADOR_SHARED")
    out = tmp_path_factory.mktemp("reference") / "theirs.parquet"
    subprocess.run([sys.executable, script, folder, out], check=True, capture_output=True)
    theirs = pd.read_parquet(out).set_index("SK_ID_CURR").sort_index()
    theirs = theirs[[c for c in theirs if c.partition("__")[0].partition("_")[0] in CHILDREN and "__" in c]]
    engine = open_engine(side_by_side=True)
    schema = load_tables(yardstick, open_source(folder, types=yardstick.types), engine)
    ours = build(yardstick, schema, engine).to_pandas().set_index("key")
    return ours.loc[theirs.index], theirs


def test_every_child_feature_of_the_yardstick_is_there_under_its_own_name(answers):
    ours, theirs = answers
    assert len(theirs.columns) > 300
    assert sorted(set(theirs) - set(ours)) == []


def test_every_value_and_every_null_is_the_yardstick_s(answers):
    ours, theirs = answers
    wrong = {}
    for column in theirs:
        mine, other = ours[column].to_numpy(float), theirs[column].to_numpy(float)
        alike = np.isclose(mine, other, rtol=1e-5, atol=1e-6, equal_nan=True)
        if not alike.all():
            at = int(np.argmin(alike))
            wrong[column] = (int((~alike).sum()), mine[at], other[at])
    assert wrong == {}


def test_one_statement_for_all_and_one_for_each_table_answer_alike(yardstick, folder, answers):
    engine, beside = open_engine(), open_engine(side_by_side=True)
    schema = load_tables(yardstick, open_source(folder, types=yardstick.types), engine)
    load_tables(yardstick, open_source(folder, types=yardstick.types), beside)
    together = engine.query(compile_sql(yardstick, schema).sql).to_pandas().set_index("key")
    by_table = build(yardstick, schema, beside).to_pandas().set_index("key")
    pd.testing.assert_frame_equal(together[list(by_table)], by_table, check_dtype=False)
