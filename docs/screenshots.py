"""What does the dashboard look like today? Takes the pictures the documentation shows, from a running dashboard.

    python docs/screenshots.py --dashboard http://127.0.0.1:8501 --out docs/images

Needs a Chromium: the one Playwright installed, or the machine's own (`--browser /usr/bin/chromium`).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True)
class Picture:
    """One picture: its file, how wide and in which theme and language, and whether of a typed-in application."""

    name: str
    width: int
    scheme: str
    language: str
    new: bool = False


PICTURES = (
    Picture("dashboard", 1440, "light", "en"),
    Picture("dashboard-dark", 1440, "dark", "fr"),
    Picture("dashboard-new", 1440, "light", "pt-BR", new=True),
    Picture("dashboard-phone", 390, "light", "pt-BR"),
    Picture("dashboard-phone-dark", 390, "dark", "fr", new=True),
)


def main() -> int:
    """Take every picture; 1 where the page complained in the browser's console."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=QUIET)
        complaints = [line for picture in PICTURES for line in take(browser, picture, options.dashboard, options.out)]
        browser.close()
    for line in complaints:
        print(line, file=sys.stderr)
    return 1 if complaints else 0


def take(browser: Browser, picture: Picture, address: str, out: Path) -> list[str]:
    """Open the page, choose or assess an application, write the picture; what the browser's console complained of."""
    context = browser.new_context(viewport={"width": picture.width, "height": 900}, color_scheme=picture.scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(f"{picture.name}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{picture.name}: {error}"))
    page.goto(f"{address}/?language={picture.language}")
    page.wait_for_selector(".f-foot", timeout=60_000)
    (_assess if picture.new else _choose)(page)
    page.wait_for_selector(".f-verdict", timeout=60_000)
    page.wait_for_selector(".st-key-card-gauge .js-plotly-plot", timeout=60_000)
    page.wait_for_timeout(2000)  # the figures are drawn, and the page has found its height
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": picture.width, "height": int(height)})
    page.wait_for_timeout(1000)
    page.screenshot(path=out / f"{picture.name}.png")
    context.close()
    return complaints


def _choose(page: Page) -> None:
    page.locator("[data-testid=stRadio] [role=radiogroup] label").first.click()


def _assess(page: Page) -> None:
    page.locator("[data-testid=stButtonGroup] button").nth(1).click()
    page.locator("[data-testid=stFormSubmitButton] button").click()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dashboard", required=True, metavar="URL", help="the address of a running dashboard")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), metavar="DIR", help="where the pictures go")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="a Chromium; without it, Playwright's own")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
