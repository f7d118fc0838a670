"""Which features does `[synthesis.TABLE]` make, and what are they called?

Every measure of every column, over all of an application's rows, over each subset, each window, and each subset within
each window; and the share of each level. A name says what it is of: `table[_subset][_window]__column__measure`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fiador.errors import PortfolioError
from fiador.expression import Expression, literal, parse, quote
from fiador.measures import MEASURES, Measure
from fiador.portfolio.features import Feature, SynthesisedFeature
from fiador.portfolio.fields import Frozen, MeasureName, Names, Sql, as_measured_columns
from fiador.portfolio.tables import Table
from fiador.portfolio.wording import Phrase, Wording

MOST = 50_000  # features one portfolio may make: a slip of the pen multiplies quickly
LONGEST = 60  # bytes of a name
_WORD = re.compile(r"[a-z0-9_]+")
_SHARE = re.compile(r".+__share_[a-z0-9_]+")


class Synthesis(Frozen):
    """`[synthesis.TABLE]`: features made from the measures, named and worded automatically."""

    measures: tuple[MeasureName, ...] = ()
    of: Annotated[Mapping[str, tuple[MeasureName, ...]], BeforeValidator(as_measured_columns)] = {}
    overall: Annotated[Mapping[str, tuple[MeasureName, ...]], BeforeValidator(as_measured_columns)] = {}
    shares: Names = ()
    subsets: Mapping[str, Sql] = {}
    windows: Mapping[str, Annotated[float, Field(gt=0)]] = {}
    empty: Literal["null", "declared"] = "declared"

    def check(self, table: Table, where: str) -> None:
        """PortfolioError where it can't be made: no clock, no levels, two levels of one name, words in a name."""
        every_measure = [m for measures in (self.measures, *self.of.values(), *self.overall.values()) for m in measures]
        clock_measure = next((m for m in every_measure if MEASURES[m].timed), None)
        if (clock_measure or self.windows) and not table.time:
            what = f"measure '{clock_measure}'" if clock_measure else "a window"
            hint = f"Declare `time` and `unit` under [tables.{table.name}]."
            raise PortfolioError(f"{what} needs the table's time.", where=where, hint=hint)
        for part, names in (("subsets", self.subsets), ("windows", self.windows)):
            for name in names:
                if not _WORD.fullmatch(name):
                    hint = "Use small letters, digits and _."
                    raise PortfolioError(f"'{name}' can't be part of a name.", where=f"{where}.{part}", hint=hint)
        for column in self.shares:
            _require_levels(table, column, f"{where}.shares")


@dataclass(frozen=True)
class _Slice:
    """Which of an application's rows: all, a subset, a window, or a subset within a window."""

    subset: str
    window: str
    where: Expression | None
    within: float | None

    def allows(self, measure: Measure) -> bool:
        if self.window and not measure.windowed:
            return False
        return measure.name != "share" or bool(self.subset)


def synthesise(table: Table, section: Synthesis, wording: Wording) -> dict[str, Feature]:
    """Every feature by name, in the order rows, columns, shares of each slice.

    Raises PortfolioError where two get one name, or a word of one is missing in a language.
    """
    features: dict[str, Feature] = {}
    spellings: dict[str, str] = {}
    for feature in _features(table, section, wording):
        other = spellings.setdefault(feature.name.lower(), feature.name)
        if feature.name in features or other != feature.name:
            where = f"{wording.portfolio}: synthesis.{table.name}"
            raise PortfolioError(
                f"two features would be called '{feature.name}'.", where=where, hint="Name subset or window otherwise."
            )
        features[feature.name] = feature
    wording.require()
    return features


def carried_features(
    above: str, tables: Mapping[str, Table], sections: Mapping[str, Synthesis], wording: Wording
) -> dict[str, Feature]:
    """The features of the tables under one with many rows itself: columns its own rows have, by name."""
    features: dict[str, Feature] = {}
    for table in tables.values():
        if table.name in sections and any(link.of == above for link in table.many):
            features |= synthesise(table, sections[table.name], wording_below(table, tables, sections, wording))
    return features


def wording_below(
    table: Table, tables: Mapping[str, Table], sections: Mapping[str, Synthesis], wording: Wording
) -> Wording:
    """The wording of a table's features, which knows what its rows carry up."""
    below = carried_features(table.name, tables, sections, wording)
    return replace(wording, below={name: feature.says for name, feature in below.items()})


def count_features(table: Table, section: Synthesis) -> int:
    """How many features the section makes, without making them."""
    kinds = [("", "", 1), ("s", "", len(section.subsets)), ("", "w", len(section.windows))]
    kinds.append(("s", "w", len(section.subsets) * len(section.windows)))
    total = sum(len(_levels(table, column)) + 1 for column in section.shares)
    for subset, window, times in kinds:
        one = _Slice(subset, window, None, None)
        total += times * sum(1 for _, measure in _columns_and_measures(section, one) if one.allows(measure))
    return total


def feature_name(full: str) -> str:
    """A name of at most 60 bytes: a longer one keeps its first 51, and 8 digits of its digest.

    >>> feature_name("bureau__AMT_CREDIT_SUM__mean")
    'bureau__AMT_CREDIT_SUM__mean'
    >>> len(feature_name("previous_approved_last_12_months__DAYS_LAST_DUE_1ST_VERSION__mean"))
    60
    """
    if len(full.encode()) <= LONGEST:
        return full
    return f"{full[:51]}_{hashlib.sha1(full.encode(), usedforsecurity=False).hexdigest()[:8]}"


def slug(level: str) -> str:
    """A level as part of a name.

    >>> slug("Loan for working capital replenishment"), slug("AP+ (Cash loan)")
    ('loan_for_working_capital_replenishment', 'ap_cash_loan')
    """
    return re.sub(r"[^a-z0-9]+", "_", level.lower()).strip("_")


def _features(table: Table, section: Synthesis, wording: Wording) -> Iterator[SynthesisedFeature]:
    for one in _slices(section):
        for column, measure in _columns_and_measures(section, one):
            if one.allows(measure):
                yield _feature(table, section, wording, one, (column, measure))
    for column in section.shares:
        for level in (*_levels(table, column), None):
            yield _level_share(table, section, wording, column, level)


def _slices(section: Synthesis) -> Iterator[_Slice]:
    subsets = [("", None), *section.subsets.items()]
    windows = [("", None), *section.windows.items()]
    for window, within in windows:
        for subset, where in subsets:
            yield _Slice(subset, window, where, within)


def _columns_and_measures(section: Synthesis, one: _Slice) -> Iterator[tuple[str, Measure]]:
    """(column, measure) of a slice, the measures of rows first; `overall` is of all rows alone."""
    for name in section.measures:
        if not MEASURES[name].needs_column:
            yield "", MEASURES[name]
    shared = [m for m in section.measures if MEASURES[m].needs_column]
    overall = {} if one.subset or one.window else section.overall
    for column, own in (*section.of.items(), *overall.items()):
        for name in own or shared:
            yield column, MEASURES[name]


def _feature(
    table: Table, section: Synthesis, wording: Wording, one: _Slice, pair: tuple[str, Measure]
) -> SynthesisedFeature:
    column, measure = pair
    start = "_".join(part for part in (table.name, one.subset, one.window) if part)
    averaged_share = measure.name == "mean" and _SHARE.fullmatch(column)
    parts = [start, column] if averaged_share else [part for part in (start, column, measure.name) if part]
    return SynthesisedFeature(
        name=feature_name("__".join(parts)),
        measure=measure.name,
        of=f"{table.name}.{column}" if column else table.name,
        where=one.where,
        within=one.within,
        empty=section.empty,
        group=f"{table.name}.{column}" if column else table.name,
        unit=measure.unit or "number",
        says=wording.compose(Phrase(table.name, measure.name, column, one.subset, one.window)),
        subset=one.subset,
        window=one.window,
    )


def _level_share(
    table: Table, section: Synthesis, wording: Wording, column: str, level: str | None
) -> SynthesisedFeature:
    condition = f"{quote(column)} IS NULL" if level is None else f"{quote(column)} = {literal(level)}"
    return SynthesisedFeature(
        name=feature_name(f"{table.name}__{column}__share_{'missing' if level is None else slug(level)}"),
        measure="share",
        of=table.name,
        where=parse(condition),
        empty=section.empty,
        group=f"{table.name}.{column}",
        unit="percent",
        says=wording.compose(Phrase(table.name, "share", column, level=level)),
        level=level,
    )


def _levels(table: Table, column: str) -> tuple[str, ...]:
    expectation = table.expect.get(column)
    return (expectation.levels or ()) if expectation else ()


def _require_levels(table: Table, column: str, where: str) -> None:
    levels = _levels(table, column)
    if not levels:
        hint = f'Declare them: [tables.{table.name}.expect] {column} = ["…"].'
        raise PortfolioError(f"no levels of '{column}' are declared.", where=where, hint=hint)
    slugs = [slug(level) for level in levels]
    for level, short in zip(levels, slugs, strict=True):
        if not short or short == "missing" or slugs.count(short) > 1:
            hint = "Give it another with `clean`."
            raise PortfolioError(f"level '{level}' of '{column}' has no name of its own.", where=where, hint=hint)
