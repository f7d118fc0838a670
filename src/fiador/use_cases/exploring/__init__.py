"""How do the known applications stand, group by group, and where does one client stand among them?

Everything is told of groups: every count is rounded to a multiple of five (`features/cells.py` says how), a group or a
share of fewer than 20 is not told at all, and of single applications only the one that was asked for by its key is
shown, without its outcome. `rows` alone lists applications as they are, for an authorised BI tool.
"""

from fiador.use_cases.exploring.client import client
from fiador.use_cases.exploring.comparison import compare
from fiador.use_cases.exploring.population import Population, known_variables, population_of
from fiador.use_cases.exploring.question import NO_FILTER, Filter
from fiador.use_cases.exploring.rows import Listed, Where, rows
from fiador.use_cases.exploring.spread import histogram, pair
from fiador.use_cases.exploring.sql import GROUPS
from fiador.use_cases.exploring.variables import variables

__all__ = [
    "GROUPS",
    "NO_FILTER",
    "Filter",
    "Listed",
    "Population",
    "Where",
    "client",
    "compare",
    "histogram",
    "known_variables",
    "pair",
    "population_of",
    "rows",
    "variables",
]
