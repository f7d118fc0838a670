"""Is a place shown without what opens it?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.words.places import shown, without_password

NOT_IN_THE_REST = st.text(min_size=4).filter(
    lambda word: word not in "postgresql://ana@db.bank:5432/loans?schema=risk…"
)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("data/dumps", "data/dumps"),
        ("C:\\data", "C:\\data"),
        ("sqlite:////data/bank.db", "sqlite:////data/bank.db"),
        ("mysql://ana@db/loans", "mysql://ana@db/loans"),
        ("mysql://ana:pw@db:3306/loans?ssl_key=/k", "mysql://ana@db:3306/loans"),
        ("postgresql://ana:p%40w@db/loans?password=x&schema=risk", "postgresql://ana@db/loans?schema=risk"),
        ("postgresql:///loans?secret=bank&sslkey=k", "postgresql:///loans?secret=bank"),
        ("postgresql://ana:p/w@db/loans", "postgresql://…"),
        ("postgresql://ana:1/w@db/loans", "postgresql://…"),
        ("postgresql://ana:1#w@db/loans", "postgresql://…"),
        ("postgresql://ana:1?w@db/loans", "postgresql://…"),
        ("postgresql://ana:p@[w@db/loans", "postgresql://…"),
    ],
)
def test_a_location_is_shown_without_its_password(location: str, said: str) -> None:
    assert shown(location) == said


@given(NOT_IN_THE_REST)
def test_no_password_is_shown_whatever_its_characters(password: str) -> None:
    assert password not in shown(f"postgresql://ana:{password}@db.bank:5432/loans?schema=risk")


def test_a_document_keeps_its_source_without_the_password() -> None:
    document = {"portfolio": {"name": "p", "source": "mysql://ana:pw@db/loans"}, "tables": {}}
    assert without_password(document) == {"portfolio": {"name": "p", "source": "mysql://ana@db/loans"}, "tables": {}}
    assert without_password({"portfolio": {"name": "p"}}) == {"portfolio": {"name": "p"}}


@pytest.mark.parametrize(
    "location",
    [
        "mysql:/ana:hunter2@127.0.0.1:3306/test", "mysql:ana:hunter2@127.0.0.1/test", "mysql//ana:hunter2@db/test",
        " mysql://ana:hunter2@db/test", "host=db user=ana password=hunter2", "Server=db;Uid=ana;Pwd=hunter2;",
        "jdbc:mysql://db/test?user=ana&password=hunter2", "mysql://ana%3Ahunter2@db/test",
    ],
)  # fmt: skip
def test_an_address_written_clumsily_shows_no_password_either(location):
    assert "hunter2" not in shown(location)
    assert "hunter2" not in str(without_password({"portfolio": {"source": location}}))


@pytest.mark.parametrize("location", ["data/dumps", "C:/bank/dumps", "../shared/data", "sqlite:///bank.db"])
def test_a_path_is_shown_as_it_is(location):
    assert shown(location) == location
