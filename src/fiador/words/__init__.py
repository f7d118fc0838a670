"""How does the product say it, in each language?

The product's own texts, one TOML file a language, and its way of writing numbers, money and shares.
What a portfolio says about its columns and features is in the portfolio; the two meet in `say`, as values.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypeGuard

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from fiador.errors import FiadorError, RequestError, did_you_mean

Value = float | int | None
_LONGEST = 1e15  # from here on a double can't tell cents, and nobody can read the digits
_POWER = "0.##E0"


@dataclass(frozen=True)
class Language:
    """One language the product speaks: its code on the wire, its own name, and its rules for numbers."""

    code: str
    name: str
    locale: str


LANGUAGES: tuple[Language, ...] = (
    Language("en", "English", "en_US"),
    Language("fr", "Français", "fr_FR"),
    Language("pt-BR", "Português (Brasil)", "pt_BR"),
)
DEFAULT = "en"


def _set(text: str, code: str) -> str:
    """A text as its language sets it: French binds double marks and % with no-break spaces; no line opens with one."""
    if code != "fr":
        return text
    return re.sub(r" (?=[:;?!»%])|(?<=«) ", "\xa0", text)


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of a language by its key, read once from its file; RequestError for an unknown language.

    >>> texts("fr")["page.language"], list(texts("en")) == list(texts("pt-BR"))
    ('Langue', True)
    """
    file = resources.files(__name__) / f"{known_language(language).code}.toml"
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType({key: _set(text, language) for key, text in entries.items()})


def known_language(code: str) -> Language:
    """The language of this exact code; RequestError for any other.

    >>> known_language("fr").name
    'Français'
    """
    for each in LANGUAGES:
        if each.code == code:
            return each
    codes = ", ".join(each.code for each in LANGUAGES)
    raise RequestError(f"unknown language '{code}'.", where="language", hint=f"Known: {codes}.")


def language_of(preference: str | None) -> str:
    """The code of the best known language for a code or an Accept-Language header; English where none fits.

    >>> language_of("fr-CA,fr;q=0.9,en;q=0.8"), language_of("pt"), language_of("de"), language_of(None)
    ('fr', 'pt-BR', 'en', 'en')
    """
    for tag in _by_preference(preference or ""):
        for each in LANGUAGES:
            if tag.split("-")[0] == each.code.split("-")[0].lower():
                return each.code
    return DEFAULT


def _by_preference(header: str) -> list[str]:
    """The tags of an Accept-Language header, most wanted first (RFC 9110 §12.5.4); q=0 is not wanted."""
    weighted: list[tuple[float, str]] = []
    for part in header.lower().replace("_", "-").split(","):
        tag, _, parameter = part.strip().partition(";")
        quality = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weight = float(quality[1]) if quality else 0.0 if parameter else 1.0
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def say(key: str, /, language: str, **values: object) -> str:
    """The text of a key in a language, its {placeholders} filled; one that opens with a value gets a capital.

    Raises FiadorError for an unknown key or a value left out, RequestError for an unknown language: it never
    falls back to another language.

    >>> say("reason.raises.level", "pt-BR", says="situação de moradia", value="alugada")
    'Situação de moradia: alugada. Isso aumenta o risco estimado.'
    """
    templates = texts(language)
    if key not in templates:
        raise FiadorError(f"no text '{key}'.", where="words", hint=did_you_mean(key, templates))
    template = templates[key]
    try:
        text = template.format(**values)
    except KeyError as error:
        raise FiadorError(f"'{key}' is said with {error}, which was not given.", where="words") from None
    return text[:1].upper() + text[1:] if template.startswith("{") else text


def number(value: Value, language: str, *, decimals: int | None = None) -> str:
    """A number as the language writes it; at most two decimals, or exactly `decimals`; from 10¹⁵ on as a power of ten.
    None is "not given".

    >>> number(1234.5, "en"), number(1234.5, "pt-BR", decimals=2), number(None, "en")
    ('1,234.5', '1.234,50', 'not given')
    """
    if not _is_known(value):
        return say("value.missing", language)
    fraction = ".##" if decimals is None else f".{'0' * decimals}" if decimals else ""
    pattern = f"#,##0{fraction}" if abs(value) < _LONGEST else _POWER
    return _signed(value, lambda v: format_decimal(v, format=pattern, locale=known_language(language).locale))


def money(value: Value, currency: str, language: str, *, cents: bool = False) -> str:
    """An amount of money, in whole units of the currency unless `cents`. None is "not given".

    >>> money(12500, "BRL", "en"), money(-3.456, "BRL", "en", cents=True)
    ('R$12,500', '−R$3.46')
    """
    if not _is_known(value):
        return say("value.missing", language)
    locale = known_language(language).locale
    if cents and abs(value) < _LONGEST:
        return _signed(value, lambda v: format_currency(v, currency, locale=locale))
    digits = "#,##0" if abs(value) < _LONGEST else _POWER
    pattern = {"en_US": "¤{}", "fr_FR": "{}\xa0¤", "pt_BR": "¤\xa0{}"}[locale].format(digits)
    return _signed(value, lambda v: format_currency(v, currency, pattern, locale=locale, currency_digits=False))


def percent(value: Value, language: str, *, decimals: int = 1) -> str:
    """A share (0–1) in per cent. None is "not given".

    >>> percent(0.1818, "en"), percent(0.5, "en", decimals=0)
    ('18.2%', '50%')
    """
    if not _is_known(value):
        return say("value.missing", language)
    locale = known_language(language).locale
    space = "\xa0" if locale == "fr_FR" else ""
    digits = f"#,##0{'.' if decimals else ''}{'0' * decimals}" if abs(value) * 100 < _LONGEST else _POWER
    return _signed(value, lambda v: format_percent(v, format=f"{digits}{space}%", locale=locale))


def rough_share(value: float, language: str) -> str:
    """A share of people in whole per cent; few are not nobody, and not all are not everybody.

    >>> rough_share(0.254, "en"), rough_share(0.002, "fr").replace("\\xa0", " "), rough_share(0.999, "en")
    ('25%', '<1 %', '>99%')
    """
    sign, near = ("<", 0.01) if 0 < value < 0.005 else (">", 0.99) if 0.995 <= value < 1 else ("", value)
    return sign + percent(near, language, decimals=0)


def quantity(value: Value, unit: str, language: str, *, currency: str = "") -> str:
    """A value in its declared unit: money, percent (a share), percent_points, years, whole or number.

    >>> quantity(1, "years", "en"), quantity(0.25, "percent", "en")
    ('1 year', '25.0%')
    >>> quantity(900, "money", "pt-BR", currency="BRL").replace("\\xa0", " ")
    'R$ 900'
    """
    if not _is_known(value):
        return say("value.missing", language)
    if unit == "money" and currency:
        return money(value, currency, language)
    if unit == "percent":
        return percent(value, language)
    if unit == "percent_points":
        return say("unit.percent_points", language, value=number(value, language))
    if unit == "years":
        return say(_year_form(value, language), language, value=number(value, language))
    return number(value, language, decimals=0 if unit == "whole" else None)


def date(value: str, language: str) -> str:
    """The day of an ISO date or timestamp, as the language writes it; what is no date comes back as it is.

    >>> date("2026-11-21T10:00:00+00:00", "fr")
    '21 nov. 2026'
    """
    locale = known_language(language).locale
    try:
        return format_date(datetime.fromisoformat(value), locale=locale)
    except ValueError:
        return value


def _signed(value: float, write: Callable[[float], str]) -> str:
    """A value as written, its minus the sign printers use, as wide as a plus; none where it is rounded to nothing."""
    text = write(value).replace("-", "−")
    return text if value >= 0 or any(digit in text for digit in "123456789") else write(0)


def _year_form(years: float, code: str) -> str:
    """CLDR's plural rule: English takes the singular for 1 alone, French and Portuguese for all below 2."""
    singular = years == 1 if code == "en" else abs(years) < 2
    return "unit.year" if singular else "unit.years"


def _is_known(value: Value) -> TypeGuard[float | int]:
    return value is not None and math.isfinite(value)
