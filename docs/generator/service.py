"""Which addresses does the service answer? Read from the OpenAPI document of a service over a small bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fiador.service.app import create_app
from fiador.words import LANGUAGES
from generator.markdown import code, table
from generator.run import small_run

VERBS = ("get", "post", "put", "patch", "delete")


def api() -> str:
    """api.md"""
    run = small_run()
    document = create_app(run.bundle, run.engine).openapi()
    calls = [
        _call(path, verb, about[verb], document)
        for path, about in document["paths"].items()
        for verb in VERBS
        if verb in about
    ]
    shapes = document["components"]["schemas"]
    answered = [name for name in shapes if shapes[name].get("properties") and not _of_a_portfolio(name)]
    return "\n\n".join(
        [
            "# The service",
            f"{document['info']['description']} `fiador serve` shows the same, generated for its own portfolio, at "
            "`/docs`; that page opens without internet. The request's tables and columns are the portfolio's raw "
            "tables; here they are those of `portfolios/alura_cash`.",
            *calls,
            "## Shapes",
            *(_shape(name, shapes[name]) for name in sorted(answered)),
        ]
    )


def _of_a_portfolio(name: str) -> bool:
    """Shapes that hold a portfolio's own tables are shown by the example of a request."""
    return name in ("Tables", "DecisionRequest") or (name.startswith("Row") and name[3:4].isdigit())


def _call(path: str, verb: str, call: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    parts = [f"## {verb.upper()} {path}", str(call.get("description", ""))]
    taken = [
        (code(p["name"]), p["in"], _kind(p["schema"]), p.get("description", ""))
        for p in call.get("parameters", [])
    ]  # fmt: skip
    if taken:
        parts.append(table(("takes", "in", "type", "what"), taken))
    if "requestBody" in call:
        parts.append(_request(call["requestBody"], document))
    answers = [
        (status, _answer(answer), "" if status == "200" else answer["description"])
        for status, answer in call["responses"].items()
    ]
    parts.append(table(("status", "answers", "when"), answers))
    return "\n\n".join(part for part in parts if part)


def _request(body: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    schema = body["content"]["application/json"]["schema"]
    named = document["components"]["schemas"].get(_name(schema), schema)
    example = named.get("example")
    return f"```json\n{json.dumps(example, ensure_ascii=False, indent=1)}\n```" if example else ""


def _answer(answer: Mapping[str, Any]) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return _kind(schema) if schema else ""


def _shape(name: str, shape: Mapping[str, Any]) -> str:
    rows = [
        (code(key), _kind(value), value.get("description", "")) for key, value in shape["properties"].items()
    ]  # fmt: skip
    return f"### {name}\n\n{shape.get('description', '')}\n\n{table(('field', 'type', 'what'), rows)}"


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if _name(schema) == "LanguageCode":
        return " or ".join(code(each.code) for each in LANGUAGES)
    if "$ref" in schema:
        return f"[{_name(schema)}](#{_name(schema).lower()})" if _is_shown(_name(schema)) else _name(schema)
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(code(json.dumps(each)) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("type", "anything"))


def _is_shown(name: str) -> bool:
    return not _of_a_portfolio(name)
