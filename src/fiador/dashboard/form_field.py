"""How is one value of an application asked for? In a field of its column's type, under its words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import streamlit as st

from fiador.words import number, say

Body = Mapping[str, Any]


def ask(key: str, column: Body, language: str) -> Any:
    """One field by its column's type; empty is null."""
    named, absent = label(column, language), say("value.missing", language)
    kept: dict[str, Any] = {"key": key, "persist_state": "session"}
    if column["type"] == "boolean" or column["levels"]:
        levels = column["levels"] or [True, False]
        index = levels.index(column["example"]) if column["example"] in levels else None
        return st.selectbox(
            named, levels, index, lambda level: level_says(column, level, language), placeholder=absent, **kept
        )
    if column["type"] in ("integer", "number"):
        return _number(named, column, language, placeholder=absent, **kept)
    if column["type"] in ("date", "timestamp"):
        return _moment(st.date_input(named, value=_day(column["example"]), **kept))
    text = st.text_input(named, value=str(column["example"] or ""), placeholder=absent, **kept)
    return text.strip() or None


def _number(named: str, column: Body, language: str, **kept: Any) -> float | int | None:
    whole = column["type"] == "integer"
    example = column["example"]
    value = None if example is None else int(example) if whole else float(example)
    step, form = (1, "%d") if whole else (0.01 if column.get("unit") == "percent" else 1.0, None)
    return st.number_input(named, value=value, step=step, format=form, help=expected(column, language), **kept)


def label(column: Body, language: str) -> str:
    """A column in words, as a label begins."""
    says = str(column["says"].get(language) or column["name"])
    return says[:1].upper() + says[1:]


def expected(column: Body, language: str) -> str | None:
    """The range a value is expected in; one outside can still be sent, and the answer says what became of it."""
    low, high = (None if column[end] is None else number(column[end], language) for end in ("min", "max"))
    if low and high:
        return say("page.expected_range", language, low=low, high=high)
    if low or high:
        return say("page.expected_from", language, low=low) if low else say("page.expected_to", language, high=high)
    return None


def level_says(column: Body, level: Any, language: str) -> str:
    """A level in words, as a label begins."""
    if isinstance(level, bool):
        return say("page.yes" if level else "page.no", language)
    says = str(((column.get("levels_says") or {}).get(level) or {}).get(language) or level)
    return says[:1].upper() + says[1:]


def _day(example: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(str(example)[:10]) if example else None


def _moment(day: Any) -> str | None:
    return day.isoformat() if day else None
