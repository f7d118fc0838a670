"""How do these pages become a website? mkdocs calls the functions `on_…` while it builds; mkdocs.yml names this file.

The pages are written for a reader of the repository. So links keep GitHub's anchors, links that leave docs/ are led to
where the site has the page, or become plain text, and the colours are those of fiador.look.
"""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from fiador.look import FONT, MARK, variables

ROOT = Path(__file__).parents[1]
ASSETS = Path(__file__).with_name("website")
OF_THE_ROOT = {"CHANGELOG.md": "changes.md", "CONTRIBUTING.md": "contributing.md", "README.md": "index.md"}
_NOTICE = re.compile(r"\A<!--.*?-->\s*", re.DOTALL)  # before its heading, a page would be named after its file
_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")


def on_startup(*, command: str, dirty: bool) -> None:
    """Say warnings alone. mkdocs' own --quiet silences them too, and then a strict build lets them pass."""
    if command == "build":
        logging.getLogger("mkdocs").setLevel(logging.WARNING)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Anchors as GitHub makes them; a folder in the navigation stands for its pages, in the home page's order."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = anchor
    config.nav = _unfolded(config.nav or [], Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is no page of docs/: the style, the mark, search from the disk, and two pages of the root."""
    added = {
        "assets/fiador.css": style(),
        "assets/mark.svg": MARK.read_text(encoding="utf-8"),
        "assets/iframe-worker.js": (ASSETS / "iframe-worker.js").read_text(encoding="utf-8"),
        **{name: (ROOT / file).read_text("utf-8") for file, name in OF_THE_ROOT.items() if name != "index.md"},
    }
    for name, content in added.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page's text with its links as the site has them."""
    stands_at = {name: file for file, name in OF_THE_ROOT.items() if name != "index.md"}
    source = stands_at.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    return with_site_links(_NOTICE.sub("", markdown), source)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """The page as written, the theme's search given the name that a screen reader says."""
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')


def style() -> str:
    """The style sheet: the two palettes of fiador.look as variables, then the rules that use them."""
    rules = (ASSETS / "fiador.css").read_text(encoding="utf-8")
    return f":root {{ {variables()}--md-text-font: {FONT}; }}\n{rules}"


def anchor(heading: str, separator: str) -> str:
    """A heading's anchor, as GitHub makes it.

    >>> anchor("1. Check – and `join`", "-")
    '1-check--and-join'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", separator)


def with_site_links(markdown: str, source: str) -> str:
    """Links of a page that stands at `source` in the repository, led to the site's pages; code is left alone.

    >>> with_site_links("[Changes](../CHANGELOG.md), [file](../x.toml), [how](how-to/a.md#b)", "docs/index.md")
    '[Changes](changes.md), file, [how](how-to/a.md#b)'
    >>> with_site_links("[how](docs/how-to/a.md)", "CONTRIBUTING.md")
    '[how](how-to/a.md)'
    """
    parts, at = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [_relinked(markdown[at : fence.start()], source), fence.group()]
        at = fence.end()
    return "".join([*parts, _relinked(markdown[at:], source)])


def _relinked(markdown: str, source: str) -> str:
    here = posixpath.dirname(source)
    on_site = posixpath.dirname(source.removeprefix("docs/")) if source.startswith("docs/") else ""

    def led(link: re.Match[str]) -> str:
        picture, text, target, part = link.groups()
        file = posixpath.normpath(posixpath.join(here, target))
        if file in OF_THE_ROOT:
            place = OF_THE_ROOT[file]
        elif file.startswith("docs/"):
            place = file.removeprefix("docs/")
        else:
            return text
        return f"{picture}[{text}]({posixpath.relpath(place, on_site or '.')}{part or ''})"

    return _LINK.sub(led, markdown)


def _unfolded(nav: list[Any], docs: Path) -> list[Any]:
    return [
        {title: _pages(place, docs) if isinstance(place, str) and place.endswith("/") else place}
        for entry in nav
        for title, place in entry.items()
    ]


def _pages(folder: str, docs: Path) -> list[dict[str, str]]:
    """{title in the menu: page} of a folder, in the order in which the home page names them."""
    home = (docs / "index.md").read_text(encoding="utf-8")
    named = {
        page: home.find(f"]({page})") for page in (f"{folder}{path.name}" for path in (docs / folder).glob("*.md"))
    }
    return [
        {menu_title((docs / page).read_text("utf-8")): page} for page in sorted(named, key=lambda p: _last(named, p))
    ]


def _last(named: dict[str, int], page: str) -> tuple[bool, int, str]:
    return named[page] < 0, named[page], page


def menu_title(markdown: str) -> str:
    """A page's heading as its line in the menu.

    >>> menu_title("# How to read the `check`\\n\\nIt counts.")
    'Read the check'
    """
    heading = re.search(r"^# (?:How to )?(.+)$", markdown, re.MULTILINE)
    title = heading.group(1).replace("`", "") if heading else ""
    return title[:1].upper() + title[1:]
