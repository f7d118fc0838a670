"""Which cell of a column isn't of the column's type?"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

_SHOWN = 60


class Misfit(Exception):
    """A text that can't be read as the type of its column: where it stands (from 0) and what it says."""

    def __init__(self, index: int, text: str) -> None:
        super().__init__(index, text)
        self.index = index
        self.text = text

    @property
    def shown(self) -> str:
        """The value as an error may print it: quoted, cut at 60 characters."""
        return repr(self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "…")


def to_type(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts read as a type, nulls kept; Misfit at the first that can't be.

    >>> to_type(pa.array(["7", None, "-1"]), pa.int64()).to_pylist()
    [7, None, -1]
    >>> to_type(pa.array(["7", "seven"]), pa.int64())
    Traceback (most recent call last):
    fiador.adapters.sources.cells.Misfit: (1, 'seven')
    """
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        index = first_that_fails(texts, lambda part: part.cast(kind))
        raise Misfit(index, texts[index].as_py()) from None


def first_that_fails(cells: pa.Array, read: Callable[[pa.Array], object]) -> int:
    """The index of the first cell `read` refuses, found by halving; the column as a whole must have been refused.

    >>> first_that_fails(pa.array(["1", "2", "x", "4", "y"]), lambda part: part.cast(pa.int64()))
    2
    """
    good, bad = 0, len(cells)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            read(cells.slice(good, middle - good))
            good = middle
        except pa.ArrowInvalid:
            bad = middle
    return good


_INTEGER = r"^-?(0|[1-9]\d{0,17})$"
_NUMBER = r"^-?(0|[1-9]\d{0,17})(\.\d*)?([eE][+-]?\d{1,3})?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIMESTAMP = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"
INFERRED = {
    "integer": (_INTEGER, pa.int64()),
    "number": (_NUMBER, pa.float64()),
    "date": (_DATE, pa.date32()),
    "timestamp": (_TIMESTAMP, pa.timestamp("us")),
}
"""What a column of texts may turn out to be, narrowest first: no leading zeros, at most 18 digits before
the point.
"""


def narrowed(cells: pa.Array, kinds: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Which kinds every value so far can be: null before the first value is seen, empty where only text is left.

    >>> narrowed(pa.array(["1", "2.5"]), None), narrowed(pa.array(["00123"]), None)
    (('number',), ())
    """
    values = cells.filter(pc.not_equal(cells, ""))
    if not len(values) or kinds == ():
        return kinds
    return tuple(kind for kind in (INFERRED if kinds is None else kinds) if _all_are(values, kind))


def settled(kinds: tuple[str, ...] | None) -> str:
    """The narrowest kind left; text where none is, or no value was seen."""
    return kinds[0] if kinds else "text"


def _all_are(values: pa.Array, kind: str) -> bool:
    pattern, arrow = INFERRED[kind]
    if not pc.all(pc.match_substring_regex(values, pattern)).as_py():
        return False
    try:
        values.cast(arrow)
    except pa.ArrowInvalid:
        return False
    return True
