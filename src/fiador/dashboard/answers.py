"""Which answers does the dashboard keep for a moment? One connection to the service, and what one bundle answered.

Every kept answer is of one bundle: which one is served is asked anew on every run, and is part of what an answer is
kept under. A service that comes back with another bundle is never told of beside the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from fiador.dashboard.client import Service

A_MINUTE = 60  # the known applications a service was started with may change without its bundle


@dataclass(frozen=True)
class Served:
    """What answers: the address of a service, and the id of the bundle it serves just now."""

    url: str
    bundle: str


@st.cache_resource(show_spinner=False)
def service_at(url: str) -> Service:
    """The service at an address; its connections are kept and shared by everyone who looks at the page."""
    return Service(url)


def served_at(url: str) -> Served:
    """What is served just now: the one question that is never answered from memory."""
    return Served(url, service_at(url).bundle())


@st.cache_data(ttl=A_MINUTE, show_spinner=False)
def served_model(served: Served) -> dict[str, Any]:
    """What is served, in words."""
    return service_at(served.url).model()


@st.cache_data(ttl=A_MINUTE, max_entries=500, show_spinner=False)
def past_loans(served: Served, feature: str) -> dict[str, Any]:
    """A feature's distribution among the loans the model was developed on."""
    return service_at(served.url).distribution(feature)


@st.cache_data(ttl=A_MINUTE, max_entries=500, show_spinner=False)
def explored(served: Served, what: str, *, language: str, **parameters: str) -> dict[str, Any]:
    """One question about the known applications. An error is not kept: the next run asks again."""
    return service_at(served.url).explore(what, language=language, **parameters)


@st.cache_data(ttl=A_MINUTE, max_entries=100, show_spinner=False)
def decided(served: Served, key: str, *, language: str) -> dict[str, Any]:
    """The decision on a known application."""
    return service_at(served.url).decision(key, language=language)


@st.cache_data(ttl=A_MINUTE, max_entries=100, show_spinner=False)
def valued(served: Served, key: str, *, language: str) -> dict[str, Any]:
    """All of one application's values, in words."""
    return service_at(served.url).values(key, language=language)
