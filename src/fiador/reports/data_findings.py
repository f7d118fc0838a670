"""What did the check find, and where did every application go? In words, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from fiador.reports import page
from fiador.reports.charts import Stage, StagePart, flow
from fiador.reports.voice import Voice

if TYPE_CHECKING:
    from fiador.use_cases.checking import Accounting, Finding, Report


_REFUSED = {"missing": "finding.empty", "blank_key": "finding.blank_key.refuse"}


def accounting(report: Report, voice: Voice) -> page.Section:
    """The flow of applications, or why there is none, and the rows of each table."""
    rows = page.table(
        [voice.says("table"), voice.says("rows")],
        [(table, voice.count(rows)) for table, rows in report.rows.items()],
        caption=voice.says("tables"),
        numbers=[1],
    )
    if report.accounting is None:
        refused = page.note(voice.says("accounting.refused"), "refused")
        return page.Section("accounting", voice.says("accounting"), page.joined(refused, rows))
    chart = page.figure(_flow(report.accounting, voice))
    body = Markup('<div class="f-two">{}{}</div>').format(chart, rows)
    return page.Section("accounting", voice.says("accounting"), body, voice.says("accounting.lead"))


def _flow(accounting: Accounting, voice: Voice) -> Markup:
    lost = [(reason_said(reason, voice), count) for reason, count in accounting.dropped.items()]
    parts = [
        StagePart(voice.says("good"), accounting.good, "lowers"),
        StagePart(voice.says("bad"), accounting.bad, "raises"),
        StagePart(voice.says("unlabelled"), accounting.unlabelled, "soft"),
    ]
    stages = [
        Stage(voice.says("read"), accounting.read),
        Stage(voice.says("kept"), accounting.kept, lost, [part for part in parts if part.count]),
    ]
    return flow(voice.says("accounting"), stages, show=voice.count, empty=voice.says("empty"))


def reason_said(reason: str, voice: Voice) -> str:
    """Why development leaves an application out."""
    for ending, key in ((" is blank", "dropped.blank"), (" breached", "dropped.breached")):
        if reason.endswith(ending):
            return voice.says(key, column=reason.removesuffix(ending))
    return reason


def findings(report: Report, voice: Voice) -> page.Section:
    """Every finding: refused ones first, then those that do something, then what is only told."""
    ordered = sorted(report.findings, key=lambda f: (not f.refused, f.action in ("", "count"), f.kind == "missing"))
    table = page.table(
        [voice.says(key) for key in ("where", "count", "what", "action")],
        [_row(finding, voice) for finding in ordered],
        numbers=[1],
        empty=voice.says("findings.none"),
        name=voice.says("findings"),
    )
    return page.Section("findings", voice.says("findings"), table, voice.says("findings.lead"))


def _row(finding: Finding, voice: Voice) -> tuple[object, ...]:
    where = f"{finding.table}.{finding.column}" if finding.column else finding.table
    tone = "decline" if finding.refused else "refer" if finding.action in ("drop", "refer", "refuse") else ""
    action = "refuse" if finding.refused else finding.action
    return (
        where,
        voice.count(finding.count),
        finding_said(finding, voice),
        page.badge(voice.says(f"action.{action}"), tone),
    )


def finding_said(finding: Finding, voice: Voice) -> str:
    """What was found, without where and how often."""
    kind = finding.kind
    if kind == "breach":
        return _breach_said(finding, voice)
    if finding.refused and kind in _REFUSED:
        return voice.says(_REFUSED[kind])
    if kind in ("orphan", "unused"):
        return voice.says(f"finding.{kind}", table=_other_end(finding, voice))
    if kind == "inconsistent":
        rule = voice.portfolio.consistency[finding.column]
        sentence = voice.says("quoted", said=rule.says[voice.language])
        return voice.says("finding.inconsistent", rule=f"{sentence} ({rule.holds})")
    if kind == "target":
        target = voice.portfolio.target
        return voice.says("finding.target", good=target.good, bad=target.bad)
    return voice.says(f"finding.{kind}")


def _breach_said(finding: Finding, voice: Voice) -> str:
    expected = voice.portfolio.tables[finding.table].expect[finding.column]
    if expected.levels is not None:
        return voice.says("finding.breach.levels", levels=voice.listed(expected.levels, most=8))
    low, high = (None if end is None else voice.figure(end) for end in (expected.min, expected.max))
    if low is not None and high is not None:
        return voice.says("finding.breach.range", low=low, high=high)
    if low is not None or high is not None:
        return (
            voice.says("finding.breach.low", low=low)
            if low is not None
            else voice.says("finding.breach.high", high=high)
        )
    return voice.says("finding.breach")


def _other_end(finding: Finding, voice: Voice) -> str:
    """The table a broken link points to, or from which nothing points here."""
    tables = voice.portfolio.tables
    if finding.kind == "unused":
        by = {", ".join(down for _, down in link.on): link.of for link in tables[finding.table].links}
    else:
        links = ((t, link) for t in tables.values() for link in t.links if link.of == finding.table and t.one)
        by = {", ".join(up for up, _ in link.on): t.name for t, link in links}
    return by.get(finding.column, "")
