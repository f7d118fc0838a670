"""Does the table of metrics hold every figure the project speaks of, in every language, and read it right?"""

from __future__ import annotations

import numpy as np
import pytest

from fiador.metrics import METRICS, Metric
from fiador.metrics.sample import sample
from fiador.words import LANGUAGES

BY_NAME = {m.name: m for m in METRICS}


def test_the_table_names_every_figure_once() -> None:
    assert [m.name for m in METRICS] == [
        *("auc", "gini", "ks", "average_precision"),
        *("brier", "log_loss", "calibration_slope", "ece"),
        *("accuracy", "precision", "recall", "f1"),
    ]


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_every_figure_has_words_in_every_language(metric: Metric) -> None:
    assert sorted(metric.says) == sorted(language.code for language in LANGUAGES)
    assert all(metric.says.values())


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_a_figure_is_the_same_by_its_function_and_on_a_sample(metric: Metric) -> None:
    rng = np.random.default_rng(0)
    pd = rng.random(80)
    y = (rng.random(80) < pd).astype(np.float64)
    cut_off = {"cut_off": 0.4} if metric.needs_cut_off else {}
    assert metric.on(sample(y, pd), cut_off=0.4)[0] == pytest.approx(metric.function(y, pd, **cut_off))


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_the_truth_is_better_than_noise_by_every_figure(metric: Metric) -> None:
    rng = np.random.default_rng(1)
    pd = rng.random(2000)
    y = (rng.random(2000) < pd).astype(np.float64)
    right, wrong = (metric.on(sample(y, p), cut_off=0.5)[0] for p in (pd, rng.random(2000)))
    assert metric.goodness(right) > metric.goodness(wrong)


def test_only_rank_figures_are_unmoved_by_a_rising_map() -> None:
    rng = np.random.default_rng(2)
    pd = rng.random(500)
    y = (rng.random(500) < pd).astype(np.float64)
    unmoved = {
        m.name
        for m in METRICS
        if m.on(sample(y, pd), cut_off=0.3)[0] == pytest.approx(m.on(sample(y, pd**3), cut_off=0.3)[0], abs=1e-9)
    }
    assert unmoved == {m.name for m in METRICS if m.by_order}


def test_a_calibration_slope_is_best_at_one() -> None:
    goodness = BY_NAME["calibration_slope"].goodness
    assert goodness(1.0) > goodness(1.1) > goodness(0.8)
