"""Which applications are counted? All of a group, or those where one variable meets a condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fiador.dashboard import cards
from fiador.dashboard.charts.axis import capital
from fiador.dashboard.explore.population import PopulationView

WITHOUT_VALUE = ("missing", "given")
OPERATORS = {
    "number": ("ge", "gt", "le", "lt", "eq", *WITHOUT_VALUE),
    "level": ("eq", "ne", *WITHOUT_VALUE),
}


def choose_filter(population: PopulationView, *, key: str, place: DeltaGenerator) -> dict[str, str]:
    """The filter as the service reads it; empty where there is none, or it still lacks its value.

    place: where its variable is chosen; the condition stands on a line of its own, once there is one.
    """
    name = place.selectbox(
        population.say("explore.filter"),
        ["", *population.named],
        format_func=lambda name: population.says(name) if name else population.say("explore.filter.none"),
        key=f"{key}.filter",
        persist_state="session",
    )
    if not name:
        return {}
    row = population.named[name]
    _, condition, operand = st.columns([5, 4, 4])
    with condition:
        operator = st.selectbox(
            population.say("explore.filter.operator"),
            OPERATORS[row["kind"]],
            format_func=lambda operator: population.say(f"explore.filter.{operator}"),
            key=f"{key}.operator.{row['kind']}",
            persist_state="session",
        )
    chosen = {"filter_variable": name, "filter_operator": operator}
    if operator in WITHOUT_VALUE:
        return chosen
    with operand:
        value = _value(population, row, key=f"{key}.value.{name}")
    if value is None:
        st.html(cards.soft(population.say("explore.filter.open")))
        return {}
    return chosen | {"filter_value": value}


def _value(population: PopulationView, row: Mapping[str, Any], *, key: str) -> str | None:
    """A level chosen from its list, or a number typed in, as text; None where there is none yet."""
    label = population.say("explore.filter.value")
    levels = {level["level"]: level["says"] for level in row["levels"] or () if level["level"] is not None}
    if levels:
        chosen = st.selectbox(
            label, list(levels), format_func=lambda level: capital(str(levels[level])), key=key, persist_state="session"
        )
        return None if chosen is None else str(chosen)
    if row["kind"] == "level":
        return st.text_input(label, key=key, persist_state="session").strip() or None
    share = row["unit"] == "percent"
    label = population.say("explore.filter.value_percent") if share else label
    typed = st.number_input(label, value=None, step=1.0, format="%g", key=key, persist_state="session")
    return None if typed is None else f"{typed / 100 if share else typed:.12g}"
