"""Which application is it? Search the known ones, page through them, choose one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fiador.dashboard import address, cards
from fiador.dashboard.answers import Served, decided, service_at
from fiador.dashboard.client import Service
from fiador.dashboard.no_answer import show_error
from fiador.dashboard.result import show_decision
from fiador.errors import UnknownKeyError
from fiador.words import number, say

PAGE = 8  # keys shown at once: a list short enough for a phone


def show_lookup(served: Served, model: Mapping[str, Any], *, language: str) -> None:
    """The list beside the decision; on a narrow screen, above it."""
    side, main = st.columns([5, 17], gap="medium")
    with side:
        _choose(service_at(served.url), language)
    with main:
        key = st.session_state.get("application")
        if key:
            _show(served, model, key, language=language)
        else:
            st.html(cards.empty(say("page.choose", language)))


def _choose(service: Service, language: str) -> None:
    st.session_state.setdefault("offset", 0)
    search = st.text_input(
        say("page.search", language),
        placeholder=say("page.search.hint", language),
        key="search",
        on_change=_from_the_start,
        icon=":material/search:",
        persist_state="session",
    ).strip()
    listing = service.applications(search=search, limit=PAGE, offset=st.session_state["offset"])
    keys = [row["key"] for row in listing["applications"]]
    if not keys:
        text = say("page.none_found", language, search=search) if search else say("page.no_applications", language)
        st.html(cards.soft(text))
        return
    chosen = st.session_state.get("application")
    index = keys.index(chosen) if chosen in keys else None
    picked = st.radio(
        say("page.applications", language),
        keys,
        index=index,
        key=f"keys-{search}-{st.session_state['offset']}",
    )
    if picked and picked != chosen:
        st.session_state["application"] = picked
        address.follow()
    _show_pager(listing, language)


def _from_the_start() -> None:
    st.session_state["offset"] = 0


def _show_pager(matches: Mapping[str, Any], language: str) -> None:
    offset, total = matches["offset"], matches["total"]
    last = offset + len(matches["applications"])
    shown = {
        "first": number(offset + 1, language),
        "last": number(last, language),
        "total": number(total, language),
    }
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", wrap=False):
        _turn("chevron_left", "page.previous", offset - PAGE, offset == 0, language)
        st.html(cards.soft(say("page.range", language, **shown)), width="content")
        _turn("chevron_right", "page.next", offset + PAGE, last >= total, language)


def _turn(icon: str, words: str, offset: int, disabled: bool, language: str) -> None:
    st.button(
        "",
        key=words,
        icon=f":material/{icon}:",
        help=say(words, language),
        on_click=_go_to,
        args=(max(0, offset),),
        disabled=disabled,
    )


def _go_to(offset: int) -> None:
    st.session_state["offset"] = offset


def _show(served: Served, model: Mapping[str, Any], key: str, *, language: str) -> None:
    try:
        with st.spinner(say("page.loading", language)):
            decision = decided(served, key, language=language)
            tables = service_at(served.url).application(key)["tables"]
    except UnknownKeyError as error:
        show_error(error, language, key=key)
    else:
        show_decision(decision, tables, model, served=served, language=language)
