"""Does any output tell the password of a database: printed, written, served, or raised?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socket import socket
from urllib.parse import quote, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from fiador.adapters.disk.bundles import open_bundle
from fiador.adapters.simulation.write import write_tables
from fiador.cli.options import read_applications
from fiador.service.app import create_app

PASSWORD = "h/unt'er@2:#%20\\s\"vault9"
# Every stretch of it that is no word of its own: a part told is told.
FORMS = ("unt'er", "unt%27er", "unt''er", "unt\\'er", "er@2", "vault9")
PORTFOLIO = Path(__file__).parents[2] / "portfolios" / "alura_cash"


def _tells(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


@pytest.fixture(scope="module")
def at_mysql(mysql, simulated: dict, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL, with its password, of a MySQL database that holds the simulated applications."""
    folder = tmp_path_factory.mktemp("dump")
    for dump in write_tables(simulated, folder, format="dump", database="alura", written_at=datetime(2026, 1, 2)):
        subprocess.run(["mysql", "-h", "127.0.0.1", "-u", "root", mysql.name], input=dump.read_bytes(), check=True)
    name = f"s_{mysql.name[-12:]}"
    mysql.run(f"CREATE USER {name} IDENTIFIED BY %s", [(PASSWORD,)])
    mysql.run(f"GRANT SELECT ON {mysql.name}.* TO {name}")
    yield mysql.address(user=name, password=PASSWORD)
    mysql.run(f"DROP USER {name}")


@pytest.fixture(scope="module")
def at_postgresql(postgres, simulated: dict) -> Iterator[str]:
    """The URL, with its password, of a PostgreSQL schema that holds the simulated applications."""
    types = {"string": "text", "int64": "bigint", "double": "double precision"}
    for name, table in simulated.items():
        columns = ", ".join(f"{field.name} {types[str(field.type)]}" for field in table.schema)
        postgres.run(f"CREATE TABLE {name} ({columns})")
        places = ", ".join(["%s"] * table.num_columns)
        rows = list(zip(*table.to_pydict().values(), strict=True))
        postgres.run(f"INSERT INTO {name} VALUES ({places})", rows)
    name = f"s_{postgres.name[-12:]}"
    quoted = PASSWORD.replace("'", "''")
    postgres.run(f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}'; GRANT USAGE ON SCHEMA {postgres.name} TO {name}")
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {postgres.name} TO {name}")
    yield postgres.address(user=name, password=PASSWORD)
    postgres.run(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture(scope="module", params=["mysql", "postgresql"])
def at(request: pytest.FixtureRequest) -> str:
    """The URL of either."""
    return str(request.getfixturevalue(f"at_{request.param}"))


@pytest.fixture(scope="module")
def quick(at: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portfolio with one fast candidate on small loans, and the URL in its own file."""
    file = tmp_path_factory.mktemp("portfolio") / "quick.toml"
    file.write_text(
        f"extends = '{PORTFOLIO}'\n[portfolio]\nsource = '{at}'\n"
        '[tables.emprestimos]\nwhere = "loan_amnt < 6000"\n'
        '[training]\ncandidates = ["logistic_regression"]\nfolds = 2\n'
        "[acceptance]\ngini = { min = 0.0 }\ncalibration_slope = { min = 0.1, max = 10.0 }\n"
    )
    return file


@dataclass(frozen=True)
class Trained:
    """A bundle trained from the database, and what the command said."""

    folder: Path
    said: str


@pytest.fixture(scope="module")
def bundle_at(quick: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("bundles") / "alura"
    asked = [sys.executable, "-m", "fiador", "train", str(quick), "--out", str(folder)]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    return Trained(folder, found.stdout + found.stderr)


def test_every_command_keeps_it(quick: Path, at: str, bundle_at: Trained, fiador: Callable, tmp_path: Path) -> None:
    assert not _tells(bundle_at.said)
    for arguments in (
        ["check", quick],
        ["check", quick, "--json"],
        ["check", quick, "--html", tmp_path / "report.html"],
        ["join", quick, "--out", tmp_path / "joined.csv"],
        ["profile", PORTFOLIO, "--source", at, "--out", tmp_path / "profile.json"],
        ["score", bundle_at.folder, "--source", at, "--out", tmp_path / "decisions.csv"],
        ["bundles", "compare", bundle_at.folder, bundle_at.folder, "--source", at, "--out", tmp_path / "changed.csv"],
        ["bundles", "compare", bundle_at.folder, bundle_at.folder, "--source", at, "--json"],
    ):
        code, out, err = fiador(*arguments)
        assert (code, _tells(out + err)) == (0, []), arguments
    files = [path for folder in (tmp_path, bundle_at.folder) for path in folder.rglob("*") if path.is_file()]
    assert bundle_at.folder / "portfolio.json" in files
    for path in files:
        assert not _tells(path.read_bytes().decode("utf-8", "replace")), path


def test_the_report_says_where_it_read_without_it(quick: Path, at: str, fiador: Callable) -> None:
    out = fiador("check", quick, "--json")[1]
    scheme, user = urlsplit(at).scheme, urlsplit(at).username
    assert f'"source": "{scheme}://{user}@' in out


@pytest.mark.parametrize("password", [quote(PASSWORD, safe=""), PASSWORD, "hunter2:er@2"], ids=["encoded", "raw", "at"])
def test_the_dashboard_hands_it_on_and_shows_it_nowhere(password: str) -> None:
    """What it prints, what the process list tells of it, and the page it serves."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = f"http://ana:{password}@127.0.0.1:1"
    asked = [sys.executable, "-m", "fiador", "dashboard", "--service", service, "--port", str(port)]
    running = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        page = _page(f"http://127.0.0.1:{port}")
        words = Path(f"/proc/{running.pid}/cmdline").read_text()
    finally:
        running.terminate()
        said = running.communicate(timeout=30)[0]
    assert "fiador's dashboard at" in said
    assert "fiador.dashboard" in words
    assert not _tells(said + words + page)


def _page(address: str) -> str:
    """The page as soon as it is served."""
    for _ in range(300):
        try:
            return httpx.get(address, trust_env=False).text
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}")


def test_a_dashboard_of_no_address_of_http_does_not_tell_it(fiador: Callable) -> None:
    code, out, err = fiador("dashboard", "--service", f"ana:{PASSWORD}@127.0.0.1:8000")
    assert (code, _tells(out + err)) == (9, [])
    assert "is no address of HTTP" in err


@pytest.mark.parametrize("scheme", ["mysql", "postgresql"])
@pytest.mark.parametrize("password", [quote(PASSWORD, safe=""), PASSWORD], ids=["encoded", "raw"])
@pytest.mark.parametrize(
    "place",
    ["127.0.0.1:1/bank", "nowhere.invalid/bank", "127.0.0.1/none_such", "127.0.0.1/bank?sslmod=x", "127.0.0.1/?a=b"],
)
@pytest.mark.parametrize("debug", ["", "1"])
def test_no_fault_tells_it(scheme: str, password: str, place: str, debug: str, fiador: Callable, monkeypatch) -> None:
    monkeypatch.setenv("FIADOR_DEBUG", debug)
    code, out, err = fiador("check", PORTFOLIO, "--source", f"{scheme}://ana:{password}@{place}")
    assert code == 4
    assert not _tells(out + err)


def test_a_refused_password_is_not_told(at_mysql: str, fiador: Callable) -> None:
    wrong = at_mysql.replace("mysql://s_", "mysql://x_")
    code, out, err = fiador("check", PORTFOLIO, "--source", wrong)
    assert (code, _tells(out + err)) == (4, [])
    assert "refuses this user or password" in err.replace("\n", " ")


@pytest.mark.parametrize("variable", ["PGPASSWORD", "MYSQL_PWD"])
def test_the_environment_is_not_told_either(variable: str, fiador: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, PASSWORD)
    scheme = "postgresql" if variable == "PGPASSWORD" else "mysql"
    for place in ("127.0.0.1:1/bank", "127.0.0.1/none_such", "nowhere.invalid/bank"):
        _, out, err = fiador("check", PORTFOLIO, "--source", f"{scheme}://nobody_known@{place}")
        assert not _tells(out + err)


def test_an_error_nobody_foresaw_does_not_tell_it(at: str, tmp_path: Path) -> None:
    """The traceback of FIADOR_DEBUG=1, from a DataError raised through the whole command line."""
    code = (
        "import sys; from fiador.adapters.sources import open_source; "
        "source = open_source(sys.argv[1]); print(source, repr(source), vars(source)); source.read('none_such')"
    )
    found = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code, at], check=False, capture_output=True, text=True,
        env={**os.environ, "FIADOR_DEBUG": "1"},
    )  # fmt: skip
    assert "no table 'none_such'" in found.stderr
    assert not _tells(found.stdout + found.stderr)


def test_no_answer_of_the_service_tells_it(at: str, bundle_at: Trained) -> None:
    bundle = open_bundle(bundle_at.folder)
    engine = read_applications(bundle.portfolio, at)
    with TestClient(create_app(bundle, engine), raise_server_exceptions=False) as caller:
        paths = list(caller.get("/openapi.json").json()["paths"])
        assert len(paths) > 3
        for path in [*paths, "/openapi.json", "/docs"]:
            assert not _tells(caller.get(path.replace("{key}", "none_such")).text), path


def test_a_secret_of_duckdbs_own_is_not_told(mysql, at_mysql: str, tmp_path: Path) -> None:
    """`?secret=NAME`: what opens the database stands in DuckDB's folder, and works, and stays there."""
    user = urlsplit(at_mysql).username
    make = f"""
import duckdb, sys
from fiador.adapters.sources.databases.extension import extension_file
from fiador.adapters.sources.databases import literal
connection = duckdb.connect()
connection.execute("LOAD '" + str(extension_file("mysql_scanner", extra="mysql", place="MySQL")) + "'")
given = "HOST '127.0.0.1', USER '{user}', DATABASE '{mysql.name}', PASSWORD " + literal(sys.argv[1])
connection.execute("CREATE PERSISTENT SECRET bank (TYPE mysql, " + given + ")")
"""
    use = (
        "import sys; from fiador.adapters.sources import open_source; "
        "s = open_source(sys.argv[1]); print(s, sorted(s.tables()))"
    )
    home = {**os.environ, "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", make, PASSWORD], check=True, env=home)
    for address, told in (
        ("mysql:///?secret=bank", "emprestimos"),
        ("mysql:///?secret=none", "no secret of this name"),
    ):
        found = subprocess.run(
            [sys.executable, "-c", use, address], check=False, env=home, capture_output=True, text=True
        )
        assert told in found.stdout + found.stderr
        assert not _tells(found.stdout + found.stderr)
    subprocess.run(
        [sys.executable, "-c", make, f"wrong {PASSWORD}"], check=False, env={**home, "HOME": str(tmp_path / "b")}
    )
    wrong = {**home, "HOME": str(tmp_path / "b")}
    found = subprocess.run(
        [sys.executable, "-c", use, "mysql:///?secret=bank"], check=False, env=wrong, capture_output=True, text=True
    )
    assert "refuses this user or password" in found.stderr
    assert not _tells(found.stdout + found.stderr)
