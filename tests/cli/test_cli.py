"""Does the command line do the line, and answer every mistake in a sentence with an exit code of its own?"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador import words as texts
from fiador.cli import commands
from fiador.version import __version__

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "portfolios" / "tiny")
ALURA = str(ROOT / "portfolios" / "alura_cash")


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """1,500 simulated applications as mysqldump text."""
    from datetime import UTC, datetime

    from fiador.adapters.disk.portfolios import load_portfolio, read_profile
    from fiador.adapters.simulation.simulate import simulate
    from fiador.adapters.simulation.write import write_tables

    portfolio = load_portfolio(ALURA)
    tables = simulate(portfolio, profile=read_profile(portfolio, ALURA), applications=1500, seed=3)
    folder = tmp_path_factory.mktemp("dumps")
    write_tables(tables, folder, format="dump", database="alura", written_at=datetime(2026, 1, 1, tzinfo=UTC))
    return folder


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    """The Alura portfolio with one quick candidate and no gate."""
    file = tmp_path_factory.mktemp("portfolio") / "quick.toml"
    base = Path(ALURA) / "portfolio.toml"
    file.write_text(f'extends = "{base}"\nacceptance = false\n[training]\ncandidates = ["lightgbm"]\nfolds = 3\n')
    return file


def test_help_teaches_every_command_with_an_example(fiador):
    code, said, _ = fiador("--help")
    assert code == 0
    names = [command.name or command.callback.__name__ for command in commands.app.registered_commands]
    assert names == [
        "init",
        "check",
        "profile",
        "join",
        "sql",
        "features",
        "ingest",
        "train",
        "report",
        "score",
        "history",
        "serve",
        "dashboard",
        "simulate",
        "demo",
    ]
    for name in names:
        assert name in said
        code, said_of_one, _ = fiador(name, "--help")
        assert code == 0
        assert "Example: fiador" in said_of_one


def test_the_command_alone_prints_the_help(fiador):
    assert fiador() == fiador("--help")
    assert "Start with: fiador check" in fiador()[1]


def test_the_version_is_printed_before_anything_heavy_is_imported(fiador):
    assert fiador("--version") == fiador("--version", "check") == (0, f"fiador {__version__}\n", "")
    loaded = "import sys; sys.argv = ['fiador', '--version']; from fiador.cli import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    version, modules = done.stdout.splitlines()
    assert version == f"fiador {__version__}"
    assert not {"typer", "rich", "pydantic", "numpy", "pyarrow", "sqlglot"} & set(modules.split())


def test_the_help_waits_for_no_library_that_only_a_command_needs():
    command = [sys.executable, "-X", "importtime", "-m", "fiador", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not {"pydantic", "numpy", "pyarrow", "sqlglot", "httpx", "fiador.portfolio"} & loaded


def test_the_line_runs_from_dumps_to_a_decision(fiador, dumps, overlay, tmp_path):
    code, said, _ = fiador("check", overlay, "--source", dumps, "--json")
    report = json.loads(said)
    a = report["accounting"]
    assert code == 0
    assert a["read"] == 1500 == a["kept"] + sum(a["dropped"].values())

    joined = tmp_path / "joined.parquet"
    assert fiador("join", overlay, "--source", dumps, "--out", joined)[0] == 0
    assert pq.read_table(joined).num_rows == a["kept"]

    bundle = tmp_path / "bundle"
    code, said, complained = fiador("train", overlay, "--source", dumps, "--out", bundle)
    assert code == 0, complained
    assert "champion     lightgbm by auc" in said
    assert "…" not in said  # nothing is cut at eighty columns
    metrics = json.loads((bundle / "metrics.json").read_text())
    assert (
        metrics["candidates"]["lightgbm+lender_set"]["auc"]["mean"] > metrics["candidates"]["lightgbm"]["auc"]["mean"]
    )

    decisions = tmp_path / "decisions.parquet"
    code, said, _ = fiador("score", bundle, "--source", dumps, "--out", decisions)
    assert code == 0
    assert "1,500 decisions" in said
    row = pq.read_table(decisions).to_pylist()[7]
    code, said, _ = fiador("score", bundle, "--source", dumps, "--key", row["key"], "--language", "pt-BR", "--json")
    one = json.loads(said)
    assert (one["outcome"], one["pd"]) == (row["outcome"], pytest.approx(row["pd"], abs=1e-12))
    assert one["language"] == "pt-BR"


def test_one_decision_is_a_line_a_person_reads(fiador, bundle_folder, dumps, tmp_path):
    assert fiador("score", bundle_folder, "--source", dumps, "--out", tmp_path / "all.parquet")[0] == 0
    key = next(row["key"] for row in pq.read_table(tmp_path / "all.parquet").to_pylist() if not row["rule"])
    chosen = ("score", bundle_folder, "--source", dumps, "--key")
    for language in ("en", "fr", "pt-BR"):
        one = json.loads(fiador(*chosen, key, "--language", language, "--json")[1])
        code, line, _ = fiador(*chosen, key, "--language", language)
        assert (code, line.count("\n")) == (0, 1)
        assert line.startswith(f"{key}: {one['outcome_says']}. ")
        assert texts.percent(one["pd"], language) in line
        assert f" {one['score']}. " in line
        assert line.endswith(f"{one['reasons'][0]['text']}\n")
    assert fiador(*chosen, key)[1] == fiador(*chosen, key, "--language", "en")[1]
    assert fiador("score", bundle_folder, "--source", dumps, "--out", tmp_path / "o.csv", "--json")[0] == 2


def test_a_decision_of_a_rule_s_names_the_rule_in_its_line(fiador, bundle_folder, dumps, tmp_path):
    assert fiador("score", bundle_folder, "--source", dumps, "--out", tmp_path / "all.parquet")[0] == 0
    key = next(row["key"] for row in pq.read_table(tmp_path / "all.parquet").to_pylist() if row["rule"])
    chosen = ("score", bundle_folder, "--source", dumps, "--key", key)
    assert fiador(*chosen)[1].endswith(f"{json.loads(fiador(*chosen, '--json')[1])['explanation']}\n")


def test_progress_is_shown_while_features_are_computed(fiador, tmp_path):
    code, _, progress = fiador("features", TINY, "--out", tmp_path / "features.parquet")
    assert (code, progress.count("computing features …")) == (0, 1)


def test_sql_prints_one_statement_that_names_every_feature(fiador):
    code, said, _ = fiador("sql", ALURA)
    assert code == 0
    assert said.startswith("WITH")
    assert '"employed_share_of_life"' in said
    assert "loan_status" not in said


def test_check_shows_rows_findings_and_accounting(fiador):
    code, said, _ = fiador("check", TINY)
    assert code == 0
    for words in (
        "loans",
        "12",
        "1 blank key, left out",
        "Accounting",
        "dropped: loans.loan_id is blank",
        "unlabelled",
    ):
        assert words in said


def test_brackets_in_what_check_shows_are_shown_as_they_are(fiador, tmp_path):
    folder = tmp_path / "loans [bold] [" / "x]"
    shutil.copytree(Path(TINY) / "data", folder)
    with (folder / "payments.csv").open("a") as file:
        file.write("\n" + "," * (folder / "payments.csv").read_text().splitlines()[0].count(","))
    _, said, _ = fiador("check", TINY, "--source", folder)
    assert "[bold]" in said
    assert "[/x]" in said
    assert "[tables.payments]" in " ".join(said.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "nowhere"], 3, "no portfolio at 'nowhere'. Name a TOML file"),
        (["check", TINY, "--source", "nowhere"], 4, "nowhere: there is no such folder"),
        (["check", TINY, "--source", "mongodb://u:secret@h/d"], 4, "no source reads 'mongodb://'"),
        (["join", TINY, "--out", "x.xlsx"], 4, "can't write '.xlsx' files"),
        (["join", TINY, "--out", "joined"], 4, "joined: the name says no format. Name a .parquet or a .csv file."),
        (["join", TINY, "--out", ""], 4, "--out names nothing. Name a file or a folder"),
        (["check", TINY, "--html="], 4, "--html names nothing. Name a file or a folder"),
        (["check", TINY, "--html", TINY], 4, "is a folder. Name the file to write in it."),
        (["check", TINY, "--html", "x" * 300], 4, "x…x"),
        (["check", TINY, "--html", "x" * 300], 4, "can't be written (File name too long)"),
        (["check", "x" * 300], 3, "File name too long"),
        (["check", TINY, "--source", "x" * 300], 4, "there is no such folder"),
        (["check", TINY, "--source", ""], 4, "--source names nothing"),
        (["profile", TINY, "--out", ""], 4, "Is a variable of the shell not set?"),
        (["profile", TINY, "--out", TINY], 4, "is a folder."),
        (["train", TINY, "--out", ""], 4, "--out names nothing"),
        (["train", TINY, "--out", "."], 5, "'.' is no name for a bundle. Name a folder of its own"),
        (["simulate", TINY, "--applications", "100", "--out", ""], 4, "--out names nothing"),
        (["report", "--html", "r.html", "--registry="], 4, "--registry names nothing"),
        (["bundles", "list", "--registry", __file__], 11, "is a file, not a registry. Give --registry the folder"),
        (["bundles", "list", "--registry", "x" * 300], 11, "no registry at 'x"),
        (["train", TINY, "--out", "x"], 4, "Ask for fewer folds"),
        (
            ["score", "nowhere", "--source", TINY, "--key", "1"],
            5,
            "no bundle at 'nowhere'. Make one with `fiador train",
        ),
        (["score", "nowhere", "--source", TINY, "--key", "1", "--language", "de"], 6, "unknown language 'de'"),
        (["score", "nowhere", "--source", TINY], 2, "give --out for all applications, or --key for one"),
        (["simulate", TINY, "--applications", "100", "--out", "x"], 3, "declares no"),
        (["chek"], 2, "No such command 'chek'. Did you mean 'check'"),
    ],
)
def test_a_mistake_is_a_sentence_and_an_exit_code(fiador, arguments, code, words):
    found, said, complained = fiador(*arguments)
    assert found == code
    assert words in complained
    assert "Traceback" not in said + complained
    assert "secret" not in said + complained


def damaged(dumps: Path, folder: Path, table: str, old: bytes, new: bytes) -> Path:
    """A copy of the dumps with some bytes of one table replaced once."""
    for file in dumps.iterdir():
        content = file.read_bytes()
        if table in file.name:
            assert old in content
            content = content.replace(old, new, 1)
        (folder / file.name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"'Rent'", "'Río'".encode("latin-1"), "isn't UTF-8"),
        (b"'Rent'", b"'Rent',7", "values"),
        (b",'Rent'", b"x,'Rent'", "dados_mutuarios"),
    ],
)
def test_a_fault_met_while_rows_stream_is_told_in_the_source_s_own_words(fiador, dumps, tmp_path, old, new, words):
    code, said, complained = fiador("check", ALURA, "--source", damaged(dumps, tmp_path, "dados_mutuarios", old, new))
    assert code == 4
    assert words in complained
    assert "Traceback" not in said + complained


def test_a_dump_cut_in_the_middle_of_a_row_is_refused(fiador, dumps, tmp_path):
    for file in dumps.iterdir():
        content = file.read_bytes()
        (tmp_path / file.name).write_bytes(content[: len(content) // 2] if "emprestimos" in file.name else content)
    code, _, complained = fiador("check", ALURA, "--source", tmp_path)
    assert code == 4
    assert "emprestimos" in complained
    assert "Traceback" not in complained


def test_a_repeated_person_is_refused_before_a_batch_is_scored(fiador, dumps, bundle_folder, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    file = next(f for f in dumps.iterdir() if "dados_mutuarios" in f.name)
    content = file.read_bytes()
    row = content[content.index(b"VALUES (") + 7 : content.index(b"),(") + 1]
    damaged(dumps, source, "dados_mutuarios", b"VALUES (", b"VALUES " + row + b",(")
    for wanted in (["--out", tmp_path / "out.csv"], ["--key", "any"]):
        code, _, complained = fiador("score", bundle_folder, "--source", source, *wanted)
        assert code == 4
        assert "dados_mutuarios.person_id: 1 key in more than one row" in complained
    assert not (tmp_path / "out.csv").exists()


def test_the_commands_stand_in_the_order_a_bank_meets_them(fiador):
    _, said, _ = fiador("--help")
    named = [line.split()[1] for line in said.splitlines() if line.startswith("│ ") and line[2:3].isalpha()]
    assert named == [
        "init",
        "check",
        "ingest",
        "profile",
        "join",
        "features",
        "train",
        "report",
        "bundles",
        "score",
        "history",
        "serve",
        "dashboard",
        "sql",
        "simulate",
        "demo",
    ]


@pytest.mark.parametrize("language", ["en", "fr", "pt-BR"])
def test_a_report_is_drawn_of_whatever_a_number_can_be(fiador, tmp_path, language):
    wild = [1e30, math.inf, -math.inf, 1e308, -1e308, 5e-324, math.nan, None]
    ids = range(300)
    loans = {"loan_id": list(map(str, ids)), "person_id": [f"p{i}" for i in ids], "purpose": ["car"] * 300}
    loans |= {"amount": [i + 1 for i in ids], "defaulted": [i % 2 for i in ids]}
    people = {"person_id": loans["person_id"], "age": [20 + i % 50 for i in ids], "gender": ["f"] * 300}
    people |= {"income": [wild[-i % 8] for i in ids]}
    paid = {"loan_id": ["1"], "days_before": [1], "paid": [1e308], "due": [1.0]}
    for name, table in {"loans": loans, "people": people, "payments": paid}.items():
        pq.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    file = tmp_path / "report.html"
    code, _, complained = fiador("check", TINY, "--source", tmp_path, "--html", file, "--language", language)
    assert code == 0, complained
    written = file.read_text(encoding="utf-8")
    assert "E30" in written
    assert not re.search(r'="-?(?:nan|inf)"', written)


def test_a_written_file_may_have_the_longest_name_there_is(tmp_path):
    from fiador.adapters.disk.files import write_text

    write_text("told", tmp_path / ("x" * 255))
    assert [file.read_text() for file in tmp_path.iterdir()] == ["told"]


def test_an_unknown_key_is_answered_with_what_a_terminal_can_do(fiador, bundle_folder, dumps):
    code, _, complained = fiador("score", bundle_folder, "--source", dumps, "--key", "zz")
    assert code == 7
    assert (
        "no application 'zz'. Every key there is stands in what `fiador score --out decisions.csv` writes" in complained
    )
    assert "GET /v1" not in complained


def test_a_report_needs_the_bundle_alone_and_its_language_is_chosen(fiador, bundle_folder, tmp_path):
    file = tmp_path / "made" / "report.html"
    code, said, complained = fiador("report", bundle_folder, "--html", file, "--language", "pt-BR")
    assert (code, complained) == (0, "")
    assert str(file) in said.replace("\n", "")
    assert '<html lang="pt-BR">' in file.read_text()


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "no bundle at"),
        ({"format": 1}, "has format 1, written by fiador 0.1.0; this version reads 2. Train again"),
        (
            {"format": 3, "version": "0.9.0"},
            "written by a newer fiador; this version reads 2. Use fiador 0.9.0 or newer",
        ),
    ],
)
def test_a_report_of_what_is_no_bundle_of_this_version_says_what_to_do(
    fiador, bundle_folder, tmp_path, manifest, words
):
    copy = Path(shutil.copytree(bundle_folder, tmp_path / "copy"))
    file = copy / "manifest.json"
    if manifest is None:
        file.unlink()
    else:
        file.write_text(json.dumps({**json.loads(file.read_text()), **manifest}))
    code, said, complained = fiador("report", copy, "--html", tmp_path / "report.html")
    assert (code, said) == (5, "")
    assert words in complained
    assert not (tmp_path / "report.html").exists()


def test_a_report_that_can_t_be_written_and_an_unknown_language_are_told_apart(fiador, bundle_folder, tmp_path):
    (tmp_path / "blocked").write_text("a file, not a folder")
    code, _, complained = fiador("report", bundle_folder, "--html", tmp_path / "blocked" / "report.html")
    assert (code, "can't be written" in complained) == (4, True)
    code, _, complained = fiador("report", bundle_folder, "--html", tmp_path / "r.html", "--language", "de")
    assert (code, "unknown language 'de'" in complained) == (6, True)
    assert not (tmp_path / "r.html").exists()


def test_a_port_that_is_taken_is_said_before_anything_is_announced(fiador, bundle_folder):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = [fiador("serve", bundle_folder, "--port", port), fiador("dashboard", "--port", port)]
    for code, said, complained in found:
        assert (code, said) == (9, "")
        assert "can't listen on 127.0.0.1" in complained
        assert "Name another --port" in complained


def test_an_unknown_key_and_an_unexpected_bundle_have_codes_of_their_own(fiador, bundle_folder, dumps):
    code, _, complained = fiador("score", bundle_folder, "--source", dumps, "--key", "nobody")
    assert (code, "no application 'nobody'" in complained) == (7, True)
    code, _, complained = fiador("score", bundle_folder, "--source", dumps, "--key", "nobody", "--expect", "ffff")
    assert (code, "expected ffff" in complained) == (5, True)


def test_a_missed_gate_keeps_the_bundle_apart_and_says_so_with_its_own_code(fiador, dumps, overlay, tmp_path):
    strict = overlay.parent / "strict.toml"
    strict.write_text(f'extends = "{overlay.name}"\n[acceptance]\nauc = {{ min = 0.999 }}\n')
    code, _, complained = fiador("train", strict, "--source", dumps, "--out", tmp_path / "bundle")
    assert code == 10
    assert "the champion misses its gate: auc 0." in complained
    assert (tmp_path / "bundle.rejected" / "manifest.json").is_file()
    assert not (tmp_path / "bundle").exists()


def test_an_error_nobody_foresaw_is_one_sentence_without_a_traceback(fiador, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the floor gave way")

    monkeypatch.setattr("fiador.adapters.disk.portfolios.load_portfolio", broken)
    code, _, complained = fiador("check", TINY)
    assert code == commands.UNKNOWN_ERROR
    assert "an error fiador doesn't know: RuntimeError: the floor gave way" in complained
    assert "Traceback" not in complained


def test_every_error_type_has_an_exit_code_and_the_tree_is_drawn():
    from fiador import errors

    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.FiadorError)]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)
    assert all(
        f" {kind.exit_code} " in (errors.__doc__ or "") and str(kind.http_status) in (errors.__doc__ or "")
        for kind in kinds[1:]
    )


def test_check_writes_a_report_with_pictures_beside_what_it_prints(fiador, dumps, tmp_path):
    file = tmp_path / "new" / "report.html"
    code, said, complained = fiador("check", ALURA, "--source", dumps, "--json", "--html", file, "--language", "fr")
    assert code == 0
    assert json.loads(said)["accounting"]["read"] == 1500
    assert f"the report with pictures is in {file}" in complained
    written = file.read_text(encoding="utf-8")
    assert '<html lang="fr">' in written
    assert "Variables les plus prédictives" in written


def test_check_writes_the_report_where_it_refuses_and_keeps_its_exit_code(fiador, tmp_path):
    (tmp_path / "loans.csv").write_text("loan_id,person_id,amount,purpose,defaulted\n1,a,5,car,0\n1,b,6,car,1\n")
    (tmp_path / "people.csv").write_text("person_id,age,income,gender\na,40,10,f\nb,41,20,m\n")
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\n1,1,1,1\n")
    code, _, complained = fiador("check", TINY, "--source", tmp_path, "--html", tmp_path / "report.html")
    assert code == 4
    assert "loans.loan_id: 1 key in more than one row" in complained
    assert "keys in more than one row" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_check_says_at_once_what_language_it_does_not_know_and_what_it_cannot_write(fiador, tmp_path):
    code, _, complained = fiador("check", TINY, "--html", tmp_path / "r.html", "--language", "de")
    assert (code, "unknown language 'de'" in complained) == (6, True)
    (tmp_path / "taken").write_text("")
    code, _, complained = fiador("check", TINY, "--html", tmp_path / "taken" / "r.html")
    assert code == 4
    assert "r.html: can't be written" in complained
    assert "Traceback" not in complained
