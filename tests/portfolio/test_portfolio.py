"""Is a portfolio file read as declared, and is every mistake answered with its path and the nearest known word?"""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path

import pytest

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.portfolio import merge, parse_document

PORTFOLIOS = Path(__file__).parents[2] / "portfolios"


def changed(document: dict, path: str, value: object) -> dict:
    """A copy of a document with one dotted key set; None removes it."""
    result = copy.deepcopy(document)
    *above, last = path.split(".")
    at = result
    for part in above:
        at = at.setdefault(part, {})
    if value is None:
        del at[last]
    else:
        at[last] = value
    return result


@pytest.mark.parametrize("file", sorted(PORTFOLIOS.glob("*/*.toml")), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_portfolio_we_ship_is_valid_and_compiles(file):
    portfolio = load_portfolio(file)
    assert compile_sql(portfolio, declared_schema(portfolio)).features


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("format", 2, "format is 2; this version reads format 1"),
        ("portfolio.naem", "x", r"tiny: portfolio.naem: unknown key 'naem'. Did you mean 'name'"),
        ("portfolio.currency", "euro", "tiny: portfolio.currency"),
        ("portfolio.rows", "loan", "no table 'loan'. Did you mean 'loans'"),
        ("target.column", None, "tiny: target: 'column' is missing"),
        ("tables.people.one.of", "loan", "tiny: tables.people: no table 'loan'. Did you mean 'loans'"),
        ("tables.people.expext", {}, "unknown key 'expext'. Did you mean 'expect'"),
        ("tables.people.columns.age", "int", "tables.people.columns.age"),
        ("tables.people.expect.age", {"min": 5, "max": 1}, "min 5 is above max 1"),
        ("tables.people.expect.age", {"breach": "null"}, "expects nothing"),
        ("tables.people.expect.age", {"min": 1, "breach": "drop"}, "tables.people.expect.age.breach"),
        ("tables.people.one", None, "tables.people: hangs under no table"),
        ("tables.loans.one", {"of": "people", "on": "person_id"}, "the base table hangs under no other"),
        ("tables.people.one.of", "people", "the links go round: people -> people"),
        ("features.burden.row", "amount / incom", None),
        ("features.burden.rwo", "1", "unknown key 'rwo'. Did you mean 'row'"),
        ("features.burden.row", "(select 1)", "tiny: features.burden.row: a sub-select is not permitted"),
        ("features.burden.row", "amount; 1", "';' is not permitted"),
        ("features.burden.row", "amount -- no", "a comment is not permitted"),
        ("features.burden.row", "system('x')", "unknown function 'system'"),
        ("features.burden.says", {"en": "x", "fr": "y"}, "no words for pt-BR"),
        ("features.burden.says", {"en": "x", "fr": "y", "pt-BR": "z", "de": "w"}, "unknown language 'de'"),
        ("features.burden.risk", "upwards", "features.burden.risk"),
        ("features.payments.measure", "median", "features.payments.measure"),
        (
            "features.payments.of",
            "people",
            "'people' is not a `many` table. Did you mean|'people' is not a `many` table. Known: payments",
        ),
        ("costs.bad_approved", None, "takes either exposure, lgd and margin, or bad_approved and good_declined"),
        ("costs.review", 10.0, "review and reviewer"),
        ("costs.good_declined", -1, "costs.good_declined"),
        ("policy.protected", ["gendre"], "no feature or column 'gendre'. Did you mean 'gender'"),
        ("policy.rules.under_age.outcome", "approve", "policy.rules.under_age.outcome"),
        ("consistency.loan_is_affordable.breach", "null", "consistency.loan_is_affordable.breach"),
        ("tables.people.known", "age > 0", "`known` is for a `many` table"),
        (
            "tables.payments.expect",
            {"paid": {"min": 0, "breach": "refuse"}},
            "a row of many can't refer, refuse or drop",
        ),
        ("portfolio.timezone", "Mars/Base", "no time zone 'Mars/Base'"),
        ("polcy", {}, "unknown key 'polcy'. Did you mean 'policy'"),
        ("training.aim", "accuracy", "training.aim"),
        ("features", {}, "no feature is declared"),
        (
            "features.Person_ID",
            {"row": "amount * 2", "says": {"en": "x", "fr": "x", "pt-BR": "x"}},
            "tiny: features.Person_ID: 'Person_ID' is a column that links tables. Give the feature another name",
        ),
        (
            "features.loan_id",
            {"row": "amount + 1", "says": {"en": "x", "fr": "x", "pt-BR": "x"}},
            "tiny: features.loan_id: 'loan_id' is a column that links tables",
        ),
        (
            "features.key",
            {"row": "amount * 2", "says": {"en": "x", "fr": "x", "pt-BR": "x"}},
            "tiny: features.key: 'key' is a column of fiador's own",
        ),
    ],
)
def test_a_mistake_is_answered_with_its_path_and_the_nearest_word(tiny_document, path, value, words):
    document = changed(tiny_document, path, value)
    if words is None:  # a column is only known to be wrong once the tables are
        portfolio = parse_document(document)
        with pytest.raises(PortfolioError, match=r"tiny: features.burden: no column 'incom'. Did you mean 'income'"):
            compile_sql(portfolio, declared_schema(portfolio))
        return
    with pytest.raises(PortfolioError, match=words):
        parse_document(document)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("features.burden.row", "defaulted", "is the target: it looks past the decision"),
        ("features.burden.row", "people.agee", "no column 'agee' in people. Did you mean 'age'"),
        ("features.burden.row", "peple.age", "no table 'peple' on the row. Did you mean 'people'"),
        (
            "features.burden.row",
            "person_id",
            "'person_id' is in loans and people. Write loans.person_id or people.person_id",
        ),
        ("features.burden.row", "payments.paid", "no table 'payments' on the row"),
        ("features.burden.row", "burden_per_year_of_age", "features use each other in a circle"),
        ("features.burden.row", "amount > 'x'", "compares number with text"),
        ("features.mean_paid.of", "payments", "'mean' needs a column"),
        ("features.payments.of", "payments.paid", "'rows' takes no column"),
        ("features.mean_paid.of", "payments.payd", "no column 'payd' in payments. Did you mean 'paid'"),
        ("features.short_payments.where", "amount > 1", "no column 'amount' in payments"),
        ("tables.people.expect.agee", {"min": 0}, "tables.people.expect: no column 'agee' in people"),
        ("tables.people.clean", {"age": "nullif(agee, 0)"}, "tables.people.clean.age: no column 'agee'"),
        ("tables.loans.where", "defaulted = 0", "is the target"),
        ("policy.rules.under_age.when", "age + 1", "is a number, not a condition"),
        ("consistency.loan_is_affordable.holds", "amount <= 10 * incom", "no column 'incom'"),
    ],
)
def test_a_name_that_points_nowhere_is_refused_when_compiled(tiny_document, path, value, words):
    portfolio = parse_document(changed(tiny_document, path, value))
    with pytest.raises(PortfolioError, match=words):
        compile_sql(portfolio, declared_schema(portfolio))


def test_an_overlay_replaces_adds_and_removes_key_by_key():
    base = {"a": {"x": 1, "y": [1, 2], "z": {"k": 1}}, "b": True}
    overlay = {"a": {"y": [3], "z": {"l": 2}, "x": False}, "b": False}
    assert merge(base, overlay) == {"a": {"y": [3], "z": {"k": 1, "l": 2}}, "b": False}
    assert base == {"a": {"x": 1, "y": [1, 2], "z": {"k": 1}}, "b": True}


def test_the_strict_overlay_keeps_everything_its_base_declares_but_the_rows():
    base = load_portfolio(PORTFOLIOS / "alura_cash")
    strict = load_portfolio(PORTFOLIOS / "alura_cash" / "strict_rows.toml")
    assert strict.features == base.features
    assert strict.costs == base.costs
    assert strict.tables["emprestimos"].expect["loan_intent"].development == "drop"


def test_overlays_that_extend_each_other_are_refused(tmp_path):
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n')
    with pytest.raises(PortfolioError, match=r"overlays extend each other in a circle: a.toml -> b.toml -> a.toml"):
        load_portfolio(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"format = ", "is not valid TOML"), ("nome = 'Andr\xe9'".encode("latin-1"), "is not UTF-8")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, words):
    (tmp_path / "portfolio.toml").write_bytes(content)
    with pytest.raises(PortfolioError, match=words):
        load_portfolio(tmp_path)


def test_a_portfolio_that_is_not_there_names_the_nearest_file():
    with pytest.raises(PortfolioError, match=r"no portfolio at .*strict_row.toml'. Did you mean 'strict_rows.toml'"):
        load_portfolio(PORTFOLIOS / "alura_cash" / "strict_row.toml")


def test_a_level_without_words_in_a_language_is_refused(tmp_path):
    for file in (PORTFOLIOS / "alura_cash").rglob("*.toml"):
        target = tmp_path / file.relative_to(PORTFOLIOS / "alura_cash")
        target.parent.mkdir(exist_ok=True)
        target.write_text(file.read_text().replace('Rent = "alugada"\n', ""))
    with pytest.raises(
        PortfolioError, match=r"texts/pt-BR.toml: levels.person_home_ownership: no words for level 'Rent'"
    ):
        load_portfolio(tmp_path)


def test_portfolio_files_hold_nothing_but_what_is_declared():
    document = tomllib.loads((PORTFOLIOS / "tiny" / "portfolio.toml").read_text())
    assert set(document) == {"format", "portfolio", "target", "tables", "consistency", "features", "costs", "policy"}
