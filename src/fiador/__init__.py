"""From a lender's raw tables to a credit decision it can defend."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fiador.bundle import Bundle
    from fiador.checking import check, load_tables
    from fiador.decision.answer import Decision
    from fiador.engines import open_engine
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
    from fiador.scoring import decide, decisions, score
    from fiador.sources import open_source
    from fiador.store import load_portfolio, open_bundle, save_bundle
    from fiador.training import train

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
    "check": "fiador.checking",
    "compile_sql": "fiador.features.compile",
    "decide": "fiador.scoring",
    "decisions": "fiador.scoring",
    "load_portfolio": "fiador.store",
    "load_tables": "fiador.checking",
    "open_bundle": "fiador.store",
    "open_engine": "fiador.engines",
    "open_source": "fiador.sources",
    "save_bundle": "fiador.store",
    "score": "fiador.scoring",
    "train": "fiador.training",
}

__all__ = ["__version__", *sorted(_PUBLIC)]  # noqa: PLE0604 - the table above is the list


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'fiador' has no attribute {name!r}")
