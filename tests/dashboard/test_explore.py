"""Does the page that explores show what the service counted, of everybody and of one application?"""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import fiador.dashboard
from fiador.dashboard.explore.compare import share_below
from fiador.dashboard.explore.page import SECTIONS
from fiador.dashboard.explore.pair import SHADES
from fiador.dashboard.explore.search import matches
from fiador.words import LANGUAGES, say, texts

APP = Path(fiador.dashboard.__file__).with_name("app.py")
CODES = [each.code for each in LANGUAGES]
KEY = "00000077-7"
Open = Callable[..., AppTest]


@pytest.fixture
def explore(service_url: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the page that explores, as an address would."""

    def opened(language: str = "en", *, url: str = service_url, **address: str) -> AppTest:
        st.cache_data.clear()
        monkeypatch.setenv(fiador.dashboard.SERVICE_URL, url)
        page = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in {"language": language, "view": "explore", **address}.items():
            page.query_params[name] = value
        return page.run()

    return opened


def shown(page: AppTest) -> str:
    """Everything the page says in HTML but its style sheet."""
    assert not page.exception, page.exception
    bodies = [element.proto.body for element in page.get("html") if hasattr(element.proto, "body")]
    return unescape("\n".join(body for body in bodies if not body.startswith("<style>")))


def test_everybody_is_shown_where_no_application_is_chosen(explore: Open) -> None:
    said = shown(explore())
    assert say("explore.client.invite", "en") in said
    assert "30,000 applications · All" in said
    assert "f-here" not in said


@pytest.mark.parametrize("language", CODES)
def test_an_application_is_told_in_words_and_marked(explore: Open, language: str) -> None:
    said = shown(explore(language, application=KEY))
    share = {"en": "87%", "fr": "87\xa0%", "pt-BR": "87%"}[language]
    value = {"en": "42.0%", "fr": "42,0\xa0%", "pt-BR": "42,0%"}[language]
    own = say("page.this_application", language)
    assert say("explore.below", language, says=own, value=value, share=share) in said
    assert f"<span>{own}</span>" in said


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_view_speaks_the_language_chosen(explore: Open, section: str, language: str) -> None:
    said = shown(explore(language, application=KEY, section=section))
    for code in (code for code in CODES if code != language):
        own = texts(language)
        foreign = [text for key, text in texts(code).items() if key.startswith("explore.") and text != own[key]]
        assert not [text for text in foreign if f">{text}<" in said]


def test_what_moved_the_decision_most_is_shown_first(explore: Open) -> None:
    page = explore(application=KEY)
    assert page.selectbox(key="variable").value == "loan_percent_income"
    assert page.selectbox(key="x").value == "loan_percent_income" if page.get("x") else True


def test_a_level_is_shown_beside_its_words_and_the_applications_own_is_marked(explore: Open) -> None:
    said = shown(explore(application=KEY, variable="loan_intent"))
    assert "This application: medical expenses, like 9,000 of the 30,000 in this group." in said
    assert "Medical expenses<em>This application</em>" in said


def test_few_are_hatched_and_explained(explore: Open) -> None:
    said = shown(explore())
    assert 'class="f-few"' in said
    assert say("explore.few", "en") in said
    assert say("explore.rounded", "en") in said


def test_the_figures_are_there_as_a_table_too(explore: Open) -> None:
    said = shown(explore(variable="loan_intent"))
    table = re.search(r"<details.*?</details>", said, re.DOTALL)
    assert table
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table[0])
    assert cells[:3] == ["Education", "12,000", "5.0%"]
    assert cells[-3:] == ["Not given", "240", ""]


def test_groups_without_anybody_are_not_offered(explore: Open) -> None:
    assert explore().selectbox(key="group").options == [
        "All · 30,000",
        "Approved · 19,800",
        "Declined · 10,200",
        "Repaid · 23,500",
        "Defaulted · 6,500",
    ]


def test_among_those_who_defaulted_no_share_that_defaulted_is_drawn(explore: Open) -> None:
    page = explore()
    assert say("explore.bad_rate", "en") in shown(page)
    assert say("explore.bad_rate", "en") not in shown(page.selectbox(key="group").set_value("bads").run())


def test_a_filter_on_a_number_asks_for_a_number_and_on_a_level_for_a_level(explore: Open) -> None:
    page = explore().selectbox(key="spread.filter").set_value("person_income").run()
    assert say("explore.filter.open", "en") in shown(page)
    page = page.number_input(key="spread.value.person_income").set_value(50_000.0).run()
    assert say("explore.filter.open", "en") not in shown(page)
    page = page.selectbox(key="spread.filter").set_value("loan_intent").run()
    assert page.selectbox(key="spread.value.loan_intent").options[1] == "Medical expenses"


def test_a_filter_on_what_is_not_given_asks_for_no_value(explore: Open) -> None:
    page = explore().selectbox(key="spread.filter").set_value("person_income").run()
    page = page.selectbox(key="spread.operator.number").set_value("missing").run()
    assert not page.number_input
    assert "f-plot" in shown(page)


def test_a_share_is_typed_in_per_cent_and_sent_as_a_share(explore: Open, canned: ModuleType) -> None:
    asked = []
    answered = canned.histogram
    canned.histogram = lambda query, language: asked.append(query) or answered(query, language)
    try:
        page = explore().selectbox(key="spread.filter").set_value("loan_percent_income").run()
        page.number_input(key="spread.value.loan_percent_income").set_value(29.0).run()
    finally:
        canned.histogram = answered
    assert asked[-1]["filter_value"] == "0.29"


@pytest.mark.parametrize("language", CODES)
def test_too_few_say_what_to_do(explore: Open, language: str) -> None:
    page = explore(language).selectbox(key="spread.filter").set_value("person_income").run()
    page = page.number_input(key="spread.value.person_income").set_value(1e6).run()
    assert say("explore.too_few", language, fewest="20") in shown(page)


def test_two_features_meet_and_the_application_is_ringed(explore: Open) -> None:
    page = explore(application=KEY, section="pair")
    said = shown(page)
    assert "Loan compared with annual income × Annual income" in said
    assert "This application: 42.0%, R$19,200." in said
    assert '<i class="f-ring" style="left:70.00%;bottom:12.00%">' in said
    for shade in SHADES:
        assert "f-heat-cells" in shown(page.selectbox(key="shade").set_value(shade).run())


def test_a_feature_is_not_crossed_with_itself(explore: Open) -> None:
    page = explore(section="pair")
    page = page.selectbox(key="y").set_value(page.selectbox(key="x").value).run()
    assert say("explore.pair.same", "en") in shown(page)


def test_an_application_is_compared_feature_by_feature(explore: Open) -> None:
    said = shown(explore(application=KEY, section="compare"))
    assert "87% below" in said
    assert "median R$66,000; half of the group between R$39,600 and R$99,000" in said
    assert "38% the same" in said
    assert said.count("f-dot") == 2  # the third number is not given


@pytest.mark.parametrize("section", ["compare", "values"])
def test_a_view_of_one_application_asks_for_it(explore: Open, section: str) -> None:
    assert say("explore.client.needed", "en") in shown(explore(section=section))


def test_all_values_are_found_by_any_word_of_theirs(explore: Open) -> None:
    page = explore(application=KEY, section="values")
    assert "<caption>Applicant</caption>" in shown(page)
    assert f"<caption>{say('explore.values.derived', 'en')}</caption>" in shown(page)
    said = shown(page.text_input(key="values.search").set_value("INCOME annual").run())
    assert "person_income" in said
    assert "person_home_ownership" not in said


def test_the_dictionary_says_how_a_feature_is_made_and_who_reads_it(explore: Open) -> None:
    page = explore(section="dictionary")
    said = shown(page)
    assert "<code>person_emp_length / person_age</code>" in said
    assert said.count(">Used by the model</span>") == 5
    assert said.count(">Set by the lender</span>") == 1
    assert "R$0 to R$160,000" in said
    said = shown(page.text_input(key="dictionary.search").set_value("zzz").run())
    assert say("explore.search.none", "en", search="zzz") in said


def test_a_page_asks_once_what_is_served(explore: Open, canned: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    page, asked, answer = explore(application=KEY), [], canned.answer
    monkeypatch.setattr(canned, "answer", lambda *request: asked.append(request[1]) or answer(*request))
    page.run()
    assert asked == ["/health/ready"]


def test_what_one_bundle_answered_is_not_told_of_the_next(explore: Open, canned: ModuleType) -> None:
    page = explore()
    asked = []
    histogram, model = canned.histogram, canned.model
    canned.histogram = lambda query, language: asked.append(query) or histogram(query, language)
    try:
        page = page.run()
        assert len(asked) == 0
        canned.model = lambda: model() | {"bundle": "e" * 64}
        page = page.run()
        assert len(asked) == 1
    finally:
        canned.histogram, canned.model = histogram, model


def test_a_search_finds_every_word_whatever_its_case_and_accents() -> None:
    rows = [{"says": "Ancienneté dans l’emploi"}, {"says": "Âge"}]
    assert matches(rows, "EMPLOI anciennete", ["says"]) == rows[:1]
    assert matches(rows, "", ["says"]) == rows


def test_a_number_nobody_has_is_said_and_the_page_goes_on_without(explore: Open) -> None:
    said = shown(explore(application="nobody"))
    assert say("page.error.unknown_key", "en", key="nobody") in said
    assert "f-plot" in said


def test_the_application_typed_in_is_kept_in_every_view_and_in_the_address(explore: Open) -> None:
    page = explore()
    page = page.text_input(key="explore.client").set_value(KEY).run()
    assert page.query_params["application"] in (KEY, [KEY])
    page = page.get("button_group")[0].set_value("look_up").run()
    assert page.radio[0].value == KEY
    assert "view" not in page.query_params


def test_an_address_opens_its_view_variable_and_application(explore: Open) -> None:
    page = explore(application=KEY, section="spread", variable="person_income")
    assert page.selectbox(key="variable").value == "person_income"
    assert page.text_input(key="explore.client").value == KEY


@pytest.mark.parametrize("wrong", [{"section": "zzz"}, {"variable": "zzz"}])
def test_an_address_that_names_what_is_not_there_opens_what_is(explore: Open, wrong: dict[str, str]) -> None:
    assert "f-plot" in shown(explore(**wrong))


def test_a_service_without_applications_says_so(explore: Open, canned: ModuleType) -> None:
    answered = canned.variables
    canned.variables = lambda language: answered(language) | {"applications": 0}
    try:
        assert say("explore.nobody", "en") in shown(explore())
    finally:
        canned.variables = answered


def test_an_error_is_told_in_its_place(explore: Open, canned: ModuleType) -> None:
    answered = canned.explore
    canned.explore = lambda *_: (503, canned._error("DataError", "the tables are gone."))
    try:
        said = shown(explore())
    finally:
        canned.explore = answered
    assert say("page.error.failed", "en") in said
    assert "the tables are gone." in said


def test_where_nobody_is_below_no_share_is_written() -> None:
    population = SimpleNamespace(language="en", say=lambda key, **values: say(key, "en", **values))
    assert [share_below(population, share) for share in (0.0, 0.004, 0.87)] == [
        "nobody below",
        "<1% below",
        "87% below",
    ]
