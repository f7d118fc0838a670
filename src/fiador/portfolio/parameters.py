"""Which value does a parameter in an address stand for?

A query's parameters are text. A number is written with a decimal point and nothing else, as JSON has it; '' is missing.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from fiador.portfolio.types import MOST_WHOLE

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_GROUPED = re.compile(r"([+-]?\d{1,3})((?:[ .,'\u00a0\u202f]\d{3})+)(?:[.,](\d+))?", re.ASCII)
_TRUTHS = {"true": True, "false": False}


def read_value(text: str, kind: str) -> object:
    """A text as a value of a raw column's type; None for ''. ValueError says what was expected, and what to write.

    >>> read_value("12.5", "number"), read_value("26", "integer"), read_value("", "number")
    (12.5, 26, None)
    >>> read_value("12,5", "number")
    Traceback (most recent call last):
    ValueError: expected a number with a decimal point: write 12.5
    """
    if text == "":
        return None
    if kind == "number":
        return read_number(text)
    if kind == "integer":
        return _whole(text)
    if kind == "boolean":
        return _truth(text)
    return text if kind == "text" else _moment(text, kind)


def read_number(text: str) -> float:
    """A finite number written in ASCII digits with a decimal point; ValueError else, with what to write.

    >>> read_number("1,250")
    Traceback (most recent call last):
    ValueError: expected a number without separators: write 1250
    """
    number = text.strip()
    if _NUMBER.fullmatch(number):
        value = float(number)
        if math.isfinite(value):
            return value
        raise ValueError("expected a finite number")
    raise ValueError(_expectation(number))


def _expectation(number: str) -> str:
    grouped = _GROUPED.fullmatch(number)
    if _COMMA.fullmatch(number) and not grouped:
        return f"expected a number with a decimal point: write {number.replace(',', '.')}"
    if grouped:
        whole = grouped[1] + re.sub(r"\D", "", grouped[2])
        return f"expected a number without separators: write {whole}{'.' + grouped[3] if grouped[3] else ''}"
    return "expected a number, such as 12.5"


def _whole(text: str) -> int:
    value = read_number(text)
    if not value.is_integer():
        raise ValueError("expected a whole number")
    exact = int(text) if text.strip().lstrip("+-").isdigit() else int(value)
    if abs(exact) > MOST_WHOLE:
        raise ValueError(f"should be from {-MOST_WHOLE} to {MOST_WHOLE}")
    return exact


def _truth(text: str) -> bool:
    if text.strip().lower() not in _TRUTHS:
        raise ValueError("expected true or false")
    return _TRUTHS[text.strip().lower()]


def _moment(text: str, kind: str) -> str:
    example = "2026-11-21" if kind == "date" else "2026-11-21T10:30:00"
    try:
        date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"expected a {kind}, such as {example}") from None
    return text
