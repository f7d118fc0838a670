"""What is known about this one application, in plain words?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.answers import valued
from fiador.dashboard.charts.axis import capital
from fiador.dashboard.explore.population import PopulationView
from fiador.dashboard.explore.search import matches, shown_part

Body = Mapping[str, Any]


def show_values(population: PopulationView) -> None:
    """Every value by table, what the model reads marked; a search narrows them down."""
    if not population.key:
        st.html(cards.empty(population.say("explore.client.needed")))
        return
    rows = valued(population.served, population.key, language=population.language)["rows"]
    with st.container(key="card-values"):
        search = st.text_input(
            population.say("explore.values.search"),
            placeholder=population.say("explore.search.hint"),
            key="values.search",
            icon=":material/search:",
            persist_state="session",
        )
        kept = matches(rows, search, ("says", "column", "variable", "value_says", "description"))
        if not kept:
            st.html(cards.empty(population.say("explore.search.none", search=search)))
            return
        part, more = shown_part(kept, population)
        st.html("".join(_table(population, says, held) for says, held in _by_table(part, population)) + more)


def _by_table(rows: Iterable[Body], population: PopulationView) -> list[tuple[str, list[Body]]]:
    """The rows of each table under its name, in order; derived features under a name of their own."""
    held: dict[str, list[Body]] = {}
    for row in rows:
        says = row["table_says"] or population.say("explore.values.derived")
        held.setdefault(capital(str(says)), []).append(row)
    return list(held.items())


def _table(population: PopulationView, says: str, rows: list[Body]) -> str:
    heads = [population.say("explore.values.column"), population.say("explore.values.value")]
    cells = [[_named(population, row), f"<b>{escape(row['value_says'])}</b>"] for row in rows]
    return cards.grid(heads, cells, caption=says, kind="f-values", is_html=True)


def _named(population: PopulationView, row: Body) -> str:
    mark = cards.tag(population.say("explore.mark.used")) if row["used"] else ""
    return f"{escape(capital(row['says']))}{mark}<small>{escape(row['description'] or row['variable'])}</small>"
