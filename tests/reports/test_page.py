"""Does a page need nothing beside it, and read every datum as words?"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markupsafe import Markup

from fiador.reports import page

EVIL = "</style><script>alert(1)</script>"


class Tags(HTMLParser):
    """Every element, and whether each is closed by its own end."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def written() -> str:
    body = page.joined(
        page.table([EVIL], [[EVIL]], caption=EVIL),
        page.note(EVIL),
        page.strip([page.Fact(EVIL, EVIL, EVIL)]),
        page.card(EVIL, EVIL, badges=[page.badge(EVIL)], aside=EVIL),
        page.bullets([EVIL]),
        page.details(EVIL, EVIL),
        page.figure(Markup("<svg></svg>"), EVIL, note=EVIL, tight=Markup("<svg></svg>")),
    )
    return page.document(EVIL, "pt-BR", [page.Section("a", EVIL, body, EVIL)], subtitle=EVIL, contents=EVIL, foot=EVIL)


def test_a_datum_is_never_an_element() -> None:
    tags = Tags(written())
    assert "script" not in tags.found
    assert tags.open == []
    assert tags.found.count("style") == 1


def test_a_page_asks_the_network_for_nothing() -> None:
    document = written()
    assert 'lang="pt-BR"' in document
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", document)
    assert not re.findall(r"url\((?!\"data:)", document)
    assert "@import" not in document
    assert "@font-face" not in document


def test_a_table_without_rows_says_so() -> None:
    assert "no pairs" in page.table(["a", "b"], [], empty="no pairs")
