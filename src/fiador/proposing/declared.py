"""What would the portfolio declare of each table: keys, times, what is known, cleaning, levels?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from fiador.expression import literal, quote
from fiador.portfolio import ColumnType
from fiador.proposing.alone import end
from fiador.proposing.columns import Column, TableFacts, counted, percent, plain
from fiador.proposing.ground import Ground
from fiador.proposing.hanging import Hung, identifier, relative
from fiador.proposing.keys import Key
from fiador.proposing.missing import markers
from fiador.proposing.names import says
from fiador.proposing.proposal import Line, ProposedTable
from fiador.proposing.times import event_time, looks_like_date, reveals, times

if TYPE_CHECKING:
    from fiador.engines import Engine

LEVELS = 30  # levels up to which they are listed
_RARE = 5  # a level with fewer rows may be a slip of the pen
_ROWS = 200
_SHOWN = 8
_OLDEST = 110


def rows_known(ground: Ground, engine: Engine) -> tuple[dict[str, str], dict[str, str]]:
    """(known, why not) of each declared `many` table: the condition its rows are known under ('' where all are), or why
    a row of the future can't be told from one of the past.
    """
    known: dict[str, str] = {}
    why_not: dict[str, str] = {}
    for h in ground.many:
        found = times(ground.facts(h))
        event = event_time(relative(found))
        dated = [time for time in found if time.unit in ("date", "timestamp") and not time.missing]
        if event:
            known[h.name] = f"{identifier(event.column)} < 0"
        elif dated and ground.decided:
            after, rows = _after(h, dated[0].column, ground, engine)
            said = f"{after:,} of {counted(rows, 'row')} are dated on the day of the decision or after it"
            (why_not if after else known)[h.name] = said if after else ""
        else:
            why_not[h.name] = "no time column: a row written after the decision can't be told"
    return known, why_not


def proposed_tables(ground: Ground, keys: Mapping[str, Key], known: Mapping[str, str]) -> tuple[ProposedTable, ...]:
    """Every table with its declarations, in the order they hang."""
    sources = {h.name: ground.facts(h) for h in ground.hung}
    return tuple(
        ProposedTable(
            h, sources[h.name].rows, len(sources[h.name].columns),
            tuple(_lines(h, ground.hung, sources, keys, known)), tuple(_expectations(sources[h.name])),
            _types(h, ground.hung, sources), tuple(_notes(h, sources[h.name])),
        )
        for h in ground.hung
    )  # fmt: skip


def _lines(
    h: Hung, hung: Sequence[Hung], tables: Mapping[str, TableFacts], keys: Mapping[str, Key], known: Mapping[str, str]
) -> Iterator[Line]:
    table = tables[h.name]
    if h.name != h.source:
        yield Line("from", h.source, "looked up a second time, by another way")
    if h.kind != "base":
        yield Line(h.kind, {"of": h.of, "on": _on(h.on)}, h.notes[0])
        for of, on in h.also:
            yield Line("many", {"of": of, "on": _on(on)}, "a second parent", live=False)
    if h.where:
        yield Line("where", h.where, h.notes[1])
    key = keys[h.source]
    if key.columns and h.kind != "base":
        yield Line("key", key.single or list(key.columns), key.why, live=bool(key.single))
    yield from _times(h, table, known)
    yield from _blanks(h, hung, table)
    clean: dict[str, str] = {}
    said = []
    for column, marker in ((c, m) for c in table.columns.values() for m in markers(c) if m.sure):
        before = clean.get(column.name, identifier(column.name))
        clean[column.name] = f"nullif({before}, {_sql(marker.value)})"
        said.append(f"{column.name}: {marker.why}")
    if clean:
        yield Line("clean", clean, "; ".join(said))


def _times(h: Hung, table: TableFacts, known: Mapping[str, str]) -> Iterator[Line]:
    if h.kind != "many":
        return
    found = times(table)
    event = event_time(relative(found)) or event_time(found)
    if event is None:
        return
    yield Line("time", event.column, event.why, live=False)
    yield Line("unit", event.unit, live=False)
    revealed = reveals(table, event, found)
    kind = "snapshot" if any(not t.is_event for t in found) or len(found) > 1 else "event"
    later = "its columns may hold a later state" if kind == "snapshot" else "a row is never changed"
    yield Line("kind", kind, f"a guess from its time columns: {later}", live=False)
    if known.get(h.name):
        zero = f"; {counted(event.zero, 'row')} at the decision itself left out" if event.zero else ""
        yield Line("known", known[h.name], f"rows known at the decision{zero}")
    if revealed:
        yield Line("reveals", revealed, "the value is known from that time on", live=False)


def _blanks(h: Hung, hung: Sequence[Hung], table: TableFacts) -> Iterator[Line]:
    """Where a key or link column has blanks, they are declared as left out: they would match each other in a join."""
    names = {down for _, down in h.on} | {up for o in hung if o.of == h.name and o.declared for up, _ in o.on}
    blank = {name: table.columns[name].missing for name in sorted(names) if table.columns[name].missing}
    if blank:
        said = ", ".join(f"{name} is blank in {counted(rows, 'row')}" for name, rows in blank.items())
        yield Line("blank_key", "drop", said)


def _types(h: Hung, hung: Sequence[Hung], tables: Mapping[str, TableFacts]) -> dict[str, ColumnType]:
    """Every column's type, where a link column has to be read as text because its other end is; else nothing."""
    own = tables[h.name].columns
    ends = [(own[down], tables[h.of].columns[up]) for up, down in h.on] if h.of else []
    ends += [(own[up], tables[o.name].columns[down]) for o in hung if o.of == h.name for up, down in o.on]
    as_text = {column.name for column, other in ends if column.kind != "text" and other.kind == "text"}
    return {name: "text" if name in as_text else c.kind for name, c in own.items()} if as_text else {}


def _expectations(table: TableFacts) -> Iterator[Line]:
    """Levels where they are sure, as comments where they aren't; a range for an age that is none."""
    for column in table.columns.values():
        if column.kind == "text" and column.levels and 2 <= len(column.levels) <= LEVELS:
            yield _levels(column)
        elif column.is_number and says(column.name, ("age", "idade", "edad")) and (column.high or 0) > _OLDEST:
            note = f"from {plain(column.low)} to {plain(column.high)}"
            yield Line(column.name, {"min": 0, "max": _OLDEST}, note, live=False)


def _levels(column: Column) -> Line:
    gone = {m.value for m in markers(column) if m.sure}
    levels = {str(level): rows for level, rows in (column.levels or {}).items() if level not in gone}
    rare = {level: rows for level, rows in levels.items() if rows < _RARE}
    told = ", ".join(f"{plain(level)} {rows:,}" for level, rows in list(levels.items())[:_SHOWN])
    if column.rows < _ROWS:
        return Line(column.name, list(levels), f"too few rows to be sure: {told}", live=False)
    if rare:
        slips = ", ".join(f"{plain(level)} {rows}" for level, rows in list(rare.items())[:_SHOWN])
        return Line(column.name, list(levels), f"all of them meant? Rare: {slips}", live=False)
    return Line(column.name, list(levels), "")


def _notes(h: Hung, table: TableFacts) -> Iterator[str]:
    yield from h.notes[1:] if not h.where else h.notes[2:]
    for column in table.columns.values():
        for marker in (m for m in markers(column) if not m.sure):
            yield f"{column.name}: {marker.why}"
        written = looks_like_date(column)
        if written:
            example = f" ({written})" if written != "text" else ""
            yield f"{column.name}: a date{example}? Read as {column.kind}: make it one in the source, or in a view"
        if column.blank:
            share = percent(column.blank, column.rows)
            yield f"{column.name}: '' in {counted(column.blank, 'row')} ({share}), missing as null is"


def _after(h: Hung, column: str, ground: Ground, engine: Engine) -> tuple[int, int]:
    """(rows on the day of the decision or after it, rows that belong to an application) of a dated `many` table."""
    named = {other.name: other for other in ground.hung}
    way = [h]
    while way[-1].of != ground.base:
        way.append(named[way[-1].of])
    joins = "".join(
        f" JOIN (SELECT * FROM {quote(o.source)}{f' WHERE {o.where}' if o.where else ''}) AS {quote(o.name)} ON "
        + " AND ".join(f"{end(o.of, up)} = {end(o.name, down)}" for up, down in o.on)
        for o in reversed(way)
    )
    decided = f"{quote(ground.base)}.{quote(ground.decided)}"
    late = f"CAST({quote(h.name)}.{quote(column)} AS DATE) >= CAST({decided} AS DATE)"
    rows = f"FROM {quote(ground.hung[0].source)} AS {quote(ground.base)}{joins}"
    told = engine.query(f"SELECT count(*) FILTER ({late}) AS late, count(*) AS n {rows}").to_pylist()[0]
    return int(told["late"]), int(told["n"])


def _on(pairs: tuple[tuple[str, str], ...]) -> object:
    """A link's columns as the file writes them: one name, several, or { parent column = own column }."""
    if all(up == down for up, down in pairs):
        return pairs[0][0] if len(pairs) == 1 else [up for up, _ in pairs]
    return dict(pairs)


def _sql(held: object) -> str:
    return plain(held) if isinstance(held, float) else literal(held)
