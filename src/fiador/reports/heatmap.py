"""How are values of pairs drawn? A square a pair: orange above zero, blue below, deeper the further from it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from fiador.reports.scales import Show, plain
from fiador.reports.svg import blank, box, drawing, element, shortened, text, width_of

SHADES = 10


def heatmap(
    title: str, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]], *,
    show: Show = plain, furthest: float = 1.0, written: bool | None = None, desc: str = "", empty: str = "",
    width: float = 700,
) -> Markup:  # fmt: skip
    """A matrix with names at both sides. furthest: the value of the deepest shade. None: an empty square.

    written: the values stand in their squares (None: where squares are large enough); always on hover. Grows with its
    rows.
    """
    if not rows or not columns or not _any(values):
        return blank(title, empty, width, 80)
    names = min(max(width_of(name) for name in rows), width * 0.3) + 8
    cell = min(44.0, (width - names) / len(columns))
    tall, head = max(min(cell, 30.0), 17.0), _head(columns)
    written = cell >= 34 if written is None else written
    drawn = [
        *_heads(columns, names, cell, head),
        *_names(rows, names, tall, head),
        *_squares(rows, columns, values, (names, head, cell, tall), show=show, furthest=furthest, written=written),
    ]
    return drawing(title, desc, width, head + tall * len(rows) + 2, drawn)


def heatmap_parts(
    title: str, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]], *,
    show: Show = plain, furthest: float = 1.0, desc: str = "", empty: str = "", width: float = 300,
) -> tuple[Markup, Markup]:  # fmt: skip
    """The same matrix for a narrow screen, its names and its squares apart, so that names stay while squares slide.

    width: of the screen's place, of which names take two fifths at most. Squares are wide enough for their values.
    """
    if not rows or not columns or not _any(values):
        return drawing(title, "", 0, 80), blank(title, empty, width, 80)
    names, cell, tall, head = min(max(width_of(name) for name in rows), width * 0.4) + 8, 40.0, 28.0, _head(columns)
    height = head + tall * len(rows) + 2
    lean = min(max(width_of(columns[-1]), 0), 130) * 0.7  # the last name leans out over its column
    squares = [
        *_heads(columns, 4.0, cell, head),
        *_squares(rows, columns, values, (4.0, head, cell, tall), show=show, furthest=furthest, written=True),
    ]
    wide = 4.0 + cell * len(columns) + max(lean - cell / 2, 0)
    return drawing(title, "", names, height, _names(rows, names, tall, head)), drawing(
        title, desc, wide, height, squares
    )


def _any(values: Sequence[Sequence[float | None]]) -> bool:
    return any(value is not None for row in values for value in row)


def _head(columns: Sequence[str]) -> float:
    """How high the names above the columns stand, in px."""
    return min(max(width_of(name) for name in columns), 130) * 0.72 + 12


def _names(rows: Sequence[str], wide: float, tall: float, head: float) -> list[Markup]:
    """Names at the left, one a row, shortened where they have no room."""
    return [text(shortened(n, wide - 8), 0.0, head + (r + 0.5) * tall + 4, full=n) for r, n in enumerate(rows)]


def _squares(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]],
    places: tuple[float, float, float, float], *, show: Show, furthest: float, written: bool,
) -> list[Markup]:  # fmt: skip
    """places: where the first square stands, and how wide and tall each is, in px."""
    start, head, cell, tall = places
    drawn = []
    for r, name in enumerate(rows):
        for c, other in enumerate(columns):
            value = values[r][c]
            if value is None:
                continue
            x, y = start + c * cell, head + r * tall
            hover = f"{name} · {other} · {show(value)}"
            drawn.append(box(x, y, cell - 1, tall - 1, shade(value, furthest), hover=hover))
            if written:
                drawn.append(text(show(value), x + cell / 2, y + tall / 2 + 4, at="middle", tone="cell"))
    return drawn


def shade(value: float, furthest: float) -> str:
    """The class of a value's shade: `shade up-7`, `shade down-3`, `shade up-0`.

    >>> shade(0.5, 1), shade(-2, 1), shade(0, 1)
    ('shade up-5', 'shade down-10', 'shade up-0')
    """
    depth = min(round(abs(value) / furthest * SHADES), SHADES)
    return f"shade {'down' if value < 0 and depth else 'up'}-{depth}"


def _heads(columns: Sequence[str], start: float, cell: float, head: float) -> list[Markup]:
    """Names above their columns, leaning so that long ones stand clear of each other."""
    marks = []
    for c, name in enumerate(columns):
        x, y = start + c * cell + cell / 2 + 2, head - 6
        label = shortened(name, 130)
        hover = element("title", name)
        marks.append(element("text", hover, label, x=x, y=y, transform=f"rotate(-46 {x:.1f} {y:.1f})", class_="soft"))
    return marks


def shades() -> str:
    """The style of every shade; at most two thirds of the colour, so that ink reads on it in light and dark."""
    rules = []
    for way, colour in (("up", "raises"), ("down", "lowers")):
        for depth in range(SHADES + 1):
            mixed = f"color-mix(in srgb, var(--f-{colour}) {depth * 6.5 + 4:g}%, var(--f-card))"
            rules.append(f".f-chart .{way}-{depth} {{ fill: {mixed}; }}")
    return "\n".join(rules)
