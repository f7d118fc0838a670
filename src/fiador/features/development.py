"""Which rows does development keep, with which outcome, and what do the joined rows look like?

The target is read here and nowhere else: nothing that scores can see these statements.
"""

from __future__ import annotations

from fiador.expression import Ref, quote
from fiador.features.relations import APPLICATION, Relations, assemble, link_order
from fiador.features.schema import Schema, key_columns
from fiador.portfolio import Portfolio


def compile_development_sql(portfolio: Portfolio, schema: Schema) -> str:
    """key, applicant, target (raw), `dropped_by` (null, or why development leaves a row out), `twin`, sorted by key.

    twin: a 64-bit digest of the joined row without keys and target; equal ones are exact duplicates.
    """
    relations = Relations(portfolio, schema, with_target=True)
    base, key, target = portfolio.base, portfolio.key, portfolio.target.column
    items = [
        f"{quote(f'{base}.{key}')} AS key",
        f"{_applicant(relations)} AS applicant",
        f"{quote(f'{base}.{target}')} AS target",
        f"{dropped_by(relations)} AS dropped_by",
        f"{_twin(relations)} AS twin",
    ]
    final = f"SELECT {', '.join(items)}\nFROM {APPLICATION}\nORDER BY key"
    return assemble(relations.joined(), final)


def compile_joined_sql(portfolio: Portfolio, schema: Schema) -> str:
    """The joined, cleaned rows development keeps, raw columns only (`table.column` where two tables share a name)."""
    relations = Relations(portfolio, schema, with_target=True)
    tables = [t for t in portfolio.tables if not portfolio.tables[t].many]
    names = [(t, c) for t in tables for c in relations.columns(t)]
    bare = [c for _, c in names]
    links = {(t.name, child) for t in link_order(portfolio) if t.one for _, child in t.one.on}
    items = [
        f"{_as_declared(schema, t, c)} AS {quote(c if bare.count(c) == 1 or _is_first(names, t, c) else f'{t}.{c}')}"
        for t, c in names
        if (t, c) not in links or bare.count(c) == 1
    ]
    key = quote(f"{portfolio.base}.{portfolio.key}")
    final = f"SELECT {', '.join(items)}\nFROM {APPLICATION}\nWHERE {kept(relations)}\nORDER BY {key}"
    return assemble(relations.joined(), final)


def _as_declared(schema: Schema, table: str, column: str) -> str:
    """A joined column in its raw type: whole numbers are doubles only while they are computed with."""
    name = quote(f"{table}.{column}")
    return f"TRY_CAST({name} AS BIGINT)" if schema.tables[table][column] == "integer" else name


def _twin(relations: Relations) -> str:
    target = quote(f"{relations.portfolio.base}.{relations.portfolio.target.column}")
    columns = [column for column in joined_values(relations) if column != target]
    return f"hash({', '.join(columns or [relations.key])})"


def joined_values(relations: Relations) -> list[str]:
    """The columns of the joined row that are no key: what two applications are compared by, as SQL."""
    p = relations.portfolio
    tables = [t for t in p.tables if not p.tables[t].many]
    return [quote(f"{t}.{c}") for t in tables for c in relations.columns(t) if c not in key_columns(p, t)]


def drop_reasons(relations: Relations) -> list[tuple[str, str]]:
    """(reason, condition on the joined row) for every declared way an application is left out of development."""
    p = relations.portfolio
    reasons = []
    if p.tables[p.base].blank_key == "drop":
        reasons.append((f"{p.base}.{p.key} is blank", f"{quote(f'{p.base}.{p.key}')} IS NULL"))
    for table in link_order(p):
        link = table.one
        if link and p.tables[link.of].blank_key == "drop":
            for parent, _ in link.on:
                there = f"{quote(f'found:{link.of}')} AND " if link.of != p.base else ""
                reasons.append((f"{link.of}.{parent} is blank", f"({there}{quote(f'{link.of}.{parent}')} IS NULL)"))
    for breach in relations.breaches():
        if breach.in_development == "drop":
            reasons.append((f"{breach.table}.{breach.column} breached", quote(breach.flag)))
    return list(dict(reasons).items())


def dropped_by(relations: Relations) -> str:
    """The first reason development leaves a joined row out, as SQL; null where it is kept."""
    whens = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in drop_reasons(relations))
    return f"CASE {whens} END" if whens else "CAST(NULL AS VARCHAR)"


def kept(relations: Relations) -> str:
    """The condition on the joined row that development keeps it."""
    return " AND ".join(f"NOT ({condition})" for _, condition in drop_reasons(relations)) or "TRUE"


def _is_first(names: list[tuple[str, str]], table: str, column: str) -> bool:
    return next(t for t, c in names if c == column) == table


def _applicant(relations: Relations) -> str:
    p = relations.portfolio
    if p.head.applicant is None:
        return quote(f"{p.base}.{p.key}")
    table, _, column = p.head.applicant.rpartition(".")
    return quote(".".join(relations.scope.locate(Ref(table, column), f"{p.name}: portfolio.applicant")))
