"""How is a candidate fitted, and what does it say of rows outside its fit?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from fiador.errors import DataError
from fiador.model.candidates import Contest
from fiador.model.development import Development
from fiador.model.preparation import Features


def out_of_fold(
    contest: Contest,
    data: Development,
    fold_starts: Callable[[int], None],
    fitted_on_the_others: Callable[[Pipeline], None] = lambda _: None,
    *,
    inputs: Sequence[Features] | None = None,
) -> NDArray[np.float64]:
    """(n,) raw probabilities of bad, each row's from the fit that left its fold out.

    fitted_on_the_others is handed each fold's fit, in order: what may be asked of that fold's rows. inputs: what the
    fit without fold 0, 1, … reads; without them each reads all.
    """
    predictions = np.full(len(data.bad), np.nan)
    for fold in range(data.folds):
        fold_starts(fold)
        held_out = data.fold == fold
        reading = contest if inputs is None else contest.reading(inputs[fold])
        view = data.without(fold)
        pipeline = _fit(reading, view, ~held_out)
        predictions[held_out] = _predict(pipeline, reading, view, held_out)
        fitted_on_the_others(pipeline)
    return predictions


def fit(contest: Contest, data: Development) -> Pipeline:
    """The candidate fitted on every development row: what ships."""
    return _fit(contest, data, np.ones(len(data.bad), dtype=bool))


def _fit(contest: Contest, data: Development, mask: NDArray[np.bool_]) -> Pipeline:
    rows = data.read(contest.features, mask)
    pipeline = contest.candidate.make(contest.request)
    with warnings.catch_warnings():
        # a level the fold never saw is one the preparation declares: it becomes missing
        warnings.filterwarnings("ignore", message="Found unknown categories")
        try:
            with threadpool_limits(limits=contest.request.openmp_threads):
                return pipeline.fit(rows, data.bad[mask], **contest.candidate.fit_parameters(contest.request))
        except ValueError as error:
            what = f"{contest.name} can't be fitted on {len(rows):,} rows ({error})."
            hint = "Bring more rows, or name other candidates under [training]."
            raise DataError(what, where="training", hint=hint) from error


def _predict(fitted: Pipeline, contest: Contest, data: Development, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    model = fitted.named_steps["model"]
    if "n_jobs" in model.get_params():
        model.set_params(n_jobs=1)  # threads add a forest's votes in an order of their own: 3e-16 between calls
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Found unknown categories")
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        return np.asarray(fitted.predict_proba(data.read(contest.features, mask))[:, 1], dtype=np.float64)
