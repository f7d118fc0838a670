"""Does a registry's history say who is promoted, and refuse what a state doesn't allow?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.bundle.lifecycle import Book, Event, event_from_json, record, require_unmoved
from fiador.errors import RegistryError


def event(did: str, name: str, *, portfolio: str = "loans", by: str | None = None) -> Event:
    return Event("2026-11-21T12:00:00+00:00", did, f"id-{name}", name, portfolio, by)


def book(*done: str) -> Book:
    """A book of `approved a`, `promoted a`, …"""
    whole = Book()
    for did, name in (each.split() for each in done):
        whole = record(whole, event(did, name))
    return whole


def test_promoting_another_supersedes_the_one_before_and_rolling_back_is_promoting_it_again():
    steps = ["approved a", "promoted a", "approved b", "promoted b"]
    assert book(*steps).states == {"id-a": "superseded", "id-b": "promoted"}
    back = book(*steps, "promoted a")
    assert back.states == {"id-a": "promoted", "id-b": "superseded"}
    assert back.promoted == {"loans": "id-a"}
    assert len(back.history) == 5


def test_each_portfolio_has_a_promoted_bundle_of_its_own():
    both = record(book("approved a", "promoted a"), event("approved", "b", portfolio="cards"))
    both = record(both, event("promoted", "b", portfolio="cards"))
    assert both.promoted == {"loans": "id-a", "cards": "id-b"}


@pytest.mark.parametrize(
    ("before", "did", "words"),
    [
        ([], "promoted", "a: is not approved. Approve it first: `fiador bundles approve a`"),
        (["approved a"], "approved", "is approved already. Promote it"),
        (["approved a", "promoted a"], "approved", "is approved and promoted already"),
        (["approved a", "promoted a"], "promoted", "is promoted already"),
        (["approved a", "promoted a"], "retired", "is promoted: `fiador serve` takes it. Promote another first"),
        (["approved a", "retired a"], "promoted", "is retired. Approve it again first"),
        (["approved a", "retired a"], "retired", "is retired already"),
        (["approved a", "promoted a", "approved b", "promoted b"], "approved", "approved already. Promote it again"),
    ],
)
def test_what_a_state_does_not_allow_is_refused_with_the_next_step(before, did, words):
    with pytest.raises(RegistryError, match=words):
        record(book(*before), event(did, "a"))


def test_retiring_the_promoted_one_by_force_leaves_its_portfolio_without_one():
    forced = record(book("approved a", "promoted a"), event("retired", "a"), force=True)
    assert (forced.promoted, forced.states) == ({}, {"id-a": "retired"})


def test_a_retired_bundle_may_be_approved_again():
    assert book("approved a", "retired a", "approved a", "promoted a").promoted == {"loans": "id-a"}


def test_a_promotion_in_between_is_told_with_who_and_when():
    saw = book("approved a", "approved b")
    now = record(saw, event("promoted", "b", by="ana"))
    with pytest.raises(RegistryError, match=r"loans: 'b' was promoted at 2026-11-21T12:00:00\+00:00 by ana while you"):
        require_unmoved(saw, now, "loans")
    require_unmoved(saw, now, "cards")


def test_an_approval_in_between_does_not_matter_but_taking_the_promoted_one_away_does():
    saw = book("approved a", "promoted a", "approved b")
    require_unmoved(saw, record(saw, event("approved", "c")), "loans")
    require_unmoved(saw, record(saw, event("retired", "b")), "loans")
    with pytest.raises(RegistryError, match="'a' was retired"):
        require_unmoved(saw, record(saw, event("retired", "a"), force=True), "loans")


@given(st.lists(st.tuples(st.sampled_from(["approved", "promoted", "retired"]), st.sampled_from("abcd")), max_size=40))
def test_whatever_is_tried_one_bundle_a_portfolio_is_promoted_and_it_was_approved(tries):
    whole = Book()
    for did, name in tries:
        try:
            after = record(whole, event(did, name, portfolio="loans" if name in "ab" else "cards"), force=name == "a")
        except RegistryError:
            continue
        assert after.history[:-1] == whole.history
        whole = after
        promoted = [identity for identity, state in whole.states.items() if state == "promoted"]
        assert sorted(promoted) == sorted(whole.promoted.values())
        assert set(promoted) <= {each.id for each in whole.history if each.did == "approved"}
    assert tuple(event_from_json(each) for each in whole.to_json()["history"]) == whole.history
