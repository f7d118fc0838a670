"""How does one value stand in a group's range? A line, its middle half, its middle, and the application's dot."""

from __future__ import annotations

from html import escape


def range_line(
    *, value: float | None, quartiles: tuple[float, float, float], ends: tuple[float, float], alt: str
) -> str:
    """The line between two ends, widened to hold the quartiles and the value; no dot where the value isn't given.

    quartiles: the lower, the middle, the upper.
    """
    held = [*ends, *quartiles, *([] if value is None else [value])]
    low, high = min(held), max(held)
    span = (high - low) or 1.0
    lower, middle, upper = (100 * (q - low) / span for q in quartiles)
    dot = "" if value is None else f'<i class="f-dot" style="left:{100 * (value - low) / span:.2f}%"></i>'
    return (
        f'<div class="f-stretch" role="img" aria-label="{escape(alt)}">'
        f'<i class="f-half" style="left:{lower:.2f}%;width:{max(upper - lower, 0.6):.2f}%"></i>'
        f'<i class="f-median" style="left:{middle:.2f}%"></i>{dot}</div>'
    )
