"""What stands around the marks of a chart? Its legend, its two axes, its round values and their thin lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fiador.look.steps import round_values
from fiador.reports.scales import PlotAxis, Scale, fitting_ticks
from fiador.reports.svg import LINE, box, line, shortened, text, width_of

TONES = ("lowers", "raises", "approve", "ink", "refer", "soft")  # the order series take their colours in


@dataclass(frozen=True)
class LegendEntry:
    """One entry of a legend: what it says and its tone. sign: a box, a line, or a line of dashes."""

    says: str
    tone: str
    sign: str = "box"


@dataclass(frozen=True)
class Mark:
    """A value to be marked with a line across the chart, and what is said beside it."""

    value: float
    says: str = ""
    tone: str = "ink"


@dataclass(frozen=True)
class Plot:
    """The place for marks: its edges in px, and the two scales."""

    start: float
    end: float
    top: float
    bottom: float
    x: Scale
    y: Scale


def legend(keys: Sequence[LegendEntry], width: float) -> tuple[list[Markup], float]:
    """The legend from the top, in as many lines as it takes, and the height of it."""
    marks: list[Markup] = []
    x, y = 0.0, 12.0
    for key in keys:
        label = shortened(key.says, width - 24)
        wide = 18 + width_of(label) + 14
        if x and x + wide > width:
            x, y = 0.0, y + LINE
        marks += [_sign(key, x, y), text(label, x + 18, y, full=key.says)]
        x += wide
    return marks, (y + 6 if keys else 0.0)


def _sign(key: LegendEntry, x: float, y: float) -> Markup:
    if key.sign == "box":
        return box(x, y - 9.5, 11.0, 11.0, f"fill {key.tone}", round_=2)
    return line(x, y - 4, x + 13, y - 4, f"stroke {key.tone} {key.sign}")


def plot_of(
    x: PlotAxis,
    y: PlotAxis,
    x_ends: tuple[float, float],
    y_ends: tuple[float, float],
    *,
    width: float,
    height: float,
    top: float,
) -> Plot:
    """The place left for marks once both axes have theirs. Reserves room for the labels beside and below."""
    rows = max(4, int((height - top - 60) / 26))
    labels = [y.show(v) for v in round_values(*y_ends, rows, whole=y.whole)]
    start = max((width_of(each) for each in labels), default=0) + 8
    top = top + (LINE + 4 if y.says else 8)
    bottom = height - LINE - 4 - (LINE if x.says else 0)
    end = width - max(6.0, width_of(x.show(x_ends[1])) / 2)
    return Plot(start, end, top, bottom, Scale(*x_ends, start, end), Scale(*y_ends, bottom, top))


def axes(plot: Plot, x: PlotAxis, y: PlotAxis, *, names: bool = True) -> list[Markup]:
    """Both axes with their thin lines and labels. names: False where the marks below have names of their own."""
    rows = max(4, int((plot.bottom - plot.top) / 26))
    marks = [text(y.says, 0.0, plot.top - 9, tone="soft")] if y.says else []
    for value in round_values(plot.y.low, plot.y.high, rows, whole=y.whole):
        at = plot.y(value)
        marks += [line(plot.start, at, plot.end, at, "grid"), _beside(y.show(value), plot.start, at)]
    level = plot.y(0.0) if plot.y.low < 0 < plot.y.high else plot.bottom
    marks.append(line(plot.start, level, plot.end, level, "axis"))
    if names:
        for value in fitting_ticks(x, plot.x):
            marks += [
                line(plot.x(value), plot.bottom, plot.x(value), plot.bottom + 4, "axis"),
                text(x.show(value), plot.x(value), plot.bottom + LINE, at="middle", tone="soft"),
            ]
    if x.says:
        label = shortened(x.says, plot.end)
        marks.append(text(label, plot.end, plot.bottom + 2 * LINE + 1, at="end", tone="soft", full=x.says))
    return marks


def _beside(words: str, left: float, at: float) -> Markup:
    return text(words, left - 6, at + 4, at="end", tone="soft")


def marked(plot: Plot, marks: Sequence[Mark], *, across: bool = False) -> list[Markup]:
    """Upright lines at values of x (level ones at values of y where `across`), each with its words where they fit."""
    drawn: list[Markup] = []
    words: list[Markup] = []  # after the lines, so that no line runs through them
    ordered = sorted(marks, key=lambda m: m.value)
    for index, mark in enumerate(ordered):
        tone = f"stroke {mark.tone} dashed"
        if across:
            at = plot.y(mark.value)
            drawn.append(line(plot.start, at, plot.end, at, tone))
            words.append(text(mark.says, plot.end, at - 5, at="end", tone="halo"))
        else:
            at = plot.x(mark.value)
            drawn.append(line(at, plot.top, at, plot.bottom, tone))
            words.append(_words_beside(mark.says, plot, at, plot.top + 11 + index * LINE))
    return [*drawn, *(word for mark, word in zip(ordered, words, strict=True) if mark.says)]


def _words_beside(words: str, plot: Plot, at: float, y: float) -> Markup:
    """Words right of an upright line, or left of it where there is more room."""
    room = max(plot.end - at, at - plot.start) - 6
    shown = shortened(words, room)
    if plot.end - at >= at - plot.start or width_of(shown) <= plot.end - at - 6:
        return text(shown, at + 5, y, tone="halo", full=words)
    return text(shown, at - 5, y, at="end", tone="halo", full=words)
