"""Does the terminal lead from trained bundles to the one that decides, and show what changes?"""

from __future__ import annotations

import copy
import json
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyarrow.csv
import pytest

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.simulation.write import write_tables
from fiador.decision.policy import cut_off
from fiador.portfolio import parse_document

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundles(bundle, alura_document, tmp_path_factory) -> Path:
    """`first`, `second` (the same model under other costs) and `weak.rejected`, to be copied."""
    folder = tmp_path_factory.mktemp("bundles")
    documents = {name: copy.deepcopy(alura_document) for name in ("first", "second", "weak.rejected")}
    documents["second"]["costs"]["margin"] = 0.05
    documents["weak.rejected"]["acceptance"]["gini"] = {"min": 0.999}
    for day, (name, document) in enumerate(documents.items(), 1):
        portfolio = parse_document(document)
        made = {"document": document, "portfolio": portfolio, "cut_off": cut_off(portfolio.costs)}
        save_bundle(replace(bundle, created_at=f"2026-11-0{day}T12:00:00+00:00", **made), folder / name)
    return folder


@pytest.fixture
def shelf(bundles, tmp_path, monkeypatch) -> Path:
    """A registry of its own for each test, the one the environment names."""
    folder = Path(shutil.copytree(bundles, tmp_path / "bundles"))
    monkeypatch.setenv("FIADOR_BUNDLES", str(folder))
    return folder


@pytest.fixture(scope="module")
def tables(simulated, alura, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    write_tables(simulated, folder, format="parquet", database=alura.name, written_at=NOW)
    return folder


def test_every_command_teaches_with_an_example(fiador):
    code, said, _ = fiador("bundles", "--help")
    assert code == 0
    for name in ("list", "compare", "approve", "promote", "retire"):
        assert name in said
        code, said_of_one, _ = fiador("bundles", name, "--help")
        assert code == 0
        assert f"Example: fiador bundles {name}" in said_of_one


def test_bundles_go_from_trained_to_promoted_and_back(fiador, shelf):
    assert fiador("bundles", "approve", "first", "--note", "validated")[0] == 0
    code, said, _ = fiador("bundles", "promote", "first", "--by", "ana")
    assert (code, "it decides for alura_cash" in said) == (0, True)
    assert fiador("bundles", "approve", "second")[0] == 0
    code, said, _ = fiador("bundles", "promote", "second", "--by", "ana")
    assert (code, "Back: fiador bundles promote first" in said) == (0, True)
    listed = json.loads(fiador("bundles", "list", "--json")[1])
    assert [(b["folder"], b["state"], b["promoted"], b["gate"]) for b in listed["bundles"]] == [
        ("weak.rejected", "rejected", False, "missed"),
        ("second", "promoted", True, "passed"),
        ("first", "superseded", False, "passed"),
    ]
    assert fiador("bundles", "promote", "first")[0] == 0
    said = fiador("bundles", "list", "--history")[1]
    assert said.count("promoted") == 3
    assert "validated" in said
    assert "ana" in said


def test_of_several_promoted_portfolios_the_one_to_compare_is_named(fiador, shelf, bundle, alura_document):
    document = copy.deepcopy(alura_document)
    document["portfolio"]["name"] = "cards"
    save_bundle(replace(bundle, document=document, portfolio=parse_document(document)), shelf / "cards")
    for name in ("first", "cards"):
        assert fiador("bundles", "approve", name)[0] == 0
        assert fiador("bundles", "promote", name)[0] == 0
    code, _, complained = fiador("bundles", "compare", "promoted", "second")
    assert (code, "Give --portfolio NAME" in complained) == (11, True)
    code, said, _ = fiador("bundles", "compare", "promoted", "second", "--portfolio", "cards")
    assert (code, "cards" in said) == (0, True)


def test_next_steps_name_the_registry_they_need(fiador, shelf, monkeypatch):
    place = shelf.rename(shelf.with_name("our shelf"))
    monkeypatch.delenv("FIADOR_BUNDLES")
    where = f"--registry '{place}'"
    for name in ("first", "second"):
        said = " ".join(fiador("bundles", "approve", name, "--registry", place)[1].split())
        assert f"Next: fiador bundles promote {name} {where}" in said
        said = " ".join(fiador("bundles", "promote", name, "--registry", place)[1].split())
    assert f"Back: fiador bundles promote first {where}" in said


def test_a_promoted_bundle_whose_folder_is_gone_is_retired_as_the_list_advises(fiador, shelf):
    fiador("bundles", "approve", "first")
    fiador("bundles", "promote", "first")
    shutil.rmtree(shelf / "first")
    (gone,) = [b for b in json.loads(fiador("bundles", "list", "--json")[1])["bundles"] if b["promoted"]]
    assert f"`fiador bundles retire {gone['id'][:12]} --force`" in gone["problem"]
    code, said, _ = fiador("bundles", "retire", gone["id"][:12], "--force")
    assert (code, "retired first" in said) == (0, True)
    assert json.loads(fiador("bundles", "list", "--json")[1])["promoted"] == {}


def test_the_list_fits_eighty_columns_and_says_what_is_wrong(fiador, shelf):
    (shelf / "damaged").mkdir()
    (shelf / "damaged" / "manifest.json").write_text("{")
    fiador("bundles", "approve", "first")
    fiador("bundles", "promote", "first")
    said = fiador("bundles", "list")[1]
    assert max(map(len, said.splitlines())) <= 80
    assert "…" not in said
    for words in ("● promoted", "rejected", "gini 0.", "unreadable", "the manifest can't be read", "2026-11-02"):
        assert words in said


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["promote", "first"], 11, "first: is not approved. Approve it first"),
        (["approve", "weak.rejected"], 10, 'weak.rejected: missed its gate: gini 0.'),
        (["approve", "frist"], 5, "no bundle 'frist'. Did you mean 'first'?"),
        (["retire", "000000"], 5, "no bundle '000000'"),
        (["list", "--registry", "nowhere"], 11, "no registry at 'nowhere'. Train a bundle into it"),
        (["compare", "promoted", "first"], 11, "no bundle is promoted"),
        (["compare", "first", "second", "--out", "x.csv"], 2, "--out needs --source"),
        (["compare", "first", "second", "--portfolio", "alura_cash"], 2, "--portfolio says whose `promoted` is meant"),
        (["compare", "first", "second", "--source", "nowhere"], 4, "there is no such folder"),
        (["aprove", "first"], 2, "No such command 'aprove'"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence_and_an_exit_code(fiador, shelf, arguments, code, words):
    found, said, complained = fiador("bundles", *arguments)
    assert found == code
    assert words in complained
    assert "Traceback" not in said + complained
    assert not (shelf / "registry.json").exists()


def test_comparing_shows_figures_and_the_swap_set_and_writes_who_changes(fiador, shelf, tables, tmp_path):
    out = tmp_path / "changed.csv"
    code, said, complained = fiador("bundles", "compare", "first", "second", "--source", tables, "--out", out)
    assert code == 0, complained
    text = " ".join(said.split())
    for words in (
        "cut-off 0.1818 0.1000",
        "A says, B says →",
        "B alone approves 0",
        "LIKELY IN-SAMPLE: both were trained on about as many",
        "Better: more than chance.",
    ):
        assert words in text
    assert max(len(line) for line in said.splitlines() if str(tables) not in line and str(out) not in line) <= 80
    as_json = json.loads(fiador("bundles", "compare", "first", "second", "--source", tables, "--json")[1])
    changed = as_json["population"]["changed"]
    assert pyarrow.csv.read_csv(out).num_rows == changed > 0
    assert as_json["population"]["in_sample"] == "likely"
    assert f"{changed:,} changed decisions: {out}" in said
    assert as_json["a"]["cut_off"] > as_json["b"]["cut_off"]
    assert sum(cell["applications"] for cell in as_json["population"]["cells"]) == as_json["population"]["applications"]


def test_comparing_without_a_population_shows_the_figures_alone(fiador, shelf):
    code, said, _ = fiador("bundles", "compare", shelf / "first", "second")
    assert code == 0
    assert "auc" in said
    assert "A says" not in said


def test_a_source_that_lacks_a_table_is_told_with_the_bundle_that_reads_it(fiador, shelf, tables, tmp_path):
    source = Path(shutil.copytree(tables, tmp_path / "source"))
    (source / "historicos_banco.parquet").unlink()
    code, _, complained = fiador("bundles", "compare", "first", "second", "--source", source)
    assert code == 4
    assert f"{shelf / 'first'} reads alura_cash: tables.historicos_banco: the source has no table" in complained


def test_scoring_without_a_bundle_takes_the_promoted_one(fiador, shelf, tables, tmp_path):
    code, _, complained = fiador("score", "--source", tables, "--out", tmp_path / "out.csv")
    assert (code, "no bundle is promoted. Name a bundle" in complained) == (11, True)
    fiador("bundles", "approve", "second")
    fiador("bundles", "promote", "second")
    assert fiador("score", "--source", tables, "--out", tmp_path / "out.csv")[0] == 0
    promoted = json.loads((shelf / "registry.json").read_text())["promoted"]["alura_cash"]
    assert set(pyarrow.csv.read_csv(tmp_path / "out.csv").column("bundle").to_pylist()) == {promoted}
    code, _, complained = fiador("score", shelf / "first", "--source", tables, "--out", tmp_path / "out.csv")
    assert (code, f"note: {shelf / 'first'} is trained in its registry, not promoted" in complained) == (0, True)


def test_a_promoted_bundle_that_was_tampered_with_decides_nothing(fiador, shelf, tables, tmp_path):
    fiador("bundles", "approve", "second")
    fiador("bundles", "promote", "second")
    (shelf / "second" / "decision.json").write_text("{}")
    code, _, complained = fiador("score", "--source", tables, "--out", tmp_path / "out.csv")
    assert (code, "'decision.json' was changed after the bundle was written" in complained) == (5, True)
    (shelf / "second" / "manifest.json").write_text("{}")
    code, _, complained = fiador("serve")
    assert (code, "is not there: 'second' holds another bundle now" in complained) == (5, True)


def test_a_broken_registry_stops_nobody_who_names_a_bundle(fiador, shelf, tables, tmp_path):
    (shelf / "registry.json").write_text("{")
    code, _, complained = fiador("score", shelf / "first", "--source", tables, "--out", tmp_path / "out.csv")
    assert (code, "note:" in complained, "can't be read" in complained) == (0, True, True)
    assert fiador("score", "--source", tables, "--out", tmp_path / "out.csv")[0] == 11


def test_the_service_takes_the_promoted_bundle(fiador, shelf):
    fiador("bundles", "approve", "second")
    fiador("bundles", "promote", "second")
    promoted = json.loads((shelf / "registry.json").read_text())["promoted"]["alura_cash"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen(
        [sys.executable, "-m", "fiador", "serve", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and serving.poll() is None:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/v1/model", timeout=5).json()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
    finally:
        serving.terminate()
        serving.wait(timeout=20)
    assert promoted in json.dumps(answer)


@pytest.fixture(scope="module")
def quick(tmp_path_factory) -> Path:
    """The Alura portfolio with one quick candidate and no gate."""
    file = tmp_path_factory.mktemp("portfolio") / "quick.toml"
    base = ROOT / "portfolios" / "alura_cash" / "portfolio.toml"
    quick = '[training]\ncandidates = ["logistic_regression"]\nfolds = 2\n'
    file.write_text(f'extends = "{base}"\nacceptance = false\n{quick}')
    return file


def test_training_without_a_folder_adds_a_bundle_to_the_registry(fiador, shelf, quick, tables):
    before = {path.name for path in shelf.iterdir()}
    code, said, complained = fiador("train", quick, "--source", tables)
    assert code == 0, complained
    (new,) = {path.name for path in shelf.iterdir()} - before
    assert new.startswith("alura_cash-20")
    assert f"Next: fiador bundles approve {new}" in said


def test_training_never_replaces_a_bundle_that_decisions_lean_on(fiador, shelf, quick, tables):
    fiador("bundles", "approve", "first")
    manifest = (shelf / "first" / "manifest.json").read_bytes()
    code, _, complained = fiador("train", quick, "--source", tables, "--out", shelf / "first")
    assert (code, "the bundle there is approved, and is kept as it is" in complained) == (11, True)
    assert (shelf / "first" / "manifest.json").read_bytes() == manifest
