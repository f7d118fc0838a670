"""What does each variable mean, how is it made, and who reads it?"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.charts.axis import capital
from fiador.dashboard.explore.population import PopulationView
from fiador.dashboard.explore.search import matches, shown_part
from fiador.words import number, percent, quantity

Body = Mapping[str, Any]


def show_dictionary(population: PopulationView) -> None:
    """A searchable table of every variable."""
    with st.container(key="card-dictionary"):
        search = st.text_input(
            population.say("explore.dictionary.search"),
            placeholder=population.say("explore.search.hint"),
            key="dictionary.search",
            icon=":material/search:",
            persist_state="session",
        )
        rows = list(population.named.values())
        kept = matches(rows, search, ("says", "name", "description"))
        if not kept:
            st.html(cards.empty(population.say("explore.search.none", search=search)))
            return
        part, more = shown_part(kept, population)
        counted = {"shown": number(len(kept), population.language), "total": number(len(rows), population.language)}
        about = [population.say("explore.dictionary.count", **counted), population.say("explore.dictionary.range.note")]
        heads = [population.say(f"explore.dictionary.{head}") for head in ("feature", "made", "range", "missing")]
        cells = [_cells(population, row) for row in part]
        st.html(cards.soft(". ".join(about)) + cards.grid(heads, cells, kind="f-dictionary", is_html=True) + more)


def _cells(population: PopulationView, row: Body) -> list[str]:
    unit = "level" if row["kind"] == "level" else row["unit"] or "number"
    marks = [mark for mark in ("used", "lender_set") if row[mark]]
    tags = "".join(cards.tag(population.say(f"explore.mark.{mark}"), kind=mark) for mark in marks)
    named = f"<b>{escape(capital(row['says']))}</b>{tags}"
    made = f"<code>{escape(row['description'])}</code>"
    values = f"{escape(_range(population, row))}<small>{escape(population.say(f'explore.unit.{unit}'))}</small>"
    return [named, made, values, escape(percent(row["missing"], population.language))]


def _range(population: PopulationView, row: Body) -> str:
    if row["levels"]:
        return ", ".join(str(level["says"]) for level in row["levels"])
    if row["low"] is None or row["high"] is None:
        return "–"
    unit = row["unit"] or "number"
    ends = {end: quantity(row[end], unit, population.language, currency=population.currency) for end in ("low", "high")}
    return population.say("explore.dictionary.from_to", **ends)
