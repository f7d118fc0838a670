"""What does a page show when there is no answer to show?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.client import START
from fiador.errors import FiadorError, RequestError, ServiceError, UnknownKeyError
from fiador.words import say
from fiador.words.places import shown


@contextmanager
def telling(language: str, *, url: str = "") -> Iterator[None]:
    """Whatever error ends the block is told on the page, in its place."""
    try:
        yield
    except FiadorError as error:
        show_error(error, language, url=url)


def show_error(error: FiadorError, language: str, *, key: str = "", url: str = "") -> None:
    """An error in the reader's language, with what to do next; the service's own words stay as it said them."""
    if isinstance(error, ServiceError):
        _service_is_down(error, language, url)
    elif isinstance(error, UnknownKeyError) and key:
        st.html(cards.empty(say("page.error.unknown_key", language, key=key)))
    else:
        text = "page.error.refused" if isinstance(error, RequestError) else "page.error.failed"
        notice = f"<b>{escape(say(text, language))}</b><ul><li>{escape(error.message)}</li></ul>"
        st.html(f'<div class="f-notices" role="alert">{notice}</div>')


def _service_is_down(error: ServiceError, language: str, url: str) -> None:
    with st.container(key="card-service-down"):
        st.html(cards.title(say("page.error.service", language, url=shown(url) if url else error.where)))
        st.html(cards.soft(say("page.error.service.next", language)))
        st.code(START, language="bash")
        st.button(say("page.error.retry", language), type="primary", icon=":material/refresh:")
