"""What is true of an applicant that no table holds, and how far do the application's columns betray it?

States come first, standard normal; the base table's ranks are then drawn given them, so that the columns keep the
profile's rank correlations and betray of each state the declared share. A state with a persistence has a path
backwards over the months before the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fiador.adapters.simulation.history.declared import DeclaredHistory
from fiador.adapters.simulation.latent import gaussian_correlation, positive
from fiador.errors import PortfolioError

Floats = npt.NDArray[np.floating[Any]]
Generator = np.random.Generator

# The months a path goes back: eight years and the month of the decision, as far as Home Credit's balances go.
MONTHS = 97


@dataclass(frozen=True)
class Mixing:
    """How states (`own`: their square root) and noise (`noise`) become the base table's ranks (`mean`)."""

    names: tuple[str, ...]
    own: Floats
    mean: Floats
    noise: Floats


def mixing(history: DeclaredHistory, profile: Mapping[str, Any], *, where: str) -> Mixing:
    """The joint normal distribution of states and base columns that the profile and the declaration ask for.

    A state is sqrt(betrayed) times the weighted sum of ranks (of variance 1) and sqrt(1 - betrayed) of its own. Given
    the states, the ranks are normal with mean `mean` and the Schur complement as covariance.
    """
    columns = [name.split(".", 1)[1] for name in profile["columns"]]
    ranks = gaussian_correlation(profile["correlation"], profile["columns"])
    weights = np.array([_weights(name, history, columns, where) for name in history.states])
    betrayed = np.sqrt([state.betrayed for state in history.states.values()])
    spread = np.sqrt(np.einsum("sc,cd,sd->s", weights, ranks, weights))
    loads = weights * (betrayed / spread)[:, None]
    shared = loads @ ranks
    own = loads @ ranks @ loads.T
    np.fill_diagonal(own, 1.0)
    mean = np.linalg.solve(own, shared)
    noise = _root(ranks - mean.T @ own @ mean)
    return Mixing(tuple(history.states), _root(own), mean, noise)


def _weights(name: str, history: DeclaredHistory, columns: list[str], where: str) -> list[float]:
    by = history.states[name].by
    unknown = [column for column in by if column not in columns]
    if unknown:
        what = f"states.{name}.by: no column '{unknown[0]}' in the profile."
        raise PortfolioError(what, where=where, hint="Name columns of the base table.")
    return [by.get(column, 0.0) for column in columns]


def _root(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def draw_states(mixed: Mixing, count: int, draw: Generator) -> Floats:
    """States at the decision: applicants x states."""
    return np.asarray(draw.standard_normal((count, len(mixed.names))) @ mixed.own.T)


def draw_ranks(mixed: Mixing, states: Floats, draw: Generator) -> Floats:
    """Standard normal ranks of the base table's columns: applicants x columns."""
    noise = draw.standard_normal((len(states), len(mixed.noise)), dtype=np.float32)
    return np.asarray(
        states.astype(np.float32) @ mixed.mean.astype(np.float32) + noise @ mixed.noise.T.astype(np.float32)
    )


def paths(history: DeclaredHistory, states: Floats, draw: Generator) -> dict[str, Floats]:
    """Each state by name: applicants x months before the decision where it has a path, one value otherwise."""
    result: dict[str, Floats] = {}
    for at, (name, state) in enumerate(history.states.items()):
        result[name] = states[:, at].astype(np.float32)
        if state.persistence is not None:
            result[name] = _path(result[name], state.persistence, draw)
    return result


def _path(last: Floats, persistence: float, draw: Generator) -> Floats:
    path = draw.standard_normal((len(last), MONTHS), dtype=np.float32) * np.float32(np.sqrt(1 - persistence**2))
    path[:, 0] = last
    for month in range(1, MONTHS):
        path[:, month] += np.float32(persistence) * path[:, month - 1]
    return path


def child_root(profile: Mapping[str, Any], columns: list[str]) -> Floats:
    """What turns independent noise into ranks of a child table's columns that hang together as the profile says.

    A triangle (columns x columns): the first column is the first noise alone.
    """
    names = [name.split(".", 1)[1] for name in profile["columns"]]
    at = [names.index(column) for column in columns]
    chosen = {name: profile["columns"][name] for name in (list(profile["columns"])[place] for place in at)}
    correlation = np.array(profile["correlation"])[np.ix_(at, at)]
    padded = np.pad(correlation, ((0, 1), (0, 1)))
    return np.linalg.cholesky(positive(gaussian_correlation(padded, chosen))).astype(np.float32)
