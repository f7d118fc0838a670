"""Does the product say the same thing in every language, and write numbers as its reader does?"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.errors import FiadorError, RequestError
from fiador.words import (
    LANGUAGES,
    date,
    known_language,
    language_of,
    money,
    number,
    percent,
    quantity,
    say,
    texts,
)

CODES = [each.code for each in LANGUAGES]
NARROW, HARD = "\u202f", "\xa0"  # the spaces French groups digits and units with
UNITS = ("money", "percent", "percent_points", "years", "whole", "number")


def test_french_never_opens_a_line_with_a_double_mark() -> None:
    for key, text in texts("fr").items():
        for mark in (":", ";", "?", "!", "»", "%"):
            at = text.find(mark)
            assert at <= 0 or text[at - 1] == HARD, key


def test_a_sentence_that_opens_with_a_value_opens_with_a_capital() -> None:
    said = say("reason.lowers.level", "fr", says="âge", value="34 ans")
    assert said == f"Âge{HARD}: 34 ans. Cela diminue le risque estimé."


def test_a_text_may_have_a_value_called_key() -> None:
    assert say("page.application", "en", key="7") == "Application 7"


def test_an_unknown_text_names_the_nearest() -> None:
    with pytest.raises(FiadorError, match=r"no text 'outcome.aprove'. Did you mean 'outcome.approve'\?"):
        say("outcome.aprove", "en")


def test_a_value_left_out_is_an_error_not_a_hole() -> None:
    with pytest.raises(FiadorError, match=r"'decision.approve' is said with 'pd'"):
        say("decision.approve", "en", cut_off="18%")


def test_an_unknown_language_never_falls_back() -> None:
    with pytest.raises(RequestError, match=r"language: unknown language 'de'. Known: en, fr, pt-BR."):
        say("value.missing", "de")


def test_a_language_is_known_by_its_exact_code() -> None:
    assert known_language("pt-BR").locale == "pt_BR"
    with pytest.raises(RequestError, match="unknown language 'pt'"):
        known_language("pt")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("fr-CA,fr;q=0.9", "fr"),
        ("pt", "pt-BR"),
        ("pt_PT", "pt-BR"),
        ("de, en;q=0.5, fr;q=0.8", "fr"),
        ("fr;q=0, en", "en"),
        ("FR", "fr"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("french", "en"),
        (";;;,,q=", "en"),
    ],
)
def test_a_header_finds_the_best_known_language(wanted: str | None, code: str) -> None:
    assert language_of(wanted) == code


@given(st.text(max_size=60))
def test_any_header_finds_some_language(header: str) -> None:
    assert language_of(header) in CODES


def test_numbers_are_written_as_each_language_writes_them() -> None:
    written = [number(1234567.891, code) for code in CODES]
    assert written == ["1,234,567.89", f"1{NARROW}234{NARROW}567,89", "1.234.567,89"]
    assert number(3.0, "en") == "3"
    assert number(3.0, "en", decimals=2) == "3.00"


def test_money_is_written_as_each_language_writes_it() -> None:
    assert [money(-1234.5, "BRL", code) for code in CODES] == ["−R$1,234", f"−1{NARROW}234{HARD}R$", f"−R${HARD}1.234"]
    assert money(1234.56, "BRL", "pt-BR", cents=True) == f"R${HARD}1.234,56"


def test_shares_are_written_as_each_language_writes_them() -> None:
    assert [percent(0.18182, code) for code in CODES] == ["18.2%", f"18,2{HARD}%", "18,2%"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_value_that_is_not_there_is_said_so(code: str, value: float | None) -> None:
    missing = say("value.missing", code)
    assert [number(value, code), money(value, "BRL", code), percent(value, code)] == [missing] * 3
    assert quantity(value, "years", code) == missing


def test_a_year_is_one_or_many_by_the_rule_of_its_language() -> None:
    assert [quantity(1, "years", code) for code in CODES] == ["1 year", "1 an", "1 ano"]
    assert [quantity(0, "years", code) for code in CODES] == ["0 years", "0 an", "0 ano"]
    assert [quantity(2, "years", code) for code in CODES] == ["2 years", "2 ans", "2 anos"]


def test_a_unit_says_how_a_value_is_written() -> None:
    assert quantity(0.25, "percent", "en") == "25.0%"
    assert quantity(11.5, "percent_points", "pt-BR") == "11,5%"
    assert quantity(900, "money", "en", currency="USD") == "$900"
    assert quantity(12.4, "whole", "en") == "12"


def test_a_day_is_written_as_each_language_writes_it() -> None:
    written = [date("2026-11-21T10:00:00+00:00", code) for code in CODES]
    assert written == ["Nov 21, 2026", "21 nov. 2026", "21 de nov. de 2026"]
    assert date("soon", "en") == "soon"


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_every_number_a_double_can_be_is_written_in_every_language(value: float) -> None:
    for code in CODES:
        written = [
            number(value, code),
            number(value, code, decimals=3),
            money(value, "BRL", code),
            money(value, "BRL", code, cents=True),
            percent(value, code),
            *(quantity(value, unit, code, currency="BRL") for unit in UNITS),
        ]
        assert all(len(text) < 40 for text in written), written
        digits = [re.sub(r"[^0-9]", "", text) for text in written]
        assert all(digits), written


@given(st.floats(-1e300, 1e300).filter(lambda value: abs(value) >= 1e15))
def test_a_number_too_long_to_read_is_a_power_of_ten(value: float) -> None:
    for code, comma in zip(CODES, ".,,", strict=True):
        read = float(number(value, code).replace(comma, ".").replace("−", "-"))
        assert read == pytest.approx(value, rel=0.006)


def test_a_power_of_ten_is_written_as_each_language_writes_it() -> None:
    assert number(1.234e30, "en") == "1.23E30"
    assert number(-1.234e30, "fr", decimals=1) == "−1,23E30"
    assert money(1.26e30, "BRL", "en", cents=True) == "R$1.26E30"
    assert money(1.26e30, "BRL", "fr") == f"1,26E30{HARD}R$"
    assert percent(1e30, "pt-BR") == "1E32%"
    assert number(999_999_999_999_999, "en") == "999,999,999,999,999"


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert number(-0.001, "en") == "0"
    assert money(-0.4, "BRL", "fr") == f"0{HARD}R$"
    assert percent(-0.0001, "en") == "0.0%"
    assert number(-0.01, "en") == "−0.01"
