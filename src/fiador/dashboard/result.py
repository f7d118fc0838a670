"""How does one decision look on the page? Verdict, figures, reasons, comparison, and what it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.answers import Served, past_loans
from fiador.dashboard.charts import decision as charts
from fiador.dashboard.charts.axis import place
from fiador.errors import FiadorError
from fiador.words import percent, quantity, say

Body = Mapping[str, Any]


def show_decision(
    decision: Body,
    tables: Mapping[str, list[Body]],
    model: Body,
    *,
    served: Served,
    language: str,
) -> None:
    """The whole answer to one application, as the service gave it."""
    st.html(cards.verdict(decision, language))
    if decision["notices"]:
        st.html(cards.notices(decision["notices"], language))
    st.html(cards.figures(decision, language))
    main, side = st.columns(2, gap="small")
    with main:
        with st.container(key="card-reasons"):
            st.html(cards.title(say("page.reasons", language)) + cards.reasons(decision["reasons"], language))
        _show_contributions(decision, language)
        _show_sources(tables, model, language)
    with side, st.container(key="card-gauge"):
        _show_gauge(decision, language)
    with side, st.container(key="card-position"):
        _show_position(decision, served=served, language=language)


def _show_gauge(decision: Body, language: str) -> None:
    st.html(cards.title(say("page.pd", language)))
    st.html(charts.gauge(decision, language=language))
    if decision["refer_band"]:
        low, high = (percent(end, language) for end in decision["refer_band"])
        st.html(cards.soft(say("page.refer_band", language, low=low, high=high)))


def _show_position(decision: Body, *, served: Served, language: str) -> None:
    st.html(cards.title(say("page.position", language)))
    named = {row["feature"]: row for row in decision["contributions"]}
    first = [row["feature"] for row in decision["reasons"]]
    choices = [*first, *(name for name in named if name not in first)]
    if not choices:
        st.html(cards.soft(say("page.position.none", language)))
        return
    label = say("page.position.choose", language)
    chosen = st.selectbox(
        label,
        choices,
        format_func=lambda name: _capital(named[name]["says"]),
        key=f"compare-{decision['key']}",
    )
    row = named[chosen or choices[0]]
    try:
        past = past_loans(served, row["feature"])
    except FiadorError:
        st.html(cards.soft(say("page.position.none", language)))
        return
    alt = say("page.position.alt", language, feature=row["says"], value=row["value_says"])
    st.html(cards.soft(say("page.share_of_group", language)))
    currency = decision["currency"] or ""
    st.html(charts.distribution(past, row["value"], alt=alt, currency=currency, language=language))
    if row["value"] is not None and place(past, row["value"]) is None:
        st.html(cards.soft(say("page.position.beyond", language)))


def _show_contributions(decision: Body, language: str) -> None:
    with st.expander(say("page.contributions", language)):
        st.html(cards.soft(say("page.contributions.note", language)))
        st.html(charts.contributions(decision, language=language))


def _show_sources(tables: Mapping[str, list[Body]], model: Body, language: str) -> None:
    """What a decision reads of the raw rows, in words; a column that wasn't sent has no line."""
    with st.expander(say("page.data", language)):
        for table in model["tables"]:
            for row in tables.get(table["name"], []):
                columns = [column for column in table["columns"] if column["used"] and column["name"] in row]
                lines = [
                    (_named(column, language), _cell(row[column["name"]], column, model, language))
                    for column in columns
                ]
                st.html(cards.table(_named(table, language), lines))


def _named(thing: Body, language: str) -> str:
    says = (thing.get("says") or {}).get(language) or thing["name"]
    return says if says == thing["name"] else _capital(str(says))


def _cell(value: Any, column: Body, model: Body, language: str) -> str:
    """A raw value as a reader of this language expects it."""
    says = (column.get("levels_says") or {}).get(value) if isinstance(value, str) else None
    if says:
        return str(says[language])
    if isinstance(value, bool):
        return say("page.yes" if value else "page.no", language)
    if value is None or value == "":
        return say("value.missing", language)
    if isinstance(value, int | float):
        return quantity(value, column.get("unit") or "number", language, currency=model["currency"])
    return str(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
