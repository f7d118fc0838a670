"""How does one application compare with a group, feature by feature?"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.charts.axis import capital
from fiador.dashboard.charts.range_line import range_line
from fiador.dashboard.explore.population import PopulationView, groups
from fiador.words import rough_share

Body = Mapping[str, Any]


def show_compare(population: PopulationView) -> None:
    """The group to compare with, then a line a feature."""
    if not population.key:
        st.html(cards.empty(population.say("explore.client.needed")))
        return
    with st.container(key="card-compare"):
        group = _choose_group(population)
        body = population.ask("compare", group=group)
        if not body["enough"]:
            st.html(cards.empty(population.too_few()))
            return
        st.html(cards.soft(population.say("explore.compare.intro")))
        rows = "".join(_row(population, row) for row in body["rows"])
        st.html(f'<ul class="f-compare">{rows}</ul>')


def _choose_group(population: PopulationView) -> str:
    offered = groups(population, without=("all", "referred"))
    if st.session_state.get("compare") not in offered:
        st.session_state["compare"] = offered[0]
    return str(
        st.segmented_control(
            population.say("explore.compare.with"),
            offered,
            required=True,
            key="compare",
            format_func=lambda group: population.say(f"explore.group.{group}"),
            persist_state="session",
        )
    )


def _row(population: PopulationView, row: Body) -> str:
    name = f"<div><b>{escape(capital(row['says']))}</b><span>{escape(row['value_says'])}</span></div>"
    middle, words = (_level if row["kind"] == "level" else _number)(population, row)
    standing, usual = (escape(word) for word in words)
    return f"<li>{name}{middle}<p><b>{standing}</b><span>{usual}</span></p></li>"


def _number(population: PopulationView, row: Body) -> tuple[str, tuple[str, str]]:
    """The line, and beside it the share below and the group's middle."""
    if row["median"] is None:
        return "<div></div>", ("", "")
    below = row["share_below"]
    share = "" if below is None else share_below(population, below)
    usual = population.say("explore.compare.middle", **{end: row[f"{end}_says"] for end in ("median", "low", "high")})
    variable = population.named.get(row["variable"], {})
    low, high = (row["median"] if variable.get(end) is None else variable[end] for end in ("low", "high"))
    quartiles = row["low"], row["median"], row["high"]
    alt = f"{capital(row['says'])}: {usual}"
    return range_line(value=row["value"], quartiles=quartiles, ends=(low, high), alt=alt), (share, usual)


def _level(population: PopulationView, row: Body) -> tuple[str, tuple[str, str]]:
    """A bar as long as the share that has the same level."""
    usual = population.say("explore.compare.typical", value=row["typical_says"])
    alike = row["level_share"]
    if alike is None:
        return "<div></div>", ("", usual)
    bar = f'<div class="f-alike" aria-hidden="true"><i style="width:{100 * alike:.1f}%"></i></div>'
    return bar, (population.say("explore.compare.alike", share=rough_share(alike, population.language)), usual)


def share_below(population: PopulationView, share: float) -> str:
    """How much of a group lies below a value, in words."""
    if share == 0:
        return population.say("explore.compare.below.nobody")
    return population.say("explore.compare.below", share=rough_share(share, population.language))
