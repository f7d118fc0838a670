"""Which columns become features, which are left out, and which does a person have to look at?"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fiador.portfolio import RESERVED
from fiador.proposing.alone import Alone
from fiador.proposing.columns import LEVELS, Column, counted, percent, plain
from fiador.proposing.ground import Ground
from fiador.proposing.hanging import Hung, identifier
from fiador.proposing.missing import markers
from fiador.proposing.names import (
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
from fiador.proposing.proposal import ProposedFeature, Suspect

_LONGEST = 60  # bytes of a feature's name
_NAMES_ROWS = 0.5  # an identifier with so many values a row names rows, whatever it identifies
_NOTHING = Alone(None, 1.0, 1.0)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def row_features(ground: Ground, figures: Mapping[tuple[str, str], Alone]) -> tuple[ProposedFeature, ...]:
    """Every value of base and looked-up tables, as a feature or as a comment that says why it is none."""
    named = {*_link_columns(ground.hung), (ground.base, ground.target.column), (ground.base, ground.key)}
    bare = Counter(c.casefold() for h in ground.on_row for c in ground.facts(h).columns)
    found: list[ProposedFeature] = []
    for h in ground.on_row:
        for column in (c for c in ground.facts(h).columns.values() if (h.name, c.name) not in named):
            only_one = bare[column.name.casefold()] == 1 and column.name != ground.target.column
            told = figures.get((h.name, column.name)) or _NOTHING
            feature = _judged(_named(h.name, column, only_one), column, told, h)
            found.append(_measured_from(feature, column, ground) if column.is_date else feature)
    return tuple(found)


def measured_features(
    ground: Ground, known: Mapping[str, str], why_not: Mapping[str, str]
) -> tuple[ProposedFeature, ...]:
    """Rows, means and maxima of `many` tables. known: tables whose rows can be told from the future; why_not: of the
    others, why they can't.
    """
    found: list[ProposedFeature] = []
    links = _link_columns(ground.hung)
    for h in ground.many:
        said = f"{words(h.name)}: number of rows"
        own = [ProposedFeature(f"{h.name}__rows", h.name, "", measure="rows", of=h.name, unit="whole", says=said)]
        for column in ground.facts(h).columns.values():
            if column.is_number and (h.name, column.name) not in links and _varies(column):
                own += list(_measures(h.name, column))
        found += [f if h.name in known else replace(f, live=False, note=why_not[h.name]) for f in own]
    return tuple(replace(f, name=_short(f.name)) for f in found)


def suspects(features: Sequence[ProposedFeature], figures: Mapping[tuple[str, str], Alone]) -> tuple[Suspect, ...]:
    """Protected, lender-set and leaking columns of the application's row, by name and by figure."""
    found: list[Suspect] = []
    for f in (f for f in features if not f.measure):
        leak = (figures.get((f.table, f.column)) or _NOTHING).leak
        if leak:
            found.append(Suspect("leak", f.name, sure=True, why=leak))
        if f.live:
            found += list(_by_name(f))
    return tuple(found)


def _by_name(f: ProposedFeature) -> Iterator[Suspect]:
    for kind, sure, maybe, never in (
        ("protected", PROTECTED, MAYBE_PROTECTED, NOT_PROTECTED),
        ("lender_set", LENDER_SET, MAYBE_LENDER_SET, NOT_LENDER_SET),
    ):
        is_sure = says(f.column, sure) and not says(f.column, never)
        is_maybe = says(f.column, (*sure, *maybe)) and not (kind == "protected" and says(f.column, never))
        if is_sure or is_maybe:
            yield Suspect(kind, f.name, sure=is_sure, why="by its name")  # type: ignore[arg-type]


def _judged(f: ProposedFeature, column: Column, told: Alone, h: Hung) -> ProposedFeature:
    """A column as a feature, or left out with the first reason that holds."""
    singled_out = h.where.startswith(f"{identifier(column.name)} =")
    reason = f"one value where {h.where}" if singled_out else _left_out(column, told)
    return replace(f, live=not reason, note=reason or _figures(column, told))


def _measured_from(f: ProposedFeature, column: Column, ground: Ground) -> ProposedFeature:
    """A date as days from the decision, which is what a model can read."""
    if (f.table, column.name) == (ground.base, ground.decided):
        return replace(f, live=False, note="the date of the decision")
    if not f.live:
        return f
    if not ground.decided:
        return replace(f, live=False, note="a date; no date of the decision to measure it against")
    days = f"date_diff('day', {identifier(column.name, f.table)}, {identifier(ground.decided, ground.base)})"
    name = f.name if f.name != column.name else _short(_slug(f"{f.table}__{column.name}"))
    return replace(f, name=name, row=days, unit="whole", says=f"{f.says}, days before the decision")


def _left_out(column: Column, told: Alone) -> str:
    """Why a column is no feature; '' where it is one."""
    many = f"{column.distinct:,} values in {counted(column.given, 'row')}"
    reasons = (
        (not column.given, "no value in any row"),
        (column.distinct == 1, f"one value in every row that has any: {plain(_only(column))}"),
        (told.leak, f"a leak? {told.leak}"),
        (says(column.name, ABOUT_THE_DATA), "by its name about the data, not the applicant"),
        (column.kind == "text" and not column.levels, f"{many}, more than {LEVELS} levels"),
        (is_identifier(column.name) and column.distinct > _NAMES_ROWS * column.given, f"an identifier: {many}"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _only(column: Column) -> object:
    return next(iter(column.levels)) if column.levels else column.low


def _figures(column: Column, told: Alone) -> str:
    """What a reader should know of a feature: missing values, markers, AUC alone."""
    gone = sum(marker.rows for marker in markers(column) if marker.sure)
    parts = [f"{percent(column.missing + gone, column.rows)} missing"] if column.missing + gone else []
    parts += [f"'' in {counted(column.blank, 'row')}"] if column.blank else []
    few_codes = column.kind == "integer" and 2 < len(column.levels or {}) <= 10
    parts += [f"{len(column.levels or {})} whole values: codes, or a count?"] if few_codes else []
    parts += [f"AUC alone {told.auc:.2f}"] if told.auc is not None else []
    return ", ".join(parts)


def _named(table: str, column: Column, only_one: bool) -> ProposedFeature:
    """The column under its own name where that is enough, else as table__column with an expression."""
    name, unit = column.name, _unit(column)
    if only_one and _PLAIN.fullmatch(name) and name.casefold() not in RESERVED:
        return ProposedFeature(name, table, name, unit=unit, says=words(name))
    made = _short(_slug(f"{table}__{name}"))
    return ProposedFeature(
        made, table, name, row=identifier(name, table), unit=unit, says=f"{words(table)}: {words(name)}"
    )


def _measures(table: str, column: Column) -> Iterator[ProposedFeature]:
    for measure, said in (("mean", "mean"), ("max", "largest")):
        name = _slug(f"{table}__{column.name}__{measure}")
        text = f"{words(table)}: {said} {words(column.name)}"
        of = f"{table}.{column.name}"
        yield ProposedFeature(name, table, column.name, measure=measure, of=of, unit=_unit(column), says=text)


def _varies(column: Column) -> bool:
    sure = sum(1 for marker in markers(column) if marker.sure)
    return column.distinct - sure > 1 and not is_identifier(column.name)


def _unit(column: Column) -> str:
    if not column.is_number:
        return ""
    if says(column.name, ("age", "idade", "years", "anos")):
        return "years"
    counts = says(column.name, ("rate", "ratio", "share", "percent", "percentage", "cnt", "count", *DAYS, *MONTHS))
    return "money" if says(column.name, MONEY) and not counts else ""


def _link_columns(hung: Sequence[Hung]) -> set[tuple[str, str]]:
    """The columns that link tables, or that would."""
    ends = [(h.of, h.name, pair) for h in hung for pair in h.on]
    ends += [(of, h.name, pair) for h in hung for of, on in h.also for pair in on]
    return {(of, up) for of, _, (up, _) in ends} | {(name, down) for _, name, (_, down) in ends}


def _slug(name: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9_]+", "_", without_accents(name))
    return kept if _PLAIN.fullmatch(kept) else f"c_{kept}"


def _short(name: str) -> str:
    """A name of at most 60 bytes: longer ones keep 51 and the digest of the whole."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[:51]}_{hashlib.sha1(name.encode()).hexdigest()[:8]}"
