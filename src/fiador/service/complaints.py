"""What is wrong with a request, in words? From a validator's errors to table, column, what was sent and expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fiador.errors import did_you_mean

Error = Mapping[str, Any]
SHAPE = 'Send {"tables": {"TABLE": [{"COLUMN": value}]}}.'
_EXPECTED = {
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "string_type": "expected text",
    "string_unicode": "expected text that can be written in UTF-8",
    "bool_type": "expected true or false",
    "finite_number": "expected a finite number",
    "list_type": "expected a list of rows",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "dict_type": "expected an object",
}


@dataclass(frozen=True)
class Complaint:
    """One thing wrong: its dotted place, what it is, what to do next."""

    where: str
    what: str
    hint: str
    table: str = ""
    column: str = ""


def complaints(
    errors: Sequence[Error], *, content_type: str | None, tables: Mapping[str, Sequence[str]], target: str,
    parameters: Sequence[str] = (),
) -> list[Complaint]:  # fmt: skip
    """Every error of a validation, in words; at least one. parameters: those the address takes.

    >>> wrong = {"type": "int_type", "loc": ("body", "tables", "loan", 0, "amount"), "input": "ten", "msg": ""}
    >>> complaints([wrong], content_type="application/json", tables={"loan": ["amount"]}, target="bad")[0].what
    "'ten' (text): expected a whole number, or null."
    """
    # a misspelt table is also a missing one: the name to mend is told first
    ordered = sorted(errors, key=lambda error: error["type"] != "extra_forbidden")
    return [
        _complaint(error, content_type, tables, target) if error["loc"][0] == "body" else _asked(error, parameters)
        for error in ordered
    ]


def _asked(error: Error, parameters: Sequence[str]) -> Complaint:
    name = str(error["loc"][-1])
    if error["type"] == "extra_forbidden":
        return Complaint(name[:60], "no such parameter.", did_you_mean(name[:60], parameters))
    return Complaint(name, _parameter(error), "")


def _complaint(error: Error, content_type: str | None, tables: Mapping[str, Sequence[str]], target: str) -> Complaint:
    place = tuple(error["loc"])
    if place[1:2] != ("tables",) or error["type"] == "json_invalid":
        return _body(error, content_type)
    if len(place) == 2:
        return Complaint("tables", "is missing." if error["type"] == "missing" else _unlike(error), SHAPE)
    table = str(place[2])
    column = str(place[4]) if len(place) > 4 else ""
    where = ".".join(part for part in (table, column) if part)
    what, hint = _in_table(error, table, column, tables, target)
    return Complaint(where, what, hint, table, column)


def _body(error: Error, content_type: str | None) -> Complaint:
    sent = (content_type or "").partition(";")[0].strip().lower()
    if error["loc"] == ("body",) and isinstance(error.get("input"), bytes) and not sent.endswith(("/json", "+json")):
        fault = f"is '{sent}'" if sent else "is missing"
        return Complaint("Content-Type", f"{fault}, expected 'application/json'.", SHAPE)
    if error["type"] == "json_invalid":
        return Complaint("body", f"is not JSON: {error['ctx']['error']} at character {error['loc'][-1]}.", SHAPE)
    if error["type"] == "missing":
        return Complaint("body", "is empty.", SHAPE)
    if error["type"] == "extra_forbidden":
        return Complaint("body", f"unknown key '{error['loc'][-1]}'.", did_you_mean(str(error["loc"][-1]), ["tables"]))
    return Complaint("body", _unlike(error), SHAPE)


def _in_table(
    error: Error, table: str, column: str, tables: Mapping[str, Sequence[str]], target: str
) -> tuple[str, str]:
    kind = error["type"]
    if kind == "extra_forbidden" and not column:
        return f"no table '{table}'.", did_you_mean(table, tables)
    if kind == "extra_forbidden":
        known = tables[table]
        hint = (
            "The target is not known at the decision: leave it out."
            if column == target
            else did_you_mean(column, known)
        )
        return f"no column '{column}'.", hint
    if kind == "missing":
        return "is missing.", "Send one row of it: a request is one application."
    if kind in ("too_long", "too_short"):
        return f"{error['ctx']['actual_length']} rows, expected one.", "A request is one application."
    return _unlike(error, nullable=bool(column)), ""


def _unlike(error: Error, *, nullable: bool = False) -> str:
    """What was sent, and what was expected instead."""
    expected = _EXPECTED.get(error["type"]) or _lowered(str(error["msg"]))
    return f"{shown(error.get('input'))}: {expected}{', or null' if nullable else ''}."


def _parameter(error: Error) -> str:
    """A query parameter always arrives as text."""
    if error["type"] == "missing":
        return "is missing."
    return f"{str(error.get('input'))[:60]!r}: {_lowered(str(error['msg']))}."


def _lowered(message: str) -> str:
    words = message.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return f"{words[:1].lower()}{words[1:]}"


def shown(value: object) -> str:
    """A sent value and its kind, cut short: an error is no place to send a body back.

    >>> shown("ten"), shown(True), shown([1, 2]), shown(None)
    ("'ten' (text)", 'true', 'a list', 'null')
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return f"{value if len(value) <= 40 else value[:40] + '…'!r} (text)"
    if isinstance(value, int | float):
        return _number(value)
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else "unreadable text"


def _number(value: float) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    return f"{value!r} (a number)"
