"""What does a bundle say of itself: its inputs, its figures, its cut-off, in a language?"""

from __future__ import annotations

from typing import Any

from fiador import words
from fiador.bundle import Bundle
from fiador.features.needed import columns_read
from fiador.portfolio import Expectation, Portfolio, Table
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.words import LANGUAGES

CODES = tuple(language.code for language in LANGUAGES)


def model_card(bundle: Bundle, language: str) -> dict[str, Any]:
    """The model as a service describes it: what it reads, what it decides by, and how good it was outside its fit."""
    p = bundle.portfolio
    return {
        "bundle": bundle.id,
        "portfolio": p.name,
        "title": p.head.title or p.name,
        "currency": p.head.currency,
        "created_at": bundle.created_at,
        "version": bundle.version,
        "champion": bundle.metrics["champion"],
        "seed": bundle.development["seed"],
        "target": p.target.means[language],
        "cut_off": bundle.cut_off,
        "cut_off_rule": cut_off_says(p, bundle.cut_off, language),
        "score": p.points.model_dump(),
        "languages": list(CODES),
        "key": p.key,
        "base": p.base,
        "tables": [_table(bundle, table) for table in p.tables.values()],
        "features": [
            {"name": name, "kind": kind, "says": dict(p.features[name].says)}
            for name, kind in bundle.model.features.items()
        ],
        "metrics": {
            name: figure
            for name, figure in bundle.metrics["candidates"][bundle.metrics["champion"]].items()
            if isinstance(figure, dict) and "low" in figure
        },
        "choice": bundle.metrics["choice"]["says"],
        "development": {k: bundle.development[k] for k in ("read", "kept", "labelled", "unlabelled", "bad_rate")},
    }


def cut_off_says(p: Portfolio, cut_off: float, language: str) -> str:
    """How the cut-off follows from the declared costs, in a sentence."""
    shown = words.percent(cut_off, language)
    if p.costs.is_money:
        margin, lgd = (words.percent(v, language, decimals=0) for v in (p.costs.margin, p.costs.lgd))
        return words.say("cut_off.money", language, margin=margin, lgd=lgd, cut_off=shown)
    bad, good = (words.number(v, language) for v in (p.costs.bad_approved, p.costs.good_declined))
    return words.say("cut_off.matrix", language, bad_approved=bad, good_declined=good, cut_off=shown)


def _table(bundle: Bundle, table: Table) -> dict[str, Any]:
    role = "base" if table.name == bundle.portfolio.base else "one" if table.one else "many"
    says = dict(table.says) if table.says else dict.fromkeys(CODES, table.name)
    read = columns_read(scorer_of(bundle).plan, bundle.model.features, table)
    columns = [
        _column(bundle, table, name, used=name in read)
        for name, raw in bundle.raw[table.name].items()
        if raw.role != "target"
    ]
    names = named_by(bundle.portfolio, table)
    return {"name": table.name, "role": role, "says": says, "columns": columns, "named_by": names}


def named_by(p: Portfolio, table: Table) -> list[str]:
    """The columns by which rows of tables of many say which belongs under which: what can't be filled in for them."""
    above = {below for link in table.links if p.tables[link.of].many for _, below in link.on}
    under = {up for t in p.tables.values() for link in t.links if link.of == table.name for up, _ in link.on}
    return sorted(above | (under if table.many else set()))


def _column(bundle: Bundle, table: Table, name: str, *, used: bool) -> dict[str, Any]:
    p, raw = bundle.portfolio, bundle.raw[table.name][name]
    expected = table.expect.get(name) or Expectation(required=True)
    levels = list(expected.levels) if expected.levels is not None else None
    feature = p.features.get(name)
    return {
        "name": name,
        "type": raw.type,
        "role": raw.role,
        "levels": levels,
        "levels_says": {v: {c: p.level_says(name, v, c) for c in CODES} for v in levels} if levels else None,
        "min": expected.min,
        "max": expected.max,
        "unit": feature.unit if feature else "number",
        "used": used or raw.role != "value",
        "example": raw.example,
        "says": {c: p.column_says(table.name, name, c) for c in CODES},
    }
