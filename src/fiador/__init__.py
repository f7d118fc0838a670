"""From a lender's raw tables to a credit decision it can defend."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

from fiador.version import __version__

if TYPE_CHECKING:
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
    from fiador.notebook import (
        CheckResult,
        DecisionResult,
        DecisionTable,
        FeatureTable,
        Lender,
        OpenBundle,
        ReportPage,
        open,
        open_bundle,
    )

__all__ = [  # noqa: RUF022 - in the order a reader needs them
    "open", "open_bundle", "Lender", "OpenBundle",
    "CheckResult", "FeatureTable", "DecisionTable", "DecisionResult", "ReportPage",
    "FiadorError", "PortfolioError", "DataError", "BundleError", "RequestError", "UnknownKeyError", "TooLargeError",
    "ServiceError", "AcceptanceError", "RegistryError", "__version__",
]  # fmt: skip

# Names of the version before, each with the module that holds it and the way to go: they warn, and go in the next one.
_EARLIER = {
    "Bundle": ("fiador.bundle", "fiador.OpenBundle"),
    "Decision": ("fiador.decision.answer", "fiador.DecisionResult"),
    "Portfolio": ("fiador.portfolio", "fiador.open(…).portfolio"),
    "check": ("fiador.use_cases.checking", "fiador.open(…).check()"),
    "compile_sql": ("fiador.features.plan", "`fiador sql`"),
    "decide": ("fiador.use_cases.scoring", "fiador.open_bundle(…).decide(rows)"),
    "decisions": ("fiador.use_cases.scoring.table", "fiador.open_bundle(…).score(tables)"),
    "load_portfolio": ("fiador.adapters.disk.portfolios", "fiador.open(…).portfolio"),
    "load_tables": ("fiador.use_cases.tables", "fiador.open(…, source=…)"),
    "open_engine": ("fiador.adapters.engines", "fiador.open(…, source=…)"),
    "open_source": ("fiador.adapters.sources", "fiador.open(…, source=…)"),
    "save_bundle": ("fiador.adapters.disk.bundles", "fiador.open(…).train().save(folder)"),
    "score": ("fiador.use_cases.scoring", "fiador.open_bundle(…).score(tables)"),
    "train": ("fiador.use_cases.training", "fiador.open(…).train()"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first read: a model library takes seconds to import."""
    if name in _EARLIER:
        module, instead = _EARLIER[name]
        warnings.warn(f"fiador.{name} goes in the next version: use {instead}.", DeprecationWarning, stacklevel=2)
    elif name in __all__:
        module = "fiador.errors" if name.endswith("Error") else "fiador.notebook"
    else:
        raise AttributeError(f"module 'fiador' has no attribute {name!r}")
    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted(__all__)
