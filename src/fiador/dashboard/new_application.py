"""What is known about a new application? A form made from the tables the service reads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.client import Service
from fiador.dashboard.look import Palette
from fiador.dashboard.result import show_decision
from fiador.dashboard.states import show_error
from fiador.errors import RequestError
from fiador.words import number, say

Body = Mapping[str, Any]


def show_new(service: Service, model: Body, *, language: str, colours: Palette) -> None:
    """The form, and the decision on what was last sent."""
    with st.form("new", border=False):
        tables = _fill_in(model, language)
        sent = st.form_submit_button(say("page.assess", language), type="primary")
    if sent:
        st.session_state["sent"] = tables
    if "sent" in st.session_state:
        _show(service, model, st.session_state["sent"], language=language, colours=colours)
    else:
        st.html(cards.empty(say("page.fill_in", language)))


def _show(service: Service, model: Body, tables: dict[str, list[Body]], *, language: str, colours: Palette) -> None:
    try:
        with st.spinner(say("page.loading", language)):
            decision = service.decide(tables, language=language)
    except RequestError as error:
        show_error(error, language)
    else:
        show_decision(decision, tables, model, service=service, language=language, colours=colours)


def _fill_in(model: Body, language: str) -> dict[str, list[Body]]:
    """The form's fields; the rows they say. A table that only links others asks nothing."""
    st.html(cards.soft(say("page.new.intro", language)))
    filled: dict[str, list[Body]] = {}
    for table in model["tables"]:
        asked = [column for column in table["columns"] if column["role"] == "value"]
        if asked and table["role"] != "many":
            with st.container(key=f"card-{table['name']}"):
                st.html(cards.title((table["says"] or {}).get(language) or table["name"]))
                filled[table["name"]] = [_row(table["name"], asked, language)]
    return filled


def _row(table: str, asked: list[Body], language: str) -> dict[str, Any]:
    """What the model reads is asked first, what it doesn't on request."""
    read = [column for column in asked if column.get("used", True)]
    other = [column for column in asked if column not in read]
    row = _fields(table, read, language)
    if other:
        with st.expander(say("page.new.other", language)):
            row |= _fields(table, other, language)
    return row


def _fields(table: str, columns: list[Body], language: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for start in range(0, len(columns), 3):
        places = st.columns(3)
        for place, column in zip(places, columns[start : start + 3], strict=False):
            with place:
                row[column["name"]] = _field(f"new.{table}.{column['name']}", column, language)
    return row


def _field(key: str, column: Body, language: str) -> Any:
    """One field by its column's type; empty is null."""
    says = column["says"].get(language) or column["name"]
    label, absent = says[:1].upper() + says[1:], say("value.missing", language)
    kept: dict[str, Any] = {"key": key, "persist_state": "session"}
    if column["type"] == "boolean" or column["levels"]:
        levels = column["levels"] or [True, False]
        index = levels.index(column["example"]) if column["example"] in levels else None
        return st.selectbox(
            label, levels, index, lambda level: _level(column, level, language), placeholder=absent, **kept
        )
    if column["type"] in ("integer", "number"):
        return _number(label, column, language, placeholder=absent, **kept)
    if column["type"] in ("date", "timestamp"):
        return _moment(st.date_input(label, value=_day(column["example"]), **kept))
    text = st.text_input(label, value=str(column["example"] or ""), placeholder=absent, **kept)
    return text.strip() or None


def _number(label: str, column: Body, language: str, **kept: Any) -> float | int | None:
    whole = column["type"] == "integer"
    example = column["example"]
    value = None if example is None else int(example) if whole else float(example)
    step, form = (1, "%d") if whole else (0.01 if column.get("unit") == "percent" else 1.0, None)
    return st.number_input(label, value=value, step=step, format=form, help=_expected(column, language), **kept)


def _expected(column: Body, language: str) -> str | None:
    """The range a value is expected in; one outside can still be sent, and the answer says what became of it."""
    low, high = (None if column[end] is None else number(column[end], language) for end in ("min", "max"))
    if low and high:
        return say("page.expected_range", language, low=low, high=high)
    if low or high:
        return say("page.expected_from", language, low=low) if low else say("page.expected_to", language, high=high)
    return None


def _level(column: Body, level: Any, language: str) -> str:
    if isinstance(level, bool):
        return say("page.yes" if level else "page.no", language)
    says = str(((column.get("levels_says") or {}).get(level) or {}).get(language) or level)
    return says[:1].upper() + says[1:]


def _day(example: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(str(example)[:10]) if example else None


def _moment(day: Any) -> str | None:
    return day.isoformat() if day else None
