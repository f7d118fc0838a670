"""Does a person with a browser and no internet see a decision, in three languages, and the service's documentation?"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from fiador.dashboard import command, environment
from fiador.service.app import create_app
from fiador.use_cases import applications, scoring
from fiador.words import LANGUAGES, percent, say

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE = 60  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).is_success:
                return
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def service(bundle, alura_engine) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(bundle, alura_engine[1]), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(f"http://127.0.0.1:{port}/health/ready")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(PATIENCE)


@pytest.fixture(scope="module")
def dashboard(service) -> Iterator[str]:
    port = free_port()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command(service, port), env=environment(service), stdout=quiet, stderr=quiet)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page that remembers what its console complained of, and which other machines it asked."""
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened.complaints, opened.asked = [], set()
    opened.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.asked.add(urlsplit(request.url).hostname))
    yield opened
    opened.close()


def test_the_first_known_application_is_decided_on_the_page_in_every_language(page, dashboard, bundle, alura_engine):
    _, engine = alura_engine
    key = applications.list_applications(bundle, engine=engine, limit=1).keys[0]
    decision = scoring.score_one(bundle, key, engine=engine)
    for language in (language.code for language in LANGUAGES):
        page.goto(f"{dashboard}/?language={language}")
        page.get_by_text(key).first.click(timeout=PATIENCE * 1000)
        page.get_by_text(say(f"outcome.{decision.outcome}", language), exact=True).first.wait_for()
        reason = decision.to_json(language)["reasons"][0]
        card = page.locator(".f-reasons li").filter(has_text=reason["value_says"]).first
        card.get_by_text(say(f"page.{reason['direction']}", language)).wait_for()
    assert page.complaints == []
    assert page.asked <= {"127.0.0.1", None}


class Sight(NamedTuple):
    """One page as somebody sees it: its address, what tells that it is complete, the language, the width, the theme."""

    address: str
    complete: str
    language: str
    width: int = 1440
    scheme: str = "light"


LOOK_UP, NEW, EXPLORE = ("", ".f-dial"), ("view=new", ".stForm"), ("view=explore", ".st-key-card-spread figure")
PAIR, COMPARE = ("view=explore&section=pair", ".f-heat-cells"), ("view=explore&section=compare", ".f-compare li")
VALUES, DICTIONARY = ("view=explore&section=values", ".f-values"), ("view=explore&section=dictionary", ".f-dictionary")
SIGHTS = [
    *(Sight(*page, language.code) for page in (LOOK_UP, NEW, EXPLORE) for language in LANGUAGES),
    Sight(*LOOK_UP, "fr", 390, "dark"),
    Sight(*LOOK_UP, "en", 1440, "dark"),
    Sight(*NEW, "pt-BR", 390, "light"),
    Sight(*NEW, "fr", 390, "dark"),
    Sight(*EXPLORE, "fr", 390, "light"),
    Sight(*EXPLORE, "pt-BR", 1440, "dark"),
    Sight(*PAIR, "en", 390, "dark"),
    Sight(*PAIR, "fr", 1440, "light"),
    Sight(*COMPARE, "pt-BR", 390, "light"),
    Sight(*COMPARE, "fr", 1440, "dark"),
    Sight(*VALUES, "en", 390, "light"),
    Sight(*DICTIONARY, "pt-BR", 390, "dark"),
]


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda s: f"{s.address or 'look up'} {s.language} {s.width} {s.scheme}")
def test_a_page_is_whole_quiet_and_accessible(page, dashboard, client_key, sight):
    page.set_viewport_size({"width": sight.width, "height": 900})
    page.emulate_media(color_scheme=sight.scheme)
    page.goto(f"{dashboard}/?language={sight.language}&application={client_key}&{sight.address}")
    page.locator(sight.complete).first.wait_for(timeout=PATIENCE * 1000)
    page.locator(".f-foot").get_by_text(say("page.model", sight.language)).first.wait_for()
    assert serious_findings(page) == []
    assert page.complaints == []
    assert page.asked <= {"127.0.0.1", None}
    assert page.evaluate("document.documentElement.lang") == sight.language
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= sight.width


def serious_findings(page) -> list[str]:
    """What axe-core finds that keeps somebody from reading or using the page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html']}" for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]]


@pytest.fixture(scope="module")
def client_key(bundle, alura_engine) -> str:
    return applications.list_applications(bundle, engine=alura_engine[1], limit=1).keys[0]


def test_a_client_is_kept_from_view_to_view_and_told_as_the_service_counted(page, dashboard, service, client_key):
    from playwright.sync_api import expect

    page.goto(f"{dashboard}/?language=fr")
    page.get_by_text(client_key).first.click(timeout=PATIENCE * 1000)
    page.locator(".f-verdict").wait_for()
    page.get_by_text(say("explore.view", "fr"), exact=True).click()
    expect(page.get_by_label(say("explore.client", "fr"))).to_have_value(client_key, timeout=PATIENCE * 1000)
    asked = {"variable": "person_income", "key": client_key, "language": "fr"}
    told = httpx.get(f"{service}/v1/explore/histogram", params=asked).json()
    page.goto(f"{dashboard}/?language=fr&view=explore&application={client_key}&variable=person_income")
    page.locator(".f-lead").wait_for()
    lead = page.locator(".f-lead").inner_text()
    assert told["client"]["value_says"] in lead
    assert percent(told["client"]["share_below"], "fr", decimals=0) in lead
    assert page.locator(".f-chart").first.locator(".f-bin").count() == len(told["counts"]) + bool(told["missing"])
    assert page.complaints == []


def test_the_documentation_page_works_without_internet(page, service):
    page.goto(f"{service}/docs")
    page.get_by_text("/v1/decisions", exact=True).first.wait_for(timeout=PATIENCE * 1000)
    assert page.complaints == []
    assert page.asked <= {"127.0.0.1", None}


def test_a_post_from_the_documentation_page_with_its_example_is_answered(page, service):
    page.goto(f"{service}/docs")
    operation = page.locator(".opblock-post").first
    operation.locator(".opblock-summary-control").click(timeout=PATIENCE * 1000)
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/v1/decisions*") as answer:
        operation.get_by_role("button", name="Execute").click()
    assert answer.value.status == 200
    assert answer.value.json()["outcome"] in ("approve", "refer", "decline")
