"""How do the known applications stand, group by group, and where does one client stand among them?

Everything is told of groups: every count is rounded to a multiple of five (`features/cells.py` says how), a group or a
share of fewer than 20 is not told at all, and of single applications only the one that was asked for by its key is
shown, without its outcome. `rows` alone lists applications as they are, for an authorised BI tool.
"""

from fiador.exploring.asked import NO_FILTER, Filter
from fiador.exploring.comparison import compare
from fiador.exploring.listed import variables
from fiador.exploring.listing import Listed, Where, rows
from fiador.exploring.population import Population, known_variables, population_of
from fiador.exploring.single import client
from fiador.exploring.spread import histogram, pair
from fiador.features.population import GROUPS

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
