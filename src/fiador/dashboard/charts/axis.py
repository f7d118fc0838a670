"""Where does a value stand on an axis of bins or levels, and what is written along it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil
from typing import Any

from fiador.look.steps import round_steps, round_values
from fiador.words import money, number, percent, quantity, say

Body = Mapping[str, Any]
LABELS = 4  # at most, so that they fit on a phone
ROOM_APART = 0.2  # from one label to the next
ROOM = 0.9  # no label beyond where others stand apart: theirs is there


@dataclass(frozen=True)
class CellAxis:
    """The cells of an axis, each in words, and the labels along it: the place (0–1) and the text.

    apart: the word for those without a value, who stand beside the others; empty where there are none.
    """

    cells: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    is_level: bool = False
    apart: str = ""


def axis_of(body: Body, *, currency: str, language: str, has_missing: bool = False) -> CellAxis:
    """The axis of an answer that holds `edges`, or `levels`: words of their own, or `levels_says` beside them."""
    apart = say("value.missing", language) if has_missing else ""
    if body["kind"] == "level":
        return CellAxis(tuple(_level_words(body, language)), is_level=True, apart=capital(apart))
    edges, unit = body["edges"], body.get("unit") or "number"
    upper = [quantity(edge, unit, language, currency=currency) for edge in edges]
    lower = upper if unit in ("money", "percent") else [number(edge, language) for edge in edges]
    cells = tuple(f"{low} – {high}" for low, high in zip(lower[:-1], upper[1:], strict=True))
    whole = all(float(edge).is_integer() for edge in edges)
    values = _round_labels(edges[0], edges[-1], whole=whole)
    labels = [(value, short(value, unit, currency, language)) for value in values]
    return CellAxis(cells, tuple(_ticks(body, labels, last=ROOM if has_missing else 1.0)), apart=apart)


def _round_labels(low: float, high: float, *, whole: bool) -> list[float]:
    """Three or four round values, or as many as there are.

    >>> _round_labels(10_000, 290_000, whole=True), _round_labels(0, 1, whole=True)
    ([50000.0, 150000.0, 250000.0], [0.0, 1.0])
    """
    values = round_values(low, high, LABELS, whole=whole)
    denser = round_values(low, high, 2 * LABELS - 1, whole=whole)
    return values if len(values) > 2 else denser[::2] if len(denser) > LABELS else denser


def _ticks(body: Body, labels: Sequence[tuple[float, str]], *, last: float) -> Iterator[tuple[float, str]]:
    """The labels at their places, without those that would touch the one before."""
    free, before = 0.0, ""
    for value, text in labels:
        at = place(body, value)
        if at is not None and free <= at <= last and text != before:
            free, before = at + ROOM_APART, text
            yield at, text


def _level_words(body: Body, language: str) -> list[str]:
    says = body.get("levels_says") or {}
    words = []
    for level in body["levels"]:
        word = level["says"] if isinstance(level, Mapping) else (says.get(level) or {}).get(language, level)
        words.append(capital(str(word)))
    return words


def level_names(body: Body) -> list[str | None]:
    """The levels themselves, in order; None gathers the rarest."""
    return [level["level"] if isinstance(level, Mapping) else level for level in body["levels"]]


def place(body: Body, value: Any, *, clamp: bool = False) -> float | None:
    """Where a given value stands, 0–1 along the axis: within its bin, or the middle of its level.

    None for a value that isn't given, an unknown level, or one beyond the ends unless `clamp` puts it at the end.

    >>> place({"kind": "number", "edges": [0, 10, 20]}, 15)
    0.75
    >>> place({"kind": "level", "levels": ["A", "B"]}, "B")
    0.75
    """
    if value is None:
        return None
    if body["kind"] == "level":
        names = level_names(body)
        return (names.index(value) + 0.5) / len(names) if value in names else None
    edges = body["edges"]
    if not edges[0] <= value <= edges[-1]:
        return None if not clamp else 0.0 if value < edges[0] else 1.0
    steps = len(edges) - 1
    for i, (low, high) in enumerate(pairwise(edges)):
        if value < high or i == steps - 1:
            return (i + float(value - low) / float(high - low or 1)) / steps
    return None


def labelled(ticks: Sequence[tuple[float, str]], side: str = "left") -> str:
    """Labels along an axis, each in the middle of its place but those at the very end, which stay inside."""
    return "".join(
        f'<span{" class=f-end" if at > 0.95 else ""} style="{side}:{100 * at:.2f}%">{escape(text)}</span>'
        for at, text in ticks
    )


def ladder(top: float) -> list[float]:
    """Round steps from zero up to the first at or above `top`, at most six steps.

    >>> ladder(83), ladder(4200)
    ([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0])
    """
    if top <= 0:
        return [0.0, 1.0]
    least = top / 5.5
    step = next(step for step in round_steps(least) if step >= least * 0.999)
    return [round(step * i, 10) for i in range(ceil(top / step - 1e-9) + 1)]


def short(value: float, unit: str, currency: str, language: str) -> str:
    """A value as an axis has room for it: whole money and per cent, other numbers as short as they are."""
    if unit == "money":
        return money(value, currency, language) if currency else number(value, language, decimals=0)
    if unit == "percent":
        return percent(value, language, decimals=0)
    return number(value, language, decimals=0 if abs(value) >= 100 else None)


def capital(text: str) -> str:
    """A text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def shares(counts: Sequence[float]) -> list[float]:
    """Each count as a share of their sum."""
    total = sum(counts) or 1
    return [count / total for count in counts]
