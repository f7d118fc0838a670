"""Does a proposal say what the tables hold, and does what is written run?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from fiador.adapters.engines import open_engine
from fiador.errors import DataError, PortfolioError
from fiador.features.plan import compile_sql
from fiador.use_cases.checking import check
from fiador.use_cases.proposing.synthesis import MOST
from fiador.use_cases.tables import load_tables


def test_what_is_written_is_a_portfolio_that_checks_and_compiles(proposed, loans, in_memory):
    made = proposed({"loans": loans}, target="defaulted")
    portfolio = made.portfolio
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
    portfolio = made.portfolio
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
    portfolio, engine = made.portfolio, open_engine()
    schema = load_tables(portfolio, in_memory(tables), engine)
    assert engine.query(compile_sql(portfolio, schema).sql).column("key").to_pylist() == list(range(1, 201))


def test_a_link_is_told_by_name_and_values_both_ways(proposed, loans):
    people = {"id": [f"P{n:03}" for n in range(150)], "income": [1000.0 + n for n in range(150)]}
    base = {**loans, "person": [f"P{n % 100:03}" for n in range(200)]}
    made = proposed({"loans": base, "person": people})
    hung = made.table("person").node
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
    assert made.table("bureau").node.on == (("ref", "bureau_id"),)
    assert "the names don't say so, the values do" in made.text


def test_a_key_that_is_text_in_one_table_is_read_as_text_in_both(proposed, loans, in_memory):
    tables = {
        "loans": pa.table(loans),
        "files": pa.table({"loan_id": [str(n) for n in loans["loan_id"]], "pages": list(range(200))}),
    }
    made = proposed(tables)
    portfolio, engine = made.portfolio, open_engine()
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
    hung = proposed({"loans": loans, "holders": holders}).table("holders").node
    assert (hung.kind, hung.where) == ("one", "role = 'owner'")


def test_a_table_reached_by_two_ways_is_looked_up_twice(proposed, loans):
    towns = {"town_id": list(range(1, 21)), "people": [n * 10 for n in range(20)]}
    shops = {"shop_id": list(range(1, 31)), "town_id": [n % 20 + 1 for n in range(30)]}
    base = {**loans, "shop_id": [n % 30 + 1 for n in range(200)], "town_id": [n % 20 + 1 for n in range(200)]}
    made = proposed({"loans": base, "towns": towns, "shops": shops})
    assert made.table("towns").node.of == "loans"
    second = made.table("shops_towns").node
    assert (second.source, second.of) == ("towns", "shops")
    assert made.feature("shops_towns__people").row == "shops_towns.people"


def test_a_chain_through_many_rows_carries_its_rows_up(proposed, loans, in_memory):
    tables = {
        "loans": pa.table(loans),
        "accounts": pa.table(
            {
                "account_id": list(range(400)),
                "loan_id": [n // 2 + 1 for n in range(400)],
                "DAYS_OPEN": [-1 - n for n in range(400)],
            }
        ),
        "months": pa.table(
            {
                "account_id": [n // 2 for n in range(800)],
                "MONTHS": [-1 - n % 2 for n in range(800)],
                "owed": [10.0 * (n % 4) for n in range(800)],
            }
        ),
    }
    made = proposed(tables)
    assert made.found.keys["months"].columns == ("account_id", "MONTHS")
    assert made.starter("accounts").overall["months__owed__max"] == ("max",)
    engine = open_engine()
    schema = load_tables(made.portfolio, in_memory(tables), engine)
    assert check(made.portfolio, schema, engine).refusals == []
    first = engine.query(compile_sql(made.portfolio, schema).sql).sort_by("key").to_pylist()[0]
    # loan 1 has accounts 0 and 1, with rows 0 to 3 of the months: they owe 0, 10 and 20, 30
    asked = ("accounts__rows", "accounts__months__rows__sum", "accounts__months__owed__mean__mean")
    assert [first[name] for name in asked] == [2, 4, 15]
    assert first["accounts__months__owed__max__max"] == 30


def test_what_a_row_of_many_would_look_up_is_a_comment(proposed, loans):
    accounts = {
        "account_id": list(range(400)),
        "loan_id": [n // 2 + 1 for n in range(400)],
        "bank_id": [n % 20 for n in range(400)],
        "DAYS_OPEN": [-1 - n for n in range(400)],
    }
    made = proposed({"loans": loans, "accounts": accounts, "banks": {"bank_id": list(range(20)), "size": [3] * 20}})
    assert not made.table("banks").node.declared
    assert "# [tables.banks]" in made.text
    assert "banks" not in made.portfolio.tables


def test_a_table_under_two_others_has_both_as_parents(proposed, loans):
    earlier = {
        "earlier_id": list(range(400)),
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_ASKED": [-9 - n for n in range(400)],
    }
    bills = {
        "earlier_id": [n // 2 for n in range(800)],
        "loan_id": [n // 4 + 1 for n in range(800)],
        "DAYS_DUE": [-1 - n % 300 for n in range(800)],
        "due": [1.0 + n % 7 for n in range(800)],
    }
    made = proposed({"loans": loans, "earlier": earlier, "bills": bills})
    assert [link.of for link in made.portfolio.tables["bills"].many] == ["loans", "earlier"]


def test_a_link_on_two_columns_is_told_where_no_single_one_names_rows(proposed, loans, in_memory):
    base = {**loans, "branch_no": [n % 10 for n in range(200)], "file_no": [n // 10 for n in range(200)]}
    files = {"branch_no": base["branch_no"], "file_no": base["file_no"], "pages": [n % 17 for n in range(200)]}
    tables = {"loans": pa.table(base), "files": pa.table(files)}
    made = proposed(tables)
    assert made.table("files").node.on == (("branch_no", "branch_no"), ("file_no", "file_no"))
    assert made.portfolio.tables["files"].one.on == made.table("files").node.on
    engine = open_engine()
    schema = load_tables(made.portfolio, in_memory(tables), engine)
    assert check(made.portfolio, schema, engine).refusals == []
    rows = engine.query(compile_sql(made.portfolio, schema).sql).sort_by("key")
    assert rows.column("pages").to_pylist() == files["pages"]


def test_days_before_the_decision_say_which_rows_are_known(proposed, loans):
    events = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_PAID": [-n for n in range(400)],
        "paid": [1.0 + n for n in range(400)],
    }
    made = proposed({"loans": loans, "events": events})
    table = made.portfolio.tables["events"]
    assert (table.time, table.unit, table.kind, str(table.known)) == ("DAYS_PAID", "days", "event", "DAYS_PAID < 0")
    assert "1 row at the decision or later left out" in made.text
    assert {"events__rows", "events__since", "events__paid__mean", "events__paid__last"} <= set(made.portfolio.features)


def test_rows_that_cant_be_told_from_the_future_make_no_feature(proposed, loans):
    rows = {"loan_id": [n // 2 + 1 for n in range(400)], "amount_paid": [n % 9 for n in range(400)]}
    dated = {**rows, "paid_on": [date(2024, 1, 1) + timedelta(days=n) for n in range(400)]}
    made = proposed({"loans": loans, "paid": rows})
    assert made.starter("paid").why_not == "no time column: a row written after the decision can't be told"
    assert "# [synthesis.paid]" in made.text
    assert set(made.portfolio.features) == {"amount"}
    undated = proposed({"loans": loans, "paid": dated})
    assert undated.starter("paid").why_not == "no date of the decision that paid_on could be told from"
    assert '# time = "paid_on"' in undated.text


def test_dated_rows_are_known_from_each_applications_own_decision(proposed, loans, in_memory):
    day = date(2024, 1, 1)
    paid = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "paid_on": [day - timedelta(days=200 - n) for n in range(400)],
    }
    tables = {"loans": pa.table({**loans, "decided": [day] * 200}), "paid": pa.table(paid)}
    made = proposed(tables)
    assert made.portfolio.head.decided_at == "decided"
    assert "200 of 400 rows on the day of the decision or later" in made.text
    engine = open_engine()
    schema = load_tables(made.portfolio, in_memory(tables), engine)
    rows = engine.query(compile_sql(made.portfolio, schema).sql).sort_by("key").column("paid__rows").to_pylist()
    assert rows == [2.0] * 100 + [0.0] * 100  # loans 101 to 200 paid on 1 January or later


def test_a_first_synthesis_stays_within_a_few_hundred_features(proposed, loans):
    wide = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_PAID": [-1 - n for n in range(400)],
        **{f"amount_{i}": [float(n % (i + 2)) for n in range(400)] for i in range(500)},
    }
    starter = proposed({"loans": loans, "wide": wide}).starter("wide")
    assert starter.features <= MOST
    assert len(starter.of) + len(starter.left_out) == 500


def test_protected_columns_and_numbers_of_accounts_are_not_measured(proposed, loans):
    rows = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_PAID": [-1 - n for n in range(400)],
        "age": [20 + n % 50 for n in range(400)],
        "account_to": [10_000 + n * 7 % 300 for n in range(400)],
        "paid": [1.0 + n % 9 for n in range(400)],
    }
    assert proposed({"loans": loans, "rows": rows}).starter("rows").of == ("paid",)


def test_the_words_of_what_is_made_are_written_in_every_language(proposed, loans):
    bills = {
        "loan_id": [n // 2 + 1 for n in range(400)],
        "DAYS_DUE": [-1 - n for n in range(400)],
        "state": ["paid" if n % 3 else "late" for n in range(400)],
        "due": [1.0 + n for n in range(400)],
    }
    made = proposed({"loans": loans, "bills": bills})
    assert list(made.texts) == ["en", "fr", "pt-BR"]
    features = made.portfolio.features
    assert features["bills__due__max"].says == {
        "en": "largest: due (bills)", "fr": "maximum\N{NO-BREAK SPACE}: due (bills)", "pt-BR": "maior: due (bills)",
    }  # fmt: skip
    assert features["bills__state__share_late"].says["en"] == "share of records: state = late (bills)"
    assert proposed({"loans": loans}).texts == {}


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
    made = proposed({"loans": loans, "bills": bills})
    told = '# reveals = { AMT_PAYMENT = "DAYS_PAYMENT" }'
    assert told in made.text  # 45 amounts stand without their day: not sure
    assert "45 values without it" in made.text.replace("\n# ", " ")
    assert made.portfolio.tables["bills"].reveals == {"DAYS_PAYMENT": "DAYS_PAYMENT"}
    paid = {**bills, "AMT_PAYMENT": [float(n) if n % 9 else None for n in range(400)]}
    sure = proposed({"loans": loans, "bills": paid}).portfolio.tables["bills"].reveals
    assert sure == {"AMT_PAYMENT": "DAYS_PAYMENT", "DAYS_PAYMENT": "DAYS_PAYMENT"}


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
    clean = {column: str(sql) for column, sql in made.portfolio.tables["loans"].clean.items()}
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
    assert set(made.portfolio.tables["loans"].expect) == {"home"}
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
    assert [s.name for s in made.proposal.suspects_of("leak", sure=True)] == ["recovered", "state", "collection"]
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
    assert [s.name for s in made.suspects_of("protected", sure=True)] == [
        "gender", "sexe", "estadocivil", "loans__religiao", "nacionalidad",
    ]  # fmt: skip
    assert [s.name for s in made.suspects_of("protected", sure=False)] == ["idade", "data_nascimento_dias"]
    assert [s.name for s in made.suspects_of("lender_set", sure=True)] == ["loan_grade", "taxa_juros"]
    assert [s.name for s in made.suspects_of("lender_set", sure=False)] == ["credit_limit"]


def test_a_table_that_continues_the_base_one_is_stacked_on_it(proposed, loans, in_memory):
    wide = {**loans, **{f"x{i}": [(n * (i + 3)) % 13 for n in range(200)] for i in range(5)}}
    more = {k: v for k, v in wide.items() if k != "defaulted"}
    tables = {"loans_2023": pa.table(wide), "loans_2024": pa.table({**more, "loan_id": list(range(500, 700))})}
    made = proposed(tables)
    assert made.portfolio.tables["loans_2023"].source_names == ("loans_2023", "loans_2024")
    assert (made.proposal.base.rows, made.proposal.target.unlabelled) == (400, 200)
    engine = open_engine()
    schema = load_tables(made.portfolio, in_memory(tables), engine)
    report = check(made.portfolio, schema, engine)
    assert (report.refusals, report.accounting.bad, report.accounting.unlabelled) == ([], 40, 200)


def test_a_table_whose_keys_stand_twice_is_not_stacked(proposed, loans):
    wide = {**loans, **{f"x{i}": [(n * (i + 3)) % 13 for n in range(200)] for i in range(5)}}
    made = proposed({"loans_2023": wide, "loans_2024": {k: v for k, v in wide.items() if k != "defaulted"}})
    assert "200 values of loan_id stand twice" in made.proposal.unlinked["loans_2024"]
    assert made.proposal.base.rows == 200


def test_a_link_most_rows_leave_blank_is_not_declared(proposed, loans):
    base = {**loans, "partner_id": [n if n % 4 == 0 else None for n in range(200)]}
    made = proposed({"loans": base, "partners": {"partner_id": list(range(200)), "age": [n % 50 for n in range(200)]}})
    assert not made.table("partners").node.declared
    assert "loans.partner_id is blank in 150 rows (75 %)" in made.text


def test_every_table_empty_is_refused(proposed):
    with pytest.raises(DataError, match=r"every table is empty\. Give a source with applications in it\."):
        proposed({"loans": {"defaulted": pa.array([], pa.int64())}})


def test_tables_without_anything_like_a_target_say_what_to_give(proposed):
    with pytest.raises(PortfolioError, match=r"no column of 1 table looks like a target.*Give --target TABLE\.COLUMN"):
        proposed({"loans": {"loan_id": [1, 2, 3], "amount": [5, 6, 7]}})
