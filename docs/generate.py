"""Does the reference say what the code says?

    python docs/generate.py           writes docs/reference/ and the tree in README.md
    python docs/generate.py --check   exits 1 and lists the pages that differ

Every page is made from the tables and values the product itself reads; none is written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))  # the generator is no part of the installed package

from generator import commands, portfolio_file, python_api, run, service, tree, variants  # noqa: E402

REFERENCE = DOCS / "reference"
README = DOCS.parent / "README.md"
NOTICE = "<!-- Made from the code by `python docs/generate.py`. Edits here are lost. -->"
PAGES: dict[str, Callable[[], str]] = {
    "api.md": service.api,
    "bundle.md": run.bundle,
    "candidates.md": variants.candidates,
    "cli.md": commands.cli,
    "errors.md": variants.errors,
    "expressions.md": variants.expressions,
    "languages.md": variants.languages,
    "measures.md": variants.measures,
    "metrics.md": run.metrics,
    "portfolio.md": portfolio_file.portfolio,
    "python.md": python_api.python,
    "settings.md": variants.settings,
    "sources.md": variants.sources,
}


def pages() -> dict[str, str]:
    """Every page by file name, each ending with one newline."""
    return {name: f"{NOTICE}\n\n{page().strip()}\n" for name, page in PAGES.items()}


def differences(made: dict[str, str], folder: Path = REFERENCE) -> list[str]:
    """What differs between the pages made and those on disk, one line each."""
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    missing = [f"{name}: missing" for name in made if name not in on_disk]
    stale = [name for name, text in made.items() if name in on_disk and on_disk[name] != text]
    foreign = [f"{name}: no page of this name is made" for name in on_disk if name not in made]
    return [*missing, *(f"{name}: {_first_difference(on_disk[name], made[name])}" for name in stale), *foreign]


def _first_difference(old: str, new: str) -> str:
    """Where two texts part.

    >>> _first_difference("a\\nb\\n", "a\\nc\\n")
    "line 2 is 'b', the code says 'c'"
    """
    before, after = [*old.split("\n"), "(end)"], [*new.split("\n"), "(end)"]
    at = next(n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    return f"line {at + 1} is {before[at][:80]!r}, the code says {after[at][:80]!r}"


def write(made: dict[str, str], folder: Path = REFERENCE) -> None:
    """Put the pages on disk; a page nobody makes any more goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The exit status: 0, or 1 where `--check` finds a difference."""
    made, page = pages(), README.read_text(encoding="utf-8")
    if "--check" not in arguments:
        write(made)
        README.write_text(tree.with_tree(page), encoding="utf-8")
        print(f"{len(made)} pages: docs/reference")
        return 0
    faults = [f"docs/reference/{line}" for line in differences(made)]
    if page != tree.with_tree(page):
        faults.append(f"README.md: {_first_difference(page, tree.with_tree(page))}")
    for line in faults:
        print(line, file=sys.stderr)
    if faults:
        print("The reference is out of date. Run: python docs/generate.py", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
