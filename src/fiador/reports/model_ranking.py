"""How are a model's ranking, its scores and its probabilities drawn?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from markupsafe import Markup

from fiador.bundle import Bundle
from fiador.decision.policy import points
from fiador.reports import page
from fiador.reports.charts import Line, Mark, PlotAxis, Series, Spot, bars, histogram, lines
from fiador.reports.model_voice import ModelVoice
from fiador.reports.page import Section

Drawn = Mapping[str, Any]  # one candidate of evaluation.json


def sections(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> list[Section]:
    """Ranking, probabilities, gains."""
    return [_ranking(bundle, drawn, voice), _calibration(bundle, drawn, voice), _gains(bundle, drawn, voice)]


def _ranking(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Section:
    figures = (_roc(bundle, drawn["roc"], voice), _precision_recall(bundle, drawn, voice), _ks(bundle, drawn, voice))
    mean, pooled = bundle.champion["auc"]["mean"], drawn["pooled"]["auc"]
    lead = voice.says("ranking.lead", mean=voice.decimals(mean, 4), pooled=voice.decimals(pooled, 4))
    body = page.joined(page.grid(*figures), _scores(bundle, drawn, voice))
    return Section("ranking", voice.says("ranking"), body, lead)


def shares(voice: ModelVoice, says: str) -> PlotAxis:
    """An axis of shares, from nothing to all."""
    return PlotAxis(says=says, show=voice.percents, low=0.0, high=1.0)


def _roc(bundle: Bundle, roc: Mapping[str, Any], voice: ModelVoice) -> Markup:
    folds, (goods, bads) = roc["folds"], roc["at_cut_off"]
    middle = [(low + high) / 2 for low, high in zip(folds["low"], folds["high"], strict=True)]
    band = Line("", folds["goods_declined"], middle, folds["low"], folds["high"], tone="lowers", joined=False)
    curve = Line("", roc["goods_declined"], roc["bads_declined"], tone="lowers")
    note = voice.says("roc.note", bads=voice.share(bads), goods=voice.share(goods))
    chart = lines(
        voice.says("roc"), [band, curve], x=shares(voice, voice.says("roc.x")),
        y=shares(voice, voice.says("roc.y")), spots=[Spot(goods, bads, _cut_off(bundle, voice))], diagonal=True,
        desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("roc"), note=note)


def _cut_off(bundle: Bundle, voice: ModelVoice) -> str:
    return voice.says("at_cut_off", value=voice.share(bundle.cut_off))


def _precision_recall(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Markup:
    curve, rate = drawn["precision_recall"], bundle.development["bad_rate"]
    note = voice.says(
        "pr.note", value=voice.figure_of("average_precision", bundle.champion["average_precision"]["mean"])
    )
    at = curve["at_cut_off"]
    chart = lines(
        voice.says("pr"), [Line("", curve["recall"], curve["precision"], tone="lowers")],
        x=shares(voice, voice.says("pr.x")), y=shares(voice, voice.says("pr.y")),
        across=[Mark(rate, voice.says("pr.guess"), "soft")],
        spots=[Spot(at[0], at[1], _cut_off(bundle, voice))] if at else [], desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("pr"), note=note)


def _ks(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Markup:
    curve, at = drawn["ks"], drawn["ks"]["at"]
    score, value = voice.points(at["score"]), voice.figure_of("ks", at["distance"])
    note = voice.says(
        "ks.note", score=score, bads=voice.share(at["bads"]), goods=voice.share(at["goods"]),
        value=value, mean=voice.figure_of("ks", bundle.champion["ks"]["mean"]),
    )  # fmt: skip
    chart = lines(
        voice.says("ks"),
        [
            Line(voice.says("bads"), curve["score"], curve["bads"], tone="raises"),
            Line(voice.says("goods"), curve["score"], curve["goods"], tone="lowers"),
            Line("", [at["score"], at["score"]], [at["goods"], at["bads"]], tone="ink", dash="dots"),
        ],
        x=PlotAxis(says=voice.says("ks.x"), show=voice.points), y=shares(voice, voice.says("ks.y")),
        spots=[Spot(at["score"], at["goods"], voice.says("ks.at", value=value))],
        desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("ks"), note=note)


def _scores(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Markup:
    counts, score = drawn["scores"], _score_at(bundle)
    note = voice.says("scores.note", score=voice.points(score))
    roomy, tight = (
        histogram(
            voice.says("scores"), counts["edges"],
            [Series(voice.says("goods"), counts["goods"], "lowers"),
             Series(voice.says("bads"), counts["bads"], "raises")],
            x=PlotAxis(says=voice.says("ks.x"), show=voice.points), y=voice.counts(voice.says("scores.y")),
            marks=[Mark(score, _cut_off(bundle, voice))], stacked=False, desc=note, empty=voice.says("empty"),
            width=width, height=280,
        )
        for width in (700, 360)
    )  # fmt: skip
    return page.figure(roomy, voice.says("scores"), note=note, tight=tight)


def _score_at(bundle: Bundle) -> float:
    return float(points(np.array([bundle.cut_off]), bundle.portfolio.points)[0])


def _calibration(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Section:
    reliability, champion = drawn["reliability"], bundle.champion
    raw = champion["uncalibrated"]
    after = {name: champion[name]["mean"] for name in ("calibration_slope", "ece", "brier")}
    figures = [
        _reliability("before", reliability["before"], raw, "soft", voice),
        _reliability("after", reliability["after"], after, "lowers", voice),
        _around_the_cut_off(bundle, reliability["after"], voice),
    ]
    rows = [_slice(each, voice) for each in reliability["after"]]
    names = ("slice.range", "slice.rows", "slice.bads", "slice.told", "slice.observed")
    table = page.table([voice.says(n) for n in names], rows, numbers=range(1, 5), name=voice.says("calibration.table"))
    body = page.joined(page.grid(*figures), page.details(voice.says("calibration.table"), table))
    return Section("calibration", voice.says("calibration"), body, voice.says("calibration.lead"))


def _reliability(
    when: str, slices: list[Mapping[str, Any]], of: Mapping[str, float | None], tone: str, voice: ModelVoice
) -> Markup:
    slope, ece, brier = (voice.figure_of(name, of[name]) for name in ("calibration_slope", "ece", "brier"))
    note = voice.says(f"calibration.{when}.note", slope=slope, ece=ece, brier=brier)
    x, y, low, high = ([each[name] for each in slices] for name in ("mean_pd", "bad_rate", "low", "high"))
    title = voice.says(f"calibration.{when}")
    chart = lines(
        title, [Line("", x, y, low, high, tone, points=True)], x=shares(voice, voice.says("calibration.x")),
        y=shares(voice, voice.says("calibration.y")), diagonal=True, desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, title, note=note)


def _around_the_cut_off(bundle: Bundle, slices: list[Mapping[str, Any]], voice: ModelVoice) -> Markup:
    """The calibrated slices up to three times the cut-off: where decisions are made."""
    top = min(1.0, 3 * bundle.cut_off)
    near = [each for each in slices if each["mean_pd"] <= top]
    x, y, low, high = ([each[name] for each in near] for name in ("mean_pd", "bad_rate", "low", "high"))
    title, note = voice.says("calibration.near"), voice.says("calibration.near.note")
    chart = lines(
        title, [Line("", x, y, low, high, "lowers", points=True)],
        x=PlotAxis(says=voice.says("calibration.x"), show=voice.percents, low=0.0, high=top),
        y=PlotAxis(says=voice.says("calibration.y"), show=voice.percents, low=0.0, high=max([top, *high])),
        marks=[Mark(bundle.cut_off, _cut_off(bundle, voice))], diagonal=True, desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, title, note=note)


def _slice(each: Mapping[str, Any], voice: ModelVoice) -> list[str]:
    within = f"{voice.share(each['low_pd'])} – {voice.share(each['high_pd'])}"
    rate, low, high = (voice.share(each[name]) for name in ("bad_rate", "low", "high"))
    observed = voice.says("with_interval", value=rate, low=low, high=high)
    return [within, voice.count(each["rows"]), voice.count(each["bads"]), voice.share(each["mean_pd"]), observed]


def _gains(bundle: Bundle, drawn: Drawn, voice: ModelVoice) -> Section:
    deciles = drawn["gains"]["deciles"]
    names = ("gains.decile", "slice.rows", "slice.bads", "slice.told", "slice.observed", "gains.lift", "gains.so_far",
             "gains.lift_so_far")  # fmt: skip
    rows = [_decile(at, each, voice) for at, each in enumerate(deciles, 1)]
    table = page.table([voice.says(n) for n in names], rows, numbers=range(1, len(names)), name=voice.says("gains"))
    body = page.joined(
        page.grid(_gains_curve(drawn, voice), _rates(bundle, deciles, voice), _lift(drawn, voice)), table
    )
    return Section("gains", voice.says("gains"), body, voice.says("gains.lead"))


def _gains_curve(drawn: Drawn, voice: ModelVoice) -> Markup:
    curve, deciles = drawn["gains"]["curve"], drawn["gains"]["deciles"]
    first, third = (voice.share(each["bads_so_far"]) for each in (deciles[0], deciles[min(2, len(deciles) - 1)]))
    note = voice.says("gains.curve.note", first=first, third=third)
    chart = lines(
        voice.says("gains.curve"), [Line("", curve["applications"], curve["bads"], tone="raises")],
        x=shares(voice, voice.says("gains.x")), y=shares(voice, voice.says("gains.y")), diagonal=True, desc=note,
        empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("gains.curve"), note=note)


def _rates(bundle: Bundle, deciles: list[Mapping[str, Any]], voice: ModelVoice) -> Markup:
    rate = bundle.development["bad_rate"]
    lift = voice.decimals(deciles[0]["lift"], 1)
    note = voice.says("gains.rates.note", all=voice.share(rate), lift=lift)
    chart = bars(
        voice.says("gains.rates"), [voice.count(n) for n in range(1, len(deciles) + 1)],
        [Series(voice.says("bad_rate"), [each["bad_rate"] for each in deciles], "raises")], value=voice.bad_rates(),
        category=voice.says("gains.rates.x"), marks=[Mark(rate, voice.share(rate), "ink")], desc=note,
        empty=voice.says("empty"), height=280,
    )  # fmt: skip
    return page.figure(chart, voice.says("gains.rates"), note=note)


def _lift(drawn: Drawn, voice: ModelVoice) -> Markup:
    """How many times the bad rate of all lies among the riskiest, at each share of them."""
    curve = drawn["gains"]["curve"]
    at = np.linspace(0.01, 1, 100)  # a lift among fewer says little
    lift = np.interp(at, curve["applications"], curve["bads"]) / at
    title, note = voice.says("gains.lift.curve"), voice.says("gains.lift.note")
    chart = lines(
        title, [Line("", at.tolist(), lift.tolist(), tone="raises")], x=shares(voice, voice.says("gains.x")),
        y=PlotAxis(says=voice.says("gains.lift_so_far"), show=voice.figure, low=0.0),
        across=[Mark(1.0, voice.says("pr.guess"), "soft")], desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, title, note=note)


def _decile(at: int, each: Mapping[str, Any], voice: ModelVoice) -> list[str]:
    _, rows, bads, expected, observed = _slice(each, voice)
    lift, so_far = (voice.decimals(each[name], 2) for name in ("lift", "lift_so_far"))
    return [voice.count(at), rows, bads, expected, observed, lift, voice.share(each["bads_so_far"]), so_far]
