"""Which rows has a new application in a table that holds many of them? None, until they are typed in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import streamlit as st

from fiador.dashboard import cards
from fiador.dashboard.form_field import expected, label, level_says
from fiador.words import say

Body = Mapping[str, Any]
_TYPES = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip


def ask_rows(table: str, says: str, columns: list[Body], language: str) -> list[Body]:
    """A table to type rows into, a column each; the rows as the service reads them, blank ones left out."""
    st.html(cards.soft(say("page.new.rows", language)))
    key = f"new.{table}"
    if key not in st.session_state:  # out of sight an editor forgets its edits: it starts from what was last sent
        st.session_state[f"{key}.start"] = st.session_state.get(f"{key}.sent", [])
    edited = st.data_editor(
        _table(columns, st.session_state[f"{key}.start"]),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_config={column["name"]: _column(column, language) for column in columns},
        alt=says,
    )
    rows = [{c["name"]: _plain(row.get(c["name"]), c["type"]) for c in columns} for row in edited.to_pylist()]
    st.session_state[f"{key}.sent"] = [row for row in rows if any(value is not None for value in row.values())]
    return list(st.session_state[f"{key}.sent"])


def _table(columns: list[Body], rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as sent, typed as the service's: an editor without rows knows what may be typed in."""
    return pa.table({c["name"]: pa.array([_typed(r[c["name"]], c["type"]) for r in rows], _TYPES[c["type"]])
                     for c in columns})  # fmt: skip


def _typed(value: Any, kind: str) -> Any:
    if value is None or kind not in ("date", "timestamp"):
        return value
    return (datetime.date if kind == "date" else datetime.datetime).fromisoformat(value)


def _plain(value: Any, kind: str) -> Any:
    """A cell as JSON has it; a whole number beside an empty cell comes back as 3.0, and a blank text is missing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if kind == "date" else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return int(value) if kind == "integer" else value.strip() if isinstance(value, str) else value


def _column(column: Body, language: str) -> Any:
    """What a column is called and takes; nothing is refused here, the service says what became of it."""
    texts: dict[str, Any] = {"label": label(column, language), "help": expected(column, language)}
    if column["type"] == "boolean" or column["levels"]:
        options = column["levels"] or [True, False]
        return st.column_config.SelectboxColumn(
            options=options, format_func=lambda level: level_says(column, level, language), **texts
        )
    if column["type"] == "integer":
        return st.column_config.NumberColumn(step=1, format="%d", **texts)
    if column["type"] == "number":
        return st.column_config.NumberColumn(**texts)
    if column["type"] == "date":
        return st.column_config.DateColumn(**texts)
    if column["type"] == "timestamp":
        return st.column_config.DatetimeColumn(**texts)
    return st.column_config.TextColumn(**texts)
