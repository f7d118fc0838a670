"""From raw tables to a bundle: in what order is a portfolio trained?

Everything learned is learned inside the folds, and every figure about it comes from rows outside its fit. The folds are
drawn once and shared by every candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import fiador
from fiador.bundle import Bundle
from fiador.checking import Progress, Report, check, require, silent
from fiador.decision.policy import cut_off, stakes
from fiador.errors import AcceptanceError
from fiador.features.compile import Query, compile_development_sql, compile_sql
from fiador.features.examples import typical_sql
from fiador.features.schema import Schema, raw_columns
from fiador.model.calibration import calibrate, cross_fit
from fiador.model.candidates import Contest, contests
from fiador.model.champion import pack, unpack
from fiador.model.comparison import Measured, choose, empirical_cut_off_cross_fitted, measure
from fiador.model.contributions import distributions, reference_of
from fiador.model.development import Development, development
from fiador.model.figures import breaches_of_gate, metrics_json
from fiador.model.fitting import fit, out_of_fold
from fiador.model.vocabulary import require_known

if TYPE_CHECKING:
    from fiador.engines import Engine
    from fiador.portfolio import Portfolio

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What a call may override: the portfolio's seed and folds; the threads a candidate may use."""

    seed: int | None = None
    folds: int | None = None
    threads: int = 2


class Timings:
    """Seconds by step, as a clock passed in tells them. They go to timings.json alone: figures stay the same."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.seconds: dict[str, float] = {}
        self._last = clock()

    def mark(self, step: str) -> None:
        now = self.clock()
        self.seconds[step] = round(self.seconds.get(step, 0.0) + now - self._last, 3)
        self._last = now


@dataclass(frozen=True)
class Call:
    """What one training was asked: the portfolio, its document as read, where its tables are, what is overridden."""

    portfolio: Portfolio
    document: Mapping[str, Any]
    schema: Schema
    engine: Engine
    settings: Settings
    progress: Progress
    timings: Timings

    @property
    def seed(self) -> int:
        return self.portfolio.training.seed if self.settings.seed is None else self.settings.seed

    @property
    def calibrator(self) -> str:
        return self.portfolio.training.calibrator


@dataclass(frozen=True)
class Competition:
    """Every contest's out-of-fold predictions (raw, and calibrated on other folds) and figures, by name."""

    raw: Mapping[str, Floats]
    calibrated: Mapping[str, Floats]
    measured: Mapping[str, Measured]
    eligible: list[str]
    champion: Contest


def train(
    portfolio: Portfolio,
    document: Mapping[str, Any],
    schema: Schema,
    engine: Engine,
    *,
    settings: Settings,
    now: datetime,
    clock: Callable[[], float],
    progress: Progress = silent,
) -> Bundle:
    """Check, compare, choose, calibrate and assemble; the bundle, not yet written (its id is empty).

    document: the portfolio as read, kept in the bundle. Raises DataError where the tables are refused.
    """
    require_known(portfolio)
    call = Call(portfolio, document, schema, engine, settings, progress, Timings(clock))
    progress("checking", 0, 1)
    report = require(check(portfolio, schema, engine))
    call.timings.mark("check")
    query = compile_sql(portfolio, schema)
    data = _development(call, query)
    call.timings.mark("features")
    competition = _compete(call, data, query.touching(portfolio.policy.lender_set))
    progress(f"fitting {competition.champion.name} on all rows", 0, 1)
    bundle = _assemble(call, data, competition, report, now)
    progress("done", 1, 1)
    return bundle


def _development(call: Call, query: Query) -> Development:
    portfolio, engine = call.portfolio, call.engine
    return development(
        engine.query(query.sql),
        engine.query(compile_development_sql(portfolio, call.schema)),
        query.features,
        target=portfolio.target,
        protected=query.touching(portfolio.policy.protected),
        folds=call.settings.folds or portfolio.training.folds,
        seed=call.seed,
    )


def _compete(call: Call, data: Development, lender_set: set[str]) -> Competition:
    p = call.portfolio
    entered = contests(
        p, data.features, lender_set=lender_set, seed=call.seed, threads=call.settings.threads, rows=len(data.bad)
    )
    raw = {contest.name: _predicted(call, data, contest, n, len(entered)) for n, contest in enumerate(entered)}
    calibrated, measured = {}, {}
    for n, (name, prediction) in enumerate(raw.items()):
        call.progress(f"measuring {name}", n, len(raw))
        calibrated[name] = cross_fit(data.bad, prediction, data.fold, calibrator=call.calibrator)
        measured[name] = measure(
            data.bad, prediction, calibrated[name], data.fold, cut_off=cut_off(p.costs), seed=call.seed
        )
        call.timings.mark("measure")
    eligible = [c.name for c in entered if c.candidate.ships and (not c.lender_set or p.policy.ship_lender_set)]
    champion = choose(measured, p.training.aim, eligible)
    return Competition(raw, calibrated, measured, eligible, next(c for c in entered if c.name == champion))


def _predicted(call: Call, data: Development, contest: Contest, at: int, of: int) -> Floats:
    def fold_starts(fold: int) -> None:
        step = at * data.folds + fold
        call.progress(f"{contest.name}: fold {fold + 1} of {data.folds}", step, of * data.folds)

    predicted = out_of_fold(contest, data, fold_starts)
    call.timings.mark(f"fit {contest.name}")
    return predicted


def _assemble(call: Call, data: Development, competition: Competition, report: Report, now: datetime) -> Bundle:
    p, contest = call.portfolio, competition.champion
    cut, held_out = cut_off(p.costs), competition.calibrated[contest.name]
    at_stake = stakes(p.costs, data.exposure)
    empirical = empirical_cut_off_cross_fitted(
        data.bad, held_out, data.fold, formula=cut, loss_if_bad=at_stake.loss_if_bad, gain_if_good=at_stake.gain_if_good
    )
    model = pack(contest.candidate.name, fit(contest, data), contest.features)
    examples = {t: call.engine.query(sql).to_pylist()[0] for t, sql in typical_sql(p, call.schema).items()}
    reference = reference_of(unpack(model), data.rows[list(contest.features)], good=data.bad == 0, below=held_out < cut)
    call.timings.mark("assemble")
    return Bundle(
        id="",
        created_at=now.isoformat(timespec="seconds"),
        version=fiador.__version__,
        document=call.document,
        portfolio=p,
        raw=raw_columns(p, call.schema, examples),
        model=model,
        calibration=calibrate(data.bad, competition.raw[contest.name], calibrator=call.calibrator).to_json(),
        cut_off=cut,
        reference=reference,
        metrics=metrics_json(p, competition.eligible, competition.measured, empirical, data),
        distributions=distributions(data.rows, data.bad == 1, data.features),
        development=_counted(report, data),
        timings=call.timings.seconds,
    )


def _counted(report: Report, data: Development) -> dict[str, Any]:
    assert report.accounting is not None
    a = report.accounting
    counted = {
        "read": a.read,
        "dropped": dict(a.dropped),
        "kept": a.kept,
        "labelled": a.good + a.bad,
        "unlabelled": a.unlabelled,
        "bad": a.bad,
    }
    return {**counted, "bad_rate": a.bad / (a.good + a.bad), "folds": data.folds, "seed": data.seed}


def missed_gate(bundle: Bundle) -> list[str]:
    """Every bound of the portfolio's gate that the champion misses, in words."""
    return breaches_of_gate(bundle.portfolio, bundle.metrics)


def require_accepted(bundle: Bundle, *, folder: str = "") -> None:
    """Pass the gate the portfolio declares, or raise AcceptanceError naming every miss."""
    missed = missed_gate(bundle)
    if missed:
        what = f"the champion misses its gate: {'; '.join(missed)}."
        hint = f"It is kept in {folder}, not approved." if folder else "It is not approved."
        raise AcceptanceError(what, where=bundle.portfolio.name, hint=hint)
