"""Do the sections of a portfolio file fit together: links, clocks, references, texts?

Each check passes, or raises a PortfolioError with the dotted path of what doesn't fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fiador.errors import PortfolioError, did_you_mean
from fiador.portfolio.features import Feature
from fiador.portfolio.tables import Table
from fiador.words import LANGUAGES

if TYPE_CHECKING:
    from fiador.portfolio import Portfolio

RESERVED = ("key", "exposure", "applicant", "target", "dropped_by", "decided_at")


def check_tables(p: Portfolio) -> None:
    """Links name known tables, exactly one table is the base, and every chain ends there."""
    if p.base not in p.tables:
        raise PortfolioError(
            f"no table '{p.base}'.", where=f"{p.name}: portfolio.rows", hint=did_you_mean(p.base, p.tables)
        )
    for table in p.tables.values():
        where = f"{p.name}: tables.{table.name}"
        if table.name == p.base and table.link:
            raise PortfolioError(
                "the base table hangs under no other.", where=where, hint="Remove its `one` or `many`."
            )
        if table.name != p.base and not table.link:
            raise PortfolioError(
                "hangs under no table.", where=where, hint="Give it one = { of, on } or many = { of, on }."
            )
        _check_many(table, where)
        if table.is_dated and not p.head.decided_at:
            raise PortfolioError(
                f'unit = "{table.unit}" needs the decision\'s own date.',
                where=where,
                hint="Name its column: [portfolio] decided_at.",
            )
        if table.one and table.many:
            raise PortfolioError("is both `one` and `many`.", where=where, hint="Keep one of them.")
        for link in table.links:
            if link.of not in p.tables:
                raise PortfolioError(f"no table '{link.of}'.", where=where, hint=did_you_mean(link.of, p.tables))
    for table in p.tables.values():
        _check_chain(p, table)


def _check_many(table: Table, where: str) -> None:
    """What is declared for one row of an application makes no sense for many, and the other way round."""
    for key in ("known", "time", "unit", "known_at", "reveals", "derive"):
        if getattr(table, key) and not table.many:
            hint = "Use `where`, or `expect`." if key == "known" else "Leave it out."
            raise PortfolioError(f"`{key}` is for a `many` table.", where=where, hint=hint)
    if bool(table.time) != bool(table.unit):
        raise PortfolioError(
            "`time` and `unit` go together.", where=where, hint='unit = "days", "months", "date" or "timestamp".'
        )
    if (table.reveals or table.known_at) and not table.unit:
        raise PortfolioError("`reveals` and `known_at` need a clock.", where=where, hint="Declare `time` and `unit`.")
    late = next((ref.column for ref in table.where.refs if ref.column in table.reveals), "") if table.where else ""
    if late:
        what = f"`where` reads '{late}', whose value is revealed later"
        raise PortfolioError(f"{what}.", where=where, hint="Use `known`: it reads what is known.")
    if (table.kind == "versioned") != bool(table.known_at):
        raise PortfolioError(
            'kind = "versioned" and `known_at` go together.', where=where, hint="Name the column that says since when."
        )
    if table.known_at and not table.key:
        hint = 'Name the columns that tell one event from another, as in key = ["account", "month"].'
        raise PortfolioError('kind = "versioned" needs `key`: which rows are versions of one.', where=where, hint=hint)
    for column, expectation in table.expect.items() if table.many else ():
        if expectation.breach not in ("null", "keep") or expectation.development == "drop":
            what = "a row of many can't refer, refuse or drop its application"
            raise PortfolioError(
                f"{what}.", where=f"{where}.expect.{column}", hint="Use null or keep; or a rule on a feature."
            )


def _check_chain(p: Portfolio, table: Table) -> None:
    """No way up from a table comes back to it, and what is looked up hangs under what has one row."""
    where = f"{p.name}: tables.{table.name}"
    ways = [[table.name, link.of] for link in table.links]
    while ways:
        way = ways.pop()
        if way[-1] in way[:-1]:
            raise PortfolioError(f"the links go round: {' -> '.join(way)}.", where=where)
        ways += [[*way, link.of] for link in p.tables[way[-1]].links]
    if table.one and p.tables[table.one.of].many:
        raise PortfolioError(
            f"is looked up by '{table.one.of}', which has many rows itself.",
            where=where,
            hint="Link it to the base table, or to a table that is looked up.",
        )


def check_references(p: Portfolio) -> None:
    """Names that point inside the file point at something."""
    known_columns = {c for t in p.tables.values() for c in t.columns}
    declared = all(t.columns for t in p.tables.values())
    for key in ("protected", "lender_set"):
        for name in getattr(p.policy, key):
            if name not in p.features and declared and name.split(".")[-1] not in known_columns:
                where = f"{p.name}: policy.{key}"
                raise PortfolioError(
                    f"no feature or column '{name}'.",
                    where=where,
                    hint=did_you_mean(name, {*p.features, *known_columns}),
                )
    for feature in p.features.values():
        if feature.measure:
            _check_measured(p, feature)
    _check_names(p)
    if not p.features:
        raise PortfolioError(
            "no feature is declared.", where=f"{p.name}: features", hint="Declare at least one [features.NAME]."
        )


def _check_names(p: Portfolio) -> None:
    """No feature but the column itself is named as one that stands beside the features: it would be written over."""
    links = (column for table in p.tables.values() for link in table.links for pair in link.on for column in pair)
    taken = dict.fromkeys((column.casefold() for column in (p.key, *links)), "is a column that links tables.")
    taken |= dict.fromkeys(RESERVED, "is a column of fiador's own.")
    for name, feature in p.features.items():
        itself = name not in RESERVED and not feature.measure and feature.row is None
        if not itself and (why := taken.get(name.casefold())):
            where = f"{p.name}: features.{name}"
            raise PortfolioError(f"'{name}' {why}", where=where, hint="Give the feature another name.")


def _check_measured(p: Portfolio, feature: Feature) -> None:
    """What a person's measure is of: a table whose rows hang under the application's own."""
    where = f"{p.name}: features.{feature.name}.of"
    table = p.tables.get(feature.table)
    if table is None or not table.many:
        many = [t.name for t in p.tables.values() if t.many]
        raise PortfolioError(
            f"'{feature.table}' is not a `many` table.", where=where, hint=did_you_mean(feature.table, many)
        )
    if all(p.tables[link.of].many for link in table.many):
        above = table.many[0].of
        raise PortfolioError(
            f"'{table.name}' hangs under '{above}', which has many rows itself.",
            where=where,
            hint=f"Measure it under [synthesis.{table.name}], then measure that column of {above}.",
        )


def check_texts(p: Portfolio) -> None:
    """Where a portfolio has texts, every declared level of every feature's column is said in every language."""
    if not p.texts:
        return
    for table in p.tables.values():
        for column, expectation in table.expect.items():
            for language in (language.code for language in LANGUAGES):
                words = p.texts.get(language, {}).get("levels", {}).get(column, {})
                missing = [level for level in expectation.levels or () if level not in words]
                if missing:
                    where = f"{p.name}: texts/{language}.toml: levels.{column}"
                    raise PortfolioError(f"no words for level '{missing[0]}'.", where=where, hint="Add a line for it.")
