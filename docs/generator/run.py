"""What does a training run leave behind? Read from a small run on simulated data, so that no page can promise more."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.disk.portfolios import read_document, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source
from fiador.bundle import Bundle
from fiador.metrics import METRICS
from fiador.model import figures
from fiador.model.candidates import CANDIDATES
from fiador.portfolio import parse_document
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train
from generator.markdown import code, opening, rest, rows_of, said, table

PORTFOLIO = Path(__file__).parents[2] / "portfolios" / "alura_cash"
CANDIDATE = "logistic_regression"  # stands for every candidate, and auc for every metric, where a path is shown
FILES = {
    "manifest.json": "the format, the version, when it was written, the champion's kind, and the sha256 of every other "
    "file. Its own sha256 is the bundle's **id**, which every decision carries and `--expect` demands",
    "portfolio.json": "the portfolio as read: overlays merged, texts under `texts`",
    "raw.json": "every raw column the bundle reads: its type, its role (key, link, target or value), a typical value",
    "decision.json": "the cut-off, the fitted calibrator, the reference that contributions are measured from, the "
    "champion's inputs in order, the features [selection](../how-to/selection.md) took out, the columns that each "
    "[model of rows](../how-to/learned.md) in `learned/` reads, and the rows it was developed on",
    "metrics.json": "[every figure](metrics.md) of every candidate, and the choice among them",
    "evaluation.json": "what [`fiador report`](../how-to/reading-model-report.md) draws of the champion, and of the "
    "same candidate with or without the lender-set features: curves, reliability, gains, costs by cut-off, which "
    "features were kept and why others weren't, what each input is worth; all from rows outside the fit",
    "distributions.json": "how development goods and bads are spread over each feature, for the page",
    "timings.json": "seconds by step; the one file, with the manifest's time, that differs between two equal runs",
}
MEANINGS = {
    "format": "the version of this file's form",
    "candidates.NAME.METRIC.mean": "mean over folds; null where undefined, such as the slope of a constant",
    "candidates.NAME.METRIC.sd": "standard deviation over folds",
    "candidates.NAME.METRIC.low": "lower end of the 95 % interval: a bootstrap within folds",
    "candidates.NAME.METRIC.high": "its upper end",
    "candidates.NAME.confusion.tp": "bads declined at the derived cut-off, over all folds",
    "candidates.NAME.confusion.fp": "goods declined",
    "candidates.NAME.confusion.tn": "goods approved",
    "candidates.NAME.confusion.fn": "bads approved",
    "candidates.NAME.pooled_auc": "AUC of all folds' PDs ranked together: another number than the mean over folds",
    "candidates.NAME.uncalibrated.METRIC": "mean over folds before calibration, for comparison",
    "candidates.NAME.ships": "whether it may be champion",
    "candidates.NAME.compared_only": "why not; null where it may",
    "champion": "the shipped candidate",
    "choice.aim": "the metric it is best by",
    "choice.eligible": "the candidates it was chosen among",
    "choice.says": "the comparison with the runner-up, in words",
    "choice.runner_up": "the next best that may ship; null where there is none",
    "choice.difference": "how much better the champion is than the runner-up by the aim, mean over folds",
    "choice.low": "lower end of the difference's 95 % interval, drawn in pairs",
    "choice.high": "its upper end",
    "choice.significant": "whether that interval leaves out zero",
    "choice.chosen_by_fold": "the champion the other folds would have chosen, for each fold",
    "choice.aim_outside_the_choice": "the aim on folds the choice did not look at: free of the luck of choosing",
    "empirical_cut_off.formula": "the cut-off derived from the costs: the one that decides",
    "empirical_cut_off.empirical": "the mean of `by_fold`",
    "empirical_cut_off.by_fold": "the cut-off that costs least on the other folds, for each fold",
    "empirical_cut_off.cost_at_formula": "what the formula's cut-off costs an application, in money or matrix units",
    "empirical_cut_off.cost_at_empirical": "what the empirical one costs on the fold it was not chosen on",
    "empirical_cut_off.rows": "applications with a known cost",
    "empirical_cut_off.of": "of so many",
    "selection.considered": "features selection was shown: all but protected ones, and but lender-set ones "
    "where the champion doesn't read them",
    "selection.kept": "features the champion reads",
    "selection.alike": "how alike the selections of two folds are: |both| / |either|, mean over pairs of folds",
    "selection.dropped.constant": "features that are alike in every row",
    "selection.dropped.duplicate": "features equal to an earlier one in every row",
    "selection.dropped.nulls": "features with too many nulls",
    "selection.dropped.correlation": "features that rank applications as one that stays does",
    "selection.dropped.importance": "features that add no more than chance",
    "selection.dropped.most": "features beyond the `most` best",
    "rows.labelled": "development rows with a target",
    "rows.bad": "of which bad",
    "rows.folds": "folds",
    "rows.seed": "seed",
}


@dataclass(frozen=True)
class Run:
    """A bundle, and its files as written."""

    bundle: Bundle
    engine: Any
    files: Mapping[str, bytes]


@cache
def small_run() -> Run:
    """A thousand simulated applications, two folds, the candidates that may ship."""
    document = read_document(PORTFOLIO)
    document["training"] = {**document.get("training", {}), "candidates": [CANDIDATE, "lightgbm"]}
    portfolio = parse_document(document)
    now = datetime(2026, 11, 21, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        drawn = simulate(portfolio, profile=read_profile(portfolio, PORTFOLIO), applications=1000, seed=0)
        write_tables(drawn, place / "tables", format="parquet", database=portfolio.name, written_at=now)
        engine = open_engine()
        schema = load_tables(portfolio, open_source(place / "tables", types=portfolio.types), engine)
        options = TrainingOptions(seed=0, folds=2, threads=1)
        trained = train(portfolio, document, schema, engine, options=options, now=now, clock=lambda: 0.0)
        bundle = save_bundle(trained, place / "bundle")
        found = sorted(path for path in (place / "bundle").rglob("*") if path.is_file())
        files = {path.relative_to(place / "bundle").as_posix(): path.read_bytes() for path in found}
    return Run(bundle, engine, files)


def bundle() -> str:
    """bundle.md"""
    written = [name for name in small_run().files if not name.startswith("model/")]
    _same("FILES", set(FILES), set(written))
    ships = [c for c in rows_of(CANDIDATES) if c.ships]
    return "\n\n".join(
        [
            "# The bundle",
            "A bundle is a folder of data that `fiador train` writes and `score` and `serve` open. No file of it is "
            "run: models are LightGBM's own text, or skops with a fixed list of types. A file that was changed, is "
            "missing, or holds another type is refused. It is written aside and renamed, so an old bundle stays whole "
            "until the new one stands.",
            table(("file", "holds"), [(code(name), FILES[name]) for name in FILES]),
            "The champion's files, by its kind:",
            table(
                ("champion", "files"),
                [(code(c.name), f"`model/` as {c.format}") for c in ships],
            ),
        ]
    )


def metrics() -> str:
    """metrics.md"""
    rows = [
        (code(m.name), said(m.says), _of(m), _best(m), opening(getattr(m, "function", None))) for m in rows_of(METRICS)
    ]
    paths = dict(_paths(json.loads(small_run().files["metrics.json"])))
    _same("MEANINGS", set(MEANINGS), set(paths))
    return "\n\n".join(
        [
            "# Metrics",
            table(("metric", "what", "of", "best", "how"), rows),
            "A figure is the mean over folds of rows the model, and the calibrator, did not see.",
            "## metrics.json",
            rest(figures).split("\n\n")[0] or opening(figures),
            "NAME is a candidate, with `+lender_set` where it also reads the lender-set features; METRIC is a metric.",
            table(("path", "type", "what"), [(code(path), paths[path], MEANINGS[path]) for path in MEANINGS]),
        ]
    )  # fmt: skip


def _of(metric: Any) -> str:
    if metric.by_order:
        return "the prediction's order"
    return "PD, at the derived cut-off" if metric.needs_cut_off else "PD"


def _best(metric: Any) -> str:
    if metric.ideal is not None:
        return f"{metric.ideal:g}"
    return "high" if metric.higher_is_better else "low"


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, type) of every leaf; one candidate and one metric stand for all."""
    if not isinstance(value, Mapping):
        yield path, _type(value)
        return
    names = {m.name for m in rows_of(METRICS)}
    for key, inner in value.items():
        if path == "candidates" and key != CANDIDATE:
            continue
        if key in names and key not in ("auc", "brier"):
            continue
        if key == "brier" and not path.endswith("uncalibrated"):
            continue
        shown = "NAME" if path == "candidates" else "METRIC" if key in names else key
        yield from _paths(inner, f"{path}.{shown}" if path else shown)


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list):
        return f"list of {_type(value[0])}s" if value else "list"
    return {int: "whole number", float: "number", str: "text"}.get(type(value), "text or null")


def _same(name: str, told: set[str], found: set[str]) -> None:
    faults = [f"no words for {each}" for each in sorted(found - told)]
    faults += [f"words for {each}, which isn't there" for each in sorted(told - found)]
    if faults:
        raise SystemExit(f"docs/generator/run.py: {name}: " + "; ".join(faults))
