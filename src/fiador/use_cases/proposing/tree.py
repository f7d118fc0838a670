"""How do the tables hang under the application?

From the base table outwards along the links, nearest first: what a row names, or is named by once, is looked up
(`one`); what names it many times is `many`, and so is all that names rows of a `many` table. A table reached by two
ways that aren't the same is looked up twice, under two names; a `many` one has two parents. What a `many` table would
look up is told and not declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from fiador.expression import literal, quote
from fiador.use_cases.proposing.columns import TableFacts, percent
from fiador.use_cases.proposing.keys import TableKey
from fiador.use_cases.proposing.links import TableLink
from fiador.use_cases.proposing.times import Time, event_time, times

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

Kind = Literal["one", "many"]
COSTLY = "applications that would be left out"
_FEW = 10  # levels of a column that may single out one row of many
_NEARLY = 0.99
_RARE = 0.05  # a link column blank in more rows than this would cost too many applications


@dataclass(frozen=True)
class Node:
    """A table in its place. name: in the portfolio; source: in the source. of, on: its parent there, and the pairs
    (parent column, own column). where: the rows that make it `one`. declared: false where it is only told.
    also: further parents. matched: the link's rates in short. notes: what to say about it.
    """

    name: str
    source: str
    kind: Literal["base", "one", "many"]
    of: str = ""
    on: tuple[tuple[str, str], ...] = ()
    where: str = ""
    declared: bool = True
    also: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    matched: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Way:
    """A way out of a table: a link, to `source`, seen from the table (on: its column, the other's column)."""

    kind: Kind
    link: TableLink
    source: str
    on: tuple[tuple[str, str], ...]
    where: str = ""

    def node(self, of: str) -> Node:
        """The table at its end, hung under the one it leaves."""
        notes: tuple[str, ...] = (f"{self.link.rates} ({self.link.why})",)
        if self.where:
            column = self.link.parent_column
            notes += (f"many rows for each {column}, one where {self.where}: the others are left out",)
        matched = self.link.short_rates
        return Node(self.source, self.source, self.kind, of, self.on, self.where, matched=matched, notes=notes)


@dataclass
class _Tree:
    """The tables hung so far, in order; `same` tells which columns hold the same values because a link says so."""

    tables: Mapping[str, TableFacts]
    keys: Mapping[str, TableKey]
    links: tuple[TableLink, ...]
    engine: Engine
    nodes: dict[str, Node] = field(default_factory=dict)
    same: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    used: set[TableLink] = field(default_factory=set)

    def root(self, end: tuple[str, str]) -> tuple[str, str]:
        while end in self.same:
            end = self.same[end]
        return end

    def joins(self, of: str, name: str, on: tuple[tuple[str, str], ...]) -> None:
        for up, down in on:
            above, below = self.root((of, up)), self.root((name, down))
            if above != below:
                self.same[below] = above


def hang(
    base: str,
    tables: Mapping[str, TableFacts],
    keys: Mapping[str, TableKey],
    links: tuple[TableLink, ...],
    engine: Engine,
) -> tuple[Node, ...]:
    """Every table that links lead to from the base, the base first, then what is looked up, then what is many."""
    tree = _Tree(tables, keys, links, engine, {base: Node(base, base, "base")})
    names = [base]
    while names:
        names = _grow(tree, names, ("one",), _place)
    names = _grow(tree, [name for name, node in tree.nodes.items() if node.declared], ("many",), _place)
    while names:
        names = _grow(tree, names, ("one", "many"), _place_below)
    return tuple(tree.nodes.values())


def _grow(
    tree: _Tree, names: list[str], kinds: tuple[Kind, ...], place: Callable[[_Tree, str, _Way], str]
) -> list[str]:
    """Hang what the ways out of these tables lead to; the names of the tables that are new."""
    ends = [place(tree, name, way) for name in names for way in _from(tree, tree.nodes[name].source, kinds)]
    return [name for name in ends if name]


def _from(tree: _Tree, source: str, kinds: tuple[Kind, ...]) -> Iterator[_Way]:
    """The ways out of a table: first what its rows look up, then what names them once, then many times."""
    for link in tree.links:
        if "one" in kinds and link.child == source and link not in tree.used:
            yield _Way("one", link, link.parent, tuple((down, up) for up, down in link.on))
    inwards = [link for link in tree.links if link.parent == source and link not in tree.used]
    ways = [_inwards(tree, link) for link in inwards]
    for kind in kinds:
        yield from (way for way in ways if way.kind == kind)


def _inwards(tree: _Tree, link: TableLink) -> _Way:
    if _is_once(tree, link):
        return _Way("one", link, link.child, link.on)
    where = _singling_condition(tree, link)
    return _Way("one" if where else "many", link, link.child, link.on, where)


def _is_once(tree: _Tree, link: TableLink) -> bool:
    """Whether a parent has at most one such row: few rows that say when may do so by chance."""
    child = tree.tables[link.child]
    by_chance = event_time(relative_times(times(child))) and tree.keys[child.name].columns != (link.child_column,)
    return link.once and not by_chance


def relative_times(time_columns: tuple[Time, ...]) -> tuple[Time, ...]:
    """The times that count from the decision."""
    return tuple(time for time in time_columns if time.unit in ("days", "months"))


def _take(tree: _Tree, of: str, way: _Way) -> tuple[Node | None, Node | None]:
    """The table at a way's end, and the same table where it hangs already; None and None for a link that was used."""
    if way.link in tree.used:
        return None, None
    tree.used.add(way.link)
    return way.node(of), next((node for node in tree.nodes.values() if node.source == way.source), None)


def _place(tree: _Tree, of: str, way: _Way) -> str:
    """Hang a table under one that stands on the application's row; its name, or '' where it hangs already."""
    new, first = _take(tree, of, way)
    if new is None:
        return ""
    if first:
        return _again(tree, first, new)
    rows = tree.tables[tree.nodes[of].source].rows
    blank = _blank(tree, of, way.on)
    if way.kind == "one" and blank > _RARE * rows:
        note = f"{of}.{way.on[0][0]} is blank in {blank:,} rows ({percent(blank, rows)}), {COSTLY}"
        tree.nodes[new.name] = replace(new, declared=False, notes=(*new.notes, note))
        return ""
    tree.nodes[new.name] = new
    tree.joins(of, new.name, way.on)
    return new.name


def _again(tree: _Tree, first: Node, way: Node) -> str:
    """A second way to a table that hangs: the same one said otherwise, a second look-up, or a second parent."""
    if all(tree.root((way.of, up)) == tree.root((first.name, down)) for up, down in way.on):
        return ""
    if way.kind == "one" and first.kind == "one" and not _is_above(tree, first.name, way.of):
        name = f"{way.of}_{way.source}"
        tree.nodes[name] = replace(way, name=name)
        tree.joins(way.of, name, way.on)
        return name
    if first.kind == "many":
        also = (*first.also, (way.of, way.on))
        tree.nodes[first.name] = replace(first, also=also, notes=(*first.notes, *way.notes))
    return ""


def _place_below(tree: _Tree, of: str, way: _Way) -> str:
    """Hang a table under a `many` one: what names its rows is many; what its rows would look up is only told."""
    new, first = _take(tree, of, way)
    if new is None:
        return ""
    if first:
        _second_parent(tree, first.name, new)
        return ""
    names_it = way.link.child == way.source
    if names_it:
        new = replace(new, kind="many", where="", notes=new.notes[:1])
    tree.nodes[new.name] = replace(new, declared=names_it and tree.nodes[of].declared)
    return new.name


def _second_parent(tree: _Tree, name: str, way: Node) -> None:
    """Two tables of many rows, one naming the other's: the one that names has a second parent."""
    if way.kind == "many":
        _again(tree, tree.nodes[name], way)
    elif tree.nodes[name].kind == tree.nodes[way.of].kind == "many":
        on = tuple((up, down) for down, up in way.on)
        _again(tree, tree.nodes[way.of], replace(way, kind="many", of=name, on=on))


def _is_above(tree: _Tree, name: str, of: str) -> bool:
    """Whether a table stands on the way from another to the base."""
    while of:
        if of == name:
            return True
        of = tree.nodes[of].of
    return False


def _blank(tree: _Tree, of: str, on: tuple[tuple[str, str], ...]) -> int:
    table = tree.tables[tree.nodes[of].source]
    return max(table.columns[up].missing for up, _ in on)


def _singling_condition(tree: _Tree, link: TableLink) -> str:
    """A condition under which a parent has one row and no parent is lost: `type = 'OWNER'`; '' where there is none."""
    child = tree.tables[link.child]
    if times(child):
        return ""
    down = quote(link.child_column)
    for column in child.columns.values():
        if column.kind != "text" or not 2 <= len(column.levels or {}) <= _FEW:
            continue
        sql = f"""SELECT {quote(column.name)} AS v, count({down}) AS n, count(DISTINCT {down}) AS d
        FROM {quote(child.name)} GROUP BY v ORDER BY n DESC, v"""
        for row in tree.engine.query(sql).to_pylist():
            if row["v"] and row["n"] == row["d"] >= _NEARLY * child.columns[link.child_column].distinct:
                return f"{identifier(column.name)} = {literal(row['v'])}"
    return ""


def identifier(name: str, owner: str = "") -> str:
    """A column as an expression names it: bare where SQL reads it so, else quoted; `owner.` before it where given.

    >>> identifier("amount", "loans"), identifier("select"), identifier("my column")
    ('loans.amount', '"select"', '"my column"')
    """
    from fiador.expression import Ref, parse

    def bare(part: str) -> str:
        try:
            return part if parse(part).refs == (Ref("", part),) else quote(part)
        except ValueError:
            return quote(part)

    return f"{bare(owner)}.{bare(name)}" if owner else bare(name)
