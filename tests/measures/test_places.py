"""Do columns that some applications have, in any order, become columns that all have?"""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest

from fiador.measures.places import ApplicationColumns, GroupColumns, Places, Scattered, in_key_order, linked

KEYS = Places(pa.chunked_array([["a", "b"], ["c", "d"]]))


def answer(*rows: tuple[str, float | None]) -> pa.Table:
    keys, values = [key for key, _ in rows], [value for _, value in rows]
    return pa.table({"key": pa.array(keys, pa.string()), "x": pa.array(values, pa.float32())})


def aligned(rows: pa.Table, places: Places, no_rows: dict[str, float | None]) -> pa.Table:
    columns = ApplicationColumns(places, no_rows)
    for batch in rows.to_batches():
        columns.add(batch.select(["key"]), {"x": np.array(batch.column("x").fill_null(np.nan), np.float32)})
    return columns.table()


@pytest.mark.parametrize(("no_rows", "expected"), [(None, [1, None, None, 4]), (0.0, [1, 0, 0, 4])])
def test_nulls_and_applications_without_rows_get_the_value_for_no_rows(no_rows, expected):
    found = aligned(answer(("d", 4), ("a", 1), ("c", None)), KEYS, {"x": no_rows})
    assert found.to_pydict() == {"x": expected}


def test_a_key_that_is_no_application_is_left_out():
    assert aligned(answer(("z", 9), ("b", 2)), KEYS, {"x": None}).to_pydict() == {"x": [None, 2, None, None]}


@pytest.mark.parametrize(("no_rows", "expected"), [(None, [None] * 4), (0.0, [0] * 4)])
def test_a_table_without_rows_answers_for_every_application(no_rows, expected):
    assert aligned(answer(), KEYS, {"x": no_rows}).to_pydict() == {"x": expected}


def test_pieces_and_slices_of_an_answer_are_read_where_they_are():
    pieces = pa.concat_tables(
        [answer(("z", 9), ("d", 4)).slice(1), answer(("a", None), ("b", 2), ("c", 3)).slice(0, 2)]
    )
    assert aligned(pieces, KEYS, {"x": None}).to_pydict() == {"x": [None, 2, None, 4]}
    assert aligned(answer(("z", 9), ("d", 4)).slice(1), KEYS, {"x": None}).to_pydict() == {"x": [None, None, None, 4]}


def test_rows_come_in_the_order_of_their_keys_numbers_and_levels_alike():
    rows = answer(("c", None), ("a", 1)).append_column("home", pa.array(["Rent", None]))
    assert in_key_order(rows).to_pydict() == {"key": ["a", "c"], "x": [1, None], "home": [None, "Rent"]}


def test_rows_without_a_key_come_last():
    rows = pa.table({"key": ["c", None, "a"], "home": ["Rent", "Own", "Other"]})
    assert in_key_order(rows).column("home").to_pylist() == ["Other", "Rent", "Own"]


def test_groups_are_found_by_every_column_they_hang_on_and_by_no_null():
    groups = pa.table({"bank": ["x", "x", "y"], "account": [1, 2, 1], "x": pa.array([10, 20, 30], pa.float32())})
    banks, accounts = pa.array(["y", "x", "x", "y", None, "z"]), pa.array([1.0, 2.0, 3.0, None, 1.0, 1.0])
    found = linked(groups, [banks, accounts], {"x": None})
    assert found.to_pydict() == {"x": [30, 20, None, None, None, None]}


def test_a_group_that_hangs_on_a_date_is_found_by_the_timestamp_of_its_midnight():
    groups = pa.table({"day": pa.array([date(2020, 1, 1)]), "x": pa.array([1], pa.float32())})
    moments = pa.array([datetime(2020, 1, 1), datetime(2020, 1, 1, 10)], pa.timestamp("us"))
    assert linked(groups, [moments], {"x": 0.0}).to_pydict() == {"x": [1, 0]}


def test_an_application_that_stands_twice_has_its_numbers_twice():
    found = aligned(answer(("b", 2), ("a", 1)), Places(pa.array(["a", "b", "b"])), {"x": 0.0})
    assert found.to_pydict() == {"x": [1, 2, 2]}


def test_a_date_is_the_timestamp_of_its_midnight_and_of_no_other_hour():
    days = Places(pa.array([date(2020, 1, 1), date(2020, 1, 2)]))
    moments = [datetime(2020, 1, 1), datetime(2020, 1, 2, 10)]
    assert days.of(pa.array(moments, pa.timestamp("us"))).tolist() == [0, -1]
    assert Places(pa.array([7, 9], pa.int64())).of(pa.array([9, 8], pa.int32())).tolist() == [1, -1]


def group(key: str, value: float) -> tuple[pa.RecordBatch, dict[str, np.ndarray]]:
    return pa.record_batch({"id": [key]}), {"x": np.array([value], np.float32)}


def test_of_a_group_measured_in_two_halves_neither_is_taken_for_the_whole():
    applications, others = ApplicationColumns(KEYS, {"x": None}), GroupColumns(["x"])
    for found in (applications, others):
        found.add(*group("b", 1))
    with pytest.raises(Scattered):
        applications.add(*group("b", 2))
    others.add(*group("b", 2))
    with pytest.raises(Scattered):
        others.table()
