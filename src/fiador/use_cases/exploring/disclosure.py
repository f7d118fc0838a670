"""How are counts rounded before anybody sees them, so that they show a crowd and nobody in it?

Every count is told as a multiple of five beside it, up or down by a draw that the question fixes: the random rounding
of statistical offices (Statistics Canada to base 5; Stats NZ to base 3, the draw fixed). Asked again, a question gets
the same answer; of two that differ by one application the answers may be the same or not, whether it is counted or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from hashlib import blake2b

from fiador.look.steps import round_steps

FEWEST = 20  # applications a group is told to have before anything is told of it, or a share among them
BASE = 5  # counts are told as multiples of it


def bin_edges(low: float, high: float, *, whole: bool, most: int) -> list[float]:
    """Edges of at most `most` bins of one round width (1, 2, 2.5 or 5 times a power of ten) that hold low to high.

    whole: the values are whole numbers, so a bin is at least 1 wide and each holds as many of them.

    >>> bin_edges(0.0, 0.83, whole=False, most=10)[:3]
    [0.0, 0.1, 0.2]
    >>> bin_edges(20, 44, whole=True, most=40)[-2:]
    [44.0, 45.0]
    """
    span = (high - low + 1) if whole else (high - low)
    if not span > max(abs(low), abs(high)) * 1e-12:  # one value, as far as a double tells them apart
        span = abs(low) / 10 or 1.0
    step = next(s for s in round_steps(span / most, whole=whole) if _bins(low, high, s, whole) <= most)
    first = math.floor(low / step + 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))  # 0.1 * 3 is 0.30000000000000004
    return [round((first + at) * step, digits) for at in range(_bins(low, high, step, whole) + 1)]


def _bins(low: float, high: float, step: float, whole: bool) -> int:
    start = math.floor(low / step + 1e-9)
    end = math.floor(high / step + 1e-9) + 1 if whole else math.ceil(high / step - 1e-9)
    return max(1, end - start)


def draw_of(question: Iterable[str], *, salt: str) -> float:
    """A number of 0–1 that a question's conditions fix, whatever their order; salt: known to nobody who asks.

    >>> draw_of(["bads", "age is missing"], salt="s") == draw_of(["age is missing", "bads"], salt="s")
    True
    """
    text = "\0".join([salt, *sorted(question)]).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(text, digest_size=6).digest(), "big") / 2**48


def round_count(count: int, draw: float) -> int:
    """A count as the multiple of five below or above it: the nearer the likelier, so that on average it is the count.

    A multiple of five stays as it is, nobody is nobody. draw: 0–1, below 1. Random rounding: Statistics Canada,
    "Quality Guidelines", disclosure control.

    >>> round_count(7, 0.39), round_count(7, 0.41), round_count(10, 0.0), round_count(0, 0.0)
    (10, 5, 10, 0)
    """
    below, rest = divmod(count, BASE)
    return BASE * (below + (draw < rest / BASE))


def share(part: int, whole: int) -> float | None:
    """The share of one told count in another; null where the whole is told as fewer than twenty.

    >>> share(5, 20), share(25, 20), share(5, 15)
    (0.25, 1.0, None)
    """
    return min(1.0, part / whole) if whole >= FEWEST else None
