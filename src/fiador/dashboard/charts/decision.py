"""How is a decision drawn? The gauge, the past loans' distribution of a feature, every contribution."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from fiador.dashboard.charts.axis import axis_of, capital, level_names, place, shares
from fiador.dashboard.charts.bars import Bars, Here, columns, lines
from fiador.words import number, percent, say

Body = Mapping[str, Any]


def gauge(decision: Body, *, language: str) -> str:
    """A half circle from 0 to 1: the zones of each outcome outside, the PD inside, a mark at the cut-off."""
    pd, cut_off = decision["pd"], decision["cut_off"]
    low, high = decision["refer_band"] or (cut_off, cut_off)
    shown = {"pd": percent(pd, language), "cut_off": percent(cut_off, language)}
    ends = [percent(end, language, decimals=0) for end in (0.0, 1.0)]
    limit = say("page.cut_off", language, value=shown["cut_off"])
    places = f"--pd:{pd:.4f};--cut:{cut_off:.4f};--low:{low:.4f};--high:{high:.4f}"
    return (
        f'<div class="f-gauge f-{escape(decision["outcome"])}" style="{places}" role="img" '
        f'aria-label="{escape(say("page.gauge.alt", language, **shown))}"><div class="f-dial"><i class="f-zones"></i>'
        f'<i class="f-fill"></i><i class="f-needle"></i><b>{escape(shown["pd"])}</b></div>'
        f'<div class="f-dial-foot"><span>{escape(ends[0])}</span><span class="f-limit"><i></i>{escape(limit)}</span>'
        f"<span>{escape(ends[1])}</span></div></div>"
    )


def distribution(body: Body, value: Any, *, alt: str, currency: str, language: str) -> str:
    """What share of goods and of bads each bin or level holds, and where this application stands."""
    absent = any(body["missing"].values())
    axis = axis_of(body, currency=currency, language=language, has_missing=absent)
    own = say("page.this_application", language)
    series = []
    for group, tone in (("goods", "lowers"), ("bads", "raises")):
        held = shares([*body[group], body["missing"][group]])
        series.append(Bars(say(f"page.{group}", language), tone, held if absent else held[:-1]))

    def tell(share: float | None) -> str:
        return percent(share, language)

    if axis.is_level:
        levels = [*level_names(body), *([None] if absent else [])]
        mine = levels.index(value) if value in levels else None
        return lines(series, axis, tell=tell, alt=alt, own=mine, own_says=own)
    at = place(body, value)
    here = Here(at, own) if at is not None or (value is None and absent) else None
    return columns(series, axis, tell=tell, tick=lambda v: percent(v, language, decimals=0), alt=alt, here=here)


def contributions(decision: Body, *, language: str) -> str:
    """Every feature's contribution in log-odds, the strongest first; right of the middle raises the risk."""
    rows = decision["contributions"]
    reach = max((abs(row["contribution"]) for row in rows), default=1.0) or 1.0
    drawn = "".join(_contribution(row, reach, language) for row in rows)
    return f'<ul class="f-diverging">{drawn}</ul>'


def _contribution(row: Body, reach: float, language: str) -> str:
    moved = row["contribution"]
    tone, side = ("raises", "left") if moved > 0 else ("lowers", "right")
    shown = number(moved, language, decimals=2)
    bar = f"{side}:50%;width:{50 * abs(moved) / reach:.2f}%"
    return (
        f"<li><div><span>{escape(capital(row['says']))} <b>{escape(row['value_says'])}</b></span>"
        f'<em>{escape(shown)}</em></div><div class="f-middle"><b class="f-{tone}" style="{bar}"></b>'
        f"</div></li>"
    )
