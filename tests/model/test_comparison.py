"""Are candidates told apart by more than luck, and every figure about a choice taken outside it?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from fiador.errors import DataError, PortfolioError
from fiador.metrics import METRICS
from fiador.metrics.costs import empirical_cut_off, realised_cost
from fiador.model.comparison import (
    CandidateFigures,
    Interval,
    bootstrap_counts,
    choose,
    choose_by_fold,
    compare,
    cross_fit_cut_off,
    measure,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# AUC by fold of three candidates; means 0.7, 0.7 and 0.65
TABLE = {"steady": [0.70, 0.70, 0.70], "lucky": [0.90, 0.60, 0.60], "weak": [0.65, 0.65, 0.65]}


def applications(rows: int, seed: int, folds: int = 3) -> tuple[Integers, Floats, Integers]:
    rng = np.random.default_rng(seed)
    pd = rng.beta(1, 3, rows)
    return (rng.random(rows) < pd).astype(np.int64), pd, np.arange(rows) % folds


def measured(
    y: Integers, pd: Floats, fold: Integers, *, cut_off: float = 0.3, draws: int = 60, seed: int = 0
) -> CandidateFigures:
    return measure(y, pd, pd, fold, cut_off=cut_off, draws=draws, seed=seed)


def of_figures(table: Mapping[str, list[float]], aim: str = "auc") -> dict[str, CandidateFigures]:
    """Candidates of which only one figure by fold is known."""
    return {
        name: CandidateFigures(
            intervals={aim: Interval(float(np.mean(figures)), 0.0, 0.0, 0.0)},
            draws={aim: np.full(4, np.mean(figures))},
            by_fold={aim: np.array(figures)},
            confusion={},
            pooled_auc=0.0,
            uncalibrated={},
        )
        for name, figures in table.items()
    }


def test_a_figure_is_the_mean_over_folds_and_its_sd_that_of_a_sample() -> None:
    y, pd, fold = applications(300, seed=0)
    by_fold = [roc_auc_score(y[fold == k], pd[fold == k]) for k in range(3)]
    auc = measured(y, pd, fold).intervals["auc"]
    assert (auc.mean, auc.sd) == pytest.approx((np.mean(by_fold), np.std(by_fold, ddof=1)))


def test_rank_figures_read_the_raw_prediction_and_the_others_the_calibrated_pd() -> None:
    y, pd, fold = applications(300, seed=1)
    raw = 1 - pd
    m = measure(y, raw, pd, fold, cut_off=0.3, draws=5, seed=0)
    assert m.intervals["auc"].mean < 0.5
    assert m.intervals["calibration_slope"].mean > 0
    assert m.intervals["brier"].mean == pytest.approx(((pd - y) ** 2).mean(), abs=1e-9)
    assert m.uncalibrated["brier"] == pytest.approx(((raw - y) ** 2).mean(), abs=1e-9)


def test_the_pooled_auc_is_of_all_rows_at_once_and_another_number() -> None:
    y, pd, fold = applications(600, seed=2)
    shifted = np.clip(pd + 0.3 * fold, 0, 1)  # the folds' scales differ: the order within a fold is as before
    m = measured(y, shifted, fold)
    assert m.pooled_auc == pytest.approx(roc_auc_score(y, shifted))
    assert m.intervals["auc"].mean - m.pooled_auc > 0.05


def test_the_confusion_counts_every_row_once() -> None:
    y, pd, fold = applications(300, seed=3)
    declined = pd >= 0.3
    counts = measured(y, pd, fold).confusion
    assert counts == {
        "tp": (declined & (y == 1)).sum(),
        "fp": (declined & (y == 0)).sum(),
        "tn": (~declined & (y == 0)).sum(),
        "fn": (~declined & (y == 1)).sum(),
    }


@pytest.mark.parametrize("seed", range(3))
def test_every_interval_holds_its_mean_and_stays_in_its_bounds(seed: int) -> None:
    y, pd, fold = applications(240, seed)
    for metric in METRICS:
        interval = measured(y, pd, fold).intervals[metric.name]
        assert metric.bounds[0] <= interval.low <= interval.mean <= interval.high <= metric.bounds[1], metric.name


def test_the_auc_interval_is_as_wide_as_an_independent_bootstrap_finds() -> None:
    y, pd, _ = applications(400, seed=4)
    rng = np.random.default_rng(99)
    drawn = [roc_auc_score(y[rows], pd[rows]) for rows in rng.integers(0, 400, (400, 400))]
    low, high = np.quantile(drawn, [0.025, 0.975])
    auc = measured(y, pd, np.zeros(400, dtype=np.int64), draws=1000).intervals["auc"]
    assert auc.high - auc.low == pytest.approx(high - low, rel=0.2)


def test_more_folds_of_the_same_rows_narrow_the_interval_no_further_than_the_rows_do() -> None:
    y, pd, _ = applications(1200, seed=5)
    widths = []
    for folds in (2, 6):
        auc = measured(y, pd, np.arange(1200) % folds, draws=400).intervals["auc"]
        widths.append(auc.high - auc.low)
    assert widths[1] == pytest.approx(widths[0], rel=0.25)


def test_one_seed_gives_the_same_figures_and_another_only_other_intervals() -> None:
    y, pd, fold = applications(200, seed=6)
    one, again, other = (measured(y, pd, fold, seed=seed).intervals["auc"] for seed in (1, 1, 2))
    assert one == again
    assert (one.mean, one.sd) == (other.mean, other.sd)
    assert (one.low, one.high) != (other.low, other.high)


def test_a_draw_holds_as_many_rows_as_there_are() -> None:
    whole = np.concatenate(list(bootstrap_counts(7, draws=5, seed=3)))
    assert (whole.sum(axis=1) == 7).all()
    assert whole.shape == (5, 7)


def test_rows_are_drawn_once_on_average() -> None:
    counts = np.concatenate(list(bootstrap_counts(50, draws=4000, seed=0)))
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.1)
    assert (counts == 0).mean() == pytest.approx((1 - 1 / 50) ** 50, abs=0.01)


def test_a_constant_prediction_has_no_slope_and_still_every_other_figure() -> None:
    y, _, fold = applications(90, seed=7)
    m = measured(y, np.full(90, 0.25), fold)
    unknown = {name for name, interval in m.intervals.items() if np.isnan(interval.mean)}
    assert unknown == {"calibration_slope"}
    assert m.intervals["auc"] == Interval(0.5, 0.0, 0.5, 0.5)


def test_a_fold_of_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="all 2 rows are good"):
        measured(np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4]), np.array([0, 0, 1, 1]))


def test_folds_for_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match=r"2 rows, but folds of shape \(3,\)"):
        measured(np.array([0, 1]), np.array([0.1, 0.2]), np.array([0, 1, 0]))


@pytest.mark.parametrize("aim", ["auc", "brier"])
def test_a_candidate_differs_from_itself_by_exactly_nothing(aim: str) -> None:
    y, pd, fold = applications(200, seed=8)
    twice = compare({"one": measured(y, pd, fold), "again": measured(y, pd, fold)}, aim)
    assert (twice.difference.mean, twice.difference.low, twice.difference.high) == (0, 0, 0)
    assert not twice.significant


def test_draws_are_paired_so_that_a_small_steady_difference_is_seen() -> None:
    y, pd, fold = applications(1500, seed=9)
    a_little_worse = pd + np.random.default_rng(0).normal(0, 0.05, 1500).clip(-0.2, 0.2)
    both = {"better": measured(y, pd, fold), "worse": measured(y, a_little_worse.clip(0, 1), fold)}
    result = compare(both, "auc")
    alone = both["better"].intervals["auc"]
    assert (result.best, result.runner_up) == ("better", "worse")
    assert result.difference.high - result.difference.low < (alone.high - alone.low) / 2


def test_a_clear_difference_is_significant_and_positive_whichever_way_the_aim_runs() -> None:
    y, pd, fold = applications(900, seed=10)
    noise = np.random.default_rng(1).beta(1, 3, 900)
    both = {"noise": measured(y, noise, fold), "truth": measured(y, pd, fold)}
    for aim in ("auc", "average_precision", "brier", "log_loss"):
        result = compare(both, aim)
        assert (result.best, result.significant) == ("truth", True), aim
        assert result.difference.mean > 0
        assert result.difference.low > 0


def test_two_equally_good_candidates_are_said_to_differ_seldom() -> None:
    rng = np.random.default_rng(2)
    significant = 0
    for trial in range(40):
        y, pd, fold = applications(300, seed=100 + trial)
        one, other = (np.clip(pd + rng.normal(0, 0.1, 300), 0, 1) for _ in range(2))
        both = {"one": measured(y, one, fold), "other": measured(y, other, fold)}
        significant += compare(both, "auc").significant
    # two in forty expected of a 95 % interval; ten or more would be one chance in ten thousand
    assert significant < 10


def test_candidates_are_ranked_by_their_mean_and_equal_ones_as_given() -> None:
    result = compare(of_figures({"weak": [0.6, 0.6], "first": [0.7, 0.9], "second": [0.9, 0.7]}), "auc")
    assert result.ranking == ("first", "second", "weak")


def test_a_candidate_without_a_figure_comes_last() -> None:
    assert compare(of_figures({"none": [np.nan, np.nan], "weak": [0.5, 0.5]}), "auc").ranking == ("weak", "none")


def test_one_candidate_alone_has_no_runner_up_and_no_difference() -> None:
    result = compare(of_figures({"only": [0.7, 0.8]}), "auc")
    assert (result.best, result.runner_up, result.significant) == ("only", None, False)
    assert np.isnan(result.difference.mean)


def test_nobody_to_compare_is_refused() -> None:
    with pytest.raises(DataError, match="there is no candidate to compare"):
        compare({}, "auc")


def test_an_unknown_aim_is_answered_with_the_nearest() -> None:
    with pytest.raises(PortfolioError, match=r"no metric 'auk'\. Did you mean 'auc'\?"):
        compare(of_figures(TABLE), "auk")


def test_the_champion_is_the_best_of_those_that_may_ship() -> None:
    assert choose(of_figures(TABLE), "auc", ["weak", "steady"]) == "steady"
    assert choose(of_figures({"one": [0.2, 0.2], "other": [0.1, 0.1]}, "brier"), "brier", ["one", "other"]) == "other"


def test_no_candidate_that_may_ship_is_refused() -> None:
    with pytest.raises(DataError, match="no candidate that may ship has a figure for auc"):
        choose(of_figures(TABLE), "auc", [])


def test_each_folds_champion_is_chosen_by_the_others_and_judged_on_it() -> None:
    # without fold 0: steady 0.70, lucky 0.60. Without fold 1 or 2: lucky (0.90 + 0.60) / 2 = 0.75, steady 0.70
    chosen = choose_by_fold(of_figures(TABLE), "auc", ["steady", "lucky", "weak"])
    assert chosen.names == ("steady", "lucky", "lucky")
    assert chosen.by_fold == (0.70, 0.60, 0.60)
    assert chosen.mean == pytest.approx((0.70 + 0.60 + 0.60) / 3)


def test_where_less_is_better_each_folds_champion_has_the_least_elsewhere() -> None:
    table = {"one": [0.1, 0.3, 0.3], "two": [0.2, 0.2, 0.2]}
    # without fold 0: one 0.3, two 0.2. Without fold 1 or 2: one 0.2, two 0.2, alike, so the first named
    chosen = choose_by_fold(of_figures(table, "brier"), "brier", ["one", "two"])
    assert chosen.names[0] == "two"
    assert chosen.by_fold[0] == 0.2


def test_a_folds_own_figure_does_not_move_its_choice() -> None:
    flattered = {**TABLE, "weak": [0.99, 0.65, 0.65]}
    assert choose_by_fold(of_figures(flattered), "auc", list(TABLE)).names[0] == "steady"


def test_one_candidate_is_chosen_in_every_fold() -> None:
    assert choose_by_fold(of_figures(TABLE), "auc", ["weak"]).names == ("weak",) * 3


@given(seed=st.integers(0, 1000))
def test_a_folds_own_outcomes_do_not_move_its_empirical_cut_off(seed: int) -> None:
    y, pd, fold = applications(60, seed)
    flipped = np.where(fold == 1, 1 - y, y)
    before, after = (
        cross_fit_cut_off(of, pd, fold, formula=0.1, loss_if_bad=9.0, gain_if_good=1.0) for of in (y, flipped)
    )
    assert after.by_fold[1] == before.by_fold[1]


def test_each_fold_is_priced_at_the_cut_off_the_others_found() -> None:
    y, pd, fold = applications(300, seed=12)
    rng = np.random.default_rng(0)
    loss, gain = rng.uniform(100, 900, 300), rng.uniform(10, 90, 300)
    result = cross_fit_cut_off(y, pd, fold, formula=0.1, loss_if_bad=loss, gain_if_good=gain)
    total = 0.0
    for k in range(3):
        own, rest = fold == k, fold != k
        cut = empirical_cut_off(y[rest], pd[rest], loss_if_bad=loss[rest], gain_if_good=gain[rest])
        assert result.by_fold[k] == cut
        total += own.sum() * realised_cost(y[own], pd[own], cut_off=cut, loss_if_bad=loss[own], gain_if_good=gain[own])
    assert result.cost_at_empirical == pytest.approx(total / 300)
    assert result.cost_at_formula == pytest.approx(
        realised_cost(y, pd, cut_off=0.1, loss_if_bad=loss, gain_if_good=gain)
    )
    assert result.empirical == pytest.approx(np.mean(result.by_fold))


def test_applications_of_unknown_exposure_are_left_out_and_counted() -> None:
    y, pd, fold = applications(90, seed=13)
    loss = np.where(np.arange(90) < 10, np.nan, 9.0)
    result = cross_fit_cut_off(y, pd, fold, formula=0.1, loss_if_bad=loss, gain_if_good=1.0)
    without = cross_fit_cut_off(y[10:], pd[10:], fold[10:], formula=0.1, loss_if_bad=9.0, gain_if_good=1.0)
    assert (result.rows, result.of) == (80, 90)
    assert result.by_fold == without.by_fold
    assert result.cost_at_empirical == pytest.approx(without.cost_at_empirical)


def test_no_known_exposure_is_refused() -> None:
    y, pd, fold = applications(30, seed=14)
    with pytest.raises(DataError, match="fewer than two folds have a known cost"):
        cross_fit_cut_off(y, pd, fold, formula=0.1, loss_if_bad=np.nan, gain_if_good=1.0)
