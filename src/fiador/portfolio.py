"""What does a lender declare about one lending portfolio?

The portfolio file (format 1) as frozen, validated values. Nothing here reads a file: `parse` takes the document a TOML
reader gives, and answers a `Portfolio` or a PortfolioError with the dotted path and the nearest known word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import Expression
from fiador.expression import parse as parse_expression
from fiador.words import LANGUAGES

FORMAT = 1
RESERVED = ("key", "exposure", "applicant", "target", "dropped_by")
ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
Breach = Literal["keep", "null", "refer", "refuse"]
InDevelopment = Literal["keep", "drop"]
Aim = Literal["auc", "average_precision", "brier", "log_loss", "ks", "gini"]
RowMeasure = Literal["rows", "mean", "min", "max", "sum"]


def _says(value: object) -> object:
    """A plain string is said alike in every language; a table must name them all."""
    codes = [language.code for language in LANGUAGES]
    if isinstance(value, str):
        return dict.fromkeys(codes, value)
    if isinstance(value, Mapping):
        missing = [code for code in codes if not value.get(code)]
        if missing:
            raise ValueError(f"no words for {', '.join(missing)}. Every language is said: {', '.join(codes)}.")
        extra = sorted(set(value) - set(codes))
        if extra:
            raise ValueError(f"unknown language '{extra[0]}'. {did_you_mean(extra[0], codes)}")
    return value


def _timezone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone '{value}'. Write one such as America/Sao_Paulo, or UTC.") from None
    return value


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _pairs(value: object) -> object:
    """`on` as pairs (parent column, child column): a name, a list of names, or { parent column = child column }."""
    if isinstance(value, str):
        return ((value, value),)
    if isinstance(value, Mapping):
        return tuple(value.items())
    if isinstance(value, list | tuple) and all(isinstance(v, str | list | tuple) for v in value):
        return tuple((v, v) if isinstance(v, str) else tuple(v) for v in value)
    return value


def _links(value: object) -> object:
    return (value,) if isinstance(value, Mapping) else value


def _expectation(value: object) -> object:
    return {"levels": value} if isinstance(value, list | tuple) else value


Says = Annotated[Mapping[str, str], BeforeValidator(_says)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Sql = Annotated[Expression, BeforeValidator(parse_expression), PlainSerializer(str, return_type=str)]
Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """A value of the portfolio: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)


class Head(Frozen):
    """`[portfolio]`: its name, its base table and what identifies an application."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: Annotated[str, BeforeValidator(_timezone)] = "UTC"
    source: str = ""
    rows: str
    key: str
    applicant: str | None = None


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


class Link(Frozen):
    """How a table hangs under another: the parent's columns and its own."""

    of: str
    on: Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs), Field(min_length=1)]


class Expectation(Frozen):
    """What a column's values should be, and what happens to one that isn't.

    A breached value is null before anything reads it (unless `keep`), in development as at the counter; `refer` and
    `refuse` act on the decision as well. `development = "drop"` also leaves the application out of development. A null
    breaches only where the column is `required`.
    """

    levels: tuple[str, ...] | None = None
    min: float | None = None
    max: float | None = None
    required: bool = False
    breach: Breach = "null"
    development: InDevelopment = "keep"

    @model_validator(mode="after")
    def _has_content(self) -> Expectation:
        if self.levels is None and self.min is None and self.max is None and not self.required:
            raise ValueError("expects nothing. Give levels, min, max or required.")
        if self.levels is not None and (self.min is not None or self.max is not None):
            raise ValueError("has both levels and a range. Give one.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}.")
        return self


class Table(Frozen):
    """`[tables.NAME]`: one raw table, how it hangs under another, its cleaning and its expectations."""

    name: str
    source_names: Annotated[Names, Field(alias="from")] = ()
    columns: Mapping[str, ColumnType] = {}
    says: Says | None = None
    one: Link | None = None
    many: Annotated[tuple[Link, ...], BeforeValidator(_links)] = ()
    key: Names = ()
    blank_key: Literal["refuse", "drop"] = "refuse"
    duplicate_key: Literal["refuse"] = "refuse"
    orphans: Literal["count", "refuse"] = "count"
    where: Sql | None = None
    known: Sql | None = None
    clean: Mapping[str, Sql] = {}
    expect: Mapping[str, Annotated[Expectation, BeforeValidator(_expectation)]] = {}

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link to a parent: its `one`, or each of its `many`; none for the base table."""
        return (self.one,) if self.one else self.many

    @property
    def link(self) -> Link | None:
        """Its `one` link, or its first `many` link; None for the base table."""
        return self.one or (self.many[0] if self.many else None)


class Consistency(Frozen):
    """`[consistency.NAME]`: a rule an application's columns should obey together. A null result is no breach."""

    holds: Sql
    breach: Literal["keep", "refer", "refuse"] = "keep"
    development: InDevelopment = "keep"
    says: Says


class Feature(Frozen):
    """`[features.NAME]`: an expression over one application's row, or one measure over its rows in a `many` table."""

    name: str
    row: Sql | None = None
    measure: RowMeasure | None = None
    of: str | None = None
    where: Sql | None = None
    empty: Literal["null", "declared"] = "declared"
    risk: Literal["up", "down"] | None = None
    group: str = ""
    unit: Literal["number", "money", "percent", "percent_points", "years", "whole"] = "number"
    says: Says

    @model_validator(mode="after")
    def _one_way(self) -> Feature:
        if self.measure is None and (self.of is not None or self.where is not None):
            raise ValueError("has `of` or `where` without a `measure`.")
        if self.measure is not None and (self.row is not None or self.of is None):
            raise ValueError("a measure needs `of` (table, or table.column) and no `row`.")
        return self


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


class Damaged(Frozen):
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
    damaged: Damaged | None = None


class Portfolio(Frozen):
    """One lending portfolio, as declared."""

    format: Literal[1] = 1
    head: Annotated[Head, Field(alias="portfolio")]
    target: Target
    tables: Mapping[str, Table]
    features: Mapping[str, Feature]
    consistency: Mapping[str, Consistency] = {}
    costs: Costs
    policy: Policy = Policy()
    training: Training = Training()
    points: Points = Points()
    acceptance: Acceptance = Acceptance()
    simulate: Simulation | None = None
    texts: Mapping[str, Any] = {}

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

    def level_says(self, column: str, level: str, language: str) -> str:
        """A level in words: from `texts/`, or the level itself where the portfolio has no texts for the column."""
        words = self.texts.get(language, {}).get("levels", {}).get(column, {})
        return str(words.get(level, level))

    def column_says(self, table: str, column: str, language: str) -> str:
        """A raw column in words: the texts, else the feature of that name, else the column's own name."""
        words = self.texts.get(language, {}).get("columns", {})
        feature = self.features.get(column)
        return str(words.get(column) or (feature.says[language] if feature else column))


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
    _check_references(portfolio)
    _check_texts(portfolio)
    return portfolio


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
    hidden = {"name"} if model in (Table, Feature) else {"texts"} if model is Portfolio else set()
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
        if table.one and table.many:
            raise PortfolioError("is both `one` and `many`.", where=where, hint="Keep one of them.")
        for link in table.links:
            if link.of not in p.tables:
                raise PortfolioError(f"no table '{link.of}'.", where=where, hint=did_you_mean(link.of, p.tables))
    for table in p.tables.values():
        _check_chain(p, table)


def _check_many(table: Table, where: str) -> None:
    """What is declared for one row of an application makes no sense for many, and the other way round."""
    if table.known and not table.many:
        raise PortfolioError("`known` is for a `many` table.", where=where, hint="Use `where`, or `expect`.")
    for column, expectation in table.expect.items() if table.many else ():
        if expectation.breach not in ("null", "keep") or expectation.development == "drop":
            what = "a row of many can't refer, refuse or drop its application"
            raise PortfolioError(
                f"{what}.", where=f"{where}.expect.{column}", hint="Use null or keep; or a rule on a feature."
            )


def _check_chain(p: Portfolio, table: Table) -> None:
    seen = [table.name]
    while link := p.tables[seen[-1]].link:
        if link.of in seen:
            raise PortfolioError(
                f"the links go round: {' -> '.join([*seen, link.of])}.", where=f"{p.name}: tables.{table.name}"
            )
        seen.append(link.of)
    for above in seen[1:]:
        if p.tables[above].many:
            raise PortfolioError(
                f"hangs under '{above}', which has many rows itself.",
                where=f"{p.name}: tables.{table.name}",
                hint="Two levels of `many` are not compiled yet: link it to the base table.",
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
        table = (feature.of or "").split(".")[0]
        if feature.measure and (table not in p.tables or not p.tables[table].many):
            many = [t.name for t in p.tables.values() if t.many]
            where = f"{p.name}: features.{feature.name}.of"
            raise PortfolioError(f"'{table}' is not a `many` table.", where=where, hint=did_you_mean(table, many))
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
