"""What can go wrong, and how is the caller told?

    FiadorError                 exit  HTTP   the reader's next step
    ├── PortfolioError            3   500    mend the portfolio file
    ├── DataError                 4   503    mend the source, or declare what to do with it
    ├── BundleError               5   503    train again, or take the untampered bundle
    ├── RequestError              6   422    mend the request
    │   ├── UnknownKeyError       7   404    ask for a key that exists
    │   └── TooLargeError         8   413    send less
    ├── ServiceError              9   502    start the service, or name its address
    ├── AcceptanceError          10   409    the model missed its gate: do not ship it
    └── RegistryError            11   409    look at the registry again, then decide again

A message says where, what, and what next. `where` is the dotted path (`alura_cash: features.income`), kept apart so
that an entry may show it on its own.
"""

from __future__ import annotations

from collections.abc import Iterable


class FiadorError(Exception):
    """The root: every error a user can cause or meet."""

    exit_code = 1
    http_status = 500

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """Where, what and what next, on one line."""
        start = f"{self.where}: " if self.where else ""
        end = f" {self.hint}" if self.hint else ""
        return f"{start}{self.what}{end}"


class PortfolioError(FiadorError):
    """The portfolio file says something that can't be."""

    exit_code = 3
    http_status = 500


class DataError(FiadorError):
    """The raw tables are not what the portfolio declares, or can't be read."""

    exit_code = 4
    http_status = 503


class BundleError(FiadorError):
    """A bundle is missing, broken, tampered with, or of another version."""

    exit_code = 5
    http_status = 503


class RequestError(FiadorError):
    """A caller sent something that can't be scored."""

    exit_code = 6
    http_status = 422


class UnknownKeyError(RequestError):
    """No application has this key."""

    exit_code = 7
    http_status = 404


class TooLargeError(RequestError):
    """The body is larger than the service reads."""

    exit_code = 8
    http_status = 413


class ServiceError(FiadorError):
    """The scoring service doesn't answer, or not as expected."""

    exit_code = 9
    http_status = 502


class AcceptanceError(FiadorError):
    """A model missed the gate its portfolio declares."""

    exit_code = 10
    http_status = 409


class RegistryError(FiadorError):
    """A registry of bundles can't be read or changed, or the bundle's state doesn't allow what was asked."""

    exit_code = 11
    http_status = 409


def shortened(name: str) -> str:
    """A name as a message repeats it: of one longer than a line, its start and its end.

    >>> shortened("loans.csv"), len(shortened("x" * 300))
    ('loans.csv', 79)
    """
    return name if len(name) <= 80 else f"{name[:39]}…{name[-39:]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, or the list of known ones where none is near.

    >>> did_you_mean("AMT_INCOM", ["AMT_INCOME_TOTAL", "AMT_CREDIT"])
    "Did you mean 'AMT_INCOME_TOTAL'?"
    >>> did_you_mean("zzz", ["b", "a"])
    'Known: a, b.'
    """
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import DamerauLevenshtein

    words = sorted(set(known))
    slip = max(1, len(word) // 4)  # letters swapped, left out or added: what a short word's ratio underrates
    near = process.extractOne(word, words, scorer=DamerauLevenshtein.distance, score_cutoff=slip)
    alike = process.extractOne(word, words, scorer=fuzz.WRatio, score_cutoff=70)
    if near or alike:
        return f"Did you mean '{(near or alike or ('',))[0]}'?"
    return f"Known: {', '.join(words[:12])}{', …' if len(words) > 12 else ''}." if words else ""
