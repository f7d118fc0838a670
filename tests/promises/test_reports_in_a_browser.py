"""Do the reports on raw tables and on a bundle open offline, at a desk, on a phone and on paper?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fiador.adapters.disk.files import write_text
from fiador.reports.data_report import data_report
from fiador.reports.model_report import model_report
from fiador.use_cases.checking import check
from fiador.use_cases.data_report import exhibit
from fiador.words import LANGUAGES

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SMALLEST = 11  # px, the text of a chart on a phone
TEXT = """() => Math.min(...[...document.querySelectorAll('.f-chart text')].map(text => {
  const chart = text.closest('svg'), scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width
  return scale ? scale * parseFloat(getComputedStyle(text).fontSize) : 99
}))"""
FOLDED = """() => [...document.querySelectorAll('details > :not(summary)')].map(part => {
  const box = part.getBoundingClientRect()
  return part.checkVisibility({contentVisibilityAuto: true}) ? box.height : 0
})"""
CUT = """() => [...document.querySelectorAll('.f-scroll')].filter(part => part.scrollWidth > part.clientWidth)
  .map(part => part.getAttribute('aria-label'))"""
REPORTS = ("data", "model")


@pytest.fixture(scope="module")
def reports(alura, alura_engine, bundle, tmp_path_factory) -> dict[str, Path]:
    """Both reports on simulated applications, a file a report and language: `data-en`, `model-pt-BR`."""
    schema, engine = alura_engine
    folder = tmp_path_factory.mktemp("reports")
    report = check(alura, schema, engine, source="dumps")
    found = exhibit(alura, schema, engine, report)
    for code in (language.code for language in LANGUAGES):
        written = data_report(alura, report, found, language=code, made_on="2026-11-21", version="0.0.0")
        write_text(written, folder / f"data-{code}.html")
        write_text(model_report(bundle, language=code), folder / f"model-{code}.html")
    return {file.stem: file for file in folder.iterdir()}


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=QUIET)
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")])
@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
@pytest.mark.parametrize("report", REPORTS)
def test_it_opens_offline_readable_and_without_a_complaint(chromium, reports, report, language, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    address = reports[f"{report}-{language}"].as_uri()
    page.goto(address)
    assert [url for url in asked if not url.startswith(("data:", address))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(TEXT) >= SMALLEST
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
    assert complaints == []
    context.close()


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_at_a_desk_no_table_is_cut(chromium, reports, report, language):
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.goto(reports[f"{report}-{language}"].as_uri())
    assert page.evaluate(CUT) == []
    page.close()


def test_on_a_phone_the_names_of_the_matrix_stay_while_its_columns_slide(chromium, reports):
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.goto(reports["data-en"].as_uri())
    names, squares = (page.locator(".f-sliding > svg").nth(index) for index in (0, 1))
    before = names.bounding_box(), squares.bounding_box()
    assert page.locator(".f-hint").is_visible()
    page.evaluate("document.querySelector('.f-sliding').scrollLeft = 120")
    assert names.bounding_box()["x"] == before[0]["x"]
    assert squares.bounding_box()["x"] == before[1]["x"] - 120
    page.close()


@pytest.mark.parametrize("report", REPORTS)
def test_it_prints_on_pages(chromium, reports, report, tmp_path):
    page = chromium.new_page()
    page.goto(reports[f"{report}-en"].as_uri())
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    printed = (tmp_path / "report.pdf").read_bytes()
    assert 5 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 40
    page.close()


def test_what_is_folded_on_a_screen_is_open_on_paper(chromium, reports):
    page = chromium.new_page()
    page.goto(reports["model-en"].as_uri())
    folded = page.evaluate(FOLDED)
    assert folded
    assert max(folded) == 0
    page.emulate_media(media="print")
    assert min(page.evaluate(FOLDED)) > 100
    page.close()
