"""From raw tables to a bundle: in what order is a portfolio trained?

Everything learned is learned inside the folds, and every figure about it comes from rows outside its fit. The folds are
drawn once and shared by every candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

import fiador
from fiador.bundle import Bundle, ModelFiles, RawColumn
from fiador.decision.policy import cut_off, points, stakes
from fiador.errors import AcceptanceError
from fiador.features.development import compile_development_sql
from fiador.features.needed import no_longer_read, raw_still_read, without
from fiador.features.plan import Plan, compile_sql
from fiador.features.schema import Schema, raw_columns
from fiador.features.statements import Statements
from fiador.model.calibration import calibrate, cross_fit
from fiador.model.candidates import Contest, contests
from fiador.model.champion import Champion, pack, unpack
from fiador.model.comparison import CandidateFigures, CutOffs, choose, cross_fit_cut_off, measure
from fiador.model.contributions import distributions, reference_of
from fiador.model.development import Development, development, fingerprint
from fiador.model.evaluation import CutOffCosts, Predictions, counterpart, curves, evaluation_json, with_and_without
from fiador.model.figures import metrics_json
from fiador.model.fitting import fit, out_of_fold
from fiador.model.importance import global_contributions, groups_of, permutation_importance
from fiador.model.preparation import Features
from fiador.model.selection import Selector, kept_features, select, selection_json
from fiador.portfolio import LearnedFeature
from fiador.use_cases.checking import Report, check, require
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Progress, silent
from fiador.use_cases.row_models import learn
from fiador.use_cases.training.examples import typical_sql
from fiador.words.places import without_password

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from fiador.portfolio import Portfolio
    from fiador.use_cases.ports import Engine

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrainingOptions:
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
    options: TrainingOptions
    progress: Progress
    timings: Timings

    @property
    def seed(self) -> int:
        return self.portfolio.training.seed if self.options.seed is None else self.options.seed

    @property
    def calibrator(self) -> str:
        return self.portfolio.training.calibrator


@dataclass(frozen=True)
class Competition:
    """Every contest's out-of-fold predictions (raw, and calibrated on other folds) and figures, by name.

    fitted: of those that may ship, the fit that left out each fold. selected: what selection kept of each fold's
    training rows, by whether lender-set features are read too.
    """

    raw: Mapping[str, Floats]
    calibrated: Mapping[str, Floats]
    measured: Mapping[str, CandidateFigures]
    fitted: Mapping[str, list[Pipeline]]
    eligible: list[str]
    entered: Mapping[str, Contest]
    champion: Contest
    selected: Mapping[bool, list[Selector]]


@dataclass(frozen=True)
class Shipped:
    """The champion with the inputs selection kept of all rows. dropped: the features nothing reads any more."""

    contest: Contest
    selector: Selector
    dropped: tuple[str, ...]
    raw: Mapping[str, Mapping[str, RawColumn]]

    @classmethod
    def of(cls, call: Call, data: Development, plan: Plan, competition: Competition) -> Shipped:
        contest = competition.champion
        selector = _selected(call, data, contest.features, np.ones(len(data.bad), dtype=bool))
        dropped = no_longer_read(call.portfolio, plan, selector.removals_)
        examples = typical_sql(call.portfolio, call.schema).items()
        typical = {table: call.engine.query(sql).to_pylist()[0] for table, sql in examples}
        raw = raw_columns(call.portfolio, call.schema, typical)
        call.timings.mark("select")
        kept = contest.reading(kept_features(selector, contest.features))
        return cls(kept, selector, dropped, raw_still_read(call.portfolio, plan, dropped, raw))


def train(
    portfolio: Portfolio,
    document: Mapping[str, Any],
    schema: Schema,
    engine: Engine,
    *,
    options: TrainingOptions,
    now: datetime,
    clock: Callable[[], float],
    progress: Progress = silent,
) -> Bundle:
    """Check, compare, choose, calibrate and assemble; the bundle, not yet written (its id is empty).

    document: the portfolio as read, kept in the bundle. Raises DataError where the tables are refused.
    """
    call = Call(portfolio, document, schema, engine, options, progress, Timings(clock))
    progress("checking", 0, 1)
    report = require(check(portfolio, schema, engine))
    call.timings.mark("check")
    plan = compile_sql(portfolio, schema)
    data = _development(call, plan)
    call.timings.mark("features")
    data, learned = learn(
        plan.learned, data, RawTables(engine), seed=call.seed, threads=options.threads, progress=progress
    )
    call.timings.mark("learn")
    competition = _compete(call, data, plan.touching(portfolio.policy.lender_set))
    progress("selecting features on all rows", 0, 1)
    shipped = Shipped.of(call, data, plan, competition)
    evaluation = _evaluate(call, data, competition, shipped)
    progress(f"fitting {competition.champion.name} on all rows", 0, 1)
    bundle = _assemble(call, data, competition, shipped, report=report, now=now, evaluation=evaluation)
    progress("done", 1, 1)
    return replace(bundle, learned=_still_read(portfolio, learned, bundle.model.features))


def _still_read(portfolio: Portfolio, learned: Mapping[str, ModelFiles], features: Features) -> dict[str, ModelFiles]:
    """The models of rows that a feature of the champion measures."""
    tables = {f.table for n in features if isinstance(f := portfolio.features[n], LearnedFeature)}
    return {table: model for table, model in learned.items() if table in tables}


def _development(call: Call, plan: Plan) -> Development:
    portfolio, engine = call.portfolio, call.engine
    labels = engine.query(compile_development_sql(portfolio, call.schema))
    return development(
        _features(call, plan),
        labels.filter(pc.is_valid(labels.column("key"))),
        plan.features,
        target=portfolio.target,
        protected=plan.touching(portfolio.policy.protected),
        folds=call.options.folds or portfolio.training.folds,
        seed=call.seed,
    )


def _features(call: Call, plan: Plan) -> pa.Table:
    """`key`, every feature and `exposure` of each application with a key; what a model is still to learn is null."""
    columns = decision_columns(Statements(plan), RawTables(call.engine), progress=call.progress)
    kept = columns.select(["key", *plan.features, "exposure"])
    return kept.filter(pc.is_valid(kept.column("key"))) if kept.column("key").null_count else kept


def _compete(call: Call, data: Development, lender_set: set[str]) -> Competition:
    p = call.portfolio
    entered = contests(
        p, data.features, lender_set=lender_set, seed=call.seed, threads=call.options.threads, rows=len(data.bad)
    )
    eligible = [c.name for c in entered if c.candidate.ships and (not c.lender_set or p.policy.ship_lender_set)]
    selected = {c.lender_set: c.features for c in entered}
    selectors = {key: _selected_by_fold(call, data, features) for key, features in selected.items()}
    fitted: dict[str, list[Pipeline]] = {name: [] for name in eligible}
    raw = {
        c.name: _predicted(call, data, c, selectors[c.lender_set], at=n, of=len(entered), fitted=fitted.get(c.name))
        for n, c in enumerate(entered)
    }
    calibrated, measured = {}, {}
    for n, (name, prediction) in enumerate(raw.items()):
        call.progress(f"measuring {name}", n, len(raw))
        calibrated[name] = cross_fit(data.bad, prediction, data.fold, calibrator=call.calibrator)
        measured[name] = measure(
            data.bad, prediction, calibrated[name], data.fold, cut_off=cut_off(p.costs), seed=call.seed
        )
        call.timings.mark("measure")
    champion = choose(measured, p.training.aim, eligible)
    by_name = {contest.name: contest for contest in entered}
    return Competition(raw, calibrated, measured, fitted, eligible, by_name, by_name[champion], selectors)


def _selected_by_fold(call: Call, data: Development, features: Features) -> list[Selector]:
    """What selection learns of each fold's training rows."""
    selectors = []
    for fold in range(data.folds):
        call.progress(f"selecting features: fold {fold + 1} of {data.folds}", fold, data.folds)
        selectors.append(_selected(call, data.without(fold), features, data.fold != fold))
    call.timings.mark("select")
    return selectors


def _selected(call: Call, data: Development, features: Features, rows: NDArray[np.bool_]) -> Selector:
    declared = call.document.get("features", {})  # what a person wrote; others may be made of a vocabulary
    return select(features, data, rows, call.portfolio.selection, declared=declared, seed=call.seed)


def _predicted(
    call: Call,
    data: Development,
    contest: Contest,
    selectors: Sequence[Selector],
    *,
    at: int,
    of: int,
    fitted: list[Pipeline] | None,
) -> Floats:
    """Its out-of-fold predictions; the folds' fits are kept where there is a list for them."""

    def fold_starts(fold: int) -> None:
        step = at * data.folds + fold
        call.progress(f"{contest.name}: fold {fold + 1} of {data.folds}", step, of * data.folds)

    keep = (lambda _: None) if fitted is None else fitted.append
    inputs = [kept_features(selector, contest.features) for selector in selectors]
    predicted = out_of_fold(contest, data, fold_starts, keep, inputs=inputs)
    call.timings.mark(f"fit {contest.name}")
    return predicted


def _empirical_cut_off(call: Call, data: Development, pd: Floats) -> CutOffs:
    costs = call.portfolio.costs
    at = stakes(costs, data.exposure)
    return cross_fit_cut_off(
        data.bad,
        pd,
        data.fold,
        formula=cut_off(costs),
        loss_if_bad=at.loss_if_bad,
        gain_if_good=at.gain_if_good,
    )


def _evaluate(call: Call, data: Development, competition: Competition, shipped: Shipped) -> dict[str, Any]:
    """What a validator draws, from rows outside each fit: the champion, and beside it the same candidate with, or
    without, the lender's own opinion."""
    name = competition.champion.name
    other = counterpart(name, list(competition.entered))
    drawn = {}
    for n, each in enumerate(names := [name, *([other] if other else [])]):
        call.progress(f"drawing {each}", n, len(names))
        drawn[each] = _curves(call, data, competition, each)
    call.timings.mark("draw")
    return evaluation_json(
        drawn,
        champion=name,
        selection=selection_json(shipped.selector, competition.selected[competition.champion.lender_set]),
        lender_set=_lender_set(competition, name, other) if other else None,
        **_inputs(call, data, competition, shipped.contest),
    )


def _curves(call: Call, data: Development, competition: Competition, name: str) -> dict[str, Any]:
    p, pd = call.portfolio, competition.calibrated[name]
    cut_offs, at = _empirical_cut_off(call, data, pd), stakes(p.costs, data.exposure)
    costs = CutOffCosts(cut_offs.formula, cut_offs.empirical, at.loss_if_bad, at.gain_if_good)
    predictions = Predictions(competition.raw[name], pd, points(pd, p.points))
    return curves(predictions, data, competition.measured[name], costs)


def _inputs(call: Call, data: Development, competition: Competition, contest: Contest) -> dict[str, Any]:
    """What each input is worth to the champion, and which way it moves the risk, asked of each fold's own fit."""
    p, features = call.portfolio, contest.features
    groups = groups_of(features, {name: p.features[name].group for name in features})
    champions = _by_fold(competition, competition.champion)
    call.progress(f"shuffling the inputs of {contest.name}", 0, 2)
    importance = permutation_importance(champions, data, groups, features=features, seed=call.seed)
    call.timings.mark("shuffle")
    call.progress(f"explaining {contest.name}", 1, 2)
    below = competition.calibrated[contest.name] < cut_off(p.costs)
    contributions = global_contributions(champions, data, groups, features=features, below=below, seed=call.seed)
    call.timings.mark("explain")
    return {"importance": importance, "contributions": contributions}


def _by_fold(competition: Competition, contest: Contest) -> list[Champion]:
    """The contest's fit that left out fold 0, 1, …, each with the inputs selected without that fold."""
    selectors = competition.selected[contest.lender_set]
    fits = zip(competition.fitted[contest.name], selectors, strict=True)
    name, features = contest.candidate.name, contest.features
    return [unpack(pack(name, fitted, kept_features(selector, features))) for fitted, selector in fits]


def _lender_set(competition: Competition, name: str, other: str) -> dict[str, Any]:
    one, two = (competition.entered[each].features for each in (name, other))
    features = [feature for feature in {**one, **two} if (feature in one) != (feature in two)]
    return with_and_without(competition.measured, name, other, features)


def _assemble(
    call: Call,
    data: Development,
    competition: Competition,
    shipped: Shipped,
    *,
    report: Report,
    now: datetime,
    evaluation: dict[str, Any],
) -> Bundle:
    contest = shipped.contest
    p = without(call.portfolio, shipped.dropped, shipped.raw)
    held_out = competition.calibrated[contest.name]
    empirical = _empirical_cut_off(call, data, held_out)
    cut = empirical.formula
    model = pack(contest.candidate.name, fit(contest, data), contest.features)
    rows = data.read(contest.features, np.ones(len(data.bad), dtype=bool))
    reference = reference_of(unpack(model), rows, good=data.bad == 0, below=held_out < cut)
    call.timings.mark("assemble")
    return Bundle(
        id="",
        created_at=now.isoformat(timespec="seconds"),
        version=fiador.__version__,
        document=without_password(call.document),
        portfolio=p,
        raw=shipped.raw,
        model=model,
        calibration=calibrate(data.bad, competition.raw[contest.name], calibrator=call.calibrator).to_json(),
        cut_off=cut,
        reference=reference,
        metrics=metrics_json(
            p, competition.eligible, competition.measured, empirical, data, selection=evaluation["selection"]
        ),
        evaluation=evaluation,
        distributions=distributions(
            data.rows, data.bad == 1, {n: k for n, k in data.features.items() if n in p.features}
        ),
        development=_counted(report, data),
        timings=call.timings.seconds,
        dropped=shipped.dropped,
    )


def _counted(report: Report, data: Development) -> dict[str, Any]:
    assert report.accounting is not None
    a = report.accounting
    counted = {
        "tables": dict(report.rows),
        "fingerprint": fingerprint(data),
        "read": a.read,
        "dropped": dict(a.dropped),
        "kept": a.kept,
        "labelled": a.good + a.bad,
        "unlabelled": a.unlabelled,
        "bad": a.bad,
    }
    return {**counted, "bad_rate": a.bad / (a.good + a.bad), "folds": data.folds, "seed": data.seed}


def require_accepted(bundle: Bundle, *, folder: str = "") -> None:
    """Pass the gate the portfolio declares, or raise AcceptanceError naming every miss."""
    missed = bundle.missed_gate
    if missed:
        what = f"the champion misses its gate: {'; '.join(missed)}."
        hint = f"It is kept in {folder}, not approved." if folder else "It is not approved."
        raise AcceptanceError(what, where=bundle.portfolio.name, hint=hint)
