"""Does the documentation become a website without a warning, and is it whole without a network or a server?"""

from __future__ import annotations

import doctest
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from fiador.look import DARK, LIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PARTS = ("h1", "h2", "h3", "h4", "li", "pre", "tr", "img", "blockquote")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The site, and how its building went."""
    site = tmp_path_factory.mktemp("site")
    return site, _build(ROOT, site)


def _build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(build, cwd=root, env=quiet, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(built: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def website() -> ModuleType:
    """docs/website.py as a module."""
    spec = importlib.util.spec_from_file_location("website", DOCS / "website.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_site_is_built_without_a_word(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, went = built
    assert (went.returncode, went.stdout, went.stderr) == (0, "", "")


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("images", "__pycache__"))
    for name in ("mkdocs.yml", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "docs" / "index.md").write_text("[nowhere](nowhere.md)\n")
    went = _build(tmp_path, tmp_path / "site")
    assert went.returncode == 1
    assert "'nowhere.md', but the target is not found" in went.stderr


def test_every_page_of_the_docs_is_a_page_of_the_site(site: Path) -> None:
    pages = {page.relative_to(DOCS).with_suffix(".html").as_posix() for page in DOCS.rglob("*.md")}
    made = {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    assert made - {"404.html"} == pages | {"changes.html", "contributing.html"}


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert [address for address in _Read(page).fetched if "//" in address] == [], page.name


def test_no_page_names_where_it_was_built(site: Path) -> None:
    assert [page.name for page in site.rglob("*.html") if str(ROOT) in page.read_text(encoding="utf-8")] == []


def test_the_site_wears_the_colours_of_the_pages_and_the_reports(site: Path) -> None:
    style = (site / "assets" / "fiador.css").read_text(encoding="utf-8")
    colours = {getattr(palette, each.name) for palette in (LIGHT, DARK) for each in fields(palette)}
    assert {colour for colour in colours if colour not in style} == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_of_the_site_is_made_of_the_parts_that_the_repository_shows(page: Path, site: Path) -> None:
    """Headings, list items, code blocks, table rows: as many by CommonMark, which GitHub follows, as by the site."""
    shown = _Read(site / page.relative_to(DOCS).with_suffix(".html")).parts
    there = MarkdownIt("commonmark").enable("table").render(page.read_text(encoding="utf-8"))
    assert shown == Counter(part for part in _Read(there).every if part in PARTS)


def test_an_anchor_is_the_one_that_the_repository_has(website: ModuleType) -> None:
    assert website.anchor("GET /v1/explore/applications/{key}", "-") == "get-v1exploreapplicationskey"


def test_the_examples_in_its_docstrings_run(website: ModuleType) -> None:
    assert doctest.testmod(website).failed == 0


def test_a_link_in_code_is_left_alone(website: ModuleType) -> None:
    page = "[a](../CHANGELOG.md)\n```text\n[a](../CHANGELOG.md)\n```\n[a](../CHANGELOG.md)\n"
    assert website.with_site_links(page, "docs/index.md").count("(changes.md)") == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_search_finds_a_page_where_the_site_is_opened_from_the_disk(site: Path, scheme: str, browser: Browser) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page = browser.new_page(color_scheme=scheme)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.locator(".md-search__input").press_sequentially("cut-off")  # the page looks at the field when a key comes up
    page.wait_for_selector(".md-search-result__item a[href*='costs-and-cut-off']", state="attached", timeout=120_000)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    assert complaints == []
    assert {address.partition(":")[0] for address in asked} <= {"file", "data"}
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 31, 39)"}[scheme]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "tutorial", "reference/portfolio"])
def test_a_page_of_the_site_has_no_serious_fault_of_accessibility(
    site: Path, name: str, scheme: str, browser: Browser
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=scheme)
    page.goto((site / f"{name}.html").as_uri())
    found = Axe().run(page).response["violations"]
    page.close()
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]][:3]) for fault in serious] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium")
    if binary is None:
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=QUIET)
        yield chromium
        chromium.close()


class _Read(HTMLParser):
    """What a piece of HTML is made of: `every` tag, `parts` of its article by kind, addresses `fetched` with it."""

    def __init__(self, html: Path | str) -> None:
        super().__init__()
        self.every: list[str] = []
        self.parts: Counter[str] = Counter()
        self.fetched: list[str] = []
        self._inside = False
        self.feed(html.read_text(encoding="utf-8") if isinstance(html, Path) else html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.every.append(tag)
        self._inside = self._inside or tag == "article"
        if self._inside and tag in PARTS:
            self.parts[tag] += 1
        address = told.get("href") if tag == "link" else told.get("src")
        if address:
            self.fetched.append(address)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "article"
