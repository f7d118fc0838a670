"""How are counts, shares and rates drawn? Upright and level bars, histograms, and dots with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from fiador.reports.frame import TONES, LegendEntry, Mark, Plot, axes, legend, marked, plot_of
from fiador.reports.scales import PlotAxis, Scale, ends, fitting_ticks, side_by_side
from fiador.reports.svg import LINE, blank, box, circle, drawing, line, shortened, text, width_of

Value = float | None


@dataclass(frozen=True)
class Series:
    """One run of values, one a category (None: not known, nothing is drawn); tone "" takes the next colour."""

    says: str
    values: Sequence[Value]
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One named value with its interval. note: a word at the end of the line; share: a pale bar behind, 0–1."""

    says: str
    value: Value
    low: Value = None
    high: Value = None
    tone: str = ""
    note: str = ""
    share: Value = None


def toned(series: Sequence[Series]) -> list[Series]:
    """Each series with a tone: its own, or the next of TONES."""
    return [s if s.tone else replace(s, tone=TONES[index % len(TONES)]) for index, s in enumerate(series)]


def bars(
    title: str, categories: Sequence[str], series: Sequence[Series], *, value: PlotAxis, category: str = "",
    stacked: bool = False, marks: Sequence[Mark] = (), desc: str = "", empty: str = "", width: float = 360,
    height: float = 220,
) -> Markup:  # fmt: skip
    """Upright bars from zero, a group (or a stack) a category. marks: level lines at values."""
    series = toned(series)
    known = [v for s in series for v in s.values if v is not None]
    if not categories or not known:
        return blank(title, empty, width, height)
    tops = [sum(max(s.values[i] or 0, 0) for s in series) for i in range(len(categories))] if stacked else known
    keys, top = legend([LegendEntry(s.says, s.tone) for s in series] if len(series) > 1 else [], width)
    x = PlotAxis(says=category)
    spread = ends(value, [*tops, *known, *(m.value for m in marks)], zero=True)
    plot = plot_of(x, value, (0, len(categories)), spread, width=width, height=height, top=top)
    drawn = [_group(plot, index, name, series, value, stacked=stacked) for index, name in enumerate(categories)]
    around = [keys, axes(plot, x, value, names=False), _names(plot, categories)]
    return drawing(title, desc, width, height, *around, *drawn, marked(plot, marks, across=True))


def _group(
    plot: Plot, index: int, name: str, series: Sequence[Series], value: PlotAxis, *, stacked: bool
) -> list[Markup]:
    """The bars of one category."""
    step = plot.x(1) - plot.x(0)
    start, wide = plot.x(index) + step * 0.1, step * 0.8
    thick = wide if stacked else wide / len(series)
    below, marks = 0.0, []
    for number, each in enumerate(series):
        v = each.values[index]
        if v is None:
            continue
        base, tip = (below, below + v) if stacked else (0.0, v)
        below = tip if stacked else 0.0
        y, tall = _span(plot.y, base, tip)
        x = start if stacked else start + number * thick
        hover = f"{name} · {each.says} · {value.show(v)}" if each.says else f"{name} · {value.show(v)}"
        marks.append(box(x, y, max(thick - 1, 1.0), tall, f"fill {each.tone}", hover=hover))
    return marks


def _span(scale: Scale, one: float, other: float) -> tuple[float, float]:
    """Where a bar between two values starts, and how long it is: never too short to be seen, where there is any."""
    a, b = sorted((scale(one), scale(other)))
    return (a, b - a) if b - a >= 1 or one == other else (b - 1, 1.0)


def _names(plot: Plot, categories: Sequence[str]) -> list[Markup]:
    """Names below their bars: all where they fit, shortened where nearly, else every second, third, …"""
    step = plot.x(1) - plot.x(0)
    places = [plot.x(i) + step / 2 for i in range(len(categories))]
    labels = list(categories)
    if not side_by_side(places, labels) and step >= 34:
        labels = [shortened(name, step - 6) for name in categories]
    every = next(
        n for n in range(1, len(labels) + 1) if n == len(labels) or side_by_side(places[::n], labels[::n]) or step >= 34
    )
    chosen = range(0, len(labels), every)
    return [
        text(labels[i], places[i], plot.bottom + LINE, at="middle", tone="soft", full=categories[i]) for i in chosen
    ]


def histogram(
    title: str, edges: Sequence[float], series: Sequence[Series], *, x: PlotAxis, y: PlotAxis,
    marks: Sequence[Mark] = (), stacked: bool = True, desc: str = "", empty: str = "", width: float = 360,
    height: float = 200,
) -> Markup:  # fmt: skip
    """Bars between edges (one more than values). Stacked, or overlaid outlines where `stacked` is false."""
    series = toned(series)
    counts = [v or 0 for s in series for v in s.values]
    if len(edges) < 2 or not any(counts):
        return blank(title, empty, width, height)
    bins = range(len(edges) - 1)
    tops = [sum(s.values[i] or 0 for s in series) for i in bins] if stacked else counts
    keys, top = legend([LegendEntry(s.says, s.tone) for s in series] if len(series) > 1 else [], width)
    plot = plot_of(x, y, (edges[0], edges[-1]), ends(y, tops, zero=True), width=width, height=height, top=top)
    drawn = _stacks(plot, edges, series, x, y) if stacked else _overlaid(plot, edges, series, x, y)
    return drawing(title, desc, width, height, keys, axes(plot, x, y), drawn, marked(plot, marks))


def _stacks(plot: Plot, edges: Sequence[float], series: Sequence[Series], x: PlotAxis, y: PlotAxis) -> list[Markup]:
    below, drawn = [0.0] * (len(edges) - 1), []
    for each in series:
        for index, v in enumerate(each.values):
            if not v:
                continue
            start, end = plot.x(edges[index]), plot.x(edges[index + 1])
            top, tall = _span(plot.y, below[index], below[index] + v)
            hover = _between(edges, index, x, each.says, y.show(v))
            drawn.append(box(start + 0.5, top, max(end - start - 1, 0.8), tall, f"fill {each.tone}", hover=hover))
            below[index] += v
    return drawn


def _overlaid(plot: Plot, edges: Sequence[float], series: Sequence[Series], x: PlotAxis, y: PlotAxis) -> list[Markup]:
    drawn = []
    for each in series:
        for index, v in enumerate(each.values):
            if not v:
                continue
            start, end = plot.x(edges[index]), plot.x(edges[index + 1])
            top, tall = _span(plot.y, 0, v)
            hover = _between(edges, index, x, each.says, y.show(v))
            drawn.append(box(start, top, max(end - start, 0.8), tall, f"over {each.tone}", hover=hover))
    return drawn


def _between(edges: Sequence[float], index: int, x: PlotAxis, says: str, value_words: str) -> str:
    return f"{x.show(edges[index])} – {x.show(edges[index + 1])}{f' · {says}' if says else ''} · {value_words}"


def level_bars(
    title: str, rows: Sequence[Row], *, value: PlotAxis, marks: Sequence[Mark] = (), desc: str = "", empty: str = "",
    width: float = 360,
) -> Markup:  # fmt: skip
    """Level bars from zero, a line each, below zero to the left; the value at the end of the line.

    A row without tone raises (orange) above zero and lowers (blue) below it. low/high: a whisker. Grows with its rows.
    """
    known = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    if not known:
        return blank(title, empty, width, 80)
    frame = _Lines.around(rows, value, ends(value, known, zero=True), width)
    zero = frame.scale(max(min(0.0, frame.scale.high), frame.scale.low))
    drawn = []
    for row, y in zip(rows, frame.places, strict=True):
        if row.value is not None:
            tone = row.tone or ("raises" if row.value > 0 else "lowers")
            tip = frame.scale(row.value)
            hover = f"{row.says} · {row.note or value.show(row.value)}"
            drawn.append(
                box(min(zero, tip), y - 6, max(abs(tip - zero), 1.0), 12.0, f"fill {tone}", hover=hover, round_=2)
            )
        drawn += _whisker(frame.scale, row, y, value)
    middle = [line(zero, frame.top, zero, frame.bottom, "axis")]
    return drawing(title, desc, width, frame.height, frame.drawn(rows, value), middle, drawn, frame.marked(marks))


def dots(
    title: str, rows: Sequence[Row], *, value: PlotAxis, marks: Sequence[Mark] = (), desc: str = "", empty: str = "",
    width: float = 360,
) -> Markup:  # fmt: skip
    """A dot and its interval a line, named at the left, its note at the right. Grows with its rows.

    share: a pale bar behind the dot, over the whole width at 1: how many applications the line stands for.
    """
    known = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    if not known:
        return blank(title, empty, width, 80)
    frame = _Lines.around(rows, value, ends(value, [*known, *(m.value for m in marks)]), width)
    drawn = []
    for row, y in zip(rows, frame.places, strict=True):
        if row.share:
            long = (frame.scale.end - frame.scale.start) * row.share
            drawn.append(box(frame.scale.start, y - 8, long, 16.0, "pale"))
        drawn += _whisker(frame.scale, row, y, value)
        if row.value is not None:
            drawn.append(circle(frame.scale(row.value), y, 4.0, f"fill {row.tone or 'accent'}", _said(row, value)))
    return drawing(title, desc, width, frame.height, frame.drawn(rows, value), drawn, frame.marked(marks))


def _said(row: Row, value: PlotAxis) -> str:
    if row.value is None:
        return row.says
    interval = "" if row.low is None or row.high is None else f" ({value.show(row.low)} – {value.show(row.high)})"
    return f"{row.says} · {value.show(row.value)}{interval}"


def _whisker(scale: Scale, row: Row, y: float, value: PlotAxis) -> list[Markup]:
    if row.low is None or row.high is None:
        return []
    start, end = (min(max(scale(v), scale.start), scale.end) for v in (row.low, row.high))
    tone = f"stroke {row.tone or 'accent'} whisker"
    return [line(start, y, end, y, tone), *(line(at, y - 3, at, y + 3, tone) for at in (start, end))]


@dataclass(frozen=True)
class _Lines:
    """The frame of level charts: names at the left, notes at the right, the axis below."""

    scale: Scale
    places: list[float]
    top: float
    bottom: float
    height: float
    width: float

    @classmethod
    def around(cls, rows: Sequence[Row], value: PlotAxis, spread: tuple[float, float], width: float) -> _Lines:
        notes = min(max(width_of(r.note) for r in rows), width * 0.3)
        room = min(max(width - notes - 170, width * 0.34), width * 0.5)
        names = min(max(width_of(r.says) for r in rows), room)
        half = width_of(value.show(spread[1])) / 2
        scale = Scale(*spread, names + 10, width - max(notes + 8 if notes else 0, half))
        top, each = 4.0, 22.0
        bottom = top + each * len(rows) + 2
        places = [top + each * (index + 0.5) for index in range(len(rows))]
        return cls(scale, places, top, bottom, bottom + LINE + 6 + (LINE if value.says else 0), width)

    def drawn(self, rows: Sequence[Row], value: PlotAxis) -> list[Markup]:
        """Thin lines, labels and names."""
        marks: list[Markup] = []
        for v in fitting_ticks(value, self.scale, 6):
            at = self.scale(v)
            marks += [
                line(at, self.top, at, self.bottom, "grid"),
                text(value.show(v), at, self.bottom + LINE - 2, at="middle", tone="soft"),
            ]
        if value.says:
            label = shortened(value.says, self.width)
            marks.append(text(label, self.width, self.bottom + 2 * LINE, at="end", tone="soft", full=value.says))
        for row, y in zip(rows, self.places, strict=True):
            marks.append(text(shortened(row.says, self.scale.start - 10), 0.0, y + 4, full=row.says))
            if row.note:
                marks.append(text(row.note, self.width, y + 4, at="end", tone="soft"))
        return marks

    def marked(self, marks: Sequence[Mark]) -> list[Markup]:
        """Upright lines at values: their words on hover, since the lines of the chart leave no room for them."""
        return [
            line(self.scale(m.value), self.top, self.scale(m.value), self.bottom, f"stroke {m.tone} dashed")
            for m in marks
        ]
