"""Is everything that isn't as declared counted, refused or carried on with, as declared?"""

from __future__ import annotations

import copy
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.disk.portfolios import load_portfolio, parse_text
from fiador.errors import DataError, PortfolioError
from fiador.portfolio import parse_document
from fiador.use_cases.checking import check, check_keys, require

LOANS = "loan_id,person_id,amount,purpose,defaulted\n"
PEOPLE = "person_id,age,income,gender\n"
PAYMENTS = "loan_id,days_before,paid,due\n1,1,1,1\n"


def written(folder: Path, loans: str, people: str = "a,40,10,f\nb,41,20,m\n", payments: str = PAYMENTS) -> Path:
    (folder / "loans.csv").write_text(LOANS + loans)
    (folder / "people.csv").write_text(PEOPLE + people)
    (folder / "payments.csv").write_text(payments)
    return folder


def counts(report, kind: str) -> dict[str, int]:
    return {f"{f.table}.{f.column}": f.count for f in report.findings if f.kind == kind}


def test_tiny_is_accounted_for_to_the_last_row(tiny, load, request):
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    report = require(check(tiny, schema, engine))
    assert report.rows == {"loans": 12, "people": 10, "payments": 8}
    a = report.accounting
    assert (a.read, a.kept, a.dropped, a.good, a.bad, a.unlabelled) == (12, 11, {"loans.loan_id is blank": 1}, 6, 4, 1)
    assert a.read == a.kept + sum(a.dropped.values())
    assert counts(report, "breach") == {"loans.purpose": 1, "people.age": 1, "people.income": 1}
    assert counts(report, "inconsistent") == {"consistency.loan_is_affordable": 2}
    assert counts(report, "not_checkable") == {"consistency.loan_is_affordable": 2}
    assert counts(report, "orphan") == {"loans.person_id": 1}
    assert counts(report, "unused") == {"payments.loan_id": 1}
    assert counts(report, "duplicates") == {"loans.": 1}


def test_the_real_dumps_are_read_joined_and_accounted_for(alura, alura_dumps, load):
    schema, engine = load(alura, alura_dumps)
    report = require(check(alura, schema, engine))
    assert set(report.rows.values()) == {34_489}
    assert (report.accounting.read, report.accounting.kept) == (34_489, 34_485)
    assert report.accounting.dropped == {"ids.person_id is blank": 4}
    assert report.accounting.good + report.accounting.bad == 34_142
    assert counts(report, "duplicates") == {"emprestimos.": 165}
    missing = counts(report, "missing")
    assert (missing["dados_mutuarios.person_age"], missing["emprestimos.loan_int_rate"]) == (321, 3_627)
    assert (missing["dados_mutuarios.person_home_ownership"], missing["emprestimos.loan_status"]) == (331, 343)
    assert counts(report, "breach") == {"dados_mutuarios.person_age": 5, "dados_mutuarios.person_emp_length": 2}
    assert counts(report, "inconsistent") == {"consistency.percent_is_amount_over_income": 1_310}


def test_the_strict_overlay_keeps_33122_labelled_rows(alura_dumps, load, request):
    strict = load_portfolio(request.config.rootpath / "portfolios" / "alura_cash" / "strict_rows.toml")
    schema, engine = load(strict, alura_dumps)
    a = require(check(strict, schema, engine)).accounting
    assert a.good + a.bad == 33_122
    assert a.read == a.kept + sum(a.dropped.values()) == 34_489


def test_blank_keys_without_a_declared_drop_are_refused_and_counted_in_each_table(alura_document, alura_dumps, load):
    document = copy.deepcopy(alura_document)
    for table in ("ids", "dados_mutuarios"):
        del document["tables"][table]["blank_key"]
    portfolio = parse_document(document)
    schema, engine = load(portfolio, alura_dumps)
    report = check(portfolio, schema, engine)
    assert report.accounting is None
    words = r"ids.person_id: 4 blank keys, which would match each other.*dados_mutuarios.person_id: 4 blank keys"
    with pytest.raises(DataError, match=words):
        require(report)
    paired = engine.query(
        "SELECT count(*) AS n FROM emprestimos JOIN ids USING (loan_id) "
        "JOIN dados_mutuarios USING (person_id) JOIN historicos_banco USING (cb_id)"
    )
    assert paired.column("n")[0].as_py() == 34_501  # the trap: a plain join pairs four blanks with four


@pytest.mark.parametrize(
    ("loans", "people", "words"),
    [
        ("1,a,5,car,0\n1,b,6,car,1\n", "a,40,10,f\nb,41,20,m\n", r"loans.loan_id: 1 key in more than one row"),
        ("1,a,5,car,0\n2,b,6,car,1\n", "a,40,10,f\na,41,20,m\n", r"people.person_id: 1 key in more than one row"),
        ("1,a,5,car,0\n2,b,6,car,1\n", "a,40,10,f\n,41,20,m\n", r"people.person_id: 1 blank key, which would match"),
        ("1,a,5,car,0\n2,b,6,car,1\n", "a,,10,f\nb,,20,m\n", r"people.age: no row has a value"),
        (
            "1,a,5,car,0\n2,b,6,car,2\n3,b,6,car,1\n",
            "a,40,10,f\nb,4,20,m\n",
            r"defaulted: 1 row with 2, which is neither good \(0\) nor bad \(1\)",
        ),
        ("1,a,5,car,0\n2,b,6,car,0\n", "a,40,10,f\nb,41,20,m\n", r"loans.defaulted: no application is bad \(1\)"),
        ("1,a,5,car,1\n2,b,6,car,1\n", "a,40,10,f\nb,41,20,m\n", r"loans.defaulted: no application is good \(0\)"),
    ],
)
def test_what_would_make_a_wrong_join_or_an_empty_model_is_refused(tmp_path, tiny, load, loans, people, words):
    schema, engine = load(tiny, written(tmp_path, loans, people))
    with pytest.raises(DataError, match=words):
        require(check(tiny, schema, engine))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("loans.csv", "lones.csv"), "the source has no table 'loans'. Did you mean 'lones'"),
        (("people.csv", None), "the source has no table 'people'"),
    ],
)
def test_a_missing_or_renamed_table_is_named(tmp_path, tiny, load, change, words):
    folder = written(tmp_path, "1,a,5,car,0\n2,b,6,car,1\n")
    old, new = change
    if new:
        (folder / old).rename(folder / new)
    else:
        (folder / old).unlink()
    with pytest.raises(DataError, match=words):
        load(tiny, folder)


def test_a_missing_or_renamed_column_is_named(tmp_path, tiny, load):
    folder = written(tmp_path, "1,a,5,car,0\n2,b,6,car,1\n")
    (folder / "people.csv").write_text("person_id,aeg,income,gender\na,40,10,f\n")
    with pytest.raises(DataError, match=r"people.*(no such column|no column 'age').*Did you mean 'aeg'"):
        load(tiny, folder)


def test_a_column_of_another_type_is_named(tmp_path, tiny, load):
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = written(tmp_path, "1,a,5,car,0\n2,b,6,car,1\n")
    (folder / "people.csv").unlink()
    people = {"person_id": ["a"], "age": ["forty"], "income": [1.0], "gender": ["f"]}
    pq.write_table(pa.table(people), folder / "people.parquet")
    with pytest.raises(DataError, match=r"tiny: people.age: is text in the source and integer in the portfolio"):
        load(tiny, folder)


def test_a_look_up_needs_keys_but_no_target(tmp_path, tiny, load):
    schema, engine = load(tiny, written(tmp_path, "1,a,5,car,\n2,b,6,car,\n"))
    assert require(check_keys(tiny, schema, engine)).rows == {"loans": 2, "people": 2, "payments": 1}
    schema, engine = load(tiny, written(tmp_path, "1,a,5,car,\n1,b,6,car,\n"))
    with pytest.raises(DataError, match="loans.loan_id: 1 key in more than one row"):
        require(check_keys(tiny, schema, engine))


def test_each_dropped_row_counts_under_one_reason_only(tmp_path, tiny_document, load):
    document = copy.deepcopy(tiny_document)
    document["tables"]["loans"]["expect"]["purpose"] = {"levels": ["car"], "development": "drop"}
    document["tables"]["people"]["expect"]["age"] = {"max": 40, "development": "drop"}
    portfolio = parse_document(document)
    loans = "1,a,5,home,0\n2,b,6,home,1\n3,b,6,car,1\n4,a,6,car,1\n5,a,7,car,0\n"  # b is 41: 2 breaches both
    schema, engine = load(portfolio, written(tmp_path, loans))
    a = check(portfolio, schema, engine).accounting
    assert a.dropped == {"loans.purpose breached": 2, "people.age breached": 1}
    assert (a.read, a.kept) == (5, 2)


def test_the_base_table_may_be_called_application(tmp_path, tiny_document, load):
    document = copy.deepcopy(tiny_document)
    document["tables"]["application"] = {**document["tables"].pop("loans"), "from": "loans"}
    for table in ("people", "payments"):
        for link in ("one", "many"):
            if link in document["tables"][table]:
                document["tables"][table][link]["of"] = "application"
    document["portfolio"] |= {"rows": "application", "applicant": "application.person_id"}
    portfolio = parse_document(document)
    schema, engine = load(portfolio, written(tmp_path, "1,a,5,car,0\n2,b,6,car,1\n"))
    assert check(portfolio, schema, engine).rows == {"application": 2, "people": 2, "payments": 1}
    assert check_keys(portfolio, schema, engine).rows == {"application": 2, "people": 2, "payments": 1}


@pytest.mark.parametrize(
    ("section", "change", "words"),
    [
        (
            "training",
            {"candidates": ["lightgmb"]},
            "tiny: training.candidates: no candidate 'lightgmb'. Did you mean 'light",
        ),
        ("training", {"calibrator": "plat"}, "tiny: training.calibrator: no calibrator 'plat'. Did you mean 'platt'"),
        ("acceptance", {"ginni": {"min": 0.4}}, "tiny: acceptance: no metric 'ginni'. Did you mean 'gini'"),
    ],
)
def test_a_variant_there_is_not_is_refused_before_anything_is_counted(
    tiny_document, load, request, section, change, words
):
    document = {**tiny_document, section: {**tiny_document.get(section, {}), **change}}
    portfolio = parse_document(document)
    schema, engine = load(portfolio, request.config.rootpath / "portfolios" / "tiny" / "data")
    with pytest.raises(PortfolioError, match=words):
        check(portfolio, schema, engine)


def test_checking_imports_no_model_library():
    import subprocess
    import sys

    slow = "('sklearn', 'lightgbm', 'scipy')"
    asked = f"import sys, fiador.use_cases.checking; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


STACKED = """format = 1
portfolio = { name = "stacked", currency = "EUR", source = ".", rows = "loans", key = "id" }
target = { column = "bad", means = "bad" }
tables = { loans = { from = ["old", "new"] } }
features = { x = { says = "x" } }
costs = { bad_approved = 10, good_declined = 1 }
"""


def stacked(folder: Path, new: dict):
    pq.write_table(pa.table({"id": [1, 2], "bad": [0, 1], "x": [1, 2]}), folder / "old.parquet")
    pq.write_table(pa.table(new), folder / "new.parquet")
    return parse_text(STACKED, {})


def test_whole_numbers_stacked_with_fractions_lose_none(load, tmp_path):
    portfolio = stacked(tmp_path, {"id": [3, 4], "x": [1.5, 2.25]})
    schema, engine = load(portfolio, tmp_path)
    assert (schema.kind("loans", "x"), schema.tables["loans"]["bad"]) == ("number", "integer")
    assert sorted(engine.query("SELECT x FROM loans").column("x").to_pylist()) == [1, 1.5, 2, 2.25]
    assert check(portfolio, schema, engine).accounting.unlabelled == 2


def test_numbers_that_no_feature_can_hold_are_counted(tiny, load, tmp_path):
    paid = ("1e39", "-1e39", "3.4e38", "")
    payments = "loan_id,days_before,paid,due\n" + "".join(f"1,{n},{value},1\n" for n, value in enumerate(paid, 1))
    schema, engine = load(tiny, written(tmp_path, "1,a,9,car,0\n2,b,9,car,1\n", payments=payments))
    report = check(tiny, schema, engine)
    assert counts(report, "beyond") == {"payments.paid": 2}
    says = next(f.says for f in report.findings if f.kind == "beyond")
    assert says == "payments.paid: 2 values beyond 3.4e38, missing in every feature"
