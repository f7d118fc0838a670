"""Does the page show what the service answered, in the language asked for, and say what to do when it can't?"""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

import fiador.dashboard
from fiador.words import LANGUAGES, TEXTS, say

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
        assert not [code for code in others if f">{TEXTS[key][code]}<" in said]


def test_switching_language_keeps_the_chosen_application(open_page: Open) -> None:
    page = choose(open_page(), "00000078-8")
    page = page.selectbox(key="language").set_value("fr").run()
    said = shown(page)
    assert "Demande 00000078-8" in said
    assert "Accordé" in said


@pytest.mark.parametrize(
    ("key", "outcome"), [("00000077-7", "decline"), ("00000078-8", "approve"), ("00000079-9", "refer")]
)
def test_an_outcome_is_told_by_sign_word_and_colour(open_page: Open, key: str, outcome: str) -> None:
    said = shown(choose(open_page(), key))
    assert f"f-verdict f-{outcome}" in said
    assert f"f-sign-{outcome}" in said
    assert f"<h2>{say(f'outcome.{outcome}', 'en')}</h2>" in said


def test_reasons_show_their_value_and_their_sentence(open_page: Open, canned: ModuleType) -> None:
    said = shown(choose(open_page(), "00000077-7"))
    for reason in canned.decision("00000077-7", "en")["reasons"]:
        assert reason["text"] in said
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
    assert "Aprovado" in shown(page)


def test_a_field_may_be_left_empty(open_page: Open) -> None:
    page = open_page().get("button_group")[0].set_value("new").run()
    page.number_input(key="new.dados_mutuarios.person_income").set_value(None)
    page.selectbox(key="new.dados_mutuarios.person_home_ownership").set_value(None)
    said = shown(page.button[0].click().run())
    assert "not given" in said
    assert "Approved" in said


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


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_a_service_that_is_down_says_how_to_start_it(open_page: Open, language: str) -> None:
    page = open_page(url=NOWHERE, language=language)
    assert say("page.error.service", language, url=NOWHERE) in shown(page)
    assert page.code[0].value == "fiador serve BUNDLE --source SOURCE"
