"""Does the service decide what it is asked, and say clearly what it can't?"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fiador.errors import BundleError
from fiador.service.app import create_app
from fiador.service.request import example
from fiador.use_cases import applications
from fiador.words import LANGUAGES, say

JSON = {"content-type": "application/json"}
LOAN = {"loan_intent": "Education", "loan_amnt": 8000, "loan_percent_income": 0.15}
PERSON = {"person_age": 26, "person_income": 55000, "person_home_ownership": "Rent", "person_emp_length": 4.0}
KNOWN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sent(client: TestClient, loan: dict[str, Any] | None = None, person: dict[str, Any] | None = None) -> Any:
    tables = {"emprestimos": [LOAN | (loan or {})], "dados_mutuarios": [PERSON | (person or {})]}
    return client.post("/v1/decisions", json={"tables": tables})


def told(answer: Any) -> str:
    """The message of an error, once it has the shape of every error."""
    error = answer.json()["error"]
    assert list(error) == ["type", "where", "what", "hint", "message", "details"]
    assert "Traceback" not in answer.text
    return str(error["message"])


def first_keys(client: TestClient, count: int = 1) -> list[str]:
    return [row["key"] for row in client.get("/v1/applications", params={"limit": count}).json()["applications"]]


# --- deciding -----------------------------------------------------------------------------------------------------


def test_an_application_is_decided_from_its_raw_rows(client: TestClient) -> None:
    answer = sent(client)
    assert answer.status_code == 200
    decision = answer.json()
    assert decision["key"] is None
    assert decision["exposure"] == 8000
    assert 0 < decision["pd"] < 1
    assert decision["expected_loss"] == pytest.approx(decision["pd"] * 0.45 * 8000)
    assert decision["bundle"] == client.get("/health/ready").json()["bundle"]


def test_contributions_sum_to_the_distance_from_the_reference(client: TestClient) -> None:
    decision = sent(client).json()
    total = sum(row["contribution"] for row in decision["contributions"])
    assert total == pytest.approx(decision["log_odds"] - decision["base_log_odds"], abs=1e-6)


def test_a_known_application_is_decided_as_its_rows_are(client: TestClient) -> None:
    for key in first_keys(client, 20):
        rows = client.get(f"/v1/applications/{key}").json()["tables"]
        posted = client.post("/v1/decisions", json={"tables": rows})
        assert posted.json() == client.get(f"/v1/applications/{key}/decision").json()
        assert posted.json()["key"] == key


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_a_decision_speaks_the_language_asked_for(client: TestClient, language: str) -> None:
    asked = client.post("/v1/decisions", params={"language": language}, json=client_example(client)).json()
    header = client.post("/v1/decisions", headers={"Accept-Language": language}, json=client_example(client)).json()
    assert asked == header
    assert asked["language"] == language
    assert asked["outcome_says"] == say(f"outcome.{asked['outcome']}", language)


def client_example(client: TestClient) -> Any:
    return client.get("/openapi.json").json()["components"]["schemas"]["DecisionRequest"]["example"]


def test_the_documented_example_is_answered_without_a_notice(client: TestClient) -> None:
    answer = client.post("/v1/decisions", json=client_example(client))
    assert answer.status_code == 200
    assert answer.json()["notices"] == []


def test_missing_values_columns_and_tables_may_be_left_out(client: TestClient) -> None:
    nothing = client.post("/v1/decisions", json={"tables": {"emprestimos": [{}]}})
    nulls = sent(client, dict.fromkeys(LOAN), dict.fromkeys(PERSON))
    assert nothing.status_code == nulls.status_code == 200
    assert nothing.json()["pd"] == nulls.json()["pd"]
    assert nulls.json()["expected_loss"] is None


@pytest.mark.parametrize(("column", "value"), [("person_age", 144), ("person_home_ownership", "Boat")])
def test_a_value_outside_expectation_is_taken_as_absent_and_said(
    client: TestClient, column: str, value: object
) -> None:
    breached, absent = sent(client, person={column: value}).json(), sent(client, person={column: None}).json()
    assert breached["pd"] == absent["pd"]
    assert [notice["column"] for notice in breached["notices"]] == [column]
    assert str(value) in breached["notices"][0]["text"]


def test_a_rule_decides_whatever_the_risk(client: TestClient) -> None:
    decision = sent(client, person={"person_age": 17}).json()
    assert decision["outcome"] == "decline"
    assert decision["rule"] == {"name": "under_age", "says": "the applicant is under 18"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/v1/applications?serach=06", "serach: no such parameter. Did you mean 'search'?"),
        ("/v1/model?lang=fr", "lang: no such parameter."),
    ],
)
def test_a_parameter_that_an_address_does_not_take_is_refused(client: TestClient, address: str, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(said)


def test_a_probe_may_ask_for_health_with_any_parameter(client: TestClient) -> None:
    assert client.get("/health/live?now=1").status_code == 200


# --- reading --------------------------------------------------------------------------------------------------------


def test_applications_are_listed_page_by_page_without_gap_or_repeat(client: TestClient) -> None:
    keys, offset = [], 0
    while offset is not None:
        page = client.get("/v1/applications", params={"limit": 400, "offset": offset}).json()
        keys += [row["key"] for row in page["applications"]]
        offset = page["next"]
    assert keys == sorted(set(keys))
    assert len(keys) == page["total"]


def test_a_search_lists_the_keys_that_begin_so(client: TestClient) -> None:
    start = first_keys(client)[0][:2]
    page = client.get("/v1/applications", params={"search": start}).json()
    assert page["total"] >= 1
    assert all(row["key"].startswith(start) for row in page["applications"])


def test_past_the_end_is_an_empty_page(client: TestClient) -> None:
    page = client.get("/v1/applications", params={"offset": 10**9}).json()
    assert page["applications"] == []
    assert page["next"] is None


def test_a_known_application_never_shows_its_target(client: TestClient) -> None:
    rows = client.get(f"/v1/applications/{first_keys(client)[0]}").json()["tables"]
    assert "loan_status" not in rows["emprestimos"][0]
    assert "person_age" in rows["dados_mutuarios"][0]


def test_the_model_describes_every_table_it_reads(client: TestClient) -> None:
    model = client.get("/v1/model", params={"language": "fr"}).json()
    assert {table["name"] for table in model["tables"]} == {"emprestimos", "ids", "dados_mutuarios", "historicos_banco"}
    assert model["champion"] in ("lightgbm", "logistic_regression")
    assert model["metrics"]["auc"]["low"] <= model["metrics"]["auc"]["mean"] <= model["metrics"]["auc"]["high"]


def test_every_feature_of_the_model_has_a_distribution(client: TestClient) -> None:
    model = client.get("/v1/model").json()
    for feature in model["features"]:
        spread = client.get(f"/v1/features/{feature['name']}/distribution").json()
        counted = sum(spread["goods"]) + sum(spread["bads"]) + sum(spread["missing"].values())
        assert counted == model["development"]["labelled"]
        assert len(spread.get("levels") or spread["edges"][1:]) == len(spread["goods"])


def test_the_service_says_it_lives_and_is_ready(client: TestClient, served: Any) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "bundle": served.bundle.id}


def test_a_bundle_that_cannot_be_opened_is_not_ready(served: Any) -> None:
    class Broken:
        def query(self, *_: object, **__: object) -> None:
            raise BundleError("is gone.", where="engine", hint="Start again.")

    answer = TestClient(create_app(served.bundle, Broken())).get("/health/ready")
    assert answer.status_code == 503
    assert told(answer) == "engine: is gone. Start again."


def test_the_documentation_page_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "://" not in page.replace("http://testserver", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static-offline-docs/{asset}").status_code == 200


# --- refusing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"person_age": "26"}, "dados_mutuarios.person_age: '26' (text): expected a whole number, or null."),
        ({"person_age": 26.5}, "dados_mutuarios.person_age: 26.5 (a number): expected a whole number, or null."),
        ({"person_age": True}, "dados_mutuarios.person_age: true: expected a whole number, or null."),
        ({"person_home_ownership": 1}, "dados_mutuarios.person_home_ownership: 1 (a number): expected text, or null."),
        ({"person_agee": 3}, "dados_mutuarios.person_agee: no column 'person_agee'. Did you mean 'person_age'?"),
        ({"person_age": 2**63}, "dados_mutuarios.person_age: 9223372036854775808 (a number): should be less than"),
        ({"person_home_ownership": "x" * 1001}, "should have at most 1000 characters"),
    ],
)
def test_a_wrong_value_names_its_table_and_column(client: TestClient, person: dict[str, Any], said: str) -> None:
    answer = sent(client, person=person)
    assert answer.status_code == 422
    assert said in told(answer)
    assert answer.json()["error"]["details"][0]["table"] == "dados_mutuarios"


def test_a_whole_number_written_with_a_point_is_a_whole_number(client: TestClient) -> None:
    assert sent(client, person={"person_age": 26.0}).json() == sent(client, person={"person_age": 26}).json()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_a_number_that_is_none_is_refused(client: TestClient, value: str) -> None:
    body = f'{{"tables": {{"emprestimos": [{{"loan_percent_income": {value}}}]}}}}'
    answer = client.post("/v1/decisions", content=body, headers=JSON)
    assert answer.status_code == 422
    assert told(answer).startswith("emprestimos.loan_percent_income: ")


def test_the_target_is_never_accepted(client: TestClient) -> None:
    answer = sent(client, loan={"loan_status": 0})
    assert answer.status_code == 422
    assert "The target is not known at the decision: leave it out." in told(answer)


def test_everything_wrong_is_told_at_once(client: TestClient) -> None:
    details = sent(client, {"loan_amnt": "x"}, {"person_age": "y"}).json()["error"]["details"]
    assert [(each["table"], each["column"]) for each in details] == [
        ("emprestimos", "loan_amnt"),
        ("dados_mutuarios", "person_age"),
    ]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({}, "emprestimos: is missing. Send one row of it"),
        ({"emprestimos": []}, "emprestimos: 0 rows, expected one."),
        ({"emprestimos": [{}, {}]}, "emprestimos: 2 rows, expected one."),
        ({"emprestimos": [{}], "dados_mutuarios": [{}, {}]}, "dados_mutuarios: 2 rows, expected one."),
        ({"emprestimo": [{}]}, "emprestimo: no table 'emprestimo'. Did you mean 'emprestimos'?"),
        ({"emprestimos": {}}, "emprestimos: an object: expected a list of rows."),
        ({"emprestimos": [1]}, "emprestimos: 1 (a number): expected an object."),
        ([], "tables: a list: expected an object."),
        ({"emprestimos": [{"loan_id": "a"}], "ids": [{"loan_id": "b"}]}, "they name different applications."),
    ],
)
def test_tables_that_cannot_be_read_are_named(client: TestClient, tables: Any, said: str) -> None:
    answer = client.post("/v1/decisions", json={"tables": tables})
    assert answer.status_code == 422
    assert said in told(answer)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: is empty. Send"),
        (b"{oops", "body: is not JSON: "),
        (b"[]", "body: a list: expected an object."),
        (b"null", "body: null: expected an object."),
        (b"{}", "tables: is missing. Send"),
        (b'{"tables": {"emprestimos": [{}]}, "lang": 1}', "body: unknown key 'lang'."),
        (b'{"tables": {"emprestimos": [{"loan_id": "\xff"}]}}', "body: can't be read as JSON."),
        (b'{"tables": ' + b"[" * 20_000, "body: can't be read as JSON."),
        (b'{"tables": {"emprestimos": [{"loan_amnt": ' + b"9" * 5000 + b"}]}}", "body: can't be read as JSON."),
        (b'{"tables": {"emprestimos": [{"\\ud800": 1}]}}', "emprestimos: "),
        (b'{"tables": {"emprestimos": [{"loan_intent": "\\ud800"}]}}', "emprestimos.loan_intent: "),
    ],
    ids=["empty", "broken", "list", "null", "object", "extra", "bytes", "deep", "digits", "odd column", "odd text"],
)
def test_a_body_that_cannot_be_read_says_what_to_send(client: TestClient, body: bytes, said: str) -> None:
    answer = client.post("/v1/decisions", content=body, headers=JSON)
    assert answer.status_code == 422
    assert told(answer).startswith(said)


@pytest.mark.parametrize(("kind", "said"), [("text/plain", "is 'text/plain'"), ("", "is missing")])
def test_a_body_of_another_kind_is_told_which_is_read(client: TestClient, kind: str, said: str) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = client.post("/v1/decisions", content=b'{"tables": {}}', headers=headers)
    assert answer.status_code == 422
    assert told(answer).startswith(f"Content-Type: {said}, expected 'application/json'.")


def test_a_large_body_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/decisions", content=b"x" * 10_000_000, headers=JSON)
    assert answer.status_code == 413
    assert told(answer) == "body: the body is over 50,000 bytes. Send one application a request."


def test_a_large_body_that_does_not_say_its_length_is_refused_once_it_passes_the_limit(client: TestClient) -> None:
    given_out = []

    def chunks() -> Any:
        for _ in range(1000):
            given_out.append(1)
            yield b"x" * 10_000

    answer = client.post("/v1/decisions", content=chunks(), headers=JSON)
    assert answer.status_code == 413


def test_a_body_of_exactly_the_limit_is_read(client: TestClient) -> None:
    body = json.dumps({"tables": {"emprestimos": [LOAN]}}).encode()
    assert client.post("/v1/decisions", content=body.ljust(50_000), headers=JSON).status_code == 200
    assert client.post("/v1/decisions", content=body.ljust(50_001), headers=JSON).status_code == 413


@pytest.mark.parametrize("path", ["/v1/applications/nobody", "/v1/applications/nobody/decision"])
def test_an_unknown_key_is_told_where_to_look(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert told(answer) == "loan_id: no application 'nobody'. List them with GET /v1/applications."


def test_an_unknown_feature_names_the_nearest(client: TestClient) -> None:
    answer = client.get("/v1/features/person_agee/distribution")
    assert answer.status_code == 404
    assert told(answer) == "features: no feature 'person_agee'. Did you mean 'person_age'?"


def test_an_unknown_address_and_method_have_the_shape_of_every_error(client: TestClient) -> None:
    assert told(client.get("/v2")) == "/v2: no such address. The addresses are at /docs."
    wrong = client.get("/v1/decisions")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert told(wrong) == "/v1/decisions: this address doesn't take GET. See /docs."


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"limit": 0}, "limit: '0': should be greater than or equal to 1."),
        ({"limit": "many"}, "limit: 'many': "),
        ({"offset": -1}, "offset: '-1': should be greater than or equal to 0."),
    ],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: dict[str, Any], said: str) -> None:
    answer = client.get("/v1/applications", params=query)
    assert answer.status_code == 422
    assert told(answer).startswith(said)


def test_an_unknown_language_is_refused_with_those_that_are_known(client: TestClient) -> None:
    answer = client.get("/v1/model", params={"language": "de"})
    assert answer.status_code == 422
    assert told(answer) == "language: 'de': should be 'en', 'fr' or 'pt-BR'."


def test_what_was_not_foreseen_is_told_without_its_inside(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(applications, "list_applications", fail)
    answer = TestClient(create_app(served.bundle, served.engine), raise_server_exceptions=False).get("/v1/applications")
    assert answer.status_code == 500
    assert told(answer) == "the service failed. Its log says why."
    assert "secret" not in answer.text


# --- laws -----------------------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=6,
)


@KNOWN
@given(column=st.sampled_from([*PERSON, *LOAN, "loan_id", "person_id"]), value=ANY)
def test_whatever_a_column_holds_the_answer_is_a_decision_or_says_what_is_wrong(
    client: TestClient, column: str, value: object
) -> None:
    table = "emprestimos" if column.startswith("loan") else "dados_mutuarios"
    body = json.dumps({"tables": {"emprestimos": [{}], table: [{column: value}]}})
    answer = client.post("/v1/decisions", content=body, headers=JSON)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert told(answer).startswith(f"{table}.{column}: ")


@KNOWN
@given(body=ANY)
def test_whatever_the_body_holds_nothing_fails(client: TestClient, body: object) -> None:
    answer = client.post("/v1/decisions", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 422
    assert told(answer)


@KNOWN
@given(key=st.text(min_size=1, max_size=30).filter(lambda key: key not in (".", "..")))
def test_whatever_key_is_asked_for_nothing_fails(client: TestClient, key: str) -> None:
    encoded = quote(key.encode("utf-8", "replace"), safe="")
    assert client.get(f"/v1/applications/{encoded}").status_code == 404


def test_openapi_declares_every_status_that_is_answered(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths["/v1/decisions"]["post"]["responses"]) == {"200", "413", "422", "500", "503"}
    assert set(paths["/v1/applications/{key}"]["get"]["responses"]) == {"200", "404", "422", "500", "503"}


def test_the_request_schema_names_the_raw_columns_and_not_the_target(client: TestClient, served: Any) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert set(schemas["Tables"]["properties"]) == set(served.bundle.raw)
    assert schemas["Tables"]["required"] == ["emprestimos"]
    columns = schemas["Row0_emprestimos"]["properties"]
    assert "loan_amnt" in columns
    assert "loan_status" not in columns
    assert example(served.bundle) == client_example(client)
