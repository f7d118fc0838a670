"""What does the page hold? The language, the two ways to an application, and the model's own line at the foot."""

from __future__ import annotations

import os
from typing import Any

import streamlit as st

from fiador.dashboard import SERVICE_URL, cards
from fiador.dashboard.client import Service
from fiador.dashboard.look import MARK, Palette, palette, style
from fiador.dashboard.lookup import show_lookup
from fiador.dashboard.new_application import show_new
from fiador.dashboard.states import show_error
from fiador.errors import FiadorError
from fiador.words import LANGUAGES, known_language, language_of, say

VIEWS = {"look_up": "page.look_up", "new": "page.new"}


def main() -> None:
    """The page, from top to foot."""
    st.set_page_config(page_title=cards.PRODUCT, page_icon=MARK, layout="wide")
    colours = palette(st.context.theme.type)
    st.html(style())
    service = Service(os.environ.get(SERVICE_URL, "http://127.0.0.1:8000"))
    header = st.container()
    with header:
        name, choice = st.columns([3, 1], vertical_alignment="center")
    with choice:
        language = _choose_language()
    try:
        model = served_model(service.url)
        with name:
            st.html(cards.brand(model["title"] or model["portfolio"], language))
        _show_view(service, model, language=language, colours=colours)
        st.html(cards.footer(model, language))
    except FiadorError as error:
        with name:
            st.html(cards.brand(cards.PRODUCT, language))
        show_error(error, language, url=service.url)


def _choose_language() -> str:
    codes = [each.code for each in LANGUAGES]
    st.session_state.setdefault("language", language_of(st.query_params.get("language") or st.context.locale))
    chosen = st.selectbox(
        say("page.language", st.session_state["language"]),
        codes,
        format_func=lambda code: known_language(code).name,
        key="language",
        label_visibility="collapsed",
        icon=":material/language:",
    )
    st.query_params["language"] = chosen  # a reloaded or shared page keeps its language
    return chosen


def _show_view(service: Service, model: dict[str, Any], *, language: str, colours: Palette) -> None:
    view = st.segmented_control(
        say("page.view", language),
        list(VIEWS),
        required=True,
        default="look_up",
        key="view",
        format_func=lambda name: say(VIEWS[name], language),
        label_visibility="collapsed",
    )
    show = show_new if view == "new" else show_lookup
    show(service, model, language=language, colours=colours)


@st.cache_data(ttl=60, show_spinner=False)
def served_model(url: str) -> dict[str, Any]:
    """What is served, asked once a minute: a service started with another bundle shows itself soon."""
    return Service(url).model()


if __name__ == "__main__":
    main()
