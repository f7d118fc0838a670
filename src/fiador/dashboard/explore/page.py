"""Which view of the known applications is shown, and of which application?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from fiador.dashboard import address, cards
from fiador.dashboard.answers import Served, decided, explored, served_at
from fiador.dashboard.client import NotReadyError
from fiador.dashboard.explore.compare import show_compare
from fiador.dashboard.explore.dictionary import show_dictionary
from fiador.dashboard.explore.pair import show_pair
from fiador.dashboard.explore.population import PopulationView
from fiador.dashboard.explore.spread import show_spread
from fiador.dashboard.explore.values import show_values
from fiador.dashboard.no_answer import show_error, telling
from fiador.errors import UnknownKeyError
from fiador.words import say

Body = Mapping[str, Any]
SECTIONS = {
    "spread": show_spread,
    "pair": show_pair,
    "compare": show_compare,
    "values": show_values,
    "dictionary": show_dictionary,
}
JUST_ASKED = "explore.just_asked"
NEXT_TRY = 3.0  # seconds between two looks at whether the service is ready


def show_explore(served: Served, model: Body, *, language: str) -> None:
    """The client's line and the chosen view. Whatever is pressed here runs this part of the page alone."""
    st.session_state[JUST_ASKED] = True
    _show(served, str(model["currency"] or ""), language=language)


@st.fragment
def _show(served: Served, currency: str, *, language: str) -> None:
    with telling(language, url=served.url):
        _same(served)
        try:
            with st.spinner(say("explore.preparing", language), show_time=True):
                variables = explored(served, "variables", language=language)
        except NotReadyError:
            _wait(served, language)
            return
        if not variables["applications"]:
            st.html(cards.empty(say("explore.nobody", language)))
            return
        client = _choose_client(served, language)
        population = PopulationView(served, variables, client.key, client.feature, currency, language)
        section = _choose_section(language)
        address.follow()
        with st.spinner(say("explore.loading", language), show_time=False):
            SECTIONS[section](population)


def _same(served: Served) -> None:
    """Start the whole page anew where the service came back with another bundle: its head and foot tell of one."""
    if st.session_state.pop(JUST_ASKED, False):
        return  # the whole page runs, and has asked
    if served_at(served.url) != served:
        st.rerun()


@dataclass(frozen=True)
class ClientChoice:
    """The application looked at, if any, and the feature that moved its decision most."""

    key: str = ""
    feature: str = ""


def _choose_client(served: Served, language: str) -> ClientChoice:
    """The field for the number, and beside it what was decided."""
    st.session_state["explore.client"] = st.session_state.get("application") or ""
    field, beside = st.columns([5, 17], gap="medium", vertical_alignment="bottom")
    with field:
        st.text_input(
            say("explore.client", language),
            key="explore.client",
            placeholder=say("explore.client.hint", language),
            on_change=_take_client,
            icon=":material/person_search:",
        )
    key = str(st.session_state.get("application") or "")
    with beside:
        if not key:
            st.html(cards.invite(say("explore.client.invite", language)))
            return ClientChoice()
        try:
            decision = decided(served, key, language=language)
        except UnknownKeyError as error:
            show_error(error, language, key=key)
            return ClientChoice()
        st.html(cards.chip(decision, language))
    strongest = [row["feature"] for row in (*decision["reasons"], *decision["contributions"])]
    return ClientChoice(key, strongest[0] if strongest else "")


def _take_client() -> None:
    st.session_state["application"] = st.session_state["explore.client"].strip()


def _choose_section(language: str) -> str:
    if st.session_state.get("section") not in SECTIONS:
        st.session_state["section"] = next(iter(SECTIONS))
    return str(
        st.segmented_control(
            say("explore.section", language),
            list(SECTIONS),
            required=True,
            key="section",
            format_func=lambda name: say(f"explore.section.{name}", language),
            label_visibility="collapsed",
            persist_state="session",
        )
    )


@st.fragment(run_every=NEXT_TRY)
def _wait(served: Served, language: str) -> None:
    """The population isn't counted yet: say so, and go on as soon as it is."""
    with telling(language, url=served.url):
        try:
            explored(served, "variables", language=language)
        except NotReadyError:
            with st.container(key="card-preparing"):
                st.html(cards.preparing(language))
                st.button(say("page.error.retry", language), icon=":material/refresh:")
        else:
            st.rerun()
