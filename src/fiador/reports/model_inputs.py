"""How is it drawn what each input is worth, and which way it moves the risk?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from fiador.reports import page
from fiador.reports.charts import Line, Mark, PlotAxis, Row, dots, level_bars, lines
from fiador.reports.model_voice import ModelVoice, opened
from fiador.reports.page import Section

TOP = 30  # inputs listed; the rest move little
SHAPES = 12  # inputs whose shape is drawn
LEVELS = 12
STEADY = 0.5  # a rank correlation from which on an input is said to have a direction

Figures = Mapping[str, Any]


def sections(evaluation: Figures, voice: ModelVoice) -> list[Section]:
    """Permutation importance, then contributions."""
    return [_importance(evaluation["importance"], voice), _contributions(evaluation["contributions"], voice)]


def _importance(figures: Figures, voice: ModelVoice) -> Section:
    parts = [_falls("features", figures["features"], lambda each: voice.variable(each["feature"]), voice)]
    if figures["groups"]:
        parts.append(_falls("groups", figures["groups"], lambda each: opened(voice.group(each["features"])), voice))
    lead = voice.says("importance.lead", repeats=figures["repeats"], rows=voice.count(figures["rows_a_draw"]))
    return Section("importance", voice.says("importance"), page.grid(*parts), lead)


def _falls(what: str, figures: Sequence[Figures], name_of: Any, voice: ModelVoice) -> Markup:
    chosen = sorted(figures, key=lambda each: -each["mean"])[:TOP]
    rows = [
        Row(name_of(each), each["mean"], each["low"], each["high"], "lowers", voice.fall(each["mean"]))
        for each in chosen
    ]
    title = voice.says(f"importance.{what}")
    note = voice.says("importance.note" if what == "features" else "importance.groups.note")
    chart = dots(
        title, rows, value=PlotAxis(says=voice.says("importance.x"), show=voice.short), marks=[Mark(0.0)], desc=note,
        empty=voice.says("empty"),
    )  # fmt: skip
    return page.figure(chart, title, note=_with_members(note, chosen, voice))


def _with_members(note: str, figures: Sequence[Figures], voice: ModelVoice) -> Markup:
    """A note, and below it what is in each group, where `found` are groups."""
    lines_ = [opened(voice.group(each["features"])) for each in figures if "group" in each]
    return Markup("<br>").join([note, *lines_])


def _contributions(figures: Figures, voice: ModelVoice) -> Section:
    ordered = sorted(figures["features"], key=lambda each: -each["mean_absolute"])
    sizes = [_sizes("size", ordered[:TOP], lambda each: voice.variable(each["feature"]), voice)]
    if figures["groups"]:
        groups = sorted(figures["groups"], key=lambda each: -each["mean_absolute"])
        sizes.append(_sizes("groups", groups, lambda each: opened(voice.group(each["features"])), voice))
    shapes = [_shape(each, voice) for each in ordered[:SHAPES] if each["shape"]]
    lead = voice.says("contributions.lead", rows=voice.count(figures["rows"]))
    return Section("contributions", voice.says("contributions"), page.grid(*sizes, *shapes), lead)


def _sizes(what: str, figures: Sequence[Figures], name_of: Any, voice: ModelVoice) -> Markup:
    title, note = voice.says(f"contributions.{what}"), voice.says(f"contributions.{what}.note")
    rows = [
        Row(name_of(each), each["mean_absolute"], tone="accent", note=voice.decimals(each["mean_absolute"], 3))
        for each in figures
    ]
    axis = PlotAxis(says=voice.says("contributions.y"), show=voice.short, low=0.0)
    chart = level_bars(title, rows, value=axis, desc=note, empty=voice.says("empty"))
    return page.figure(chart, title, note=_with_members(note, figures, voice))


def _shape(each: Figures, voice: ModelVoice) -> Markup:
    """A number's mean contribution along its values, with the middle eight in ten; a level's as bars."""
    name = voice.variable(each["feature"])
    title, notes = opened(name), [_direction(each, voice)]
    if each["kind"] == "number":
        notes.append(voice.says("contributions.band"))
        chart = _along(each, title, voice)
    else:
        chart = _by_level(each, title, voice)
    if each["missing"]:
        notes.append(voice.says("contributions.missing", value=voice.signed(each["missing"]["mean"], 2)))
    return page.figure(chart, title, note=" ".join(notes))


def _direction(each: Figures, voice: ModelVoice) -> str:
    if each["mean_absolute"] == 0:
        return voice.says("contributions.flat")
    if each["kind"] != "number":
        return voice.says("contributions.levels")
    direction = each["direction"] or 0.0
    key = "raises" if direction > STEADY else "lowers" if direction < -STEADY else "mixed"
    return voice.says(f"contributions.{key}")


def _along(each: Figures, title: str, voice: ModelVoice) -> Markup:
    x, y, low, high = ([bin_[key] for bin_ in each["shape"]] for key in ("value", "mean", "low", "high"))
    return lines(
        title, [Line("", x, y, low, high, "accent")], x=voice.axis(each["feature"]),
        y=PlotAxis(says=voice.says("contributions.y"), show=voice.short), across=[Mark(0.0, "", "soft")],
        desc=_direction(each, voice), empty=voice.says("empty"), height=230,
    )  # fmt: skip


def _by_level(each: Figures, title: str, voice: ModelVoice) -> Markup:
    rows = [
        Row(voice.level(each["feature"], at["level"]), at["mean"], at["low"], at["high"],
            note=voice.signed(at["mean"], 2))
        for at in sorted(each["shape"][:LEVELS], key=lambda level: -level["mean"])
    ]  # fmt: skip
    axis = PlotAxis(says=voice.says("contributions.y"), show=voice.short)
    return level_bars(title, rows, value=axis, desc=_direction(each, voice), empty=voice.says("empty"))
