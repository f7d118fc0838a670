"""How are pairs of variables shown, damaged rows against clean ones, and tables of many rows?"""

from __future__ import annotations

from markupsafe import Markup

from fiador.reports import page
from fiador.reports.charts import Mark, Row, Series, bars, dots, heatmap, heatmap_parts, level_bars
from fiador.reports.data_variables import address
from fiador.reports.scales import PlotAxis
from fiador.reports.voice import Voice
from fiador.use_cases.data_report.values import BreachedRule, Children, Exhibit, Shift

MOST_CHILDREN = 12  # bars of children per parent before they are gathered


def associations(exhibit: Exhibit, voice: Voice) -> page.Section:
    """The matrix of the strongest variables, and the strongest pairs of all."""
    strengths = exhibit.associations
    names = [voice.variable(name) for name in strengths.shown]
    title, grid = voice.says("associations.matrix"), (names, names, strengths.matrix)
    matrix = heatmap(title, *grid, show=lambda v: voice.decimals(v, 2), empty=voice.says("empty"), width=760)
    parts = heatmap_parts(title, *grid, show=lambda v: voice.decimals(v, 2), empty=voice.says("empty"))
    columns = [voice.says(f"associations.{key}") for key in ("one", "other", "how", "strength")]
    rows = [
        (
            page.link(voice.variable(pair.one), address(pair.one)),
            page.link(voice.variable(pair.other), address(pair.other)),
            voice.says(f"associations.{pair.how}"),
            voice.decimals(pair.strength, 2),
        )
        for pair in strengths.pairs
    ]
    table = page.table(
        columns, rows, caption=voice.says("associations.pairs"), numbers=[3], empty=voice.says("associations.none")
    )
    tight = page.sliding(*parts, name=title, hint=voice.says("associations.scroll"))
    figure = page.figure(matrix, title, tight=tight)
    lead = voice.says("associations.lead")
    return page.Section("associations", voice.says("associations"), page.joined(figure, table), lead)


def damage(exhibit: Exhibit, voice: Voice) -> page.Section:
    """Damaged rows against clean ones, and the rules that are broken."""
    title, summary = voice.says("damage"), exhibit.damage
    if not summary.damaged:
        return page.Section("damage", title, page.note(voice.says("damage.none"), "good"))
    rates, rules = _damage_rates(exhibit, voice), [_rule(rule, voice) for rule in exhibit.rules]
    if rules:
        lead = page.paragraph(voice.says("rules.lead"), tone="f-soft")
        broken = page.joined(page.heading(voice.says("rules")), lead, *rules)
        rates = Markup('<div class="f-two">{}<div class="f-stack">{}</div></div>').format(rates, broken)
    return page.Section("damage", title, page.joined(rates, _medians(exhibit, voice)), voice.says("damage.lead"))


def _damage_rates(exhibit: Exhibit, voice: Voice) -> Markup:
    summary = exhibit.damage
    sides = [
        (voice.says("damage.clean"), summary.clean, summary.bad_rate_clean, "lowers"),
        (voice.says("damage.damaged"), summary.damaged, summary.bad_rate_damaged, "raises"),
        *((breach_said(name, voice), rows, rate, "soft") for name, rows, rate in summary.by[:15]),
    ]
    rows = [Row(label, r.value, r.low, r.high, tone=tone, note=voice.count(n)) for label, n, r, tone in sides]
    overall = exhibit.bad_rate.value
    chart = dots(
        voice.says("damage.rates"), rows, value=voice.bad_rates(), empty=voice.says("empty.labelled"),
        marks=[] if overall is None else [Mark(overall, "", "soft")],
    )  # fmt: skip
    note = "" if overall is None else voice.says("overall", value=voice.share(overall))
    return page.figure(chart, voice.says("damage.rates"), note=note)


def breach_said(name: str, voice: Voice) -> str:
    """What a flag is about: a rule in its words, or a column in its."""
    table, _, column = name.partition(".")
    if table == "consistency":
        return voice.portfolio.consistency[column].says[voice.language]
    return voice.variable(name)


def _medians(exhibit: Exhibit, voice: Voice) -> Markup:
    columns = [
        voice.says("variable"),
        voice.says("damage.clean"),
        voice.says("damage.damaged"),
        voice.says("damage.apart"),
    ]
    rows = [
        (
            voice.variable(s.variable),
            _median(s.variable, s.clean, voice),
            _median(s.variable, s.damaged, voice),
            _apart(s, voice),
        )
        for s in exhibit.damage.shifts
    ]
    table = page.table(columns, rows, caption=voice.says("damage.medians"), numbers=[1, 2], empty=voice.says("empty"))
    return Markup("<div>{}{}</div>").format(
        table, page.paragraph(voice.says("damage.apart.note"), tone="f-soft f-below")
    )


def _median(name: str, interval: tuple[float, float, float] | None, voice: Voice) -> str:
    if interval is None:
        return "–"
    value, low, high = (voice.figure(v) for v in interval)
    return voice.says("with_interval", value=value, low=low, high=high)


def _apart(shift: Shift, voice: Voice) -> object:
    if shift.clean is None or shift.damaged is None:
        return ""
    apart = shift.clean[1] > shift.damaged[2] or shift.damaged[1] > shift.clean[2]
    return page.badge(voice.says("yes"), "raises") if apart else voice.says("no")


def _rule(rule: BreachedRule, voice: Voice) -> Markup:
    declared = voice.portfolio.consistency[rule.name]
    count = voice.says("rules.count", count=voice.count(rule.rows), rate=voice.rate(rule.bad_rate))
    columns = [voice.variable(f"{table}.{column}") for table, column in rule.columns]
    rows = [[_cell(value, voice) for value in example] for example in rule.examples]
    examples = page.table(columns, rows, name=declared.says[voice.language]) if rows else ""
    code = page.paragraph(str(declared.holds), tone="f-soft f-name")
    return page.card(declared.says[voice.language], page.paragraph(count), code, examples)


def _cell(value: object, voice: Voice) -> str:
    if value is None:
        return voice.says("missing")
    return voice.figure(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def children(exhibit: Exhibit, voice: Voice) -> page.Section | None:
    """Tables of many rows; None where the portfolio has none."""
    if not exhibit.children:
        return None
    cards = page.grid(*(_children(each, voice) for each in exhibit.children))
    return page.Section("children", voice.says("children"), cards, voice.says("children.lead"))


def _children(each: Children, voice: Voice) -> Markup:
    parents = sum(n for _, n in each.counts)
    rows = sum(children * n for children, n in each.counts)
    none = dict(each.counts).get(0, 0)
    pairs = [
        (voice.says("children.rows"), voice.count(each.rows)),
        (voice.says("children.none"), voice.share(none / parents if parents else None)),
        (voice.says("children.mean"), voice.decimals(rows / parents if parents else None, 1)),
        (voice.says("children.most"), voice.count(max((c for c, _ in each.counts), default=0))),
    ]
    cells = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in pairs)
    title = voice.says("children.title", table=voice.table(each.table), parent=voice.table(each.parent))
    missing = sorted(((share, column) for column, share in each.missing.items()), key=lambda pair: (-pair[0], pair[1]))
    shares = [Row(voice.variable(f"{each.table}.{c}"), s, tone="accent", note=voice.share(s)) for s, c in missing[:20]]
    return page.card(
        title,
        Markup('<dl class="f-pairs">{}</dl>').format(cells),
        page.figure(_per_parent(each, voice), voice.says("children.figure")),
        page.figure(
            level_bars(
                voice.says("children.missing"),
                shares,
                value=PlotAxis(show=voice.percents, low=0.0),
                empty=voice.says("empty"),
            ),
            voice.says("children.missing"),
        ),
    )


def _per_parent(each: Children, voice: Voice) -> Markup:
    groups = gathered(each.counts)
    alt = voice.says("children.alt", parent=voice.table(each.parent), table=voice.table(each.table))
    return bars(
        alt, [name for name, _ in groups], [Series("", [n for _, n in groups], "accent")],
        value=voice.counts(voice.says("children.parents")), category=voice.says("children.rows"), height=190,
        empty=voice.says("empty"),
    )  # fmt: skip


def gathered(counts: tuple[tuple[int, int], ...]) -> list[tuple[str, int]]:
    """Parents by number of children, gathered into doubling groups where the numbers are many.

    >>> gathered(((0, 5), (1, 3), (40, 1)))
    [('0', 5), ('1', 3), ('2–3', 0), ('4–7', 0), ('8–15', 0), ('16–31', 0), ('32–63', 1)]
    """
    most = max((children for children, _ in counts), default=0)
    if most < MOST_CHILDREN:
        known = dict(counts)
        return [(str(n), known.get(n, 0)) for n in range(most + 1)]
    groups, low = [("0", dict(counts).get(0, 0))], 1
    while low <= most:
        high = 2 * low - 1
        inside = sum(n for children, n in counts if low <= children <= high)
        groups.append((str(low) if low == high else f"{low}–{high}", inside))
        low = high + 1
    return groups
