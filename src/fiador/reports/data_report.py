"""What does a manager see of the raw tables? One file, in the order a reader should look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from fiador.portfolio import Portfolio
from fiador.reports import data_findings, data_together, data_variables, page
from fiador.reports.voice import Voice
from fiador.use_cases.data_report.remarks import Remark, remarks_on
from fiador.use_cases.data_report.values import Exhibit
from fiador.words import date
from fiador.words.places import shown

if TYPE_CHECKING:
    from fiador.use_cases.checking import Report


def data_report(
    portfolio: Portfolio, report: Report, exhibit: Exhibit | None, *, language: str, made_on: str, version: str
) -> str:
    """The report as one HTML file. exhibit: None where a key is refused: findings are shown, and what can't be computed
    is left out. made_on: an ISO date.
    """
    voice = Voice(portfolio, language)
    sections = [data_findings.accounting(report, voice), data_findings.findings(report, voice)]
    if exhibit is not None:
        sections = [sections[0], *_shown(exhibit, voice), sections[1]]
    title = voice.says("title", name=portfolio.head.title or portfolio.name)
    means = voice.says("bad_means", means=portfolio.target.means[language])
    return page.document(
        title, language, sections, kicker=voice.says("kicker"),
        subtitle=f"{voice.says('source', source=shown(report.source))}. {means}" if report.source else means,
        lead=page.joined(_facts(report, exhibit, voice), _first(remarks_on(report, exhibit), voice)),
        contents=voice.says("contents"),
        foot=voice.says("foot", version=version, date=date(made_on, language)),
    )  # fmt: skip


def _shown(exhibit: Exhibit, voice: Voice) -> list[page.Section]:
    """Everything but what `check` prints, in the order a reader should look at it."""
    together = [data_together.associations(exhibit, voice), data_together.damage(exhibit, voice)]
    many = data_together.children(exhibit, voice)
    return [
        data_variables.ranking(exhibit, voice),
        data_variables.absence(exhibit, voice),
        data_variables.extremes(exhibit, voice),
        *together,
        *([many] if many else []),
        data_variables.variables(exhibit, voice),
    ]


def _facts(report: Report, exhibit: Exhibit | None, voice: Voice) -> Markup:
    """The strip of figures at the top."""
    if exhibit is None or report.accounting is None:
        rows = [page.Fact(table, voice.count(n), voice.says("rows")) for table, n in report.rows.items()]
        return page.strip(rows)
    rate, variables = exhibit.bad_rate, exhibit.variables
    interval = (
        "" if rate.value is None else voice.says("interval", low=voice.share(rate.low), high=voice.share(rate.high))
    )
    levels = sum(v.kind == "level" for v in variables)
    cells = sum(v.absence.of for v in variables if v.table)
    missing = sum(v.absence.missing for v in variables if v.table)
    note = voice.says("fact.applications.note", read=voice.count(report.accounting.read))
    of = voice.says("fact.bads.note", labelled=voice.count(rate.of))
    kinds = voice.says("fact.variables.note", numbers=len(variables) - levels, levels=levels)
    damaged = exhibit.damage.damaged / exhibit.applications if exhibit.applications else None
    return page.strip(
        [
            page.Fact(voice.says("fact.applications"), voice.count(exhibit.applications), note),
            page.Fact(voice.says("fact.bad_rate"), voice.share(rate.value), interval),
            page.Fact(voice.says("fact.bads"), voice.count(rate.hits), of),
            page.Fact(voice.says("fact.variables"), voice.count(len(variables)), kinds),
            page.Fact(
                voice.says("fact.missing"),
                voice.share(missing / cells if cells else None),
                voice.says("fact.missing.note"),
            ),
            page.Fact(voice.says("fact.damaged"), voice.share(damaged), voice.says("fact.damaged.note")),
        ]
    )


def _first(remarks: tuple[Remark, ...], voice: Voice) -> Markup:
    """What should be looked at first, in words."""
    title = Markup("<h2 class='f-firsttitle'>{}</h2>").format(voice.says("first"))
    if not remarks:
        return page.joined(title, page.note(voice.says("first.none"), "good"))
    refused = any(remark.kind == "refused" for remark in remarks)
    bullets = page.bullets(remark_said(remark, voice) for remark in remarks)
    return page.joined(title, page.note(bullets, "refused" if refused else "warning"))


def remark_said(remark: Remark, voice: Voice) -> str:
    """One remark in words."""
    values: dict[str, object] = {"count": voice.count(remark.count)}
    pairs = (f"{voice.variable(one)} ↔ {voice.variable(other)}" for one, other in remark.pairs)
    values["names"] = voice.listed((*map(voice.variable, remark.names), *pairs))
    if remark.share is not None:
        values["share"] = voice.share(remark.share)
    if remark.rates:
        values["damaged"], values["clean"] = (voice.share(rate.value) for rate in remark.rates)
    return voice.says(f"first.{remark.kind}", **values)
