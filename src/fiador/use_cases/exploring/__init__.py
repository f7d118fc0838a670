"""How do the known applications stand, group by group, and where does one client stand among them?

Answers are about groups: every count is rounded to a multiple of five (`disclosure` says how), a group or a
share of fewer than 20 is not told at all, and of single applications only the one that was asked for by its key is
shown, without its outcome. `rows` alone lists applications as they are, for an authorised BI tool.
"""

from fiador.use_cases.exploring.comparison import compare
from fiador.use_cases.exploring.distribution import histogram, pair
from fiador.use_cases.exploring.facts import application_facts
from fiador.use_cases.exploring.listing import RowPage, Where, list_rows
from fiador.use_cases.exploring.overview import overview
from fiador.use_cases.exploring.population import Population, known_variables, population_of
from fiador.use_cases.exploring.sql import GROUPS
from fiador.use_cases.exploring.subset import NO_FILTER, Filter

__all__ = [
    "GROUPS",
    "NO_FILTER",
    "Filter",
    "Population",
    "RowPage",
    "Where",
    "application_facts",
    "compare",
    "histogram",
    "known_variables",
    "list_rows",
    "overview",
    "pair",
    "population_of",
]
