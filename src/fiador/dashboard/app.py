"""What does the page hold? The language, three ways to look at applications, the model's own line at the foot."""

from __future__ import annotations

import os
from typing import Any

import streamlit as st

from fiador.dashboard import SERVICE_URL, address, cards
from fiador.dashboard.answers import Served, served_at, served_model
from fiador.dashboard.explore.page import show_explore
from fiador.dashboard.lookup import show_lookup
from fiador.dashboard.new_application import show_new
from fiador.dashboard.no_answer import show_error
from fiador.dashboard.theme import style
from fiador.errors import FiadorError
from fiador.look import MARK
from fiador.words import LANGUAGES, known_language, language_of, say

VIEWS = {"look_up": "page.look_up", "new": "page.new", "explore": "explore.view"}
SHOWN = {"look_up": show_lookup, "new": show_new, "explore": show_explore}


def main() -> None:
    """The page, from top to foot."""
    st.set_page_config(page_title=cards.PRODUCT, page_icon=MARK, layout="wide")
    st.html(style())
    address.arrive(VIEWS)
    url = os.environ[SERVICE_URL].rstrip("/")
    header = st.container()
    with header:
        name, choice = st.columns([3, 1], vertical_alignment="center")
    with choice:
        language = _choose_language()
    _tell_browser(language)
    try:
        served = served_at(url)
        model = served_model(served)
        with name:
            st.html(cards.brand(model["title"] or model["portfolio"], language))
        _show_view(served, model, language=language)
        st.html(cards.footer(model, language))
    except FiadorError as error:
        with name:
            st.html(cards.brand(cards.PRODUCT, language))
        show_error(error, language, url=url)


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


def _tell_browser(language: str) -> None:
    """The document's language, for readers aloud and translators; Streamlit says English whatever is on the page."""
    st.html(f'<script>document.documentElement.lang = "{language}"</script>', unsafe_allow_javascript=True)


def _show_view(served: Served, model: dict[str, Any], *, language: str) -> None:
    view = st.segmented_control(
        say("page.view", language),
        list(VIEWS),
        required=True,
        key="view",
        format_func=lambda name: say(VIEWS[name], language),
        label_visibility="collapsed",
    )
    address.follow()
    SHOWN[str(view)](served, model, language=language)


if __name__ == "__main__":
    main()
