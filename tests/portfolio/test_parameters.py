"""Is a value read from an address as it was meant, and told when it can't be?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.portfolio.parameters import read_number, read_value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_by_python_is_read_as_it_is(value: float) -> None:
    assert read_number(repr(value)) == value


@given(st.integers(-92 * 10**17, 92 * 10**17))
def test_a_whole_number_keeps_every_digit(value: int) -> None:
    assert read_value(str(value), "integer") == value


@given(st.text(max_size=12), st.sampled_from(["number", "integer", "boolean", "date", "timestamp", "text"]))
def test_any_text_is_a_value_or_a_complaint(text: str, kind: str) -> None:
    words = ""
    try:
        read_value(text, kind)
    except ValueError as error:
        words = str(error)
    assert words == "" or words.startswith(("expected", "should"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12,5", "write 12.5"),
        ("55,000", "without separators: write 55000"),
        ("1.234,5", "without separators: write 1234.5"),
        ("1 234 567", "without separators: write 1234567"),
        ("R$ 10", "expected a number, such as 12.5"),
        ("1_000", "expected a number, such as 12.5"),
        ("١٢", "expected a number, such as 12.5"),
        ("1e999", "expected a finite number"),
        ("nan", "expected a number, such as 12.5"),
    ],
)
def test_a_number_of_another_country_is_told_how_to_write_it(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_value(text, "number")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("26.5", "integer", "expected a whole number"),
        ("1e19", "integer", "should be from"),
        ("yes", "boolean", "expected true or false"),
        ("21/11/2026", "date", "such as 2026-11-21"),
        ("now", "timestamp", "such as 2026-11-21T10:30:00"),
    ],
)
def test_a_value_of_another_type_is_told_what_is_expected(text: str, kind: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_value(text, kind)


def test_nothing_is_missing_and_26_point_0_is_whole() -> None:
    assert [read_value("", kind) for kind in ("text", "number", "integer")] == [None, None, None]
    assert read_value("26.0", "integer") == 26
    assert read_value("TRUE", "boolean") is True
    assert read_value("2026-11-21", "date") == "2026-11-21"
