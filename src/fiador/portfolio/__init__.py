"""What does a lender declare about one lending portfolio?

The portfolio file (format 1) as frozen, validated values. Nothing here reads a file: `parse` takes the document a TOML
reader gives, and answers a `Portfolio` or a PortfolioError with the dotted path and the nearest known word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError

from fiador.errors import PortfolioError, did_you_mean
from fiador.portfolio.as_of import AsOf, read_as_of
from fiador.portfolio.checks import RESERVED, check_references, check_tables, check_texts
from fiador.portfolio.features import Feature, LearnedFeature, SynthesisedFeature
from fiador.portfolio.fields import Frozen
from fiador.portfolio.learned import Learned, learned_features
from fiador.portfolio.sections import (
    Acceptance,
    Aim,
    Bounds,
    Consistency,
    Costs,
    DamagedRows,
    Head,
    Outlier,
    Points,
    Policy,
    Reviewer,
    Rule,
    Selection,
    Simulation,
    Target,
    Training,
)
from fiador.portfolio.synthesis import MOST, Synthesis, carried_features, count_features, synthesise, wording_below
from fiador.portfolio.tables import Breach, Expectation, InDevelopment, Kind, Link, Table, Unit
from fiador.portfolio.wording import Wording

__all__ = [
    "FORMAT", "RESERVED", "Acceptance", "Aim", "AsOf", "Bounds", "Breach", "Consistency", "Costs", "DamagedRows",
    "Expectation", "Feature", "Frozen", "Head", "InDevelopment", "Kind", "Learned", "LearnedFeature", "Link", "Outlier",
    "Points", "Policy", "Portfolio", "Reviewer", "Rule", "Selection", "Simulation", "Synthesis", "SynthesisedFeature",
    "Table", "Target", "Training", "Unit", "merge", "parse", "parse_document", "read_as_of",
]  # fmt: skip
FORMAT = 1


class Portfolio(Frozen):
    """One lending portfolio, as declared."""

    format: Literal[1] = 1
    head: Annotated[Head, Field(alias="portfolio")]
    target: Target
    tables: Mapping[str, Table]
    synthesis: Mapping[str, Synthesis] = {}
    learned: Mapping[str, Learned] = {}
    features: Mapping[str, Feature] = {}
    consistency: Mapping[str, Consistency] = {}
    costs: Costs
    policy: Policy = Policy()
    training: Training = Training()
    selection: Selection = Selection()
    points: Points = Points()
    acceptance: Acceptance = Acceptance()
    simulate: Simulation | None = None
    texts: Mapping[str, Any] = {}
    as_of: Annotated[AsOf | None, Field(alias="--as-of")] = None  # asked for, never declared

    @property
    def name(self) -> str:
        return self.head.name

    @property
    def base(self) -> str:
        """The table with one row per application."""
        return self.head.rows

    @property
    def key(self) -> str:
        return self.head.key

    @property
    def types(self) -> dict[str, dict[str, str]]:
        """Declared column types by the table's name in the source, as `open_source` takes them."""
        return {name: dict(t.columns) for t in self.tables.values() for name in t.source_names if t.columns}

    def at(self, as_of: AsOf | None) -> Portfolio:
        """The portfolio with its applications decided as of another moment than their own; None: as they are.

        PortfolioError where a date is asked for and no application has one. Tables are asked when they are read.
        """
        if as_of and as_of.on and not self.head.decided_at:
            raise PortfolioError(
                f"no application says when it was decided, so {as_of} is no moment of it.",
                where=f"{self.name}: portfolio.decided_at",
                hint="Count days before each decision: --as-of -90; or name the column.",
            )
        return self.model_copy(update={"as_of": as_of}) if as_of else self

    @property
    def source_names(self) -> tuple[str, ...]:
        """The tables it reads, by their names in the source."""
        return tuple(dict.fromkeys(name for t in self.tables.values() for name in t.source_names))

    @cached_property
    def carried(self) -> Mapping[str, Mapping[str, Feature]]:
        """By table with many rows itself, the features of the tables under it: columns of its own rows, by name."""
        return {
            above.name: carried_features(above.name, self.tables, self.synthesis, self._wording)
            for above in self.tables.values()
            if above.many
        }

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self.name, self.tables, self.texts)

    def level_says(self, column: str, level: str, language: str) -> str:
        """A level in words: from `texts/`, or the level itself where the portfolio has no texts for the column."""
        words = self.texts.get(language, {}).get("levels", {}).get(column, {})
        return str(words.get(level, level))

    def column_says(self, table: str, column: str, language: str) -> str:
        """A raw column in words: the texts, else the feature of that name, else the column's own name."""
        feature = self.features.get(column)
        return self._wording.column(table, column, language) or (feature.says[language] if feature else column)


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """An overlay on its base: table by table, key by key; lists and values replace; `key = false` removes.

    >>> merge({"a": {"x": 1, "y": [1, 2]}, "b": 1}, {"a": {"y": [3], "z": 2}, "b": False})
    {'a': {'x': 1, 'y': [3], 'z': 2}}
    """
    result = dict(base)
    for key, value in overlay.items():
        below = result.get(key)
        if value is False and not isinstance(below, bool):
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def parse(document: Mapping[str, Any], *, texts: Mapping[str, Any] | None = None) -> Portfolio:
    """Validate a portfolio document (as read from TOML, overlays merged).

    `texts`: per language, `columns` and `levels` in words. Raises PortfolioError with the dotted path of what is wrong.

    >>> parse({"format": 2})
    Traceback (most recent call last):
    fiador.errors.PortfolioError: portfolio: format is 2; this version reads format 1. Write `format = 1` at the top.
    """
    head = document.get("portfolio")
    name = str(head.get("name", "portfolio")) if isinstance(head, Mapping) else "portfolio"
    if document.get("format") != FORMAT:
        what = f"format is {document.get('format')!r}; this version reads format {FORMAT}."
        raise PortfolioError(what, where=name, hint=f"Write `format = {FORMAT}` at the top.")
    try:
        portfolio = Portfolio.model_validate({**_with_names(document), "texts": texts or {}})
    except ValidationError as error:
        raise _explain(error, document, name) from None
    check_tables(portfolio)
    check_texts(portfolio)
    portfolio = _with_learned(_with_synthesis(portfolio))
    check_references(portfolio)
    return portfolio


def _with_synthesis(p: Portfolio) -> Portfolio:
    """The portfolio with every feature its synthesis makes for an application, those a person thought of first."""
    for name, section in p.synthesis.items():
        where = f"{p.name}: synthesis.{name}"
        if name not in p.tables or not p.tables[name].many:
            many = [t.name for t in p.tables.values() if t.many]
            raise PortfolioError(f"'{name}' is not a `many` table.", where=where, hint=did_you_mean(name, many))
        section.check(p.tables[name], where)
    _refuse_too_many(p)
    features: dict[str, Feature] = {}
    for name, section in p.synthesis.items():
        if any(not p.tables[link.of].many for link in p.tables[name].many):
            wording = wording_below(p.tables[name], p.tables, p.synthesis, p._wording)
            features |= synthesise(p.tables[name], section, wording)
    return _with_features(p, features, "synthesis")


def _with_learned(p: Portfolio) -> Portfolio:
    """The portfolio with the features made of what models will say of its tables' rows."""
    features: dict[str, Feature] = {}
    for name, section in p.learned.items():
        where = f"{p.name}: learned.{name}"
        if name not in p.tables:
            raise PortfolioError(f"no table '{name}'.", where=where, hint=did_you_mean(name, p.tables))
        section.check(p.tables[name], p.tables, where)
        features |= learned_features(p.tables[name], section, p._wording)
    return _with_features(p, features, "[learned]")


def _with_features(p: Portfolio, features: Mapping[str, Feature], by: str) -> Portfolio:
    """The portfolio with these features last; PortfolioError where one has a name that is taken."""
    clash = next((name for name in features if name in p.features), None)
    if clash:
        raise PortfolioError(
            f"{by} makes a feature of this name.", where=f"{p.name}: features.{clash}", hint="Choose another name."
        )
    return p.model_copy(update={"features": {**p.features, **features}})


def _refuse_too_many(p: Portfolio) -> None:
    counts = {name: count_features(p.tables[name], section) for name, section in p.synthesis.items()}
    total = sum(counts.values())
    if total > MOST:
        most = max(counts, key=lambda name: counts[name])
        breakdown = ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: -item[1]))
        raise PortfolioError(
            f"would make {total:,} features, more than {MOST:,}: {breakdown}.",
            where=f"{p.name}: synthesis",
            hint=f"Narrow `of`, `measures`, `subsets` or `windows` of {most}.",
        )


def _with_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each table and feature knowing its own name, and the gate's metrics gathered."""
    result = dict(document)
    for section in ("tables", "features"):
        if isinstance(result.get(section), Mapping):
            result[section] = {k: {**v, "name": k} if isinstance(v, Mapping) else v for k, v in result[section].items()}
    tables = result.get("tables")
    if isinstance(tables, Mapping):
        result["tables"] = {k: {"from": k, **v} if isinstance(v, Mapping) else v for k, v in tables.items()}
    gate = result.get("acceptance")
    if isinstance(gate, Mapping) and "metrics" not in gate:
        result["acceptance"] = {
            "at": gate.get("at", "cut-off"),
            "metrics": {k: v for k, v in gate.items() if k != "at"},
        }
    return result


def _explain(error: ValidationError, document: Mapping[str, Any], name: str) -> PortfolioError:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"] if not str(part).startswith("function-")]
    if first["type"] == "extra_forbidden":
        keys = _known_keys(path[:-1])
        return PortfolioError(
            f"unknown key '{path[-1]}'.", where=_dotted_path(name, path), hint=did_you_mean(path[-1], keys)
        )
    if first["type"] == "missing":
        return PortfolioError(
            f"'{path[-1]}' is missing.", where=_dotted_path(name, path[:-1]), hint="It has no default: declare it."
        )
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] != "value_error":
        message = f"{message}; found {first['input']!r}."
    return PortfolioError(message, where=_dotted_path(name, path))


def _dotted_path(name: str, path: Iterable[str]) -> str:
    return ": ".join(part for part in (name, ".".join(path)) if part)


def _known_keys(path: list[str]) -> list[str]:
    """The keys a section of the file may have, found by walking the models along the path."""
    model: type[BaseModel] | None = Portfolio
    names_follow = False  # the last model is one of many under names a user gave: the next part is such a name
    for part in path:
        if model is None:
            return []
        if names_follow:
            names_follow = False
            continue
        field = next((f for k, f in model.model_fields.items() if (f.alias or k) == part), None)
        annotation = field.annotation if field else None
        model = next(_models_in(annotation), None)
        names_follow = any(get_origin(a) is Mapping for a in (annotation, *get_args(annotation)))
    hidden: set[str] = {"name"} if model in (Table, Feature) else {"texts", "as_of"} if model is Portfolio else set()
    return [field.alias or key for key, field in model.model_fields.items() if key not in hidden] if model else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def parse_document(document: Mapping[str, Any]) -> Portfolio:
    """A document as it is stored, its texts under `texts`, as a Portfolio. Raises as `parse`."""
    return parse({k: v for k, v in document.items() if k != "texts"}, texts=document.get("texts", {}))
