"""What do the pages and the reports look like today? Takes the pictures the documentation shows.

    make screenshots
    python docs/screenshots.py --all
    python docs/screenshots.py --dashboard http://127.0.0.1:8501 --data-report check.html --model-report report.html
    python docs/screenshots.py --bundle bundles/first

The first two do everything: simulated tables, a bundle, both reports, service and dashboard, the pictures. The others
take the pictures of what is there. Needs a Chromium: Playwright's own, or the machine's (`--browser PATH`).
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import fiador
from fiador.cli.demo import served

ROOT = Path(__file__).parent.parent
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE = 60_000  # milliseconds
COMPLETE = {  # what stands on a page once it is ready
    "look_up": ".f-dial",
    "new": ".f-dial",
    "spread": ".st-key-card-spread figure",
    "pair": ".f-heat-cells",
    "compare": ".f-compare li",
    "values": ".f-values",
    "dictionary": ".f-dictionary",
}
EXPLORED = ("spread", "pair", "compare", "values", "dictionary")  # in the order of their buttons
REPORT_HEIGHT = 1500  # of a report, its beginning
APPLICATION = {  # what the picture of a notebook's cell decides on
    "emprestimos": [{"loan_amnt": 12000, "loan_intent": "Personal", "loan_percent_income": 0.35}],
    "dados_mutuarios": [
        {"person_age": 29, "person_income": 34000, "person_emp_length": 6, "person_home_ownership": "Rent"}
    ],
    "historicos_banco": [{"cb_person_default_on_file": "N", "cb_person_cred_hist_length": 7}],
}


@dataclass(frozen=True)
class Picture:
    """One picture of the dashboard: its file, what it shows, how wide, in which theme and language."""

    name: str
    shows: str
    width: int
    scheme: str
    language: str


PICTURES = (
    Picture("dashboard", "look_up", 1440, "light", "en"),
    Picture("dashboard-dark", "look_up", 1440, "dark", "fr"),
    Picture("dashboard-new", "new", 1440, "light", "pt-BR"),
    Picture("dashboard-phone", "look_up", 390, "light", "pt-BR"),
    Picture("dashboard-phone-dark", "new", 390, "dark", "fr"),
    Picture("explore", "spread", 1440, "light", "en"),
    Picture("explore-pair", "pair", 1440, "dark", "fr"),
    Picture("explore-compare", "compare", 1440, "light", "pt-BR"),
    Picture("explore-dictionary", "dictionary", 1440, "light", "en"),
    Picture("explore-phone", "spread", 390, "light", "fr"),
)


def main() -> int:
    """Take every picture; 1 where a page complained in the browser's console."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with _shown(options) as (dashboard, reports), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=QUIET)
        complaints = []
        for picture in PICTURES if dashboard else ():
            complaints += take(browser, picture, dashboard, options.out)
        for name, report in reports.items():
            complaints += take_report(browser, name, report, options.out)
        bundle = options.folder / "bundle" if options.all else options.bundle
        complaints += take_cell(browser, bundle, options.out) if bundle else []
        browser.close()
    for line in complaints:
        print(line, file=sys.stderr)
    return 1 if complaints else 0


@contextlib.contextmanager
def _shown(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Path]]]:
    """The address of a dashboard and the reports' files: those named, or all made here and stopped at the end."""
    named = {"data-report": options.data_report, "model-report": options.model_report}
    if not options.all:
        yield options.dashboard, {name: path for name, path in named.items() if path}
        return
    folder = options.folder
    data, bundle, portfolio = folder / "data", folder / "bundle", ROOT / "portfolios" / "alura_cash"
    reports = {name: folder / f"{name}.html" for name in named}
    shutil.rmtree(folder, ignore_errors=True)
    _fiador("simulate", portfolio, "--applications", 12_000, "--out", data, "--format", "parquet")
    _fiador("check", portfolio, "--source", data, "--html", reports["data-report"])
    _fiador("train", portfolio, "--source", data, "--out", bundle)
    _fiador("report", bundle, "--html", reports["model-report"])
    with served(bundle, data, (8100, 8600)) as (_, dashboard):
        yield dashboard, reports


def _fiador(*words: object) -> None:
    subprocess.run([sys.executable, "-m", "fiador", *map(str, words)], check=True)


def take(browser: Browser, picture: Picture, address: str, out: Path) -> list[str]:
    """Open the page, choose or assess an application, write the picture; what the browser's console complained of."""
    page, complaints = _page(browser, picture.name, picture.width, picture.scheme)
    page.goto(f"{address}/?language={picture.language}")
    page.wait_for_selector(".f-foot", timeout=PATIENCE)
    (_assess if picture.shows == "new" else _choose)(page)
    if picture.shows in EXPLORED:
        _explore(page, EXPLORED.index(picture.shows))
    page.wait_for_selector(COMPLETE[picture.shows], timeout=PATIENCE)
    page.wait_for_timeout(2000)  # everything is drawn, and the page has found its height
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": picture.width, "height": int(height)})
    page.wait_for_timeout(1000)
    _write(page, out / f"{picture.name}.png")
    return complaints


def take_report(browser: Browser, name: str, report: Path, out: Path) -> list[str]:
    """The beginning of a report; what the browser's console complained of."""
    page, complaints = _page(browser, name, 1200, "light")
    page.set_viewport_size({"width": 1200, "height": REPORT_HEIGHT})
    page.goto(report.resolve().as_uri())
    page.wait_for_timeout(500)
    _write(page, out / f"{name}.png")
    return complaints


def take_cell(browser: Browser, bundle: Path, out: Path) -> list[str]:
    """A decision as a notebook's cell shows it; what the browser's console complained of."""
    page, complaints = _page(browser, "notebook", 900, "light")
    page.set_content(fiador.open_bundle(bundle).decide(APPLICATION)._repr_html_())
    path = out / "notebook.png"
    page.locator(".fiador-cell").screenshot(path=path)
    page.close()
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")
    return complaints


def _page(browser: Browser, name: str, width: int, scheme: str) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(f"{name}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
    return page, complaints


def _choose(page: Page) -> None:
    page.locator("[data-testid=stRadio] [role=radiogroup] label").first.click()
    page.wait_for_selector(COMPLETE["look_up"], timeout=PATIENCE)


def _assess(page: Page) -> None:
    page.locator("[data-testid=stButtonGroup] button").nth(1).click()
    page.locator("[data-testid=stFormSubmitButton] button").click()


def _explore(page: Page, section: int) -> None:
    """To the view that explores, then to one of its sections."""
    page.locator("[data-testid=stButtonGroup]").first.locator("button").nth(2).click()
    page.wait_for_selector(COMPLETE["spread"], timeout=PATIENCE)
    page.locator("[data-testid=stButtonGroup]").nth(1).locator("button").nth(section).click()


def _write(page: Page, path: Path) -> None:
    page.screenshot(path=path)
    page.close()
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="make everything the pictures show, take them, stop it")
    parser.add_argument("--dashboard", metavar="URL", help="the address of a running dashboard")
    parser.add_argument("--data-report", type=Path, metavar="FILE", help="what `fiador check --html` wrote")
    parser.add_argument("--model-report", type=Path, metavar="FILE", help="what `fiador report --html` wrote")
    parser.add_argument(
        "--bundle", type=Path, metavar="DIR", help="a bundle of Alura Cash: a decision in a notebook's cell"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images", metavar="DIR", help="where the pictures go")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build/screenshots", metavar="DIR", help="where --all works"
    )
    parser.add_argument("--browser", default=shutil.which("chromium"), help="a Chromium; without it, Playwright's own")
    options = parser.parse_args()
    if not (options.all or options.dashboard or options.data_report or options.model_report or options.bundle):
        parser.error("nothing to take a picture of: --all, --dashboard, --data-report, --model-report or --bundle")
    return options


if __name__ == "__main__":
    sys.exit(main())
