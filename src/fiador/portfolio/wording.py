"""How is a feature that nobody worded said: "measure: column (table, subset, window)"?

Words come from the portfolio's `texts/`, in every language, and never fall back to another: a missing one is an error
that names the file and the line to add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fiador.errors import PortfolioError
from fiador.measures import MEASURES
from fiador.portfolio.tables import Table
from fiador.words import LANGUAGES, say

_COLON = {"en": ": ", "fr": "\N{NO-BREAK SPACE}: ", "pt-BR": ": "}
CODES = tuple(language.code for language in LANGUAGES)


@dataclass(frozen=True)
class Phrase:
    """What a feature's words are made of. level: of which level it is the share; None is a missing value."""

    table: str
    measure: str
    column: str = ""
    subset: str = ""
    window: str = ""
    level: str | None = ""


@dataclass(frozen=True)
class Wording:
    """A portfolio's texts by language: `columns`, `levels`, `tables`, `subsets` and `windows`.

    A word stands for every table (`[columns] AMT = "amount"`) or for one (`[columns.bureau] AMT = "loan amount"`).
    below: the words of features that the table's rows carry up from tables under it. lacking: (language, part, name) of
    the words asked for and not there; `require` tells them all at once.
    """

    portfolio: str
    tables: Mapping[str, Table]
    texts: Mapping[str, Any]
    below: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lacking: list[tuple[str, str, str]] = field(default_factory=list)

    def column(self, table: str, column: str, language: str) -> str:
        """A column in words, '' where the texts have none."""
        return self._words("columns", table, column, language)

    def compose(self, phrase: Phrase) -> dict[str, str]:
        """The words of one feature in every language."""
        return {code: self._compose(phrase, code) for code in CODES}

    def require(self) -> None:
        """PortfolioError where words that were asked for are not there: all of them, by file and part."""
        if not self.lacking:
            return
        missing = list(dict.fromkeys(self.lacking))
        language, part, name = missing[0]
        parts: dict[str, list[str]] = {}
        for code, of, each in missing[1:]:
            parts.setdefault(f"{code}.toml {of}", []).append(each)
        others = "; ".join(f"{of}: {', '.join(names)}" for of, names in parts.items())
        raise PortfolioError(
            f"no words for '{name}'.",
            where=f"{self.portfolio}: texts/{language}.toml: {part}",
            hint=f"Add a line for it, and for {others}." if others else "Add a line for it.",
        )

    def _compose(self, phrase: Phrase, language: str) -> str:
        measure = MEASURES[phrase.measure]
        words = say(measure.key, language, count=measure.latest)
        if phrase.column:
            words += f"{_COLON[language]}{self._column(phrase.table, phrase.column, language)}"
        if phrase.level != "":
            words += f" = {self._level(phrase.column, phrase.level, language)}"
        around = [self._table(phrase.table, language)]
        around += [self._need("subsets", phrase.table, phrase.subset, language)] if phrase.subset else []
        around += [self._need("windows", phrase.table, phrase.window, language)] if phrase.window else []
        return f"{words} ({', '.join(around)})"

    def _table(self, table: str, language: str) -> str:
        says = self.tables[table].says
        return says[language] if says else self._need("tables", table, table, language)

    def _level(self, column: str, level: str | None, language: str) -> str:
        if level is None:
            return {"en": "missing", "fr": "absent", "pt-BR": "ausente"}[language]
        words = self.texts.get(language, {}).get("levels", {}).get(column, {})
        return str(words[level]) if level in words else self._lacks(f"levels.{column}", level, language)

    def _column(self, table: str, column: str, language: str) -> str:
        """A column; where the texts don't name it, the feature of a table under it that it is, or is derived from."""
        words = self._words("columns", table, column, language)
        if words:
            return words
        derivation = self.tables[table].derive.get(column)
        origin = str(derivation.refs[0]) if derivation and len(derivation.refs) == 1 else column
        if origin not in self.below:
            return self._lacks(f"columns.{table}", column, language)
        return self.below[origin][language]

    def _need(self, part: str, table: str, name: str, language: str) -> str:
        words = self._words(part, table, name, language)
        return words or self._lacks(part if part == "tables" else f"{part}.{table}", name, language)

    def _words(self, part: str, table: str, name: str, language: str) -> str:
        entries = self.texts.get(language, {}).get(part, {})
        own = entries.get(table)
        words = (own.get(name) if isinstance(own, Mapping) else None) or entries.get(name)
        return words if isinstance(words, str) else ""

    def _lacks(self, part: str, name: str, language: str) -> str:
        self.lacking.append((language, part, name))
        return name
