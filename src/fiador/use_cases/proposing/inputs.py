"""Which columns of an application's row become features, which are left out, and which has a person to look at?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fiador.portfolio import RESERVED
from fiador.portfolio.synthesis import feature_name
from fiador.use_cases.proposing.columns import LEVELS, ColumnFacts, percent, plain, quantity
from fiador.use_cases.proposing.layout import Layout
from fiador.use_cases.proposing.missing import markers
from fiador.use_cases.proposing.names import (
    ABOUT_THE_DATA,
    DAYS,
    LENDER_SET,
    MAYBE_LENDER_SET,
    MAYBE_PROTECTED,
    MONEY,
    MONTHS,
    NOT_LENDER_SET,
    NOT_PROTECTED,
    PROTECTED,
    is_identifier,
    says,
    without_accents,
    words,
)
from fiador.use_cases.proposing.proposal import ProposedFeature, Suspect
from fiador.use_cases.proposing.tree import Node, identifier
from fiador.use_cases.proposing.univariate import Univariate

_NAMES_ROWS = 0.5  # an identifier with so many values a row names rows, whatever it identifies
_NOTHING = Univariate(None, 1.0, 1.0)
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def row_features(layout: Layout, figures: Mapping[tuple[str, str], Univariate]) -> tuple[ProposedFeature, ...]:
    """Every value of base and looked-up tables, as a feature or as a comment that says why it is none."""
    excluded = {*layout.links, (layout.base, layout.target.column), (layout.base, layout.key)}
    bare = Counter(c.casefold() for node in layout.on_row for c in layout.facts(node).columns)
    features: list[ProposedFeature] = []
    for node in layout.on_row:
        for column in (c for c in layout.facts(node).columns.values() if (node.name, c.name) not in excluded):
            only_one = bare[column.name.casefold()] == 1 and column.name != layout.target.column
            strength = figures.get((node.name, column.name)) or _NOTHING
            feature = _judge(_name_feature(node.name, column, only_one), column, strength, node)
            features.append(_measured_from(feature, column, layout) if column.is_date else feature)
    return tuple(features)


def suspects(features: Sequence[ProposedFeature], figures: Mapping[tuple[str, str], Univariate]) -> tuple[Suspect, ...]:
    """Protected, lender-set and leaking columns of the application's row, by name and by figure."""
    result: list[Suspect] = []
    for f in features:
        leak = (figures.get((f.table, f.column)) or _NOTHING).leak
        if leak:
            result.append(Suspect("leak", f.name, sure=True, why=leak))
        if f.live:
            result += list(_by_name(f))
    return tuple(result)


def _by_name(f: ProposedFeature) -> Iterator[Suspect]:
    for kind, sure, maybe, never in (
        ("protected", PROTECTED, MAYBE_PROTECTED, NOT_PROTECTED),
        ("lender_set", LENDER_SET, MAYBE_LENDER_SET, NOT_LENDER_SET),
    ):
        is_sure = says(f.column, sure) and not says(f.column, never)
        is_maybe = says(f.column, (*sure, *maybe)) and not (kind == "protected" and says(f.column, never))
        if is_sure or is_maybe:
            yield Suspect(kind, f.name, sure=is_sure, why="by its name")  # type: ignore[arg-type]


def _judge(f: ProposedFeature, column: ColumnFacts, strength: Univariate, node: Node) -> ProposedFeature:
    """A column as a feature, or left out with the first reason that holds."""
    singled_out = node.where.startswith(f"{identifier(column.name)} =")
    reason = f"one value where {node.where}" if singled_out else _left_out(column, strength)
    return replace(f, live=not reason, note=reason or _figures(column, strength))


def _measured_from(f: ProposedFeature, column: ColumnFacts, layout: Layout) -> ProposedFeature:
    """A date as days from the decision, which is what a model can read."""
    if (f.table, column.name) == (layout.base, layout.decided):
        return replace(f, live=False, note="the date of the decision")
    if not f.live:
        return f
    if not layout.decided:
        return replace(f, live=False, note="a date; no date of the decision to measure it against")
    days = f"date_diff('day', {identifier(column.name, f.table)}, {identifier(layout.decided, layout.base)})"
    name = f.name if f.name != column.name else feature_name(_slug(f"{f.table}__{column.name}"))
    return replace(f, name=name, row=days, unit="whole", says=f"{f.says}, days before the decision")


def _left_out(column: ColumnFacts, strength: Univariate) -> str:
    """Why a column is no feature; '' where it is one."""
    many = f"{column.distinct:,} values in {quantity(column.present, 'row')}"
    reasons = (
        (not column.present, "no value in any row"),
        (column.distinct == 1, f"one value in every row that has any: {plain(_only(column))}"),
        (strength.leak, f"a leak? {strength.leak}"),
        (is_about_the_data(column), "by its name about the data, not the applicant"),
        (column.kind == "text" and not column.levels, f"{many}, more than {LEVELS} levels"),
        (_names_rows(column), f"an identifier: {many}"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _names_rows(column: ColumnFacts) -> bool:
    counts_time = says(column.name, (*DAYS, *MONTHS))
    return is_identifier(column.name) and not counts_time and column.distinct > _NAMES_ROWS * column.present


def is_about_the_data(column: ColumnFacts) -> bool:
    """Whether a column says by its name where its row is from; a number with a fraction is a measurement, such as the
    score of an outside source.
    """
    measured = column.kind == "number" and column.whole < column.present
    return says(column.name, ABOUT_THE_DATA) and not measured


def _only(column: ColumnFacts) -> object:
    return next(iter(column.levels)) if column.levels else column.low


def _figures(column: ColumnFacts, strength: Univariate) -> str:
    """What a reader should know of a feature: missing values, markers, AUC alone."""
    marked = sum(marker.rows for marker in markers(column) if marker.sure)
    parts = [f"{percent(column.missing + marked, column.rows)} missing"] if column.missing + marked else []
    parts += [f"'' in {quantity(column.blank, 'row')}"] if column.blank else []
    few_codes = column.kind == "integer" and 2 < len(column.levels or {}) <= 10
    parts += [f"{len(column.levels or {})} whole values: codes, or a count?"] if few_codes else []
    parts += [f"AUC alone {strength.auc:.2f}"] if strength.auc is not None else []
    return ", ".join(parts)


def _name_feature(table: str, column: ColumnFacts, only_one: bool) -> ProposedFeature:
    """The column under its own name where that is enough, else as table__column with an expression."""
    name, unit = column.name, _unit(column)
    if only_one and PLAIN.fullmatch(name) and name.casefold() not in RESERVED:
        return ProposedFeature(name, table, name, unit=unit, says=words(name))
    full_name = feature_name(_slug(f"{table}__{name}"))
    return ProposedFeature(
        full_name, table, name, row=identifier(name, table), unit=unit, says=f"{words(table)}: {words(name)}"
    )


def _unit(column: ColumnFacts) -> str:
    if not column.is_number:
        return ""
    if says(column.name, ("age", "idade", "years", "anos")):
        return "years"
    counts = says(column.name, ("rate", "ratio", "share", "percent", "percentage", "cnt", "count", *DAYS, *MONTHS))
    return "money" if says(column.name, MONEY) and not counts else ""


def _slug(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9_]+", "_", without_accents(name))
    return slug if PLAIN.fullmatch(slug) else f"c_{slug}"
