"""From raw tables and a bundle to decisions: in what order is one application, or a million, scored?

One application is a batch of one: the same SQL, the same arrays, the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from fiador.bundle import Bundle
from fiador.decision.answer import Decision, Notice, Reason
from fiador.decision.policy import Outcomes, points, refer_band, stakes
from fiador.decision.policy import decide as decide_outcomes
from fiador.decision.reasons import pick
from fiador.errors import RequestError
from fiador.features.statements import MEASURED
from fiador.model.contributions import contributions, probability
from fiador.model.preparation import frame
from fiador.use_cases.applications import application
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import History, Progress, silent
from fiador.use_cases.scoring.request import arrow_tables
from fiador.use_cases.scoring.scorer import Scorer, scorer_of

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

Floats = NDArray[np.float64]
BATCH = 50_000  # applications a model call takes at once


@dataclass(frozen=True)
class Scored:
    """Decisions as columns, one row per application in key order.

    contributions: (n, features) log-odds against the reference, summing to log_odds − reference log_odds; worked out
    when first asked for, since they cost many times the PD.
    """

    bundle: Bundle
    table: pa.Table
    rows: pd.DataFrame
    pd: Floats
    log_odds: Floats
    exposure: Floats
    outcomes: Outcomes
    refused: NDArray[np.bool_]
    breaches: Mapping[str, NDArray[np.bool_]]

    @property
    def keys(self) -> list[Any]:
        return list(self.table.column("key").to_pylist())

    def value(self, feature: str, at: int) -> float | str | None:
        """A feature of one application; None where it is missing."""
        return _value(self.table.column(feature)[at].as_py())

    @cached_property
    def contributions(self) -> Floats:
        return contributions(scorer_of(self.bundle).champion, self.rows, self.bundle.reference)

    @cached_property
    def score(self) -> Floats:
        return points(self.pd, self.bundle.portfolio.points)

    @cached_property
    def reasons(self) -> NDArray[np.int64]:
        """(n, 4) feature positions, −1 where there are no more."""
        p = self.bundle.portfolio
        groups = {name: f.group for name, f in p.features.items() if f.group}
        raising = np.asarray(self.outcomes.outcome != "approve", dtype=bool)
        return pick(
            self.contributions, raising=raising, features=list(self.rows), groups=groups, protected=p.policy.protected
        )


def score(
    bundle: Bundle, *, engine: Engine, tables: Mapping[str, pa.Table] | None = None, progress: Progress = silent
) -> Scored:
    """Score every application in the engine's tables, or in `tables` (by the portfolio's names) where given."""
    scorer = scorer_of(bundle)
    return _score(scorer, _features(scorer, engine, tables, progress))


def score_in_batches(bundle: Bundle, *, engine: Engine, rows: int = BATCH) -> Iterator[Scored]:
    """Every application in the engine's tables, `rows` at a time in key order: one model call never holds them all."""
    scorer = scorer_of(bundle)
    table = _features(scorer, engine)
    for start in range(0, table.num_rows, rows):
        yield _score(scorer, table.slice(start, rows))


def _features(
    scorer: Scorer, engine: Engine, tables: Mapping[str, pa.Table] | None = None, progress: Progress = silent
) -> pa.Table:
    return decision_columns(scorer.statements, RawTables(engine, tables, scorer.learned), progress=progress)


def _score(scorer: Scorer, table: pa.Table) -> Scored:
    bundle, p = scorer.bundle, scorer.bundle.portfolio
    rows = frame(table, bundle.model.features)
    log_odds = scorer.champion.log_odds(rows)
    calibrated = scorer.calibrator.apply(probability(log_odds))
    exposure = table.column("exposure").cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    breaches = {b.flag: _truths(table, b.flag) for b in scorer.plan.breaches}
    outcomes = decide_outcomes(
        calibrated,
        costs=p.costs,
        exposure=exposure,
        policy=p.policy,
        rules={name: np.array(table.column(f"rule:{name}").to_pylist(), dtype=object) for name in scorer.plan.rules},
        referred=_any(breaches, [b.flag for b in scorer.plan.breaches if b.action == "refer"], table.num_rows),
    )
    refused = _any(breaches, [b.flag for b in scorer.plan.breaches if b.action == "refuse"], table.num_rows)
    return Scored(bundle, table, rows, calibrated, log_odds, exposure, outcomes, refused, breaches)


def _truths(table: pa.Table, name: str) -> NDArray[np.bool_]:
    return np.asarray(table.column(name).to_numpy(zero_copy_only=False), dtype=bool)


def _any(breaches: Mapping[str, NDArray[np.bool_]], flags: list[str], rows: int) -> NDArray[np.bool_]:
    result = np.zeros(rows, dtype=bool)
    for flag in flags:
        result |= breaches[flag]
    return result


def decide(bundle: Bundle, tables: Mapping[str, Sequence[Mapping[str, object]]], *, engine: Engine) -> Decision:
    """The decision on one application given as raw rows by table.

    Missing values, tables and columns may be left out; rows need no link columns where every table has one row.
    Rows that no feature sees are counted in its notices. Raises RequestError naming table and column where the rows
    can't be scored.
    """
    arrow = arrow_tables(bundle.portfolio, bundle.raw, tables)
    decision = _decided(bundle, tables, arrow, engine)
    return replace(decision, notices=(*decision.notices, *_unread(bundle, arrow, engine)))


def _decided(
    bundle: Bundle,
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    arrow: Mapping[str, pa.Table],
    engine: Engine,
) -> Decision:
    scored = score(bundle, engine=engine, tables=arrow)
    if len(scored.keys) != 1:
        base = bundle.portfolio.base
        raise RequestError(
            f"{len(scored.keys)} applications, expected one.",
            where=base,
            hint=f"Send one row of {base}; its `where` may exclude it.",
        )
    decision = decision_at(scored, 0, raw=tables)
    named = (tables.get(bundle.portfolio.base) or [{}])[0].get(bundle.portfolio.key)
    return decision if named not in (None, "") else replace(decision, key=None)


def _unread(bundle: Bundle, tables: Mapping[str, pa.Table], engine: Engine) -> list[Notice]:
    """A notice for each table of which rows were sent that no feature sees: how many, and why."""
    counting = scorer_of(bundle).unread
    if counting is None or not any(tables[name].num_rows for name, _, _ in counting.counts):
        return []
    answer = engine.answer(counting.sql, tables).to_pylist()[0].values()
    counted = zip(counting.counts, answer, strict=True)
    return [Notice(table, column, count, why) for (table, column, why), count in counted if count]


def decision_at(
    scored: Scored, at: int, *, raw: Mapping[str, Sequence[Mapping[str, object]]] | None = None
) -> Decision:
    """One row of a scored batch as a Decision. `raw` gives the values that notices quote."""
    bundle, p = scored.bundle, scored.bundle.portfolio
    notices = _notices(scored, at, raw or {})
    _refuse(notices)
    one, exposure = scored.pd[at : at + 1], scored.exposure[at : at + 1]
    at_stake = stakes(p.costs, exposure)
    low, high = refer_band(p.costs, exposure)
    return Decision(
        bundle=bundle.id,
        portfolio=p,
        key=_text_or_none(scored.keys[at]),
        outcome=str(scored.outcomes.outcome[at]),
        by=str(scored.outcomes.by[at]),
        rule=str(scored.outcomes.rule[at]) or None,
        pd=float(one[0]),
        score=round(float(scored.score[at])),
        cut_off=bundle.cut_off,
        refer_band=None if np.isnan(low[0]) else (float(low[0]), float(high[0])),
        exposure=_number_or_none(exposure[0]),
        expected_loss=_number_or_none(at_stake.expected_loss(one)[0]),
        expected_profit=_number_or_none(at_stake.expected_profit(one)[0]),
        values={name: scored.value(name, at) for name in scored.rows},
        contributions=dict(zip(scored.rows, scored.contributions[at].tolist(), strict=True)),
        log_odds=float(scored.log_odds[at]),
        reference_log_odds=bundle.reference.log_odds,
        reasons=tuple(_reasons(scored, at)),
        notices=tuple(notices),
    )


def _refuse(notices: Sequence[Notice]) -> None:
    """Pass, or a RequestError for the first value the portfolio refuses."""
    for notice in notices:
        if notice.action == "refuse":
            what = f"{notice.value!r} is outside what is expected; this lender refuses such a request."
            raise RequestError(what, where=f"{notice.table}.{notice.column}", hint="Correct the value.")


def _reasons(scored: Scored, at: int) -> list[Reason]:
    names = list(scored.rows)
    result = []
    for position in scored.reasons[at]:
        if position >= 0:
            name, contribution = names[position], float(scored.contributions[at, position])
            value, typical = scored.value(name, at), scored.bundle.reference.typical.get(name)
            result.append(Reason(name, value, typical, contribution))
    return result


def _notices(scored: Scored, at: int, raw: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Notice]:
    result = []
    for breach in scorer_of(scored.bundle).plan.breaches:
        if scored.breaches[breach.flag][at]:
            rows = raw.get(breach.table) or [{}]
            result.append(Notice(breach.table, breach.column, rows[0].get(breach.column), breach.action))
    return result


def score_one(bundle: Bundle, key: str, *, engine: Engine, history: History | None = None) -> Decision:
    """The decision on a known application, by key.

    history: of this bundle and the engine's tables. Asked for another moment, or an application that isn't in it, the
    features are computed from the raw rows.
    """
    as_of = str(bundle.portfolio.as_of) if bundle.portfolio.as_of else ""
    entry = history.of(key) if history and history.as_of == as_of else None
    if entry is None:
        rows = application(bundle, key, engine=engine)
        return _decided(bundle, rows, arrow_tables(bundle.portfolio, bundle.raw, rows), engine)
    raw = {name: entry[name].to_pylist() for name in entry if name in bundle.raw}
    return decision_at(score_on_history(bundle, entry, engine=engine), 0, raw=raw)


def score_on_history(bundle: Bundle, tables: Mapping[str, pa.Table], *, engine: Engine) -> Scored:
    """Score the applications whose measured features (under MEASURED, sorted by key) and raw rows are given."""
    return _score(scorer_of(bundle), features_on_history(bundle, tables, engine=engine))


def features_on_history(bundle: Bundle, tables: Mapping[str, pa.Table], *, engine: Engine) -> pa.Table:
    """What a decision needs, where what `many` tables say is given and only the rest is computed."""
    scorer = scorer_of(bundle)
    raw = RawTables(engine, {name: table for name, table in tables.items() if name != MEASURED}, scorer.learned)
    return decision_columns(scorer.statements, raw, measured=tables[MEASURED])


def contributions_of(bundle: Bundle, values: Mapping[str, Any]) -> dict[str, float]:
    """What each feature contributes to the log-odds of one application, given its features' values."""
    types = {"number": pa.float32(), "level": pa.string()}
    table = pa.table({n: pa.array([values[n]], types[kind]) for n, kind in bundle.model.features.items()})
    rows = frame(table, bundle.model.features)
    moved = contributions(scorer_of(bundle).champion, rows, bundle.reference)[0]
    return dict(zip(rows, moved.tolist(), strict=True))


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _number_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _value(value: object) -> float | str | None:
    if isinstance(value, str):
        return value
    return None if value is None or np.isnan(float(value)) else float(value)  # type: ignore[arg-type]
