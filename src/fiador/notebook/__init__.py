"""What does a person in a notebook hold? A lender that checks and trains, a bundle that scores and decides.

Each result shows itself in a cell, keeps Arrow inside and answers pandas when it is wanted. Nothing is computed here:
the use cases are, in the order a call needs them.
"""

from __future__ import annotations

from fiador.notebook.bundle import OpenBundle, open_bundle
from fiador.notebook.lender import Lender, open
from fiador.notebook.results import CheckResult, DecisionResult, DecisionTable, FeatureTable, ReportPage

__all__ = [
    "CheckResult", "DecisionResult", "DecisionTable", "FeatureTable", "Lender", "OpenBundle", "ReportPage",
    "open", "open_bundle",
]  # fmt: skip
