"""Which features does a decision need, and what does each of them read?

Every name of the portfolio is resolved here, once, into a frozen plan; `statements.py` writes the SQL of it. The
target, and which rows development leaves out, are apart (`development.py`): nothing that scores can see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression, Ref, parse, quote
from fiador.features.as_of import require_told
from fiador.features.columns import measure_reads
from fiador.features.learned import LearnedRows, learned_reads, learned_rows
from fiador.features.relations import Breach, Relations
from fiador.features.schema import Schema, checked_kind
from fiador.features.tally import Tally, straight_link, tally
from fiador.portfolio import Feature, LearnedFeature, Portfolio


@dataclass(frozen=True)
class RowValue:
    """An expression over an application's joined row, its names resolved.

    columns: what a reference means, a column of the joined row; features: or another feature. reads: every feature and
    column it reads, through any number of others; tables: those it reads a column of.
    """

    expression: Expression
    columns: Mapping[Ref, str]
    features: Mapping[Ref, str]
    kind: str
    reads: frozenset[str]
    tables: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What is computed of every application: the features, in the order declared, rules and exposure.

    values: every feature wanted, or read by one that is; None for one measured of rows. tallies: what is measured, a
    table each; learned: the rows models speak of.
    """

    relations: Relations
    names: tuple[str, ...]
    values: Mapping[str, RowValue | None]
    reads_of: Mapping[str, frozenset[str]]
    rules: Mapping[str, RowValue]
    exposure: RowValue | None
    tallies: tuple[Tally, ...]
    learned: tuple[LearnedRows, ...]

    @property
    def portfolio(self) -> Portfolio:
        return self.relations.portfolio

    @cached_property
    def features(self) -> dict[str, str]:
        """name -> `number` or `level`, in the order declared."""
        kinds = {name: value.kind for name in self.names if (value := self.values[name])}
        return {name: "level" if kinds.get(name) == "text" else "number" for name in self.names}

    @cached_property
    def reads(self) -> dict[str, frozenset[str]]:
        """By feature every feature and column it reads, a column bare and as `table.column`."""
        return {name: self.reads_of[name] for name in self.names}

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        return tuple(self.relations.breaches())

    @cached_property
    def measured(self) -> dict[str, float | None]:
        """Every feature measured of rows, wanted or read, and its value where there are none; None is null."""
        values: dict[str, float | None] = {}
        for no_rows in (*(each.no_rows for each in self.tallies), *(each.no_rows for each in self.learned)):
            values |= no_rows
        declared = (name for name in self.portfolio.features if name in values)
        return {name: values[name] for name in declared}

    @cached_property
    def sql(self) -> str:
        """One statement that would compute all of it: what `fiador sql` prints, and tests hold the kernels against."""
        from fiador.features.statements import whole_sql

        return whole_sql(self)

    def touching(self, names: Iterable[str]) -> set[str]:
        """The features that are, or read through any number of others, a feature or column named here.

        A column is named bare or as `table.column`.
        """
        marked = set(names)
        return {feature for feature in self.features if feature in marked or self.reads[feature] & marked}


def compile_sql(portfolio: Portfolio, schema: Schema, names: Iterable[str] | None = None) -> Plan:
    """The plan of everything a decision needs from raw tables; its `sql` is one statement that computes it.

    names: the features wanted; without it all. Whatever they, the rules and the exposure read is computed with them,
    and nothing else. Raises PortfolioError where an expression names an unknown column, a feature isn't there, or
    things are compared that don't go together.
    """
    relations = Relations(portfolio, schema)
    features = _known_features(portfolio, names)
    resolver = _Resolver(relations)
    for name in features:
        resolver.feature(portfolio.features[name], ())
    rules = {
        name: resolver.condition(rule.when, f"{portfolio.name}: policy.rules.{name}.when")
        for name, rule in portfolio.policy.rules.items()
    }
    exposure = _exposure(portfolio, resolver)
    of_rows = (value for value in (*resolver.values.values(), *rules.values(), exposure) if value)
    tables = resolver.measured_tables.union(*(value.tables for value in of_rows))
    for table in sorted(tables):
        require_told(portfolio, portfolio.tables[table])
    measured = [f for f in portfolio.features.values() if f.measure and f.name in resolver.values]
    plan = Plan(
        relations=relations,
        names=features,
        values=resolver.values,
        reads_of=resolver.reads,
        rules=rules,
        exposure=exposure,
        tallies=tuple(_tallies(relations, measured)),
        learned=tuple(learned_rows(relations, each) for each in _by_table(measured, learned=True)),
    )
    _ = plan.sql  # what a table's own declarations name is refused while its steps are written
    return plan


def _known_features(portfolio: Portfolio, names: Iterable[str] | None) -> tuple[str, ...]:
    if names is None:
        return tuple(portfolio.features)
    requested = set(names)
    for name in sorted(requested - set(portfolio.features)):
        hint = did_you_mean(name, portfolio.features)
        raise PortfolioError(f"no feature '{name}'.", where=f"{portfolio.name}: features", hint=hint)
    return tuple(name for name in portfolio.features if name in requested)


def _tallies(relations: Relations, features: Iterable[Feature]) -> Iterator[Tally]:
    for each in _by_table(features, learned=False):
        table = relations.portfolio.tables[each[0].table]
        yield tally(relations, each, straight_link(relations, table))


def _by_table(features: Iterable[Feature], *, learned: bool) -> list[list[Feature]]:
    """Measured features by table, in the order declared: those of its rows, or those of what a model says of them."""
    tables: dict[str, list[Feature]] = {}
    for feature in features:
        if isinstance(feature, LearnedFeature) == learned:
            tables.setdefault(feature.table, []).append(feature)
    return list(tables.values())


def _exposure(portfolio: Portfolio, resolver: _Resolver) -> RowValue | None:
    if portfolio.costs.exposure is None:
        return None
    where = f"{portfolio.name}: costs.exposure"
    value = resolver.value(portfolio.costs.exposure, where, ())
    if value.kind not in ("number", "any"):
        raise PortfolioError(f"is {value.kind}, not an amount.", where=where)
    return value


class _Resolver:
    """Features, each resolved once, after those it uses."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self._portfolio = relations.portfolio
        self.values: dict[str, RowValue | None] = {}
        self.reads: dict[str, frozenset[str]] = {}
        self.measured_tables: set[str] = set()

    def feature(self, feature: Feature, above: tuple[str, ...]) -> None:
        """Resolve a feature. above: those that use it, outermost first."""
        if feature.name in self.values:
            return
        where = f"{self._portfolio.name}: features.{feature.name}"
        if feature.name in above:
            circle = " -> ".join([*above, feature.name])
            raise PortfolioError(f"features use each other in a circle: {circle}.", where=where)
        if feature.measure:
            reads = self._measure_reads(feature)
            self.values[feature.name], self.reads[feature.name] = None, reads
            self.measured_tables |= reads & set(self._portfolio.tables)
            return
        value = self.value(feature.row or parse(quote(feature.name)), where, (*above, feature.name))
        if value.kind == "date":
            hint = "Measure it against another: date_diff('day', a, b)."
            raise PortfolioError("is a date.", where=where, hint=hint)
        self.values[feature.name], self.reads[feature.name] = value, value.reads

    def value(self, expression: Expression, where: str, above: tuple[str, ...]) -> RowValue:
        """An expression; a bare name that is another feature means that feature."""
        own = above[-1] if above else ""
        columns: dict[Ref, str] = {}
        features: dict[Ref, str] = {}
        kinds: dict[Ref, str] = {}
        reads, tables = set[str](), set[str]()
        for ref in expression.refs:
            if not ref.table and ref.column != own and ref.column in self._portfolio.features:
                features[ref] = ref.column
                kinds[ref] = self._used(ref.column, where, above)
                reads |= {ref.column, *self.reads[ref.column]}
            else:
                table, column = self._relations.scope.locate(ref, where)
                columns[ref], kinds[ref] = f"{table}.{column}", self._relations.schema.kind(table, column)
                tables.add(table)
                reads |= {column, f"{table}.{column}"}
        kind = checked_kind(expression, kinds, where)
        return RowValue(expression, columns, features, kind, frozenset(reads), frozenset(tables))

    def condition(self, expression: Expression, where: str) -> RowValue:
        """An expression that is true, false or null."""
        value = self.value(expression, where, ())
        if value.kind not in ("truth", "any"):
            what = f"is a {value.kind}, not a condition: {expression}."
            raise PortfolioError(what, where=where, hint="Compare it with something.")
        return value

    def _used(self, name: str, where: str, above: tuple[str, ...]) -> str:
        """Resolve a feature that an expression uses; its kind. What only training can fill is refused."""
        feature = self._portfolio.features[name]
        if isinstance(feature, LearnedFeature):
            raise PortfolioError(f"'{name}' is learned: only a model reads it.", where=where, hint="Leave it out.")
        self.feature(feature, above)
        value = self.values[name]
        return value.kind if value else "number"

    def _measure_reads(self, feature: Feature) -> frozenset[str]:
        if isinstance(feature, LearnedFeature):
            return learned_reads(self._relations, feature)
        return measure_reads(self._relations, feature)
