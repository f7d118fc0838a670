"""Does an answer become a value, and a failure an error of ours?"""

from collections.abc import Callable

import httpx
import pytest

from fiador.dashboard.client import NotReadyError, Service
from fiador.errors import FiadorError, RequestError, ServiceError, UnknownKeyError


def service(answer: Callable[[httpx.Request], httpx.Response]) -> Service:
    return Service("http://service/", transport=httpx.MockTransport(answer))


def failing(status: int) -> Service:
    error = {"type": "X", "where": "loan.amount", "what": "is wrong.", "hint": "Mend it."}
    return service(lambda _: httpx.Response(status, json={"error": error}))


def test_a_key_travels_whole_whatever_it_holds() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, json={})

    service(answer).decision("a/b ?é", language="fr")
    service(answer).application("..")
    assert asked == ["/v1/applications/a%2Fb%20%3F%C3%A9/decision?language=fr", "/v1/applications/%2E%2E"]


def test_rows_are_sent_as_tables() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.read() == b'{"tables":{"loan":[{"amount":null}]}}'
        return httpx.Response(200, json={"outcome": "approve"})

    assert service(answer).decide({"loan": [{"amount": None}]}, language="en") == {"outcome": "approve"}


@pytest.mark.parametrize(
    ("status", "kind"), [(404, UnknownKeyError), (422, RequestError), (500, FiadorError), (503, FiadorError)]
)
def test_an_error_keeps_its_kind_and_its_words(status: int, kind: type[FiadorError]) -> None:
    with pytest.raises(kind, match=r"loan.amount: is wrong. Mend it.") as caught:
        failing(status).model()
    assert type(caught.value) is kind


def test_a_service_that_does_not_answer_says_how_to_start_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(
        ServiceError, match=r"http://service: no answer \(ConnectError\). Start it: fiador serve BUNDLE"
    ):
        service(answer).model()


def test_an_answer_from_something_else_is_told_apart() -> None:
    page = service(lambda _: httpx.Response(200, html="<h1>Hello</h1>"))
    with pytest.raises(ServiceError, match=r"is not from a fiador service. Check the address."):
        page.model()


def test_an_address_that_is_none_is_an_error_not_a_crash() -> None:
    with pytest.raises(ServiceError, match="no answer"):
        Service("http://[").model()


def test_a_question_about_everybody_leaves_out_what_is_empty() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={})

    service(answer).explore("histogram", language="fr", variable="a b", key="", group="all")
    assert asked == ["http://service/v1/explore/histogram?language=fr&variable=a+b&group=all"]


def test_a_service_that_takes_long_is_told_apart_from_one_that_is_down() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(NotReadyError, match="takes long to answer. Try again in a moment."):
        service(answer).model()
