"""Does `fiador init` write a portfolio that checks and trains, and never in silence or over somebody's work?"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fiador.adapters.disk.portfolios import load_portfolio, read_profile
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.simulation.write import write_tables

ROOT = Path(__file__).parents[2]
ALURA = ROOT / "portfolios" / "alura_cash"
TINY = ROOT / "portfolios" / "tiny" / "data"


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """1,500 simulated applications as mysqldump text."""
    portfolio = load_portfolio(ALURA)
    tables = simulate(portfolio, profile=read_profile(portfolio, ALURA), applications=1500, seed=3)
    folder = tmp_path_factory.mktemp("dumps")
    write_tables(tables, folder, format="dump", database="alura", written_at=datetime(2026, 1, 1, tzinfo=UTC))
    return folder


def quick(folder):
    """An overlay that trains one candidate in three folds."""
    file = folder / "quick.toml"
    file.write_text('extends = "portfolio.toml"\n[training]\ncandidates = ["lightgbm"]\nfolds = 3\n')
    return file


def test_four_dumps_become_a_portfolio_that_checks_and_trains(fiador, dumps, tmp_path):
    folder = tmp_path / "bank"
    code, said, _ = fiador("init", dumps, "--target", "loan_status", "--out", folder)
    assert code == 0
    assert f"Next: fiador check {folder}" in said
    assert f"then: fiador train {folder}" in said
    declared = load_portfolio(folder)
    links = {name: (t.one.of, t.one.on[0][0]) for name, t in declared.tables.items() if t.one}
    assert links == {
        "ids": ("emprestimos", "loan_id"),
        "dados_mutuarios": ("ids", "person_id"),
        "historicos_banco": ("ids", "cb_id"),
    }
    assert fiador("check", folder)[0] == 0  # the source is found from the file's own folder
    assert fiador("train", quick(folder), "--out", tmp_path / "bundle")[0] == 0


def test_a_file_without_a_key_becomes_a_portfolio_that_checks_trains_and_scores(fiador, tmp_path):
    lines = ["purpose;amount;gender;default"]
    lines += [
        f"{'car' if n % 3 else 'home'};{1000 + n * 7 % 900};{'fm'[n % 2]};{int(n * 7919 % 10 < 3)}" for n in range(600)
    ]
    (tmp_path / "loans.csv").write_text("\n".join(lines) + "\n")
    folder = tmp_path / "bank"
    assert fiador("init", tmp_path / "loans.csv", "--yes", "--out", folder)[0] == 0
    declared = load_portfolio(folder)
    assert (declared.key, declared.policy.protected) == ("row_number", ("gender",))
    assert fiador("check", folder)[0] == 0
    assert fiador("train", quick(folder), "--out", tmp_path / "bundle")[0] == 0
    code, said, _ = fiador("score", tmp_path / "bundle", "--source", tmp_path / "loans.csv", "--key", "600", "--json")
    assert code == 0
    assert '"key": "600"' in said


def test_without_a_terminal_it_refuses_with_the_options_to_give(fiador, tmp_path):
    code, _, complained = fiador("init", TINY, "--out", tmp_path / "bank")
    assert code == 3
    assert "the best guess is --target loans.defaulted" in complained
    assert "or --yes to take them" in complained
    assert not (tmp_path / "bank").exists()


def test_on_a_terminal_it_asks_with_a_default(fiador, tmp_path, monkeypatch):
    import sys

    import typer

    asked = []

    def prompt(question, default):
        asked.append((question, default))
        return default

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "prompt", prompt)
    assert fiador("init", TINY, "--out", tmp_path / "bank")[0] == 0
    assert asked == [("Which column says good or bad?", "loans.defaulted")]
    assert (tmp_path / "bank" / "portfolio.toml").exists()


def test_a_portfolio_that_is_there_is_never_overwritten(fiador, tmp_path):
    file = tmp_path / "portfolio.toml"
    file.write_text("mine")
    code, _, complained = fiador("init", TINY, "--yes", "--out", tmp_path)
    assert code == 3
    assert "portfolio.toml: is there already, and is never overwritten. Name another --out" in complained
    assert file.read_text() == "mine"


def test_the_name_is_the_sources_unless_given(fiador, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "2024 Loans"
    source.mkdir()
    for file in TINY.iterdir():
        (source / file.name).write_bytes(file.read_bytes())
    assert fiador("init", source, "--yes")[0] == 0
    document = tomllib.loads((tmp_path / "portfolio_2024_loans" / "portfolio.toml").read_text())
    assert document["portfolio"]["name"] == "portfolio_2024_loans"
    assert document["portfolio"]["source"] == "../2024 Loans"
    assert fiador("init", source, "--yes", "--name", "my_bank")[0] == 0
    assert (tmp_path / "my_bank" / "portfolio.toml").exists()


def test_a_name_that_cant_be_a_portfolios_is_refused_before_anything_is_read(fiador, tmp_path):
    code, _, complained = fiador("init", TINY, "--yes", "--name", "My Bank", "--out", tmp_path / "bank")
    assert code == 3
    assert "--name: 'My Bank' can't be a portfolio's name" in complained


def test_a_source_that_is_not_there_is_said(fiador, tmp_path):
    code, _, complained = fiador("init", tmp_path / "nothing", "--yes")
    assert code == 4
    assert "there is no such folder" in complained


def test_no_place_at_all_is_refused(fiador, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, complained = fiador("init", "", "--yes")
    assert code == 4
    assert "SOURCE: names no place. Give a folder, a file, or a database's URL." in complained


def test_a_file_that_cant_be_read_is_passed_over_by_name(fiador, tmp_path):
    source = tmp_path / "raw"
    source.mkdir()
    for file in TINY.iterdir():
        (source / file.name).write_bytes(file.read_bytes())
    (source / "notes.csv").write_bytes("text\nS\xe3o\n".encode("latin-1"))
    code, said, _ = fiador("init", source, "--yes", "--out", tmp_path / "bank")
    assert code == 0
    assert "notes.csv is passed over: byte 0xe3 at offset 6 (line 2) isn't UTF-8" in said
    assert "# - notes.csv: byte 0xe3" in (tmp_path / "bank" / "portfolio.toml").read_text()
    code, _, complained = fiador("check", tmp_path / "bank")
    assert code == 0
    assert "note: notes.csv is passed over" in complained


def test_histories_become_features_that_check_compute_and_train(fiador, tmp_path):
    source = tmp_path / "raw"
    source.mkdir()
    people = range(400)
    loans = [f"{n},{100 + n * 7 % 90},{int(n * 7919 % 10 < 2 + 3 * (n % 2))}" for n in people]
    bills = [f"{n},{-30 * k - 3},{5 + (n + k) % 4},{'late' if n % 2 else 'paid'}" for n in people for k in range(1, 4)]
    (source / "loans.csv").write_text("\n".join(["loan_id,amount,default", *loans]) + "\n")
    (source / "bills.csv").write_text("\n".join(["loan_id,DAYS_DUE,due,state", *bills]) + "\n")
    folder = tmp_path / "bank"
    code, said, _ = fiador("init", source, "--yes", "--out", folder)
    assert code == 0
    assert "1 features, and 10 made from rows" in said
    assert fiador("check", folder)[0] == 0
    assert fiador("features", folder, "--out", tmp_path / "features.csv")[0] == 0
    header, first, *_ = (tmp_path / "features.csv").read_text().splitlines()
    row = dict(zip(header.replace('"', "").split(","), first.split(","), strict=True))
    assert (row["bills__rows"], row["bills__since"], row["bills__state__share_paid"]) == ("3", "33", "1")
    assert fiador("train", quick(folder), "--out", tmp_path / "bundle")[0] == 0
    assert fiador("report", tmp_path / "bundle", "--html", tmp_path / "report.html")[0] == 0


def test_every_line_that_is_not_in_force_becomes_one_when_its_mark_goes(fiador, tmp_path):
    """Proposed lines in comments are TOML: a reader takes the mark away and has a declaration."""
    assert fiador("init", TINY, "--yes", "--out", tmp_path / "bank")[0] == 0
    text = (tmp_path / "bank" / "portfolio.toml").read_text()
    lines = [line.removeprefix("# ") for line in text.splitlines() if re.match(r"# [\w.\"]+ = ", line)]
    assert lines
    for line in lines:
        tomllib.loads(line)


def test_a_database_is_looked_at_by_its_address(fiador, tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "bank.db") as database:
        database.execute("CREATE TABLE loans (loan_id INTEGER, amount REAL, bad INTEGER)")
        rows = [(n, 100.0 + n % 70, int(n % 4 == 0)) for n in range(300)]
        database.executemany("INSERT INTO loans VALUES (?, ?, ?)", rows)
    address = f"sqlite:///{tmp_path / 'bank.db'}"
    assert fiador("init", address, "--target", "loans.bad", "--out", tmp_path / "bank")[0] == 0
    assert tomllib.loads((tmp_path / "bank" / "portfolio.toml").read_text())["portfolio"]["source"] == address
    assert fiador("check", tmp_path / "bank")[0] == 0


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_a_live_database_is_looked_at_and_what_is_written_checks(fiador, tmp_path, request, server):
    live = request.getfixturevalue(server)
    live.run("CREATE TABLE loans (loan_id INTEGER PRIMARY KEY, amount NUMERIC(10,2), decided DATE, bad INTEGER)")
    live.run("CREATE TABLE bills (bill_id INTEGER PRIMARY KEY, loan_id INTEGER, paid_on DATE, paid NUMERIC(10,2))")
    loans = [(n, 100 + n % 70, date(2024, 3, 1), int(n % 4 == 0)) for n in range(1, 201)]
    bills = [(n, n // 2 + 1, date(2024, 1, 1) + timedelta(days=n % 90), 5 + n % 9) for n in range(400)]
    live.run("INSERT INTO loans VALUES (%s, %s, %s, %s)", loans)
    live.run("INSERT INTO bills VALUES (%s, %s, %s, %s)", bills)
    assert fiador("init", live.url, "--target", "loans.bad", "--name", "bank", "--out", tmp_path / "bank")[0] == 0
    declared = load_portfolio(tmp_path / "bank")
    assert (declared.key, declared.head.decided_at, declared.tables["bills"].time) == ("loan_id", "decided", "paid_on")
    assert {"bills__rows", "bills__paid__mean", "bills__paid__last"} <= set(declared.features)
    assert fiador("check", tmp_path / "bank", "--source", live.url)[0] == 0
    assert fiador("features", tmp_path / "bank", "--source", live.url, "--out", tmp_path / "features.csv")[0] == 0
