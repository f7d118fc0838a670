"""Does the report on raw tables say what was found, in every language, with no key and no word taken as code?"""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from fiador.portfolio import parse_document
from fiador.reports.data_findings import finding_said
from fiador.reports.data_report import data_report
from fiador.reports.voice import Voice
from fiador.use_cases.checking import check
from fiador.use_cases.data_report import exhibit
from fiador.words import LANGUAGES, say

CODES = [language.code for language in LANGUAGES]
EVIL = "<script>alert(1)</script>"
LOANS = "loan_id,person_id,amount,purpose,defaulted\n"


def reported(portfolio, schema, engine, language: str = "en", source: str = "dumps") -> str:
    report = check(portfolio, schema, engine, source=source)
    found = exhibit(portfolio, schema, engine, report)
    return data_report(portfolio, report, found, language=language, made_on="2026-11-21", version="0.0.0")


class Words(HTMLParser):
    """Every text of a page, and every element."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.targets.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags[-1:] != ["style"]:
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def tiny_tables(tiny, load, request):
    return load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")


@pytest.fixture(scope="module")
def alura_tables(alura, alura_dumps, load):
    return load(alura, alura_dumps)


@pytest.mark.parametrize("language", CODES)
def test_every_section_is_there_in_every_language(tiny, tiny_tables, language):
    words = Words(reported(tiny, *tiny_tables, language))
    sections = (
        "accounting",
        "ranking",
        "absence",
        "extremes",
        "associations",
        "damage",
        "children",
        "variables",
        "findings",
    )
    for section in sections:
        assert say(f"data.{section}", language) in words.texts
    assert say("data.first", language) in words.texts
    assert tiny.features["amount"].says[language].capitalize() in words.texts
    others = {say(f"data.{s}", other) for s in sections for other in CODES if other != language}
    own = {say(f"data.{s}", language) for s in sections}
    assert not (others - own) & set(words.texts)


@pytest.mark.parametrize("language", CODES)
def test_the_real_dumps_figures_are_written_as_the_language_writes_them(alura, alura_tables, language):
    written = reported(alura, *alura_tables, language)
    read, share = {"en": ("34,485", "21.8%"), "fr": ("34\u202f485", "21,8\xa0%"), "pt-BR": ("34.485", "21,8%")}[
        language
    ]
    assert read in written
    assert share in written
    assert len(written) < 1_000_000


def test_no_key_of_anybody_is_in_the_file(alura, alura_tables):
    schema, engine = alura_tables
    written = reported(alura, schema, engine)
    for table, key in (("emprestimos", "loan_id"), ("dados_mutuarios", "person_id"), ("historicos_banco", "cb_id")):
        keys = engine.query(f"SELECT {key} AS k FROM {table} WHERE {key} <> ''").column("k").to_pylist()
        found = set(re.findall(r"[A-Za-z0-9\-]+", written)) & set(keys)
        assert not found, table


def test_every_link_points_somewhere_in_the_file(alura, alura_tables):
    words = Words(reported(alura, *alura_tables))
    assert len(set(words.ids)) == len(words.ids)
    assert {target.removeprefix("#") for target in words.targets} <= set(words.ids)


@pytest.mark.parametrize("language", CODES)
def test_a_level_and_a_column_named_as_code_are_read_as_words(tmp_path, tiny_document, load, language):
    document = copy.deepcopy(tiny_document)
    del document["tables"]["loans"]["columns"]
    del document["tables"]["loans"]["expect"]["purpose"]
    document["portfolio"]["title"] = EVIL
    loans = "".join(f"l{n},{'ab'[n % 2]},{n + 1},{EVIL},{n % 2},{n % 4}\n" for n in range(20))
    (tmp_path / "loans.csv").write_text(f"loan_id,person_id,amount,purpose,defaulted,{EVIL}\n{loans}")
    (tmp_path / "people.csv").write_text("person_id,age,income,gender\na,40,10,f\nb,41,20,m\n")
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\n1,1,1,1\n")
    portfolio = parse_document(document)
    words = Words(reported(portfolio, *load(portfolio, tmp_path), language))
    assert "script" not in words.tags
    assert f"loans.{EVIL}" in words.texts
    assert EVIL in words.texts


@pytest.mark.parametrize("language", CODES)
def test_where_a_key_is_refused_the_findings_are_shown_and_nothing_else(tmp_path, tiny, load, language):
    (tmp_path / "loans.csv").write_text(f"{LOANS}1,a,5,car,0\n1,b,6,car,1\n")
    (tmp_path / "people.csv").write_text("person_id,age,income,gender\na,40,10,f\nb,41,20,m\n")
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\n1,1,1,1\n")
    words = Words(reported(tiny, *load(tiny, tmp_path), language))
    assert say("data.finding.duplicate_key", language) in words.texts
    assert say("data.accounting.refused", language) in words.texts
    assert say("data.variables", language) not in words.texts
    assert "svg" not in words.tags


def test_tables_without_a_class_have_empty_pictures_and_a_refusal(tmp_path, tiny, load):
    (tmp_path / "loans.csv").write_text(f"{LOANS}1,a,5,car,0\n2,b,6,home,0\n")
    (tmp_path / "people.csv").write_text("person_id,age,income,gender\na,40,10,f\nb,41,20,m\n")
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\n1,1,1,1\n")
    words = Words(reported(tiny, *load(tiny, tmp_path)))
    assert say("data.finding.target", "en", good=0, bad=1) in words.texts
    assert "svg" in words.tags


def test_a_password_in_the_source_is_not_shown(tiny, tiny_tables):
    written = reported(tiny, *tiny_tables, source="mysql://ana:hunter2@bank/loans")
    assert "hunter2" not in written
    assert "mysql://ana@bank/loans" in written


@pytest.mark.parametrize("language", CODES)
def test_every_finding_of_the_real_dumps_has_words(alura, alura_tables, language):
    report = check(alura, *alura_tables)
    voice = Voice(alura, language)
    said = {f.kind: finding_said(f, voice) for f in report.findings}
    assert {"missing", "blank_key", "breach", "inconsistent", "duplicates"} <= set(said)
    assert all(words and "{" not in words for words in said.values())


def test_shares_too_small_to_write_are_not_called_nothing(tiny):
    voice = Voice(tiny, "en")
    assert (voice.share(0.00001), voice.share(0.0), voice.share(0.0007), voice.share(None)) == (
        "< 0.1%",
        "0.0%",
        "0.1%",
        "–",
    )


def test_every_number_below_zero_has_the_sign_of_printers(tiny):
    voice = Voice(tiny, "en")
    assert (voice.decimals(-0.34, 2), voice.figure(-0.05), voice.short(-20000), voice.percents(-0.1)) == (
        "−0.34",
        "−0.05",
        "−20K",
        "−10%",
    )


def test_numbers_keep_three_of_their_digits(tiny):
    voice = Voice(tiny, "pt-BR")
    assert [voice.figure(v) for v in (0.0123456, 0.5, 12345.678, 0)] == ["0,0123", "0,5", "12.345,68", "0"]
    assert voice.short(30_000) == "30\xa0mil"


def test_dates_and_truths_are_told_as_such(tmp_path, tiny_document, load):
    import pyarrow as pa
    import pyarrow.parquet as pq

    document = copy.deepcopy(tiny_document)
    document["tables"]["loans"]["columns"] |= {
        "opened": "date",
        "seen": "timestamp",
        "online": "boolean",
        "big": "integer",
    }
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=9 * n) for n in range(40)]
    loans = {
        "loan_id": [f"l{n}" for n in range(40)], "person_id": ["a", "b"] * 20, "amount": range(1, 41),
        "purpose": ["car", "home"] * 20, "defaulted": [0, 1, 1, 0] * 10, "opened": [day.date() for day in days],
        "seen": days, "online": [True, False, None, True] * 10, "big": [2**60 + n for n in range(40)],
    }  # fmt: skip
    pq.write_table(pa.table(loans), tmp_path / "loans.parquet")
    (tmp_path / "people.csv").write_text("person_id,age,income,gender\na,40,10,f\nb,41,20,m\n")
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\nl1,1,1,1\n")
    portfolio = parse_document(document)
    words = Words(reported(portfolio, *load(portfolio, tmp_path), "fr"))
    assert "1 janv. 2024 – 17 déc. 2024" in words.texts
    assert words.texts.count("1 janv. 2024 – 17 déc. 2024") == 2
    assert "true" in words.texts
