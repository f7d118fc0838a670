"""As of which moment is an application decided, where not as of its own?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class AsOf:
    """One date for every application, or so many days before each one's own decision; the other is None."""

    on: date | None = None
    days_before: int | None = None

    def __str__(self) -> str:
        return self.on.isoformat() if self.on else f"-{self.days_before}"


def read_as_of(text: str, *, today: date) -> AsOf:
    """What `--as-of` says: a past date, or days before the decision as a negative number. ValueError else.

    >>> read_as_of("1996-12-31", today=date(2026, 11, 21))
    AsOf(on=datetime.date(1996, 12, 31), days_before=None)
    >>> read_as_of("-90", today=date(2026, 11, 21)).days_before
    90
    >>> read_as_of("90", today=date(2026, 11, 21))
    Traceback (most recent call last):
    ValueError: '90' is no past date such as 1996-12-31, and no days before each decision such as -90.
    """
    if re.fullmatch(r"-[1-9][0-9]{0,5}", text):
        return AsOf(days_before=int(text[1:]))
    try:
        on = date.fromisoformat(text)
    except ValueError:
        what = "no past date such as 1996-12-31, and no days before each decision such as -90"
        raise ValueError(f"'{text}' is {what}.") from None
    if on > today:
        raise ValueError(f"{on} is still to come: what will be known then isn't.")
    return AsOf(on=on)
