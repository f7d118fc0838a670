"""How is a table written in Markdown?"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is escaped, a line break becomes a space.

    >>> print(table(("a", "b"), [(1, "x|y")]))
    | a | b |
    | --- | --- |
    | 1 | x\\|y |
    """
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"


def code(text: object) -> str:
    """As code, or nothing where there is nothing."""
    return f"`{text}`" if str(text) else ""


def said(words: str | Mapping[str, str]) -> str:
    """What a row of a table says, in English where it speaks several languages."""
    return words if isinstance(words, str) else words["en"]


def rows_of(table_of_variants: Mapping[str, Any] | Iterable[Any]) -> list[Any]:
    """The rows of a table of variants, kept by name or in order."""
    return list(table_of_variants.values() if isinstance(table_of_variants, Mapping) else table_of_variants)


def opening(thing: object) -> str:
    """The first paragraph of a docstring, on one line; empty where there is none."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def rest(thing: object) -> str:
    """A docstring without its first paragraph and its examples."""
    paragraphs = (inspect.getdoc(thing) or "").split("\n\n")[1:]
    return "\n\n".join(p for p in paragraphs if not p.lstrip().startswith(">>>"))
