"""How are counts and shares drawn? As columns over a number's bins, as lines beside a level's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from fiador.dashboard.charts.axis import CellAxis, labelled, ladder

Tell = Callable[[float | None], str]  # a value in words; None is too few to be told


@dataclass(frozen=True)
class Bars:
    """One run of bars: its name, its tone (a colour's name), a value a cell; None where too few to be told."""

    name: str
    tone: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Here:
    """Where the application stands, 0–1 along the axis; None among those without a value."""

    at: float | None
    says: str


def columns(
    series: Sequence[Bars], axis: CellAxis, *, tell: Tell, tick: Tell, alt: str, here: Here | None = None,
    low: bool = False,
) -> str:  # fmt: skip
    """Upright bars, a group a bin. tell: a bar's value in words; tick: a grid line's. low: a shorter figure.

    Bars without a value for `axis.apart` leave its room empty, so that figures one above the other stay in line.
    """
    steps = ladder(max((value for each in series for value in each.values if value is not None), default=0.0))
    top = steps[-1]
    grid = "".join(f'<i class="f-grid" style="bottom:{100 * s / top:.2f}%"></i>' for s in steps)
    scale = "".join(f'<span style="bottom:{100 * s / top:.2f}%">{escape(tick(s))}</span>' for s in steps)
    bins = "".join(
        _bin(series, i, words, top, tell, last=i > len(axis.cells) / 2) for i, words in enumerate(axis.cells)
    )
    main = _area(f"{grid}<div class='f-bins'>{bins}</div>", here if here and here.at is not None else None, axis.ticks)
    beside = ""
    if axis.apart:
        own = Here(0.5, here.says) if here and here.at is None else None
        held = len(series[0].values) > len(axis.cells)
        last = _bin(series, len(axis.cells), axis.apart, top, tell, last=True) if held else ""
        drawn = f"{grid}<div class='f-bins'>{last}</div>" if held else ""
        beside = _area(drawn, own, ((0.5, axis.apart),) if held else (), kind=" f-apart")
    return (
        f'<figure class="f-chart{" f-low" if low else ""}"><div role="img" aria-label="{escape(alt)}">'
        f'<div class="f-plot"><div class="f-scale">{scale}</div>{main}{beside}</div></div>{_key(series)}</figure>'
    )


def _area(drawn: str, here: Here | None, ticks: Sequence[tuple[float, str]], *, kind: str = "") -> str:
    mark = ""
    if here and here.at is not None:
        side = "right" if here.at > 0.5 or kind else "left"  # beside what stands apart there is no room on the right
        place = f"left:{100 * here.at:.2f}%"
        mark = f'<div class="f-here f-here-{side}" style="{place}"><span>{escape(here.says)}</span></div>'
    return f'<div class="f-area{kind}">{drawn}{mark}<div class="f-labels">{labelled(ticks)}</div></div>'


def _bin(series: Sequence[Bars], i: int, words: str, top: float, tell: Tell, *, last: bool) -> str:
    alone = len(series) == 1
    figures = " · ".join(tell(each.values[i]) if alone else f"{each.name} {tell(each.values[i])}" for each in series)
    drawn = "".join(_bar(each.tone, each.values[i], top) for each in series)
    tip = escape(f"{words}\n{figures}")
    return f'<div class="f-bin{" f-last" if last else ""}" data-tip="{tip}">{drawn}</div>'


def _bar(tone: str, value: float | None, top: float) -> str:
    if value is None:
        return '<b class="f-few"></b>'
    return f'<b class="f-{tone}" style="height:{100 * value / top:.2f}%"></b>'


def lines(
    series: Sequence[Bars], axis: CellAxis, *, tell: Tell, alt: str, own: int | None = None, own_says: str = ""
) -> str:
    """Level bars, a line a level, the application's own marked; the last line is of those without a value."""
    top = max((value for each in series for value in each.values if value is not None), default=1.0) or 1.0
    names = [*axis.cells, *([axis.apart] if axis.apart else [])][: len(series[0].values)]
    rows = "".join(_line(name, series, i, top, tell, own_says if i == own else "") for i, name in enumerate(names))
    return f'<figure class="f-lines"><div role="img" aria-label="{escape(alt)}">{rows}</div>{_key(series)}</figure>'


def _line(name: str, series: Sequence[Bars], i: int, top: float, tell: Tell, own: str) -> str:  # noqa: PLR0917
    tracks = "".join(_track(each.tone, each.values[i], top, tell) for each in series)
    mark = f"<em>{escape(own)}</em>" if own else ""
    kind = "f-line f-own" if own else "f-line"
    return f'<div class="{kind}"><div class="f-name">{escape(name)}{mark}</div><div>{tracks}</div></div>'


def _track(tone: str, value: float | None, top: float, tell: Tell) -> str:
    bar = '<b class="f-few"></b>' if value is None else f'<b class="f-{tone}" style="--long:{value / top:.4f}"></b>'
    return f'<div class="f-track">{bar}<span>{escape(tell(value))}</span></div>'


def _key(series: Sequence[Bars]) -> str:
    """Which colour is which, where there are several."""
    if len(series) == 1:
        return ""
    named = "".join(f'<span><i class="f-{each.tone}"></i>{escape(each.name)}</span>' for each in series)
    return f'<figcaption class="f-key-row">{named}</figcaption>'
