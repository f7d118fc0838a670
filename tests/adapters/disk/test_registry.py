"""Is the promoted bundle always one that was approved, and is no decision about bundles ever lost?"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import filelock
import pytest

from fiador.adapters.disk import registry
from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.disk.manifest import MANIFEST
from fiador.adapters.disk.registry import (
    REGISTRY,
    Signature,
    approve,
    find,
    listed,
    promote,
    promoted,
    read_book,
    retire,
)
from fiador.bundle.lifecycle import Book
from fiador.errors import AcceptanceError, BundleError, RegistryError
from fiador.portfolio import parse_document

SAID = Signature(datetime(2026, 11, 21, 12, 0, tzinfo=UTC), "ana", "looks right")


@pytest.fixture
def shelf(bundle, tmp_path) -> Path:
    """A registry of two bundles, `first` and the newer `second`."""
    folder = tmp_path / "bundles"
    for name, day in (("first", "01"), ("second", "02")):
        save_bundle(replace(bundle, created_at=f"2026-11-{day}T12:00:00+00:00"), folder / name)
    return folder


def strict(bundle, document: dict):
    """The bundle under a gate it misses."""
    demanding = copy.deepcopy(document)
    demanding["acceptance"]["gini"] = {"min": 0.999}
    return replace(bundle, document=demanding, portfolio=parse_document(demanding))


def approved_and_promoted(shelf: Path, *names: str) -> None:
    for name in names:
        approve(shelf, name, SAID)
        promote(shelf, name, SAID)


def rows(shelf: Path) -> dict:
    return {row.folder: row for row in listed(shelf, read_book(shelf))}


def test_a_bundle_goes_from_trained_to_promoted_and_is_superseded_by_the_next(shelf):
    assert {name: row.state for name, row in rows(shelf).items()} == {"second": "trained", "first": "trained"}
    approved_and_promoted(shelf, "first", "second")
    assert {name: row.state for name, row in rows(shelf).items()} == {"second": "promoted", "first": "superseded"}
    assert promoted(shelf) == (shelf / "second", registry.identity(shelf / "second"))
    promote(shelf, "first", SAID)
    assert promoted(shelf)[0] == shelf / "first"


def test_the_history_keeps_who_did_what_when_and_why(shelf):
    approved_and_promoted(shelf, "first")
    written = json.loads((shelf / REGISTRY).read_text())
    identity = registry.identity(shelf / "first")
    assert written["format"] == 1
    assert written["promoted"] == {"alura_cash": identity}
    assert written["states"] == {identity: "promoted"}
    assert [(e["did"], e["folder"], e["by"], e["note"], e["at"]) for e in written["history"]] == [
        ("approved", "first", "ana", "looks right", "2026-11-21T12:00:00+00:00"),
        ("promoted", "first", "ana", "looks right", "2026-11-21T12:00:00+00:00"),
    ]


def test_a_bundle_that_missed_its_gate_is_approved_only_with_a_reason_that_is_kept(bundle, alura_document, shelf):
    save_bundle(strict(bundle, alura_document), shelf / "weak.rejected")
    assert rows(shelf)["weak.rejected"].state == "rejected"
    for reason in (None, " "):
        with pytest.raises(
            AcceptanceError, match=r"weak.rejected: missed its gate: gini 0\.\d+ is below 0.999.*--despite"
        ):
            approve(shelf, "weak.rejected", SAID, despite=reason)
    assert read_book(shelf) == Book()
    event = approve(shelf, "weak.rejected", SAID, despite="the only one there is")
    assert event.note == "the only one there is"
    assert event.missed[0].startswith("gini 0.")
    assert read_book(shelf).history == (event,)
    assert rows(shelf)["weak.rejected"].state == "approved"


def test_a_bundle_nobody_approved_is_not_promoted(shelf):
    with pytest.raises(RegistryError, match="first: is not approved. Approve it first"):
        promote(shelf, "first", SAID)
    assert not (shelf / REGISTRY).exists()


def test_the_promoted_bundle_is_retired_only_by_force_and_then_none_decides(shelf):
    approved_and_promoted(shelf, "first")
    with pytest.raises(RegistryError, match="first: is promoted"):
        retire(shelf, "first", SAID)
    retire(shelf, "first", SAID, force=True)
    with pytest.raises(RegistryError, match="no bundle is promoted. Name a bundle, or promote one"):
        promoted(shelf)


@pytest.mark.parametrize("named_by", ["folder", "path", "id"])
@pytest.mark.parametrize("harm", ["gone", "damaged", "another manifest", "older format"])
def test_a_bundle_that_cannot_be_opened_can_still_be_retired(shelf, harm, named_by):
    approved_and_promoted(shelf, "first")
    identity, folder = registry.identity(shelf / "first"), shelf / "first"
    if harm == "gone":
        shutil.rmtree(folder)
    elif harm == "damaged":
        (folder / "metrics.json").write_text("{}")
    elif harm == "another manifest":
        (folder / MANIFEST).write_text("not json")
    else:
        manifest = json.loads((folder / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps({**manifest, "format": 1}))
    (row,) = [row for row in listed(shelf, read_book(shelf)) if row.id == identity]
    advised = f"Restore it, or retire it: `fiador bundles retire {identity[:12]} --force --registry {shelf}`."
    assert row.problem.endswith(advised)
    name = {"folder": "first", "path": str(folder), "id": identity[:8]}[named_by]
    with pytest.raises(RegistryError, match="first: is promoted"):
        retire(shelf, name, SAID)
    event = retire(shelf, name, SAID, force=True)
    assert (event.id, event.folder, event.portfolio) == (identity, "first", "alura_cash")
    assert read_book(shelf).promoted == {}
    assert identity not in {row.id for row in listed(shelf, read_book(shelf)) if row.state != "retired"}
    with pytest.raises(RegistryError, match="first: is retired already"):
        retire(shelf, identity[:8], SAID)


def test_what_took_the_place_of_a_bundle_is_what_its_folder_names(shelf, bundle):
    approved_and_promoted(shelf, "first")
    identity = registry.identity(shelf / "first")
    save_bundle(bundle, shelf / "first")
    assert retire(shelf, "first", SAID).id == registry.identity(shelf / "first") != identity
    assert retire(shelf, identity[:6], SAID, force=True).id == identity


def test_a_folder_that_several_lost_bundles_had_is_answered_with_their_ids(shelf, bundle):
    approved_and_promoted(shelf, "first")
    save_bundle(bundle, shelf / "first")
    approved_and_promoted(shelf, "first")
    shutil.rmtree(shelf / "first")
    with pytest.raises(BundleError, match=r"'first' was the folder of several bundles that are gone: .*Give the id"):
        retire(shelf, "first", SAID)


def test_a_damaged_bundle_nothing_was_done_with_is_in_no_history_to_be_taken_out_of(shelf):
    (shelf / "first" / "metrics.json").write_text("{}")
    with pytest.raises(BundleError, match=r"'metrics.json' was changed"):
        retire(shelf, "first", SAID)


def test_a_command_names_its_registry_unless_it_is_found_without(monkeypatch):
    monkeypatch.delenv("FIADOR_BUNDLES", raising=False)
    assert registry.option("bundles") == ""
    assert registry.option("our shelf") == " --registry 'our shelf'"
    monkeypatch.setenv("FIADOR_BUNDLES", "our shelf")
    assert registry.option("our shelf") == ""
    assert registry.option("bundles") == " --registry bundles"


@pytest.mark.parametrize("harm", ["a folder for a file", "a dangling link", "links in a circle", "nobody may look"])
def test_a_bundle_that_cannot_be_read_is_one_row_that_says_why(shelf, harm):
    folder, manifest = shelf / "first", shelf / "first" / MANIFEST
    if harm == "a folder for a file":
        (folder / "metrics.json").unlink()
        (folder / "metrics.json").mkdir()
    elif harm == "nobody may look":  # as root, who may look anywhere, a link to itself stands in for the missing right
        shutil.rmtree(folder)
        folder.symlink_to(folder)
    else:
        manifest.unlink()
        manifest.symlink_to(shelf / "nowhere" if harm == "a dangling link" else manifest)
    rows = {row.folder: row for row in listed(shelf, read_book(shelf))}
    assert rows["first"].state == "unreadable"
    words = {
        "a folder for a file": "'metrics.json' is missing. Restore the bundle, or train again.",
        "a dangling link": "'manifest.json' can't be read (No such file or directory). Make the folder readable.",
    }
    assert words.get(harm, "can't be read (Too many levels of symbolic links)") in rows["first"].problem
    assert rows["second"].state == "trained"
    assert find(shelf, registry.identity(shelf / "second")[:8]) == shelf / "second"


def test_a_folder_called_as_another_bundle_s_id_means_neither(shelf):
    start = registry.identity(shelf / "first")[:8]
    (shelf / "second").rename(shelf / start)
    words = rf"'{start}' is the name of one bundle's folder, and the id of the bundle in 'first' .* Write '.*{start}'"
    with pytest.raises(BundleError, match=words):
        find(shelf, start)
    assert find(shelf, str(shelf / start)) == shelf / start
    assert find(shelf, "first") == shelf / "first"


def test_a_command_that_is_advised_reaches_the_registry_at_hand(shelf):
    with pytest.raises(RegistryError, match=rf"`fiador bundles approve first --registry {shelf}`"):
        promote(shelf, "first", SAID)
    with pytest.raises(RegistryError, match=rf"`fiador bundles promote NAME --registry {shelf}`"):
        promoted(shelf)
    approved_and_promoted(shelf, "first")
    with pytest.raises(RegistryError, match=rf"`fiador bundles list --registry {shelf}`"):
        promote(shelf, "first", SAID, replacing="none")
    shutil.rmtree(shelf / "first")
    with pytest.raises(BundleError, match=rf"`fiador bundles promote NAME --registry {shelf}`"):
        promoted(shelf)


def test_a_bundle_is_named_by_folder_path_or_the_start_of_its_id(shelf):
    identity = registry.identity(shelf / "first")
    for name in ("first", str(shelf / "first"), identity, identity[:6], identity[:6].upper()):
        assert find(shelf, name) == shelf / "first"
    with pytest.raises(BundleError, match="no bundle 'frist'. Did you mean 'first'"):
        find(shelf, "frist")
    with pytest.raises(BundleError, match=f"no bundle '{identity[:5]}'"):
        find(shelf, identity[:5])


def test_the_start_of_two_ids_is_answered_with_both(tmp_path):
    seen: dict[str, bytes] = {}
    for n in range(100_000):  # some two of them begin with the same six characters
        content = b'{"n": %d}' % n
        start = hashlib.sha256(content).hexdigest()[:6]
        if start in seen:
            break
        seen[start] = content
    for name, manifest in (("one", seen[start]), ("two", content)):
        (tmp_path / name).mkdir()
        (tmp_path / name / MANIFEST).write_bytes(manifest)
    with pytest.raises(BundleError, match=rf"'{start}' is the start of several ids: one \(.*two \(.*Give more"):
        find(tmp_path, start)


def test_a_copy_of_a_bundle_has_its_id_and_so_its_state(bundle, shelf):
    save_bundle(replace(bundle, created_at="2026-11-01T12:00:00+00:00"), shelf / "zcopy")
    approved_and_promoted(shelf, "first")
    assert rows(shelf)["zcopy"].state == "promoted"
    assert find(shelf, registry.identity(shelf / "first")[:8]) == shelf / "first"


def test_bundles_that_cannot_be_read_are_listed_with_the_reason(shelf, bundle):
    for name in ("newer", "damaged", "broken"):
        save_bundle(bundle, shelf / name)
    manifest = json.loads((shelf / "newer" / MANIFEST).read_text())
    (shelf / "newer" / MANIFEST).write_text(json.dumps({**manifest, "format": 99}))
    (shelf / "damaged" / "metrics.json").write_text("{}")
    (shelf / "broken" / MANIFEST).write_text("not json")
    (shelf / "notes").mkdir()
    found = rows(shelf)
    assert list(found) == ["second", "first", "broken", "damaged", "newer"]
    assert found["newer"].problem.startswith("has format 99, written by a newer fiador; this version reads ")
    assert "'metrics.json' was changed" in found["damaged"].problem
    assert "the manifest can't be read" in found["broken"].problem
    assert {found[name].state for name in ("newer", "damaged", "broken")} == {"unreadable"}


def test_a_registry_without_a_folder_says_how_to_begin(tmp_path):
    with pytest.raises(RegistryError, match="no registry at .*Train a bundle into it"):
        listed(tmp_path / "nowhere", Book())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "can't be read"),
        (b"not json", "can't be read"),
        (b"[]", "can't be read"),
        (b"[" * 200_000, "can't be read"),
        (b"\xff\xfe", "can't be read"),
        (b'{"format": 1}', "can't be read"),
        (b'{"format": 1, "history": [{"did": "sold"}]}', "can't be read"),
        (b'{"format": 1, "history": [], "promoted": {"loans": "a1"}, "states": {}}', "was changed by hand"),
        (b'{"format": 2, "history": [{"did": "sold"}]}', "has format 2; this version reads 1. Use the fiador that"),
    ],
)
def test_a_registry_that_cannot_be_read_is_never_overwritten(shelf, content, words):
    (shelf / REGISTRY).write_bytes(content)
    for step in (approve, promote, retire):
        with pytest.raises(RegistryError, match=words):
            step(shelf, "first", SAID)
    assert (shelf / REGISTRY).read_bytes() == content


def test_a_registry_that_cannot_be_written_is_said_and_stays_as_it_was(shelf):
    approved_and_promoted(shelf, "first")
    before = (shelf / REGISTRY).read_bytes()
    lock = shelf / f".{REGISTRY}.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    with pytest.raises(RegistryError, match="can't be written .*Make it writable, or give another --registry"):
        approve(shelf, "second", SAID)
    assert (shelf / REGISTRY).read_bytes() == before


def test_a_promoted_bundle_whose_folder_is_gone_or_holds_another_is_not_served(shelf, bundle):
    approved_and_promoted(shelf, "first")
    save_bundle(bundle, shelf / "first")
    with pytest.raises(BundleError, match="the promoted bundle .* is not there: 'first' holds another bundle now"):
        promoted(shelf)
    (shelf / "first").rename(shelf.parent / "elsewhere")
    with pytest.raises(BundleError, match=r"alura_cash: .*'first' is gone\. Restore it, or promote another"):
        promoted(shelf)
    (gone,) = [row for row in listed(shelf, read_book(shelf)) if row.state == "promoted"]
    assert (gone.folder, "its folder is gone" in (gone.problem or "")) == ("first", True)


def test_a_renamed_bundle_is_still_the_promoted_one(shelf):
    approved_and_promoted(shelf, "first")
    (shelf / "first").rename(shelf / "better-name")
    assert promoted(shelf)[0] == shelf / "better-name"


def test_of_several_portfolios_one_must_be_named(shelf, bundle, alura_document):
    cards = copy.deepcopy(alura_document)
    cards["portfolio"]["name"] = "cards"
    save_bundle(replace(bundle, document=cards, portfolio=parse_document(cards)), shelf / "cards")
    approved_and_promoted(shelf, "first", "cards")
    with pytest.raises(
        RegistryError, match="bundles of several portfolios are promoted: alura_cash, cards. Give --port"
    ):
        promoted(shelf)
    assert promoted(shelf, "cards")[0] == shelf / "cards"
    with pytest.raises(RegistryError, match="no bundle of 'card' is promoted. Did you mean 'cards'"):
        promoted(shelf, "card")


def test_a_promotion_may_demand_its_own_id_and_the_one_it_replaces(shelf):
    approved_and_promoted(shelf, "first")
    approve(shelf, "second", SAID)
    identity = registry.identity(shelf / "first")
    with pytest.raises(BundleError, match="expected ffff"):
        promote(shelf, "second", SAID, expect="ffff")
    for wrong in ("none", "ffffff", "", identity[:3]):
        with pytest.raises(RegistryError, match=f"bundle {identity[:12]} is promoted, expected '{wrong}'"):
            promote(shelf, "second", SAID, replacing=wrong)
    assert promote(shelf, "second", SAID, replacing=identity[:6])[1] == identity
    assert promote(shelf, "first", SAID, replacing="second")[1] == registry.identity(shelf / "second")


def test_the_first_promotion_may_demand_that_none_was(shelf):
    approve(shelf, "first", SAID)
    with pytest.raises(RegistryError, match="no bundle is promoted, expected 'abcdef'"):
        promote(shelf, "first", SAID, replacing="abcdef")
    assert promote(shelf, "first", SAID, replacing="none")[1] is None


PROMOTING = """
import sys
from datetime import UTC, datetime
from fiador.errors import RegistryError
from fiador.adapters.disk.registry import Signature, promote, read_book
shelf, name = sys.argv[1:]
saw = read_book(shelf)
print("saw", flush=True)
sys.stdin.readline()
try:
    promote(shelf, name, Signature(datetime.now(UTC), name), saw=saw)
    print("done")
except RegistryError as error:
    print(error.message)
    sys.exit(error.exit_code)
"""


def test_of_two_promotions_at_once_one_wins_the_other_is_told_and_nothing_is_lost(shelf):
    approve(shelf, "first", SAID)
    approve(shelf, "second", SAID)
    processes = {
        name: subprocess.Popen(
            [sys.executable, "-c", PROMOTING, str(shelf), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in ("first", "second")
    }  # fmt: skip
    for process in processes.values():  # both have looked before either decides
        assert process.stdout.readline() == "saw\n"
    for process in processes.values():
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {name: process.communicate(timeout=180)[0] for name, process in processes.items()}
    codes = {name: process.returncode for name, process in processes.items()}
    assert sorted(codes.values()) == [0, RegistryError.exit_code]
    (winner,) = [name for name, code in codes.items() if code == 0]
    (loser,) = [name for name, code in codes.items() if code]
    assert f"'{winner}' was promoted at" in said[loser]
    assert f"by {winner} while you were deciding. Nothing was changed by this call." in said[loser]
    assert promoted(shelf)[0].name == winner
    assert [event.did for event in read_book(shelf).history] == ["approved", "approved", "promoted"]
    assert promote(shelf, loser, SAID)[1] == registry.identity(shelf / winner)  # having looked again


def test_a_lock_that_is_held_is_waited_for_and_then_said(shelf):
    approve(shelf, "first", SAID)
    with (
        filelock.FileLock(shelf / f".{REGISTRY}.lock"),
        pytest.raises(RegistryError, match="another process has been changing it for more than 0.1 s. Try again"),
    ):
        promote(shelf, "first", SAID, patience=0.1)
    promote(shelf, "first", SAID)


def test_a_process_killed_while_it_changes_the_registry_blocks_nobody_and_leaves_it_whole(shelf):
    approve(shelf, "first", SAID)
    dying = """
import os, sys
from datetime import UTC, datetime
from fiador.adapters.disk import registry
def die(old, new):
    os.kill(os.getpid(), 9)
registry.os.replace = die
registry.promote(sys.argv[1], "first", registry.Signature(datetime.now(UTC)))
"""
    done = subprocess.run([sys.executable, "-c", dying, str(shelf)], check=False)
    assert done.returncode == -9
    assert [event.did for event in read_book(shelf).history] == ["approved"]
    promote(shelf, "first", SAID, patience=1)
    assert promoted(shelf)[0].name == "first"


def test_a_full_disk_leaves_the_registry_as_it_was(shelf, monkeypatch):
    approve(shelf, "first", SAID)
    before = sorted(path.name for path in shelf.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(registry.os, "fsync", full)
    with pytest.raises(RegistryError, match=r"can't be written \(No space left on device\)"):
        promote(shelf, "first", SAID)
    assert [event.did for event in read_book(shelf).history] == ["approved"]
    assert sorted(path.name for path in shelf.iterdir()) == before


def test_a_folder_that_decisions_lean_on_is_not_trained_into(shelf):
    registry.require_replaceable(shelf / "new")
    registry.require_replaceable(shelf / "first")
    approved_and_promoted(shelf, "first", "second")
    for name, state in (("first", "superseded"), ("second", "promoted")):
        with pytest.raises(RegistryError, match=f"{name}: the bundle there is {state}, and is kept as it is"):
            registry.require_replaceable(shelf / name)


def test_a_new_bundle_is_named_by_portfolio_and_time():
    now = datetime(2026, 11, 21, 15, 4, 5, tzinfo=UTC)
    assert registry.new_folder("bundles", "alura_cash", now) == Path("bundles/alura_cash-20261121-150405")
