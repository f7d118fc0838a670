"""Is what a report shows of raw tables what a person would count?"""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fiador.portfolio import parse_document
from fiador.use_cases.checking import check
from fiador.use_cases.data_report import Exhibit, exhibit
from fiador.use_cases.data_report.remarks import remarks_on
from fiador.use_cases.data_report.values import VariableSummary

LOANS = "loan_id,person_id,amount,purpose,defaulted\n"
PEOPLE = "person_id,age,income,gender\n"
PAYMENTS = "loan_id,days_before,paid,due\n1,1,1,1\n"


def shown(portfolio, schema, engine) -> Exhibit:
    found = exhibit(portfolio, schema, engine, check(portfolio, schema, engine))
    assert found is not None
    return found


def named(found: Exhibit) -> dict[str, VariableSummary]:
    return {v.name: v for v in found.variables}


@pytest.fixture(scope="module")
def tiny_shown(tiny, load, request) -> Exhibit:
    return shown(tiny, *load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data"))


@pytest.fixture(scope="module")
def alura_shown(alura, alura_dumps, load) -> Exhibit:
    return shown(alura, *load(alura, alura_dumps))


def test_tiny_is_counted_as_by_hand(tiny_shown):
    assert (tiny_shown.applications, tiny_shown.bad_rate.hits, tiny_shown.bad_rate.of) == (11, 4, 10)
    variables = named(tiny_shown)
    assert "loans.loan_id" not in variables
    assert "loans.person_id" not in variables
    assert "loans.defaulted" not in variables
    purposes = {b.level or b.missing: (b.rows, b.bad_rate.hits, b.bad_rate.of) for b in variables["loans.purpose"].bins}
    assert sum(rows for rows, _, _ in purposes.values()) == 11
    assert sum(of for _, _, of in purposes.values()) == 10
    assert sum(hits for _, hits, _ in purposes.values()) == 4
    assert variables["people.gender"].protected
    assert not variables["people.age"].protected
    assert variables["payments"].table == ""  # computed over the rows of a table


def test_tiny_s_broken_rule_is_shown_by_the_columns_it_reads_and_by_no_key(tiny_shown):
    (rule,) = tiny_shown.rules
    assert (rule.name, rule.rows) == ("loan_is_affordable", 2)
    assert rule.columns == (("loans", "amount"), ("people", "income"))
    assert sorted(rule.examples) == [(4000.0, 0.0), (10000.0, 100.0)]


def test_unexpected_values_are_shown_as_they_were(tiny_shown):
    assert {(u.table, u.column): u.values for u in tiny_shown.unexpected} == {
        ("loans", "purpose"): (("boat", 1),),
        ("people", "age"): (("120.0", 1),),
    }


def test_children_are_counted_with_those_who_have_none(tiny_shown):
    (children,) = tiny_shown.children
    assert children.rows == 8
    assert sum(parents for _, parents in children.counts) == 12
    assert children.counts == ((0, 9), (1, 2), (2, 1))  # a payment on or after the decision isn't known
    assert children.missing["paid"] == pytest.approx(1 / 8)


def test_damaged_and_clean_rows_are_every_row_once(tiny_shown):
    damage = tiny_shown.damage
    assert (damage.clean, damage.damaged) == (7, 4)
    assert (damage.bad_rate_clean.hits, damage.bad_rate_damaged.hits) == (1, 3)


def test_the_real_dumps_tell_what_is_known_of_them(alura_shown):
    assert (alura_shown.applications, alura_shown.bad_rate.hits, alura_shown.bad_rate.of) == (34_485, 7_449, 34_142)
    variables = named(alura_shown)
    grade = variables["emprestimos.loan_grade"]
    assert grade.lender_set
    assert grade.bins[-1].missing
    assert [b.level for b in grade.bins[:3]] == ["A", "B", "C"]  # the most frequent first
    rates = {b.level: b.bad_rate.value for b in grade.bins}
    assert rates["G"] > rates["D"] > rates["A"]
    assert variables["dados_mutuarios.person_emp_length"].absence.tells
    assert not variables["dados_mutuarios.person_age"].absence.tells
    assert alura_shown.damage.by[0][:2] == ("consistency.percent_is_amount_over_income", 1_310)
    assert {p.how for p in alura_shown.associations.pairs} == {"rank", "levels", "mixed"}


def test_every_bin_and_bar_holds_each_application_once(alura_shown):
    for v in alura_shown.variables:
        assert sum(b.rows for b in v.bins) == alura_shown.applications, v.name
        if v.histogram:
            h = v.histogram
            assert sum(h.goods) + sum(h.bads) + sum(h.unlabelled) == v.present, v.name


def test_a_univariate_auc_is_scikit_learn_s(alura, alura_engine):
    from sklearn.metrics import roc_auc_score

    schema, engine = alura_engine
    found = named(shown(alura, schema, engine))["dados_mutuarios.person_income"]
    rows = engine.query(
        "SELECT CAST(person_income AS DOUBLE) AS x, loan_status AS y FROM emprestimos JOIN ids USING (loan_id) "
        "JOIN dados_mutuarios USING (person_id) WHERE person_income IS NOT NULL AND loan_status IS NOT NULL "
        "AND person_income >= 1 AND person_id <> ''"
    )
    assert found.auc == pytest.approx(1 - roc_auc_score(rows["y"].to_numpy(), rows["x"].to_numpy()))


def written(folder: Path, loans: str, people: str) -> Path:
    (folder / "loans.csv").write_text(LOANS + loans)
    (folder / "people.csv").write_text(PEOPLE + people)
    (folder / "payments.csv").write_text(PAYMENTS)
    return folder


def test_nothing_is_joined_while_a_key_is_refused(tmp_path, tiny, load):
    folder = written(tmp_path, "1,a,5,car,0\n1,b,6,car,1\n", "a,40,10,f\nb,41,20,m\n")
    schema, engine = load(tiny, folder)
    report = check(tiny, schema, engine)
    assert exhibit(tiny, schema, engine, report) is None
    assert [r.kind for r in remarks_on(report, None)] == ["refused"]


def test_levels_that_nearly_every_row_has_of_its_own_are_not_shown(tmp_path, tiny_document, load):
    document = copy.deepcopy(tiny_document)
    del document["tables"]["loans"]["expect"]["purpose"]
    portfolio = parse_document(document)
    loans = "".join(f"{n},a,{n + 1},word {n},{n % 2}\n" for n in range(60))
    found = shown(portfolio, *load(portfolio, written(tmp_path, loans, "a,40,10,f\n")))
    purpose = named(found)["loans.purpose"]
    assert purpose.hidden
    assert [b.level for b in purpose.bins] == [None]
    assert purpose.bins[0].merged == 60


def test_the_same_tables_give_the_same_exhibit_whatever_the_order_of_their_rows(tmp_path, tiny, load):
    loans = [f"{n},{'ab'[n % 2]},{n + 1},{['car', 'home', 'other'][n % 3]},{n % 2}\n" for n in range(30)]
    people = "a,40,10,f\nb,41,20,m\n"
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, rows in zip(folders, (loans, loans[::-1]), strict=True):
        folder.mkdir()
        written(folder, "".join(rows), people)
    one, two = (shown(tiny, *load(tiny, folder)) for folder in folders)
    assert one == two


def test_what_misses_everything_and_what_never_varies_are_told(tmp_path, tiny, load):
    loans = "".join(f"{n},a,{n + 1},car,{n % 2}\n" for n in range(30))
    found = shown(tiny, *load(tiny, written(tmp_path, loans, "a,40,10,f\n")))
    variables = named(found)
    assert variables["people.age"].distinct == 1
    assert variables["people.age"].auc == pytest.approx(0.5)
    assert variables["mean_paid"].present == 1
    remarks = {r.kind: r for r in remarks_on(check(tiny, *load(tiny, tmp_path)), found)}
    assert "people.age" in remarks["constant"].names
    assert "few_bads" in remarks
    assert np.isfinite([v.information for v in found.variables if v.information is not None]).all()


def test_an_application_without_a_class_counts_but_has_no_rate(tmp_path, tiny, load):
    loans = "1,a,5,car,\n2,b,6,home,0\n3,b,6,home,1\n"
    found = shown(tiny, *load(tiny, written(tmp_path, loans, "a,40,10,f\nb,41,20,m\n")))
    car = next(b for b in named(found)["loans.purpose"].bins if b.level == "car")
    assert (car.rows, car.bad_rate.of, car.bad_rate.value) == (1, 0, None)


def test_the_lender_s_own_opinion_is_no_leak(alura_shown, alura, alura_dumps, load):
    strong = tuple(replace(v, auc=0.95) if v.lender_set else v for v in alura_shown.variables)
    report = check(alura, *load(alura, alura_dumps))
    kinds = [r.kind for r in remarks_on(report, replace(alura_shown, variables=strong))]
    assert "too_good" not in kinds
    assert kinds[0] == "damaged"
    leaking = tuple(replace(v, auc=0.95) for v in alura_shown.variables)
    assert "too_good" in [r.kind for r in remarks_on(report, replace(alura_shown, variables=leaking))]
