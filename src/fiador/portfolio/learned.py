"""Which features does `[learned.TABLE]` make: measures of the risk that a model sees in each row of a table?

The model is fitted on the table's rows with their application's outcome. What it says of a row is a column of that row,
`learned`, measured as any other; only training and scoring can fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from fiador.errors import PortfolioError, did_you_mean
from fiador.measures import MEASURES
from fiador.portfolio.features import LearnedFeature
from fiador.portfolio.fields import Frozen, Names, Sql
from fiador.portfolio.synthesis import feature_name
from fiador.portfolio.tables import Table
from fiador.portfolio.wording import Phrase, Wording

LEARNED = "learned"
SAYS = {"en": "learned risk of a record", "fr": "risque appris d’une ligne", "pt-BR": "risco aprendido de um registro"}
Rising = Literal["mean", "min", "max", "first", "last", "recent"]  # each rises where a row's risk does


class Learned(Frozen):
    """`[learned.TABLE]`: a model over the table's rows, fitted with their application's outcome, and its measures."""

    of: Annotated[Names, Field(min_length=1)]
    measures: Annotated[tuple[Rising, ...], Field(min_length=1)] = ("mean", "max", "last")
    where: Sql | None = None
    within: Annotated[float, Field(gt=0)] | None = None

    def check(self, table: Table, tables: Mapping[str, Table], where: str) -> None:
        """PortfolioError where its rows aren't the application's own, or need a clock the table hasn't."""
        if not any(not tables[link.of].many for link in table.many):
            many = [t.name for t in tables.values() if any(not tables[link.of].many for link in t.many)]
            what = f"'{table.name}' is no table whose many rows hang under the application's own row."
            raise PortfolioError(what, where=where, hint=did_you_mean(table.name, many))
        clock_measure = next((m for m in self.measures if MEASURES[m].timed), "")
        if (clock_measure or self.within is not None) and not table.time:
            what = f"measure '{clock_measure}'" if clock_measure else "`within`"
            hint = f"Declare `time` and `unit` under [tables.{table.name}], or name other measures."
            raise PortfolioError(f"{what} needs the table's time.", where=where, hint=hint)


def learned_features(table: Table, section: Learned, wording: Wording) -> dict[str, LearnedFeature]:
    """The features by name, `TABLE__learned__MEASURE`; each says more risk where it is higher."""
    row_wording = replace(wording, below={LEARNED: SAYS})
    features = {}
    for measure in dict.fromkeys(section.measures):
        name = feature_name(f"{table.name}__{LEARNED}__{measure}")
        features[name] = LearnedFeature(
            name=name,
            measure=measure,
            of=f"{table.name}.{LEARNED}",
            where=section.where,
            within=section.within,
            risk="up",
            group=f"{table.name}.{LEARNED}",
            unit="percent",
            says=row_wording.compose(Phrase(table.name, measure, LEARNED)),
        )
    row_wording.require()
    return features
