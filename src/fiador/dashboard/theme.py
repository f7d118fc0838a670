"""How does Streamlit wear fiador's look? As its theme options, and a style sheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fiador.look import DARK, LIGHT, Palette, pictures, variables

SHEETS = ("style.css", "charts.css")


def theme_options() -> dict[str, str | bool]:
    """The palettes as Streamlit's own options, so that its widgets wear them too."""
    shared: dict[str, str | bool] = {"theme.baseRadius": "0.5rem", "theme.showWidgetBorder": True}
    return shared | _themed("light", LIGHT) | _themed("dark", DARK)


def _themed(kind: str, colours: Palette) -> dict[str, str | bool]:
    named = {
        "primaryColor": colours.accent,
        "backgroundColor": colours.page,
        "secondaryBackgroundColor": colours.card,
        "textColor": colours.ink,
        "borderColor": colours.edge,
    }
    return {f"theme.{kind}.{name}": value for name, value in named.items()}


@cache
def style() -> str:
    """The style sheet: both palettes as variables that follow the page's theme, then the rules that use them."""
    rules = "".join(Path(__file__).with_name(sheet).read_text(encoding="utf-8") for sheet in SHEETS)
    return f"<style>.stApp {{ {variables()} }}\n{rules}{pictures()}</style>"
