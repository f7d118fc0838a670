"""What may happen to a bundle once it is trained, and which one decides today?

    trained ──approve──> approved ──promote──> promoted ──another is promoted──> superseded ──promote──> promoted
    any but the promoted one ──retire──> retired ──approve──> approved

The history is all there is: who is promoted, and every state, follow from it. Nothing in it is ever changed.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from fiador.errors import RegistryError

TRAINED, APPROVED, PROMOTED, SUPERSEDED, RETIRED = "trained", "approved", "promoted", "superseded", "retired"
_MAY_COME_FROM = {
    APPROVED: (TRAINED, RETIRED),
    PROMOTED: (APPROVED, SUPERSEDED),
    RETIRED: (TRAINED, APPROVED, SUPERSEDED),
}
_REFUSALS = {  # (wanted, state) -> what, what next
    (APPROVED, APPROVED): ("is approved already.", "Promote it with `fiador bundles promote {folder}{registry}`."),
    (APPROVED, PROMOTED): ("is approved and promoted already.", "Nothing needs to be done."),
    (APPROVED, SUPERSEDED): (
        "is approved already.",
        "Promote it again with `fiador bundles promote {folder}{registry}`.",
    ),
    (PROMOTED, TRAINED): ("is not approved.", "Approve it first: `fiador bundles approve {folder}{registry}`."),
    (PROMOTED, RETIRED): ("is retired.", "Approve it again first: `fiador bundles approve {folder}{registry}`."),
    (PROMOTED, PROMOTED): ("is promoted already.", "Nothing needs to be done."),
    (RETIRED, PROMOTED): (
        "is promoted: `fiador serve` takes it.",
        "Promote another first, or leave {portfolio} without one by --force.",
    ),
    (RETIRED, RETIRED): ("is retired already.", "Nothing needs to be done."),
}


@dataclass(frozen=True)
class Event:
    """One thing that was done. did: the state it led to (approved, promoted or retired).

    at: ISO time. folder: the bundle's, in the registry, as it was called then. by: who, as they said. missed: the
    bounds of the gate it was approved in spite of.
    """

    at: str
    did: str
    id: str
    folder: str
    portfolio: str
    by: str | None = None
    note: str | None = None
    missed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "missed": list(self.missed)}


@dataclass(frozen=True)
class Book:
    """Everything that was done in a registry, in order.

    >>> done = [Event("2026-11-20", did, id, id, "loans") for did, id in [("promoted", "a1"), ("promoted", "b2")]]
    >>> Book(tuple(done)).promoted, Book(tuple(done)).states
    ({'loans': 'b2'}, {'a1': 'superseded', 'b2': 'promoted'})
    """

    history: tuple[Event, ...] = ()

    @cached_property
    def promoted(self) -> dict[str, str]:
        """portfolio -> the id of its promoted bundle."""
        return self._followed[0]

    @cached_property
    def states(self) -> dict[str, str]:
        """id -> state, of every bundle something was done with."""
        return self._followed[1]

    @cached_property
    def _followed(self) -> tuple[dict[str, str], dict[str, str]]:
        promoted: dict[str, str] = {}
        states: dict[str, str] = {}
        for event in self.history:
            if event.did == PROMOTED:
                if event.portfolio in promoted:
                    states[promoted[event.portfolio]] = SUPERSEDED
                promoted[event.portfolio] = event.id
            elif promoted.get(event.portfolio) == event.id:
                del promoted[event.portfolio]
            states[event.id] = event.did
        return promoted, states

    def state(self, identity: str) -> str:
        """The state of any bundle: trained, where nothing was done with it yet."""
        return self.states.get(identity, TRAINED)

    def last(self, identity: str) -> Event | None:
        """The last thing done with a bundle."""
        return next((event for event in reversed(self.history) if event.id == identity), None)

    def to_json(self) -> dict[str, Any]:
        return {"promoted": self.promoted, "states": self.states, "history": [e.to_json() for e in self.history]}


def event_from_json(data: Mapping[str, Any]) -> Event:
    """An Event as `to_json` wrote it; ValueError, TypeError or KeyError where it is none.

    >>> event = Event("2026-11-20", "approved", "a1", "first", "loans", missed=("gini 0.4000 is below 0.45",))
    >>> event_from_json(event.to_json()) == event
    True
    """
    unknown = set(data) - {field.name for field in fields(Event)}
    if unknown or data["did"] not in _MAY_COME_FROM:
        raise ValueError(f"an unknown event: {sorted(unknown) or data['did']}")
    if not all(isinstance(data[name], str) for name in ("at", "id", "folder", "portfolio")):
        raise TypeError("an event holds what is no text")
    return Event(**{**data, "missed": tuple(data.get("missed", ()))})


def record(book: Book, event: Event, *, force: bool = False, option: str = "") -> Book:
    """The book with one more event; RegistryError where the bundle's state doesn't allow it. force: retire it anyway.
    option: what a printed command needs to reach the registry.

    >>> record(Book(), Event("2026-11-20", "promoted", "a1", "first", "loans"))
    Traceback (most recent call last):
    fiador.errors.RegistryError: first: is not approved. Approve it first: `fiador bundles approve first`.
    """
    state = book.state(event.id)
    forced = force and (event.did, state) == (RETIRED, PROMOTED)
    if state not in _MAY_COME_FROM[event.did] and not forced:
        what, hint = _REFUSALS[event.did, state]
        names = {"folder": shlex.quote(event.folder), "portfolio": event.portfolio, "registry": option}
        raise RegistryError(what, where=event.folder, hint=hint.format(**names))
    return Book((*book.history, event))


def require_unmoved(earlier: Book, book: Book, portfolio: str, *, option: str = "") -> None:
    """Pass, or a RegistryError where another promotion of the portfolio came between looking and deciding.

    earlier: the book the decision was made on. book: as it is now. option: as `record`.
    """
    since = book.history[len(earlier.history) :]
    incumbent = earlier.promoted.get(portfolio)
    changes = [e for e in since if e.portfolio == portfolio and (e.did == PROMOTED or e.id == incumbent)]
    if changes:
        last = changes[-1]
        by = f" by {last.by}" if last.by else ""
        raise RegistryError(
            f"'{last.folder}' was {last.did} at {last.at}{by} while you were deciding. "
            "Nothing was changed by this call.",
            where=portfolio,
            hint=f"Look again with `fiador bundles list{option}`, then promote if it is still right.",
        )
