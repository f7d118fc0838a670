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
    return '<ul class="f-reasons">' + "".join(_reason(row, most, language) for row in rows) + "</ul>"


def _reason(row: Body, most: float, language: str) -> str:
    direction = "raises" if row["direction"] == "raises" else "lowers"
    arrow = "▲" if direction == "raises" else "▼"
    width = 100 * abs(row["contribution"]) / most
    says = row["says"][:1].upper() + row["says"][1:]
    return (
        f'<li class="f-{direction}"><div class="f-head"><span class="f-says">'
        f'<i class="f-arrow" aria-hidden="true">{arrow}</i>{escape(says)}</span>'
        f'<span class="f-value">{escape(row["value_says"])}</span></div>'
        f'<div class="f-bar" aria-hidden="true"><i style="width:{width:.1f}%"></i></div>'
        f"<p>{escape(_effect(row, direction, language))}</p></li>"
    )


def _effect(row: Body, direction: str, language: str) -> str:
    """What a value does to the risk, and what is typical; the value itself stands above."""
    effect = say(f"page.{direction}", language)
    if row["typical"] is None or not isinstance(row["value"], int | float) or row["typical_says"] == row["value_says"]:
        return effect
    return f"{effect} {say('page.typical', language, typical=row['typical_says'])}"


def notices(rows: Sequence[Body], language: str) -> str:
    """What was outside expectation, and what was done about it."""
    items = "".join(f"<li>{escape(row['text'])}</li>" for row in rows)
    return f'<div class="f-notices" role="status"><b>{escape(say("page.notices", language))}</b><ul>{items}</ul></div>'


def empty(text: str) -> str:
    """What to do where there is nothing yet."""
    return f'<div class="f-empty"><i class="f-sign f-sign-empty" aria-hidden="true"></i><p>{escape(text)}</p></div>'


def table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    """Names and values, a line each."""
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f'<table class="f-table"><caption>{escape(caption)}</caption><tbody>{cells}</tbody></table>'


def chip(decision: Body, language: str) -> str:
    """A known application's outcome on one line: sign, word, risk."""
    outcome, risk = (
        escape(decision["outcome"]),
        say("explore.client.pd", language, pd=percent(decision["pd"], language)),
    )
    return (
        f'<p class="f-chip f-{outcome}"><i class="f-sign f-sign-{outcome}" aria-hidden="true"></i>'
        f"<b>{escape(decision['outcome_says'])}</b><span>{escape(risk)}</span></p>"
    )


def invite(text: str) -> str:
    """A quiet sentence beside a field."""
    return f'<p class="f-invite">{escape(text)}</p>'


def heading(name: str, words: str, about: str) -> str:
    """A figure's heading: what it shows, of whom, and what it says of the application."""
    lead = f'<p class="f-lead">{escape(words)}</p>' if words else ""
    return f'<div class="f-heading"><h3 class="f-title">{escape(name)}</h3><span>{escape(about)}</span></div>{lead}'


def subtitle(text: str, note: str = "") -> str:
    """A smaller heading within a card."""
    return f'<p class="f-subtitle"><b>{escape(text)}</b> <span>{escape(note)}</span></p>'


def folded(summary: str, body: str) -> str:
    """What is there for those who ask. body: HTML."""
    return f'<details class="f-folded"><summary>{escape(summary)}</summary>{body}</details>'


def tag(text: str, *, kind: str = "used") -> str:
    """A word that marks a row."""
    return f' <span class="f-tag f-tag-{escape(kind)}">{escape(text)}</span>'


def grid(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", kind: str = "", is_html: bool = False
) -> str:
    """A table with headings; on a narrow screen each cell tells its heading itself. is_html: cells are escaped."""
    shown = [[cell if is_html else escape(cell) for cell in row] for row in rows]
    above = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        "<tr>" + "".join(f'<td data-head="{escape(heads[i])}">{cell}</td>' for i, cell in enumerate(row)) + "</tr>"
        for row in shown
    )
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    top = f"{named}<thead><tr>{above}</tr></thead>"
    return f'<table class="f-table f-grid-table {kind}">{top}<tbody>{body}</tbody></table>'


def preparing(language: str) -> str:
    """The service is up, and still counting."""
    return (
        f'<div class="f-preparing" role="status"><i class="f-turning" aria-hidden="true"></i><div>'
        f"<b>{escape(say('explore.preparing', language))}</b>"
        f"<p>{escape(say('explore.preparing.next', language))}</p></div></div>"
    )


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
    cells = "".join(f"<span>{escape(say(key, language))}<b>{escape(value)}</b></span>" for key, value in parts)
    return f'<footer class="f-foot">{cells}</footer>'


def _with_interval(metric: Body, language: str) -> str:
    mean, low, high = (number(metric.get(name), language, decimals=3) for name in ("mean", "low", "high"))
    return f"{mean} ({low}–{high})"
