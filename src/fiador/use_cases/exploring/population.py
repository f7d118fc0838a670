"""Which applications are known, and what was decided on each? Scored once, kept by the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fiador.bundle import Bundle
from fiador.features.schema import schema_of
from fiador.use_cases import scoring
from fiador.use_cases.exploring.dictionary import Dictionary
from fiador.use_cases.exploring.disclosure import FEWEST, draw_of, round_count
from fiador.use_cases.exploring.sql import (
    OWN,
    SCORED,
    columns_sql,
    counts_sql,
    digest_sql,
    levels_sql,
    others_sql,
    population_sql,
    salt_sql,
    scored_schema,
    spread_sql,
)
from fiador.use_cases.exploring.variables import KnownVariable, variables_of
from fiador.use_cases.scoring import table
from fiador.use_cases.scoring.scorer import scorer_of

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine, Progress

LEVELS = 30  # of one variable, at most
Row = dict[str, Any]
Conditions = frozenset[str]  # what a count is of, in words of ours; the same words get the same draw


@dataclass(frozen=True)
class Spread:
    """How a variable lies over all applications. missing: how many have none. low, high: its 0.5 and 99.5 per cent
    quantiles.

    levels: those declared, then those at least 20 applications have. others: some applications have another.
    """

    missing: int
    low: float | None = None
    high: float | None = None
    whole: bool = False
    levels: tuple[str, ...] = ()
    others: bool = False


@dataclass(frozen=True)
class Population:
    """Every known application, scored once and kept by the engine under `table`. counts: applications by group.

    salt and everybody: digests of all that is known and of who is, which fix how counts are rounded.
    """

    bundle: Bundle
    engine: Engine
    table: str
    variables: Mapping[str, KnownVariable]
    spreads: Mapping[str, Spread]
    counts: Mapping[str, int]
    labelled: int
    salt: str
    everybody: str
    usual: dict[str, Row] = field(default_factory=dict)  # quartiles and commonest levels, once a group is compared with

    @cached_property
    def dictionary(self) -> Dictionary:
        return dictionary_of(self.bundle)

    def ask(self, sql: str, values: Mapping[str, object] | None = None) -> list[Row]:
        return list(self.engine.query(sql, values).to_pylist())

    def levels(self, variable: KnownVariable, levels: Iterable[str | None], language: str) -> list[Row]:
        """Levels beside their words."""
        dictionary = self.dictionary
        return [{"level": level, "says": dictionary.level_says(variable, level, language)} for level in levels]

    def round_count(self, count: int, conditions: Conditions) -> int:
        """A count as it is told: rounded by the draw of what it is a count of."""
        return round_count(count, draw_of(conditions, salt=self.salt))

    def group_size(self, group: str) -> int:
        """How many applications a group is told to have."""
        return self.round_count(self.counts[group], conditions(group))


def conditions(*parts: str) -> Conditions:
    """Conditions in words, without those that say nothing more: all, and labelled where the class is said.

    >>> sorted(conditions("bads", "labelled", "all"))
    ['bads']
    """
    words = frozenset(parts) - {"all", ""}
    return words - {"labelled"} if words & {"goods", "bads"} else words


def dictionary_of(bundle: Bundle) -> Dictionary:
    """A bundle's variables in words."""
    return Dictionary(bundle, scorer_of(bundle).plan)


def known_variables(bundle: Bundle) -> dict[str, KnownVariable]:
    """A bundle's variables by name: what is known of every application, protected attributes left out."""
    return variables_of(bundle.portfolio, bundle.raw, scorer_of(bundle).plan)


def population_of(bundle: Bundle, *, engine: Engine, table: str, progress: Progress | None = None) -> Population:
    """Score every application the engine holds, and keep them there under `table`, a name not yet taken."""
    variables = known_variables(bundle)
    _keep(bundle, variables, engine, table, progress)
    counts = engine.query(counts_sql(table)).to_pylist()[0]
    labelled = int(counts.pop("labelled"))
    spreads = {name: _spread(bundle, engine, table, variable) for name, variable in variables.items()}
    salt, everybody = (
        str(engine.query(sql).to_pylist()[0]["digest"]) for sql in (salt_sql(table), digest_sql(table, "TRUE"))
    )
    return Population(bundle, engine, table, variables, spreads, counts, labelled, salt, everybody)


def _keep(
    bundle: Bundle, variables: Mapping[str, KnownVariable], engine: Engine, table: str, progress: Progress | None
) -> None:
    p = bundle.portfolio
    has_target = p.target.column in engine.query(columns_sql(p.base)).column_names
    sql, values = population_sql(p, schema_of(bundle.raw), variables.values(), with_target=has_target)
    rows = engine.query(sql, values, tables={SCORED: _scored(bundle, variables, engine, progress)})
    engine.load(table, rows.schema, rows.to_batches())


def _scored(
    bundle: Bundle, variables: Mapping[str, KnownVariable], engine: Engine, progress: Progress | None
) -> pa.Table:
    """What was decided on each application, and its features; no contributions, which cost many times the PD."""
    schema = scored_schema(variables.values())
    parts, done = [schema.empty_table()], 0
    for batch in scoring.score_in_batches(bundle, engine=engine):
        decided = {name: column for name, column in table.outcome_columns(batch).items() if name in OWN}
        features = {v.column: batch.table.column(v.name) for v in variables.values() if not v.table}
        parts.append(pa.table({**decided, **features}).select(schema.names).cast(schema))
        done += batch.table.num_rows
        if progress:
            progress("scoring known applications", done, done)
    return pa.concat_tables(parts)


def _spread(bundle: Bundle, engine: Engine, table: str, variable: KnownVariable) -> Spread:
    counts = engine.query(spread_sql(table, variable)).to_pylist()[0]
    missing = counts["applications"] - counts["given"]
    if variable.kind == "number":
        return Spread(missing, counts["low"], counts["high"], bool(counts["whole"]))
    if variable.kind == "date":
        return Spread(missing)
    declared = dictionary_of(bundle).declared_levels(variable)
    frequent = engine.query(levels_sql(table, variable), {"fewest": FEWEST, "most": LEVELS}).column("level").to_pylist()
    levels = tuple(dict.fromkeys([*declared, *frequent]))[:LEVELS]
    others = engine.query(others_sql(table, variable), {"levels": list(levels)}).to_pylist()[0]["applications"]
    return Spread(missing, levels=levels, others=others > 0)
