"""Does a proposal say what the tables hold, and does what is written run?"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from fiador.checking import check, load_tables
from fiador.engines import open_engine
from fiador.errors import DataError, PortfolioError
from fiador.features.compile import compile_sql
from fiador.portfolio import parse


def written(proposed_text):
    return parse(tomllib.loads(proposed_text))


def test_what_is_written_is_a_portfolio_that_checks_and_compiles(proposed, loans, in_memory):
    made = proposed({"loans": loans}, target="defaulted")
    portfolio = written(made.text)
    engine = open_engine()
    schema = load_tables(portfolio, in_memory({"loans": pa.table(loans)}), engine)
    report = check(portfolio, schema, engine)
    assert (report.refusals, report.accounting.good, report.accounting.bad) == ([], 160, 40)
    assert compile_sql(portfolio, schema).features == {"amount": "number"}


def test_awkward_names_and_types_are_written_so_that_they_run(proposed, loans, in_memory):
    n = 200
    tables = {
        "loans 2024": pa.table(
            {
                **loans,
                'the "amount"': [float(i % 7) for i in range(n)],
                "profissão": ["médico" if i % 2 else "it's\nnew" for i in range(n)],
                "select": [i % 3 for i in range(n)],
                "exposure": [i % 4 for i in range(n)],
                "a.b": [i % 6 for i in range(n)],
                "paid_in": pa.array([Decimal("1.50") + i for i in range(n)], pa.decimal128(10, 2)),
                "opened": [datetime(2024, 1, 1) + timedelta(days=i) for i in range(n)],
                "insured": [i % 3 == 0 for i in range(n)],
                "nothing": pa.nulls(n),
                "always": ["x"] * n,
                "inf": [float("inf") if i == 3 else float(i % 9) for i in range(n)],
            }
        ),
        "nobody": pa.table({"x": pa.array([], pa.int64())}),
    }
    made = proposed(tables, target="defaulted")
    portfolio = written(made.text)
    engine = open_engine()
    schema = load_tables(portfolio, in_memory(tables), engine)
    assert check(portfolio, schema, engine).refusals == []
    features = compile_sql(portfolio, schema).features
    assert {"select", "loans_2024__profissao", "loans_2024__exposure", "loans_2024__a_b", "paid_in", "insured"} <= set(
        features
    )
    assert engine.query(compile_sql(portfolio, schema).sql).num_rows == n
    assert made.feature("nothing").note == "no value in any row"
    assert made.feature("always").note == "one value in every row that has any: 'x'"
    assert "# - nobody: it has no rows." in made.text


def test_a_key_is_different_in_every_row_and_called_so(proposed, loans):
    made = proposed({"loans": {"amount": loans["loan_id"], **{k: v for k, v in loans.items() if k != "amount"}}})
    assert made.proposal.key == "loan_id"  # the amounts never repeat either, and stand first


def test_rows_without_a_key_are_numbered(proposed, loans, in_memory):
    tables = {"loans": pa.table({k: v for k, v in loans.items() if k != "loan_id"})}
    made = proposed(tables)
    assert made.proposal.key == "row_number"
    assert "rows are numbered as they are read" in made.text
    portfolio, engine = written(made.text), open_engine()
    schema = load_tables(portfolio, in_memory(tables), engine)
    assert engine.query(compile_sql(portfolio, schema).sql).column("key").to_pylist() == list(range(1, 201))


def test_a_link_is_told_by_name_and_values_both_ways(proposed, loans):
    people = {"id": [f"P{n:03}" for n in range(150)], "income": [1000.0 + n for n in range(150)]}
    base = {**loans, "person": [f"P{n % 100:03}" for n in range(200)]}
    made = proposed({"loans": base, "person": people})
    hung = made.table("person").hung
    assert (hung.kind, hung.of, hung.on) == ("one", "loans", (("person", "id"),))
    assert hung.matched == "100 % / 67 %"  # 100 of 150 people have a loan
    assert 'one = { of = "loans", on = { person = "id" } }' in made.text


def test_small_numbers_that_match_are_no_link_without_a_name(proposed, loans):
    made = proposed(
        {"loans": {**loans, "terms": [n % 50 + 1 for n in range(200)]}, "shops": {"shop_id": list(range(60))}}
    )
    assert list(made.proposal.unlinked) == ["shops"]


def test_long_texts_that_match_need_no_name(proposed, loans):
    codes = [f"{n * 7919 % 100003:08x}" for n in range(200)]
    made = proposed({"loans": {**loans, "ref": codes}, "bureau": {"bureau_id": codes, "score": list(range(200))}})
    assert made.table("bureau").hung.on == (("ref", "bureau_id"),)
    assert "the names don't say so, the values do" in made.text


def test_a_key_that_is_text_in_one_table_is_read_as_text_in_both(proposed, loans, in_memory):
    tables = {
        "loans": pa.table(loans),
        "files": pa.table({"loan_id": [str(n) for n in loans["loan_id"]], "pages": list(range(200))}),
    }
    made = proposed(tables)
    portfolio, engine = written(made.text), open_engine()
    assert portfolio.tables["loans"].columns["loan_id"] == "text"
    schema = load_tables(portfolio, in_memory(tables), engine)
    assert check(portfolio, schema, engine).refusals == []
    assert "one end of a link is text" in made.text


def test_many_rows_of_which_one_is_singled_out_are_looked_up(proposed, loans):
    holders = {
        "holder_id": list(range(300)),
        "loan_id": [*loans["loan_id"], *loans["loan_id"][:100]],
        "role": ["owner"] * 200 + ["guest"] * 100,
    }
    hung = proposed({"loans": loans, "holders": holders}).table("holders").hung
    assert (hung.kind, hung.where) == ("one", "role = 'owner'")


def test_a_table_reached_by_two_ways_is_looked_up_twice(proposed, loans):
    towns = {"town_id": list(range(1, 21)), "people": [n * 10 for n in range(20)]}
    shops = {"shop_id": list(range(1, 31)), "town_id": [n % 20 + 1 for n in range(30)]}
    base = {**loans, "shop_id": [n % 30 + 1 for n in range(200)], "town_id": [n % 20 + 1 for n in range(200)]}
    made = proposed({"loans": base, "towns": towns, "shops": shops})
    assert made.table("towns").hung.of == "loans"
    second = made.table("shops_towns").hung
    assert (second.source, second.of) == ("towns", "shops")
    assert made.feature("shops_towns__people").row == "shops_towns.people"


def test_a_chain_through_many_rows_is_told_and_not_declared(proposed, loans):
    accounts = {
        "account_id": list(range(400)),
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_OPEN": [-1 - n for n in range(400)],
    }
    months = {"account_id": [n // 2 for n in range(800)], "MONTHS": [-1 - n % 2 for n in range(800)]}
    made = proposed({"loans": loans, "accounts": accounts, "months": months})
    assert not made.table("months").hung.declared
    assert "# [tables.months]" in made.text
    assert "months" not in written(made.text).tables
    assert made.found.keys["months"].columns == ("account_id", "MONTHS")


def test_days_before_the_decision_say_which_rows_are_known(proposed, loans):
    events = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_PAID": [-n for n in range(400)],
        "paid": [1.0 + n for n in range(400)],
    }
    made = proposed({"loans": loans, "events": events})
    assert str(written(made.text).tables["events"].known) == "DAYS_PAID < 0"
    assert "1 row at the decision itself left out" in made.text
    assert made.feature("events__paid__mean").live


def test_rows_that_may_be_written_after_the_decision_make_no_feature(proposed, loans):
    day = date(2024, 1, 1)
    base = {**loans, "decided": [day] * 200}
    rows = {"loan_id": [n // 2 + 1 for n in range(400)], "amount_paid": [n % 9 for n in range(400)]}
    late = {**rows, "paid_on": [day - timedelta(days=200 - n) for n in range(400)]}
    early = {**rows, "paid_on": [day - timedelta(days=1 + n) for n in range(400)]}
    assert not proposed({"loans": base, "paid": rows}).feature("paid__rows").live
    made = proposed({"loans": base, "paid": late})
    # rows 200 to 399 are dated on 1 January or later
    assert made.feature("paid__rows").note == "200 of 400 rows are dated on the day of the decision or after it"
    assert not made.feature("paid__rows").live
    assert proposed({"loans": base, "paid": early}).feature("paid__rows").live


def test_a_date_is_measured_from_the_decision_unless_it_comes_after_it(proposed, loans):
    day = date(2024, 1, 1)
    base = {
        **loans,
        "decided": [day + timedelta(days=n) for n in range(200)],
        "born": [date(1980, 1, 1) + timedelta(days=n * 3) for n in range(200)],
        "closed_on": [day + timedelta(days=n + (30 if n % 2 else -30)) for n in range(200)],
    }
    made = proposed({"loans": base})
    assert made.feature("loans__born").row == "date_diff('day', loans.born, loans.decided)"
    assert made.feature("closed_on").note == "a leak? after the decision in 50 % of rows"


def test_a_value_that_comes_to_be_known_later_is_told(proposed, loans):
    bills = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_DUE": [-10 - n for n in range(400)],
        "DAYS_PAYMENT": [-8 - n if n % 9 else None for n in range(400)],
        "AMT_PAYMENT": [float(n) for n in range(400)],
    }
    assert '# reveals = { AMT_PAYMENT = "DAYS_PAYMENT" }' in proposed({"loans": loans, "bills": bills}).text


def test_markers_of_nothing_are_cleaned_where_they_are_sure(proposed, loans):
    base = {
        **loans,
        "DAYS_EMPLOYED": [365243 if n % 5 == 0 else -n for n in range(200)],
        "job": ["XNA" if n % 4 == 0 else "clerk" if n % 2 else "cook" for n in range(200)],
        "income": [99999999 if n < 3 else 1000 + n for n in range(200)],
        "phone": [-1 if n < 9 else n for n in range(200)],
        "both": [999 if n < 5 else -999 if n < 10 else n % 40 for n in range(200)],
    }
    made = proposed({"loans": base})
    clean = {column: str(sql) for column, sql in written(made.text).tables["loans"].clean.items()}
    assert clean == {
        "DAYS_EMPLOYED": "nullif(DAYS_EMPLOYED, 365243)",
        "job": "nullif(job, 'XNA')",
        "income": "nullif(income, 99999999)",
        "both": "nullif(nullif(both, 999), -999)",
    }
    assert "DAYS_EMPLOYED: 365243 in 40 rows (20 %)" in made.text.replace("\n# ", " ")
    assert "# phone: -1 in 9 rows (4.5 %), the next value is 9: does it stand for none?" in made.text


def test_levels_are_declared_where_every_one_is_meant(proposed, loans):
    base = {
        **loans,
        "home": ["rent" if n % 2 else "own" for n in range(200)],
        "job": ["coook" if n == 7 else "cook" if n % 2 else "clerk" for n in range(200)],
    }
    made = proposed({"loans": base})
    assert set(written(made.text).tables["loans"].expect) == {"home"}
    assert "# all of them meant? Rare: 'coook' 1" in made.text


def test_a_column_that_tells_alone_is_left_out_as_a_leak(proposed, loans):
    bad = loans["defaulted"]
    base = {
        **loans,
        "recovered": [float(n) + 500 * bad[n] for n in range(200)],  # every bad above every good
        "state": ["closed" if b else "open" for b in bad],
        "collection": [1.0 * n if bad[n] and n % 10 else None for n in range(200)],  # half the bads, no good
        "fine": [(n * 31) % 17 for n in range(200)],
    }
    made = proposed({"loans": base})
    assert [s.name for s in made.proposal.named("leak", sure=True)] == ["recovered", "state", "collection"]
    assert "AUC of 1.000" in made.feature("state").note
    assert made.feature("collection").note == "a leak? given for 50 % of bads and 0 % of goods"
    assert made.feature("fine").live


def test_an_auc_alone_is_the_share_of_pairs_in_order(proposed):
    # goods 1 and 2, bads 2 and 3, 20 of each: of the four kinds of pairs three are in order and one is a tie
    base = {"loan_id": list(range(80)), "x": [1, 2, 2, 3] * 20, "defaulted": [0, 0, 1, 1] * 20}
    assert proposed({"loans": base}, target="defaulted").feature("x").note.endswith("AUC alone 0.88")


def test_suspects_are_told_by_their_names_in_four_languages(proposed, loans):
    names = ["gender", "sexe", "estadocivil", "religião", "nacionalidad", "loan_grade", "taxa_juros"]
    maybe = ["idade", "data_nascimento_dias", "credit_limit"]
    base = {**loans, **{name: [(n * p) % 23 for n in range(200)] for p, name in enumerate([*names, *maybe], 2)}}
    made = proposed({"loans": base}).proposal
    assert [s.name for s in made.named("protected", sure=True)] == [
        "gender", "sexe", "estadocivil", "loans__religiao", "nacionalidad",
    ]  # fmt: skip
    assert [s.name for s in made.named("protected", sure=False)] == ["idade", "data_nascimento_dias"]
    assert [s.name for s in made.named("lender_set", sure=True)] == ["loan_grade", "taxa_juros"]
    assert [s.name for s in made.named("lender_set", sure=False)] == ["credit_limit"]


def test_a_table_with_the_bases_columns_is_said_to_continue_it(proposed, loans):
    wide = {**loans, **{f"x{i}": [(n * (i + 3)) % 13 for n in range(200)] for i in range(5)}}
    more = {k: v for k, v in wide.items() if k != "defaulted"}
    made = proposed({"loans_2023": wide, "loans_2024": {**more, "loan_id": list(range(500, 700))}})
    assert 'stack it with from = ["loans_2023", "loans_2024"]' in made.proposal.unlinked["loans_2024"]


def test_a_link_most_rows_leave_blank_is_not_declared(proposed, loans):
    base = {**loans, "partner_id": [n if n % 4 == 0 else None for n in range(200)]}
    made = proposed({"loans": base, "partners": {"partner_id": list(range(200)), "age": [n % 50 for n in range(200)]}})
    assert not made.table("partners").hung.declared
    assert "loans.partner_id is blank in 150 rows (75 %)" in made.text


def test_every_table_empty_is_refused(proposed):
    with pytest.raises(DataError, match=r"every table is empty\. Give a source with applications in it\."):
        proposed({"loans": {"defaulted": pa.array([], pa.int64())}})


def test_tables_without_anything_like_a_target_say_what_to_give(proposed):
    with pytest.raises(PortfolioError, match=r"no column of 1 table looks like a target.*Give --target TABLE\.COLUMN"):
        proposed({"loans": {"loan_id": [1, 2, 3], "amount": [5, 6, 7]}})
