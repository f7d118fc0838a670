"""What should a first `[synthesis.TABLE]` make of a table's rows?

The measures that earn most for the least: how many rows, how long ago, mean, largest and latest value of each number,
the share of each level. A few hundred features for the whole portfolio: more than that is for a person to ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fiador.expression import literal
from fiador.portfolio.synthesis import feature_name, slug
from fiador.use_cases.proposing.clocks import Clock
from fiador.use_cases.proposing.columns import ColumnFacts
from fiador.use_cases.proposing.declarations import expectations
from fiador.use_cases.proposing.inputs import PLAIN, is_about_the_data
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.missing import markers
from fiador.use_cases.proposing.names import (
    MAYBE_PROTECTED,
    NOT_PROTECTED,
    PROTECTED,
    is_identifier,
    is_number_of_something,
    says,
)
from fiador.use_cases.proposing.proposal import ProposedSynthesis
from fiador.use_cases.proposing.tree import Node, identifier

MOST = 400  # features of all tables together
_SHARED = 8  # levels up to which the share of each is measured
_LEAST = 5  # columns of a table that are measured however many tables there are
_OTHERS = 5  # rows, time since the last, the time's own mean and smallest, rows carried up
_BY_TABLE = (("mean", "max", "last"), ("mean", "max"), ("mean",))  # the richest that stays below MOST is taken
_CARRIED = ("mean", "max")  # what a table under one of many rows carries up, a measure each
_WINDOW = {"days": 365, "date": 365, "timestamp": 365, "months": 12}


def propose_syntheses(layout: Layout, clocks: Mapping[str, Clock]) -> tuple[ProposedSynthesis, ...]:
    """One for each declared `many` table with anything to measure, in the order they hang."""
    plain = [node for node in layout.many if PLAIN.fullmatch(node.name)]
    for measures in _BY_TABLE:
        syntheses = [_synthesis(node, layout, clocks, measures) for node in plain]
        whole = _with_overall(syntheses, layout)
        if sum(s.features for s in whole) <= MOST:
            return whole
    most = max(_LEAST, MOST // (2 * max(len(plain), 1)) - _OTHERS)  # half for what is carried up
    return _with_overall([_narrow(s, most, layout) for s in syntheses], layout)


def _synthesis(node: Node, layout: Layout, clocks: Mapping[str, Clock], measures: Sequence[str]) -> ProposedSynthesis:
    clock = clocks[node.name]
    time = clock.time.column if clock.time and clock.runs else ""
    of = tuple(c.name for c in _measurable(node, layout) if c.name != time)
    shares = tuple(_share_columns(node, layout))
    numeric_time = time != "" and layout.facts(node).columns[time].is_number
    synthesis = ProposedSynthesis(
        node.name,
        0,
        ("rows", *(("since",) if time else ()), *(m for m in measures if time or m != "last")),
        of,
        {time: ("mean", "min")} if numeric_time else {},
        shares,
        _why_not(node, layout, clocks),
        subset=_subset(node, shares, layout),
        window=_WINDOW[clock.time.unit] if clock.time and time else 0,
    )
    return replace(synthesis, features=_count(synthesis, node, layout))


def _why_not(node: Node, layout: Layout, clocks: Mapping[str, Clock]) -> str:
    """Why nothing may be made of a table: its own rows, or those it hangs under, can't be told from the future's."""
    by_name = {other.name: other for other in layout.many}
    own = clocks[node.name].why_not
    if own or node.of not in by_name:
        return own
    return f"it hangs under {node.of}: {above}" if (above := _why_not(by_name[node.of], layout, clocks)) else ""


def _count(synthesis: ProposedSynthesis, node: Node, layout: Layout) -> int:
    """The features it makes of an application; 0 where it is a comment, or carried up to a table of many rows."""
    if synthesis.why_not or node.of in {other.name for other in layout.many}:
        return 0
    of_rows = sum(m in ("rows", "since") for m in synthesis.measures)
    levels = sum(len(_levels(node, layout)[name]) + 1 for name in synthesis.shares)
    overall = sum(map(len, synthesis.overall.values()))
    return of_rows + len(synthesis.of) * (len(synthesis.measures) - of_rows) + levels + overall


def _narrow(synthesis: ProposedSynthesis, most: int, layout: Layout) -> ProposedSynthesis:
    """With its fullest columns alone, and without shares of levels: `most` features at most."""
    node = next(node for node in layout.many if node.name == synthesis.table)
    columns = layout.facts(node).columns
    fullest = sorted(synthesis.of, key=lambda name: (columns[name].missing, synthesis.of.index(name)))[:most]
    of = tuple(name for name in synthesis.of if name in fullest)
    left_out = (*(name for name in synthesis.of if name not in fullest), *synthesis.shares)
    synthesis = replace(synthesis, of=of, shares=(), left_out=left_out)
    return replace(synthesis, features=_count(synthesis, node, layout))


def _with_overall(syntheses: Sequence[ProposedSynthesis], layout: Layout) -> tuple[ProposedSynthesis, ...]:
    """Each with what the tables under it carry up: rows in all, means of means and of shares, the largest of all."""
    by_table = {s.table: s for s in syntheses}
    result = []
    for s in syntheses:
        below = [by_table[node.name] for node in layout.many if node.of == s.table and node.name in by_table]
        overall = {**s.overall, **{k: v for b in below if not b.why_not for k, v in _overall_above(b, layout).items()}}
        more = sum(map(len, overall.values())) - sum(map(len, s.overall.values()))
        result.append(replace(s, overall=overall, features=s.features + more if s.features else 0))
    return tuple(result)


def _overall_above(below: ProposedSynthesis, layout: Layout) -> Mapping[str, tuple[str, ...]]:
    node = next(node for node in layout.many if node.name == below.table)
    start = below.table
    overall: dict[str, tuple[str, ...]] = {f"{start}__rows": ("sum",)}
    for column in below.of:
        for measure in (m for m in below.measures if m in _CARRIED):
            overall[feature_name(f"{start}__{column}__{measure}")] = (measure,)
    for column in below.shares:
        for level in _levels(node, layout)[column]:
            overall[feature_name(f"{start}__{column}__share_{slug(level)}")] = ("mean",)
    return overall


def _measurable(node: Node, layout: Layout) -> Iterator[ColumnFacts]:
    """Its numbers that measure something: no key, no link, nothing protected by its name."""
    for column in layout.facts(node).columns.values():
        sure = sum(1 for marker in markers(column) if marker.sure)
        varies = column.is_number and column.distinct - sure > 1 and not is_identifier(column.name)
        if varies and (node.name, column.name) not in layout.links and _may_be_read(column):
            yield column


def _share_columns(node: Node, layout: Layout) -> Iterator[str]:
    """Its texts of few levels, each with a name of its own."""
    for name, levels in _levels(node, layout).items():
        slugs = [slug(level) for level in levels]
        distinct = len(set(slugs)) == len(slugs) and all(slugs) and "missing" not in slugs
        free = (node.name, name) not in layout.links and _may_be_read(layout.facts(node).columns[name])
        if len(slugs) <= _SHARED and distinct and free:
            yield name


def _levels(node: Node, layout: Layout) -> dict[str, list[str]]:
    """Column -> its levels, where they are declared."""
    lines = (line for line in expectations(layout.facts(node)) if line.live)
    return {line.key: line.value for line in lines if isinstance(line.value, list)}


def _may_be_read(column: ColumnFacts) -> bool:
    is_protected = says(column.name, (*PROTECTED, *MAYBE_PROTECTED)) and not says(column.name, NOT_PROTECTED)
    is_plain = bool(PLAIN.fullmatch(column.name))
    return is_plain and not is_protected and not is_about_the_data(column) and not is_number_of_something(column.name)


def _subset(node: Node, shares: Sequence[str], layout: Layout) -> str:
    """An example of rows to tell apart: those of a column's most frequent level."""
    if not shares:
        return ""
    return f"{identifier(shares[0])} = {literal(_levels(node, layout)[shares[0]][0])}"
