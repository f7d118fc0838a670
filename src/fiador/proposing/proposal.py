"""What does a proposed portfolio hold?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fiador.portfolio import ColumnType
from fiador.proposing.hanging import Hung
from fiador.proposing.targets import Target


@dataclass(frozen=True)
class Line:
    """One declaration and the comment beside it. live: false writes the declaration as a comment too."""

    key: str
    value: object
    note: str = ""
    live: bool = True


@dataclass(frozen=True)
class ProposedTable:
    """A table in its place: its declarations, its levels, and what there is to say about it."""

    hung: Hung
    rows: int
    columns: int
    lines: tuple[Line, ...]
    expect: tuple[Line, ...]
    types: Mapping[str, ColumnType]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ProposedFeature:
    """A column or a measure as a feature. live: false proposes it in a comment, `note` says why."""

    name: str
    table: str
    column: str
    row: str = ""
    measure: str = ""
    of: str = ""
    unit: str = ""
    says: str = ""
    note: str = ""
    live: bool = True


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

    unlinked: tables of the source that nothing leads to, each with why.
    """

    name: str
    source: str
    target: Target
    other_targets: tuple[str, ...]
    key: str
    key_why: str
    applicant: str
    decided: str
    tables: tuple[ProposedTable, ...]
    features: tuple[ProposedFeature, ...]
    suspects: tuple[Suspect, ...]
    unlinked: Mapping[str, str]

    @property
    def base(self) -> ProposedTable:
        """The table with one row per application."""
        return self.tables[0]

    def named(self, kind: str, *, sure: bool) -> tuple[Suspect, ...]:
        """The suspects of a kind."""
        return tuple(s for s in self.suspects if s.kind == kind and s.sure == sure)
