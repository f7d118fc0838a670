"""How long until a page of the dashboard stands in a browser, over 300,000 known applications?

Simulated Alura applications in Parquet, a bundle trained on 20,000 of them, service and dashboard as processes of their
own, and Chromium on the same machine. The clock runs from the navigation to the figure and the foot of the page; each
opening is a page of its own about another application. Beside it the processor time of the page's main thread, which
tells how much of the wait is the browser's own work, however busy the machine. `python -m benchmarks.dashboard_ready`
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time

import httpx
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.explore_speed import prepared
from fiador.cli.demo import served

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PAGES = {  # address: what stands there once the page is ready
    "look up": ("application={key}", ".f-dial"),
    "explore: distribution": ("view=explore&application={key}", ".st-key-card-spread figure"),
    "explore: two features": ("view=explore&section=pair&application={key}", ".f-heat-cells"),
    "explore: compare": ("view=explore&section=compare&application={key}", ".f-compare li"),
    "explore: all values": ("view=explore&section=values&application={key}", ".f-values"),
    "explore: dictionary": ("view=explore&section=dictionary", ".f-dictionary"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=300_000)
    parser.add_argument("--times", type=int, default=5)
    arguments = parser.parse_args()
    with (
        prepared(arguments.applications) as place,
        served(place / "bundle", place / "known", (8000, 8501)) as (service, dashboard),
    ):
        httpx.get(f"{service}/v1/explore/variables", timeout=300).raise_for_status()
        measure(service, dashboard, arguments.times)


def measure(service: str, dashboard: str, times: int) -> None:
    """The very first page, then each page: in a browser that never saw it, and in one that did."""
    listed = httpx.get(f"{service}/v1/applications", params={"limit": 300, "offset": 1000}).json()["applications"]
    keys = iter([each["key"] for each in listed])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        print(f"{'the first page ever':<24} {_new(browser, dashboard, 'look up', next(keys))[0]:.2f} s")
        for name in PAGES:
            new = [_new(browser, dashboard, name, next(keys)) for _ in range(times)]
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            _open(context, dashboard, name, next(keys))
            again = [_open(context, dashboard, name, next(keys)) for _ in range(times)]
            context.close()
            print(f"{name:<24} new browser {_summary(new)}   again {_summary(again)}")
        browser.close()


def _new(browser: Browser, dashboard: str, name: str, key: str) -> tuple[float, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opening = _open(context, dashboard, name, key)
    context.close()
    return opening


def _open(context: BrowserContext, dashboard: str, name: str, key: str) -> tuple[float, float]:
    """Seconds from the navigation until the page is ready, and those its main thread worked."""
    address, complete = PAGES[name]
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    start = time.perf_counter()
    page.goto(f"{dashboard}/?language=en&{address.format(key=key)}", wait_until="commit")
    page.wait_for_selector(complete)
    page.wait_for_selector(".f-foot")
    seconds = time.perf_counter() - start
    metrics = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
    page.close()
    return seconds, metrics["TaskDuration"]


def _summary(openings: list[tuple[float, float]]) -> str:
    seconds, busy_times = zip(*openings, strict=True)
    p50, most, busy = statistics.median(seconds), max(seconds), statistics.median(busy_times)
    return f"p50 {p50:.2f} s, max {most:.2f} s (main thread {busy:.2f} s)"


if __name__ == "__main__":
    main()
