"""What does a portfolio declare of how its applicants' histories come about?

The generator of a portfolio with `many` tables: a file beside the portfolio, named by `[simulate] history`. Nothing
here reads a file: `parse` takes the document a TOML reader gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from fiador.errors import PortfolioError, did_you_mean
from fiador.expression import parse as parse_expression
from fiador.portfolio import Frozen, Link, Outlier, Portfolio, Table
from fiador.portfolio.fields import Share, Sql


class State(Frozen):
    """`[states.NAME]`: something about an applicant that no table holds, standard normal over applicants.

    `betrayed` is the share of its variance that the columns of the base table in `by` would tell if none were null,
    each as its weight says. A state with a `persistence` has a value a month, each that much like the month after it.
    """

    betrayed: Annotated[float, Field(ge=0, lt=1)]
    by: Annotated[Mapping[str, float], Field(min_length=1)]
    persistence: Annotated[float, Field(ge=0, lt=1)] | None = None


class TableHistory(Frozen):
    """`[tables.NAME]`: how many rows a parent has, how their columns hang on the states, and what must agree."""

    rows: Sql = parse_expression("1")
    first: str = ""
    month: Sql | None = None
    loads: Mapping[str, Mapping[str, float]] = {}
    consistent: Mapping[str, Sql] = {}
    holds: Mapping[str, Sql] = {}
    numbered_from: Annotated[int, Field(ge=0)] = 1
    duplicates: Share = 0.0
    orphans: Share = 0.0
    outliers: Mapping[str, Outlier] = {}


class DeclaredHistory(Frozen):
    """A whole generator: the states, the outcome they lead to, and the tables they leave rows in."""

    format: Literal[1] = 1
    logit: Sql
    unlabelled: Mapping[str, Share] = {}
    states: Annotated[Mapping[str, State], Field(min_length=1)]
    tables: Mapping[str, TableHistory]


def parse(document: Mapping[str, Any], portfolio: Portfolio) -> DeclaredHistory:
    """The generator a document declares; PortfolioError where it names a table, state or key there isn't."""
    where = f"{portfolio.name}: simulate.history"
    try:
        history = DeclaredHistory.model_validate(dict(document))
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
        hint = "Look at docs/how-to/simulate.md for what may stand there."
        raise PortfolioError(f"{path}: {first['msg'].removeprefix('Value error, ')}.", where=where, hint=hint) from None
    _require_known(history.tables, portfolio.tables, "table", where)
    undeclared = [table for table in portfolio.tables if table not in history.tables]
    if undeclared:
        raise PortfolioError(f"says nothing of table '{undeclared[0]}'.", where=where, hint="Give it [tables.NAME].")
    _require_known(history.unlabelled, portfolio.tables[portfolio.base].source_names, "file of applications", where)
    _require_known(map(str, history.logit.refs), history.states, "state", f"{where}: logit")
    for name, table in history.tables.items():
        _check_table(name, table, history, portfolio)
    return history


def _check_table(name: str, table: TableHistory, history: DeclaredHistory, portfolio: Portfolio) -> None:
    where = f"{portfolio.name}: simulate.history: tables.{name}"
    for states in table.loads.values():
        _require_known(states, history.states, "state", where)
    if portfolio.tables[name].one:
        what = "is looked up by one row: histories are drawn of a base table and `many` tables."
        raise PortfolioError(what, where=where, hint="Give the base table its columns.")
    if ("rows" in table.model_fields_set) == (name == portfolio.base):
        what = "an application is one row" if name == portfolio.base else "no `rows`"
        raise PortfolioError(f"{what}.", where=where, hint="`rows` is how many rows of it a parent has.")


def _require_known(names: Iterable[str], known: Iterable[str], what: str, where: str) -> None:
    for name in names:
        if name not in known:
            raise PortfolioError(f"no {what} '{name}'.", where=where, hint=did_you_mean(name, known))


def parent_of(table: Table, base: str) -> Link | None:
    """The link a table's rows are drawn under: the one to another `many` table where there is one."""
    return next((link for link in table.many if link.of != base), table.link)


def in_order(portfolio: Portfolio) -> tuple[str, ...]:
    """The tables, each after the one its rows are drawn under."""
    ordered = [portfolio.base]
    while len(ordered) < len(portfolio.tables):
        for name, table in portfolio.tables.items():
            link = parent_of(table, portfolio.base)
            if name not in ordered and link is not None and link.of in ordered:
                ordered.append(name)
    return tuple(ordered)


def digest(document: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """What a generator is known by: the sha256 of its declaration and the profile it draws from.

    >>> digest({"a": 1}, {"b": 2}) == digest({"a": 1}, {"b": 3})
    False
    """
    text = json.dumps([document, profile], sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
