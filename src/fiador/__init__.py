"""From a lender's raw tables to a credit decision it can defend."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fiador.adapters.disk.bundles import open_bundle, save_bundle
    from fiador.adapters.disk.portfolios import load_portfolio
    from fiador.adapters.engines import open_engine
    from fiador.adapters.sources import open_source
    from fiador.bundle import Bundle
    from fiador.decision.answer import Decision
    from fiador.errors import (
        AcceptanceError,
        BundleError,
        DataError,
        FiadorError,
        PortfolioError,
        RegistryError,
        RequestError,
        ServiceError,
        TooLargeError,
        UnknownKeyError,
    )
    from fiador.features.compile import compile_sql
    from fiador.portfolio import Portfolio
    from fiador.use_cases.checking import check
    from fiador.use_cases.scoring import decide, score
    from fiador.use_cases.scoring.table import decisions
    from fiador.use_cases.tables import load_tables
    from fiador.use_cases.training import train

__version__ = "0.1.0"

# name -> the module that holds it; imported when first asked for, since a model library takes seconds to import
_PUBLIC = {
    "AcceptanceError": "fiador.errors",
    "Bundle": "fiador.bundle",
    "BundleError": "fiador.errors",
    "DataError": "fiador.errors",
    "Decision": "fiador.decision.answer",
    "FiadorError": "fiador.errors",
    "Portfolio": "fiador.portfolio",
    "PortfolioError": "fiador.errors",
    "RegistryError": "fiador.errors",
    "RequestError": "fiador.errors",
    "ServiceError": "fiador.errors",
    "TooLargeError": "fiador.errors",
    "UnknownKeyError": "fiador.errors",
    "check": "fiador.use_cases.checking",
    "compile_sql": "fiador.features.compile",
    "decide": "fiador.use_cases.scoring",
    "decisions": "fiador.use_cases.scoring.table",
    "load_portfolio": "fiador.adapters.disk.portfolios",
    "load_tables": "fiador.use_cases.tables",
    "open_bundle": "fiador.adapters.disk.bundles",
    "open_engine": "fiador.adapters.engines",
    "open_source": "fiador.adapters.sources",
    "save_bundle": "fiador.adapters.disk.bundles",
    "score": "fiador.use_cases.scoring",
    "train": "fiador.use_cases.training",
}

__all__ = ["__version__", *sorted(_PUBLIC)]  # noqa: PLE0604 - the table above is the list


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'fiador' has no attribute {name!r}")
