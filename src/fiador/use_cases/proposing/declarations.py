"""What would the portfolio declare of each table: links, keys, times, cleaning, levels?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fiador.expression import literal
from fiador.portfolio.types import ColumnType
from fiador.use_cases.proposing.clocks import Clock
from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts, percent, plain, quantity
from fiador.use_cases.proposing.keys import TableKey
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.missing import markers
from fiador.use_cases.proposing.names import says
from fiador.use_cases.proposing.proposal import Declaration, ProposedTable
from fiador.use_cases.proposing.times import looks_like_date
from fiador.use_cases.proposing.tree import Node, identifier

LEVELS = 30  # levels up to which they are listed
_RARE = 5  # a level with fewer rows may be a slip of the pen
_ROWS = 200
_SHOWN = 8
_OLDEST = 110


def propose_tables(
    layout: Layout, keys: Mapping[str, TableKey], clocks: Mapping[str, Clock], stacked: Sequence[str] = ()
) -> tuple[ProposedTable, ...]:
    """Every table with its declarations, in the order they hang. stacked: the tables that continue the base one."""
    sources = {node.name: layout.facts(node) for node in layout.nodes}
    return tuple(
        ProposedTable(
            node, facts.rows, len(facts.columns),
            (*_stack(node, stacked), *_lines(node, layout.nodes, sources, keys, clocks)),
            tuple(expectations(facts)), _types(node, layout.nodes, sources), tuple(_notes(node, facts)),
        )
        for node, facts in ((node, sources[node.name]) for node in layout.nodes)
    )  # fmt: skip


def _stack(node: Node, stacked: Sequence[str]) -> Iterator[Declaration]:
    if node.kind == "base" and stacked:
        yield Declaration(
            "from", [node.source, *stacked], "the same columns and no key twice: one table in several parts"
        )


def _lines(
    node: Node,
    nodes: Sequence[Node],
    tables: Mapping[str, TableFacts],
    keys: Mapping[str, TableKey],
    clocks: Mapping[str, Clock],
) -> Iterator[Declaration]:
    table = tables[node.name]
    if node.name != node.source:
        yield Declaration("from", node.source, "looked up a second time, by another way")
    if node.kind != "base":
        yield from _links(node, {other.name: other for other in nodes})
    if node.where:
        yield Declaration("where", node.where, node.notes[1])
    key = keys[node.source]
    if key.columns and node.kind != "base":
        yield Declaration("key", key.single or list(key.columns), key.why)
    yield from _times(clocks.get(node.name, Clock()))
    yield from _blanks(node, nodes, table, key)
    clean: dict[str, str] = {}
    reasons = []
    for column, marker in ((c, m) for c in table.columns.values() for m in markers(c) if m.sure):
        before = clean.get(column.name, identifier(column.name))
        clean[column.name] = f"nullif({before}, {_sql(marker.value)})"
        reasons.append(f"{column.name}: {marker.why}")
    if clean:
        yield Declaration("clean", clean, "; ".join(reasons))


def _links(node: Node, by_name: Mapping[str, Node]) -> Iterator[Declaration]:
    """How a table hangs: a list where it hangs under two tables of many rows, or under the application and one."""
    first = {"of": node.of, "on": _on(node.on)}
    also = [{"of": of, "on": _on(on)} for of, on in node.also if _may_be_above(of, node.name, by_name)]
    others = [{"of": of, "on": _on(on)} for of, on in node.also if not _may_be_above(of, node.name, by_name)]
    if also:
        yield Declaration(node.kind, [first, *also], f"{node.notes[0]}; and a second parent")
    else:
        yield Declaration(node.kind, first, node.notes[0])
    for other in others:
        yield Declaration("many", other, "a second parent", live=False)


def _may_be_above(of: str, name: str, by_name: Mapping[str, Node]) -> bool:
    """Whether a table may be the second parent of another: it has many rows itself, and doesn't hang under it."""
    above = by_name[of]
    ways = {above.of, *(parent for parent, _ in above.also)}
    return above.declared and above.kind == "many" and name not in ways


def _times(clock: Clock) -> Iterator[Declaration]:
    """The clock's declarations; as comments where nothing tells its dates from the decision."""
    if clock.time is None:
        return
    late = f"; {clock.late}: not known" if clock.late and not clock.known else ""
    yield Declaration("time", clock.time.column, f"{clock.time.why}{late}", live=clock.runs)
    yield Declaration("unit", clock.time.unit, clock.why_not, live=clock.runs)
    later = "its columns may hold a later state" if clock.kind == "snapshot" else "a row is never changed"
    yield Declaration("kind", clock.kind, f"a guess from its time columns: {later}", live=clock.runs)
    if clock.known:
        yield Declaration(
            "known", clock.known, f"{clock.late} left out" if clock.late else "rows known at the decision"
        )
    for sure in (True, False):
        reveals = [r for r in clock.reveals if r.sure is sure]
        if reveals:
            why = "; ".join(dict.fromkeys(r.why for r in reveals if r.column != r.at))
            note = f"the value is known from that time on: {why}"
            yield Declaration("reveals", {r.column: r.at for r in reveals}, note, live=sure)


def _blanks(node: Node, nodes: Sequence[Node], table: TableFacts, key: TableKey) -> Iterator[Declaration]:
    """Where a key or link column has blanks, they are declared as left out: they would match each other in a join."""
    names = {down for _, down in node.on} | {up for o in nodes if o.of == node.name and o.declared for up, _ in o.on}
    names |= {down for of, on in node.also for _, down in on} | set(key.columns if node.kind != "base" else ())
    blank = {name: table.columns[name].missing for name in sorted(names) if table.columns[name].missing}
    if blank:
        blanks = ", ".join(f"{name} is blank in {quantity(rows, 'row')}" for name, rows in blank.items())
        yield Declaration("blank_key", "drop", blanks)


def _types(node: Node, nodes: Sequence[Node], tables: Mapping[str, TableFacts]) -> dict[str, ColumnType]:
    """Every column's type, where a link column has to be read as text because its other end is; else nothing."""
    own = tables[node.name].columns
    ends = [(own[down], tables[node.of].columns[up]) for up, down in node.on] if node.of else []
    ends += [(own[up], tables[o.name].columns[down]) for o in nodes if o.of == node.name for up, down in o.on]
    as_text = {column.name for column, other in ends if column.kind != "text" and other.kind == "text"}
    return {name: "text" if name in as_text else c.kind for name, c in own.items()} if as_text else {}


def expectations(table: TableFacts) -> Iterator[Declaration]:
    """What columns should hold: levels where they are sure, else as comments; a range for an age that is none."""
    for column in table.columns.values():
        if column.kind == "text" and column.levels and 2 <= len(column.levels) <= LEVELS:
            yield _levels(column)
        elif column.is_number and says(column.name, ("age", "idade", "edad")) and (column.high or 0) > _OLDEST:
            note = f"from {plain(column.low)} to {plain(column.high)}"
            yield Declaration(column.name, {"min": 0, "max": _OLDEST}, note, live=False)


def _levels(column: ColumnFacts) -> Declaration:
    cleaned = {m.value for m in markers(column) if m.sure}
    levels = {str(level): rows for level, rows in (column.levels or {}).items() if level not in cleaned}
    rare = {level: rows for level, rows in levels.items() if rows < _RARE}
    counts = ", ".join(f"{plain(level)} {rows:,}" for level, rows in list(levels.items())[:_SHOWN])
    if column.rows < _ROWS:
        return Declaration(column.name, list(levels), f"too few rows to be sure: {counts}", live=False)
    if rare:
        slips = ", ".join(f"{plain(level)} {rows}" for level, rows in list(rare.items())[:_SHOWN])
        return Declaration(column.name, list(levels), f"all of them meant? Rare: {slips}", live=False)
    return Declaration(column.name, list(levels), "")


def _notes(node: Node, table: TableFacts) -> Iterator[str]:
    yield from node.notes[1:] if not node.where else node.notes[2:]
    for column in table.columns.values():
        for marker in (m for m in markers(column) if not m.sure):
            yield f"{column.name}: {marker.why}"
        written = looks_like_date(column)
        if written:
            example = f" ({written})" if written != "text" else ""
            yield f"{column.name}: a date{example}? Read as {column.kind}: make it one in the source, or in a view"
        if column.blank:
            share = percent(column.blank, column.rows)
            yield f"{column.name}: '' in {quantity(column.blank, 'row')} ({share}), missing as null is"


def _on(pairs: tuple[tuple[str, str], ...]) -> object:
    """A link's columns as the file writes them: one name, several, or { parent column = own column }."""
    if all(up == down for up, down in pairs):
        return pairs[0][0] if len(pairs) == 1 else [up for up, _ in pairs]
    return dict(pairs)


def _sql(value: object) -> str:
    return plain(value) if isinstance(value, float) else literal(value)
