"""What do the tests of proposals share? A proposal over tables that a test writes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from fiador.adapters.disk.portfolios import parse_text
from fiador.adapters.engines import open_engine
from fiador.portfolio import Portfolio
from fiador.use_cases.ports import Engine
from fiador.use_cases.proposing import Survey, propose, survey
from fiador.use_cases.proposing.choice import Choice, Options, choose
from fiador.use_cases.proposing.document import document
from fiador.use_cases.proposing.proposal import Proposal
from fiador.use_cases.proposing.texts import texts


@dataclass(frozen=True)
class Proposed:
    """What was found and proposed, and the file as written."""

    found: Survey
    choice: Choice
    proposal: Proposal
    text: str
    texts: dict[str, str]
    engine: Engine

    @property
    def portfolio(self) -> Portfolio:
        """The file as written, read again with its texts."""
        return parse_text(self.text, self.texts)

    def feature(self, name: str) -> Any:
        return next(f for f in self.proposal.features if f.name == name)

    def starter(self, name: str) -> Any:
        return next(s for s in self.proposal.syntheses if s.table == name)

    def table(self, name: str) -> Any:
        return next(t for t in self.proposal.tables if t.node.name == name)


@pytest.fixture(scope="session")
def proposed(in_memory: type) -> Callable[..., Proposed]:
    """proposed({table: columns}, target=, …) -> what init makes of these tables."""

    def run(tables: dict[str, Any], **asked: str) -> Proposed:
        held = {name: t if isinstance(t, pa.Table) else pa.table(t) for name, t in tables.items()}
        engine = open_engine()
        found = survey(in_memory(held), engine, progress=lambda *_: None)
        choice = choose(found.tables, found.keys, Options(**asked))
        made = propose(found, choice, engine, name="bank", source="data", progress=lambda *_: None)
        return Proposed(found, choice, made, document(made), texts(made), engine)

    return run


@pytest.fixture(scope="session")
def loans() -> dict[str, list]:
    """200 loans, every fifth bad, with nothing in them that tells."""
    return {
        "loan_id": list(range(1, 201)),
        "amount": [1000 + (n * 37) % 90 for n in range(200)],
        "defaulted": [int(n % 5 == 0) for n in range(200)],
    }
