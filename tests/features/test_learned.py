"""Are the rows a model speaks of the right ones, and is what it says measured as declared?"""

from __future__ import annotations

import copy
from pathlib import Path

import pyarrow as pa
import pytest
from tests.learned_loans import DOCUMENT, tables

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.adapters.engines import open_engine
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.measures.places import linked
from fiador.portfolio import LearnedFeature, parse
from fiador.use_cases.catalogue import catalogue
from fiador.use_cases.parts import RawTables, learned_columns, learned_row_list

PEOPLE = [("ana", 1.0, 0), ("bob", 2.0, 1), ("cid", 3.0, 0)]
LOANS = [
    ("ana", "a1", -400, 100.0, "late"), ("ana", "a2", -30, None, ""), ("ana", "a3", 5, 1.0, "late"),
    ("bob", "b1", -10, 60.0, "odd"), ("eve", "e1", -10, 60.0, "odd"),
]  # fmt: skip
MONTHS = [("a1", -2), ("a1", -1), ("a1", 0), ("b1", -4)]


def declared(**learned: object) -> dict:
    document = copy.deepcopy(DOCUMENT)
    document["learned"]["loans"] |= learned
    return document


def spoken_of(document: dict) -> tuple:
    """(the rows models speak of, the rows themselves as dictionaries)."""
    portfolio = parse(document)
    (rows,) = compile_sql(portfolio, declared_schema(portfolio)).learned
    raw = tables({"people": PEOPLE, "loans": LOANS, "months": MONTHS})
    return rows, learned_row_list(rows, RawTables(open_engine(), raw), in_order=True).to_pylist()


def test_a_model_speaks_of_the_rows_known_at_the_decision_whose_application_is_there() -> None:
    rows, listed = spoken_of(DOCUMENT)
    assert rows.inputs == {"amount": "number", "state": "level", "late_months": "number", "at": "number"}
    assert [tuple(each.values()) for each in listed] == [
        ("ana", -400.0, 100.0, "late", 2.0, -400.0), ("ana", -30.0, None, None, 0.0, -30.0),
        ("bob", -10.0, 60.0, "odd", 1.0, -10.0),
    ]  # fmt: skip


def test_where_and_within_leave_rows_out() -> None:
    assert [each["for:time"] for each in spoken_of(declared(where="state = 'late'"))[1]] == [-400.0]
    assert [each["for:time"] for each in spoken_of(declared(within=365))[1]] == [-30.0, -10.0]


def test_what_is_said_of_rows_is_measured_by_application() -> None:
    rows, _ = spoken_of(declared(measures=["mean", "min", "max", "first", "last", "recent"]))
    said = [("ana", -365.25, 0.5), ("ana", -365.25, 0.25), ("ana", -0.0, 0.75), ("bob", -10.0, 0.125)]
    given = pa.table(dict(zip(("key", "time", "learned"), map(pa.array, zip(*said, strict=True)), strict=True)))
    _, sql = rows.group_step
    by_statement = open_engine().query(sql, tables={rows.named: given})
    for measured in (by_statement, learned_columns(rows, given)):
        require_measured({row.pop("key"): [row[name] for name in rows.features] for row in measured.to_pylist()})


def require_measured(by_key: dict[str, list[float]]) -> None:
    # of the two rows a year before the decision the earlier and smaller is first; each of them weighs a half
    recent = (0.5 * 0.5 + 0.25 * 0.5 + 0.75) / 2
    assert by_key["ana"] == pytest.approx([0.5, 0.25, 0.75, 0.25, 0.75, recent])
    assert by_key["bob"] == pytest.approx([0.125] * 6)


def test_both_ways_of_measuring_join_them_and_nothing_said_is_null() -> None:
    portfolio = parse(DOCUMENT)
    schema, engine = declared_schema(portfolio), open_engine()
    raw = tables({"people": PEOPLE, "loans": LOANS, "months": MONTHS})
    query = compile_sql(portfolio, schema)
    (rows,) = query.learned
    said = pa.table({"key": ["ana", "ana"], "time": [-2.0, -1.0], "learned": [0.25, 0.75]})
    whole = engine.query(query.sql, tables={**raw, rows.named: said})
    alone = linked(learned_columns(rows, said), [whole.column("key")], rows.no_rows)
    for answered in (whole, alone):
        assert answered.column("loans__learned__mean").to_pylist() == [0.5, None, None]
        assert answered.column("loans__learned__last").to_pylist() == [0.75, None, None]


def test_rows_seen_from_two_applications_on_their_dates_are_told_apart() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["portfolio"] |= {"decided_at": "day"}
    document["tables"]["people"]["columns"] |= {"day": "date", "who": "text"}
    loans = document["tables"]["loans"]
    loans |= {"unit": "date", "many": {"of": "people", "on": {"who": "id"}}}
    loans["columns"] |= {"at": "date"}
    portfolio = parse(document)
    (rows,) = compile_sql(portfolio, declared_schema(portfolio)).learned
    day = pa.array([18_000, 18_100], pa.date32())
    people = pa.table({"id": ["first", "second"], "income": [1.0, 2.0], "who": ["ana", "ana"], "day": day})
    loan = pa.table(
        {
            "id": ["ana", "ana"], "loan": ["l1", "l2"], "amount": [1.0, 2.0], "state": ["x", "y"],
            "at": pa.array([17_990, 18_050], pa.date32()),
        }
    )  # fmt: skip
    raw = {"people": people, "loans": loan, "months": tables({"months": []})["months"]}
    listed = learned_row_list(rows, RawTables(open_engine(), raw), in_order=True).to_pylist()
    told = [(each["for:key"], each["for:time"], each["at"], each["amount"]) for each in listed]
    assert told == [("first", -10.0, -10.0, 1.0), ("second", -110.0, -110.0, 1.0), ("second", -50.0, -50.0, 2.0)]


def test_learned_features_are_named_worded_and_described() -> None:
    portfolio = parse(DOCUMENT)
    feature = portfolio.features["loans__learned__mean"]
    assert isinstance(feature, LearnedFeature)
    assert (feature.risk, feature.group, feature.unit) == ("up", "loans.learned", "percent")
    assert dict(feature.says) == {
        "en": "mean: learned risk of a record (loans)",
        "fr": "moyenne\N{NO-BREAK SPACE}: risque appris d’une ligne (prêts)",
        "pt-BR": "média: risco aprendido de um registro (empréstimos)",
    }
    (entry,) = (e for e in catalogue(portfolio, declared_schema(portfolio)) if e.name == "loans__learned__max")
    assert (entry.made, entry.no_rows) == ("max(loans.learned)", None)
    assert entry.sources == ("loans.amount", "loans.at", "loans.state")


def test_home_credit_s_overlay_learns_from_the_rows_of_three_tables() -> None:
    portfolio = load_portfolio(Path(__file__).parents[2] / "portfolios" / "home_credit" / "learned.toml")
    names = [name for name, feature in portfolio.features.items() if isinstance(feature, LearnedFeature)]
    query = compile_sql(portfolio, declared_schema(portfolio), names)
    assert [rows.table for rows in query.learned] == ["bureau", "previous", "instalments"]
    assert len(query.features) == 9


def test_what_a_protected_column_of_a_row_tells_is_never_an_input() -> None:
    portfolio = parse({**DOCUMENT, "policy": {"protected": ["loans.state"]}})
    query = compile_sql(portfolio, declared_schema(portfolio))
    assert query.touching(["loans.state"]) == {f"loans__learned__{m}" for m in ("mean", "max", "last")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"of": ["amuont"]}, r"learned.loans.of: no column 'amuont' in loans. Did you mean 'amount'"),
        ({"of": ["loan"]}, r"'loan' names rows: it tells of no risk"),
        ({"of": []}, r"learned.loans.of"),
        ({"measures": ["sum"]}, r"learned.loans.measures.0.*'mean', 'min', 'max'"),
        ({"where": "amount"}, r"is a number, not a condition"),
    ],
)
def test_what_cant_be_learned_from_is_refused(change, said) -> None:
    with pytest.raises(PortfolioError, match=said):
        spoken_of(declared(**change))


def test_a_table_that_cant_be_learned_from_is_refused() -> None:
    def refused(document: dict, said: str) -> None:
        with pytest.raises(PortfolioError, match=said):
            parse(document)

    learned = DOCUMENT["learned"]["loans"]
    refused({**DOCUMENT, "learned": {"lons": learned}}, r"learned.lons: no table 'lons'. Did you mean 'loans'")
    for name in ("months", "people"):
        said = rf"'{name}' is no table whose many rows hang under the application's own row"
        refused({**DOCUMENT, "learned": {name: {"of": ["at"]}}}, said)
    timeless = copy.deepcopy(DOCUMENT)
    timeless["tables"]["loans"] = {k: v for k, v in timeless["tables"]["loans"].items() if k not in ("time", "unit")}
    refused(timeless, r"learned.loans: measure 'last' needs the table's time")
    taken = {**DOCUMENT, "features": {"loans__learned__max": {"row": "income", "says": "x"}}}
    refused(taken, r"features.loans__learned__max: \[learned\] makes a feature of this name")


@pytest.mark.parametrize(
    "change",
    [
        {"features": {"twice": {"row": "2 * loans__learned__mean", "says": "twice"}}},
        {"policy": {"rules": {"risky": {"when": "loans__learned__mean > 0.5", "outcome": "decline", "says": "x"}}}},
    ],
)
def test_no_expression_reads_what_only_a_model_may(change) -> None:
    portfolio = parse({**DOCUMENT, **change})
    with pytest.raises(PortfolioError, match="'loans__learned__mean' is learned: only a model reads it"):
        compile_sql(portfolio, declared_schema(portfolio))
