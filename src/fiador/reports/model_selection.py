"""How is it told which features the model reads, and why it doesn't read the others?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from fiador.bundle import Bundle
from fiador.portfolio import parse_document
from fiador.reports import page
from fiador.reports.model_voice import ModelVoice, opened
from fiador.reports.page import Section

Figures = Mapping[str, Any]


def section(bundle: Bundle, voice: ModelVoice) -> Section:
    """How many were considered and kept, how steady the choice is, and a line for each feature left out."""
    selection = bundle.evaluation["selection"]
    lead = voice.says(
        "selection.lead",
        considered=voice.count(selection["considered"]),
        kept=voice.count(len(selection["kept"])),
        alike=voice.share(selection["alike"], decimals=0),
    )
    if not selection["dropped"]:
        return Section("selection", voice.says("selection"), page.note(voice.says("selection.all")), lead)
    body = page.joined(_by_reason(selection, voice), _dropped(bundle, selection, voice))
    return Section("selection", voice.says("selection"), body, lead)


def _by_reason(selection: Figures, voice: ModelVoice) -> Markup:
    counted = Counter(each["reason"] for each in selection["dropped"])
    facts = [page.Fact(voice.says(f"selection.{reason}"), voice.count(n), "") for reason, n in counted.items()]
    return page.strip(facts)


def _dropped(bundle: Bundle, selection: Figures, voice: ModelVoice) -> Markup:
    """A line a feature. Its words are the whole portfolio's: what decides has forgotten them."""
    whole = ModelVoice(parse_document(bundle.document), voice.language)
    columns = [voice.says(f"selection.{column}") for column in ("feature", "why", "folds")]
    rows = [
        (opened(whole.variable(each["feature"])), _why(each, selection, whole), _folds(each, selection, voice))
        for each in selection["dropped"]
    ]
    title = voice.says("selection.dropped")
    return page.details(title, page.table(columns, rows, numbers=[2], name=title))


def _why(each: Figures, selection: Figures, voice: ModelVoice) -> str:
    reason, figure = each["reason"], each["figure"]
    if reason == "constant":
        return voice.says("selection.constant.empty" if figure == 1 else "selection.constant.same")
    if reason == "nulls":
        return voice.says("selection.nulls.why", share=voice.share(figure))
    if reason == "importance":
        return voice.says("selection.importance.why", share=voice.share(figure, decimals=0))
    if reason == "most":
        return voice.says("selection.most.why", rank=voice.count(figure), most=voice.count(selection["most"]))
    of = voice.variable(each["of"])
    return voice.says(f"selection.{reason}.why", of=of, figure=voice.decimals(figure, 3))


def _folds(each: Figures, selection: Figures, voice: ModelVoice) -> str:
    return voice.says("selection.folds.value", folds=voice.count(each["folds"]), of=voice.count(selection["folds"]))
