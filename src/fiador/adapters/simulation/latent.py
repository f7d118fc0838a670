"""How do latent states generate an applicant's columns and the loan's outcome?

A Gaussian copula whose first principal components are the latent states (income, discipline, stress): columns
follow the profile's marginals and rank dependence, and the outcome is drawn from the states alone, never from
a column. A model can therefore find the outcome only through what the columns betray of the states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, ndtr

from fiador.adapters.simulation.marginals import PROBABILITIES

Floats = npt.NDArray[np.float64]

# How much two states together add to what each says alone: as much, so that a model without interactions
# stays behind, as it does on real applications.
INTERACTION = 1.0
_SMALLEST_EIGENVALUE = 1e-6
_SMALLEST_SPREAD = 0.1
_CLOSEST = 0.98
_GRID = 1000
# Linear algebra differs in the last bits from machine to machine; what is drawn must not.
_DIGITS = 9


@dataclass(frozen=True)
class Loadings:
    """How columns depend on all components (`mixing`: columns x components, the first `states` of them latent)."""

    mixing: Floats
    weights: Floats

    @property
    def states(self) -> int:
        """The number of latent states."""
        return len(self.weights)


def loadings(profile: Mapping[str, Any], *, states: int) -> Loadings:
    """The states' loadings from a profile's rank correlations, whose last row and column are the target's.

    Spearman's rho, first divided by what ties take from it, becomes the Gaussian correlation 2 sin(pi rho /
    6) (Kruskal 1958); negative eigenvalues, left by pairwise nulls, are lifted and the diagonal made 1 again.
    The weights are the least-squares solution of (loadings @ weights = correlations with the target), of
    length 1.
    """
    spreads = np.array([spread(marginal) for marginal in profile["columns"].values()])
    inputs = gaussian_correlation(profile["correlation"], profile["columns"])
    target = np.array(profile["correlation"])[:-1, -1] / spreads
    values, vectors = np.linalg.eigh(inputs)
    order = np.argsort(values)[::-1]
    vectors = vectors[:, order] * np.sqrt(values[order])
    largest = vectors[np.abs(np.round(vectors, _DIGITS)).argmax(axis=0), np.arange(len(vectors))]
    mixing = np.round(vectors * np.sign(largest), _DIGITS)
    weights = np.linalg.lstsq(mixing[:, :states], target, rcond=None)[0]
    return Loadings(mixing, np.round(weights / max(float(np.linalg.norm(weights)), 1e-12), _DIGITS))


def gaussian_correlation(correlation: Sequence[Sequence[float]] | Floats, columns: Mapping[str, Any]) -> Floats:
    """The correlation of the normal ranks behind a profile's columns, from their rank correlations.

    `correlation` has one more row and column than there are columns: the target's, left out here.
    """
    spreads = np.array([spread(marginal) for marginal in columns.values()])
    untied = np.clip(np.array(correlation)[:-1, :-1] / np.outer(spreads, spreads), -_CLOSEST, _CLOSEST)
    np.fill_diagonal(untied, 1.0)
    return positive(2 * np.sin(np.pi / 6 * untied))


def spread(marginal: Mapping[str, Any]) -> float:
    """What ties leave of a column's rank correlations: sqrt(1 - sum of p^3) over the shares p of its values.

    The standard deviation of tied mid-ranks over that of untied ones (Kendall 1945).

    >>> round(spread({"levels": {"N": 0.5, "Y": 0.5}}), 3)
    0.866
    """
    drawn = inverse(marginal, (np.arange(_GRID) + 0.5) / _GRID)
    shares = np.unique(drawn.astype(str), return_counts=True)[1] / _GRID
    return max(float(np.sqrt(1 - (shares**3).sum())), _SMALLEST_SPREAD)


def positive(matrix: Floats) -> Floats:
    """A correlation matrix as near as its eigenvalues lifted above zero leave it, its diagonal 1 again."""
    values, vectors = np.linalg.eigh(matrix)
    lifted = (vectors * np.maximum(values, _SMALLEST_EIGENVALUE)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(lifted))
    return np.asarray(lifted * np.outer(scale, scale))


def draw_columns(profile: Mapping[str, Any], components: Floats, mixing: Floats) -> pd.DataFrame:
    """Columns without nulls from standard normal components (applications x components)."""
    gaussian = np.round(np.einsum("nk,ck->nc", components, mixing), _DIGITS)
    uniform = ndtr(gaussian)
    marginals = profile["columns"]
    return pd.DataFrame({name: inverse(marginals[name], uniform[:, at]) for at, name in enumerate(marginals)})


def inverse(marginal: Mapping[str, Any], uniform: Floats) -> npt.NDArray[Any]:
    """The values at the given probabilities of a column's marginal distribution; null where it tells of none.

    >>> inverse({"levels": {"Own": 0.25, "Rent": 0.75}}, np.array([0.1, 0.3, 0.99])).tolist()
    ['Own', 'Rent', 'Rent']
    >>> inverse({"quantiles": [*range(101)], "decimals": 0}, np.array([0.0, 0.5])).tolist()
    [0.0, 50.0]
    """
    if not marginal.get("levels") and not marginal.get("quantiles"):
        return np.full(len(uniform), None, dtype=object)
    if "levels" in marginal:
        names = np.array(list(marginal["levels"]), dtype=object)
        # Levels that aren't named can't be drawn: the named ones take their share.
        ends = np.cumsum(list(marginal["levels"].values()))[:-1] / (1 - marginal.get("other", 0.0))
        return np.asarray(names[np.searchsorted(ends, uniform, side="right")])
    return np.asarray(np.round(np.interp(uniform, PROBABILITIES, marginal["quantiles"]), marginal["decimals"]))


def bad_probabilities(states: Floats, weights: Floats, *, signal: float, bad_rate: float) -> Floats:
    """Each application's probability of turning bad, from its latent states alone; their mean is the bad rate.

    sigmoid(a + signal * t), t the weighted states and the product of the two that weigh most, of variance 1.
    """
    first, second = np.argsort(-np.abs(weights), kind="stable")[[0, min(1, len(weights) - 1)]]
    direct = np.einsum("nk,k->n", states, weights)
    together = states[:, first] * states[:, second] * np.sign(weights[first] * weights[second] or 1.0)
    score = direct + INTERACTION * together
    score = signal * (score - score.mean()) / max(float(score.std()), 1e-12)
    return np.asarray(expit(score + _intercept(score, bad_rate)))


def _intercept(score: Floats, bad_rate: float) -> float:
    low, high = -50.0, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(score + middle).mean() < bad_rate else (low, middle)
    return (low + high) / 2
