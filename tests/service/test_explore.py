"""Does the service tell of groups, of the client that is asked for, and of nobody else?"""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from fiador.adapters.engines import open_engine
from fiador.errors import DataError
from fiador.service.app import create_app
from fiador.service.known import KnownApplications
from fiador.service.slashes import STAND_IN
from fiador.use_cases import applications
from fiador.use_cases.ports import Engine
from fiador.use_cases.tables import load_tables

EXPLORE = "/v1/explore"


def told(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


def keys(client: TestClient, count: int) -> list[str]:
    listed = client.get("/v1/applications", params={"limit": count}).json()["applications"]
    return [each["key"] for each in listed]


def test_every_variable_has_a_histogram_and_a_place_in_a_pair(client: TestClient) -> None:
    listed = client.get(f"{EXPLORE}/variables", params={"language": "fr"}).json()
    assert [each["says"] for each in listed["variables"]][:2] == ["âge", "revenu annuel"]
    for variable in listed["variables"]:
        asked = {"variable": variable["name"], "group": "declined"}
        answer = client.get(f"{EXPLORE}/histogram", params=asked)
        assert answer.status_code == 200
        cells = answer.json()["levels"] or answer.json()["edges"][1:]
        assert len(answer.json()["counts"]) == len(answer.json()["bad_rates"]) == len(cells)
        pair = client.get(f"{EXPLORE}/pair", params={"x": variable["name"], "y": "person_age"}).json()
        assert pair["enough"]


def test_the_lenders_own_opinion_and_what_the_model_reads_are_marked(client: TestClient) -> None:
    listed = {each["name"]: each for each in client.get(f"{EXPLORE}/variables").json()["variables"]}
    assert (listed["loan_grade"]["lender_set"], listed["loan_grade"]["used"]) == (True, False)
    assert (listed["person_age"]["lender_set"], listed["person_age"]["used"]) == (False, True)
    assert listed["employed_share_of_life"]["description"] == "person_emp_length / person_age"
    assert listed["employed_share_of_life"]["tables"] == ["dados_mutuarios"]


def test_no_answer_holds_the_key_of_another_client(client: TestClient) -> None:
    mine, *others = keys(client, 400)
    answers = [
        client.get(f"{EXPLORE}/{path}", params=asked).text
        for path, asked in (
            ("histogram", {"key": mine, "variable": "person_income"}),
            ("pair", {"key": mine, "x": "person_income", "y": "loan_intent"}),
            ("compare", {"key": mine, "group": "goods"}),
            (f"applications/{mine}", {}),
        )
    ]
    assert all(mine in answer for answer in answers)
    assert not [key for key in others if any(key in answer for answer in answers)]


def test_one_clients_answers_never_hold_the_outcome_of_the_loan(client: TestClient) -> None:
    (key,) = keys(client, 1)
    for path in (f"applications/{key}", f"compare?key={key}", f"histogram?variable=loan_intent&key={key}"):
        answer = client.get(f"{EXPLORE}/{path}").json()
        about = answer.get("client") or answer["rows"]
        assert not {"class", "actual", "loan_status", "target"} & set(json.dumps(about).replace('"', " ").split())


@pytest.mark.parametrize(
    ("path", "asked", "status", "said"),
    [
        (
            "histogram",
            {"variable": "person_agee"},
            404,
            "variable: no variable 'person_agee'. Did you mean 'person_age'?",
        ),
        ("histogram", {}, 422, "variable: is missing."),
        ("histogram", {"variable": "person_age", "group": "good"}, 422, "group: 'good': should be 'all',"),
        ("pair", {"x": "person_age", "y": "nothing"}, 404, "variable: no variable 'nothing'."),
        ("compare", {"key": "nobody"}, 404, "loan_id: no application 'nobody'."),
        ("applications/nobody", {}, 404, "loan_id: no application 'nobody'."),
        (
            "histogram",
            {"variable": "person_age", "filter_variable": "loan_amnt", "filter_operator": "gt", "filter_value": "9,5"},
            422,
            "filter_value: '9,5': expected a number with a decimal point: write 9.5.",
        ),
        (
            "histogram",
            {"variable": "person_age", "filter_varable": "loan_amnt"},
            422,
            "filter_varable: no such parameter. Did you mean 'filter_variable'?",
        ),
        ("histogram", {"variable": ["person_age", "loan_amnt"]}, 422, "variable: is given 2 times. Give it once."),
    ],
)
def test_what_cannot_be_told_is_said(
    client: TestClient, path: str, asked: dict[str, Any], status: int, said: str
) -> None:
    answer = client.get(f"{EXPLORE}/{path}", params=asked)
    assert answer.status_code == status
    assert told(answer).startswith(said)


def test_a_service_that_knows_nobody_answers(served: Any) -> None:
    engine = open_engine()
    applications.load_nothing(served.bundle, engine)
    client = TestClient(create_app(served.bundle, engine))
    assert client.get(f"{EXPLORE}/variables").json()["applications"] == 0
    for path in ("histogram?variable=person_age", "pair?x=person_age&y=loan_intent"):
        answer = client.get(f"{EXPLORE}/{path}")
        assert (answer.status_code, answer.json()["enough"]) == (200, False)
    assert client.get("/v1/bi/applications.json").json()["rows"] == []
    assert client.get("/v1/bi/applications.csv").text.count("\r\n") == 1


# --- the population, made once --------------------------------------------------------------------------------------


class Counting:
    """An engine that counts what it is asked to keep, and fails as often as it is told to."""

    def __init__(self, engine: Engine, failures: int = 0) -> None:
        self.engine, self.failures, self.loads = engine, failures, 0

    def load(self, name: str, *rest: Any) -> int:
        self.loads += 1
        if self.loads <= self.failures:
            raise DataError("the disk is full.", where=name)
        return self.engine.load(name, *rest)

    def query(self, *asked: Any, **tables: Any) -> Any:
        return self.engine.query(*asked, **tables)


def test_the_population_is_made_once_whoever_asks_and_however_many(served: Any) -> None:
    engine = Counting(served.engine)
    known = KnownApplications(served.bundle, engine)
    known.start()
    with ThreadPoolExecutor(8) as callers:
        made = list(callers.map(lambda _: known.population(), range(16)))
    assert engine.loads == 1
    assert all(each is made[0] for each in made)


def test_a_population_that_cannot_be_made_is_told_and_tried_again(
    served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(served.bundle, Counting(served.engine, failures=1)))
    answer = client.get(f"{EXPLORE}/variables")
    assert answer.status_code == 503
    assert told(answer).startswith("population: the known applications can't be scored (fiador:population:")
    assert "The next request tries again." in told(answer)
    assert client.get("/health/ready").status_code == 200
    assert client.get(f"{EXPLORE}/variables").status_code == 200


def test_it_starts_with_the_service_and_leaves_off_with_it(served: Any, caplog: pytest.LogCaptureFixture) -> None:
    engine = Counting(served.engine)
    with caplog.at_level(logging.ERROR), TestClient(create_app(served.bundle, engine)) as client:
        assert client.get("/health/ready").status_code == 200
    known = KnownApplications(served.bundle, Counting(served.engine))
    known.stop()
    known.start()
    known.stop()
    assert caplog.text == ""


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["2026/17", "a/decision", "x" * 300, ".", "é %2F?#", "a%2Fb", "//"])
def test_any_key_that_is_listed_can_be_opened(served: Any, simulated: dict, in_memory: type, key: str) -> None:
    engine = open_engine()
    changed = dict(simulated)
    for table in ("emprestimos", "ids"):
        at = changed[table].column_names.index("loan_id")
        first = sorted(simulated["emprestimos"].column("loan_id").to_pylist())[1]
        ids = [key if each == first else each for each in changed[table].column("loan_id").to_pylist()]
        changed[table] = changed[table].set_column(at, "loan_id", pa.array(ids))
    load_tables(served.bundle.portfolio, in_memory(changed), engine)
    client = TestClient(create_app(served.bundle, engine))
    assert client.get("/v1/applications", params={"search": key}).json()["total"] == 1
    encoded = quote(key, safe="").replace(".", "%2E")
    assert client.get(f"/v1/applications/{encoded}").json()["key"] == key
    assert client.get(f"/v1/applications/{encoded}/decision").json()["key"] == key
    assert client.get(f"/v1/explore/applications/{encoded}").json()["key"] == key
    assert STAND_IN not in client.get(f"/v1/applications/{encoded}").text


def test_an_object_that_names_a_thing_twice_is_refused(client: TestClient) -> None:
    body = '{"tables": {"emprestimos": [{"loan_amnt": 8000, "loan_amnt": 9000}]}}'
    answer = client.post("/v1/decisions", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert told(answer) == "body: names 'loan_amnt' twice in one object. Give it once."
