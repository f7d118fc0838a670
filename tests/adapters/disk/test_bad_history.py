"""Is a history that isn't what a portfolio says refused, or counted, in words that name it?

Loans, a person each, bills of each loan, and parts of each bill, as CSV files.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from fiador.errors import FiadorError
from fiador.features.plan import compile_sql
from fiador.portfolio import parse
from fiador.use_cases.checking import check, require

LOANS = "id,person,bad\n1,a,0\n2,b,1\n3,b,0\n"
FILES = {
    "loans": LOANS,
    "people": "person,age\na,30\nb,40\n",
    "bills": "id,bill,at,owed\n1,x,-3,5\n1,y,-4,6\n2,z,-9,7\n",
    "parts": "bill,at\nx,-3\ny,-2\n",
}
TEXTS = {"tables": {"bills": "bills", "parts": "parts"}, "columns": {"parts": "parts"}}
TYPES = {"id": "integer", "bill": "text", "at": "integer", "owed": "number"}
Change = Callable[[dict], None]


def document() -> dict:
    clock = {"time": "at", "unit": "days"}
    return {
        "format": 1,
        "portfolio": {"name": "bad", "currency": "EUR", "rows": "loans", "key": "id"},
        "target": {"column": "bad", "means": "bad"},
        "tables": {
            "loans": {},
            "people": {"one": {"of": "loans", "on": "person"}},
            "bills": {"many": {"of": "loans", "on": "id"}, **clock, "derive": {"parts": "parts__rows"}},
            "parts": {"many": {"of": "bills", "on": "bill"}, **clock},
        },
        "synthesis": {"parts": {"measures": ["rows"]}},
        "features": {
            "bills": {"measure": "rows", "of": "bills", "says": "bills"},
            "parts": {"measure": "sum", "of": "bills.parts", "says": "parts"},
            "age": {"says": "age"},
        },
        "costs": {"bad_approved": 10, "good_declined": 1},
    }


@pytest.fixture
def checked(tmp_path: Path, load: Callable[..., tuple]):
    """checked(files, change) -> (report, features by key) of FILES, some of them other, and a changed portfolio."""

    def run(files: dict[str, str], change: Change = lambda _: None) -> tuple:
        declared = copy.deepcopy(document())
        change(declared)
        for name, rows in (FILES | files).items():
            (tmp_path / f"{name}.csv").write_text(rows)
        p = parse(declared, texts=dict.fromkeys(("en", "fr", "pt-BR"), TEXTS))
        schema, engine = load(p, tmp_path)
        report = require(check(p, schema, engine))
        rows = engine.query(compile_sql(p, schema).sql).to_pylist()
        return report, {row["key"]: (row["bills"], row["parts"], row["age"]) for row in rows}

    return run


def says(report, kind: str) -> list[str]:
    return [f.says for f in report.findings if f.kind == kind]


def test_as_it_is_the_history_is_sound(checked):
    report, features = checked({})
    assert features == {1: (2, 2, 30), 2: (1, 0, 40), 3: (0, 0, 40)}
    assert not says(report, "unused")


def hang_bills_under_parts(declared: dict) -> None:
    declared["tables"]["bills"]["many"] = {"of": "parts", "on": "bill"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"bills": "bill,at,owed\nx,-3,5\n"}, "tables.bills: no column 'id' for its link to loans. Known: at, bill"),
        ({"parts": "bil,at\nx,-3\n"}, "tables.parts: no column 'bill' for its link to bills. Did you mean 'bil'?"),
        ({"loans": "nr,person,bad\n1,a,0\n"}, "tables.loans: no column 'id' for its key"),
        ({"bills": "id,bill,at,owed\n1,x,soon,5\n"}, "tables.bills.time: 'at' is text, and the table's unit is days"),
        ({"bills": "id,bill,at,owed\n01x,x,-3,5\n"}, "loans.id is integer and bills.id is text. Declare both as text"),
        ({"bills": "id,bill,at,owed\n2020-01-01,x,-3,5\n"}, "loans.id is integer and bills.id is date. Declare both"),
        ({"bills": "id,bill,at,owed\n1,x,-3,5\n,y,-4,6\n"}, 'bills.id: 1 blank key.*blank_key = "drop" under .tab'),
        ({"people": "person,age\na,30\na,31\n"}, "people.person: 1 key in more than one row, so one could match twice"),
        ({"bills": "id,bill,at,owed\n"}, "bills.id is text.*without a value is taken for text: declare its type under"),
        ({"parts": "bill,at\n"}, "tables.parts.time: 'at' is text.*without a value is taken for text: declare"),
    ],
)  # fmt: skip
def test_what_can_t_be_joined_or_timed_is_refused_by_name(checked, files, words):
    with pytest.raises(FiadorError, match=words):
        checked(files)


def test_a_cycle_of_links_is_refused_and_shown(checked):
    with pytest.raises(FiadorError, match="bad: tables.bills: the links go round: bills -> parts -> bills"):
        checked({}, hang_bills_under_parts)


def test_rows_of_nobody_are_counted_and_no_application_gets_them(checked):
    report, features = checked({"bills": "id,bill,at,owed\n9,x,-3,5\n8,y,-4,6\n2,z,-1,1\n"})
    assert says(report, "unused") == ["bills.id: 2 rows that no row of loans names"]
    assert features == {1: (0, 0, 30), 2: (1, 0, 40), 3: (0, 0, 40)}


def test_rows_of_the_decision_s_day_of_later_and_of_no_day_are_counted_and_in_no_feature(checked):
    report, features = checked({"bills": "id,bill,at,owed\n1,x,-3,5\n1,y,0,6\n2,z,5,1\n2,w,,1\n"})
    assert says(report, "unknown") == ["bills.at: 3 rows not known at the decision, in no feature"]
    assert [features[key][0] for key in (1, 2, 3)] == [1, 0, 0]


def test_a_declared_table_without_rows_is_a_history_without_rows(checked):
    def declare(declared: dict) -> None:
        declared["tables"]["bills"]["columns"] = TYPES
        declared["tables"]["parts"]["columns"] = {"bill": "text", "at": "integer"}

    report, features = checked({"bills": "id,bill,at,owed\n", "parts": "bill,at\n"}, declare)
    assert (report.rows["bills"], report.rows["parts"]) == (0, 0)
    assert features == {1: (0, 0, 30), 2: (0, 0, 40), 3: (0, 0, 40)}


def many_parts(days_apart: int) -> dict[str, str]:
    return {"parts": "bill,at\n" + "".join(f"x,{-1 - n * days_apart}\n" for n in range(40))}


def test_months_declared_as_days_are_told_with_their_figure_and_days_as_months(checked):
    report, _ = checked(many_parts(1))
    words = (
        "parts.at: all 40 times are whole and at most 120 from the decision, as months would be. If they are, declare"
    )
    assert says(report, "near_days")[0].startswith(words)  # fmt: skip
    assert not says(checked(many_parts(30))[0], "near_days")

    def as_months(declared: dict) -> None:
        declared["tables"]["parts"]["unit"] = "months"

    report, _ = checked(many_parts(30), as_months)
    assert says(report, "far_months") == [
        'parts.at: 20 rows more than 600 months from the decision, as days would be. If they are, declare unit = "days"'
    ]
    assert not says(checked(many_parts(1), as_months)[0], "far_months")
