"""How is one variable spread over the known applications, and where does this one stand?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.charts.axis import CellAxis, axis_of, level_names, place
from fiador.dashboard.charts.bars import Bars, Here, columns, lines
from fiador.dashboard.explore.filters import choose_filter
from fiador.dashboard.explore.population import PopulationView, choose_group, choose_variable
from fiador.words import number, percent, rough_share

Body = Mapping[str, Any]


def show_spread(population: PopulationView) -> None:
    """The choices, then the counts with the application's line, and the share that defaulted beneath."""
    with st.container(key="card-spread-choices"):
        variable, among, condition = st.columns([5, 4, 4])
        with variable:
            name = choose_variable(population, key="variable", label="explore.variable", first=population.feature)
        with among:
            group = choose_group(population)
        chosen = choose_filter(population, key="spread", place=condition)
    body = population.ask("histogram", variable=name, group=group, **chosen)
    with st.container(key="card-spread"):
        if not body["enough"]:
            st.html(cards.empty(population.too_few()))
            return
        _show(population, body, population.says(name))


def _show(population: PopulationView, body: Body, name: str) -> None:
    held = body["missing"] != 0
    axis = axis_of(body, currency=population.currency, language=population.language, has_missing=held)
    st.html(cards.heading(name, _client_words(population, body), _counted(population, body)))
    st.html((_levels if axis.is_level else _numbers)(population, body, axis) + _notes(population, body, axis))
    st.html(_as_table(population, body, axis))


def _counted(population: PopulationView, body: Body) -> str:
    count = population.say("explore.counted", count=population.count(body["applications"]))
    return f"{count} · {population.say('explore.group.' + body['group'])}"


def _client_words(population: PopulationView, body: Body) -> str:
    client = body["client"]
    if not client:
        return ""
    texts = {"says": population.say("page.this_application"), "value": client["value_says"]}
    if client["share_below"] is not None:
        share = rough_share(client["share_below"], population.language)
        if client["share_below"] == 0:
            return population.say("explore.below.nobody", **texts)
        return population.say("explore.below", **texts, share=share)
    own = _own_level(body, client["value"])
    counts = [*body["counts"], body["missing"]]
    if own is not None and counts[own]:
        total = population.count(body["applications"])
        return population.say("explore.same", **texts, count=population.count(counts[own]), total=total)
    return population.say("explore.value", **texts)


def _own_level(body: Body, value: Any) -> int | None:
    """Which line holds a level; None where there is none, or for a number."""
    if body["kind"] != "level":
        return None
    levels = [*level_names(body), None]
    return levels.index(value) if value in levels else None


def _rates(population: PopulationView, body: Body) -> Sequence[float | None]:
    """The bad rate of each cell; none among those who are all good or all bad."""
    rates = body["bad_rates"]
    is_mixed = body["group"] not in ("goods", "bads") and any(rate is not None for rate in rates)
    return rates if is_mixed else []


def _counts(population: PopulationView, body: Body, axis: CellAxis) -> Bars:
    counts = [*body["counts"], *([body["missing"]] if axis.apart else [])]
    return Bars(population.say("explore.applications"), "accent", counts)


def _share(population: PopulationView, value: float | None) -> str:
    return population.say("explore.few.cell") if value is None else percent(value, population.language)


def _numbers(population: PopulationView, body: Body, axis: CellAxis) -> str:
    language, rates = population.language, _rates(population, body)
    here = _here(population, body, axis)
    drawn = columns(
        [_counts(population, body, axis)], axis, tell=population.count, tick=lambda v: number(v, language), here=here,
        alt=_alt(population, body, "explore.spread.alt"),
    )  # fmt: skip
    if not rates:
        return drawn
    bad = Bars(population.say("explore.bad_rate"), "raises", rates)
    below = columns(
        [bad], axis, tell=lambda v: _share(population, v), tick=lambda v: percent(v, language, decimals=0), here=here,
        alt=_alt(population, body, "explore.rate.alt"), low=True,
    )  # fmt: skip
    return drawn + cards.subtitle(bad.name, population.say("explore.bad_rate.note")) + below


def _here(population: PopulationView, body: Body, axis: CellAxis) -> Here | None:
    client = body["client"]
    if not client:
        return None
    at = place(body, client["value"], clamp=True)
    return Here(at, population.say("page.this_application")) if at is not None or axis.apart else None


def _levels(population: PopulationView, body: Body, axis: CellAxis) -> str:
    client, rates = body["client"], _rates(population, body)
    own = _own_level(body, client["value"]) if client else None
    mine = population.say("page.this_application")
    counts = _counts(population, body, axis)
    alt = _alt(population, body, "explore.spread.alt")
    drawn = lines([counts], axis, tell=population.count, alt=alt, own=own, own_says=mine)
    drawn = f"<div>{cards.subtitle(counts.name)}{drawn}</div>"
    if not rates:
        return drawn
    bad = Bars(population.say("explore.bad_rate"), "raises", rates)
    alt = _alt(population, body, "explore.rate.alt")
    beside = lines([bad], axis, tell=lambda v: _share(population, v), alt=alt, own=own, own_says=mine)
    note = cards.subtitle(bad.name, population.say("explore.bad_rate.note"))
    return f'<div class="f-beside">{drawn}<div>{note}{beside}</div></div>'


def _alt(population: PopulationView, body: Body, key: str) -> str:
    group = population.say(f"explore.group.{body['group']}")
    return population.say(key, feature=body["says"], group=group)


def _notes(population: PopulationView, body: Body, axis: CellAxis) -> str:
    notes = [population.say("explore.rounded")]
    if not axis.is_level:
        notes.append(population.say("explore.ends"))
    if None in _rates(population, body):
        notes.append(population.say("explore.few"))
    return cards.soft(" ".join(notes))


def _as_table(population: PopulationView, body: Body, axis: CellAxis) -> str:
    """The same figures to read out, copy or print."""
    rates = _rates(population, body)
    heads = [population.says(body["variable"]), population.say("explore.applications")]
    rows = [[words, population.count(count)] for words, count in zip(axis.cells, body["counts"], strict=True)]
    if rates:
        heads.append(population.say("explore.bad_rate"))
        for row, rate in zip(rows, rates, strict=True):
            row.append(_share(population, rate))
    if axis.apart:
        rows.append([axis.apart, population.count(body["missing"]), *([""] if rates else [])])
    return cards.folded(population.say("explore.as_table"), cards.grid(heads, rows))
