"""Which rows hold the words looked for? Whatever their case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from fiador.dashboard import cards
from fiador.dashboard.explore.population import PopulationView
from fiador.words import number

Body = Mapping[str, Any]
MOST = 150  # rows shown at once: more are found by searching


def matches(rows: Sequence[Body], search: str, names: Sequence[str]) -> list[Body]:
    """The rows in which every word of the search occurs, in any of the named values.

    >>> matches([{"says": "Ancienneté"}, {"says": "Âge"}], "age", ["says"])
    [{'says': 'Âge'}]
    """
    words = plain(search).split()
    return [row for row in rows if all(word in plain(" ".join(str(row.get(n) or "") for n in names)) for word in words)]


def plain(text: str) -> str:
    """A text in small letters without accents.

    >>> plain("Ancienneté, Âge")
    'anciennete, age'
    """
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def shown_part(rows: list[Body], population: PopulationView) -> tuple[list[Body], str]:
    """The first rows, and a word on how many more there are."""
    more = len(rows) - MOST
    if more <= 0:
        return rows, ""
    return rows[:MOST], cards.soft(population.say("explore.search.more", count=number(more, population.language)))
