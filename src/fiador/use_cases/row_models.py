"""In what order does the risk of a table's rows become features?

The rows known at the decision are listed, a model says a risk of each, and these are measured by application: three
steps that training, a batch and one application at the counter share. Training alone fits the models, and gives each
row the risk said by one that may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fiador.bundle import ModelFiles
from fiador.errors import BundleError
from fiador.features.learned import LearnedRows
from fiador.model.champion import Champion
from fiador.model.development import Development
from fiador.model.preparation import frame
from fiador.model.row_risk import risk_of, row_models
from fiador.use_cases.parts import RawTables, learned_columns, learned_row_list
from fiador.use_cases.ports import Progress


def learn(
    learned: Iterable[LearnedRows], data: Development, raw: RawTables, *, seed: int, threads: int, progress: Progress
) -> tuple[Development, dict[str, ModelFiles]]:
    """Development with its learned columns, once for what ships and once for each fold held out; by table the model
    that ships.

    Only tables whose features development reads are learned. Raises DataError where there are fewer than three folds,
    or a table's rows belong to applications of one outcome.
    """
    tables = [rows for rows in learned if any(name in data.features for name in rows.features)]
    frames: list[list[pd.DataFrame]] = []
    models = {}
    for at, rows in enumerate(tables):
        progress(f"learning from the rows of {rows.table}", at, len(tables))
        listed = learned_row_list(rows, raw, in_order=True)
        fitted, known = row_models(rows.table, listed, rows.inputs, data, seed=seed, threads=threads)
        named = listed.select(["for:key", "for:time"]).filter(known)
        risks = (fitted.risk(fold) for fold in (None, *range(data.folds)))
        frames.append([_columns(rows, rows.with_risk(named, pa.array(risk)), data) for risk in risks])
        models[rows.table] = fitted.whole()
    if not frames:
        return data, {}
    whole, *apart = (pd.concat(parts, axis=1) for parts in zip(*frames, strict=True))
    return replace(data, rows=data.rows.assign(**whole), learned=tuple(apart)), models


def _columns(rows: LearnedRows, risks: pa.Table, data: Development) -> pd.DataFrame:
    """(applications, features) of one table, NaN where an application has no rows."""
    measured = learned_columns(rows, risks)
    place = pc.index_in(data.keys, value_set=measured.column("key").combine_chunks())
    return frame(measured.take(place), {name: "number" for name in rows.features if name in data.features})


def risks_of(rows: LearnedRows, models: Mapping[str, Champion], raw: RawTables) -> pa.Table:
    """The risk that a model sees in every row it speaks of, beside the row's application and time.

    models: by table. Raises BundleError where a model is missing, or reads other columns than the statement lists.
    """
    model = _model_of(rows, models)
    listed = learned_row_list(rows, raw)
    return rows.with_risk(listed, pa.array(risk_of(model, frame(listed, rows.inputs))))


def _model_of(rows: LearnedRows, models: Mapping[str, Champion]) -> Champion:
    """The model that speaks of these rows; BundleError where there is none, or it reads other columns."""
    where = f"learned.{rows.table}"
    if rows.table not in models:
        raise BundleError("the model of its rows is missing.", where=where, hint="Train again.")
    model = models[rows.table]
    if dict(model.features) != dict(rows.inputs):
        what = "the model reads other columns of its rows than the portfolio declares."
        raise BundleError(what, where=where, hint="Take the portfolio the bundle was trained on, or train again.")
    return model
