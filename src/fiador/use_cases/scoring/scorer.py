"""What is a bundle ready to score: its statements planned, its models open?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fiador.bundle import Bundle
from fiador.features.compile import Query, compile_on_history, compile_sql
from fiador.features.schema import schema_of
from fiador.model.calibration import calibrator_from_json
from fiador.model.champion import Champion, unpack
from fiador.portfolio import SynthesisedFeature
from fiador.use_cases.scoring.unread import Unread, unread

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Scorer:
    """A bundle ready to score: its SQL compiled, its model and calibrator open; what counts rows no feature sees.

    on_history: its SQL without the features that are measured, where those are known; measured: their names.
    """

    bundle: Bundle
    query: Query
    on_history: Query
    measured: tuple[str, ...]
    unread: Unread | None
    champion: Champion
    calibrator: Any
    learned: Mapping[str, Champion]


@lru_cache(maxsize=8)
def _opened(bundle_id: str, holder: _ById) -> Scorer:
    bundle = holder.bundle
    schema, needed = schema_of(bundle.raw), _needed(bundle)
    query = compile_sql(bundle.portfolio, schema, needed)
    measured = set(query.measured)
    on_history = compile_on_history(bundle.portfolio, schema, [name for name in needed if name not in measured])
    known = tuple(name for name in query.measured if name in query.features)
    left_out = unread(bundle.portfolio, schema)
    learned = {table: unpack(model) for table, model in bundle.learned.items()}
    calibrator = calibrator_from_json(bundle.calibration)
    return Scorer(bundle, query, on_history, known, left_out, unpack(bundle.model), calibrator, learned)


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
    """Compile and open a bundle; the answer is kept for the next call."""
    return _opened(bundle.id, _ById(bundle))
