"""Does what the version before wrote open, and decide as it did?

`version_0_1/` holds a bundle, the store it was trained from, a history of it, and four of its decisions as that version
made them, from the history and from raw rows alike: simulated loans with their payments.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fiador.adapters.disk.bundles import open_bundle
from fiador.adapters.disk.history import open_history, read_manifest
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.bundle import Bundle
from fiador.errors import DataError
from fiador.use_cases.ports import Engine
from fiador.use_cases.scoring import score_one
from fiador.use_cases.tables import load_tables

FOLDER = Path(__file__).parent / "version_0_1"
DECISIONS = json.loads((FOLDER / "decisions.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(FOLDER / "bundle", expect="94fa4039af3b")


@pytest.fixture(scope="module")
def engine(bundle: Bundle) -> Engine:
    engine = open_engine(reads=[str(FOLDER / "store")])
    load_tables(bundle.portfolio, open_source(FOLDER / "store"), engine, needs_target=False)
    return engine


@pytest.mark.parametrize("key", DECISIONS)
@pytest.mark.parametrize("looked_up", [True, False])
def test_an_application_is_decided_as_it_was(bundle: Bundle, engine: Engine, key: str, looked_up: bool) -> None:
    store = open_source(FOLDER / "store")
    history = open_history(FOLDER / "history", bundle, store=store.manifest) if looked_up else None
    decision, before = score_one(bundle, key, engine=engine, history=history), DECISIONS[key]
    assert (decision.outcome, decision.score) == (before["outcome"], before["score"])
    assert decision.pd == pytest.approx(before["pd"], rel=1e-12)
    assert dict(decision.values) == before["values"]
    assert [reason.feature for reason in decision.reasons] == before["reasons"]


def test_a_history_of_statements_that_no_longer_run_is_refused_with_the_command_that_renews_it(
    bundle: Bundle, tmp_path: Path
) -> None:
    folder = tmp_path / "history"
    shutil.copytree(FOLDER / "history", folder)
    digest = read_manifest(folder).made.sql
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    (folder / "manifest.json").write_text(manifest.replace(digest, "0" * 64), encoding="utf-8")
    store = open_source(FOLDER / "store")
    with pytest.raises(
        DataError, match=r"other statements than this version's\. Write it again: fiador history BUNDLE"
    ):
        open_history(folder, bundle, store=store.manifest)
