"""How does a result look in a notebook's cell? As the product does, in light and dark, and legible without its style.

Each cell is a piece of HTML that needs nothing beside it; its style reaches nothing outside it. What isn't markup is
escaped on its way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from markupsafe import Markup

from fiador import look
from fiador.decision.policy import cut_off
from fiador.portfolio import Portfolio
from fiador.reports import page
from fiador.reports.model_voice import ModelVoice
from fiador.reports.voice import Voice, minus
from fiador.words import money, number, percent, say
from fiador.words.places import shown

if TYPE_CHECKING:
    from fiador.bundle import Bundle
    from fiador.use_cases.checking import Report

STYLE = Path(__file__).with_name("cells.css")
ROWS, COLUMNS = 5, 5  # of a table that a cell shows
FIGURES = ("auc", "gini", "ks", "brier", "calibration_slope")
OUTCOMES = ("approve", "refer", "decline")


def lender_cell(portfolio: Portfolio, source: object, language: str) -> str:
    """A portfolio: its tables, what bad means, where its tables are."""
    voice = Voice(portfolio, language)
    place = voice.says("source", source=shown(str(source))) if isinstance(source, str | Path) else ""
    tables = Markup(" ").join(page.badge(name, "" if t.many else "approve") for name, t in portfolio.tables.items())
    limit = say("model.fact.cut_off", language), voice.share(cut_off(portfolio.costs))
    facts = [
        page.Fact(voice.says("fact.variables"), voice.count(len(portfolio.features))),
        page.Fact(*limit, say("model.fact.cut_off.note", language)),
    ]
    means = voice.says("bad_means", means=portfolio.target.means[language])
    return _cell(_head(voice, place), page.strip(facts), page.paragraph(tables), page.paragraph(means, tone="f-soft"))


def check_cell(portfolio: Portfolio, report: Report, language: str) -> str:
    """What was found, and where every application went."""
    from fiador.reports.data_findings import findings

    voice, rows = Voice(portfolio, language), report.accounting
    facts = [page.Fact(name, voice.count(count), voice.says("rows")) for name, count in report.rows.items()]
    if rows is not None:
        labelled = rows.good + rows.bad
        applications = voice.says("fact.applications.note", read=voice.count(rows.read))
        of = voice.says("fact.bads.note", labelled=voice.count(labelled))
        facts = [
            page.Fact(voice.says("fact.applications"), voice.count(rows.kept), applications),
            page.Fact(voice.says("fact.bads"), voice.count(rows.bad), of),
            page.Fact(voice.says("fact.bad_rate"), voice.share(rows.bad / labelled if labelled else None)),
        ]
    stop = voice.says("first.refused", count=len(report.refusals))
    note = page.note(stop, "refused") if report.refusals else ""
    return _cell(_head(voice, voice.says("findings")), page.strip(facts), note, findings(report, voice).body)


def feature_cell(portfolio: Portfolio, table: pa.Table, language: str) -> str:
    """The first applications and features, in words; how many there are."""
    voice = Voice(portfolio, language)
    names = [name for name in table.column_names if name != "key"]
    facts = [
        page.Fact(voice.says("fact.applications"), voice.count(table.num_rows)),
        page.Fact(voice.says("fact.variables"), voice.count(len(names))),
    ]
    head = [portfolio.key, *(_named(voice.title(name), name) for name in names[:COLUMNS])]
    rows = table.select(["key", *names[:COLUMNS]]).slice(0, ROWS).to_pylist()
    lines = [[row["key"], *(_value(voice, name, row[name]) for name in names[:COLUMNS])] for row in rows]
    return _cell(
        _head(voice, ""), page.strip(facts), _table(head, lines, more=(table.num_rows, len(names)), voice=voice)
    )


def decisions_cell(portfolio: Portfolio, table: pa.Table, outcomes: Mapping[str, int], language: str) -> str:
    """How many have each outcome, and the first applications."""
    voice = Voice(portfolio, language)
    facts = [page.Fact(voice.says("fact.applications"), voice.count(table.num_rows))]
    for name in (name for name in OUTCOMES if name in outcomes):
        share = voice.share(outcomes[name] / table.num_rows)
        facts.append(page.Fact(_outcome(name, language), voice.count(outcomes[name]), share))
    titles = say("page.outcome", language), say("page.pd", language), say("page.score", language)
    head = [portfolio.key, *titles, say("page.reasons", language)]
    lines = [_decided(row, language) for row in table.slice(0, ROWS).to_pylist()]
    below = _table(head, lines, more=(table.num_rows, 0), voice=voice, numbers=(2, 3))
    return _cell(_head(voice, say("page.title", language)), page.strip(facts), below)


def _decided(row: Mapping[str, Any], language: str) -> list[object]:
    if row["pd"] is None:  # refused: what was sent can't be decided on
        return [row["key"], row["outcome"], "–", "–", row["notices"] or ""]
    reason = row.get("reason_1_text") or row["reason_1"] or ""
    score = number(row["score"], language, decimals=0)
    return [row["key"], _outcome(row["outcome"], language), percent(row["pd"], language), score, reason]


def decision_cell(portfolio: Portfolio, body: Mapping[str, Any], language: str) -> str:
    """One decision as the service answers it: outcome, PD against the cut-off, money, reasons, what to check."""
    reasons = _reasons(body["reasons"], language)
    notices = page.note(page.bullets(each["text"] for each in body["notices"]), "warning") if body["notices"] else ""
    foot = f"{portfolio.head.title or portfolio.name} · {say('page.bundle', language)} {body['bundle'][:12]}"
    return _cell(_verdict(body, language), _risk(body, language), page.strip(_money(body, language)), notices,
                 page.heading(say("page.reasons", language)), reasons, page.paragraph(foot, tone="f-soft"))  # fmt: skip


def _verdict(body: Mapping[str, Any], language: str) -> Markup:
    key = body.get("key")
    above = say("page.application", language, key=key) if key else say("page.new", language)
    return Markup(
        '<div class="f-verdict f-{0}"><i class="f-sign f-sign-{0}" aria-hidden="true"></i><div>'
        '<p class="f-soft">{1}</p><p class="f-outcome">{2}</p><p>{3}</p></div></div>'
    ).format(body["outcome"], above, body["outcome_says"], body["explanation"])


def _risk(body: Mapping[str, Any], language: str) -> Markup:
    """A bar from 0 to 1, filled to the PD, marked at the cut-off."""
    pd, limit = (percent(body[name], language) for name in ("pd", "cut_off"))
    return Markup(
        '<div class="f-risk f-{outcome}"><p><span>{named}</span><b>{pd}</b></p><div role="img" aria-label="{alt}">'
        '<i style="width:{filled:.2f}%"></i><u style="left:{mark:.2f}%"></u></div><p class="f-soft">{limit}</p></div>'
    ).format(
        outcome=body["outcome"], named=say("page.pd", language), pd=pd,
        alt=say("page.gauge.alt", language, pd=pd, cut_off=limit), filled=100 * body["pd"],
        mark=100 * body["cut_off"], limit=say("page.cut_off", language, value=limit),
    )  # fmt: skip


def _money(body: Mapping[str, Any], language: str) -> list[page.Fact]:
    """Score and money; what the portfolio doesn't state is left out."""
    score = number(body["score"], language, decimals=0)
    facts = [page.Fact(say("page.score", language), score, say("page.score.note", language))]
    for name in ("exposure", "expected_loss", "expected_profit"):
        if body[name] is not None:
            amount = minus(money(body[name], body["currency"] or "", language))
            facts.append(page.Fact(say(f"page.{name}", language), amount, say(f"page.{name}.note", language)))
    return facts


def _reasons(reasons: Sequence[Mapping[str, Any]], language: str) -> Markup:
    """A reason a line: what, its value, a bar as long as its weight, and the sentence."""
    if not reasons:
        return page.paragraph(say("page.reasons.none", language), tone="f-soft")
    most = max(abs(reason["contribution"]) for reason in reasons) or 1.0
    return Markup('<ul class="f-reasons">{}</ul>').format(page.joined(*(_reason(each, most) for each in reasons)))


def _reason(reason: Mapping[str, Any], most: float) -> Markup:
    return Markup(
        '<li class="f-{way}"><p><b><i aria-hidden="true">{arrow}</i> {says}</b><b>{value}</b></p>'
        '<div aria-hidden="true"><i style="width:{width:.1f}%"></i></div><p class="f-soft">{text}</p></li>'
    ).format(
        way=reason["direction"],
        arrow="▲" if reason["direction"] == "raises" else "▼",
        says=reason["says"][:1].upper() + reason["says"][1:],
        value=reason["value_says"],
        width=100 * abs(reason["contribution"]) / most,
        text=reason["text"],
    )


def bundle_cell(bundle: Bundle, language: str) -> str:
    """What a bundle is worth: its champion's figures, its gate, and the candidates it was chosen from."""
    from fiador.reports.model_report import facts, gate

    voice, candidates = ModelVoice(bundle.portfolio, language), bundle.metrics["candidates"]
    pictured = bundle.evaluation["candidates"][bundle.evaluation["champion"]]
    order = sorted(candidates, key=lambda name: -(candidates[name]["auc"]["mean"] or 0))
    lines = [_candidate(name, candidates[name], name == bundle.metrics["champion"], voice) for name in order]
    head = [voice.says("comparison.candidate"), *(voice.metric(name) for name in FIGURES)]
    table = page.table(head, lines, numbers=range(1, len(head)), name=voice.says("comparison"))
    first = facts(bundle, pictured, voice)
    strips = page.strip(first[:4]), page.strip(first[4:])
    about = f"{say('page.bundle', language)} {bundle.id[:12]}"
    return _cell(_head(voice, about), *strips, gate(bundle, voice), table)


def _candidate(name: str, figures: Mapping[str, Any], is_champion: bool, voice: ModelVoice) -> list[object]:
    badge = page.badge(voice.says("comparison.champion"), "approve") if is_champion else ""
    auc = voice.interval("auc", figures["auc"])
    others = (voice.figure_of(metric, figures[metric]["mean"]) for metric in FIGURES[1:])
    return [Markup("{} {}").format(voice.candidate(name), badge), auc, *others]


def progress_cell(what: str, done: int, of: int) -> str:
    """Where long work is: its step, and a bar where one knows how much there is."""
    share = f"{100 * done / of:.0f}%" if of else ""
    bar = Markup('<div><i style="width:{}"></i></div>').format(share or "0%")
    return _cell(Markup('<div class="f-progress"><p><span>{}</span><b>{}</b></p>{}</div>').format(what, share, bar))


def page_cell(html: str, title: str) -> str:
    """A whole page in a frame of its own: neither's style reaches the other."""
    frame = Markup('<iframe class="f-frame" title="{}" srcdoc="{}" sandbox="allow-same-origin"></iframe>')
    return _cell(frame.format(title, html))


def _cell(*parts: object) -> str:
    return f'<div class="fiador-cell"><style>{_style()}</style>{page.joined(*parts)}</div>'


@cache
def _style() -> str:
    """The look, within the cell alone: each rule stands inside the cell's own."""
    rules = STYLE.read_text(encoding="utf-8")
    return f".fiador-cell {{ {look.variables()}--f-font: {look.FONT};\n{rules}{look.pictures()}}}"


def _head(voice: Voice, about: str) -> Markup:
    head = voice.portfolio.head
    return Markup(
        '<p class="f-head"><i class="f-mark-brand" aria-hidden="true"></i><b>{}</b><span>{}</span></p>'
    ).format(head.title or voice.portfolio.name, about)


def _outcome(name: str, language: str) -> Markup:
    """An outcome in sign, word and colour."""
    sign = Markup('<span class="f-outcomeword f-{0}"><i class="f-sign f-sign-{0}" aria-hidden="true"></i>{1}</span>')
    return sign.format(name, say(f"outcome.{name}", language))


def _named(words: str, name: str) -> Markup:
    return Markup("{}<br><code>{}</code>").format(words, name)


def _value(voice: Voice, name: str, value: object) -> str:
    if value is None:
        return "–"
    return voice.level(name, value) if isinstance(value, str) else voice.value(name, float(str(value)))


def _table(
    head: Sequence[str], lines: Sequence[Sequence[object]], *, more: tuple[int, int], voice: Voice,
    numbers: Iterable[int] = (),
) -> Markup:  # fmt: skip
    """The first rows; below them what is not shown, as rows × columns."""
    rows, columns = more
    table = page.table(head, lines, numbers=numbers, name=voice.portfolio.head.title or voice.portfolio.name)
    whole = f"{voice.count(rows)} × {voice.count(columns)}" if columns else voice.count(rows)
    hidden = rows > len(lines) or columns > COLUMNS
    return page.joined(table, page.paragraph(f"… {whole}", tone="f-soft")) if hidden else table
