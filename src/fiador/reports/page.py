"""How is a report put on a page? Sections, tables, figures and notes in one HTML file that needs nothing beside it.

Everything here gives markup; whatever isn't markup is escaped on its way in, so that a level or a column named
`<script>` is read as it is written. There is no script, no font and no address in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from fiador import look
from fiador.reports.heatmap import shades

Tone = Literal["info", "good", "warning", "refused"]
STYLE = Path(__file__).with_name("page.css")
_DOCUMENT = Markup("""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="fiador">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header class="f-head"><div class="f-mark-brand" aria-hidden="true"></div>
<div><p class="f-kicker">{kicker}</p><h1>{title}</h1>{subtitle}</div></header>
<div class="f-body">
{contents}
<main>
{lead}
{sections}
</main>
</div>
<footer class="f-foot">{foot}</footer>
</body>
</html>
""")


@dataclass(frozen=True)
class Section:
    """One part of a report: its title, a sentence on what it shows, and its markup. id: its address in the file."""

    id: str
    title: str
    body: Markup
    lead: str = ""


@dataclass(frozen=True)
class Fact:
    """One figure of the strip at the top: its name, itself, and a word below it."""

    says: str
    value: str
    note: str = ""


def document(
    title: str, language: str, sections: Sequence[Section], *, kicker: str = "fiador", subtitle: str = "",
    lead: Markup | None = None, contents: str = "", foot: str = "",
) -> str:  # fmt: skip
    """The whole file as text. kicker: a line above the title; lead: what stands before the first section (a summary,
    a strip of facts); contents: the title of the table of contents (none without it); foot: the last line.
    """
    return str(
        _DOCUMENT.format(
            language=language,
            title=title,
            kicker=kicker,
            subtitle=paragraph(subtitle, tone="f-subtitle") if subtitle else "",
            style=Markup(_style()),
            contents=_contents(sections, contents) if contents else "",
            lead=lead or "",
            sections=Markup("\n").join(map(_section, sections)),
            foot=foot,
        )
    )


def _style() -> str:
    """The look of every report; nothing of it is a datum."""
    root = f":root {{ {look.variables()}--f-font: {look.FONT}; }}\n"
    return f"{root}{look.pictures()}{STYLE.read_text(encoding='utf-8')}{shades()}\n"


def _section(part: Section) -> Markup:
    lead = paragraph(part.lead, tone="f-lead") if part.lead else ""
    return Markup('<section id="{}"><h2>{}</h2>{}\n{}</section>').format(part.id, part.title, lead, part.body)


def _contents(sections: Sequence[Section], title: str) -> Markup:
    links = Markup("").join(Markup('<li><a href="#{}">{}</a></li>').format(part.id, part.title) for part in sections)
    return Markup('<nav class="f-contents" aria-label="{0}"><p>{0}</p><ol>{1}</ol></nav>').format(title, links)


def joined(*parts: object) -> Markup:
    """Parts one after the other; what isn't markup is escaped.

    >>> joined(Markup("<b>1</b>"), "<i>")
    Markup('<b>1</b>&lt;i&gt;')
    """
    return Markup("").join(escape(part) for part in parts)


def paragraph(content: object, *, tone: str = "") -> Markup:
    """A paragraph."""
    return Markup("<p{}>{}</p>").format(Markup(' class="{}"').format(tone) if tone else "", content)


def heading(content: str, *, id_: str = "") -> Markup:
    """A title within a section."""
    return Markup("<h3{}>{}</h3>").format(Markup(' id="{}"').format(id_) if id_ else "", content)


def bullets(items: Iterable[object], *, ordered: bool = False) -> Markup:
    """A list; nothing where there are no items."""
    inside = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    tag = Markup("ol" if ordered else "ul")
    return Markup('<{0} class="f-list">{1}</{0}>').format(tag, inside) if inside else Markup("")


def note(content: object, tone: Tone = "info") -> Markup:
    """Words that must not be overlooked; the tone is told by a sign as well as by its colour."""
    sign = {"info": "i", "good": "✓", "warning": "!", "refused": "✕"}[tone]
    return Markup('<div class="f-note f-{}"><span aria-hidden="true">{}</span><div>{}</div></div>').format(
        tone, sign, content
    )


def strip(facts: Iterable[Fact]) -> Markup:
    """The figures to know first, side by side."""
    cells = (
        Markup("<div><dt>{}</dt><dd>{}{}</dd></div>").format(
            fact.says, fact.value, Markup("<small>{}</small>").format(fact.note) if fact.note else ""
        )
        for fact in facts
    )
    return Markup('<dl class="f-facts">{}</dl>').format(Markup("").join(cells))


def badge(content: str, tone: str = "") -> Markup:
    """A word in a frame: a role, a warning. tone: "", refer, decline, approve, raises, lowers."""
    return Markup('<span class="f-badge {}">{}</span>').format(tone, content)


def figure(chart: Markup, title: object = "", *, note: object = "", tight: Markup | None = None) -> Markup:
    """A chart in its frame: a title above, a word below. tight: the same drawn for a narrow screen, where `chart` would
    be too small to read; then the figure takes the whole width of a grid.
    """
    above = Markup("<figcaption>{}</figcaption>").format(title) if title else ""
    below = paragraph(note, tone="f-soft") if note else ""
    both = Markup('<div class="f-roomy">{}</div><div class="f-tight">{}</div>')
    inside = both.format(chart, tight) if tight else chart
    return Markup('<figure class="f-figure{}">{}{}{}</figure>').format(" f-wide" if tight else "", above, inside, below)


def sliding(held: Markup, moved: Markup, *, name: str, hint: str) -> Markup:
    """A drawing wider than a phone in two parts: `held` stays at the left while `moved` slides. hint: says so."""
    return Markup(
        '<p class="f-soft f-hint">{}</p><div class="f-scroll f-sliding" tabindex="0" role="region" aria-label="{}">'
        "{}{}</div>"
    ).format(hint, name, held, moved)


def grid(*parts: Markup) -> Markup:
    """Figures and cards side by side, as many as have room."""
    return Markup('<div class="f-grid">{}</div>').format(Markup("").join(parts))


def card(title: object, *parts: object, id_: str = "", badges: Sequence[Markup] = (), aside: object = "") -> Markup:
    """A framed part with a title of its own. aside: a short word right of the title."""
    named = Markup(' id="{}"').format(id_) if id_ else ""
    right = Markup('<span class="f-aside">{}</span>').format(aside) if aside else ""
    above = Markup("<h3>{} {}</h3>{}").format(title, Markup(" ").join(badges), right)
    return Markup('<article class="f-card"{}><div class="f-cardhead">{}</div>{}</article>').format(
        named, above, joined(*parts)
    )


def details(summary: str, body: object) -> Markup:
    """A part that is folded on a screen until somebody opens it; on paper it is open."""
    return Markup("<details><summary>{}</summary>{}</details>").format(summary, body)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "", numbers: Iterable[int] = (),
    empty: str = "", name: str = "",
) -> Markup:  # fmt: skip
    """Rows under their columns; `numbers` are the positions of columns that stand to the right. A row's first cell
    names it. Without rows, `empty` is said. caption is shown; name is only read aloud, where there is no caption.
    """
    right = set(numbers)
    side = [Markup(' class="f-number"') if index in right else Markup("") for index in range(len(columns))]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(*pair) for pair in zip(side, columns, strict=True)
    )
    lines = [_line(row, side) for row in rows]
    if not lines:
        lines = [Markup('<tr><td colspan="{}" class="f-soft">{}</td></tr>').format(len(columns), empty)]
    above = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return Markup(
        '<div class="f-scroll" tabindex="0" role="region" aria-label="{}"><table class="f-table">{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(caption or name or columns[0], above, head, Markup("").join(lines))


def _line(row: Sequence[object], side: Sequence[Markup]) -> Markup:
    first = Markup('<th scope="row"{}>{}</th>').format(side[0], row[0])
    rest = (Markup("<td{}>{}</td>").format(at, cell) for at, cell in zip(side[1:], row[1:], strict=True))
    return Markup("<tr>{}{}</tr>").format(first, Markup("").join(rest))


def link(content: object, id_: str) -> Markup:
    """A link to a part of the same file."""
    return Markup('<a href="#{}">{}</a>').format(id_, content)


def slug(name: str, prefix: str = "") -> str:
    """An address in the file for any name; unlike names that look alike after it need a prefix of their own.

    >>> slug("person.Home Ownership", "v3")
    'v3-person-home-ownership'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{prefix}-{plain}" if prefix else plain
