"""How is a decision drawn? The gauge, a feature's distribution, every contribution; figures only, no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import Any

import plotly.graph_objects as go

from fiador.dashboard.look import Palette, template
from fiador.words import money, number, percent, say

Body = Mapping[str, Any]
SEPARATORS = {"en": ".,", "fr": ",\u202f", "pt-BR": ",."}


def gauge(decision: Body, *, language: str, colours: Palette) -> go.Figure:
    """A half circle from 0 to 1: the zones of each outcome outside, the PD inside, a mark at the cut-off."""
    pd, cut_off = decision["pd"], decision["cut_off"]
    figure = go.Figure()
    for start, end, tone in _zones(cut_off, decision["refer_band"], colours):
        figure.add_trace(_arc(start, end, 1.0, 1.06, tone))
    figure.add_trace(_arc(0, 1, 0.70, 0.94, colours.line))
    figure.add_trace(_arc(0, pd, 0.70, 0.94, getattr(colours, decision["outcome"])))
    (x0, y0), (x1, y1) = _at(cut_off, 0.66), _at(cut_off, 1.12)
    figure.add_shape(type="line", x0=x0, y0=y0, x1=x1, y1=y1, line={"color": colours.ink, "width": 3})
    _gauge_words(figure, decision, language=language, colours=colours)
    figure.update_layout(template=template(separators=SEPARATORS[language], colours=colours), height=200)
    figure.update_xaxes(visible=False, range=[-1.4, 1.4])
    figure.update_yaxes(visible=False, range=[-0.18, 1.3], scaleanchor="x")
    return figure


def _zones(cut_off: float, band: Sequence[float] | None, colours: Palette) -> list[tuple[float, float, str]]:
    low, high = band or (cut_off, cut_off)
    return [(0, low, colours.approve), (low, high, colours.refer), (high, 1, colours.decline)]


def _gauge_words(figure: go.Figure, decision: Body, *, language: str, colours: Palette) -> None:
    x, y = _at(decision["cut_off"], 1.15)
    anchor = "right" if x < -0.2 else "left" if x > 0.2 else "center"
    limit = say("page.cut_off", language, value=f"<br><b>{percent(decision['cut_off'], language)}</b>")
    mark = {"size": 13, "color": colours.ink}
    figure.add_annotation(
        x=x, y=y, text=limit, showarrow=False, xanchor=anchor, yanchor="middle", align="right", font=mark
    )
    shown = f"<b>{percent(decision['pd'], language)}</b>"
    figure.add_annotation(x=0, y=0.24, text=shown, showarrow=False, font={"size": 30})
    for value, place in ((0.0, -0.82), (1.0, 0.82)):
        end = {"size": 12, "color": colours.soft}
        text = percent(value, language, decimals=0)
        figure.add_annotation(x=place, y=-0.1, text=text, showarrow=False, font=end)


def _at(share: float, radius: float) -> tuple[float, float]:
    angle = pi * (1 - share)
    return radius * cos(angle), radius * sin(angle)


def _arc(start: float, end: float, inner: float, outer: float, tone: str) -> go.Scatter:
    steps = [start + (end - start) * i / 60 for i in range(61)]
    there, back = [_at(s, outer) for s in steps], [_at(s, inner) for s in reversed(steps)]
    x, y = zip(*there, *back, there[0], strict=True)
    line = {"width": 0}
    return go.Scatter(
        x=x, y=y, fill="toself", fillcolor=tone, mode="lines", line=line, hoverinfo="skip", showlegend=False
    )


GAP = 0.8  # bars' widths between a number's bins and the bar of those not given


def distribution(body: Body, value: Any, *, unit: str, currency: str, language: str, colours: Palette) -> go.Figure:
    """What per cent of goods and of bads each bin or level holds, and where this application stands."""
    figure = go.Figure()
    bins = _level_bins if body["kind"] == "level" else _number_bins
    sign = percent(0, language, decimals=0).removeprefix("0")
    labels, ticks = bins(body, unit=unit, currency=currency, language=language)
    for group, tone in (("goods", colours.lowers), ("bads", colours.raises)):
        shares = _shares([*body[group], body["missing"][group]])
        name = say(f"page.{group}", language)
        hover = f"%{{customdata}}<br>{name}: %{{y:.1f}}{sign}<extra></extra>"
        places = _places(body)[: len(labels)]
        figure.add_bar(
            x=places,
            y=shares[: len(labels)],
            name=name,
            marker_color=tone,
            customdata=labels,
            hovertemplate=hover,
        )
    _mark(figure, place(body, value), language=language, colours=colours, end=len(labels) - 1)
    bargap = {"bargap": 0.18 if body["kind"] == "level" else 0.12, "bargroupgap": 0.04}
    figure.update_layout(template=template(separators=SEPARATORS[language], colours=colours), height=330, **bargap)
    figure.update_xaxes(tickvals=list(ticks), ticktext=list(ticks.values()), showgrid=False)
    figure.update_yaxes(ticksuffix=sign, nticks=5)
    return figure


def _places(body: Body) -> list[float]:
    """Where each bin's bar stands, then the bar of those not given."""
    n = len(body["goods"])
    return [*map(float, range(n)), n if body["kind"] == "level" else n + GAP]


def place(body: Body, value: Any) -> float | None:
    """Where a value stands on the axis of bins: a bin's position and the way through it; None beyond the ends.

    >>> place({"kind": "number", "edges": [0, 10, 20]}, 15)
    1.0
    >>> place({"kind": "level", "levels": ["A", "B"]}, "B")
    1.0
    """
    if body["kind"] == "level":
        levels = [*body["levels"], None]
        return float(levels.index(value)) if value in levels else None
    edges = body["edges"]
    if value is None:
        return len(edges) - 1 + GAP
    for i, (low, high) in enumerate(pairwise(edges)):
        if low <= value < high or (value == high == edges[-1]):
            return i - 0.5 + float(value - low) / float(high - low)
    return None


def _mark(figure: go.Figure, position: float | None, *, language: str, colours: Palette, end: int) -> None:
    if position is None:
        return
    side = "right" if position > end / 2 else "left"
    words = {
        "text": f"<b>{say('page.this_application', language)}</b>",
        "xanchor": side,
        "yanchor": "bottom",
        "y": 1.0,
    }
    figure.add_vline(x=position, line={"color": colours.ink, "width": 2, "dash": "dot"})
    figure.add_annotation(x=position, yref="paper", showarrow=False, font={"color": colours.ink, "size": 13}, **words)
    figure.update_layout(margin={"t": 28})


def _level_bins(body: Body, *, unit: str, currency: str, language: str) -> tuple[list[str], dict[float, str]]:
    says = body.get("levels_says") or {}
    labels = [str((says.get(level) or {}).get(language, level)) for level in body["levels"]]
    if any(body["missing"].values()):
        labels.append(say("value.missing", language))
    return labels, {i: _broken(label) for i, label in enumerate(labels)}


def _number_bins(body: Body, *, unit: str, currency: str, language: str) -> tuple[list[str], dict[float, str]]:
    edges = [_short(edge, unit, currency, language) for edge in body["edges"]]
    labels = [f"{low} – {high}" for low, high in pairwise(edges)]
    every = max(1, (len(edges) - 1) // 4)
    ticks = {i - 0.5: edge for i, edge in enumerate(edges) if i % every == 0}
    if any(body["missing"].values()):
        ticks = {at: text for at, text in ticks.items() if at < len(labels) - 2}
        ticks[len(labels) + GAP] = _broken(say("value.missing", language))
        labels.append(say("value.missing", language))
    return labels, ticks


def _shares(counts: Sequence[float]) -> list[float]:
    total = sum(counts) or 1
    return [100 * count / total for count in counts]


def _short(value: float, unit: str, currency: str, language: str) -> str:
    """An edge of a bin: whole money and per cent, other numbers as short as they are."""
    if unit == "money":
        return money(value, currency, language)
    if unit == "percent":
        return percent(value, language, decimals=0)
    return number(value, language, decimals=0 if abs(value) >= 100 else None)


def _broken(label: str) -> str:
    """A long label on several lines, for a narrow screen."""
    lines = [""]
    for word in label.split(" "):
        fits = len(lines[-1]) + len(word) < 12
        lines[-1 if fits else len(lines) :] = [f"{lines[-1]} {word}".strip()] if fits else [word]
    return "<br>".join(line for line in lines if line)


def contributions(decision: Body, *, language: str, colours: Palette) -> go.Figure:
    """Every feature's contribution in log-odds, the strongest on top; its words stand over its bar."""
    rows = list(reversed(decision["contributions"]))
    values = [row["contribution"] for row in rows]
    tones = [colours.raises if value > 0 else colours.lowers for value in values]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(range(len(rows))),
            orientation="h",
            width=0.36,
            marker_color=tones,
            hoverinfo="skip",
        )
    )
    for i, row in enumerate(rows):
        text = f"{row['says'][:1].upper()}{row['says'][1:]} · <b>{row['value_says']}</b>"
        figure.add_annotation(
            x=0, xref="paper", y=i + 0.38, text=text, showarrow=False, xanchor="left", font={"size": 13}
        )
        line = {"color": colours.soft, "width": 1}
        figure.add_shape(type="line", x0=0, x1=0, y0=i - 0.24, y1=i + 0.24, line=line)
        shown = number(row["contribution"], language, decimals=2)
        figure.add_annotation(
            x=1, xref="paper", y=i, text=shown, showarrow=False, xanchor="right", font={"color": colours.soft}
        )
    reach = max((abs(value) for value in values), default=1.0) * 1.25 or 1.0
    figure.update_layout(
        template=template(separators=SEPARATORS[language], colours=colours), height=60 + 52 * len(rows)
    )
    figure.update_xaxes(range=[-reach, reach], nticks=5, showgrid=False, zeroline=False)
    figure.update_yaxes(visible=False, range=[-0.5, len(rows) - 0.3])
    return figure
