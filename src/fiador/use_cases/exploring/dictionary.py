"""What is each variable called, what is it made of, and how is a value of it said?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fiador import words
from fiador.bundle import Bundle
from fiador.features.plan import Plan
from fiador.use_cases.catalogue import definition
from fiador.use_cases.exploring.variables import KnownVariable

Value = float | str | None


@dataclass(frozen=True)
class Dictionary:
    """A bundle's variables in words. query: its compiled features, which know what each of them reads."""

    bundle: Bundle
    query: Plan

    def says(self, variable: KnownVariable, language: str) -> str:
        """Its name in words."""
        p = self.bundle.portfolio
        return (
            p.column_says(variable.table, variable.raw, language)
            if variable.table
            else self._says(variable.name, language)
        )

    def _says(self, feature: str, language: str) -> str:
        return self.bundle.portfolio.features[feature].says[language]

    def unit(self, variable: KnownVariable) -> str:
        """What it is counted in, as a feature declares it; a raw whole number is `whole`."""
        if not variable.table:
            return self.bundle.portfolio.features[variable.name].unit
        return "whole" if self.bundle.raw[variable.table][variable.raw].type == "integer" else "number"

    def definition(self, variable: KnownVariable) -> str:
        """How it is made: its expression, its measure, or the raw column it is."""
        if variable.table:
            return f"{variable.table}.{variable.raw}"
        feature = self.bundle.portfolio.features[variable.name]
        if feature.measure:
            return definition(feature)
        return str(feature.row) if feature.row else next(iter(self._columns(variable.name)), feature.name)

    def _columns(self, feature: str) -> list[str]:
        """The raw columns a feature reads, as `table.column`."""
        dotted = {f"{t}.{c}" for t, columns in self.bundle.raw.items() for c in columns}
        return sorted(self.query.reads[feature] & dotted)

    def column(self, variable: KnownVariable) -> tuple[str, str]:
        """(table, column) of a variable that is a raw column as it stands; both empty for one that is computed."""
        if variable.table:
            return variable.table, variable.raw
        feature = self.bundle.portfolio.features[variable.name]
        if feature.measure or feature.row:
            return "", ""
        table, _, column = self.definition(variable).partition(".")
        return table, column

    def tables(self, variable: KnownVariable) -> list[str]:
        """The raw tables it is made from."""
        if variable.table:
            return [variable.table]
        reads = self.query.reads[variable.name]
        dotted = {each.split(".", 1)[0] for each in self._columns(variable.name)}
        of = (self.bundle.portfolio.features[variable.name].of or "").split(".", 1)[0]
        return [table for table in self.bundle.raw if table in dotted or (table == of and table in reads)]

    def used(self, variable: KnownVariable) -> bool:
        """Whether the model reads it, itself or through a feature."""
        if not variable.table:
            return variable.name in self.bundle.model.features
        dotted = f"{variable.table}.{variable.raw}"
        return any(dotted in self.query.reads[feature] for feature in self.bundle.model.features)

    def lender_set(self, variable: KnownVariable) -> bool:
        """Whether it is the lender's own opinion, or made from it."""
        opinions = set(self.bundle.portfolio.policy.lender_set)
        if variable.table:
            return bool(opinions & {variable.raw, f"{variable.table}.{variable.raw}"})
        return variable.name in self.query.touching(opinions)

    def declared_levels(self, variable: KnownVariable) -> tuple[str, ...]:
        """The levels the portfolio expects, in its order; none for what it says nothing of."""
        table, column = self.column(variable)
        expected = self.bundle.portfolio.tables[table].expect.get(column) if table else None
        return (expected.levels or ()) if expected else ()

    def level_says(self, variable: KnownVariable, level: str | None, language: str) -> str:
        """A level in words; None is every other one."""
        if level is None:
            return words.say("level.other", language)
        table, raw = self.column(variable)
        if table and self.bundle.raw[table][raw].type == "boolean" and level in ("true", "false"):
            return words.say(f"value.{level}", language)
        return self.bundle.portfolio.level_says(raw or variable.name, level, language)

    def value_says(self, variable: KnownVariable, value: Value, language: str) -> str:
        """A value in words: a number in its unit, a level as the texts say it."""
        if isinstance(value, str):
            return (
                words.date(value, language) if variable.kind == "date" else self.level_says(variable, value, language)
            )
        currency = self.bundle.portfolio.head.currency
        return words.quantity(value, self.unit(variable), language, currency=currency)

    def entry(self, variable: KnownVariable, language: str) -> dict[str, Any]:
        """variable, says, kind and unit: how every answer names a variable."""
        return {
            "variable": variable.name,
            "says": self.says(variable, language),
            "kind": variable.kind,
            "unit": self.unit(variable),
        }
