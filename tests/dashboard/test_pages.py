"""Does the page show what the service answered, in the language asked for, and say what to do when it can't?"""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

import fiador.dashboard
from fiador.words import LANGUAGES, say, texts

APP = Path(fiador.dashboard.__file__).with_name("app.py")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there
Open = Callable[..., AppTest]


@pytest.fixture
def open_page(service_url: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the page against the canned service, or another address."""

    def opened(*, url: str = service_url, language: str = "en") -> AppTest:
        monkeypatch.setenv(fiador.dashboard.SERVICE_URL, url)
        page = AppTest.from_file(str(APP), default_timeout=30)
        page.query_params["language"] = language
        return page.run()

    return opened


def shown(page: AppTest) -> str:
    """Everything the page says in HTML."""
    assert not page.exception, page.exception
    return "\n".join(element.proto.body for element in page.get("html") if hasattr(element.proto, "body"))


def choose(page: AppTest, key: str) -> AppTest:
    return page.radio[0].set_value(key).run()


def test_only_what_the_decision_read_stands_among_its_data(open_page: Open) -> None:
    said = shown(choose(open_page(), "00000077-7"))
    assert "Amount requested" in said
    assert "Branch" not in said


def test_an_empty_page_says_what_to_do(open_page: Open) -> None:
    page = open_page()
    assert say("page.choose", "en") in shown(page)
    assert page.radio[0].options == [f"{n:08d}-{n % 10}" for n in range(77, 85)]


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_the_whole_page_speaks_the_language_chosen(open_page: Open, language: str) -> None:
    said = shown(choose(open_page(language=language), "00000077-7"))
    assert say("outcome.decline", language) in said
    assert {"en": "63.5%", "fr": "63,5\xa0%", "pt-BR": "63,5%"}[language] in said
    assert {"en": "R$10,000", "fr": "10\u202f000\xa0R$", "pt-BR": "R$\xa010.000"}[language] in said
    others = [each.code for each in LANGUAGES if each.code != language]
    for key in ("page.reasons", "page.position", "page.expected_loss.note", "outcome.decline"):
        assert not [code for code in others if f">{texts(code)[key]}<" in said]


def test_switching_language_keeps_the_chosen_application(open_page: Open) -> None:
    page = choose(open_page(), "00000078-8")
    page = page.selectbox(key="language").set_value("fr").run()
    said = shown(page)
    assert "Demande 00000078-8" in said
    assert "Acceptée" in said


@pytest.mark.parametrize(
    ("key", "outcome"), [("00000077-7", "decline"), ("00000078-8", "approve"), ("00000079-9", "refer")]
)
def test_an_outcome_is_told_by_sign_word_and_colour(open_page: Open, key: str, outcome: str) -> None:
    said = shown(choose(open_page(), key))
    assert f"f-verdict f-{outcome}" in said
    assert f"f-sign-{outcome}" in said
    assert f"<h2>{say(f'outcome.{outcome}', 'en')}</h2>" in said


def test_reasons_show_their_value_once_and_what_it_does_to_the_risk(open_page: Open, canned: ModuleType) -> None:
    said = shown(choose(open_page(), "00000077-7"))
    for reason in canned.decision("00000077-7", "en")["reasons"]:
        effect = re.split(" This | Its absence ", reason["text"])[1]
        assert effect[:1].upper() + effect[1:] in said
        assert reason["text"] not in said
        assert f'<span class="f-value">{reason["value_says"]}</span>' in said


def test_what_became_of_an_unexpected_value_is_said(open_page: Open) -> None:
    assert "Age: 144 is outside what is expected" in shown(choose(open_page(), "00000079-9"))


def test_the_first_reason_is_compared_first(open_page: Open) -> None:
    page = choose(open_page(), "00000077-7")
    assert page.selectbox(key="compare-00000077-7").value == "loan_percent_income"


def test_searching_finds_keys_that_begin_so(open_page: Open) -> None:
    page = open_page().text_input(key="search").set_value("0000010").run()
    assert page.radio[0].options == [f"{n:08d}-{n % 10}" for n in range(100, 107)]


def test_a_search_that_finds_nothing_says_so(open_page: Open) -> None:
    page = open_page().text_input(key="search").set_value("zz").run()
    assert say("page.none_found", "en", search="zz") in shown(page)


def test_the_list_turns_its_pages(open_page: Open) -> None:
    page = open_page()
    page = next(button for button in page.button if button.key == "page.next").click().run()
    assert page.radio[0].options[0] == "00000085-5"
    assert "9–16 of 30" in shown(page)


def test_a_new_application_starts_from_a_typical_one_and_is_decided(open_page: Open) -> None:
    page = open_page()
    page = page.get("button_group")[0].set_value("new").run()
    assert page.number_input(key="new.dados_mutuarios.person_age").value == 26
    assert page.selectbox(key="new.dados_mutuarios.person_home_ownership").value == "Rent"
    page = page.button[0].click().run()
    assert "Approved" in shown(page)


def test_switching_language_keeps_what_was_typed_in(open_page: Open) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    page.number_input(key="new.dados_mutuarios.person_age").set_value(61)
    page = page.button[0].click().run()
    page = page.selectbox(key="language").set_value("pt-BR").run()
    assert page.number_input(key="new.dados_mutuarios.person_age").value == 61
    assert "Aprovada" in shown(page)


def test_a_field_may_be_left_empty(open_page: Open) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    page.number_input(key="new.dados_mutuarios.person_income").set_value(None)
    page.selectbox(key="new.dados_mutuarios.person_home_ownership").set_value(None)
    said = shown(page.button[0].click().run())
    assert "not given" in said
    assert "Approved" in said


PAYMENTS = {
    "name": "payments",
    "role": "many",
    "says": {"en": "payments", "fr": "paiements", "pt-BR": "pagamentos"},
    "columns": [
        {
            "name": name, "type": kind, "role": role, "levels": levels, "levels_says": None, "used": True, "min": 0,
            "max": None, "example": None, "says": {"en": f"{name} (en)", "fr": f"{name} (fr)", "pt-BR": f"{name} (pt)"},
        }
        for name, kind, role, levels in (
            ("loan_id", "text", "link", None), ("days_before", "integer", "value", None),
            ("paid", "number", "value", None), ("way", "text", "value", ["cash", "card"]),
            ("late", "boolean", "value", None), ("on", "date", "value", None), ("at", "timestamp", "value", None),
        )
    ],
}  # fmt: skip


@pytest.fixture
def with_payments(canned: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """A portfolio with a table of many rows an application; the bodies that were sent."""
    model, answer, sent = canned.model, canned.answer, []

    def heard(method: str, path: str, query: dict, body: dict | None) -> tuple[int, dict]:
        if body is not None:
            sent.append(body["tables"])
        return answer(method, path, query, body)

    monkeypatch.setattr(
        canned, "model", lambda: model() | {"bundle": "f" * 64, "tables": [*model()["tables"], PAYMENTS]}
    )
    monkeypatch.setattr(canned, "answer", heard)
    return sent


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_a_table_of_many_rows_starts_without_any_and_asks_for_no_link(
    open_page: Open, with_payments: list[dict], language: str
) -> None:
    page = open_page(language=language).get("button_group")[0].set_value("new").run()
    said = shown(page)
    assert say("page.new.rows", language) in said
    assert PAYMENTS["says"][language].capitalize() in said
    (editor,) = page.data_editor
    assert editor.editing_mode == "dynamic"
    assert list(editor.value.columns) == ["days_before", "paid", "way", "late", "on", "at"]
    assert len(editor.value) == 0
    short = {"en": "en", "fr": "fr", "pt-BR": "pt"}[language]
    assert f"days_before ({short})".capitalize() in editor.proto.columns
    page.button[0].click().run()
    assert with_payments[-1]["payments"] == []


def test_a_table_whose_rows_name_one_another_asks_for_the_name(
    open_page: Open, canned: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = canned.model() | {"bundle": "d" * 64, "tables": [PAYMENTS | {"named_by": ["loan_id"]}]}
    monkeypatch.setattr(canned, "model", lambda: named)
    page = open_page().get("button_group")[0].set_value("new").run()
    assert list(page.data_editor[0].value.columns) == ["loan_id", "days_before", "paid", "way", "late", "on", "at"]


def test_rows_typed_in_are_sent_as_they_are_and_blank_ones_are_not(open_page: Open, with_payments: list[dict]) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    typed = [
        {"days_before": 30, "paid": 12.5, "way": "cash", "late": True, "on": "2026-03-01", "at": "2026-03-01T10:30:00"},
        {"days_before": 60},
        {},
        {"way": "   "},
    ]
    page.session_state["new.payments"] = {"edited_rows": {}, "added_rows": typed, "deleted_rows": []}
    said = shown(page.button[0].click().run())
    nothing = {"paid": None, "way": None, "late": None, "on": None, "at": None}
    assert with_payments[-1]["payments"] == [typed[0], {"days_before": 60, **nothing}]
    assert "Approved" in said


def test_rows_that_were_sent_are_still_there_after_another_view(open_page: Open, with_payments: list[dict]) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    row = {"days_before": 30, "paid": None, "way": "card", "late": None, "on": "2026-03-01", "at": None}
    page.session_state["new.payments"] = {"edited_rows": {}, "added_rows": [row], "deleted_rows": []}
    page = page.button[0].click().run()
    page = page.get("button_group")[0].set_value("look_up").run()
    page = page.get("button_group")[0].set_value("new").run()
    assert len(page.data_editor[0].value) == 1
    page.button[0].click().run()
    assert with_payments[-1]["payments"] == [row]


def test_a_refused_application_says_where_and_why(open_page: Open) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    page.number_input(key="new.dados_mutuarios.person_age").set_value(999)
    said = shown(page.button[0].click().run())
    assert say("page.error.refused", "en") in said.replace("&#x27;", "'")
    assert "dados_mutuarios.person_age: 999 is refused. Send 0 to 100." in said


def test_a_key_that_is_gone_is_said_plainly(open_page: Open) -> None:
    page = open_page()
    page.session_state["application"] = "gone"
    assert say("page.error.unknown_key", "en", key="gone") in shown(page.run())


def test_a_service_that_comes_back_with_another_bundle_shows_itself_at_once(
    open_page: Open, canned: ModuleType
) -> None:
    page = choose(open_page(), "00000077-7")
    answered, decided = canned.model, canned.decision
    canned.model = lambda: answered() | {"bundle": "e" * 64, "title": "Alura Cash II"}
    canned.decision = lambda key, language, **more: decided(key, language, **more) | {"explanation": "By the second."}
    try:
        said = shown(page.run())
    finally:
        canned.model, canned.decision = answered, decided
    assert "<b>Alura Cash II</b>" in said
    assert "e" * 12 in said
    assert answered()["bundle"][:12] not in said
    assert "By the second." in said
    assert "By the second." not in shown(page.run())


def test_no_page_shows_the_password_in_the_services_address(
    open_page: Open, service_url: str, canned: ModuleType
) -> None:
    """Neither where it answers, nor where it is down, fails, or is none of ours."""
    address = service_url.replace("http://", "http://ana:hunter2@")
    down = NOWHERE.replace("http://", "http://ana:hunter2@")
    answered = canned.answer
    for url, answer in (
        (address, answered),
        (down, answered),
        (address, lambda *_: (503, canned._error("DataError", "no table."))),
        (address, lambda *_: (200, [])),
        (address.replace("http://", "ftp://"), answered),
    ):
        canned.answer = answer
        try:
            page = open_page(url=url)
        finally:
            canned.answer = answered
        told = shown(page) + "".join(str(element) for element in page)
        assert "hunter2" not in told, url
    page = open_page(url=down)
    assert say("page.error.service", "en", url="http://ana@127.0.0.1:9") in shown(page)


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_a_service_that_is_down_says_how_to_start_it(open_page: Open, language: str) -> None:
    page = open_page(url=NOWHERE, language=language)
    assert say("page.error.service", language, url=NOWHERE) in shown(page)
    assert page.code[0].value == "fiador serve BUNDLE --source SOURCE"
