"""Does what a person holds in a notebook answer as the command line does, and does it look like the product?"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fiador as product
from fiador.adapters.engines import open_engine
from fiador.errors import AcceptanceError, DataError, PortfolioError, RequestError
from fiador.notebook import progress as watching
from fiador.notebook.frames import FrameSource, arrow_table, raw_rows
from fiador.portfolio import merge, parse_document
from fiador.use_cases.ports import lines
from fiador.use_cases.scoring import decide
from fiador.words import LANGUAGES

PORTFOLIO = Path(__file__).parent.parent / "portfolios" / "alura_cash"
ROWS = {
    "emprestimos": [{"loan_amnt": 12000, "loan_int_rate": 18.0}],
    "dados_mutuarios": [{"person_age": 30, "person_income": 20000}],
}


class Capsule:
    """What is known of a frame of any other library: its Arrow stream."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


MAKERS = {"pandas": pa.Table.to_pandas, "polars": pl.from_arrow, "arrow": lambda table: table, "capsule": Capsule}


@pytest.fixture(scope="module")
def lender(simulated: dict) -> product.Lender:
    return product.open(PORTFOLIO, source=simulated)


@pytest.fixture(scope="module")
def data(simulated: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same tables as files."""
    folder = tmp_path_factory.mktemp("data")
    for name, table in simulated.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def trained(lender: product.Lender) -> product.OpenBundle:
    return lender.train(candidates=["logistic_regression", "dummy"], folds=2)


@pytest.fixture(scope="module")
def held(bundle_folder: Path) -> product.OpenBundle:
    return product.open_bundle(bundle_folder)


@pytest.mark.parametrize("library", MAKERS)
def test_frames_of_every_library_give_the_features_that_files_give(library, simulated, data):
    frames = {name: MAKERS[library](table) for name, table in simulated.items()}
    of_files = product.open(PORTFOLIO, source=data).features()
    assert product.open(PORTFOLIO, source=frames).features().to_arrow().equals(of_files.to_arrow())


def test_an_answer_is_arrow_inside_and_pandas_or_polars_when_wanted(lender):
    features = lender.features(["person_age"])
    assert features.to_arrow().column_names == ["key", "person_age"]
    assert list(features.to_pandas()) == ["key", "person_age"]
    assert pl.DataFrame(features).height == len(features)


def test_a_check_of_frames_counts_what_a_check_of_files_counts(lender, data, fiador):
    checked = lender.check()
    code, printed, _ = fiador("check", PORTFOLIO, "--source", data, "--json")
    assert code == 0
    assert checked.to_pandas().to_json(orient="records") == pd.DataFrame(_findings(printed)).to_json(orient="records")
    assert checked.accounting.read == 4000
    assert checked.refusals == []


def _findings(printed: str) -> list[dict]:
    import json

    return json.loads(printed)["findings"]


def test_a_bundle_has_its_id_before_it_is_saved(trained, tmp_path):
    assert trained.save(tmp_path / "bundle") == tmp_path / "bundle"
    assert product.open_bundle(tmp_path / "bundle").id == trained.id != ""
    assert set(trained.metrics["candidates"]) == {"logistic_regression", "logistic_regression+lender_set", "dummy"}


def test_what_a_call_gives_training_stands_in_the_bundle(trained):
    assert trained.document["training"]["candidates"] == ["logistic_regression", "dummy"]
    assert trained.development["folds"] == 2


def test_an_unknown_candidate_is_refused_before_anything_is_read(tmp_path):
    nothing = product.open(PORTFOLIO, source=tmp_path)
    with pytest.raises(PortfolioError, match="no candidate 'ligthgbm'. Did you mean 'lightgbm'?"):
        nothing.train("ligthgbm")


def test_a_model_that_misses_its_gate_is_kept_apart(held, tmp_path):
    strict = parse_document(merge(held.document, {"acceptance": {"gini": {"min": 0.99}}}))
    weak = replace(held, portfolio=strict)
    with pytest.raises(AcceptanceError, match="gini 0.* is below 0.99.*It is kept in .*bundle.rejected"):
        weak.save(tmp_path / "bundle")
    assert (tmp_path / "bundle.rejected" / "manifest.json").is_file()
    assert not (tmp_path / "bundle").exists()


def test_a_decision_is_the_services(held, bundle):
    expected = decide(bundle, ROWS, engine=open_engine())
    assert held.decide(ROWS, language="fr").to_dict() == expected.to_json("fr")


def test_one_row_and_a_frame_are_rows_too(held):
    one = {name: rows[0] for name, rows in ROWS.items()}
    frames = {name: pd.DataFrame(rows) for name, rows in ROWS.items()}
    assert held.decide(one).to_dict() == held.decide(frames).to_dict() == held.decide(ROWS).to_dict()


def test_whole_numbers_that_pandas_keeps_as_doubles_are_whole():
    loans = FrameSource(
        {"loans": pd.DataFrame({"a": [1.0, None], "b": [1.5, None]})}, {"loans": {"a": "integer", "b": "integer"}}
    )
    assert [column.type for column in loans.tables()["loans"]] == [pa.int64(), pa.float64()]


def test_what_is_not_a_number_is_missing():
    assert raw_rows({"t": {"a": float("nan"), "b": pd.NaT, "c": pd.NA, "d": 1, "e": "x"}}) == {
        "t": [{"a": None, "b": None, "c": None, "d": 1, "e": "x"}]
    }


def test_a_value_of_the_wrong_type_is_the_products_own_error(held):
    with pytest.raises(RequestError, match=r"emprestimos.loan_amnt: 'much' is not of type int64"):
        held.decide({"emprestimos": [{"loan_amnt": "much"}]})


def test_scores_are_those_the_command_writes(held, bundle_folder, simulated, data, tmp_path, fiador):
    out = tmp_path / "decisions.parquet"
    assert fiador("score", bundle_folder, "--source", data, "--out", out, "--language", "en")[0] == 0
    scored = held.score(simulated)
    assert scored.to_arrow().equals(pq.read_table(out))
    assert sum(scored.outcomes.values()) == len(scored) == 4000


def test_a_table_that_is_no_frame_is_named(lender):
    with pytest.raises(DataError, match="emprestimos: is a list, not a frame. Give a pandas, Polars or Arrow frame"):
        product.open(PORTFOLIO, source={"emprestimos": [1]}).check()


def test_a_column_of_two_types_is_named():
    with pytest.raises(
        DataError, match=r"loans: can't be read as a table \(.* column b .*\). Give each column values of"
    ):
        arrow_table("loans", pd.DataFrame({"a": [1, 2], "b": ["x", 2]}))


def test_a_named_index_is_a_column_and_another_is_none():
    loans = pd.DataFrame({"id": ["a", "b"], "amount": [1.0, None]})
    assert arrow_table("loans", loans.set_index("id")).column_names == ["amount", "id"]
    assert arrow_table("loans", loans[loans["amount"] > 0]).to_pylist() == [{"id": "a", "amount": 1.0}]


def test_a_bundle_opened_as_a_portfolio_is_told_so(bundle_folder):
    with pytest.raises(PortfolioError, match=r"is a bundle, not a portfolio. Open it with fiador.open_bundle\("):
        product.open(bundle_folder)


def test_a_portfolio_without_a_source_says_how_to_give_one(tmp_path):
    nowhere = tmp_path / "nowhere.toml"
    nowhere.write_text(f'extends = "{PORTFOLIO}"\n[portfolio]\nsource = ""\n')
    with pytest.raises(PortfolioError, match=r"no source is declared. Say where its tables are: fiador.open\("):
        product.open(nowhere).check()


def test_a_feature_that_isnt_there_is_refused_with_the_nearest(lender):
    with pytest.raises(PortfolioError, match="no feature 'person_agee'. Did you mean 'person_age'?"):
        lender.features(["person_agee"])


def test_a_report_is_written_and_shown_in_a_frame(held, lender, tmp_path):
    page = held.report(tmp_path / "model.html", language="pt-BR")
    assert (tmp_path / "model.html").read_text("utf-8") == page.html
    assert "<iframe" in page._repr_html_()
    assert "&lt;!doctype html&gt;" in page._repr_html_()
    assert lender.report().html.startswith("<!doctype html>")


@pytest.fixture(scope="module")
def results(lender, held, simulated) -> list:
    few = {name: table.slice(0, 50) for name, table in simulated.items()}
    return [lender, lender.check(), lender.features(), held, held.score(few), held.decide(ROWS)]


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_every_result_shows_itself_in_each_language(language, results):
    for result in results:
        html = replace(result, language=language)._repr_html_()
        assert html.startswith('<div class="fiador-cell"><style>.fiador-cell {')
        assert html.count("<div") == html.count("</div>")
        assert not re.search(r"<script|@import|url\(\"?http|src=", html)
        assert "<" not in repr(result)


def test_a_name_from_a_table_is_text_in_a_cell(lender):
    frame = pa.table({"key": ["<script>alert(1)</script>"], "person_age": [1.0]})
    shown = product.FeatureTable(lender.portfolio, frame)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_notebooks_bar_is_renewed_and_goes_when_the_work_is_done():
    shown: list[dict] = []

    class Handle:
        def update(self, bundle: dict, *, raw: bool) -> None:
            assert raw
            shown.append(bundle)

    def display(bundle: dict, *, raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        shown.append(bundle)
        return Handle()

    with watching.bar(display) as progress:
        progress("lightgbm: fold 2 of 5", 1, 4)
    assert "width:25%" in shown[1]["text/html"]
    assert [each["text/plain"] for each in shown] == ["…", "lightgbm: fold 2 of 5, 1 of 4", ""]


def test_without_a_notebook_a_step_is_a_line():
    written: list[str] = []
    show = lines(written.append)
    for at in range(3):
        show(f"lightgbm: fold {at + 1} of 3", at, 3)
    assert written == ["lightgbm …"]


def test_the_names_of_the_version_before_still_work_and_say_what_to_use():
    from fiador.use_cases.training import train

    for name in product._EARLIER:
        with pytest.warns(DeprecationWarning, match=f"fiador.{name} goes in the next version: use "):
            getattr(product, name)
    with pytest.warns(DeprecationWarning, match=r"use fiador.open\(…\).train\(\)"):
        assert product.train is train


def test_a_bundle_of_the_new_way_is_one_for_the_old(held, data):
    with pytest.warns(DeprecationWarning, match="goes in the next version"):
        engine, one = product.open_engine(), product.decide
    assert one(held, ROWS, engine=engine).pd == held.decide(ROWS).pd


def test_importing_fiador_imports_no_library():
    heavy = ["pandas", "numpy", "pyarrow", "pydantic", "duckdb", "sklearn", "IPython"]
    code = f"import fiador, sys; print([m for m in {heavy} if m in sys.modules], fiador.__version__, *dir(fiador))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] 0.1.0")
    assert set(product.__all__) <= set(done.stdout.split())


def test_every_public_name_is_there():
    assert [name for name in product.__all__ if not hasattr(product, name)] == []
    with pytest.raises(AttributeError, match="module 'fiador' has no attribute 'opne'"):
        _ = product.opne
