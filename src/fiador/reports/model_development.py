"""How is it told what a model was developed on, and how each figure was obtained?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from fiador.bundle import Bundle
from fiador.model.calibration import CALIBRATORS
from fiador.reports import page
from fiador.reports.charts import Stage, StagePart, flow
from fiador.reports.data_findings import reason_said
from fiador.reports.model_voice import ModelVoice
from fiador.reports.page import Section
from fiador.reports.voice import Voice
from fiador.words import date, percent


def development(bundle: Bundle, drawn: Mapping[str, Any], voice: ModelVoice) -> Section:
    """The rows, where they went, the folds, and everything that was declared."""
    columns = [voice.says("development.fact"), voice.says("development.value")]
    facts = page.table(columns, _facts(bundle, voice), name=voice.says("development.facts"))
    body = page.joined(_rows(bundle, voice), _folds(drawn, voice), facts)
    return Section("development", voice.says("development"), body, voice.says("development.lead"))


def _rows(bundle: Bundle, voice: ModelVoice) -> Markup:
    d = bundle.development
    goods = d["labelled"] - d["bad"]
    plain = Voice(bundle.portfolio, voice.language)
    dropped = [(reason_said(reason, plain), n) for reason, n in d["dropped"].items() if n]
    unknown = [(voice.says("development.unlabelled"), d["unlabelled"])] if d["unlabelled"] else []
    stages = [
        Stage(voice.says("development.read"), d["read"]),
        Stage(voice.says("development.kept"), d["kept"], lost=dropped),
        Stage(
            voice.says("development.labelled"), d["labelled"], lost=unknown,
            parts=[StagePart(voice.says("goods"), goods, "lowers"), StagePart(voice.says("bads"), d["bad"], "raises")],
        ),
    ]  # fmt: skip
    title, note = voice.says("development.flow"), voice.says("development.flow.note")
    chart = flow(title, stages, show=voice.count, desc=note, empty=voice.says("empty"))
    return page.figure(chart, title, note=note)


def _folds(drawn: Mapping[str, Any], voice: ModelVoice) -> Markup:
    shown = ("auc", "ks", "brier", "calibration_slope")
    columns = [
        voice.says("development.fold"),
        voice.says("slice.rows"),
        voice.says("slice.bads"),
        *map(voice.metric, shown),
    ]
    rows = [
        [voice.count(at), voice.count(f["rows"]), voice.count(f["bads"]), *(voice.figure_of(n, f[n]) for n in shown)]
        for at, f in enumerate(drawn["folds"], 1)
    ]
    return page.table(columns, rows, numbers=range(1, len(columns)), caption=voice.says("development.folds"))


def _facts(bundle: Bundle, voice: ModelVoice) -> list[tuple[str, object]]:
    p, d, language = bundle.portfolio, bundle.development, voice.language
    tables = (voice.says("development.rows", table=voice.table(t), rows=voice.count(n)) for t, n in d["tables"].items())
    when = voice.says("development.trained.value", date=date(bundle.created_at, language), version=bundle.version)
    inputs = ", ".join(voice.variable(name) for name in bundle.model.features)
    facts: list[tuple[str, object]] = [
        (voice.says("development.tables"), voice.says("gate.join").join(tables)),
        (voice.says("development.target"), p.target.means[language]),
        (voice.says("development.inputs"), inputs),
        (voice.says("development.costs"), _costs(bundle, voice)),
        (voice.says("development.seed"), voice.count(d["seed"])),
        (voice.says("development.calibrator"), _calibrator(bundle, voice)),
        (voice.says("development.trained"), when),
        (voice.says("development.fingerprint"), _code(d["fingerprint"])),
        (voice.says("development.bundle"), _code(bundle.id)),
    ]
    if p.policy.protected:
        protected = ", ".join(voice.variable(name) for name in p.policy.protected)
        facts.insert(3, (voice.says("development.protected"), protected))
    return facts


def _calibrator(bundle: Bundle, voice: ModelVoice) -> str:
    kind = bundle.calibration["kind"]
    return f"{kind}: {CALIBRATORS[kind].says[voice.language]}"


def _costs(bundle: Bundle, voice: ModelVoice) -> str:
    costs = bundle.portfolio.costs
    if costs.is_money:
        lgd, margin = (percent(value, voice.language, decimals=0) for value in (costs.lgd, costs.margin))
        exposure = voice.variable(str(costs.exposure))
        return voice.says("development.costs.money", exposure=exposure, lgd=lgd, margin=margin)
    bad, good = (voice.figure(value or 0.0) for value in (costs.bad_approved, costs.good_declined))
    return voice.says("development.costs.matrix", bad_approved=bad, good_declined=good)


def _code(digest: str) -> Markup:
    """A digest, which may be broken anywhere and is copied whole."""
    return Markup("<code>{}</code>").format(
        Markup("<wbr>").join(digest[at : at + 8] for at in range(0, len(digest), 8))
    )


def protocol(bundle: Bundle, drawn: Mapping[str, Any], voice: ModelVoice) -> Section:
    """How each figure was obtained, for a validator."""
    importance, contributions = bundle.evaluation["importance"], bundle.evaluation["contributions"]
    d = bundle.development
    draws, rows = importance["repeats"] * d["folds"], voice.count(contributions["rows"])
    sentences = [
        voice.says("protocol.folds", folds=d["folds"], seed=voice.count(d["seed"])),
        voice.says("protocol.calibration"),
        voice.says("protocol.means"),
        voice.says("protocol.pooled"),
        voice.says("protocol.slices"),
        voice.says("protocol.costs", rows=voice.count(drawn["cut_offs"]["rows"])),
        voice.says("protocol.importance", draws=draws, rows=rows),
        voice.says("protocol.again"),
    ]
    lead = voice.says("protocol.lead", id=bundle.id[:12])
    return Section("protocol", voice.says("protocol"), page.bullets(sentences), lead)
