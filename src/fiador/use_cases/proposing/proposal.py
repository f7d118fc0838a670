"""What does a proposed portfolio hold?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from fiador.portfolio.types import ColumnType
from fiador.use_cases.proposing.targets import TargetColumn
from fiador.use_cases.proposing.tree import Node


@dataclass(frozen=True)
class Declaration:
    """One declaration and the comment beside it. live: false writes the declaration as a comment too."""

    key: str
    value: object
    note: str = ""
    live: bool = True


@dataclass(frozen=True)
class ProposedTable:
    """A table in its place: its declarations, its levels, and what there is to say about it."""

    node: Node
    rows: int
    columns: int
    lines: tuple[Declaration, ...]
    expect: tuple[Declaration, ...]
    types: Mapping[str, ColumnType]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ProposedFeature:
    """A column as a feature. live: false proposes it in a comment, `note` says why."""

    name: str
    table: str
    column: str
    row: str = ""
    unit: str = ""
    says: str = ""
    note: str = ""
    live: bool = True


@dataclass(frozen=True)
class ProposedSynthesis:
    """A first `[synthesis.TABLE]`.

    features: how many it makes of an application, 0 where its rows are carried up to the table above. why_not: why it
    is a comment; '' where it is in force. left_out: columns it could measure as well. subset, window: an example of
    each that would widen it, '' and 0 where there is none.
    """

    table: str
    features: int
    measures: tuple[str, ...]
    of: tuple[str, ...]
    overall: Mapping[str, tuple[str, ...]]
    shares: tuple[str, ...]
    why_not: str = ""
    left_out: tuple[str, ...] = ()
    subset: str = ""
    window: int = 0


@dataclass(frozen=True)
class Suspect:
    """A feature or column that may not be what a model should read. sure: it is declared so, else only told."""

    kind: Literal["protected", "lender_set", "leak"]
    name: str
    sure: bool
    why: str


@dataclass(frozen=True)
class Proposal:
    """Everything a portfolio file says, before it is written. decided: the base's date of the decision, or ''.

    unlinked: tables of the source that nothing leads to, each with why. passed_over: files of it that can't be read,
    each with why.
    """

    name: str
    source: str
    target: TargetColumn
    other_targets: tuple[str, ...]
    key: str
    key_why: str
    applicant: str
    decided: str
    tables: tuple[ProposedTable, ...]
    features: tuple[ProposedFeature, ...]
    syntheses: tuple[ProposedSynthesis, ...]
    suspects: tuple[Suspect, ...]
    unlinked: Mapping[str, str]
    passed_over: Mapping[str, str]

    @property
    def base(self) -> ProposedTable:
        """The table with one row per application."""
        return self.tables[0]

    def tree(self) -> Iterator[tuple[ProposedTable, int]]:
        """Each table with how far it hangs below the base one, whatever hangs under it right after it."""
        waiting = [(self.base, 0)]
        while waiting:
            table, depth = waiting.pop(0)
            yield table, depth
            waiting = [(t, depth + 1) for t in self.tables if t.node.of == table.node.name] + waiting

    def suspects_of(self, kind: str, *, sure: bool) -> tuple[Suspect, ...]:
        """The suspects of a kind."""
        return tuple(s for s in self.suspects if s.kind == kind and s.sure == sure)
