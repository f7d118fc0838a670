"""Which pieces is a page made of? Each a value in, HTML out; whatever was read elsewhere is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from fiador.words import date, money, number, percent, say

Body = Mapping[str, Any]
PRODUCT = "fiador"


def brand(title: str, language: str) -> str:
    """The product's mark, the lender's name, what the page is for."""
    below = escape(say("page.title", language) if title == PRODUCT else f"{PRODUCT} · {say('page.title', language)}")
    return (
        f'<div class="f-brand"><i class="f-mark-brand" aria-hidden="true"></i>'
        f"<div><b>{escape(title)}</b><br><span>{below}</span></div></div>"
    )


def title(text: str) -> str:
    """A card's heading."""
    return f'<h3 class="f-title">{escape(text)}</h3>'


def soft(text: str) -> str:
    """A quiet sentence."""
    return f'<p class="f-soft">{escape(text)}</p>'


def verdict(decision: Body, language: str) -> str:
    """The outcome in sign, word and colour, and the sentence that explains it."""
    outcome = decision["outcome"]
    key = decision.get("key")
    above = say("page.application", language, key=key) if key else say("page.new", language)
    return (
        f'<section class="f-verdict f-{escape(outcome)}">'
        f'<i class="f-sign f-sign-{escape(outcome)}" aria-hidden="true"></i><div>'
        f'<p class="f-key">{escape(above)}</p><h2>{escape(decision["outcome_says"])}</h2>'
        f"<p>{escape(decision['explanation'])}</p></div></section>"
    )


def figures(decision: Body, language: str) -> str:
    """Score and money, each with a word on how to read it; what the portfolio doesn't state is left out."""
    currency = decision.get("currency") or ""
    shown = [("score", number(decision["score"], language, decimals=0))]
    for name in ("exposure", "expected_loss", "expected_profit"):
        if decision.get(name) is not None:
            shown.append((name, money(decision[name], currency, language)))
    return '<dl class="f-figures">' + "".join(_figure(name, value, language) for name, value in shown) + "</dl>"


def _figure(name: str, value: str, language: str) -> str:
    label, note = say(f"page.{name}", language), say(f"page.{name}.note", language)
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"


def reasons(rows: Sequence[Body], language: str) -> str:
    """The reasons: what, its value, a bar as long as its weight, and the sentence."""
    if not rows:
        return soft(say("page.reasons.none", language))
    most = max(abs(row["contribution"]) for row in rows) or 1.0
    return '<ul class="f-reasons">' + "".join(_reason(row, most) for row in rows) + "</ul>"


def _reason(row: Body, most: float) -> str:
    direction = "raises" if row["direction"] == "raises" else "lowers"
    arrow = "▲" if direction == "raises" else "▼"
    width = 100 * abs(row["contribution"]) / most
    says = row["says"][:1].upper() + row["says"][1:]
    return (
        f'<li class="f-{direction}"><div class="f-head"><span class="f-says">'
        f'<i class="f-arrow" aria-hidden="true">{arrow}</i>{escape(says)}</span>'
        f'<span class="f-value">{escape(row["value_says"])}</span></div>'
        f'<div class="f-bar" aria-hidden="true"><i style="width:{width:.1f}%"></i></div>'
        f"<p>{escape(row['text'])}</p></li>"
    )


def notices(rows: Sequence[Body], language: str) -> str:
    """What was outside expectation, and what was done about it."""
    said = "".join(f"<li>{escape(row['text'])}</li>" for row in rows)
    return f'<div class="f-notices" role="status"><b>{escape(say("page.notices", language))}</b><ul>{said}</ul></div>'


def empty(text: str) -> str:
    """What to do where there is nothing yet."""
    return f'<div class="f-empty"><i class="f-sign f-sign-empty" aria-hidden="true"></i><p>{escape(text)}</p></div>'


def table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    """Names and values, a line each."""
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f'<table class="f-table"><caption>{escape(caption)}</caption><tbody>{cells}</tbody></table>'


def footer(model: Body, language: str) -> str:
    """What decided: the champion, how well it tells bads from goods, what it learned from, and which bundle it is."""
    learned = model.get("development") or {}
    parts = [("page.model", str(model["champion"]))]
    if "auc" in (model.get("metrics") or {}):
        parts.append(("page.auc", _with_interval(model["metrics"]["auc"], language)))
    if learned.get("labelled"):
        count, rate = number(learned["labelled"], language), percent(learned.get("bad_rate"), language)
        parts.append(("page.learned_from", say("page.learned_from.value", language, count=count, bad_rate=rate)))
    parts += [
        ("page.trained", date(model["created_at"], language)),
        ("page.bundle", str(model["bundle"])[:12]),
    ]
    said = "".join(f"<span>{escape(say(key, language))}<b>{escape(value)}</b></span>" for key, value in parts)
    return f'<footer class="f-foot">{said}</footer>'


def _with_interval(metric: Body, language: str) -> str:
    mean, low, high = (number(metric.get(name), language, decimals=3) for name in ("mean", "low", "high"))
    return f"{mean} ({low}–{high})"
