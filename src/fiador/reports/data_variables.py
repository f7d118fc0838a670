"""How is each variable shown: its spread, its bad rate by value, what is missing, what lies far out?"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from fiador.reports import page
from fiador.reports.charts import Mark, Row, Series, dots, histogram, level_bars
from fiador.reports.scales import PlotAxis
from fiador.reports.voice import Voice
from fiador.use_cases.data_report.values import Bin, Exhibit, VariableSummary

IN_FULL = 24  # variables shown open; the rest are folded on a screen
RANKED = 15
BESIDE = 30  # names of an index that stands beside a chart; a longer one stands below it
MOST_MISSING = 25
WIDE_TABLE = 40  # rows of a table about variables


def ranking(exhibit: Exhibit, voice: Voice) -> page.Section:
    """The strongest variables, and an index of all."""
    top = [v for v in exhibit.variables if v.information is not None][:RANKED]
    rows = [
        Row(
            voice.variable(v.name),
            v.information,
            tone="refer" if v.lender_set else "accent",
            note=voice.decimals(v.information, 2),
        )
        for v in top
    ]
    chart = level_bars(
        voice.says("ranking.figure"), rows, value=PlotAxis(voice.says("information"), show=voice.figure, low=0.0),
        empty=voice.says("empty.labelled"),
    )  # fmt: skip
    note = page.badge(voice.says("role.lender_set"), "refer") if any(v.lender_set for v in top) else ""
    entries = [
        Markup("<li>{} <span class='f-soft'>{}</span></li>").format(
            page.link(voice.variable(v.name), address(v.name)), voice.decimals(v.information, 3)
        )
        for v in exhibit.variables
    ]
    index = page.card(voice.says("index"), Markup('<ul class="f-index">{}</ul>').format(Markup("").join(entries)))
    figure = page.figure(chart, voice.says("ranking.figure"), note=note)
    beside = len(entries) <= BESIDE
    body = Markup('<div class="f-two">{}{}</div>').format(figure, index) if beside else page.joined(figure, index)
    return page.Section("ranking", voice.says("ranking"), body, voice.says("ranking.lead"))


def _strength(v: VariableSummary, voice: Voice) -> str:
    return f"IV {voice.decimals(v.information, 2)} · AUC {voice.decimals(v.auc, 3)}"


def address(name: str) -> str:
    """Where a variable's card is in the file; unlike names never share one."""
    return f"v-{name.encode().hex() if not name.isascii() else page.slug(name)}-{sum(name.encode()) % 9973}"


def variables(exhibit: Exhibit, voice: Voice) -> page.Section:
    """A card a variable."""
    cards = [card(v, exhibit, voice) for v in exhibit.variables]
    body = page.grid(*cards[:IN_FULL])
    rest = cards[IN_FULL:]
    if rest:
        folded = page.details(voice.says("variables.rest", count=voice.count(len(rest))), page.grid(*rest))
        body = page.joined(body, folded)
    return page.Section("variables", voice.says("variables"), body, voice.says("variables.lead"))


def card(v: VariableSummary, exhibit: Exhibit, voice: Voice) -> Markup:
    """One variable: what it is, a few figures, its histogram and its bad rates."""
    parts: list[object] = [page.paragraph(v.name, tone="f-soft f-name"), _figures(v, voice)]
    if v.hidden:
        parts.append(page.note(voice.says("hidden"), "info"))
    if v.histogram is not None and any(b.low != b.high for b in v.bins):
        parts.append(_spread(v, voice))
    parts.append(_rates(v, exhibit, voice))
    aside = "" if v.information is None else _strength(v, voice)
    return page.card(voice.title(v.name), *parts, id_=address(v.name), badges=roles(v, voice), aside=aside)


def roles(v: VariableSummary, voice: Voice) -> list[Markup]:
    """What the portfolio and the check say of a variable, in a word each."""
    badges = [
        ("lender_set", "refer", v.lender_set),
        ("protected", "decline", v.protected),
        ("feature", "", not v.table),
        ("unused", "", not v.used),
        ("missing_tells", "raises", v.absence.tells),
    ]
    return [page.badge(voice.says(f"role.{role}"), tone) for role, tone, holds in badges if holds]


def _figures(v: VariableSummary, voice: Voice) -> Markup:
    share = v.present / v.absence.of if v.absence.of else None
    pairs = [(voice.says("given"), voice.share(share)), (voice.says("distinct"), voice.count(v.distinct))]
    if v.quartiles is not None:
        low, lower, middle, upper, high = (voice.value(v.name, q, v.kind) for q in v.quartiles)
        pairs += [
            (voice.says("median"), middle),
            (voice.says("middle_half"), f"{lower} – {upper}"),
            (voice.says("range"), f"{low} – {high}"),
        ]
    if v.mean is not None and v.kind == "number":
        pairs.append((voice.says("mean"), voice.value(v.name, v.mean)))
    cells = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in pairs)
    return Markup('<dl class="f-pairs">{}</dl>').format(cells)


def _spread(v: VariableSummary, voice: Voice) -> Markup:
    assert v.histogram is not None
    h = v.histogram
    series = [
        Series(voice.says("good"), h.goods, "lowers"),
        Series(voice.says("bad"), h.bads, "raises"),
        Series(voice.says("unlabelled"), h.unlabelled, "soft"),
    ]
    return histogram(
        voice.says("spread.alt", variable=voice.variable(v.name)), h.edges, [s for s in series if any(s.values)],
        x=voice.axis(v.name, v.kind), y=voice.counts(), height=170, empty=voice.says("empty"),
    )  # fmt: skip


def _rates(v: VariableSummary, exhibit: Exhibit, voice: Voice) -> Markup:
    total = max(sum(b.rows for b in v.bins), 1)
    rows = [
        Row(
            bin_said(b, v, voice), b.bad_rate.value, b.bad_rate.low, b.bad_rate.high,
            tone="soft" if b.missing or b.merged else "accent", note=voice.count(b.rows), share=b.rows / total,
        )
        for b in v.bins
    ]  # fmt: skip
    overall = exhibit.bad_rate.value
    marks = [] if overall is None else [Mark(overall, voice.says("bad_rate"), "soft")]
    return dots(
        voice.says("rates.alt", variable=voice.variable(v.name)), rows, value=voice.bad_rates(), marks=marks,
        empty=voice.says("empty.labelled"),
    )  # fmt: skip


def bin_said(b: Bin, v: VariableSummary, voice: Voice) -> str:
    """A bin's name: a level, a value, or from where to where."""
    if b.missing:
        return voice.says("missing")
    if b.merged:
        return voice.says("other_levels", count=voice.count(b.merged))
    if b.level is not None:
        return voice.level(v.name, b.level)
    assert b.low is not None
    assert b.high is not None
    write = voice.axis(v.name, v.kind).show if v.kind == "date" or voice.unit(v.name) == "percent" else voice.figure
    return write(b.low) if b.low == b.high else f"{write(b.low)} – {write(b.high)}"


def absence(exhibit: Exhibit, voice: Voice) -> page.Section:
    """What is missing, and where that tells something."""
    some = sorted((v for v in exhibit.variables if v.absence.missing), key=lambda v: -v.absence.missing)
    title = voice.says("absence")
    if not some:
        return page.Section("missing", title, page.note(voice.says("absence.none"), "good"))
    most = some[:MOST_MISSING]
    shares = [
        Row(voice.variable(v.name), v.absence.missing / v.absence.of, tone="accent",
            note=voice.share(v.absence.missing / v.absence.of))
        for v in most
    ]  # fmt: skip
    note = voice.says("absence.figure.note", shown=voice.count(len(most)), count=voice.count(len(some)))
    share_axis = PlotAxis(show=voice.percents, low=0.0)
    figures = Markup('<div class="f-two">{}{}</div>').format(
        page.figure(
            level_bars(voice.says("absence.figure"), shares, value=share_axis, empty=voice.says("empty")),
            voice.says("absence.figure"), note=note if len(most) < len(some) else "",
        ),
        _absence_rates(most, exhibit, voice),
    )  # fmt: skip
    body = page.joined(figures, _absence_table(some, voice), _together(exhibit, voice))
    return page.Section("missing", title, body, voice.says("absence.lead"))


def _absence_rates(most: Sequence[VariableSummary], exhibit: Exhibit, voice: Voice) -> Markup:
    rows = [
        Row(
            voice.variable(v.name), v.absence.bad_rate_missing.value, v.absence.bad_rate_missing.low,
            v.absence.bad_rate_missing.high, tone="raises" if v.absence.tells else "accent",
            note=voice.count(v.absence.bad_rate_missing.of),
        )
        for v in most
    ]  # fmt: skip
    overall = exhibit.bad_rate.value
    marks = [] if overall is None else [Mark(overall, "", "soft")]
    chart = dots(
        voice.says("absence.rates"), rows, value=voice.bad_rates(), marks=marks, empty=voice.says("empty.labelled")
    )
    sentence = "" if overall is None else f" {voice.says('overall', value=voice.share(overall))}"
    return page.figure(chart, voice.says("absence.rates"), note=voice.says("absence.rates.note") + sentence)


def _absence_table(some: Sequence[VariableSummary], voice: Voice) -> Markup:
    ordered = sorted(some, key=lambda v: (not v.absence.tells, v.absence.p if v.absence.p is not None else 2.0))
    names = ("variable", "share", "absence.missing_rate", "absence.given_rate")
    rows = [
        (
            page.link(voice.variable(v.name), address(v.name)),
            voice.share(v.absence.missing / v.absence.of),
            voice.rate(v.absence.bad_rate_missing),
            voice.rate(v.absence.bad_rate_given),
            _chance(v.absence.p, voice),
            voice.decimals(v.absence.auc, 3),
            page.badge(voice.says("yes"), "raises") if v.absence.tells else voice.says("no"),
        )
        for v in ordered[:WIDE_TABLE]
    ]
    columns = [*(voice.says(name) for name in names), "p", "AUC", voice.says("absence.tells")]
    return page.table(columns, rows, caption=voice.says("absence.table"), numbers=range(1, 6))


def _chance(p: float | None, voice: Voice) -> str:
    if p is None:
        return "–"
    return f"< {voice.decimals(0.0001, 4)}" if p < 0.0001 else voice.decimals(p, 4)


def _together(exhibit: Exhibit, voice: Voice) -> Markup:
    if not exhibit.missing_together:
        return Markup("")
    groups = (voice.listed(tuple(map(voice.variable, group)), most=30) for group in exhibit.missing_together[:10])
    lead = page.paragraph(voice.says("together.lead"), tone="f-soft")
    return page.card(voice.says("together"), lead, page.bullets(groups))


def extremes(exhibit: Exhibit, voice: Voice) -> page.Section:
    """What the portfolio rules out, and what lies far from the middle."""
    body = page.joined(_unexpected(exhibit, voice), _fenced(exhibit, voice))
    return page.Section("extremes", voice.says("extremes"), body, voice.says("extremes.lead"))


def _unexpected(exhibit: Exhibit, voice: Voice) -> Markup:
    if not exhibit.unexpected:
        return page.note(voice.says("unexpected.none"), "good")
    rows = [
        (f"{each.table}.{each.column}", voice.count(each.rows), _values(each.values, voice))
        for each in exhibit.unexpected
    ]
    columns = [voice.says("column"), voice.says("rows"), voice.says("unexpected.values")]
    return page.table(columns, rows, caption=voice.says("unexpected"), numbers=[1])


def _values(values: Sequence[tuple[str, int]], voice: Voice) -> str:
    return " · ".join(f"{_written(value, voice)} × {voice.count(rows)}" for value, rows in values)


def _written(value: str, voice: Voice) -> str:
    """A value as the engine wrote it, a number as the language does."""
    try:
        return voice.figure(float(value))
    except (ValueError, OverflowError):
        return value


def _fenced(exhibit: Exhibit, voice: Voice) -> Markup:
    far = [v for v in exhibit.variables if v.extremes is not None and v.extremes.below + v.extremes.above]
    if not far:
        return page.note(voice.says("extremes.none"), "good")
    far.sort(key=lambda v: -(v.extremes.below + v.extremes.above) if v.extremes else 0)
    names = (
        "variable",
        "extremes.fences",
        "extremes.below",
        "extremes.above",
        "extremes.rate",
        "extremes.lowest",
        "extremes.highest",
    )
    rows = [_far(v, voice) for v in far[:WIDE_TABLE]]
    return page.table(
        [voice.says(name) for name in names], rows, caption=voice.says("extremes.table"), numbers=[1, 2, 3, 4]
    )


def _far(v: VariableSummary, voice: Voice) -> tuple[object, ...]:
    e = v.extremes
    assert e is not None
    assert e.fences is not None
    lowest, highest = (" · ".join(voice.figure(value) for value, _ in outer) for outer in (e.lowest[:3], e.highest[:3]))
    name = page.link(voice.variable(v.name), address(v.name))
    low = e.fences[0] if e.below else e.lowest[0][0]  # a fence nothing lies beyond says less than where values end
    high = e.fences[1] if e.above else e.highest[0][0]
    within = f"{voice.figure(low)} – {voice.figure(high)}"
    return name, within, voice.count(e.below), voice.count(e.above), voice.rate(e.beyond), lowest, highest
