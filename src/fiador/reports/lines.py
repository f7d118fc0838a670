"""How are curves drawn? Lines with bands, and points with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from fiador.reports.frame import TONES, LegendEntry, Mark, Plot, axes, legend, marked, plot_of
from fiador.reports.scales import PlotAxis, ends
from fiador.reports.svg import blank, circle, drawing, line, path, shortened, text, width_of

HOVERS = 24  # places along a line that answer to the pointer
_DASHES = ("", "dashes", "dots")


@dataclass(frozen=True)
class Line:
    """A curve through (x, y), in the order given. low/high: its band. points: dots with whiskers instead of a band.

    tone "" takes the next colour; dash: "", "dashes" or "dots". joined: False leaves the points alone.
    """

    says: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    tone: str = ""
    dash: str = ""
    points: bool = False
    joined: bool = True


@dataclass(frozen=True)
class Spot:
    """One chosen point on a chart, with its words."""

    x: float
    y: float
    says: str
    tone: str = "ink"


def lines(
    title: str, series: Sequence[Line], *, x: PlotAxis, y: PlotAxis, marks: Sequence[Mark] = (),
    across: Sequence[Mark] = (), spots: Sequence[Spot] = (), diagonal: bool = False, desc: str = "", empty: str = "",
    width: float = 360,
    height: float = 280,
) -> Markup:  # fmt: skip
    """Curves over two axes. marks: upright lines at values of x, named in
    the legend where there are several; across: level ones at values of y; diagonal: y = x."""
    series = [_toned(each, index) for index, each in enumerate(series) if len(each.x)]
    if not series:
        return blank(title, empty, width, height)
    signs = [LegendEntry(s.says, s.tone, s.dash or "plain") for s in series if s.says]
    if sum(bool(mark.says) for mark in marks) > 1:  # words beside one line would run through the next
        signs += [LegendEntry(mark.says, mark.tone, "dashed") for mark in marks if mark.says]
        marks = [replace(mark, says="") for mark in marks]
    keys, top = legend(signs, width)
    xs = [*(v for s in series for v in s.x), *(m.value for m in marks)]
    ys = [*(v for s in series for part in (s.y, s.low or (), s.high or ()) for v in part), *(m.value for m in across)]
    plot = plot_of(x, y, ends(x, xs), ends(y, ys), width=width, height=height, top=top)
    drawn = [*(_band(plot, s) for s in series), *(_curve(plot, s, x, y) for s in series)]
    across_ = marked(plot, across, across=True)
    ideal = [_diagonal(plot)] if diagonal else []
    chosen = [_spot(plot, spot) for spot in spots]
    return drawing(
        title, desc, width, height, keys, axes(plot, x, y), ideal, *drawn, marked(plot, marks), across_, *chosen
    )


def _toned(each: Line, index: int) -> Line:
    tone = each.tone or TONES[index % len(TONES)]
    return replace(each, tone=tone, dash=each.dash or _DASHES[index // len(TONES) % len(_DASHES)])


def _inside(plot: Plot, x: float, y: float) -> tuple[float, float]:
    return min(max(plot.x(x), plot.start), plot.end), min(max(plot.y(y), plot.top), plot.bottom)


def _known(each: Line) -> list[int]:
    return [i for i, (x, y) in enumerate(zip(each.x, each.y, strict=True)) if math.isfinite(x) and math.isfinite(y)]


def _band(plot: Plot, each: Line) -> list[Markup]:
    if each.low is None or each.high is None or each.points:
        return []
    there = [_inside(plot, each.x[i], each.high[i]) for i in _known(each)]
    back = [_inside(plot, each.x[i], each.low[i]) for i in reversed(_known(each))]
    return [path([*there, *back], f"band {each.tone}", closed=True)]


def _curve(plot: Plot, each: Line, x: PlotAxis, y: PlotAxis) -> list[Markup]:
    chosen = _known(each)
    places = [_inside(plot, each.x[i], each.y[i]) for i in chosen]
    drawn = [path(places, f"curve {each.tone} {each.dash}".strip())] if each.joined and len(places) > 1 else []
    if each.points and each.low is not None and each.high is not None:
        drawn += [_upright(plot, each, i) for i in chosen]
    shown = range(len(chosen)) if each.points else _spread(len(chosen))
    for index in shown:
        i, (at, height) = chosen[index], places[index]
        hover = f"{each.says}{' · ' if each.says else ''}{x.show(each.x[i])} · {y.show(each.y[i])}"
        radius, tone = (4.0, f"fill {each.tone}") if each.points else (7.0, "hover")
        drawn.append(circle(at, height, radius, tone, hover))
    return drawn


def _upright(plot: Plot, each: Line, i: int) -> Markup:
    assert each.low is not None
    assert each.high is not None
    at, top = _inside(plot, each.x[i], each.high[i])
    _, bottom = _inside(plot, each.x[i], each.low[i])
    return line(at, top, at, bottom, f"stroke {each.tone} whisker")


def _spread(count: int) -> list[int]:
    """At most HOVERS places along a line, its ends among them."""
    if count <= HOVERS:
        return list(range(count))
    return [round(i * (count - 1) / (HOVERS - 1)) for i in range(HOVERS)]


def _diagonal(plot: Plot) -> Markup:
    low, high = max(plot.x.low, plot.y.low), min(plot.x.high, plot.y.high)
    return line(plot.x(low), plot.y(low), plot.x(high), plot.y(high), "stroke soft dashed")


def _spot(plot: Plot, spot: Spot) -> list[Markup]:
    at, height = _inside(plot, spot.x, spot.y)
    room = max(plot.end - at, at - plot.start) - 12
    label = shortened(spot.says, room)
    right = width_of(label) <= plot.end - at - 12
    y = height - 8 if height - plot.top > 20 else height + 18
    words = (
        text(label, at + 8, y, tone="halo", full=spot.says) if right else text(label, at - 8, y, at="end", tone="halo")
    )
    return [circle(at, height, 5.0, f"fill {spot.tone} ring", spot.says), *([words] if spot.says else [])]
