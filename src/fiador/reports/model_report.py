"""What does a validator, or a manager, see of a bundle? One file, from what training kept of rows outside the fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from fiador.bundle import Bundle
from fiador.metrics import METRICS
from fiador.portfolio import Bounds
from fiador.reports import model_costs, model_development, model_inputs, model_ranking, model_selection, page
from fiador.reports.charts import PlotAxis, Row, dots
from fiador.reports.model_voice import ModelVoice, between, opened
from fiador.reports.page import Section
from fiador.version import __version__
from fiador.words import date, known_language

SAYS = {metric.name: metric.says for metric in METRICS}
DOTTED = ("auc", "average_precision", "brier")
SHOWN = ("auc", "gini", "ks", "average_precision", "brier", "calibration_slope", "ece")


def model_report(bundle: Bundle, *, language: str) -> str:
    """The report as one HTML file; a section without data isn't there. Raises RequestError: unknown language."""
    known_language(language)
    voice, p = ModelVoice(bundle.portfolio, language), bundle.portfolio
    pictured = bundle.evaluation["candidates"][bundle.evaluation["champion"]]
    sections = [
        _comparison(bundle, voice),
        *model_ranking.sections(bundle, pictured, voice),
        model_costs.section(bundle, pictured["cut_offs"], voice),
        *model_inputs.sections(bundle.evaluation, voice),
        model_selection.section(bundle, voice),
        *([model_costs.lender_set(bundle, voice)] if bundle.evaluation["lender_set"] else []),
        model_development.development(bundle, pictured, voice),
        model_development.protocol(bundle, pictured, voice),
    ]
    return page.document(
        voice.says("title", name=p.head.title or p.name),
        language,
        sections,
        kicker=voice.says("kicker"),
        subtitle=voice.says(
            "subtitle",
            means=p.target.means[language],
            date=date(bundle.created_at, language),
            version=bundle.version,
        ),
        lead=_summary(bundle, pictured, voice),
        contents=voice.says("contents"),
        foot=voice.says("foot", version=__version__, id=bundle.id[:12]),
    )


def _summary(bundle: Bundle, pictured: Mapping[str, Any], voice: ModelVoice) -> Markup:
    """The figures to know first, whether the gate is passed, and what data they are of."""
    counted = bundle.development
    data = voice.says("data", labelled=voice.count(counted["labelled"]), bad=voice.count(counted["bad"]))
    figures = facts(bundle, pictured, voice)
    parts = [page.strip(figures[:4]), page.strip(figures[4:]), gate(bundle, voice), page.note(data)]
    return Markup('<div class="f-lead-block">{}</div>').format(page.joined(*parts))


def facts(bundle: Bundle, pictured: Mapping[str, Any], voice: ModelVoice) -> list[page.Fact]:
    figures, by_cut_off = bundle.champion, pictured["cut_offs"]
    at = by_cut_off["formula"]
    aim = voice.metric(bundle.metrics["choice"]["aim"])
    bad_rate = voice.share(by_cut_off["bad_rate"][at])
    approved = voice.says("fact.approved.note", bad_rate=bad_rate, all=voice.share(bundle.development["bad_rate"]))
    champion = voice.candidate(bundle.metrics["champion"])
    facts = [page.Fact(voice.says("fact.champion"), champion, voice.says("fact.champion.note", aim=aim))]
    for name in ("auc", "gini", "ks", "brier", "calibration_slope"):
        low, high = (voice.figure_of(name, figures[name][end]) for end in ("low", "high"))
        note = voice.says("fact.interval", ends=between(low, high))
        facts.append(page.Fact(voice.metric(name), voice.figure_of(name, figures[name]["mean"]), note))
    return [
        *facts,
        page.Fact(voice.says("fact.cut_off"), voice.share(bundle.cut_off), voice.says("fact.cut_off.note")),
        page.Fact(voice.says("fact.approved"), voice.share(by_cut_off["approved"][at]), approved),
    ]


def gate(bundle: Bundle, voice: ModelVoice) -> Markup:
    bounds = bundle.portfolio.acceptance.metrics
    if not bounds:
        return page.note(voice.says("gate.none"), "warning")
    each = (_bound(name, bundle.champion[name]["mean"], bound, voice) for name, bound in bounds.items())
    sentence = voice.says("gate.join").join(each)
    if bundle.missed_gate:
        return page.note(voice.says("gate.missed", bounds=sentence), "refused")
    return page.note(voice.says("gate.passed", bounds=sentence), "good")


def _bound(name: str, value: float | None, bounds: Bounds, voice: ModelVoice) -> str:
    shown = {"metric": voice.metric(name), "value": voice.figure_of(name, value)}
    low, high = (voice.figure(v) if v is not None else "" for v in (bounds.min, bounds.max))
    if low and high:
        return voice.says("gate.both", **shown, low=low, high=high)
    return voice.says("gate.min" if low else "gate.max", **shown, bound=low or high)


def _comparison(bundle: Bundle, voice: ModelVoice) -> Section:
    """Every candidate's figures, how sure the first place is, and the AUCs as dots."""
    candidates, champion = bundle.metrics["candidates"], bundle.metrics["champion"]
    order = sorted(candidates, key=lambda name: -(candidates[name]["auc"]["mean"] or 0))
    columns = ["comparison.candidate", *(f"metric.{name}" for name in SHOWN), "comparison.ships"]
    rows = [_line(name, candidates[name], champion, voice) for name in order]
    table = page.table(
        [voice.says(c) for c in columns], rows, numbers=range(1, len(SHOWN) + 1), name=voice.says("comparison")
    )
    figures = page.grid(*(_dots(metric, order, bundle, voice) for metric in DOTTED))
    lead = voice.says("comparison.lead", folds=bundle.metrics["rows"]["folds"])
    choice = page.bullets(_choice(bundle, voice))
    return Section("comparison", voice.says("comparison"), page.joined(choice, table, figures), lead)


def _line(name: str, figures: Mapping[str, Any], champion: str, voice: ModelVoice) -> list[object]:
    badge = page.badge(voice.says("comparison.champion"), "approve") if name == champion else ""
    named = Markup("{} {}").format(voice.candidate(name), badge) if badge else voice.candidate(name)
    cells = [_cell(metric, figures[metric], voice) for metric in SHOWN]
    return [named, *cells, voice.says("yes" if figures["ships"] else "no")]


def _cell(metric: str, figure: Mapping[str, float | None], voice: ModelVoice) -> Markup:
    """A mean, its interval below it."""
    value, low, high = (voice.figure_of(metric, figure[name]) for name in ("mean", "low", "high"))
    below = Markup("<br><small>{}</small>").format(between(low, high)) if figure["low"] is not None else ""
    return Markup("{}{}").format(value, below)


def _dots(metric: str, order: list[str], bundle: Bundle, voice: ModelVoice) -> Markup:
    """One figure of every candidate, with its interval; those without one are left out."""
    figures = {name: bundle.metrics["candidates"][name][metric] for name in order}
    rows = [
        Row(
            voice.candidate(name), each["mean"], each["low"], each["high"],
            "raises" if name == bundle.metrics["champion"] else "lowers", voice.figure_of(metric, each["mean"]),
        )
        for name, each in figures.items()
        if each["mean"] is not None
    ]  # fmt: skip
    title, note = opened(SAYS[metric][voice.language]), voice.says(f"comparison.{metric}.note")
    axis = PlotAxis(says=voice.metric(metric), show=voice.short)
    return page.figure(dots(title, rows, value=axis, desc=note, empty=voice.says("empty")), title, note=note)


def _choice(bundle: Bundle, voice: ModelVoice) -> list[str]:
    choice = bundle.metrics["choice"]
    aim = voice.metric(choice["aim"])
    honest = voice.says(
        "choice.honest", aim=aim, value=voice.figure_of(choice["aim"], choice["aim_outside_the_choice"])
    )
    if choice["runner_up"] is None:
        return [voice.says("choice.alone"), honest]
    ends = {name: voice.signed(choice[name], 4) for name in ("difference", "low", "high")}
    key = "choice.better" if choice["significant"] else "choice.alike"
    return [voice.says(key, runner_up=voice.candidate(choice["runner_up"], within=True), aim=aim, **ends), honest]
