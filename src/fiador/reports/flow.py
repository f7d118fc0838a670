"""How is an accounting drawn? From all to what is left: bars as long as their counts, between them what leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fiador.reports.scales import Show, plain
from fiador.reports.svg import LINE, blank, box, drawing, path, shortened, text, width_of

BAR = 26.0


@dataclass(frozen=True)
class StagePart:
    """One class a stage is made of."""

    says: str
    count: int
    tone: str


@dataclass(frozen=True)
class Stage:
    """How many there are at one point. lost: what left on the way here, by reason; parts: what it is made of."""

    says: str
    count: int
    lost: Sequence[tuple[str, int]] = ()
    parts: Sequence[StagePart] = ()


def flow(
    title: str, stages: Sequence[Stage], *, show: Show = plain, desc: str = "", empty: str = "", width: float = 360
) -> Markup:
    """Stages from top to bottom, each bar as long as its count is of the first one's. Grows with its stages."""
    most = max((stage.count for stage in stages), default=0)
    if not most:
        return blank(title, empty, width, 80)
    drawn: list[Markup] = []
    y, above = 4.0, 0.0
    for index, stage in enumerate(stages):
        long = width * stage.count / most
        if index:
            drop = 10 + len(stage.lost) * (LINE + 2)
            drawn += [path([(0, y), (above, y), (long, y + drop), (0, y + drop)], "ribbon", closed=True)]
            drawn += _lost(stage, y + 4, width, show)
            y += drop
        drawn += _stage(stage, y, long, width, show)
        y += BAR + LINE + 4 + _rows(stage, width, show) * (LINE + 2)
        above = long
    return drawing(title, desc, width, y, drawn)


def _stage(stage: Stage, y: float, long: float, width: float, show: Show) -> list[Markup]:
    """A bar, one colour a part, with its words below it."""
    name = f"{stage.says} · {show(stage.count)}"
    drawn = [] if stage.parts else [box(0.0, y, max(long, 2.0), BAR, "fill accent", hover=name, round_=3)]
    x = 0.0
    for part in stage.parts:
        wide = long * part.count / max(stage.count, 1)
        drawn.append(
            box(x, y, max(wide - 1, 1.0), BAR, f"fill {part.tone}", hover=f"{part.says} · {show(part.count)}", round_=2)
        )
        x += wide
    drawn.append(text(shortened(name, width), 0.0, y + BAR + 15, tone="strong", full=name))
    for part, (at, row) in zip(stage.parts, _places(stage, width, show), strict=True):
        base = y + BAR + 15 + (LINE + 2) * (row + 1)
        drawn += [
            box(at, base - 9.5, 11.0, 11.0, f"fill {part.tone}", round_=2),
            text(_said(part, show), at + 17, base),
        ]
    return drawn


def _said(part: StagePart, show: Show) -> str:
    return f"{part.says} {show(part.count)}"


def _places(stage: Stage, width: float, show: Show) -> list[tuple[float, int]]:
    """Where each part's words stand: px from the left, and the line."""
    places, x, row = [], 0.0, 0
    for part in stage.parts:
        wide = 17 + width_of(_said(part, show)) + 16
        if x and x + wide > width:
            x, row = 0.0, row + 1
        places.append((x, row))
        x += wide
    return places


def _rows(stage: Stage, width: float, show: Show) -> int:
    places = _places(stage, width, show)
    return places[-1][1] + 1 if places else 0


def _lost(stage: Stage, y: float, width: float, show: Show) -> list[Markup]:
    """What left, a line a reason."""
    drawn = []
    for index, (reason, count) in enumerate(stage.lost):
        base = y + 12 + index * (LINE + 2)
        label = f"− {show(count)}"
        drawn.append(text(label, 10.0, base, tone="lost"))
        at = 10 + width_of(label) + 8
        drawn.append(text(shortened(reason, width - at - 4), at, base, tone="halo", full=reason))
    return drawn
