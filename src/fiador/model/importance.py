"""Which features matter on rows outside the fit, and which way do they move the risk?

Each fold is measured by the model that left it out. Rows are drawn with the seed: enough to tell features apart, few
enough to wait for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from fiador.errors import DataError
from fiador.metrics.association import rank_correlation
from fiador.metrics.discrimination import auc
from fiador.metrics.sample import Floats
from fiador.model.champion import Champion
from fiador.model.contributions import reference_rows
from fiador.model.development import Development
from fiador.model.preparation import Features

Groups = Mapping[str, Sequence[str]]  # the portfolio's group -> its features among the inputs
REPEATS = 5
SHUFFLED = 200_000  # rows predicted in all; with few features more rows of each fold, with many fewer
EXPLAINED = 2_500  # rows explained in all: an exact explanation costs a hundred times a prediction
FEWEST_IN_A_DRAW = 200
FEWEST_IN_A_BIN = 5  # a level or bin of fewer drawn rows says more about them than about the model
BINS = 10


@dataclass(frozen=True)
class HeldOutRows:
    """Some rows of one fold, and the model that never saw them. below: calibrated PD under the cut-off."""

    champion: Champion
    rows: pd.DataFrame
    bad: NDArray[np.int64]
    below: NDArray[np.bool_]


def permutation_importance(
    champions: Sequence[Champion], data: Development, groups: Groups, *, features: Features, seed: int
) -> dict[str, Any]:
    """How much AUC falls where one input's values are dealt out anew among held-out rows (Breiman 2001).

    champions: the fit that left out fold 0, 1, …. features: those measured; a fit that doesn't read one loses
    nothing by it, and counts. For each fold and repeat, rows are drawn, their AUC is taken, then an
    input (or all of a group at once) is shuffled and it is taken again. mean and sd: of those falls. low, high: the
    mean's 95 % interval over folds.
    Inputs that say the same stand in for each other: each then falls less than the two together.
    """
    names = list(features)
    together = {f"group:{name}": list(features) for name, features in groups.items()}
    inputs = {**{name: [name] for name in names}, **together}
    size = max(FEWEST_IN_A_DRAW, SHUFFLED // (len(champions) * REPEATS * max(1, len(inputs))))
    falls = _falls(champions, data, inputs, size=size, seed=seed)
    return {
        "repeats": REPEATS,
        "rows_a_draw": min(size, int(np.bincount(data.fold).min())),
        "features": [{"feature": name, **_spread(falls[name])} for name in names],
        "groups": [{"group": n, "features": list(f), **_spread(falls[f"group:{n}"])} for n, f in groups.items()],
    }


def _falls(
    champions: Sequence[Champion], data: Development, inputs: Mapping[str, list[str]], *, size: int, seed: int
) -> dict[str, list[float]]:
    falls: dict[str, list[float]] = {name: [] for name in inputs}
    everywhere = np.ones(len(data.bad), dtype=bool)
    for repeat in range(REPEATS):
        for fold, part in enumerate(_held_out(champions, data, {}, everywhere, size=size, seed=(seed, repeat))):
            rng = np.random.default_rng((seed, repeat, fold, 1))
            whole = float(auc(part.bad, part.champion.log_odds(part.rows)))
            for name, columns in inputs.items():
                order = rng.permutation(len(part.rows))
                present = [column for column in columns if column in part.champion.features]
                dealt = part.rows.assign(**{column: part.rows[column].array.take(order) for column in present})
                falls[name].append(whole - float(auc(part.bad, part.champion.log_odds(dealt))) if present else 0.0)
    return falls


def _spread(falls: Sequence[float]) -> dict[str, float]:
    """mean and sd of the falls (a repeat's folds, then the next's), and low, high: mean ± t(0.975, k − 1)·s/√k.

    s is the standard deviation of the k folds' own means over their repeats: repeats ask one fit again, folds ask
    another. Fits of different folds share rows, so s tells a little less than another sample would move the mean
    (Bengio and Grandvalet 2004); with few folds t is wide.
    """
    of_folds = np.reshape(falls, (REPEATS, -1)).mean(axis=0)
    k, mean = len(of_folds), float(of_folds.mean())
    half = float(stdtrit(k - 1, 0.975) * of_folds.std(ddof=1) / np.sqrt(k))
    return {"mean": mean, "sd": float(np.std(falls, ddof=1)), "low": mean - half, "high": mean + half}


def global_contributions(
    champions: Sequence[Champion],
    data: Development,
    groups: Groups,
    *,
    features: Features,
    below: NDArray[np.bool_],
    seed: int,
) -> dict[str, Any]:
    """How far each input moves held-out applications' log-odds, on average, and in what shape.

    features: those measured; to a fit that doesn't read one it contributes 0.
    below: (n,) the calibrated out-of-fold PD is under the cut-off. A contribution is phi minus its mean over the drawn
    goods below the cut-off, by the fold's own model. mean_absolute: of its size. direction: Spearman's rank
    correlation of a number with its contribution; null for levels. shape: the mean contribution by bin or level.
    """
    parts = list(_held_out(champions, data, features, below, size=max(1, EXPLAINED // len(champions)), seed=(seed, 2)))
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    effects = np.concatenate([_contributions(part, features) for part in parts])
    of = {name: effects[:, at] for at, name in enumerate(features)}
    return {
        "rows": len(rows),
        "features": [_feature(name, kind, rows[name], of[name]) for name, kind in features.items()],
        "groups": [
            {
                "group": name,
                "features": list(together),
                "mean_absolute": float(np.abs(np.sum([of[f] for f in together], axis=0)).mean()),
            }
            for name, together in groups.items()
        ],
    }


def groups_of(features: Features, group: Mapping[str, str]) -> dict[str, list[str]]:
    """The groups that hold two inputs or more, in order. group: feature -> its group, or ''.

    >>> groups_of({"age": "number", "debt": "number", "loan": "number"}, {"debt": "burden", "loan": "burden"})
    {'burden': ['debt', 'loan']}
    """
    groups: dict[str, list[str]] = {}
    for name in features:
        if group.get(name):
            groups.setdefault(group[name], []).append(name)
    return {name: members for name, members in groups.items() if len(members) > 1}


def _held_out(
    champions: Sequence[Champion],
    data: Development,
    features: Features,
    below: NDArray[np.bool_],
    *,
    size: int,
    seed: Sequence[int],
) -> Iterator[HeldOutRows]:
    """For each fold some of its rows, bads and goods as there are, at least one of each, sorted."""
    for fold, champion in enumerate(champions):
        rng = np.random.default_rng((*seed, fold))
        inside = np.flatnonzero(data.fold == fold)
        chosen = np.sort(np.concatenate([_drawn(inside[data.bad[inside] == c], inside, size, rng) for c in (0, 1)]))
        columns = list(dict.fromkeys([*champion.features, *features]))
        rows = data.read(columns, chosen).reset_index(drop=True)
        yield HeldOutRows(champion, rows, data.bad[chosen], below[chosen])


def _drawn(
    of_a_class: NDArray[np.intp], inside: NDArray[np.intp], size: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    if len(of_a_class) == 0:
        raise DataError("a fold has no goods, or no bads.", where="importance", hint="Draw folds first.")
    share = min(1.0, size / len(inside))
    return rng.permutation(of_a_class)[: max(1, round(share * len(of_a_class)))]


def _contributions(part: HeldOutRows, features: Features) -> Floats:
    """(n, features) of its rows; 0 where its model doesn't read one."""
    phi = part.champion.phi(part.rows)
    effects = phi - phi[reference_rows(good=part.bad == 0, below=part.below)].mean(axis=0)
    at = {name: place for place, name in enumerate(part.champion.features)}
    nothing = np.zeros(len(part.rows))
    return np.stack([effects[:, at[name]] if name in at else nothing for name in features], axis=1)


def _feature(name: str, kind: str, column: pd.Series, effects: Floats) -> dict[str, Any]:
    present = column.notna().to_numpy()
    values, own = column[present], effects[present]
    return {
        "feature": name,
        "kind": kind,
        "mean_absolute": float(np.abs(effects).mean()),
        "direction": _direction(values, own) if kind == "number" else None,
        "shape": _by_bin(values, own) if kind == "number" else _by_level(values, own),
        "missing": _summary(effects[~present]) if int((~present).sum()) >= FEWEST_IN_A_BIN else None,
    }


def _by_bin(values: pd.Series, effects: Floats) -> list[dict[str, Any]]:
    """Bins of equal mass between quantiles; equal values lie in one."""
    if values.empty:
        return []
    numbers = values.to_numpy(dtype=np.float64)
    edges = np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS))
    at = np.searchsorted(edges, numbers, side="left")
    bins = [(numbers[at == number], effects[at == number]) for number in np.unique(at)]
    return [
        {"from": float(v.min()), "to": float(v.max()), "value": float(v.mean()), **_summary(t)}
        for v, t in bins
        if len(v) >= FEWEST_IN_A_BIN
    ]


def _by_level(values: pd.Series, effects: Floats) -> list[dict[str, Any]]:
    """The most frequent level first."""
    names = values.to_numpy(dtype=object)
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return [{"level": str(n), **_summary(effects[names == n])} for n, rows in counts.items() if rows >= FEWEST_IN_A_BIN]


def _summary(effects: Floats) -> dict[str, float | int]:
    """The mean contribution, and the tenth and ninetieth per cent of them."""
    low, high = np.quantile(effects, [0.1, 0.9])
    return {
        "rows": len(effects),
        "mean": float(effects.mean()),
        "low": float(low),
        "high": float(high),
    }


def _direction(values: pd.Series, effects: Floats) -> float | None:
    """Spearman's; None where it can't be told. A last bit in a contribution is no difference."""
    rho = rank_correlation(values.to_numpy(dtype=np.float64), np.round(effects, 12))
    return None if np.isnan(rho) else rho
