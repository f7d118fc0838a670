"""What are the rows of one table for a block of applicants, given their states and the rows above?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fiador.adapters.simulation.absence import absent
from fiador.adapters.simulation.history.declared import TableHistory
from fiador.adapters.simulation.history.expressions import compute, inputs_of, named
from fiador.adapters.simulation.history.ranks import Lookup, lookup
from fiador.adapters.simulation.history.states import MONTHS, child_root
from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression

Floats = npt.NDArray[np.floating[Any]]
Whole = npt.NDArray[np.integer[Any]]
Generator = np.random.Generator

_NOISE = re.compile(r"(uniform|normal)_[1-9]")
_MONTH = "month"


@dataclass(frozen=True)
class Drawn:
    """Rows of a table before dirt: its columns, and whose they are."""

    columns: Mapping[str, pa.Array]
    applicant: Whole
    parent: Drawn | None = None
    parent_row: Whole | None = None
    month: Whole | None = None
    table: str = ""

    def __len__(self) -> int:
        return len(self.applicant)

    def above(self, table: str) -> tuple[Drawn, Whole] | None:
        """The table of that name these rows hang under, and the row there of each."""
        if self.parent is None or self.parent_row is None:
            return None
        if self.parent.table == table:
            return self.parent, self.parent_row
        higher = self.parent.above(table)
        return None if higher is None else (higher[0], higher[1][self.parent_row])


@dataclass(frozen=True)
class Shape:
    """What is known of a table before any row of it: its declaration and what the profile tells of it."""

    table: str
    declared: TableHistory
    profile: Mapping[str, Any]
    states: tuple[str, ...]
    where: str

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns the profile tells of, in its order."""
        return tuple(name.split(".", 1)[1] for name in self.profile["columns"])

    @cached_property
    def ranked(self) -> list[str]:
        """The columns that are drawn from the profile: those no step makes from others alone. `first` comes first."""
        computed = [name for name, step in self.declared.consistent.items() if not self._reads_itself(name, step)]
        drawn = [name for name in self.columns if name not in computed]
        return sorted(drawn, key=lambda name: name != self.declared.first)

    def _reads_itself(self, name: str, step: Expression) -> bool:
        before: set[str] = set()
        for other, expression in self.declared.consistent.items():
            if any(named(ref, self.table) == name for ref in expression.refs) and name not in before:
                return True
            before.add(other)
        return False

    @cached_property
    def root(self) -> Floats:
        return child_root(self.profile, self.ranked) if self.ranked else np.zeros((0, 0), np.float32)

    @cached_property
    def loads(self) -> Floats:
        """What each ranked column takes from each state: columns x states."""
        unknown = [column for column in self.declared.loads if column not in self.ranked]
        if unknown:
            what = f"loads: '{unknown[0]}' is not a column that is drawn."
            raise PortfolioError(what, where=self.where, hint=did_you_mean(unknown[0], self.ranked))
        return np.array(
            [[self.declared.loads.get(column, {}).get(state, 0.0) for state in self.states] for column in self.ranked],
            dtype=np.float32,
        ).reshape(len(self.ranked), len(self.states))

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        return {column: lookup(self.profile["columns"][f"{self.table}.{column}"]) for column in self.ranked}

    def type_of(self, column: str) -> str:
        return {"string": "VARCHAR", "int64": "INTEGER"}.get(
            self.profile["columns"][f"{self.table}.{column}"]["type"], "DOUBLE"
        )


@dataclass(frozen=True)
class At:
    """What a block's rows are drawn with: its applicants' states, its random numbers, its engine for expressions."""

    states: Mapping[str, Floats]
    draw: Generator
    engine: duckdb.DuckDBPyConnection


def draw_children(shape: Shape, parent: Drawn, at: At) -> Drawn:
    """The rows of a child table under the rows of its parent, in an order of their own."""
    counts = _counts(shape, parent, at)
    order = at.draw.permutation(int(counts.sum()))
    parent_row = np.repeat(np.arange(len(parent), dtype=np.int32), counts)[order]
    starts = np.cumsum(counts) - counts
    row = (order - starts[parent_row]).astype(np.int32)
    rows = Drawn({}, parent.applicant[parent_row], parent, parent_row, None, shape.table)
    noise = at.draw.standard_normal((len(row), len(shape.ranked)), dtype=np.float32)
    at_hand = {"row": pa.array(row), "rows": pa.array(counts.astype(np.int32)[parent_row])}
    if shape.declared.first:
        at_hand[shape.declared.first] = shape.lookups[shape.declared.first].at(noise[:, 0])
    rows = replace(rows, month=_months(shape, rows, at_hand, at))
    return finish(shape, rows, _ranks(shape, rows, noise, at.states), at_hand, at)


def _counts(shape: Shape, parent: Drawn, at: At) -> Whole:
    aside = Drawn({}, parent.applicant, parent, np.arange(len(parent)), parent.month, shape.table)
    rows = _evaluate(shape, {"rows": shape.declared.rows}, {"rows": "INTEGER"}, rows=aside, at_hand={}, at=at)["rows"]
    return np.asarray(np.maximum(pc.fill_null(rows, 0).to_numpy(zero_copy_only=False), 0))


def _months(shape: Shape, rows: Drawn, at_hand: Mapping[str, pa.Array], at: At) -> Whole | None:
    if shape.declared.month is None:
        return None
    step = {_MONTH: shape.declared.month}
    months = _evaluate(shape, step, {_MONTH: "INTEGER"}, rows=rows, at_hand=at_hand, at=at)[_MONTH]
    return np.asarray(pc.fill_null(months, 0).to_numpy(zero_copy_only=False))


def _ranks(shape: Shape, rows: Drawn, noise: Floats, states: Mapping[str, Floats]) -> Floats:
    """Ranks that hang together as the profile says, each moved by the states it is loaded with."""
    ranks = noise @ shape.root.T
    own = np.sqrt(np.maximum(1 - (shape.loads**2).sum(axis=1), 0))
    for at in np.flatnonzero(shape.loads.any(axis=1)):
        moved = ranks[:, at] * own[at]
        for state, load in zip(shape.states, shape.loads[at], strict=True):
            if load:
                moved += load * state_at(rows, states[state])
        ranks[:, at] = moved
    return np.asarray(ranks)


def state_at(rows: Drawn, state: Floats) -> Floats:
    """A state of each row's applicant: in the row's month where it has a path and the row a month, else at the end."""
    if state.ndim == 1:
        return np.asarray(state[rows.applicant])
    if rows.month is None:
        return np.asarray(state[rows.applicant, 0])
    return np.asarray(state[rows.applicant, np.clip(rows.month, 0, MONTHS - 1)])


def finish(shape: Shape, rows: Drawn, ranks: Floats, at_hand: Mapping[str, pa.Array], at: At) -> Drawn:
    """Rows with all their columns: drawn at their ranks, made consistent, and null where the profile says."""
    places = {column: place for place, column in enumerate(shape.ranked)}
    steps = shape.declared.consistent
    computed = [column for column in shape.columns if column in steps]
    inputs = inputs_of(steps, shape.table)
    columns: dict[str, pa.Array] = {}
    for column in shape.ranked:
        if column in inputs or column not in computed:
            columns[column] = shape.lookups[column].at(ranks[:, places[column]])
    types = {column: shape.type_of(column) for column in computed}
    if types:
        columns |= _evaluate(shape, steps, types, rows=rows, at_hand={**at_hand, **columns}, at=at)
    plain = [f"{shape.table}.{column}" for column in shape.columns if column not in computed]
    for name, mask in absent(shape.profile, plain, len(rows), at.draw).items():
        column = name.split(".", 1)[1]
        columns[column] = _without(columns[column], mask)
    ordered = {column: columns[column] for column in shape.columns}
    return replace(rows, columns=ordered)


def _without(column: pa.Array, mask: npt.NDArray[np.bool_]) -> pa.Array:
    if isinstance(column, pa.DictionaryArray):
        codes = pa.array(column.indices.to_numpy(), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, column.dictionary)
    return pa.array(column.to_numpy(), mask=mask)


def _evaluate(
    shape: Shape,
    steps: Mapping[str, Expression],
    wanted: Mapping[str, str],
    *,
    rows: Drawn,
    at_hand: Mapping[str, pa.Array],
    at: At,
) -> dict[str, pa.Array]:
    """The `wanted` results of steps over rows; what they read is found, or drawn, by its name."""
    finders: tuple[Callable[[str], pa.Array | None], ...] = (
        at_hand.get,
        lambda name: pa.array(state_at(rows, at.states[name])) if name in at.states else None,
        lambda name: _now(name, rows, at.states),
        lambda name: pa.array(rows.month) if name == _MONTH and rows.month is not None else None,
        lambda name: _noise(name, len(rows), at.draw),
        lambda name: _from_above(name, rows),
    )
    inputs: dict[str, pa.Array] = {}
    for name in inputs_of(steps, shape.table):
        column = next((value for find in finders if (value := find(name)) is not None), None)
        if column is None:
            known = [*at_hand, *at.states, "uniform_1", "normal_1", *_names_above(rows)]
            raise PortfolioError(f"nothing is called '{name}'.", where=shape.where, hint=did_you_mean(name, known))
        inputs[name] = column
    inputs = inputs or {"row": pa.nulls(len(rows), pa.int32())}
    return compute(steps, inputs, wanted, shape.table, at.engine)


def _now(name: str, rows: Drawn, states: Mapping[str, Floats]) -> pa.Array | None:
    """`now.STATE`: the state at the decision, whatever the row's month."""
    state = states.get(name.removeprefix("now.")) if name.startswith("now.") else None
    if state is None:
        return None
    return pa.array(state[rows.applicant] if state.ndim == 1 else state[rows.applicant, 0])


def _noise(name: str, count: int, draw: Generator) -> pa.Array | None:
    """`uniform_1` … and `normal_1` …: drawn where they are named, a row's own."""
    if not _NOISE.fullmatch(name):
        return None
    is_uniform = name.startswith("uniform")
    drawn = draw.random(count, dtype=np.float32) if is_uniform else draw.standard_normal(count, dtype=np.float32)
    return pa.array(drawn)


def _from_above(name: str, rows: Drawn) -> pa.Array | None:
    table, _, column = name.rpartition(".")
    source = rows.above(table) if table else None
    if source is None or column not in source[0].columns:
        return None
    values = source[0].columns[column]
    if values.null_count or not pa.types.is_primitive(values.type):
        return values.take(pa.array(source[1]))
    return pa.array(values.to_numpy()[source[1]])


def _names_above(rows: Drawn) -> list[str]:
    above = rows.parent
    return [] if above is None else [*(f"{above.table}.{name}" for name in above.columns), *_names_above(above)]
