"""Which rooms has the house, and what is in each? The order is the layers', the words are the folders' own.

A room's line is the first sentence of its docstring, so that nobody writes it a second time.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "fiador"
BEGIN, END = "<!-- the tree: made by `python docs/generate.py` -->", "<!-- the tree ends -->"
_PLACE = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)


def with_tree(page: str) -> str:
    """A page with the tree, as the folders say it, between its two marks."""
    return _PLACE.sub(lambda _: f"{BEGIN}\n\n{tree()}\n\n{END}", page)


def tree() -> str:
    """The folders and modules under src/fiador, a line each, from the street inwards."""
    rows = [(name, words) for room in layers() for name, words in _lines(HOUSE / room)]
    width = max(len(name) for name, _ in rows)
    return "\n".join(["```", "src/fiador/", *(f"{name:<{width}}  {words}" for name, words in rows), "```"])


def layers() -> list[str]:
    """The names of the top, in the order of the contract that says who may import whom."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [name for layer in listed for name in re.split(r"\s*[:|]\s*", layer) if name not in ("__main__", "version")]


def _lines(room: Path) -> Iterator[tuple[str, str]]:
    """A folder and those in it, or a module."""
    if not room.is_dir():
        yield f"  {room.name}.py", first_sentence(room.with_suffix(".py"))
        return
    yield f"  {room.name}/", first_sentence(room / "__init__.py")
    for below in sorted(room.glob("*/__init__.py")):
        yield f"    {below.parent.name}/", first_sentence(below)


def first_sentence(file: Path) -> str:
    """The first sentence of a module's docstring, on one line.

    >>> first_sentence(HOUSE / "version.py")
    'Which version of fiador is this?'
    """
    text = " ".join((ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[?.])\s", text)[0]
