"""Where does each table stand, and which column is the target, the key, the date of the decision?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fiador.use_cases.proposing.columns import TableFacts
from fiador.use_cases.proposing.targets import TargetColumn
from fiador.use_cases.proposing.tree import Node


@dataclass(frozen=True)
class Layout:
    """The tables in their places (the base first), the target, the base's key ('' where rows are numbered) and its date
    of the decision ('' where it has none).
    """

    nodes: tuple[Node, ...]
    tables: Mapping[str, TableFacts]
    target: TargetColumn
    key: str
    decided: str

    @property
    def base(self) -> str:
        """The base table's name."""
        return self.nodes[0].name

    @property
    def on_row(self) -> tuple[Node, ...]:
        """The tables that have one row an application: the base and what is looked up."""
        return tuple(node for node in self.nodes if node.declared and node.kind != "many")

    @property
    def many(self) -> tuple[Node, ...]:
        """The declared tables of many rows an application."""
        return tuple(node for node in self.nodes if node.declared and node.kind == "many")

    def facts(self, table: Node) -> TableFacts:
        return self.tables[table.source]

    @property
    def links(self) -> set[tuple[str, str]]:
        """(table, column) of both ends of every link, declared or told."""
        ends = [(node.of, node.name, pair) for node in self.nodes for pair in node.on]
        ends += [(of, node.name, pair) for node in self.nodes for of, on in node.also for pair in on]
        return {(of, up) for of, _, (up, _) in ends} | {(name, down) for _, name, (_, down) in ends}
