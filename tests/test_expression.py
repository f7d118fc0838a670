"""Does an expression become safe SQL, and is everything else refused in words?"""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.expression import Expression, literal, parse, quote


def evaluate(text: str, **row: object) -> object:
    """An expression over one row of doubles and texts, by DuckDB."""
    columns = ", ".join(
        f"CAST(${name} AS {'VARCHAR' if isinstance(v, str) else 'DOUBLE'}) AS {name}" for name, v in row.items()
    )
    sql = f"SELECT {parse(text).sql(lambda ref: quote(ref.column))} FROM (SELECT {columns or '1 AS one'})"
    return duckdb.execute(sql, row).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("a / b", {"a": 3.0, "b": 4.0}, 0.75),
        ("a / b", {"a": 3.0, "b": 0.0}, None),
        ("a % b", {"a": 7.0, "b": 0.0}, None),
        ("ln(a)", {"a": 0.0}, None),
        ("ln(a / b)", {"a": 1.0, "b": 0.0}, None),
        ("sqrt(a)", {"a": -4.0}, None),
        ("sqrt(a)", {"a": 9.0}, 3.0),
        ("cast(a as integer)", {"a": "not a number"}, None),
        ("case when a > 1 then b else 0 end", {"a": 2.0, "b": 5.0}, 5.0),
        ("if(a > 1, b, 0)", {"a": 1.0, "b": 5.0}, 0),
        ("coalesce(nullif(a, 0), b)", {"a": 0.0, "b": 5.0}, 5.0),
        ("a in ('x', 'y')", {"a": "y"}, True),
        ("a between 1 and 3", {"a": 3.0}, True),
        ("round(a / b, 2)", {"a": 2.0, "b": 3.0}, 0.67),
        ("least(a, b) + greatest(a, b)", {"a": 2.0, "b": 3.0}, 5.0),
        ("a like 'x%'", {"a": "xy"}, True),
        ("upper(trim(a)) || 'Z'", {"a": " q "}, "QZ"),
        ("a is not null and not b is null", {"a": 1.0, "b": 2.0}, True),
    ],
)
def test_an_expression_means_what_sql_means_with_partial_functions_guarded(text, row, expected):
    assert evaluate(text, **row) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(select 1)", "a sub-select is not permitted"),
        ("a in (select b from t)", "a sub-select is not permitted"),
        ("exists(select 1)", "a sub-select is not permitted"),
        ("a; drop table x", "';' is not permitted"),
        ("else", "expected one SQL expression, found 0: else"),
        ("a -- all of it", "a comment is not permitted"),
        ("a /* all */ + 1", "a comment is not permitted"),
        ("read_csv('secrets.csv')", "unknown function 'read_csv'"),
        ("lenght(a)", "unknown function 'lenght'.*Did you mean 'length'"),
        ("sum(a)", "unknown function 'sum'"),
        ("try_cast(a as integer)", "unknown function 'try_cast'.*Did you mean 'cast'"),
        ("@a", "a parameter"),
        ("a = ?", "a parameter"),
        ("a.b.c", "written bare or as table.column"),
        ("a.*", "written bare or as table.column"),
        ("a // b", "IntDiv"),
        ("a[1]", "Bracket"),
        ("interval 1 day", "Interval"),
        ("current_date", "unknown function"),
        ("cast(a as decimal(4, 1))", "a cast to DECIMAL"),
        ("date_diff('hour', a, b)", "date_diff takes 'day', 'month' or 'year'"),
        ("a b", "Alias"),
        ("1 +", "something is missing"),
        ("a +* b", "is not permitted"),
        ("a \x00", "a control character"),
        ("'open", "can't be read"),
        ("", "expected an SQL expression"),
        ("  ", "expected an SQL expression"),
        (17, "expected an SQL expression"),
    ],
)
def test_what_is_not_permitted_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a > 'x'", "compares number with text"),
        ("a + b", "arithmetic on number, text"),
        ("b in (1, 2)", "compares number with text"),
    ],
)
def test_comparing_a_number_with_a_text_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text).kind(lambda ref: {"a": "number", "b": "text"}[ref.column])


def test_a_literal_that_looks_like_a_column_stays_a_literal():
    expression = parse("a = '\"b\"'")
    assert [ref.column for ref in expression.refs] == ["a"]
    assert evaluate("a = '\"b\"'", a='"b"') is True


@given(st.text(max_size=30))
def test_no_text_is_ever_parsed_into_more_than_one_permitted_expression(text):
    try:
        expression = parse(text)
    except ValueError:
        return
    assert isinstance(expression, Expression)
    sql = expression.sql(lambda ref: quote(ref.column))
    assert duckdb.extract_statements(f"SELECT {sql}")[0].type == duckdb.StatementType.SELECT
    assert len(duckdb.extract_statements(f"SELECT {sql}")) == 1


@given(st.text(max_size=20).filter(lambda t: "\x00" not in t))
def test_a_declared_text_is_quoted_so_that_it_comes_back_equal(text):
    assert duckdb.execute(f"SELECT {literal(text)}").fetchone()[0] == text
