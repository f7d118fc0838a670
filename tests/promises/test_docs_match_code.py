"""Do the documents say what the code does?"""

from __future__ import annotations

import importlib.util
import inspect
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from fiador import errors
from fiador.cli.commands import app
from fiador.errors import FiadorError
from fiador.features.plan import compile_sql
from fiador.features.schema import Schema, declared_schema
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases import checking
from fiador.words import LANGUAGES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
WRITTEN = [page for page in PAGES if "reference" not in page.parts]
GROUP = typer.main.get_command(app)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`((?:fiador|make) [^`]+)`")

OWN_PORTFOLIO = DOCS / "how-to" / "own-portfolio.md"
MY_BANK = Schema(  # the tables of docs/how-to/own-portfolio.md
    {
        "loans": {
            "loan_id": "text",
            "person_id": "text",
            "amount": "number",
            "share": "number",
            "defaulted": "integer",
        },
        "people": {"person_id": "text", "age": "integer", "income": "number", "home": "text", "gender": "text"},
        "payments": {"loan": "text", "days_before": "integer", "paid": "number", "due": "number"},
    }
)


def _called(words: list[str]) -> tuple[Any, list[str]]:
    """The command a call's words mean, a group's own command where one is named, and the words left for it."""
    command, left = GROUP, list(words)
    while hasattr(command, "commands") and left and not left[0].startswith("-"):
        assert left[0] in command.commands, " ".join(words)
        command = command.commands[left.pop(0)]
    return command, left


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [body for kind, body in _FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def _commands(page: Path) -> Iterator[str]:
    """The lines of a page's shell blocks, continued ones joined, comments left out."""
    for block in [*_blocks(page, "bash"), *_blocks(page, "console")]:
        for line in block.replace("\\\n", " ").splitlines():
            yield line.removeprefix("$ ").split("  #")[0].strip()


@pytest.fixture(scope="module")
def generate() -> Iterator[ModuleType]:
    """docs/generate.py as a module."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


def test_the_reference_is_what_the_code_says(generate: ModuleType) -> None:
    assert generate.differences(generate.pages()) == []


def test_the_readmes_tree_is_the_folders_own_first_lines(generate: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert generate.tree.with_tree(readme) == readme
    assert "  notebook/       What does a person in a notebook hold?" in readme


def test_the_readmes_tree_shows_every_room_of_the_house(generate: ModuleType) -> None:
    top = {
        path.name.removesuffix(".py") for path in (ROOT / "src" / "fiador").iterdir() if not path.name.startswith("__")
    }
    assert {"version", *generate.tree.layers()} == top


def test_a_page_that_differs_is_missing_or_is_nobodys_is_named(generate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("x\n")
    (tmp_path / "cli.md").write_text("one\ntwo\n")
    assert generate.differences({"cli.md": "one\n2\n", "new.md": "y\n"}, tmp_path) == [
        "new.md: missing",
        "cli.md: line 2 is 'two', the code says '2'",
        "old.md: no page of this name is made",
    ]


def test_every_page_made_ends_with_one_newline(generate: ModuleType) -> None:
    assert [name for name, text in generate.pages().items() if not re.search(r"[^\n]\n\Z", text)] == []


def test_the_readmes_portfolio_is_valid_and_compiles(alura: Portfolio) -> None:
    (block,) = [b for b in _blocks(ROOT / "README.md", "toml") if b.startswith("format = 1")]
    portfolio, whole = parse_document(tomllib.loads(block)), declared_schema(alura)
    assert whole
    query = compile_sql(portfolio, Schema({name: whole.tables[name] for name in portfolio.tables}))
    assert query.features == {"person_age": "number", "burden": "number"}


def _steps() -> str:
    """The blocks of the how-to that make one portfolio, as one text."""
    blocks = _blocks(OWN_PORTFOLIO, "toml")
    return "\n".join(block for block in blocks if not block.startswith(("[levels", "extends")))


def test_the_portfolio_written_step_by_step_is_valid_and_compiles() -> None:
    portfolio = parse_document(tomllib.loads(_steps()))
    query = compile_sql(portfolio, MY_BANK)
    assert list(query.features) == ["amount", "burden", "late_payments"]
    assert tuple(query.rules) == ("under_age",)


def test_the_error_shown_in_the_how_to_is_the_one_a_typing_mistake_gets() -> None:
    mistaken = _steps().replace('row = "amount / income"', 'row = "amount / incom"')
    with pytest.raises(FiadorError) as told:
        compile_sql(parse_document(tomllib.loads(mistaken)), MY_BANK)
    assert f"error: {told.value.message}\n" in _blocks(OWN_PORTFOLIO, "text")


def test_the_readmes_portfolio_has_twenty_lines() -> None:
    (block,) = [b for b in _blocks(ROOT / "README.md", "toml") if b.startswith("format = 1")]
    assert len(block.splitlines()) == 20


def test_the_readme_shows_the_line_in_eight_calls() -> None:
    called = [shlex.split(line)[1] for line in _commands(ROOT / "README.md") if line.startswith("fiador ")]
    expected = ["check", "join", "sql", "train", "score", "score", "serve", "dashboard"]
    assert [called[at : at + 8] for at in range(len(called)) if called[at : at + 8] == expected] == [expected]


@pytest.mark.parametrize("page", WRITTEN, ids=_name)
def test_every_command_line_in_the_docs_is_one_the_program_reads(page: Path) -> None:
    for line in _commands(page):
        if line.startswith("fiador "):
            command, given = _called(shlex.split(line)[1:])
            command.make_context(command.name, given)


@pytest.mark.parametrize("page", WRITTEN, ids=_name)
def test_every_command_named_in_a_sentence_exists_with_its_options(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for said in [*_INLINE.findall(page.read_text(encoding="utf-8")), *_commands(page)]:
        program, *words = said.split()
        if program == "make":
            assert words[0] in targets, said
        elif program == "fiador" and words[0] not in ("--help", "--version"):
            command, _ = _called(words)
            known = {"--help", *(opt for p in command.params for opt in p.opts if opt.startswith("--"))}
            assert {w.split("=")[0] for w in words if w.startswith("--")} <= known, said


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_and_picture_in_the_docs_exists(page: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{_name(page)} links to {target}"
        if anchor:
            assert anchor in _anchors(file), f"{_name(page)} links to {target}"


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_of_the_docs_can_be_reached_from_the_index() -> None:
    reached, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop()
        reached.add(page)
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            file = (page.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and file not in reached and DOCS in file.parents:
                left.append(file)
    assert {_name(page) for page in DOCS.rglob("*.md")} - {_name(page) for page in reached} == set()


def test_the_drawn_tree_of_errors_has_the_numbers_of_the_classes() -> None:
    drawn = dict(re.findall(r"(\w+Error) +(\d+ +\d+)", errors.__doc__ or ""))
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, FiadorError)]
    classes = {k.__name__: (k.exit_code, k.http_status) for k in kinds if k is not FiadorError}
    assert {name: tuple(map(int, numbers.split())) for name, numbers in drawn.items()} == classes


def test_each_error_type_has_an_exit_status_of_its_own() -> None:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, FiadorError)]
    assert len({kind.exit_code for kind in kinds}) == len(kinds)


def test_every_kind_of_finding_is_explained() -> None:
    explained = re.findall(r"^## ([a-z_]+)$", (DOCS / "how-to" / "reading-check.md").read_text("utf-8"), re.MULTILINE)
    assert set(explained) == {kind.split()[0] for kind in checking._WORDS}


@pytest.mark.parametrize("page", WRITTEN, ids=_name)
def test_every_language_asked_for_in_the_docs_is_spoken(page: Path) -> None:
    asked = re.findall(r"(?:[?&]language=|--language )([\w-]+)", page.read_text(encoding="utf-8"))
    assert set(asked) <= {language.code for language in LANGUAGES}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_page_names_a_place_of_somebodys_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\S*", page.read_text(encoding="utf-8")) == []
