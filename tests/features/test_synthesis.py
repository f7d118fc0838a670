"""Does synthesis make what it says, under the names and words it says, and refuse what it can't?"""

from __future__ import annotations

import copy

import pyarrow as pa
import pytest

from fiador.adapters.engines import open_engine
from fiador.errors import DataError, PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema, read_schema
from fiador.portfolio import SynthesisedFeature, parse
from fiador.use_cases.catalogue import catalogue
from fiador.use_cases.feature_table import build

MONTHS = [("L1", -3, 10.0, "late"), ("L1", -1, 30.0, "fine"), ("L2", -2, 50.0, "late"), ("L9", -2, 7.0, "late")]
LOANS = [("A", "L1", -400, 100.0, "open"), ("A", "L2", -30, 60.0, "shut"), ("B", "L3", -10, 20.0, "open")]
TEXTS = {
    code: {
        "tables": {"loans": "loans", "months": "months"},
        "columns": {
            "amount": f"amount {code}", "balance": "balance", "state": "state", "peak": "peak balance",
            "status": "status",
        },
        "subsets": {"loans": {"open": "open ones"}},
        "windows": {"loans": {"y1": "last year"}},
        "levels": {"status": {"late": "late", "fine": "fine"}, "state": {"open": "open", "shut": "shut"}},
    }
    for code in ("en", "fr", "pt-BR")
}  # fmt: skip
DOCUMENT = {
    "format": 1,
    "portfolio": {"name": "nested", "currency": "EUR", "rows": "people", "key": "id"},
    "target": {"column": "bad", "means": "bad"},
    "tables": {
        "people": {"columns": {"id": "text", "income": "number", "bad": "integer"}},
        "loans": {
            "many": {"of": "people", "on": "id"}, "key": "loan", "time": "at", "unit": "days",
            "columns": {"id": "text", "loan": "text", "at": "integer", "amount": "number", "state": "text"},
            "expect": {"state": ["open", "shut"]},
            "derive": {
                "peak": "months__balance__max", "status__share_late": "months__status__share_late",
                "used": "peak / nullif(amount, 0)",
            },
        },
        "months": {
            "many": {"of": "loans", "on": "loan"}, "time": "at", "unit": "months",
            "columns": {"loan": "text", "at": "integer", "balance": "number", "status": "text"},
            "expect": {"status": ["late", "fine"]},
        },
    },
    "synthesis": {
        "months": {"measures": ["rows"], "of": {"balance": ["max", "last"]}, "shares": ["status"]},
        "loans": {
            "measures": ["rows", "share"],
            "of": {"amount": ["sum"], "peak": ["max"]},
            "overall": {"status__share_late": ["mean"], "months__rows": ["max"]},
            "shares": ["state"],
            "subsets": {"open": "state = 'open'"},
            "windows": {"y1": 365},
        },
    },
    "features": {"debt": {"row": "loans_open__amount__sum / income", "says": "debt"}},
    "costs": {"bad_approved": 10, "good_declined": 1},
}  # fmt: skip


def tables(people=("A", "B", "C"), loans=LOANS, months=MONTHS) -> dict[str, pa.Table]:
    def table(names: list[str], types: list[pa.DataType], rows: list[tuple]) -> pa.Table:
        return pa.table([pa.array([r[at] for r in rows], t) for at, t in enumerate(types)], names=names)

    text, whole, number = pa.string(), pa.int64(), pa.float64()
    return {
        "people": table(["id", "income"], [text, number], [(p, 50.0) for p in people]),
        "loans": table(["id", "loan", "at", "amount", "state"], [text, text, whole, number, text], list(loans)),
        "months": table(["loan", "at", "balance", "status"], [text, whole, number, text], list(months)),
    }


def changed(*path: str, to: object) -> dict:
    document = copy.deepcopy(DOCUMENT)
    at = document
    for key in path[:-1]:
        at = at.setdefault(key, {})
    at[path[-1]] = to
    return document


def answered(document: dict = DOCUMENT, **rows: object) -> dict[str, dict]:
    portfolio = parse(document, texts=TEXTS)
    schema = declared_schema(portfolio)
    found = open_engine().query(compile_sql(portfolio, schema).sql, tables=tables(**rows)).to_pylist()
    return {row["key"]: row for row in found}


def test_measures_of_two_levels_are_those_worked_by_hand():
    a = answered()["A"]
    assert (a["loans__rows"], a["loans__amount__sum"]) == (2, 160)
    assert a["loans__peak__max"] == 50  # L1 peaks at 30, L2 at 50
    assert a["loans__status__share_late"] == 0.75  # L1: one of two months, L2: one of one
    assert a["loans__months__rows__max"] == 2


def test_a_loan_without_months_has_zero_of_them_and_no_share():
    b = answered()["B"]
    assert (b["loans__rows"], b["loans__months__rows__max"]) == (1, 0)
    assert (b["loans__peak__max"], b["loans__status__share_late"]) == (None, None)


def test_an_applicant_without_loans_has_zero_loans_and_rows_under_nobody_s_loan_are_nobody_s():
    c = answered()["C"]
    assert (c["loans__rows"], c["loans__amount__sum"], c["loans__peak__max"]) == (0, 0, None)
    assert answered(months=MONTHS[:3]) == answered()  # L9 is no loan


def test_subsets_windows_and_both_keep_their_rows():
    a = answered()["A"]
    assert (a["loans_open__amount__sum"], a["loans_y1__amount__sum"], a["loans_open_y1__amount__sum"]) == (100, 60, 0)
    assert (a["loans_open__share"], a["loans_open_y1__share"]) == (0.5, 0)
    assert a["loans__state__share_open"] == 0.5
    assert a["loans__state__share_missing"] == 0


def test_a_person_s_feature_reads_synthesised_ones():
    assert answered()["A"]["debt"] == 2
    assert answered()["C"]["debt"] == 0


def test_synthesis_makes_exactly_what_is_counted_and_names_are_by_the_rule():
    portfolio = parse(DOCUMENT, texts=TEXTS)
    made = [name for name, f in portfolio.features.items() if isinstance(f, SynthesisedFeature)]
    slices = ["loans", "loans_open", "loans_y1", "loans_open_y1"]
    expected = [f"{s}__{rest}" for s in slices for rest in ("rows", "amount__sum", "peak__max")]
    expected += ["loans_open__share", "loans_open_y1__share", "loans__status__share_late", "loans__months__rows__max"]
    expected += [f"loans__state__share_{level}" for level in ("open", "shut", "missing")]
    assert sorted(made) == sorted(expected)


def test_every_feature_is_said_in_every_language_with_measure_column_table_subset_and_window():
    says = parse(DOCUMENT, texts=TEXTS).features["loans_open_y1__amount__sum"].says
    assert says["en"] == "total: amount en (loans, open ones, last year)"
    assert says["fr"] == "total\N{NO-BREAK SPACE}: amount fr (loans, open ones, last year)"
    share = parse(DOCUMENT, texts=TEXTS).features["loans__status__share_late"].says
    assert share["en"] == "mean: share of records: status = late (months) (loans)"


@pytest.mark.parametrize(("part", "word"), [("columns", "amount"), ("windows", "y1"), ("subsets", "open")])
def test_a_missing_word_is_refused_and_no_other_language_takes_its_place(part, word):
    texts = copy.deepcopy(TEXTS)
    own = texts["fr"][part] if part == "columns" else texts["fr"][part]["loans"]
    del own[word]
    with pytest.raises(
        PortfolioError, match=rf"texts/fr.toml: {part}.loans: no words for '{word}'. Add a line for it."
    ):
        parse(DOCUMENT, texts=texts)


def test_every_missing_word_of_a_table_is_told_at_once():
    texts = copy.deepcopy(TEXTS)
    del texts["fr"]["columns"]["amount"], texts["fr"]["windows"]["loans"]["y1"], texts["pt-BR"]["columns"]["amount"]
    with pytest.raises(PortfolioError) as told:
        parse(DOCUMENT, texts=texts)
    said = str(told.value)
    assert said.count("amount") == 2
    assert "Add a line for it, and for" in said
    assert {part for part in ("fr.toml windows.loans: y1", "pt-BR.toml columns.loans: amount") if part in said} == {
        "fr.toml windows.loans: y1",
        "pt-BR.toml columns.loans: amount",
    }


def test_the_data_dictionary_names_sources_through_both_levels_and_the_value_for_no_rows():
    portfolio = parse(DOCUMENT, texts=TEXTS)
    entries = {e.name: e for e in catalogue(portfolio, declared_schema(portfolio))}
    assert entries["loans__peak__max"].sources == ("months.balance",)
    assert entries["debt"].sources == ("loans.amount", "loans.state", "people.income")
    assert (entries["loans__rows"].no_rows, entries["loans__peak__max"].no_rows) == (0, None)
    assert entries["loans_open_y1__amount__sum"].made == "sum(loans.amount) where state = 'open' within 365"


def test_one_statement_and_one_a_table_answer_alike_and_only_what_is_asked():
    portfolio = parse(DOCUMENT, texts=TEXTS)
    engine = open_engine()
    for name, table in tables().items():
        engine.load(name, table.schema, table.to_batches())
    schema = declared_schema(portfolio)
    built = build(portfolio, schema, engine)
    whole = engine.query(compile_sql(portfolio, schema).sql)
    assert built.to_pylist() == whole.select(built.column_names).to_pylist()
    asked = build(portfolio, schema, engine, names=["loans__rows", "debt"])
    assert asked.column_names == ["key", "debt", "loans__rows"]
    few = compile_sql(portfolio, schema, ["loans__rows"])
    assert "months" not in few.sql
    assert list(few.features) == ["loans__rows"]


def test_a_name_that_is_no_feature_is_told_with_the_nearest():
    portfolio = parse(DOCUMENT, texts=TEXTS)
    with pytest.raises(PortfolioError, match="no feature 'loans__row'. Did you mean 'loans__rows'"):
        compile_sql(portfolio, declared_schema(portfolio), ["loans__row"])


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (changed("synthesis", "lons", to={}), "synthesis.lons: 'lons' is not a `many` table. Did you mean 'loans'?"),
        (changed("synthesis", "loans", "measure", to=["rows"]), "unknown key 'measure'. Did you mean 'measures'?"),
        (changed("synthesis", "loans", "measures", to=["row"]), "no measure 'row'. Did you mean 'rows'?"),
        (changed("synthesis", "loans", "shares", to=["loan"]), "no levels of 'loan' are declared."),
        (changed("synthesis", "loans", "subsets", to={"Open": "true"}), "'Open' can't be part of a name."),
        (changed("tables", "loans", "unit", to="dais"), "Input should be 'days', 'months', 'date' or 'timestamp'"),
        (changed("tables", "loans", "unit", to="date"), 'unit = "date" needs the decision\'s own date.'),
        (changed("tables", "loans", "time", to=None), "`time` and `unit` go together."),
        (changed("tables", "loans", "kind", to="versioned"), 'kind = "versioned" and `known_at` go together.'),
        (changed("tables", "loans", to=DOCUMENT["tables"]["loans"]
          | {"reveals": {"amount": "at"}, "where": "amount > 0"}),
         "`where` reads 'amount', whose value is revealed later. Use `known`"),
        (changed("tables", "people", "time", to="income"), "`time` is for a `many` table."),
        (changed("tables", "loans", "many", to={"of": "months", "on": "loan"}), "the links go round"),
        (changed("features", "x", to={"measure": "rows", "of": "months", "says": "x"}),
         "'months' hangs under 'loans', which has many rows itself."),
        (changed("features", "loans__rows", to={"row": "1", "says": "x"}), "synthesis makes a feature of this name."),
    ],
)  # fmt: skip
def test_a_declaration_that_can_t_be_says_where_what_and_what_next(document, said):
    with pytest.raises(PortfolioError, match=r".") as told:
        parse(document, texts=TEXTS)
    assert said in str(told.value)


def test_a_slip_that_would_make_fifty_thousand_features_is_refused_with_the_count_by_table():
    # a window: rows, sum, max; open within it: those and the share; 12 without a window; 6 of months
    windows = {f"w{n}": n + 1 for n in range(20_000)}
    said = "would make 140,018 features, more than 50,000: loans 140,012, months 6. Narrow .* of loans"
    with pytest.raises(PortfolioError, match=said):
        parse(changed("synthesis", "loans", "windows", to=windows), texts=TEXTS)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (changed("tables", "loans", "derive", "peak", to="months__balance__mx"),
         "Did you mean 'months__balance__max'?"),
        (changed("tables", "loans", "derive", "peak", to="used"), "columns use each other in a circle"),
        (changed("tables", "loans", "derive", "amount", to="at"), "'amount' is a raw column."),
        (changed("tables", "loans", "time", to="state"), "'state' is text, and the table's unit is days."),
        (changed("synthesis", "loans", "of", "state", to=["mean"]), "'mean' is of numbers; 'state' is text."),
        (changed("synthesis", "loans", "subsets", "open", to="amount"), "is a number, not a condition"),
        (changed("tables", "loans", "reveals", to={"amount": "whn"}), "no column 'whn' in loans."),
    ],
)  # fmt: skip
def test_a_table_that_isn_t_as_declared_says_so_before_anything_runs(document, said):
    portfolio = parse(document, texts=TEXTS)
    with pytest.raises(PortfolioError, match=r".") as told:
        compile_sql(portfolio, declared_schema(portfolio))
    assert said in str(told.value)


def test_new_applications_may_be_stacked_under_those_whose_outcome_is_known():
    document = changed("tables", "people", "from", to=["old", "new"])
    portfolio = parse(document, texts=TEXTS)
    rest = {name: dict(t.columns) for name, t in portfolio.tables.items() if name != "people"}
    found = {"old": {"id": "text", "income": "number", "bad": "integer"}, "new": {"id": "text", "income": "number"}}
    assert "bad" in read_schema(portfolio, {**found, **rest}).tables["people"]
    with pytest.raises(DataError, match="no such column"):
        read_schema(portfolio, {**found, "new": {"id": "text"}, **rest})


def test_a_stacked_table_that_isn_t_there_may_be_left_out_of_the_stack():
    portfolio = parse(changed("tables", "people", "from", to=["old", "new"]), texts=TEXTS)
    found = {name: dict(t.columns) for name, t in portfolio.tables.items() if name != "people"}
    there = {"old": {"id": "text", "income": "number", "bad": "integer"}}
    with pytest.raises(DataError, match=r"no table 'new'\. Bring it, or leave it out .*: from = \[\"old\"\]\."):
        read_schema(portfolio, {**found, **there})
