"""From raw tables to a bundle: in what order is a portfolio trained?

Everything learned is learned inside the folds, and every figure about it comes from rows outside its fit. The folds are
drawn once and shared by every candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import fiador
from fiador.bundle import Bundle
from fiador.checking import Progress, Report, check, require, silent
from fiador.decision.policy import cut_off, stakes
from fiador.errors import AcceptanceError
from fiador.features.compile import compile_development_sql, compile_sql
from fiador.features.examples import typical_sql
from fiador.features.schema import Schema, raw_columns
from fiador.model.calibration import calibrate, cross_fit
from fiador.model.candidates import Contest, contests
from fiador.model.champion import pack, unpack
from fiador.model.comparison import Measured, choose, empirical_cut_off_cross_fitted, measure
from fiador.model.contributions import distributions, reference_of
from fiador.model.development import Development, development
from fiador.model.fitting import fit, out_of_fold
from fiador.model.figures import breaches_of_gate, metrics_json
from fiador.model.vocabulary import require_known

if TYPE_CHECKING:
    from fiador.engines import Engine
    from fiador.portfolio import Portfolio


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


def train(portfolio: Portfolio, document: Mapping[str, Any], schema: Schema, engine: Engine, *, settings: Settings, now: datetime,
          clock: Callable[[], float], progress: Progress = silent) -> Bundle:  # fmt: skip
    """Check, compare, choose, calibrate and assemble; the bundle, not yet written (its id is empty).

    document: the portfolio as read, kept in the bundle. Raises DataError where the tables are refused.
    """
    require_known(portfolio)
    timings = Timings(clock)
    progress("checking", 0, 1)
    report = require(check(portfolio, schema, engine))
    timings.mark("check")
    data = _development(portfolio, schema, engine, settings)
    timings.mark("features")
    entered, raw, measured = _compete(portfolio, data, settings, timings, progress)
    eligible = [c.name for c in entered if c.candidate.ships and (not c.lender_set or portfolio.policy.ship_lender_set)]
    champion = choose(measured, portfolio.training.aim, eligible)
    contest = next(c for c in entered if c.name == champion)
    progress(f"fitting {champion} on all rows", 0, 1)
    examples = {table: engine.query(sql).to_pylist()[0] for table, sql in typical_sql(portfolio, schema).items()}
    bundle = _assemble(
        portfolio, document, schema, examples, data, contest, raw, measured, eligible, report, now, timings
    )
    progress("done", 1, 1)
    return bundle


def _development(portfolio: Portfolio, schema: Schema, engine: Engine, settings: Settings) -> Development:
    query = compile_sql(portfolio, schema)
    labels = engine.query(compile_development_sql(portfolio, schema))
    return development(
        engine.query(query.sql), labels, query.features, target=portfolio.target, protected=portfolio.policy.protected,
        folds=settings.folds or portfolio.training.folds, seed=_seed(portfolio, settings),
    )  # fmt: skip


def _seed(portfolio: Portfolio, settings: Settings) -> int:
    return portfolio.training.seed if settings.seed is None else settings.seed


def _compete(portfolio: Portfolio, data: Development, settings: Settings, timings: Timings,
             progress: Progress) -> tuple[list[Contest], dict[str, Any], dict[str, Measured]]:  # fmt: skip
    """Every candidate's out-of-fold predictions and their figures, by name."""
    entered = contests(portfolio, data.features, seed=_seed(portfolio, settings), threads=settings.threads)
    raw, measured = {}, {}
    steps = len(entered) * data.folds
    for n, contest in enumerate(entered):

        def fold_done(fold: int, at: int = n, name: str = contest.name) -> None:
            progress(f"{name}: fold {fold + 1} of {data.folds}", at * data.folds + fold, steps)

        raw[contest.name] = out_of_fold(contest, data, fold_done)
        timings.mark(f"fit {contest.name}")
    for n, (name, prediction) in enumerate(raw.items()):
        progress(f"measuring {name}", steps - len(raw) + n, steps)
        calibrated = cross_fit(data.bad, prediction, data.fold, calibrator=portfolio.training.calibrator)
        measured[name] = measure(
            data.bad,
            prediction,
            calibrated,
            data.fold,
            cut_off=cut_off(portfolio.costs),
            seed=_seed(portfolio, settings),
        )
        timings.mark("measure")
    return entered, raw, measured


def _assemble(portfolio: Portfolio, document: Mapping[str, Any], schema: Schema, examples: Mapping[str, Any], data: Development,
              contest: Contest, raw: Mapping[str, Any], measured: Mapping[str, Measured], eligible: list[str], report: Report, now: datetime, timings: Timings) -> Bundle:  # fmt: skip
    cut = cut_off(portfolio.costs)
    held_out = cross_fit(data.bad, raw[contest.name], data.fold, calibrator=portfolio.training.calibrator)
    at_stake = stakes(portfolio.costs, data.exposure)
    empirical = empirical_cut_off_cross_fitted(
        data.bad, held_out, data.fold, formula=cut, loss_if_bad=at_stake.loss_if_bad, gain_if_good=at_stake.gain_if_good
    )
    fitted = fit(contest, data)
    model = pack(contest.candidate.name, fitted, contest.features)
    champion = unpack(model)
    rows = data.rows[list(contest.features)]
    reference = reference_of(champion, rows, good=data.bad == 0, below=held_out < cut)
    spread = distributions(data.rows, data.bad == 1, data.features)
    timings.mark("assemble")
    return Bundle(
        id="",
        created_at=now.isoformat(timespec="seconds"),
        version=fiador.__version__,
        document=document,
        portfolio=portfolio,
        raw=raw_columns(portfolio, schema, examples),
        model=model,
        calibration=calibrate(data.bad, raw[contest.name], calibrator=portfolio.training.calibrator).to_json(),
        cut_off=cut,
        reference=reference,
        metrics=metrics_json(portfolio, eligible, measured, empirical, data),
        distributions=spread,
        development=_counted(report, data),
        timings=timings.seconds,
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


def require_accepted(bundle: Bundle) -> None:
    """Pass the gate the portfolio declares, or raise AcceptanceError naming every miss."""
    missed = breaches_of_gate(bundle.portfolio, bundle.metrics)
    if missed:
        raise AcceptanceError(
            f"the champion misses its gate: {'; '.join(missed)}.",
            where=bundle.portfolio.name,
            hint="It was written, and is not approved.",
        )
