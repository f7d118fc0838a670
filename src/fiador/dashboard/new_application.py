"""What is known about a new application? A form made from the tables the service reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.answers import Served, service_at
from fiador.dashboard.charts.axis import capital
from fiador.dashboard.form_field import ask
from fiador.dashboard.new_rows import ask_rows
from fiador.dashboard.no_answer import show_error
from fiador.dashboard.result import show_decision
from fiador.errors import RequestError
from fiador.words import say

Body = Mapping[str, Any]


def show_new(served: Served, model: Body, *, language: str) -> None:
    """The form, and the decision on what was last sent."""
    with st.form("new", border=False):
        tables = _fill_in(model, language)
        sent = st.form_submit_button(say("page.assess", language), type="primary")
    if sent:
        st.session_state["sent"] = tables
    if "sent" in st.session_state:
        _show(served, model, st.session_state["sent"], language=language)
    else:
        st.html(cards.empty(say("page.fill_in", language)))


def _show(served: Served, model: Body, tables: dict[str, list[Body]], *, language: str) -> None:
    try:
        with st.spinner(say("page.loading", language)):
            decision = service_at(served.url).decide(tables, language=language)
    except RequestError as error:
        show_error(error, language)
    else:
        show_decision(decision, tables, model, served=served, language=language)


def _fill_in(model: Body, language: str) -> dict[str, list[Body]]:
    """The form's fields; the rows they say. A table that only links others asks nothing."""
    st.html(cards.soft(say("page.new.intro", language)))
    filled: dict[str, list[Body]] = {}
    for table in model["tables"]:
        named = table.get("named_by", [])
        columns = [column for column in table["columns"] if column["role"] == "value" or column["name"] in named]
        if columns:
            with st.container(key=f"card-{table['name']}"):
                says = str((table["says"] or {}).get(language) or table["name"])
                st.html(cards.title(capital(says)))
                filled[table["name"]] = (
                    ask_rows(table["name"], says, columns, language)
                    if table["role"] == "many"
                    else [_row(table["name"], columns, language)]
                )
    return filled


def _row(table: str, columns: list[Body], language: str) -> dict[str, Any]:
    """What the model reads is asked first, what it doesn't on request."""
    inputs = [column for column in columns if column.get("used", True)]
    other = [column for column in columns if column not in inputs]
    row = _fields(table, inputs, language)
    if other:
        with st.expander(say("page.new.other", language), expanded=not inputs):
            row |= _fields(table, other, language)
    return row


def _fields(table: str, columns: list[Body], language: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for start in range(0, len(columns), 3):
        places = st.columns(3)
        for place, column in zip(places, columns[start : start + 3], strict=False):
            with place:
                row[column["name"]] = ask(f"new.{table}.{column['name']}", column, language)
    return row
