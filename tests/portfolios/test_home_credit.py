"""Is the home_credit portfolio as rich, as worded and as safe as it says?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fiador.adapters.disk.portfolios import load_portfolio, read_document
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.features.statements import Statements
from fiador.portfolio import Portfolio, SynthesisedFeature, parse_document
from fiador.use_cases.model_card import named_by
from fiador.words import LANGUAGES

FOLDER = Path(__file__).parents[2] / "portfolios" / "home_credit"


@pytest.fixture(scope="module")
def home_credit() -> Portfolio:
    return load_portfolio(FOLDER)


def test_it_has_at_least_fifteen_hundred_features_of_five_tables(home_credit):
    features = [f for f in home_credit.features.values() if isinstance(f, SynthesisedFeature)]
    assert len(features) >= 1500
    assert {f.table for f in features} == {"bureau", "previous", "pos", "card", "instalments"}


def test_it_has_fewer_than_three_thousand_features_and_every_column_of_the_application_but_its_key(home_credit):
    assert len(home_credit.features) < 3000
    columns = home_credit.tables["application"].columns
    assert len(columns) == 122
    columns_read = {ref.column for f in home_credit.features.values() if f.row for ref in f.row.refs}
    assert set(columns) - set(home_credit.features) - columns_read == {"SK_ID_CURR", "TARGET"}


def test_a_source_without_test_applications_has_an_overlay(home_credit):
    train_only = load_portfolio(FOLDER / "train_only.toml")
    assert train_only.tables["application"].source_names == ("application_train",)
    assert list(train_only.features) == list(home_credit.features)


@pytest.mark.parametrize(
    ("table", "subsets", "months"),
    [
        ("bureau", {"active", "closed", "card", "consumer", "late"}, {3, 12, 24, 36}),
        ("previous", {"approved", "refused", "cash", "consumer", "revolving"}, {3, 12, 24, 36}),
        ("pos", {"active", "late"}, {3, 12, 24, 36}),
        ("card", {"drawn", "late"}, {3, 12, 24, 36}),
        ("instalments", {"late", "short"}, {3, 12, 24, 36}),
    ],
)
def test_each_history_is_measured_over_subsets_windows_and_its_last_rows(home_credit, table, subsets, months):
    features = [f for f in home_credit.features.values() if isinstance(f, SynthesisedFeature) and f.table == table]
    month = 1 if home_credit.tables[table].unit == "months" else 365.25 / 12
    assert {f.subset for f in features} == {"", *subsets}
    assert {round(f.within / month) for f in features if f.within} == months
    assert {"rows", "share", "since", "mean", "max", "last", "last3_mean"} <= {f.measure for f in features}


def test_tables_of_two_parents_are_measured_by_loan_and_straight_by_applicant(home_credit):
    carried = {f.table for f in home_credit.carried["previous"].values()}
    assert carried == {"pos", "card", "instalments"}
    assert {f.table for f in home_credit.carried["bureau"].values()} == {"bureau_balance"}
    assert all(f"{table}__rows" in home_credit.features for table in carried)


def test_markers_of_none_are_null_before_anything_reads_them(home_credit):
    cleaned = {str(sql) for table in home_credit.tables.values() for sql in table.clean.values()}
    assert sum("365243" in sql for sql in cleaned) == 6
    assert sum("XNA" in sql for sql in cleaned) == 2


def test_names_are_at_most_sixty_ascii_bytes_and_unique_whatever_the_case(home_credit):
    names = list(home_credit.features)
    assert max(len(name) for name in names) <= 60
    assert all(name.isascii() for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_every_feature_has_words_in_every_language_and_none_is_said_like_another(home_credit):
    for language in LANGUAGES:
        words = [f.says[language.code] for f in home_credit.features.values() if isinstance(f, SynthesisedFeature)]
        assert all(words)
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_a_missing_word_fails_and_names_its_file(language):
    document = read_document(FOLDER)
    del document["texts"][language]["columns"]["card"]["utilisation"]
    words = f"texts/{language}.toml: columns.card: no words for 'utilisation'"
    with pytest.raises(PortfolioError, match=words):
        parse_document(document)


def test_neither_the_target_nor_a_protected_attribute_reaches_what_a_model_may_read(home_credit):
    query = compile_sql(home_credit, declared_schema(home_credit))
    assert '"TARGET"' not in query.sql
    assert query.touching(home_credit.policy.protected) == {"CODE_GENDER"}


def test_a_bundle_of_a_few_features_reads_only_their_tables(home_credit):
    plan = compile_sql(home_credit, declared_schema(home_credit), ["card__utilisation__mean", "age"])
    (card,) = Statements(plan).tallies
    assert card.rows.table == "card"
    assert '"instalments' not in card.rows.sql


def test_rows_under_rows_are_asked_for_the_number_that_says_which_is_whose(home_credit):
    names = {table.name: named_by(home_credit, table) for table in home_credit.tables.values()}
    assert names == {
        "application": [],
        "bureau": ["SK_ID_BUREAU"],
        "bureau_balance": ["SK_ID_BUREAU"],
        "previous": ["SK_ID_PREV"],
        "pos": ["SK_ID_PREV"],
        "card": ["SK_ID_PREV"],
        "instalments": ["SK_ID_PREV"],
    }


@pytest.mark.parametrize(("language", "since"), [("en", "days since"), ("fr", "jours depuis"), ("pt-BR", "dias desde")])
def test_what_is_negative_before_today_is_not_said_as_days_since(home_credit, language, since):
    times = [(name, column) for name, table in home_credit.tables.items() for column in table.columns]
    words = {column: home_credit.column_says(name, column, language) for name, column in times if "DAYS_" in column}
    assert len(words) > 10
    assert not [column for column, word in words.items() if word.startswith(since)]
