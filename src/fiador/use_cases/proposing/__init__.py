"""What portfolio do these tables suggest?

Two steps: `survey` looks at every table, and `propose` says what a portfolio over them would be, once base table,
target and key are chosen (`asking`). Everything is counted by the engine; nothing here reads or writes a file, and
`document` puts the proposal in words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.errors import DataError
from fiador.portfolio.types import column_type, is_readable
from fiador.use_cases.ports import Progress
from fiador.use_cases.proposing.choice import Choice
from fiador.use_cases.proposing.clocks import clocks
from fiador.use_cases.proposing.columns import TableFacts, look_at, percent
from fiador.use_cases.proposing.declarations import propose_tables
from fiador.use_cases.proposing.inputs import row_features, suspects
from fiador.use_cases.proposing.keys import TableKey, key_of
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.links import links_between, pair_links
from fiador.use_cases.proposing.names import PEOPLE, is_identifier, says
from fiador.use_cases.proposing.proposal import Proposal, ProposedFeature
from fiador.use_cases.proposing.stacking import continuations, stack
from fiador.use_cases.proposing.synthesis import propose_syntheses
from fiador.use_cases.proposing.times import decision_date
from fiador.use_cases.proposing.tree import Node, hang
from fiador.use_cases.proposing.univariate import Univariate, univariate_figures

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine, Source

__all__ = ["Survey", "propose", "survey"]


@dataclass(frozen=True)
class Survey:
    """Every table of a source, counted, and what names its rows. passed_over: files that can't be read -> why."""

    tables: Mapping[str, TableFacts]
    keys: Mapping[str, TableKey]
    passed_over: Mapping[str, str] = field(default_factory=dict)


def survey(source: Source, engine: Engine, *, progress: Progress) -> Survey:
    """Read every table into the engine and count what it holds. DataError where no table has any row."""
    schemas = source.tables()
    facts: dict[str, TableFacts] = {}
    for done, (name, schema) in enumerate(schemas.items()):
        progress(f"reading {name}", done, len(schemas))
        readable = pa.schema([column for column in schema if is_readable(column.type)])
        engine.load(name, readable, source.read(name, readable.names))
        facts[name] = look_at(name, {f.name: column_type(f.type) or "text" for f in readable}, engine)
    progress("reading", len(schemas), len(schemas))
    if not any(table.rows for table in facts.values()):
        raise DataError("every table is empty.", where=source.location, hint="Give a source with applications in it.")
    return Survey(facts, {name: key_of(table, engine) for name, table in facts.items()})


def propose(survey: Survey, choice: Choice, engine: Engine, *, name: str, source: str, progress: Progress) -> Proposal:
    """The portfolio these tables suggest. name: its name; source: how the file should name the place.

    Tables that continue the base one are stacked on it in the engine.
    """
    alike = continuations(choice.target.table, survey.tables, choice, engine)
    base, target = stack(alike, survey.tables, choice, engine)
    tables = {**{n: t for n, t in survey.tables.items() if n not in alike.all and t.rows}, base.name: base}
    progress("looking for links", 1, 3)
    links = links_between(tables, survey.keys, engine)
    unlinked = set(tables) - {link.child for link in links} - {link.parent for link in links} - {base.name}
    links += pair_links(tables, unlinked, engine)
    progress("comparing columns with the target", 2, 3)
    nodes = hang(base.name, tables, survey.keys, links, engine)
    key = choice.key if choice.key in base.columns else ""
    layout = Layout(nodes, tables, target, key, decision_date(base))
    figures = univariate_figures(layout, engine)
    table_clocks = clocks(layout, engine)
    features = _without_later_tables(row_features(layout, figures), figures)
    progress("comparing columns with the target", 3, 3)
    return Proposal(
        name, source, target, choice.others, choice.key, _key_why(base, choice, alike.stacked),
        _applicant(layout), layout.decided,
        propose_tables(layout, survey.keys, table_clocks, alike.stacked),
        _distinct(features), propose_syntheses(layout, table_clocks), suspects(features, figures),
        {**_unlinked(survey.tables, alike.all, nodes), **alike.apart}, survey.passed_over,
    )  # fmt: skip


def _key_why(base: TableFacts, choice: Choice, stacked: Collection[str]) -> str:
    """What told the key; of a stacked table it is counted over all of its parts."""
    return f"{base.columns[choice.key].distinct:,} values in all its parts, none twice" if stacked else choice.key_why


def _unlinked(tables: Mapping[str, TableFacts], alike: Collection[str], nodes: Sequence[Node]) -> dict[str, str]:
    linked = {node.source for node in nodes}
    empty = "it has no rows"
    without_link = "no column of it names rows of a table above, and none of theirs name its rows"
    return {t.name: without_link if t.rows else empty for t in tables.values() if t.name not in linked | set(alike)}


def _applicant(layout: Layout) -> str:
    """The column on the application's row that names the person, whose applications stay on one side of a split."""
    for node in layout.on_row:
        for c in (c for c in layout.facts(node).columns.values() if (node.name, c.name) != (layout.base, layout.key)):
            if is_identifier(c.name) and says(c.name, PEOPLE) and c.is_whole and c.missing <= 0.01 * c.rows:
                return f"{node.name}.{c.name}"
    return ""


def _without_later_tables(
    features: tuple[ProposedFeature, ...], figures: Mapping[tuple[str, str], Univariate]
) -> tuple[ProposedFeature, ...]:
    """Features of a looked-up table whose rows are dated after the decision are left out with it."""
    base = features[0].table if features else ""
    late = {table: f.late for (table, _), f in figures.items() if f.late > 0.01 and table != base}
    return tuple(
        replace(f, live=False, note=f"{f.table} is dated after the decision in {percent(late[f.table], 1)} of rows")
        if f.live and f.table in late
        else f
        for f in features
    )


def _distinct(features: tuple[ProposedFeature, ...]) -> tuple[ProposedFeature, ...]:
    """The features, a name that another has (whatever its capitals) given a number."""
    names: set[str] = set()
    result = []
    for f in features:
        name, n = f.name, 2
        while name.casefold() in names:
            name, n = f"{f.name[:56]}_{n}", n + 1
        names.add(name.casefold())
        row = f.row or ("" if name == f.name else f'{f.table}."{f.column}"')
        result.append(replace(f, name=name, row=row))
    return tuple(result)
