"""Does every command and every line of Python in the documents run, and print what the page shows?

A page's shell and Python blocks run in its order, in a folder like a fresh copy of the repository after `make demo`.

- A `bash` block is one script under `set -e`. Folder and exported variables carry over to the page's next block.
- A `text` block after it shows what it printed: each of its lines must come in the output, in that order. Lines may be
  left out, and `…` stands for the rest of a word or line. A first line `error: …` says that the block fails.
- A `toml` block that starts with `# some/file.toml` is that file.
- A `python` block sees the names of those before it; one that starts with `>>>` must answer as shown.
- The address of a MySQL or PostgreSQL database is that of a test server that holds the same tables.
- `make` is only asked what it would do. `fiador serve` and `fiador dashboard` stay up to the page's end, on free ports.
- Any other language isn't run: `text` before the first command, and whatever names no language, are illustrations.

The tutorial simulates and trains as it says. The other pages find its tables in build/demo/data and its bundle in
build/demo/bundle, and a portfolio with one candidate and two folds, since training is the slow part.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fiador.adapters.sources import open_source

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
AT_HAND = Path(__file__).with_name("at_hand.py")
TUTORIAL = DOCS / "tutorial.md"
WRITTEN = [page for page in (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))) if "reference" not in page.parts]
RUN, SHOWN = ("bash", "python"), ("text", "toml")
NOT_RUN = {"", "json", "sql", "powerquery", "dax", "ini", "csv", "http"}
SAID_FOR = {  # what stands for a thing of the reader's own (a pattern) -> what it is here
    r"\bFOLDER\b": "build/demo/data",
    r"\b(MYSQL_PWD|PGPASSWORD)=('[^']*'|\S+)": r"\1=",  # the test servers want none
}
SERVERS = {  # scheme of a URL -> the fixture that is such a server, and its words for the types of the tables
    "mysql": ("mysql", {"string": "varchar(255)", "int64": "bigint", "double": "double"}),
    "postgresql": ("postgres", {"string": "text", "int64": "bigint", "double": "double precision"}),
}
COLUMNS = "100"  # how wide the outputs on the pages are
_FENCE = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"(?<=http://127\.0\.0\.1:)\d{4}|(?<=http://localhost:)\d{4}|(?<=--port )\d{4}")
_URL = re.compile(rf"({'|'.join(SERVERS)})://[^\s'\"`]+")
_SPACE = re.compile(r"[\u00a0\u202f]")  # spaces that keep a number on its line
_LEAVING = "trap '{{ export -p; echo cd \"$PWD\"; }} > {before}' EXIT"  # where a block ended, for the next one
PATIENCE = 600  # seconds for one block


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _blocks(page: Path) -> list[tuple[str, str]]:
    """(language, text) of each fenced block of a page."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


RUNNING = [page for page in WRITTEN if any(kind in RUN for kind, _ in _blocks(page))]


@dataclass
class Place:
    """Where a page runs: its folder, its environment, the free port for each that the page names.

    servers: scheme -> the URL of a server for every URL of that scheme. called: that URL -> as the page last called it.
    """

    folder: Path
    socket: Path
    ports: dict[str, str] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "docs"})

    def here(self, text: str) -> str:
        """A page's text with the ports and the things that are the reader's own replaced by those of this place."""
        for said, stands_for in SAID_FOR.items():
            text = re.sub(said, stands_for, text)
        text = _URL.sub(self._server, text)
        return _PORT.sub(lambda port: self.port(port.group()), text)

    def there(self, output: str) -> str:
        """An output as the page shows it."""
        for named, port in self.ports.items():
            output = re.sub(rf"(?<=:){port}\b", named, output)
        for url, named in self.called.items():
            output = output.replace(url, named)
        return output

    def _server(self, url: re.Match[str]) -> str:
        there = self.servers.get(url[1], url[0])
        self.called[there] = url[0]
        return there

    def port(self, named: str) -> str:
        """A free port that stands for the one named."""
        if named not in self.ports:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.ports[named] = str(probe.getsockname()[1])
        return self.ports[named]

    def environment(self) -> dict[str, str]:
        """The test's environment, with the stand-ins first on the path and the ports a server takes unasked."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FIADOR_")}
        return ours | {
            "PATH": f"{self.socket.parent / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COLUMNS": COLUMNS,
            "FIADOR_PORT": self.port("8000"),
            "FIADOR_DASHBOARD_PORT": self.port("8501"),
            "FIADOR_SERVICE_URL": f"http://127.0.0.1:{self.port('8000')}",
            "NO_COLOR": "1",
        }


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a process that runs `fiador` commands; beside it, bin/ with the stand-ins `fiador` and `make`."""
    folder = tmp_path_factory.mktemp("at_hand")
    place = folder / "socket"
    for name, runs in {
        "fiador": f'exec {sys.executable} -I -S {AT_HAND} ask {place} "$@"',
        "make": f'exec {shutil.which("make")} --dry-run --directory {ROOT} "$@"',
    }.items():
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{runs}\n")
        (folder / "bin" / name).chmod(0o755)
    waiting = subprocess.Popen([sys.executable, AT_HAND, "wait", place], env={**os.environ, "COLUMNS": COLUMNS})
    try:
        while not place.exists():
            assert waiting.poll() is None
            time.sleep(0.05)
        yield place
    finally:
        waiting.terminate()
        waiting.wait()


def _copy_of_the_repository(folder: Path) -> Path:
    """A folder that looks like the repository to a page's commands: its portfolios, which a page may add to."""
    shutil.copytree(ROOT / "portfolios", folder / "portfolios")
    (folder / "docs").symlink_to(DOCS)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()
    return folder


@pytest.fixture(scope="module")
def tutorial(at_hand: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder the tutorial leaves behind, and what went wrong on the way."""
    folder = _copy_of_the_repository(tmp_path_factory.mktemp("tutorial"))
    return folder, _faults(TUTORIAL, Place(folder, at_hand))


@pytest.fixture
def after_the_demo(at_hand: Path, tutorial: tuple[Path, list[str]], tmp_path: Path) -> Place:
    """A copy of the repository as `make demo` leaves it; the portfolio trains one candidate."""
    folder = _copy_of_the_repository(tmp_path)
    declared = folder / "portfolios" / "alura_cash" / "portfolio.toml"
    quick = '[training]\ncandidates = ["logistic_regression"]'
    declared.write_text(declared.read_text("utf-8").replace("[training]", quick).replace("folds = 5", "folds = 2"))
    shutil.copytree(tutorial[0] / "build" / "demo", folder / "build" / "demo", copy_function=os.link)
    shutil.copytree(tutorial[0] / "bundles" / "first", folder / "build" / "demo" / "bundle", copy_function=os.link)
    return Place(folder, at_hand)


def test_the_tutorial_runs_and_prints_what_it_shows(tutorial: tuple[Path, list[str]]) -> None:
    assert tutorial[1] == []


@pytest.mark.parametrize("page", [page for page in RUNNING if page != TUTORIAL], ids=_name)
def test_the_page_runs_and_prints_what_it_shows(
    page: Path, after_the_demo: Place, request: pytest.FixtureRequest
) -> None:
    for scheme in {url[1] for kind, text in _blocks(page) if kind in RUN for url in _URL.finditer(text)}:
        fixture, words = SERVERS[scheme]
        server = request.getfixturevalue(fixture)
        _load(server, after_the_demo.folder / "build" / "demo" / "data", words)
        after_the_demo.servers[scheme] = server.url
    assert _faults(page, after_the_demo) == []


@pytest.mark.parametrize("page", WRITTEN, ids=_name)
def test_a_block_that_isnt_run_is_no_command(page: Path) -> None:
    assert {kind for kind, _ in _blocks(page)} <= {*RUN, *SHOWN, *NOT_RUN}


def _load(server: Any, dumps: Path, words: dict[str, str]) -> None:
    """The tables of the dumps, on a server."""
    source = open_source(dumps)
    for table, schema in source.tables().items():
        columns = ", ".join(f"{column.name} {words[str(column.type)]}" for column in schema)
        server.run(f"DROP TABLE IF EXISTS {table}")
        server.run(f"CREATE TABLE {table} ({columns})")
        into = f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(schema))})"
        for batch in source.read(table):
            server.run(into, list(zip(*(column.to_pylist() for column in batch.columns), strict=True)))


def _faults(page: Path, place: Place) -> list[str]:
    """Run a page; what didn't run or isn't as shown, with the number of its block."""
    faults: list[str] = []
    output = ""
    blocks = _blocks(page)
    try:
        for at, (kind, text) in enumerate(blocks):
            where = f"{_name(page)}, block {at + 1}"
            after = blocks[at + 1] if at + 1 < len(blocks) else ("", "")
            if kind == "bash":
                status, output = _shell(text, place)
                if (status != 0) != (after[0] == "text" and after[1].startswith("error: ")):
                    faults.append(f"{where}: exit status {status}\n{text}\n{output}")
            elif kind == "text" and output:
                missing = _not_in(text, output)
                faults += [f"{where}: {missing!r} is not in\n{output}"] if missing else []
            elif kind == "toml" and text.startswith("# ") and ".toml" in text.splitlines()[0]:
                _write(place.folder / text.splitlines()[0].removeprefix("# ").strip(), text)
            elif kind == "python":
                faults += _python(text, place, where)
    finally:
        subprocess.run([sys.executable, AT_HAND, "stop", place.socket], check=True)
    return faults


def _shell(text: str, place: Place) -> tuple[int, str]:
    """(exit status, output as the page would show it) of a shell block, which begins where the last one ended."""
    before, said = place.folder / ".shell", place.folder / ".said"
    script = f"set -e\n[ ! -f {before} ] || . {before}\n{_LEAVING.format(before=before)}\n{place.here(text)}"
    with said.open("wb") as output:  # a file, not a pipe: a server that stays up would hold a pipe open
        done = subprocess.run(
            ["bash", "-c", script], check=False, cwd=place.folder, env=place.environment(),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, timeout=PATIENCE,
        )  # fmt: skip
    return done.returncode, place.there(said.read_text(encoding="utf-8"))


def _not_in(shown: str, output: str) -> str:
    r"""The first line of what a page shows that doesn't come in an output after the ones before it; empty if all do.

    >>> _not_in("one …\nthree\n", "one 1\ntwo 2\nthree 3\n"), _not_in("two\none\n", "one 1\ntwo 2\n")
    ('', 'one')
    """
    said, at = _SPACE.sub(" ", output), 0
    for line in filter(None, map(str.strip, _SPACE.sub(" ", shown).splitlines())):
        found = re.compile(".*?".join(map(re.escape, line.split("…")))).search(said, at)
        if not found:
            return line
        at = found.end()
    return ""


def _python(text: str, place: Place, where: str) -> list[str]:
    """Run one block with the names of those before it; what its examples answered otherwise."""
    with contextlib.chdir(place.folder):
        if not text.startswith(">>>"):
            exec(compile(place.here(text), where, "exec"), place.names)
            return []
        example = doctest.DocTestParser().get_doctest(place.here(text), place.names, where, where, 0)
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        runner.run(example, out=told.append, clear_globs=False)
        place.names.update(example.globs)
        return told


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
