"""How does long work show where it is? As a bar in a notebook's cell, elsewhere as a line a step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fiador.notebook import cells
from fiador.use_cases.ports import Progress, lines


@contextmanager
def progress() -> Iterator[Progress]:
    """The Progress of the place this runs at."""
    display = notebook_display()
    if display is None:
        yield lines(lambda line: sys.stderr.write(f"fiador: {line}\n"))
        return
    with bar(display) as steps:
        yield steps


@contextmanager
def bar(display: Callable[..., Any]) -> Iterator[Progress]:
    """A bar in a cell, renewed at each step; it goes when work is done, and an error leaves it standing.

    display: as IPython's, it answers a handle whose `update` renews what was shown.
    """
    handle = display({"text/html": cells.progress_cell("starting", 0, 0), "text/plain": "…"}, raw=True, display_id=True)

    def show(what: str, done: int, of: int) -> None:
        plain = f"{what}, {done} of {of}" if of else what
        handle.update({"text/html": cells.progress_cell(what, done, of), "text/plain": plain}, raw=True)

    yield show
    handle.update({"text/html": "", "text/plain": ""}, raw=True)


def notebook_display() -> Callable[..., Any] | None:
    """IPython's `display` where a notebook's kernel runs this; None elsewhere. Nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if not hasattr(shell, "kernel"):
        return None
    display: Callable[..., Any] = sys.modules["IPython"].display.display
    return display
