"""What does a lender declare about one lending portfolio?

The portfolio file (format 1) as frozen, validated values. Nothing here reads a file: `parse` takes the document a TOML
reader gives, and answers a `Portfolio` or a PortfolioError with the dotted path and the nearest known word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from fiador.errors import PortfolioError, did_you_mean
from fiador.portfolio.as_of import AsOf, read_as_of
from fiador.portfolio.features import Feature, LearnedFeature, SynthesisedFeature
from fiador.portfolio.fields import Frozen, Names, Says, Share, Sql, require_timezone
from fiador.portfolio.learned import Learned, learned_features
from fiador.portfolio.synthesis import MOST, Synthesis, carried_features, count_features, synthesise, wording_below
from fiador.portfolio.tables import Breach, Expectation, InDevelopment, Kind, Link, Table, Unit
from fiador.portfolio.wording import Wording
from fiador.words import LANGUAGES

__all__ = [
    "FORMAT", "RESERVED", "Acceptance", "Aim", "AsOf", "Breach", "Consistency", "Costs", "Expectation",
    "Feature", "Frozen", "Head", "InDevelopment", "Kind", "Learned", "LearnedFeature", "Link", "Points", "Policy",
    "Portfolio", "Rule", "Simulation", "Synthesis", "SynthesisedFeature", "Table", "Target", "Training", "Unit",
    "merge", "parse", "read_as_of",
]  # fmt: skip
FORMAT = 1
RESERVED = ("key", "exposure", "applicant", "target", "dropped_by", "decided_at")
Aim = Literal["auc", "average_precision", "brier", "log_loss", "ks", "gini"]


class Head(Frozen):
    """`[portfolio]`: its name, its base table and what identifies an application."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: Annotated[str, BeforeValidator(require_timezone)] = "UTC"
    source: str = ""
    rows: str
    key: str
    applicant: str | None = None
    decided_at: str | None = None


class Target(Frozen):
    """`[target]`: the only place that may look past the decision; never compiled into scoring."""

    column: str
    bad: int | str = 1
    good: int | str = 0
    means: Says

    @model_validator(mode="after")
    def _two_classes(self) -> Target:
        if self.bad == self.good:
            raise ValueError(f"bad and good are both {self.bad!r}. Give each its own value.")
        return self


class Consistency(Frozen):
    """`[consistency.NAME]`: a rule an application's columns should obey together. A null result is no breach."""

    holds: Sql
    breach: Literal["keep", "refer", "refuse"] = "keep"
    development: InDevelopment = "keep"
    says: Says


class Reviewer(Frozen):
    """What a referral gains: the share of bads a reviewer catches, and of goods wrongly declined."""

    catches: Share
    wrongly_declines: Share


class Costs(Frozen):
    """`[costs]`: money per loan (exposure, lgd, margin), or a matrix (bad_approved, good_declined)."""

    exposure: Sql | None = None
    lgd: Annotated[float, Field(gt=0, le=1)] | None = None
    margin: Annotated[float, Field(gt=0)] | None = None
    bad_approved: Annotated[float, Field(gt=0)] | None = None
    good_declined: Annotated[float, Field(gt=0)] | None = None
    review: Annotated[float, Field(ge=0)] | None = None
    reviewer: Reviewer | None = None

    @property
    def is_money(self) -> bool:
        return self.exposure is not None

    @model_validator(mode="after")
    def _one_kind(self) -> Costs:
        money = [self.exposure, self.lgd, self.margin]
        matrix = [self.bad_approved, self.good_declined]
        if not (all(v is not None for v in money) and not any(v is not None for v in matrix)) and not (
            all(v is not None for v in matrix) and not any(v is not None for v in money)
        ):
            raise ValueError("takes either exposure, lgd and margin, or bad_approved and good_declined; each complete.")
        if (self.review is None) != (self.reviewer is None):
            raise ValueError(
                "review and reviewer = { catches, wrongly_declines } go together; without them nothing is referred."
            )
        return self


class Rule(Frozen):
    """`[policy.rules.NAME]`: an outcome the lender imposes whatever the PD."""

    when: Sql
    outcome: Literal["refer", "decline"]
    if_missing: Literal["refer", "decline", "ignore"] = "ignore"
    says: Says


class Policy(Frozen):
    """`[policy]`: what the model may not see, what it may see only when said so, and the rules."""

    protected: Names = ()
    lender_set: Names = ()
    ship_lender_set: bool = False
    rules: Mapping[str, Rule] = {}


class Selection(Frozen):
    """`[selection]`: how many features a model may read. A bound left out is asked only of more than `most`."""

    most: Annotated[int, Field(ge=1)] = 200
    null_rate: Share | None = None
    correlation: Share | None = None
    chance: Literal["drop", "keep"] | None = None


class Training(Frozen):
    """`[training]`: folds, seed, aim and calibrator of the comparison."""

    folds: Annotated[int, Field(ge=2, le=20)] = 5
    seed: Annotated[int, Field(ge=0)] = 0
    aim: Aim = "auc"
    calibrator: str = "platt"
    candidates: Names = ()


class Points(Frozen):
    """`[points]`: the score scale. `score` points mean `odds` goods to one bad; `pdo` points double the odds."""

    score: float = 600
    odds: Annotated[float, Field(gt=0)] = 50
    pdo: Annotated[float, Field(gt=0)] = 20


class Bounds(Frozen):
    min: float | None = None
    max: float | None = None


class Acceptance(Frozen):
    """`[acceptance]`: the gate. A champion that misses is not approved, and the exit status says so."""

    at: Literal["cut-off"] = "cut-off"
    metrics: Mapping[str, Bounds] = {}


class Outlier(Frozen):
    share: Share
    values: tuple[float, ...]


class DamagedRows(Frozen):
    share: Share
    columns: tuple[str, ...]


class Simulation(Frozen):
    """`[simulate]`: how a database of this shape is drawn: latent states, consistency, then dirt."""

    profile: str = "profile.json"
    latent: tuple[str, ...] = ("income", "discipline", "stress")
    signal: float = 2.5
    consistent: Mapping[str, Sql] = {}
    duplicates: Share = 0.0
    blank_keys: Mapping[str, Share] = {}
    outliers: Mapping[str, Outlier] = {}
    damaged: DamagedRows | None = None
    history: str = ""


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
    merged = dict(base)
    for key, value in overlay.items():
        below = merged.get(key)
        if value is False and not isinstance(below, bool):
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            merged[key] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged


def parse(document: Mapping[str, Any], *, texts: Mapping[str, Any] | None = None) -> Portfolio:
    """Validate a portfolio document (as read from TOML, overlays merged).

    `texts`: per language, `columns` and `levels` in words. Raises PortfolioError with the dotted path of what is wrong.
    """
    name = (
        str((document.get("portfolio") or {}).get("name", "portfolio"))
        if isinstance(document.get("portfolio"), Mapping)
        else "portfolio"
    )
    if document.get("format") != FORMAT:
        found = document.get("format")
        raise PortfolioError(
            f"format is {found!r}; this version reads format {FORMAT}.",
            where=name,
            hint=f"Write `format = {FORMAT}` at the top.",
        )
    try:
        portfolio = Portfolio.model_validate({**_with_names(document), "texts": texts or {}})
    except ValidationError as error:
        raise _explained(error, document, name) from None
    _check_tables(portfolio)
    _check_texts(portfolio)
    portfolio = _with_learned(_with_synthesis(portfolio))
    _check_references(portfolio)
    return portfolio


def _with_synthesis(p: Portfolio) -> Portfolio:
    """The portfolio with every feature its synthesis makes for an application, those a person thought of first."""
    for name, declared in p.synthesis.items():
        where = f"{p.name}: synthesis.{name}"
        if name not in p.tables or not p.tables[name].many:
            many = [t.name for t in p.tables.values() if t.many]
            raise PortfolioError(f"'{name}' is not a `many` table.", where=where, hint=did_you_mean(name, many))
        declared.check(p.tables[name], where)
    _refuse_too_many(p)
    made: dict[str, Feature] = {}
    for name, declared in p.synthesis.items():
        if any(not p.tables[link.of].many for link in p.tables[name].many):
            wording = wording_below(p.tables[name], p.tables, p.synthesis, p._wording)
            made |= synthesise(p.tables[name], declared, wording)
    return _with_made(p, made, "synthesis")


def _with_learned(p: Portfolio) -> Portfolio:
    """The portfolio with the features made of what models will say of its tables' rows."""
    made: dict[str, Feature] = {}
    for name, declared in p.learned.items():
        where = f"{p.name}: learned.{name}"
        if name not in p.tables:
            raise PortfolioError(f"no table '{name}'.", where=where, hint=did_you_mean(name, p.tables))
        declared.check(p.tables[name], p.tables, where)
        made |= learned_features(p.tables[name], declared, p._wording)
    return _with_made(p, made, "[learned]")


def _with_made(p: Portfolio, made: Mapping[str, Feature], by: str) -> Portfolio:
    """The portfolio with these features last; PortfolioError where one has a name that is taken."""
    twice = next((name for name in made if name in p.features), None)
    if twice:
        raise PortfolioError(
            f"{by} makes a feature of this name.", where=f"{p.name}: features.{twice}", hint="Choose another name."
        )
    return p.model_copy(update={"features": {**p.features, **made}})


def _refuse_too_many(p: Portfolio) -> None:
    counts = {name: count_features(p.tables[name], declared) for name, declared in p.synthesis.items()}
    total = sum(counts.values())
    if total > MOST:
        most = max(counts, key=lambda name: counts[name])
        told = ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: -item[1]))
        raise PortfolioError(
            f"would make {total:,} features, more than {MOST:,}: {told}.",
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


def _explained(error: ValidationError, document: Mapping[str, Any], name: str) -> PortfolioError:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"] if not str(part).startswith("function-")]
    if first["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        return PortfolioError(
            f"unknown key '{path[-1]}'.", where=_dotted(name, path), hint=did_you_mean(path[-1], known)
        )
    if first["type"] == "missing":
        return PortfolioError(
            f"'{path[-1]}' is missing.", where=_dotted(name, path[:-1]), hint="It has no default: declare it."
        )
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] != "value_error":
        said = f"{said}; found {first['input']!r}."
    return PortfolioError(said, where=_dotted(name, path))


def _dotted(name: str, path: Iterable[str]) -> str:
    return ": ".join(part for part in (name, ".".join(path)) if part)


def _known_keys(path: list[str]) -> list[str]:
    """The keys a section of the file may have, found by walking the models along the path."""
    model: type[BaseModel] | None = Portfolio
    named = False  # the last model is one of many under names a user gave: the next part is such a name
    for part in path:
        if model is None:
            return []
        if named:
            named = False
            continue
        field = next((f for k, f in model.model_fields.items() if (f.alias or k) == part), None)
        annotation = field.annotation if field else None
        model = next(_models_in(annotation), None)
        named = any(get_origin(a) is Mapping for a in (annotation, *get_args(annotation)))
    hidden: set[str] = {"name"} if model in (Table, Feature) else {"texts", "as_of"} if model is Portfolio else set()
    return [field.alias or key for key, field in model.model_fields.items() if key not in hidden] if model else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _check_tables(p: Portfolio) -> None:
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


def _check_references(p: Portfolio) -> None:
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
    for name in p.features:
        if name in RESERVED:
            where = f"{p.name}: features.{name}"
            raise PortfolioError(
                f"'{name}' is a column of fiador's own.", where=where, hint="Give the feature another name."
            )
    if not p.features:
        raise PortfolioError(
            "no feature is declared.", where=f"{p.name}: features", hint="Declare at least one [features.NAME]."
        )


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


def _check_texts(p: Portfolio) -> None:
    """Where a portfolio has texts, every declared level of every feature's column is said in every language."""
    if not p.texts:
        return
    for table in p.tables.values():
        for column, expectation in table.expect.items():
            for language in (language.code for language in LANGUAGES):
                words = p.texts.get(language, {}).get("levels", {}).get(column, {})
                unsaid = [level for level in expectation.levels or () if level not in words]
                if unsaid:
                    where = f"{p.name}: texts/{language}.toml: levels.{column}"
                    raise PortfolioError(f"no words for level '{unsaid[0]}'.", where=where, hint="Add a line for it.")


def parse_document(document: Mapping[str, Any]) -> Portfolio:
    """A document of `read_document` as a Portfolio."""
    return parse({k: v for k, v in document.items() if k != "texts"}, texts=document.get("texts", {}))
