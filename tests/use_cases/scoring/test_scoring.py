"""Is a decision what the bundle, the costs and the rules say, for every awkward row?"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

from fiador.adapters.engines import open_engine
from fiador.errors import RequestError, UnknownKeyError
from fiador.use_cases import applications, scoring
from fiador.use_cases.scoring import table

ROW = {
    "emprestimos": [{"loan_intent": "Medical", "loan_amnt": 9000, "loan_percent_income": 0.2}],
    "dados_mutuarios": [
        {"person_age": 27, "person_income": 45000, "person_home_ownership": "Rent", "person_emp_length": 3.0}
    ],
    "historicos_banco": [{"cb_person_default_on_file": "N", "cb_person_cred_hist_length": 4}],
}


def with_value(table: str, column: str, value: object) -> dict:
    rows = copy.deepcopy(ROW)
    rows[table][0][column] = value
    return rows


@pytest.fixture(scope="session")
def decide(bundle):
    engine = open_engine()
    applications.load_nothing(bundle, engine)
    return lambda tables: scoring.decide(bundle, tables, engine=engine)


def test_one_row_per_table_needs_no_link_rows(decide):
    decision = decide(ROW)
    assert decision.key is None
    assert 0 < decision.pd < 1
    assert decision.values["person_income"] == 45000


def test_link_columns_may_be_given_where_they_agree(decide):
    linked = copy.deepcopy(ROW)
    linked["emprestimos"][0]["loan_id"] = "L1"
    linked["ids"] = [{"loan_id": "L1", "person_id": "P1", "cb_id": "C1"}]
    linked["dados_mutuarios"][0]["person_id"] = "P1"
    linked["historicos_banco"][0]["cb_id"] = "C1"
    assert decide(linked).pd == decide(ROW).pd
    assert decide(linked).key == "L1"
    linked["dados_mutuarios"][0]["person_id"] = "P2"
    with pytest.raises(
        RequestError, match=r"dados_mutuarios.person_id: 'P1' in ids.person_id and 'P2' in dados_mutuarios.person_id"
    ):
        decide(linked)


def test_missing_values_missing_rows_and_missing_tables_are_scored_alike(decide):
    nothing = decide({"emprestimos": [{}]})
    nulls = {t: [dict.fromkeys(rows[0])] for t, rows in ROW.items()}
    assert decide(nulls).pd == nothing.pd
    blank = with_value("dados_mutuarios", "person_home_ownership", "")
    assert decide(blank).pd == decide(with_value("dados_mutuarios", "person_home_ownership", None)).pd


def test_contributions_add_up_to_the_log_odds_against_the_reference(decide):
    decision = decide(ROW)
    assert sum(decision.contributions.values()) == pytest.approx(
        decision.log_odds - decision.reference_log_odds, abs=1e-9
    )


def test_reasons_are_the_strongest_contributions_that_point_the_decision_s_way(decide, bundle):
    for tables in (ROW, with_value("emprestimos", "loan_percent_income", 0.6)):
        decision = decide(tables)
        sign = -1 if decision.outcome == "approve" else 1
        assert len(decision.reasons) <= 4
        assert all(sign * reason.contribution > 0 for reason in decision.reasons)
        strongest = max(decision.contributions, key=lambda name: sign * decision.contributions[name])
        groups = {name: f.group or name for name, f in bundle.portfolio.features.items()}
        spoken = [groups[reason.feature] for reason in decision.reasons]
        assert len(set(spoken)) == len(spoken)
        assert groups[strongest] in spoken


def test_money_follows_from_pd_and_exposure(decide, bundle):
    decision = decide(ROW)
    assert decision.exposure == 9000
    assert decision.expected_loss == pytest.approx(decision.pd * 0.45 * 9000)
    assert decision.expected_profit == pytest.approx((1 - decision.pd) * 0.10 * 9000 - decision.pd * 0.45 * 9000)
    assert bundle.cut_off == pytest.approx(0.10 / 0.55)
    odds = (1 - decision.pd) / decision.pd
    assert decision.score == round(600 + 20 / np.log(2) * np.log(odds / 50))


def test_an_unknown_amount_refers_and_has_no_money(decide):
    decision = decide(with_value("emprestimos", "loan_amnt", None))
    assert (decision.outcome, decision.rule) == ("refer", "no_amount")
    assert (decision.exposure, decision.expected_loss, decision.refer_band) == (None, None, None)


def test_a_minor_is_declined_whatever_the_pd(decide):
    decision = decide(with_value("dados_mutuarios", "person_age", 17))
    assert (decision.outcome, decision.rule) == ("decline", "under_age")
    assert "under 18" in decision.to_json("en")["explanation"]
    assert "menos de 18" in decision.to_json("pt-BR")["explanation"]


def test_a_rule_that_cannot_be_checked_says_nothing_of_the_applicant(decide):
    minor = decide(with_value("dados_mutuarios", "person_age", 17))
    unknown = dataclasses.replace(
        minor, outcome="refer", by="null_rule"
    )  # as a rule with if_missing = "refer" leaves it
    told = {language: unknown.to_json(language)["explanation"] for language in ("en", "fr", "pt-BR")}
    assert told == {
        "en": "A rule of the lender could not be checked, because a value it needs is not given: "
        "whether the applicant is under 18.",
        "fr": "Une règle du prêteur n’a pas pu être vérifiée, car une valeur nécessaire n’est pas renseignée\u00a0: "
        "si le demandeur a moins de 18 ans.",
        "pt-BR": "Uma regra da instituição não pôde ser verificada, pois falta um valor necessário: "
        "se o solicitante tem menos de 18 anos.",
    }


def test_an_unknown_level_is_taken_as_missing_and_said(decide):
    unseen = decide(with_value("emprestimos", "loan_intent", "Yacht"))
    missing = decide(with_value("emprestimos", "loan_intent", None))
    assert unseen.pd == missing.pd
    notice = unseen.to_json("en")["notices"][0]
    assert (notice["table"], notice["column"], notice["value"], notice["action"]) == (
        "emprestimos",
        "loan_intent",
        "Yacht",
        "null",
    )
    assert "Yacht" in notice["text"]


def test_an_out_of_range_number_takes_its_declared_action(decide):
    old = decide(with_value("dados_mutuarios", "person_age", 144))
    assert old.pd == decide(with_value("dados_mutuarios", "person_age", None)).pd
    negative = decide(with_value("dados_mutuarios", "person_income", -5))
    assert negative.outcome == "refer"
    assert [n.action for n in negative.notices] == ["refer"]


def test_a_value_in_a_notice_is_written_as_on_the_page(decide):
    old = decide(with_value("dados_mutuarios", "person_age", 144.0))
    assert old.to_json("fr")["notices"][0]["text"].startswith("Âge\u00a0: 144 ans est hors")
    negative = decide(with_value("dados_mutuarios", "person_income", -5000))
    assert "−R$5,000 is outside" in negative.to_json("en")["notices"][0]["text"]


def test_a_refused_value_is_a_request_error_that_names_it(tiny, tiny_document, train_on, load, request):
    document = copy.deepcopy(tiny_document)
    document["training"] = {"folds": 2, "candidates": ["logistic_regression"]}
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    bundle = train_on(document, schema, engine)
    with pytest.raises(RequestError, match=r"loans.amount: 2000000 is outside what is expected; this lender refuses"):
        scoring.decide(bundle, {"loans": [{"amount": 2_000_000}]}, engine=engine)
    many = scoring.decide(
        bundle,
        {"loans": [{"amount": 10}], "payments": [{"days_before": 3, "paid": 1.0, "due": 2.0}] * 3},
        engine=engine,
    )
    assert (many.values["payments"], many.values["short_payments"], many.values["total_paid"]) == (3, 3, 3)
    assert "gender" not in many.values
    assert "gender" not in many.contributions


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({}, "emprestimos: 0 rows, expected one"),
        ({"emprestimos": [{}, {}]}, "emprestimos: 2 rows, expected one"),
        ({"emprestimos": [{}], "ids": [{}, {}]}, "ids: 2 rows, expected one at most"),
        ({"emprestimo": [{}]}, "no table 'emprestimo'. Did you mean 'emprestimos'"),
        (
            {"emprestimos": [{"loan_amount": 1}]},
            r"emprestimos.loan_amount: no column 'loan_amount'. Did you mean 'loan_amnt'",
        ),
        ({"emprestimos": [{"loan_status": 1}]}, r"no column 'loan_status'. The target is not known at the decision"),
        ({"emprestimos": [{"loan_amnt": "a lot"}]}, r"emprestimos.loan_amnt: 'a lot' is not of type int64"),
    ],
)
def test_rows_that_cannot_be_scored_say_where_and_why(decide, tables, words):
    with pytest.raises(RequestError, match=words):
        decide(tables)


def test_an_unknown_key_is_its_own_error(bundle, alura_engine):
    with pytest.raises(UnknownKeyError, match="no application 'nobody'"):
        scoring.score_one(bundle, "nobody", engine=alura_engine[1])


def test_known_applications_are_listed_in_order_by_page_and_prefix(bundle, alura_engine):
    _, engine = alura_engine
    first = applications.list_applications(bundle, engine=engine, limit=10)
    second = applications.list_applications(bundle, engine=engine, limit=10, offset=10)
    assert first.total == 4000
    assert first.keys + second.keys == sorted(first.keys + second.keys)
    prefix = first.keys[3][:4]
    assert all(
        key.startswith(prefix) for key in applications.list_applications(bundle, engine=engine, search=prefix).keys
    )


def test_a_batch_has_a_row_an_application_and_every_outcome_agrees_with_its_columns(bundle, alura_engine):
    rows = table.decisions(scoring.score(bundle, engine=alura_engine[1]), "fr").to_pandas()
    assert len(rows) == 4000
    assert set(rows["outcome"]) <= {"approve", "refer", "decline"}
    by_cost = rows[rows["rule"].isna() & rows["notices"].isna()]
    assert (by_cost.loc[by_cost["outcome"] == "approve", "pd"] < bundle.cut_off).all()
    assert (by_cost.loc[by_cost["outcome"] == "decline", "pd"] >= bundle.cut_off).all()
    assert rows.loc[rows["outcome"] == "decline", "reason_1_text"].str.contains("augmente").mean() > 0.99


def test_a_person_with_a_blank_key_is_never_given_another_s_row(bundle, alura_engine):
    _, engine = alura_engine
    blank = (
        engine.query("SELECT loan_id FROM ids WHERE person_id = '' OR person_id IS NULL").column("loan_id").to_pylist()
    )
    assert blank
    rows = applications.application(bundle, blank[0], engine=engine)
    assert rows["dados_mutuarios"] == []
    assert scoring.decide(bundle, rows, engine=engine).values["person_age"] is None


def test_a_batch_s_sentences_are_those_of_each_decision(bundle, alura_engine):
    _, engine = alura_engine
    scored = scoring.score(bundle, engine=engine)
    rows = table.decisions(scored, "pt-BR").to_pylist()
    for at in [*range(40), *np.flatnonzero(scored.refused)[:5]]:
        said = [rows[at][f"reason_{n}_text"] for n in range(1, 5) if rows[at][f"reason_{n}_text"]]
        if scored.refused[at]:
            assert said == []
        else:
            told = scoring.decision_at(scored, at).to_json("pt-BR")["reasons"]
            assert said == [reason["text"] for reason in told]
