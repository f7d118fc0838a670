"""Which column of one table names rows of another?

The values must be there, counted both ways; and a name must speak for it, since small whole numbers are found in every
table. Long texts that match without a name's help (two tables keyed by the same random words) speak for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiador.expression import quote
from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts, percent
from fiador.use_cases.proposing.keys import TableKey, is_pair_unique
from fiador.use_cases.proposing.names import is_identifier, singular, stem, tokens

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

SURE, LIKELY, SILENT = "sure", "likely", "silent"
_NEEDED = {SURE: 0.5, LIKELY: 0.9, SILENT: 0.99}  # share of values that must match, by how much the names say
_MANY, _LONG = 50, 6  # values and letters from which texts that match can't do so by chance


@dataclass(frozen=True)
class TableLink:
    """Rows of `child` name rows of `parent`.

    on: (parent column, child column). matched: share of child rows with a value that find their parent. covered: share
    of the parent's values that some child names. once: no two child rows name the same parent. why: the names that
    speak for it.
    """

    child: str
    parent: str
    on: tuple[tuple[str, str], ...]
    matched: float
    covered: float
    once: bool
    why: str

    @property
    def parent_column(self) -> str:
        return self.on[0][0]

    @property
    def child_column(self) -> str:
        return self.on[0][1]

    @property
    def rates(self) -> str:
        """Both match rates in words.

        >>> TableLink("payments", "loans", (("id", "loan_id"),), 1.0, 0.5, False, "").rates
        '100 % of payments rows find theirs, 50 % of loans are named'
        """
        theirs = percent(self.matched, 1), percent(self.covered, 1)
        return f"{theirs[0]} of {self.child} rows find theirs, {theirs[1]} of {self.parent} are named"

    @property
    def short_rates(self) -> str:
        """Both match rates in short: child rows that match / parents that are named."""
        return f"{percent(self.matched, 1)} / {percent(self.covered, 1)}"


def links_between(
    tables: Mapping[str, TableFacts], keys: Mapping[str, TableKey], engine: Engine
) -> tuple[TableLink, ...]:
    """Every link a single column makes; of two ways round between the same two columns the fuller one."""
    links = [
        link
        for parent in tables.values()
        for column in _parents(parent, keys[parent.name])
        for child in tables.values()
        if child.name != parent.name
        for link in _links_to(column, child, tables, engine)
    ]
    direct = _without_shortcuts(_one_way(links))
    return tuple(sorted(direct, key=lambda link: (-link.matched, link.child, link.parent, link.on)))


def pair_links(tables: Mapping[str, TableFacts], unlinked: set[str], engine: Engine) -> tuple[TableLink, ...]:
    """Links over two columns of the same names, for tables that no single column links."""
    links = []
    for child in (tables[name] for name in sorted(unlinked)):
        for parent in tables.values():
            common = [c for c in child.columns.values() if c.is_whole and c.name in parent.columns]
            names = [c.name for c in common if is_identifier(c.name) or "no" in tokens(c.name)]
            if parent.name == child.name or len(names) < 2 or not is_pair_unique(parent, (names[0], names[1]), engine):
                continue
            on = tuple((name, name) for name in names[:2])
            link = _measure_link(child, parent, on, "two columns of the same names", engine)
            if link.matched >= _NEEDED[SURE]:
                links.append(link)
    return tuple(links)


def evidence(parent: ColumnFacts, child: ColumnFacts) -> tuple[str, str]:
    """How much the names say that a child's column names a parent's rows, and in what words; ('', '') for nothing.

    >>> loans, person = ColumnFacts("loans", "id", "integer", 9, 0), ColumnFacts("people", "person_id", "text", 9, 0)
    >>> evidence(loans, ColumnFacts("payments", "loan_id", "integer", 9, 0))
    ('sure', 'loan_id is called after loans')
    >>> evidence(person, ColumnFacts("loans", "co_person_id", "text", 9, 0))[0]
    'likely'
    """
    own, theirs = stem(parent.name), stem(child.name)
    table = " ".join(singular(word) for word in tokens(parent.table))
    if parent.name.casefold() == child.name.casefold():
        return SURE, "the same name"
    if own and own == theirs and (is_identifier(parent.name) or is_identifier(child.name)):
        return SURE, f"{child.name} and {parent.name} are called alike"
    if theirs and theirs == table and own in ("", table):
        return SURE, f"{child.name} is called after {parent.table}"
    if own and is_identifier(child.name) and set(own.split()) < set(theirs.split()):
        return LIKELY, f"{child.name} holds the name of {parent.name}"
    if child.kind == parent.kind == "text" and min(child.distinct, parent.distinct) >= _MANY and child.length >= _LONG:
        return SILENT, "the names don't say so, the values do"
    return "", ""


def _parents(table: TableFacts, key: TableKey) -> Iterator[ColumnFacts]:
    """The columns that may be named by other tables: the key, and other identifiers that never repeat."""
    for name in (key.single, *key.others):
        if name:
            yield table.columns[name]


def _links_to(
    parent: ColumnFacts, child: TableFacts, tables: Mapping[str, TableFacts], engine: Engine
) -> Iterator[TableLink]:
    for column in child.columns.values():
        strength, why = evidence(parent, column)
        fractional = "text" in (column.kind, parent.kind) and "number" in (column.kind, parent.kind)
        if strength and not fractional and column.is_whole and column.distinct > 1:
            link = _measure_link(child, tables[parent.table], ((parent.name, column.name),), why, engine)
            if max(link.matched, link.covered if strength == SURE else 0.0) >= _NEEDED[strength]:
                yield link


def _measure_link(
    child: TableFacts, parent: TableFacts, on: tuple[tuple[str, str], ...], why: str, engine: Engine
) -> TableLink:
    """A link with its match rates, counted over all rows."""
    kinds = [{parent.columns[up].kind == "text", child.columns[down].kind == "text"} for up, down in on]
    retyped = any(len(kind) > 1 for kind in kinds)
    above = ", ".join(f"{_key_sql(parent.columns[up], retyped)} AS k{n}" for n, (up, _) in enumerate(on))
    below = ", ".join(f"{_key_sql(child.columns[down], retyped)} AS k{n}" for n, (_, down) in enumerate(on))
    both = " AND ".join(f"c.k{n} = p.k{n}" for n in range(len(on)))
    not_null = " AND ".join(f"k{n} IS NOT NULL" for n in range(len(on)))
    sql = f"""WITH p AS (SELECT DISTINCT * FROM (SELECT {above} FROM {quote(parent.name)}) WHERE {not_null}),
    c AS (SELECT *, count(*) AS n FROM (SELECT {below} FROM {quote(child.name)}) WHERE {not_null} GROUP BY ALL)
    SELECT coalesce(sum(c.n), 0) AS rows, coalesce(max(c.n), 0) AS most, (SELECT count(*) FROM p) AS parents,
        coalesce(sum(c.n) FILTER (p.k0 IS NOT NULL), 0) AS matched, count(p.k0) AS named
    FROM c LEFT JOIN p ON {both}"""
    counts = {name: float(count) for name, count in engine.query(sql).to_pylist()[0].items()}
    matched, covered = counts["matched"] / max(counts["rows"], 1), counts["named"] / max(counts["parents"], 1)
    return TableLink(child.name, parent.name, on, matched, covered, counts["most"] <= 1, why)


def _key_sql(column: ColumnFacts, as_text: bool) -> str:
    """A key's value as SQL: numbers as whole numbers, or, where the other side is text, as their digits."""
    if column.kind == "text":
        return f"nullif(CAST({quote(column.name)} AS VARCHAR), '')"
    whole = f"TRY_CAST({quote(column.name)} AS BIGINT)"
    return f"CAST({whole} AS VARCHAR)" if as_text else whole


def _one_way(links: list[TableLink]) -> list[TableLink]:
    """Two columns that are both different in every row link both ways round: the way more rows match is kept."""
    best: dict[frozenset[tuple[str, str]], TableLink] = {}
    for link in links:
        ends = frozenset({(link.parent, link.parent_column), (link.child, link.child_column)})
        if ends not in best or (link.matched, -link.covered) > (best[ends].matched, -best[ends].covered):
            best[ends] = link
    return list(best.values())


def _without_shortcuts(links: list[TableLink]) -> list[TableLink]:
    """The links without those that two others make: accounts' payments name loans only as loans name accounts."""

    def is_shortcut(link: TableLink) -> bool:
        onwards = [up for up in links if (up.child, up.child_column) == (link.parent, link.parent_column)]
        ways = {
            (o.parent, o.parent_column) for o in links if (o.child, o.child_column) == (link.child, link.child_column)
        }
        return any((up.parent, up.parent_column) in ways for up in onwards)

    return [link for link in links if not is_shortcut(link)]
