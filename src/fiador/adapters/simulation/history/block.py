"""What do all tables hold of one block of applicants?

Blocks are drawn apart, each from a stream of random numbers of its own, so that it doesn't matter who draws which
when. Every file of the source gets its share of a block's rows: good rows, then the declared dirt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from threadpoolctl import threadpool_limits

from fiador.adapters.simulation.history.declared import DeclaredHistory, in_order, parent_of
from fiador.adapters.simulation.history.dirt import Soiled, soil
from fiador.adapters.simulation.history.expressions import compute
from fiador.adapters.simulation.history.rows import At, Drawn, Shape, draw_children, finish, state_at
from fiador.adapters.simulation.history.states import Mixing, draw_ranks, draw_states, mixing, paths
from fiador.portfolio import Portfolio

Generator = np.random.Generator

BLOCK = 20_000


@dataclass(frozen=True)
class DrawPlan:
    """Everything a block is drawn from, but its random numbers."""

    portfolio: Portfolio
    history: DeclaredHistory
    profile: Mapping[str, Any]
    applications: int
    seed: int
    dirty: bool = True
    block: int = BLOCK

    @property
    def blocks(self) -> int:
        """How many blocks the applications make."""
        return -(-self.applications // self.block)

    @cached_property
    def ids(self) -> npt.NDArray[np.int32]:
        """The applications' ids, shuffled: a file's order says nothing of an id, nor an id of a block."""
        first = self.history.tables[self.portfolio.base].numbered_from
        draw = np.random.default_rng(np.random.SeedSequence(self.seed))
        return (first + draw.permutation(self.applications)).astype(np.int32)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every table's shape, each after the one its rows are drawn under."""
        states = tuple(self.history.states)
        return {
            name: Shape(name, self.history.tables[name], self._told(name), states, self.where(name))
            for name in in_order(self.portfolio)
        }

    @cached_property
    def mixed(self) -> Mixing:
        return mixing(self.history, self.profile, where=self.where(self.portfolio.base))

    def where(self, table: str) -> str:
        return f"{self.portfolio.name}: simulate.history: tables.{table}"

    def _told(self, name: str) -> Mapping[str, Any]:
        return self.profile if name == self.portfolio.base else self.profile["children"][name]


@dataclass(frozen=True)
class DrawBlock:
    """A block's rows by the source's file names, and the truth about its applicants."""

    files: Mapping[str, pa.Table]
    truth: pa.Table


def draw_block(plan: DrawPlan, number: int) -> DrawBlock:
    """Block `number` of a plan, the same whoever draws it."""
    draw = np.random.Generator(np.random.SFC64(np.random.SeedSequence(plan.seed).spawn(plan.blocks)[number]))
    ids = plan.ids[number * plan.block : (number + 1) * plan.block]
    # A sum may differ in its last bit with the number of threads that share it.
    with threadpool_limits(1), duckdb.connect(config={"threads": 1}) as engine:
        tables, truth = _good_rows(plan, ids, number, draw, engine)
    files: dict[str, pa.Table] = {}
    for name, drawn in tables.items():
        declared = plan.history.tables[name]
        link = parent_of(plan.portfolio.tables[name], plan.portfolio.base)
        above = tuple(below for _, below in link.on) if link else ()
        rows = soil(drawn, declared, above, draw, where=plan.where(name)) if plan.dirty else drawn
        files |= _split(plan, name, rows, number)
    return DrawBlock(files, truth)


def _good_rows(
    plan: DrawPlan, ids: npt.NDArray[np.int32], number: int, draw: Generator, engine: duckdb.DuckDBPyConnection
) -> tuple[dict[str, Soiled], pa.Table]:
    states = draw_states(plan.mixed, len(ids), draw)
    ranks = draw_ranks(plan.mixed, states, draw)
    at = At(paths(plan.history, states, draw), draw, engine)
    base = plan.shapes[plan.portfolio.base]
    empty = Drawn({}, np.arange(len(ids), dtype=np.int32), table=base.table)
    places = [base.columns.index(column) for column in base.ranked]
    drawn = {base.table: finish(base, empty, ranks[:, places], {}, at)}
    truth = _truth(plan, empty, ids, at)
    keys = {base.table: {plan.portfolio.key: ids}}
    for name, shape in plan.shapes.items():
        link = parent_of(plan.portfolio.tables[name], plan.portfolio.base)
        if link is not None:
            drawn[name] = draw_children(shape, drawn[link.of], at)
            keys[name] = _keys(plan, name, drawn[name], above=keys, number=number, draw=draw)
    outcome = {base.table: {plan.portfolio.target.column: truth[plan.portfolio.target.column].combine_chunks()}}
    rows = {
        name: Soiled(
            {key: pa.array(values) for key, values in keys[name].items()},
            {**outcome.get(name, {}), **part.columns},
        )
        for name, part in drawn.items()
    }
    return rows, truth


def _truth(plan: DrawPlan, rows: Drawn, ids: npt.NDArray[np.int32], at: At) -> pa.Table:
    """Each applicant's states at the decision, the probability they lead to, and the outcome drawn from it."""
    states = {name: pa.array(state_at(rows, state)) for name, state in at.states.items()}
    logit = compute({"logit": plan.history.logit}, states, {"logit": "DOUBLE"}, plan.portfolio.base, at.engine)["logit"]
    chance = 1 / (1 + np.exp(-logit.to_numpy()))
    target = plan.portfolio.target
    outcome = np.where(at.draw.random(len(ids)) < chance, target.bad, target.good)
    outcome = outcome.astype(np.int32) if outcome.dtype.kind == "i" else outcome
    return pa.table({plan.portfolio.key: ids, "pd": chance, target.column: outcome, **states})


def _keys(
    plan: DrawPlan,
    name: str,
    rows: Drawn,
    *,
    above: Mapping[str, Mapping[str, npt.NDArray[Any]]],
    number: int,
    draw: Generator,
) -> dict[str, npt.NDArray[Any]]:
    """A table's own key, numbered without a gap between blocks mattering, and the keys of the rows it hangs under."""
    table, keys = plan.portfolio.tables[name], {}
    for link in table.many:
        over_rows = rows.above(link.of)
        for over, under in link.on if over_rows else ():
            keys[under] = above[link.of][over][over_rows[1] if over_rows else ()]
    first = plan.history.tables[name].numbered_from
    for column in table.key:
        if column not in keys:
            keys[column] = (first + draw.permutation(len(rows)) * plan.blocks + number).astype(np.int32)
    return keys


def _split(plan: DrawPlan, name: str, rows: Soiled, number: int) -> dict[str, pa.Table]:
    """A table's rows by the source's names: the applications without an outcome apart."""
    columns = {**rows.keys, **rows.columns}
    table = pa.table({key: _plain(value) for key, value in columns.items()})
    table = pa.concat_tables([table, table.take(pa.array(rows.again))]) if len(rows.again) else table
    names = plan.portfolio.tables[name].source_names
    if name != plan.portfolio.base or len(names) == 1:
        return {names[0]: table}
    # The place among all applications decides, so that the shares hold to the row whatever the blocks are.
    place = (np.arange(len(table)) + number * plan.block).astype(np.float64)
    chosen = scattered(place, plan.applications)
    result, low = {}, 0
    for file, share in plan.history.unlabelled.items():
        high = low + round(share * plan.applications)
        inside = pa.array((chosen >= low) & (chosen < high))
        result[file] = table.filter(inside).drop_columns([plan.portfolio.target.column])
        low = high
    labelled = next(file for file in names if file not in plan.history.unlabelled)
    return {labelled: table.filter(pa.array(chosen >= low)), **result}


def scattered(place: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """The places 0 … count - 1 in an order that spreads neighbours out: each once."""
    step = next(step for step in range(int(count * 0.618) | 1, 2 * count + 3) if np.gcd(step, count) == 1)
    return (place * step) % count


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
