"""What do the views share? The variables, the application looked at, and the questions asked of the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from fiador.dashboard.answers import Served, explored
from fiador.dashboard.charts.axis import capital
from fiador.words import number, say

Body = Mapping[str, Any]


@dataclass(frozen=True)
class PopulationView:
    """All known applications as the service tells of them, and the one looked at (`key`, empty for none)."""

    served: Served
    overview: Body
    key: str
    feature: str  # what moved that application's decision most
    currency: str
    language: str

    @property
    def named(self) -> dict[str, Body]:
        """Every variable by its name: what the model reads first, each part in the service's order."""
        rows = sorted(self.overview["variables"], key=lambda row: not row["used"])
        return {row["name"]: row for row in rows}

    def say(self, key: str, **values: object) -> str:
        """A text in the page's language."""
        return say(key, self.language, **values)

    def says(self, name: str) -> str:
        """A variable in words."""
        return capital(str(self.named[name]["says"]))

    def count(self, value: float | None) -> str:
        """A number of applications, as it was told."""
        return number(value, self.language)

    def ask(self, what: str, **parameters: str) -> dict[str, Any]:
        """The service's answer, about the application looked at too."""
        return explored(self.served, what, language=self.language, key=self.key, **parameters)

    def too_few(self) -> str:
        """Why nothing is shown."""
        return self.say("explore.too_few", fewest=number(self.overview["fewest"], self.language))


def choose_variable(population: PopulationView, *, key: str, label: str, first: str) -> str:
    """A list of every variable; `first` is taken where nothing was chosen yet, or what was chosen is unknown."""
    names = list(population.named)
    if st.session_state.get(key) not in names:
        st.session_state[key] = first if first in names else names[0]
    return str(
        st.selectbox(population.say(label), names, format_func=population.says, key=key, persist_state="session")
    )


def choose_group(population: PopulationView, *, key: str = "group") -> str:
    """A list of the groups that hold anybody, each with its size."""
    return str(
        st.selectbox(
            population.say("explore.group"),
            groups(population),
            format_func=lambda group: _group(population, group),
            key=key,
            persist_state="session",
        )
    )


def groups(population: PopulationView, without: Sequence[str] = ()) -> list[str]:
    """The groups that hold anybody."""
    return [name for name, count in population.overview["groups"].items() if count != 0 and name not in without]


def _group(population: PopulationView, group: str) -> str:
    count = population.count(population.overview["groups"][group])
    return population.say("explore.group.counted", group=population.say(f"explore.group.{group}"), count=count)
