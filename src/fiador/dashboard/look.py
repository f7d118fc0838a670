"""What does the dashboard look like? Its colours in light and dark, its style sheet, its figures' template."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import plotly.graph_objects as go


@dataclass(frozen=True)
class Palette:
    """One colour per meaning. Colour never speaks alone: an outcome also has a sign and a word, and risk is told by
    blue against orange, which colour-blind readers tell apart.
    """

    page: str
    card: str
    line: str
    edge: str  # the rim of what can be pressed or filled in
    ink: str
    soft: str  # secondary text, at least 4.5:1 on `card`
    accent: str
    approve: str
    refer: str
    decline: str
    lowers: str
    raises: str


LIGHT = Palette(
    page="#F5F7F9",
    card="#FFFFFF",
    line="#DBE2E8",
    edge="#AFBCC6",
    ink="#14212B",
    soft="#52636F",
    accent="#0B5C78",
    approve="#0B7A5B",
    refer="#BD7200",
    decline="#B3261E",
    lowers="#2C77B0",
    raises="#CF6A17",
)
DARK = Palette(
    page="#0E151B",
    card="#161F27",
    line="#2C3944",
    edge="#4A5A67",
    ink="#E7EDF2",
    soft="#9DB0BD",
    accent="#5CB8DA",
    approve="#43C79D",
    refer="#E9B24C",
    decline="#FF8A7D",
    lowers="#6CB2E6",
    raises="#F29A4A",
)
FONT = '"Source Sans", "Source Sans Pro", "Segoe UI", Roboto, sans-serif'
MARK = Path(__file__).with_name("mark.svg")
_SIGNS = {  # drawn, so that they look alike on every machine: a tick, an eye, a cross, a sheet
    "approve": '<circle cx="12" cy="12" r="10.5"/><path d="M7.2 12.4l3.2 3.2 6.4-6.9"/>',
    "refer": '<path d="M1.8 12S5.5 5.2 12 5.2 22.2 12 22.2 12 18.5 18.8 12 18.8 1.8 12 1.8 12z"/>'
    '<circle cx="12" cy="12" r="3.1"/>',
    "decline": '<circle cx="12" cy="12" r="10.5"/><path d="M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6"/>',
    "empty": '<rect x="4" y="2.5" width="16" height="19" rx="2"/><path d="M8 8h8M8 12h8M8 16h5"/>',
}
CHART = {"displayModeBar": False, "scrollZoom": False}


def palette(kind: str | None) -> Palette:
    """The palette of Streamlit's theme type: "dark", or anything else for light."""
    return DARK if kind == "dark" else LIGHT


def theme_options() -> dict[str, str]:
    """The palettes as Streamlit's own options, so that its widgets wear them too."""
    shared = {"theme.baseRadius": "0.5rem", "theme.showWidgetBorder": "true"}
    return shared | _themed("light", LIGHT) | _themed("dark", DARK)


def _themed(kind: str, colours: Palette) -> dict[str, str]:
    named = {
        "primaryColor": colours.accent,
        "backgroundColor": colours.page,
        "secondaryBackgroundColor": colours.card,
        "textColor": colours.ink,
        "borderColor": colours.edge,
    }
    return {f"theme.{kind}.{name}": value for name, value in named.items()}


def style() -> str:
    """The style sheet: both palettes as variables that follow the page's theme, then the rules that use them."""
    pairs = ((each.name, getattr(LIGHT, each.name), getattr(DARK, each.name)) for each in fields(Palette))
    variables = "".join(f"--f-{name}: light-dark({light}, {dark}); " for name, light, dark in pairs)
    return f"<style>.stApp {{ {variables} }}\n{_RULES}{_pictures()}</style>"


def _pictures() -> str:
    """The signs as masks, which take the colour of their place, and the mark as it is: Streamlit's HTML drops <svg>."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="black" stroke-width="1.9"'
    start += ' stroke-linecap="round" stroke-linejoin="round">'
    drawn = {name: _address(f"{start}{sign}</svg>") for name, sign in _SIGNS.items()}
    masks = "".join(f".f-sign-{name} {{ mask-image: {address}; }}\n" for name, address in drawn.items())
    return f"{masks}.f-mark-brand {{ background-image: {_address(MARK.read_text(encoding='utf-8'))}; }}\n"


def _address(picture: str) -> str:
    return f'url("data:image/svg+xml,{quote(picture)}")'


def template(*, separators: str, colours: Palette) -> go.layout.Template:
    """The figures' template. separators: decimal and thousands mark, as the language writes them."""
    axis: dict[str, Any] = {
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "zerolinecolor": colours.soft,
        "tickfont": {"color": colours.soft, "size": 12},
        "title": {"font": {"color": colours.soft, "size": 12}},
        "fixedrange": True,
        "automargin": True,
        "ticklabeloverflow": "allow",
    }
    layout = go.Layout(
        font={"family": FONT, "color": colours.ink, "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        separators=separators,
        xaxis=axis,
        yaxis=axis,
        hoverlabel={
            "font": {"family": FONT, "size": 13},
            "bgcolor": colours.card,
            "bordercolor": colours.line,
        },
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "font": {"color": colours.ink}},
    )
    return go.layout.Template(layout=layout)


_RULES = """
.stMainBlockContainer { max-width: 1240px; padding-top: 2.4rem; padding-bottom: 2rem; }
[data-testid="stHeader"] { background: transparent; pointer-events: none; }
[data-testid="stHeader"] button { pointer-events: auto; }
button[data-testid^="stBaseButton-primary"] { color: var(--f-card); font-weight: 600; }
[data-testid="stElementToolbar"], [data-testid="stDecoration"] { display: none; }
.st-key-card, [class*="st-key-card-"] {
  background: var(--f-card); border: 1px solid var(--f-line); border-radius: 10px; padding: 1.1rem 1.25rem;
}
.js-plotly-plot svg text { fill: var(--f-ink) !important; }
.js-plotly-plot .xtick text, .js-plotly-plot .ytick text { fill: var(--f-soft) !important; }
.js-plotly-plot .gridlayer path { stroke: var(--f-line) !important; }
.js-plotly-plot .shapelayer path { stroke: var(--f-ink) !important; }
.f-brand { display: flex; align-items: center; gap: .7rem; min-width: 0; }
.f-mark-brand { flex: none; width: 36px; height: 36px; background-size: contain; }
.f-sign { flex: none; width: 36px; height: 36px; background: var(--tone); mask-size: contain;
  mask-repeat: no-repeat; display: inline-block; }
.f-brand b { font-size: 1.25rem; letter-spacing: -.01em; line-height: 1.15; color: var(--f-ink); }
.f-brand span { color: var(--f-soft); font-size: .9rem; }
.f-title { margin: 0 0 .25rem; font-size: 1.05rem; font-weight: 650; color: var(--f-ink); }
.f-soft { color: var(--f-soft); font-size: .88rem; line-height: 1.4; margin: 0; }
.f-verdict {
  display: flex; gap: 1rem; align-items: flex-start; padding: 1.1rem 1.25rem; border-radius: 10px;
  background: color-mix(in srgb, var(--tone) 9%, var(--f-card));
  border: 1px solid color-mix(in srgb, var(--tone) 38%, var(--f-card)); border-left: 6px solid var(--tone);
}
.f-verdict h2 { margin: 0; padding: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 700; color: var(--tone); }
.f-verdict p { margin: .3rem 0 0; color: var(--f-ink); font-size: 1rem; line-height: 1.45; }
.f-verdict .f-key { color: var(--f-soft); font-size: .88rem; margin: 0 0 .1rem; overflow-wrap: anywhere; }
.f-approve { --tone: var(--f-approve); } .f-refer { --tone: var(--f-refer); }
.f-decline { --tone: var(--f-decline); }
dl.f-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin: 0;
  padding: 0; background: var(--f-line); border: 1px solid var(--f-line); border-radius: 10px; overflow: hidden; }
.f-figures div { background: var(--f-card); padding: 1rem 1.15rem; min-width: 0; }
.f-figures dt { color: var(--f-soft); font-size: .88rem; }
.f-figures dd { margin: .15rem 0 0; padding: 0; font-size: 1.55rem; font-weight: 650; line-height: 1.2;
  color: var(--f-ink); font-variant-numeric: tabular-nums; white-space: nowrap; }
.f-figures small { display: block; color: var(--f-soft); font-size: .82rem; font-weight: 400;
  white-space: normal; }
ul.f-reasons { list-style: none; margin: .4rem 0 0; padding: 0; }
ul.f-reasons li { margin: 0; padding: .8rem 0; border-top: 1px solid var(--f-line); }
ul.f-reasons li:first-child { border-top: 0; padding-top: .35rem; }
.f-reasons .f-head { display: flex; justify-content: space-between; gap: .75rem; align-items: baseline; }
.f-reasons .f-says { font-weight: 600; color: var(--f-ink); }
.f-reasons .f-value { font-weight: 650; color: var(--f-ink); text-align: right;
  font-variant-numeric: tabular-nums; }
.f-bar { height: 10px; border-radius: 5px; background: color-mix(in srgb, var(--f-line) 70%, transparent);
  margin: .45rem 0; overflow: hidden; }
.f-bar i { display: block; height: 100%; border-radius: 5px; background: var(--tone); min-width: 6px; }
.f-raises { --tone: var(--f-raises); } .f-lowers { --tone: var(--f-lowers); }
.f-arrow { color: var(--tone); font-size: .85em; margin-right: .4rem; }
.f-reasons p { margin: 0; color: var(--f-soft); font-size: .92rem; line-height: 1.45; }
.f-notices { margin: 0; padding: .9rem 1.15rem; border-radius: 10px; color: var(--f-ink); font-size: .95rem;
  background: color-mix(in srgb, var(--f-refer) 9%, var(--f-card));
  border: 1px solid color-mix(in srgb, var(--f-refer) 35%, var(--f-card)); }
.f-notices ul { margin: .25rem 0 0; padding: 0 0 0 1.1rem; }
[data-testid="stExpander"] details { background: var(--f-card); border-color: var(--f-line); }
.f-empty { text-align: center; padding: 3.2rem 1rem; border: 1px dashed var(--f-line); border-radius: 10px;
  color: var(--f-soft); background: color-mix(in srgb, var(--f-card) 60%, transparent); }
.f-empty .f-sign { --tone: var(--f-soft); opacity: .55; margin-bottom: .6rem; }
.f-empty p { max-width: 26rem; margin: 0 auto; line-height: 1.5; }
.f-table { width: 100%; border-collapse: collapse; font-size: .92rem; margin: 0 0 1rem; }
.f-table caption { text-align: left; font-weight: 650; padding: .2rem 0; color: var(--f-ink); }
.f-table td { border: 0; border-top: 1px solid var(--f-line); padding: .4rem .2rem; color: var(--f-ink);
  overflow-wrap: anywhere; }
.f-table td:first-child { color: var(--f-soft); } .f-table td:last-child { text-align: right; font-weight: 550; }
.f-foot { display: flex; flex-wrap: wrap; gap: .4rem 2rem; border-top: 1px solid var(--f-line); padding-top: .9rem;
  margin-top: .5rem; color: var(--f-soft); font-size: .86rem; }
.f-foot b { color: var(--f-ink); font-weight: 600; margin-left: .35rem; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 2.2rem 1rem 1.5rem; }
  .f-verdict h2 { font-size: 1.35rem; }
  .f-figures dd { font-size: 1.25rem; }
  .f-figures div { padding: .8rem .85rem; }
  dl.f-figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
"""
