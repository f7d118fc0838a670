"""When are the known applications scored? Once a service, when it starts; whoever asks first waits for it."""

from __future__ import annotations

import logging
from threading import Lock, Thread
from uuid import uuid4

from fiador.bundle import Bundle
from fiador.errors import DataError, FiadorError
from fiador.use_cases import exploring
from fiador.use_cases.exploring import Population
from fiador.use_cases.ports import Engine

LOG = logging.getLogger("fiador.service")
PATIENCE = 5.0  # seconds a stopping service waits for a population it no longer needs


class _Stopped(FiadorError):
    """The service stops: nobody asks any more."""


class KnownApplications:
    """The population of one service. Made by one thread at a time; a failure is told, and the next to ask tries again.

    Health does not wait for it, and neither does a decision.
    """

    def __init__(self, bundle: Bundle, engine: Engine) -> None:
        self._bundle, self._engine = bundle, engine
        self._made: Population | None = None
        self._one_at_a_time = Lock()
        self._thread: Thread | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin in the background."""
        self._thread = Thread(target=self._prepare, name="known applications", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave off between two batches."""
        self._stopping = True
        if self._thread:
            self._thread.join(PATIENCE)

    def population(self) -> Population:
        """The population, waited for; DataError where the applications can't be scored."""
        with self._one_at_a_time:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> Population:
        table = f"fiador:population:{uuid4().hex}"  # a name of its own: an engine may be shared, or be tried again
        try:
            return exploring.population_of(self._bundle, engine=self._engine, table=table, progress=self._go_on)
        except FiadorError as error:
            what = f"the known applications can't be scored ({error.message.rstrip('.')})."
            raise DataError(what, where="population", hint="The next request tries again.") from error

    def _prepare(self) -> None:
        try:
            self.population()
        except FiadorError as error:
            if not self._stopping:
                LOG.error("%s", error.message)

    def _go_on(self, what: str, done: int, of: int) -> None:
        if self._stopping:
            raise _Stopped("the service stops.")
