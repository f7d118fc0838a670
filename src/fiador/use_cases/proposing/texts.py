"""How are tables, columns and levels said until somebody words them? By their names, in every language alike.

Synthesised features are said from a portfolio's `texts/`, which have no fallback: what `init` writes there is complete,
and waits for somebody who speaks the language.
"""

from __future__ import annotations

from collections.abc import Mapping

from fiador.use_cases.proposing.document import comment, toml, toml_key
from fiador.use_cases.proposing.names import words
from fiador.use_cases.proposing.proposal import Proposal, ProposedSynthesis
from fiador.words import LANGUAGES


def texts(proposal: Proposal) -> dict[str, str]:
    """Language -> the text of its file in `texts/`; none where no feature is made from rows, and names will do."""
    if not proposal.syntheses:
        return {}
    return {language.code: _text(proposal, language.code) for language in LANGUAGES}


def _text(p: Proposal, language: str) -> str:
    parts = [
        "\n".join(
            comment(
                f"The words of features made from rows, as a client reads them ({language}): measure: column (table, "
                "subset, window). `fiador init` put the names in: word them."
            )
        ),
        _section("tables", {s.table: words(s.table) for s in p.syntheses}),
        *(_section(f"columns.{toml_key(s.table)}", _columns(s, p)) for s in p.syntheses),
        *(_section(f"levels.{toml_key(column)}", levels) for column, levels in _levels(p).items()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _columns(s: ProposedSynthesis, p: Proposal) -> dict[str, str]:
    """Raw columns alone: what is carried up from tables below is said by its own words."""
    carried = tuple(f"{other.table}__" for other in p.syntheses)
    names = [name for name in (*s.of, *s.overall, *s.shares, *s.left_out) if not name.startswith(carried)]
    return {name: words(name) for name in dict.fromkeys(names)}


def _levels(p: Proposal) -> dict[str, dict[str, str]]:
    """Column -> its levels, in whatever tables it stands, each said as it is written."""
    levels: dict[str, dict[str, str]] = {}
    for line in (line for table in p.tables for line in table.expect):
        if isinstance(line.value, list):
            levels.setdefault(line.key, {}).update({level: level for level in line.value})
    return levels


def _section(name: str, entries: Mapping[str, str]) -> str:
    return (
        "\n".join([f"[{name}]", *(f"{toml_key(key)} = {toml(text)}" for key, text in entries.items())])
        if entries
        else ""
    )
