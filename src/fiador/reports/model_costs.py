"""How is it drawn what a cut-off costs, and what the lender's own opinion adds?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from fiador.bundle import Bundle
from fiador.metrics import METRICS
from fiador.reports import page
from fiador.reports.charts import Line, Mark, PlotAxis, Spot, lines
from fiador.reports.model_ranking import shares
from fiador.reports.model_voice import ModelVoice, opened
from fiador.reports.page import Section
from fiador.use_cases.model_card import cut_off_says

FEWEST_APPROVED = 0.005  # a bad rate among a smaller share of applications says little


def section(bundle: Bundle, by_cut_off: Mapping[str, Any], voice: ModelVoice) -> Section:
    """Cost, approval rate and bad rate against the cut-off; where the derived and the cheapest one lie."""
    rule = cut_off_says(bundle.portfolio, bundle.cut_off, voice.language)
    sentences = [voice.says("costs.pd_only")]
    if by_cut_off["rows"] < by_cut_off["of"]:
        rows, of = (voice.count(by_cut_off[name]) for name in ("rows", "of"))
        sentences.insert(0, voice.says("costs.known", rows=rows, of=of))
    body = page.joined(
        page.grid(*(draw(bundle, by_cut_off, voice) for draw in (_cost, _approval, _bad_rate))),
        page.paragraph(" ".join(sentences), tone="f-soft"),
    )
    return Section("costs", voice.says("costs"), body, voice.says("costs.lead", rule=rule))


def _cut_offs(voice: ModelVoice) -> PlotAxis:
    return PlotAxis(says=voice.says("costs.x"), show=voice.percents, low=0.0)


def _cost_axis(voice: ModelVoice) -> PlotAxis:
    return PlotAxis(says=voice.cost_axis(), show=voice.short)


def _cost(bundle: Bundle, by_cut_off: Mapping[str, Any], voice: ModelVoice) -> Markup:
    empirical = bundle.metrics["empirical_cut_off"]
    note = voice.says(
        "costs.note", formula=voice.cost(empirical["cost_at_formula"]),
        empirical_cut_off=voice.share(empirical["empirical"]), empirical=voice.cost(empirical["cost_at_empirical"]),
        everybody=voice.cost(by_cut_off["cost_of_approving_everybody"]), nobody=voice.cost(by_cut_off["cost"][0]),
    )  # fmt: skip
    marks = [
        Mark(bundle.cut_off, voice.says("costs.formula", value=voice.share(bundle.cut_off)), "ink"),
        Mark(
            empirical["empirical"], voice.says("costs.empirical", value=voice.share(empirical["empirical"])), "raises"
        ),
    ]
    line = Line(
        "", by_cut_off["cut_off"], by_cut_off["cost"], by_cut_off["cost_low"], by_cut_off["cost_high"], tone="lowers"
    )
    chosen = by_cut_off["formula"]
    spot = Spot(by_cut_off["cut_off"][chosen], by_cut_off["cost"][chosen], "")
    chart = lines(
        voice.says("costs.curve"), [line], x=_cut_offs(voice), y=_cost_axis(voice), marks=marks, spots=[spot],
        desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("costs.curve"), note=note)


def _approval(bundle: Bundle, curve: Mapping[str, Any], voice: ModelVoice) -> Markup:
    note = voice.says("approval.note", approved=voice.share(curve["approved"][curve["formula"]]))
    chart = lines(
        voice.says("approval"), [Line("", curve["cut_off"], curve["approved"], tone="approve")], x=_cut_offs(voice),
        y=shares(voice, voice.says("approval.y")), marks=[_in_use(bundle, voice)], desc=note,
        empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("approval"), note=note)


def _bad_rate(bundle: Bundle, curve: Mapping[str, Any], voice: ModelVoice) -> Markup:
    """Of the approved; there is none where nobody is."""
    note = voice.says("approval.bad.note", bad_rate=voice.share(curve["bad_rate"][curve["formula"]]))
    known = [i for i, rows in enumerate(curve["approved"]) if rows >= FEWEST_APPROVED]
    x, rate, low, high = (
        [curve[name][i] for i in known] for name in ("cut_off", "bad_rate", "bad_rate_low", "bad_rate_high")
    )
    chart = lines(
        voice.says("approval.bad"), [Line("", x, rate, low, high, tone="raises")], x=_cut_offs(voice),
        y=voice.bad_rates(), marks=[_in_use(bundle, voice)], desc=note, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("approval.bad"), note=note)


def _in_use(bundle: Bundle, voice: ModelVoice) -> Mark:
    return Mark(bundle.cut_off, voice.says("at_cut_off", value=voice.share(bundle.cut_off)))


def lender_set(bundle: Bundle, voice: ModelVoice) -> Section:
    """The champion's candidate with the lender-set features, and without: figures, ROC curves, costs."""
    comparison = bundle.evaluation["lender_set"]
    pair = {side: bundle.metrics["candidates"][comparison[side]] for side in ("with", "without")}
    names = ("lender_set.figure", "lender_set.with", "lender_set.without", "lender_set.difference")
    rows = [
        [
            metric.says[voice.language],
            *(voice.interval(metric.name, pair[side][metric.name]) for side in ("with", "without")),
            _difference(comparison["better_by"][metric.name], voice),
        ]
        for metric in METRICS
    ]
    table = page.table([voice.says(n) for n in names], rows, numbers=range(1, 4), name=voice.says("lender_set"))
    soft = page.paragraph(voice.says("lender_set.note"), tone="f-soft")
    reads = voice.says(
        "lender_set.reads" if comparison["with"] == bundle.metrics["champion"] else "lender_set.reads_not"
    )
    features = ", ".join(voice.variable(name) for name in comparison["features"])
    lead = voice.says("lender_set.lead", features=opened(features), reads=reads)
    body = page.joined(page.grid(*(draw(bundle, voice) for draw in (_both_roc, _both_gains, _both_costs))), table, soft)
    return Section("lender-set", voice.says("lender_set"), body, lead)


def _difference(better: Mapping[str, float | None], voice: ModelVoice) -> str:
    mean, low, high = (voice.signed(better[name]) for name in ("mean", "low", "high"))
    return mean if better["low"] is None else voice.says("with_ends", value=mean, low=low, high=high)


def _both(bundle: Bundle) -> list[tuple[str, Mapping[str, Any], str, str]]:
    """(side, what is drawn of it, tone, dash)"""
    comparison, drawn = bundle.evaluation["lender_set"], bundle.evaluation["candidates"]
    return [
        ("with", drawn[comparison["with"]], "raises", "dashes"),
        ("without", drawn[comparison["without"]], "lowers", ""),
    ]


def _both_roc(bundle: Bundle, voice: ModelVoice) -> Markup:
    def curve(drawn: Mapping[str, Any]) -> tuple[Any, Any]:
        return drawn["roc"]["goods_declined"], drawn["roc"]["bads_declined"]

    return _both_curves("roc", bundle, voice, curve)


def _both_gains(bundle: Bundle, voice: ModelVoice) -> Markup:
    def curve(drawn: Mapping[str, Any]) -> tuple[Any, Any]:
        return drawn["gains"]["curve"]["applications"], drawn["gains"]["curve"]["bads"]

    return _both_curves("gains", bundle, voice, curve)


def _both_curves(
    kind: str, bundle: Bundle, voice: ModelVoice, curve: Callable[[Mapping[str, Any]], tuple[Any, Any]]
) -> Markup:
    """Shares against shares, with lender-set features and without. curve: (x, y) of what is drawn of a candidate."""
    title = voice.says(f"lender_set.{kind}")
    series = [
        Line(voice.says(f"lender_set.{side}"), *curve(drawn), tone=tone, dash=dash)
        for side, drawn, tone, dash in _both(bundle)
    ]
    chart = lines(
        title, series, x=shares(voice, voice.says(f"{kind}.x")), y=shares(voice, voice.says(f"{kind}.y")),
        diagonal=True, desc=title, empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, title)


def _both_costs(bundle: Bundle, voice: ModelVoice) -> Markup:
    series = [
        Line(voice.says(f"lender_set.{side}"), d["cut_offs"]["cut_off"], d["cut_offs"]["cost"], tone=tone, dash=dash)
        for side, d, tone, dash in _both(bundle)
    ]
    chart = lines(
        voice.says("lender_set.costs"), series, x=_cut_offs(voice),
        y=_cost_axis(voice),
        marks=[_in_use(bundle, voice)],
        desc=voice.says("lender_set.costs.note"), empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, voice.says("lender_set.costs"), note=voice.says("lender_set.costs.note"))
