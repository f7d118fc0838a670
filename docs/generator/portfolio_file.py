"""Which sections and keys may a portfolio file hold?

Sections, keys, types and defaults are read from the models of `fiador.portfolio`; what a key means is in keys.toml
beside this module. A key without a meaning, or a meaning without a key, stops the generator.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from fiador import portfolio as declared
from generator.markdown import code, opening, rest, table

KEYS = Path(__file__).with_name("keys.toml")
NEVER_WRITTEN = {  # what the reader fills in, or gathers
    ("portfolio file", "texts"),
    ("portfolio file", "--as-of"),
    ("tables.NAME", "name"),
    ("features.NAME", "name"),
    ("acceptance", "metrics"),
}
# one name inside a section that is a table of its own
INSTANCE = {"columns": "COLUMN", "expect": "COLUMN", "clean": "COLUMN", "metrics": "METRIC", "outliers": "COLUMN"}
_READ_BY = {  # what a reader of the model accepts, where that is more than its type
    "_says": "words: one text, or one for each of en, fr, pt-BR",
    "parse": "[SQL expression](expressions.md)",
    "_names": "name, or list of names",
    "as_pairs": "column, list of columns, or table",
    "as_links": "section, or list of sections",
    "as_measured_columns": "list of columns, or table: list of measures",
    "known_measure": "[measure](measures.md)",
    "require_timezone": "time zone",
    "as_expectation": "section, or list of levels",
}
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}
Section = tuple[str, type[BaseModel]]


def portfolio() -> str:
    """portfolio.md"""
    found = list(sections())
    meanings = _meanings(found)
    parts = [_section(path, model, meanings[path]) for path, model in found]
    return "\n\n".join(
        [
            "# The portfolio file",
            f"Format {declared.FORMAT}, TOML. A section in brackets stands at its path; NAME and COLUMN are yours. An "
            "unknown key is an error that names the nearest known one.",
            "An **overlay** is a file with `extends = \"portfolio.toml\"`: it is merged onto that file table by table, "
            "key by key. Values, lists and expressions replace; `key = false` removes what the base declared, unless "
            "the base's value is itself true or false.",
            *parts,
        ]
    )  # fmt: skip


def sections() -> Iterator[Section]:
    """(path in the file, model), each section before those inside it."""
    yield from _walk("portfolio file", declared.Portfolio)


def keys(path: str, model: type[BaseModel]) -> dict[str, Any]:
    """key as written -> its pydantic field, without those the reader fills in."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {key: field for key, field in fields.items() if (path, key) not in NEVER_WRITTEN}


def _walk(path: str, model: type[BaseModel]) -> Iterator[Section]:
    yield path, model
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        inner = next(_models_in(hints[name]), None)
        if inner:
            yield from _walk(_path(path, field.alias or name, hints[name]), inner)


def _path(above: str, key: str, hint: Any) -> str:
    start = "" if above == "portfolio file" else f"{above}."
    if (above, key) == ("acceptance", "metrics"):
        return "acceptance.METRIC"
    many = any(get_origin(part) is not None and issubclass(get_origin(part), Mapping) for part in _parts(hint))
    return f"{start}{key}.{INSTANCE.get(key, 'NAME')}" if many else f"{start}{key}"


def _parts(hint: Any) -> Iterator[Any]:
    """The alternatives of a type, without None and without notes."""
    if get_origin(hint) is Annotated:
        yield from _parts(get_args(hint)[0])
    elif get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _parts(part)
    elif hint is not NoneType:
        yield hint if isinstance(get_origin(hint) or hint, type) else get_origin(hint)


def _models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models_in(part)


def _meanings(found: list[Section]) -> dict[str, dict[str, str]]:
    meanings: dict[str, dict[str, str]] = tomllib.loads(KEYS.read_text(encoding="utf-8"))
    wanted = {(path, key) for path, model in found for key in keys(path, model)}
    given = {(path, key) for path, told in meanings.items() for key in told}
    faults = [f"no meaning for {path}: {key}" for path, key in sorted(wanted - given)]
    faults += [f"a meaning for {path}: {key}, which is no key" for path, key in sorted(given - wanted)]
    if faults:
        raise SystemExit(f"{KEYS.name}: " + "; ".join(faults))
    return meanings


def _section(path: str, model: type[BaseModel], meanings: Mapping[str, str]) -> str:
    hints = get_type_hints(model, include_extras=True)
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    rows = [
        (code(key), _spoken(hints[names[key]]), _default(field), meanings[key])
        for key, field in keys(path, model).items()
    ]
    title = "## The whole file" if path == "portfolio file" else f"## [{path}]"
    about = "" if model is declared.Portfolio else "\n\n".join(p for p in (_about(model, path), rest(model)) if p)
    return "\n\n".join(p for p in (title, about, table(("key", "type", "default", "what"), rows)) if p)


def _about(model: type[BaseModel], path: str) -> str:
    """What the model says of itself; its own path is in the title already."""
    said = opening(model).removeprefix(f"`[{path}]`: ")
    return "" if said == opening(declared.Frozen) else said[:1].upper() + said[1:]


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, BaseModel):
        return "its defaults"
    if value is None or value is PydanticUndefined or value in ((), {}, ""):
        return ""
    return code(_toml(value))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def _spoken(hint: Any) -> str:
    """A type as a writer of the file understands it."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _accepted(inside[1:]) or _bounded(_spoken(inside[0]), inside[1:])
    if origin in (Union, UnionType):
        return " or ".join(_spoken(part) for part in inside if part is not NoneType)
    if origin is Literal:
        return " or ".join(code(_toml(value)) for value in inside)
    return _collected(origin, inside) or _PLAIN.get(hint, "section")


def _collected(origin: Any, inside: tuple[Any, ...]) -> str:
    if origin is tuple:
        return f"list: {_spoken(inside[0])}"
    is_table = isinstance(origin, type) and issubclass(origin, Mapping)
    return f"table: {_spoken(inside[1])}" if is_table else ""


def _accepted(notes: tuple[Any, ...]) -> str:
    readers = [getattr(getattr(note, "func", None), "__name__", "") for note in notes]
    return next((_READ_BY[name] for name in readers if name in _READ_BY), "")


def _bounded(words: str, notes: tuple[Any, ...]) -> str:
    """A type with the bounds pydantic notes beside it."""
    bounds = [bound for note in notes for bound in (getattr(note, "metadata", None) or [note])]
    signs = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most", "min_length": "length at least"}
    told = [f"{sign} {getattr(b, name):g}" for b in bounds for name, sign in signs.items() if hasattr(b, name)]
    patterns = [f"matching `{b.pattern}`" for b in bounds if getattr(b, "pattern", None)]
    return ", ".join([words, *told, *patterns])
