"""What is a bundle ready to score: its statements written, its models open?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fiador.bundle import Bundle
from fiador.features.plan import Plan, compile_sql
from fiador.features.schema import schema_of
from fiador.features.statements import Statements
from fiador.model.calibration import calibrator_from_json
from fiador.model.champion import Champion, unpack
from fiador.portfolio import SynthesisedFeature
from fiador.use_cases.scoring.unread import Unread, unread


@dataclass(frozen=True)
class Scorer:
    """A bundle ready to score: its plan and statements, its model and calibrator, the models of its tables' rows.

    unread: what counts the rows no feature sees; None where there can be none.
    """

    bundle: Bundle
    plan: Plan
    statements: Statements
    unread: Unread | None
    champion: Champion
    calibrator: Any
    learned: Mapping[str, Champion]


@lru_cache(maxsize=8)
def _scorer(bundle_id: str, holder: _ById) -> Scorer:
    bundle = holder.bundle
    schema = schema_of(bundle.raw)
    plan = compile_sql(bundle.portfolio, schema, _needed(bundle))
    return Scorer(
        bundle=bundle,
        plan=plan,
        statements=Statements(plan),
        unread=unread(bundle.portfolio, schema),
        champion=unpack(bundle.model),
        calibrator=calibrator_from_json(bundle.calibration),
        learned={table: unpack(model) for table, model in bundle.learned.items()},
    )


def _needed(bundle: Bundle) -> list[str]:
    """What a person declared, and of what synthesis makes only what the model reads."""
    features = bundle.portfolio.features.items()
    return [name for name, f in features if name in bundle.model.features or not isinstance(f, SynthesisedFeature)]


class _ById:
    """A bundle that hashes by its id, so that it is opened once; one not yet written has none, and is like no other.

    One that decides as of another moment is another.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def __hash__(self) -> int:
        return hash(self.bundle.id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ById):
            return False
        if other.bundle is self.bundle:
            return True
        same_moment = other.bundle.portfolio.as_of == self.bundle.portfolio.as_of
        return same_moment and bool(self.bundle.id) and other.bundle.id == self.bundle.id


def scorer_of(bundle: Bundle) -> Scorer:
    """A bundle's scorer; kept for the next call."""
    return _scorer(bundle.id, _ById(bundle))
