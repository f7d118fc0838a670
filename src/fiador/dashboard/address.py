"""What does the page's address say? Which view, of which application: so that a page can be shared and reloaded."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

EVERYWHERE = ("application",)
EXPLORING = ("section", "variable")


def arrive(views: Collection[str]) -> None:
    """What the address asks for, taken over once: from then on the page leads and the address follows."""
    if "arrived" in st.session_state:
        return
    st.session_state["arrived"] = True
    view = st.query_params.get("view")
    st.session_state["view"] = view if view in views else next(iter(views))
    for name in (*EVERYWHERE, *EXPLORING):
        if st.query_params.get(name):
            st.session_state[name] = st.query_params[name]


def follow() -> None:
    """Write what is shown into the address; what is as at the start is left out."""
    view = st.session_state["view"]
    _write("view", "" if view == "look_up" else view)
    for name in EVERYWHERE:
        _write(name, st.session_state.get(name) if view != "new" else "")
    for name in EXPLORING:
        _write(name, st.session_state.get(name) if view == "explore" else "")


def _write(name: str, value: str | None) -> None:
    if not value:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
