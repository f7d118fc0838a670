"""What does fiador look like? A colour per meaning in light and dark, its type, its signs: pages and reports alike."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote


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
STEPS = {"s": 0.84, "0": 0.96, "1": 1.08, "2": 1.35, "3": 1.6, "4": 2.1}  # rem: small text, text, titles
SPACES = {"1": 0.25, "2": 0.5, "3": 0.75, "4": 1.0, "5": 1.5, "6": 2.75}  # rem
MARK = Path(__file__).with_name("mark.svg")
_SIGNS = {  # drawn, so that they look alike on every machine: a tick, an eye, a cross, a sheet
    "approve": '<circle cx="12" cy="12" r="10.5"/><path d="M7.2 12.4l3.2 3.2 6.4-6.9"/>',
    "refer": '<path d="M1.8 12S5.5 5.2 12 5.2 22.2 12 22.2 12 18.5 18.8 12 18.8 1.8 12 1.8 12z"/>'
    '<circle cx="12" cy="12" r="3.1"/>',
    "decline": '<circle cx="12" cy="12" r="10.5"/><path d="M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6"/>',
    "empty": '<rect x="4" y="2.5" width="16" height="19" rx="2"/><path d="M8 8h8M8 12h8M8 16h5"/>',
}


def variables() -> str:
    """Both palettes as CSS variables (`--f-ink`, …) that follow the colour scheme of the element they stand on, and the
    sizes of type (`--f-step-0`, …) and of the space between things (`--f-space-1`, …).
    """
    pairs = ((each.name, getattr(LIGHT, each.name), getattr(DARK, each.name)) for each in fields(Palette))
    colours = "".join(f"--f-{name}: light-dark({light}, {dark}); " for name, light, dark in pairs)
    steps = "".join(f"--f-step-{name}: {size}rem; " for name, size in STEPS.items())
    return colours + steps + "".join(f"--f-space-{name}: {size}rem; " for name, size in SPACES.items())


def pictures() -> str:
    """The signs as masks, which take the colour of their place, and the mark as it is: Streamlit's HTML drops <svg>."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="black" stroke-width="1.9"'
    start += ' stroke-linecap="round" stroke-linejoin="round">'
    drawn = {name: _address(f"{start}{sign}</svg>") for name, sign in _SIGNS.items()}
    masks = "".join(f".f-sign-{name} {{ mask-image: {address}; }}\n" for name, address in drawn.items())
    return f"{masks}.f-mark-brand {{ background-image: {_address(MARK.read_text(encoding='utf-8'))}; }}\n"


def _address(picture: str) -> str:
    return f'url("data:image/svg+xml,{quote(picture)}")'
