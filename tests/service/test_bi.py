"""Does a BI tool get, by address alone, what the service decides, in rows it can draw?"""

from __future__ import annotations

import csv
import io
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fiador.errors import DataError
from fiador.portfolio import Portfolio
from fiador.service import bi, flat
from fiador.service.app import create_app
from fiador.service.sheet import csv_chunks
from fiador.words import LANGUAGES

DECISION, ROWS = "/v1/bi/decision", "/v1/bi/applications"
LOAN = {"loan_intent": "Education", "loan_amnt": 8000, "loan_percent_income": 0.15}
PERSON = {"person_age": 26, "person_income": 55000, "person_home_ownership": "Rent", "person_emp_length": 4.5}
CLIENT = {**LOAN, **PERSON}


def told(answer: Any) -> str:
    assert list(answer.json()["error"]) == ["type", "where", "what", "hint", "message", "details"]
    return str(answer.json()["error"]["message"])


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def values_of(client: TestClient, tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """An application's raw values as the parameters of a decision."""
    taken = {p["name"] for p in client.get("/openapi.json").json()["paths"][DECISION]["get"]["parameters"]}
    values = {name: value for rows in tables.values() for row in rows for name, value in row.items()}
    return {name: value for name, value in values.items() if name in taken and value is not None}


# --- one decision ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_it_is_the_decision_of_the_same_raw_rows(client: TestClient, language: str) -> None:
    tables = {"tables": {"emprestimos": [LOAN], "dados_mutuarios": [PERSON]}}
    posted = client.post("/v1/decisions", params={"language": language}, json=tables).json()
    row = client.get(DECISION, params={**CLIENT, "language": language}).json()
    for name in ("pd", "score", "outcome", "outcome_says", "explanation", "cut_off", "expected_loss", "bundle"):
        assert row[name] == posted[name]
    assert [row[f"reason_{n}"] for n in range(1, 5)][: len(posted["reasons"])] == [r["text"] for r in posted["reasons"]]
    assert row["probability_bad"] == row["pd"] == pytest.approx(1 - row["probability_good"])
    assert row["class"] == int(row["pd"] >= row["cut_off"])


def test_it_is_flat_and_has_the_same_names_in_the_same_order_whatever_is_asked(client: TestClient) -> None:
    rows = [client.get(DECISION, params=asked).json() for asked in (CLIENT, {}, {"person_age": 144})]
    assert len({tuple(row) for row in rows}) == 1
    assert all(value is None or isinstance(value, str | int | float) for row in rows for value in row.values())
    assert rows[1]["expected_loss"] is None
    assert "144 years is outside what is expected" in rows[2]["notices"]


def test_as_csv_it_is_a_header_and_the_same_row(client: TestClient) -> None:
    asked = client.get(DECISION, params=CLIENT).json()
    answer = client.get(DECISION, params={**CLIENT, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = read(answer.text)
    assert list(row) == list(asked)
    assert row == {name: "" if value is None else str(value) for name, value in asked.items()}


def test_an_empty_parameter_is_a_value_that_is_not_given(client: TestClient) -> None:
    empty = dict.fromkeys([*CLIENT, "language", "format"], "")
    assert client.get(DECISION, params=empty).json() == client.get(DECISION).json()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"person_agee": 26}, "person_agee: no such parameter. Did you mean 'person_age'?"),
        ({"person_age": [26, 27]}, "person_age: is given 2 times. Give it once."),
        ({"person_age": "young"}, "person_age: 'young': expected a number, such as 12.5."),
        ({"person_age": "26.5"}, "person_age: '26.5': expected a whole number."),
        (
            {"person_emp_length": "12,5"},
            "person_emp_length: '12,5': expected a number with a decimal point: write 12.5.",
        ),
        ({"person_income": "55,000"}, "person_income: '55,000': expected a number without separators: write 55000."),
        ({"loan_intent": "x" * 1001}, "loan_intent: 'xxx"),
        ({"loan_status": 0}, "loan_status: no such parameter."),
        ({"loan_id": "a"}, "loan_id: no such parameter."),
        ({"format": "xml"}, "format: 'xml': should be 'json' or 'csv'."),
        ({"language": "de"}, "language: 'de': should be 'en', 'fr' or 'pt-BR'."),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(client: TestClient, asked: dict[str, Any], said: str) -> None:
    answer = client.get(DECISION, params=asked)
    assert answer.status_code == 422
    assert told(answer).startswith(said)


def test_it_is_asked_by_address_alone(client: TestClient) -> None:
    assert client.post(DECISION, json=CLIENT).status_code == 405


def test_a_column_two_tables_share_is_named_with_its_table(tiny_document: dict[str, Any]) -> None:
    from types import SimpleNamespace

    from fiador.features.schema import declared_schema, raw_columns
    from fiador.portfolio import parse_document

    tiny_document["tables"]["people"]["columns"]["amount"] = "number"
    tiny_document["features"]["amount"]["row"] = "loans.amount"
    tiny_document["features"]["burden"]["row"] = "loans.amount / income"
    tiny_document["consistency"]["loan_is_affordable"]["holds"] = "loans.amount <= 10 * income"
    portfolio: Portfolio = parse_document(tiny_document)
    schema = declared_schema(portfolio)
    assert schema is not None
    bundle: Any = SimpleNamespace(portfolio=portfolio, raw=raw_columns(portfolio, schema, {}))
    named = [column.name for column in flat.columns_of(bundle)]
    assert named == ["loans.amount", "purpose", "age", "income", "gender", "people.amount"]
    rows = bi.tables_of(bundle, {"loans.amount": 5, "people.amount": 7.0, "purpose": None})
    assert rows == {"loans": [{"amount": 5}], "people": [{"amount": 7.0}]}


class Failing:
    """An engine whose error quotes what it was asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, *_: Any, **__: Any) -> Any:
        raise self.error

    answer = query


@pytest.mark.parametrize("error", [DataError("can't read 'Zanzibar'."), ValueError("no number: 'Zanzibar'")])
def test_what_was_asked_is_logged_nowhere_even_where_it_fails(
    served: Any, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(served.bundle, Failing(error)))  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG):
        caplog.handler.setLevel(logging.DEBUG)
        answers = [
            client.get(DECISION, params={"loan_intent": "Zanzibar"}),
            client.get(DECISION, params={"person_age": "Zanzibar"}),
        ]
    assert [answer.status_code for answer in answers] == [503 if isinstance(error, DataError) else 500, 422]
    logged = [r for r in caplog.records if r.name not in ("httpx", "httpx2")]  # the caller's own, here in one process
    assert logged
    assert not any("Zanzibar" in record.getMessage() or record.exc_info for record in logged)


# --- rows -----------------------------------------------------------------------------------------------------------


def test_pages_hold_every_application_once(client: TestClient) -> None:
    keys, offset = [], 0
    while offset is not None:
        page = client.get(f"{ROWS}.json", params={"limit": 1500, "offset": offset, "columns": "key"}).json()
        keys += [row["key"] for row in page["rows"]]
        offset = page["next"]
    assert keys == sorted(set(keys))
    assert len(keys) == page["total"] == client.get("/v1/applications").json()["total"]


def test_a_row_is_what_is_decided_on_that_application(client: TestClient) -> None:
    for row in client.get(f"{ROWS}.json", params={"limit": 10}).json()["rows"]:
        decision = client.get(f"/v1/applications/{row['key']}/decision").json()
        for name in ("pd", "outcome", "score", "cut_off", "exposure"):
            assert row[name] == pytest.approx(decision[name]) if name == "pd" else row[name] == decision[name]
        raw = client.get(f"/v1/applications/{row['key']}").json()["tables"]
        assert row["loan_amnt"] == raw["emprestimos"][0]["loan_amnt"]
        assert row["class"] == client.get(DECISION, params=values_of(client, raw)).json()["class"]
        assert row["actual"] in ("good", "bad", None)


def test_csv_is_the_same_rows_and_says_how_many_there_are(client: TestClient) -> None:
    asked = {"limit": 3, "outcome": "decline", "columns": "key,pd,loan_intent", "words": "true", "language": "fr"}
    page = client.get(f"{ROWS}.json", params=asked).json()
    answer = client.get(f"{ROWS}.csv", params=asked)
    assert answer.headers["x-total-count"] == str(page["total"])
    assert [list(row.values()) for row in read(answer.text)] == [
        ["" if value is None else str(value) for value in row.values()] for row in page["rows"]
    ]
    assert answer.text.startswith("key,pd,loan_intent\r\n")


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"outcome": "approve"}, lambda row: row["outcome"] == "approve"),
        ({"actual": "bad"}, lambda row: row["actual"] == "bad"),
        ({"pd_min": 0.2, "pd_max": 0.3}, lambda row: 0.2 <= row["pd"] <= 0.3),
        ({"score_min": 540}, lambda row: row["score"] >= 540),
        ({"search": "0"}, lambda row: row["key"].startswith("0")),
        (
            {"loan_intent": "Medical", "loan_grade": "A"},
            lambda row: (row["loan_intent"], row["loan_grade"]) == ("Medical", "A"),
        ),
    ],
)
def test_a_filter_leaves_what_it_says_and_all_of_it(client: TestClient, asked: dict[str, Any], holds: Any) -> None:
    everyone = client.get(f"{ROWS}.json", params={"limit": 10_000}).json()["rows"]
    page = client.get(f"{ROWS}.json", params={**asked, "limit": 10_000}).json()
    assert page["rows"] == [row for row in everyone if holds(row)]
    assert page["total"] == len(page["rows"]) > 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"columns": "key,pdd"}, "columns: no column 'pdd'. Did you mean 'pd'?"),
        ({"limit": 0}, "limit: '0': should be a whole number from 1 to 10000."),
        ({"limit": 10_001}, "limit: '10001': should be a whole number from 1 to 10000."),
        ({"offset": 2**70}, "offset: '1180591620717411303424': should be a whole number from 0"),
        ({"pd_min": "0,2"}, "pd_min: '0,2': expected a number with a decimal point: write 0.2."),
        ({"outcome": "approved"}, "outcome: 'approved': should be 'approve', 'refer', 'decline' or 'refused'."),
        ({"loan_intend": "Medical"}, "loan_intend: no such parameter. Did you mean 'loan_intent'?"),
        ({"outcome": ["approve", "refer"]}, "outcome: is given 2 times. Give it once."),
    ],
)
def test_a_page_that_cannot_be_given_is_told_why(client: TestClient, asked: dict[str, Any], said: str) -> None:
    for form in ("json", "csv"):
        answer = client.get(f"{ROWS}.{form}", params=asked)
        assert answer.status_code == 422
        assert told(answer).startswith(said)


def test_past_the_end_is_an_empty_page(client: TestClient) -> None:
    page = client.get(f"{ROWS}.json", params={"offset": 2**60}).json()
    assert (page["rows"], page["next"]) == ([], None)


def test_every_column_can_be_named_however_many_there_are(client: TestClient) -> None:
    """700 columns of 20 letters are 15,398 characters with their commas and blanks, and no more."""
    columns = [f"feature_number_{n:05d}" for n in range(700)]
    page = flat.rows_model({}, 10, 10, columns=columns)
    assert page.model_validate({"columns": ", ".join(columns)}).model_dump()["columns"] == ", ".join(columns)
    with pytest.raises(ValueError, match="should have at most 15398 characters"):
        page.model_validate({"columns": ", ".join(columns) + ","})
    parameters = client.get("/openapi.json").json()["paths"][f"{ROWS}.json"]["get"]["parameters"]
    assert next(p["schema"] for p in parameters if p["name"] == "columns")["maxLength"] >= 1000


def test_a_header_is_no_parameter_to_have_been_meant(client: TestClient) -> None:
    for typed in ("accept-language", "Accept-Languages"):
        answer = client.get(DECISION, params={typed: "fr"})
        assert told(answer).startswith(f"{typed}: no such parameter.")
        assert "Accept-Language'" not in told(answer)


def test_a_cell_a_spreadsheet_would_run_is_made_text() -> None:
    rows = [{"a": "=HYPERLINK(1)", "b": -1.5}, {"a": "@x", "b": None}, {"a": 'he said "no",\n-1', "b": 2}]
    text = "".join(csv_chunks(["a", "b"], rows))
    assert text == 'a,b\r\n\'=HYPERLINK(1),-1.5\r\n\'@x,\r\n"he said ""no"",\n-1",2\r\n'


def test_a_feature_called_like_a_column_of_ours_keeps_a_name_of_its_own() -> None:
    from fiador.use_cases.exploring.variables import KnownVariable

    listed = [
        KnownVariable("pd", "v0", "number"), KnownVariable("income", "v1", "number"),
        KnownVariable("people.income", "v2", "number", "people", "income"),
        KnownVariable("people.age", "v3", "number", "people", "age"),
    ]  # fmt: skip
    assert list(flat.row_names(listed)) == ["feature.pd", "income", "people.income", "age"]


def test_the_parameters_are_those_of_openapi(client: TestClient, served: Any) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    told_of = {p["name"]: p["schema"]["type"] for p in paths[DECISION]["get"]["parameters"] if p["in"] == "query"}
    assert told_of.pop("format") == told_of.pop("language") == "string"
    assert told_of == {
        column: {"text": "string"}.get(raw.type, raw.type)
        for columns in served.bundle.raw.values()
        for column, raw in columns.items()
        if raw.role == "value"
    }
