"""How do two variables meet, and where does this application stand between them?"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.charts.axis import axis_of, place
from fiador.dashboard.charts.heatmap import HeatCell, heatmap
from fiador.dashboard.explore.filters import choose_filter
from fiador.dashboard.explore.population import PopulationView, choose_group, choose_variable
from fiador.words import percent

Body = Mapping[str, Any]
SHADES = {"count": "explore.applications", "bad_rate": "explore.bad_rate", "declined": "explore.declined_rate"}


def show_pair(population: PopulationView) -> None:
    """The choices, then the map."""
    with st.container(key="card-pair-choices"):
        x, y = _choose_both(population)
        shading, among, condition = st.columns([5, 4, 4])
        with shading:
            shade = _choose_shade(population)
        with among:
            group = choose_group(population)
        chosen = choose_filter(population, key="pair", place=condition)
    with st.container(key="card-pair"):
        if x == y:
            st.html(cards.empty(population.say("explore.pair.same")))
            return
        body = population.ask("pair", x=x, y=y, group=group, **chosen)
        if not body["enough"]:
            st.html(cards.empty(population.too_few()))
            return
        _show_map(population, body, group=group, shade=shade)


def _choose_both(population: PopulationView) -> tuple[str, str]:
    names = list(population.named)
    first = population.feature or names[0]
    second = next((name for name in names if name != first), first)
    x_side, y_side = st.columns(2)
    with x_side:
        x = choose_variable(population, key="x", label="explore.x", first=first)
    with y_side:
        y = choose_variable(population, key="y", label="explore.y", first=second)
    return x, y


def _choose_shade(population: PopulationView) -> str:
    return str(
        st.selectbox(
            population.say("explore.pair.shade"),
            list(SHADES),
            key="shade",
            format_func=lambda name: population.say(SHADES[name]),
            persist_state="session",
        )
    )


def _show_map(population: PopulationView, body: Body, *, group: str, shade: str) -> None:
    axes = [axis_of(body[side], currency=population.currency, language=population.language) for side in ("x", "y")]
    names = population.says(body["x"]["variable"]), population.says(body["y"]["variable"])
    group_says = population.say(f"explore.group.{group}")
    shade_says = population.say(SHADES[shade])
    most = max((cell[shade] for cell in body["cells"] if cell[shade] is not None), default=0) or 1
    cells = {(cell["x"], cell["y"]): _cell(population, cell, shade, most) for cell in body["cells"]}
    client, at = body["client"], None
    if client:
        x, y = (place(body[side], client[side], clamp=True) for side in ("x", "y"))
        at = (x, y) if x is not None and y is not None else None
    lead = population.say("explore.pair.client", x=client["x_says"], y=client["y_says"]) if client else ""
    count = population.say("explore.counted", count=population.count(body["applications"]))
    st.html(cards.heading(f"{names[0]} × {names[1]}", lead, f"{count} · {group_says}"))
    alt = population.say("explore.pair.alt", x=names[0], y=names[1], shade=shade_says, group=group_says)
    drawn = heatmap(
        cells, axes[0], axes[1], names=names, tone="accent" if shade == "count" else "raises", alt=alt,
        scale=_ends(population, shade, most), empty=population.say("explore.pair.empty"), client=at,
        own=population.say("page.this_application"),
    )  # fmt: skip
    notes = [population.say("explore.rounded")]
    if any(cell[shade] is None for cell in body["cells"]):
        notes.append(population.say("explore.few"))
    st.html(drawn + cards.soft(" ".join(notes)))


def _cell(population: PopulationView, cell: Body, shade: str, most: float) -> HeatCell:
    """A cell's words, and its shade: of counts by the root, so that thin cells are still told apart."""
    count = population.say("explore.counted", count=population.count(cell["count"]))
    value = cell[shade]
    lines = [count]
    for name in ("bad_rate", "declined"):
        if cell[name] is not None:
            lines.append(f"{population.say(SHADES[name])}: {percent(cell[name], population.language)}")
    share = None if value is None else value / most
    return HeatCell(sqrt(share) if share is not None and shade == "count" else share, "\n".join(lines))


def _ends(population: PopulationView, shade: str, most: float) -> tuple[str, str]:
    if shade == "count":
        return population.count(5), population.count(most)
    return percent(0.0, population.language, decimals=0), percent(most, population.language, decimals=0)
