"""Since when is a row of a `many` table known, and since when each of its values?

A number of days or months counts from the decision by itself; a date needs the application's own. Where neither is
there, a row of the future can't be told from one of the past, and nothing is made of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiador.expression import quote
from fiador.use_cases.proposing.columns import TableFacts, percent, quantity
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.times import Time, event_time, reveals, times
from fiador.use_cases.proposing.tree import Node, identifier, relative_times
from fiador.use_cases.proposing.univariate import end

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine


@dataclass(frozen=True)
class Reveal:
    """A column whose value becomes known at the time in another. sure: no value stands without that time."""

    column: str
    at: str
    sure: bool
    why: str


@dataclass(frozen=True)
class Clock:
    """When the rows of a `many` table happened.

    time: the column that says so, None where none does. late: rows not known at the decision. known: the condition a
    row is known under, '' where the time alone says it. why_not: why rows of the future can't be told; '' where they
    can.
    """

    time: Time | None = None
    late: str = ""
    known: str = ""
    kind: str = "event"
    reveals: tuple[Reveal, ...] = ()
    why_not: str = ""

    @property
    def runs(self) -> bool:
        """Whether time and unit may be declared: a date without the decision's own can't."""
        return self.time is not None and not self.why_not


def clocks(layout: Layout, engine: Engine) -> dict[str, Clock]:
    """Table -> its clock, of each declared `many` table."""
    return {node.name: _clock(node, layout, engine) for node in layout.many}


def _clock(node: Node, layout: Layout, engine: Engine) -> Clock:
    time_columns = times(layout.facts(node))
    counts = event_time(relative_times(time_columns))
    dated = event_time(tuple(time for time in time_columns if time not in relative_times(time_columns)))
    event = counts or dated
    if event is None:
        return Clock(why_not="no time column: a row written after the decision can't be told")
    if event is dated and not layout.decided:
        return Clock(event, why_not=f"no date of the decision that {event.column} could be told from")
    revealed = _reveals(layout.facts(node), event, time_columns, engine)
    later = [t for t in time_columns if t is not event and t.column not in {r.column for r in revealed if r.sure}]
    kind = "snapshot" if later else "event"
    if counts:
        late = f"{quantity(event.late, 'row')} at the decision or later" if event.late else ""
        return Clock(event, late, f"{identifier(event.column)} < 0", kind, revealed)
    after, rows = _after(node, event.column, layout, engine)
    late = f"{after:,} of {quantity(rows, 'row')} on the day of the decision or later" if after else ""
    return Clock(event, late, "", kind, revealed)


def _reveals(table: TableFacts, event: Time, time_columns: tuple[Time, ...], engine: Engine) -> tuple[Reveal, ...]:
    """The columns whose value comes to be known later than their row, and how sure that is."""
    result = []
    for column, at in reveals(table, event, time_columns).items():
        value, time, own = (quote(name) for name in (column, at, event.column))
        counts = engine.query(
            f"SELECT count(*) FILTER ({value} IS NOT NULL AND {time} IS NULL) AS untold, "
            f"count(*) FILTER ({time} > {own}) AS later FROM {quote(table.name)}"
        ).to_pylist()[0]
        later = f"later than {event.column} in {percent(counts['later'], table.rows)} of rows"
        without = f"; {quantity(counts['untold'], 'value')} without it" if counts["untold"] else ""
        result.append(Reveal(column, at, not counts["untold"], f"{at} is {later}{without}"))
    return tuple(result)


def _after(node: Node, column: str, layout: Layout, engine: Engine) -> tuple[int, int]:
    """(rows on the day of the decision or after it, rows that belong to an application) of a dated `many` table."""
    by_name: Mapping[str, Node] = {other.name: other for other in layout.nodes}
    way = [node]
    while way[-1].of != layout.base:
        way.append(by_name[way[-1].of])
    joins = "".join(
        f" JOIN (SELECT * FROM {quote(o.source)}{f' WHERE {o.where}' if o.where else ''}) AS {quote(o.name)} ON "
        + " AND ".join(f"{end(o.of, up)} = {end(o.name, down)}" for up, down in o.on)
        for o in reversed(way)
    )
    decided = f"{quote(layout.base)}.{quote(layout.decided)}"
    late = f"CAST({quote(node.name)}.{quote(column)} AS DATE) >= CAST({decided} AS DATE)"
    rows = f"FROM {quote(layout.nodes[0].source)} AS {quote(layout.base)}{joins}"
    counts = engine.query(f"SELECT count(*) FILTER ({late}) AS late, count(*) AS n {rows}").to_pylist()[0]
    return int(counts["late"]), int(counts["n"])
