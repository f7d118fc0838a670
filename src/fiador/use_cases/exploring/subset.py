"""Which applications does a question ask about? Its group, its filter and its variables, read and refused in words."""

from __future__ import annotations

from dataclasses import dataclass

from fiador.errors import RequestError, UnknownKeyError, did_you_mean
from fiador.portfolio.parameters import read_number
from fiador.use_cases import applications
from fiador.use_cases.exploring.population import Conditions, Population, Row, conditions
from fiador.use_cases.exploring.sql import GROUPS, OPERATORS, client_sql, condition, digest_sql
from fiador.use_cases.exploring.variables import KnownVariable


@dataclass(frozen=True)
class Filter:
    """A condition on one variable, its value as it was typed; no variable is no condition."""

    variable: str | None = None
    operator: str | None = None
    value: str | None = None


NO_FILTER = Filter()


@dataclass(frozen=True)
class Subset:
    """The applications of a group that a filter leaves: the condition in SQL, its values, and what fixes the draws.

    filtered: which applications of all the filter leaves; empty where it leaves everybody.
    """

    group: str
    where: str
    values: Row
    filtered: str = ""

    def of(self, *more: str) -> Conditions:
        """What a count within this question is of."""
        return conditions(self.group, self.filtered, *more)


def select_applications(population: Population, group: str, filter_: Filter = NO_FILTER) -> Subset:
    """A group and a filter as a question; RequestError where they make no sense.

    Two filters that leave the same applications of all are one question: typed otherwise it gets no second draw.
    """
    require_group(group)
    if filter_.variable is None:
        if filter_.operator or filter_.value:
            raise RequestError("names no variable.", where="filter_variable", hint="Name one, or filter by nothing.")
        return Subset(group, *condition(group))
    variable = find_variable(population, filter_.variable)
    operator = _operator(variable, filter_.operator or "")
    comparand = _comparand(variable, operator, filter_.value)
    everywhere, values = condition("all", variable, operator, comparand)
    digest = str(population.ask(digest_sql(population.table, everywhere), values)[0]["digest"])
    filtered = "" if digest == population.everybody else f"filtered {digest}"
    return Subset(group, condition(group, variable, operator, comparand)[0], values, filtered)


def find_variable(population: Population, name: str) -> KnownVariable:
    """A variable by its name; UnknownKeyError where there is none, or it is a date."""
    variables = {n: v for n, v in population.variables.items() if v.kind != "date"}
    if name not in variables:
        raise UnknownKeyError(f"no variable '{name}'.", where="variable", hint=did_you_mean(name, variables))
    return variables[name]


def require_group(group: str) -> None:
    """Pass, or a RequestError for a group that is none."""
    if group not in GROUPS:
        raise RequestError(f"no group '{group}'.", where="group", hint=did_you_mean(group, GROUPS))


def find_client(population: Population, key: str) -> Row:
    """The row of an application; UnknownKeyError where nobody has the key."""
    rows = population.ask(client_sql(population.table), {"key": key})
    if not rows:
        raise applications.unknown_application(population.bundle, key)
    return rows[0]


def _operator(variable: KnownVariable, operator: str) -> str:
    if operator not in OPERATORS:
        what = f"no operator '{operator}'." if operator else "is missing."
        raise RequestError(what, where="filter_operator", hint=f"One of {', '.join(OPERATORS)}.")
    if variable.kind == "level" and operator in ("lt", "le", "gt", "ge"):
        what = f"'{operator}' orders, and '{variable.name}' is a level."
        raise RequestError(what, where="filter_operator", hint="Write eq, ne, missing or given.")
    return operator


def _comparand(variable: KnownVariable, operator: str, typed: str | None) -> object:
    """The value a filter compares with."""
    if operator in ("missing", "given"):
        return None
    if not typed:
        hint = "Give the value to compare with, or filter by missing."
        raise RequestError("is missing.", where="filter_value", hint=hint)
    if variable.kind == "level":
        return typed
    try:
        return read_number(typed)
    except ValueError as error:
        raise RequestError(f"{typed[:60]!r}: {error}.", where="filter_value") from None
