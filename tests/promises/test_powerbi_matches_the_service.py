"""Do the Power Query files ask what the service answers?

The M text is read as M has it (strings, quoted names, comments, brackets): every address and parameter is held against
the OpenAPI of the Alura bundle, every column that is expanded against the schema of the answer, type by type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fiador.look import LIGHT
from fiador.service.app import create_app
from fiador.service.bi import MOST_ROWS

DOCS = Path(__file__).parents[2] / "docs"
FILES = {"powerbi": DOCS / "powerbi" / "fiador.pq", "excel": DOCS / "excel" / "fiador.pq"}
PAIRS = {"(": ")", "[": "]", "{": "}"}
BY_TYPE = {"string": "Text", "integer": "Number", "number": "Number", "boolean": "Logical"}
M_TYPES = {"string": {"text"}, "integer": {"number", "Int64.Type"}, "number": {"number"}}
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"]|"")*")|(?P<quoted>\#"(?:[^"]|"")*")"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign>=>|<>|>=|<=|\?\?|[-+*/&=<>(),\[\]{}@?;:])""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Query:
    """One query of a file: what it is, and its tokens."""

    name: str
    kind: str
    tokens: list[str]


def queries(path: Path) -> dict[str, Query]:
    parts = re.split(r"^// --- (\S+): (\w+) ---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = [
        Query(name, kind, tokens(text)) for name, kind, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]
    assert len({query.name for query in found}) == len(found)
    return {query.name: query for query in found}


def tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"not M: {text[at : at + 40]!r}"
        if match.lastgroup != "space":
            found.append(match[0])
        at = match.end()
    return found


def inside(words: list[str], start: int) -> list[str]:
    """What stands between the bracket at `start` and the one that closes it."""
    open_ = [words[start]]
    for at in range(start + 1, len(words)):
        if words[at] in PAIRS:
            open_.append(words[at])
        elif words[at] in PAIRS.values():
            assert PAIRS[open_.pop()] == words[at]
            if not open_:
                return words[start + 1 : at]
    raise AssertionError("a bracket is not closed")


def entries(words: list[str]) -> dict[str, list[str]]:
    """name = value, … of a record or of a table's type, at its own level."""
    found: dict[str, list[str]] = {}
    level, name, value = 0, "", []
    for at, word in enumerate([*words, ","]):
        level += (word in PAIRS) - (word in PAIRS.values())
        if word == "," and level == 0:
            if name:
                found[name] = value
            name, value = "", []
        elif not name and word == "=" and level == 0:
            name, value = words[at - 1], []
        else:
            value = [*value, word]
    return found


def calls(query: Query) -> Iterator[dict[str, list[str]]]:
    """The options of every Web.Contents."""
    for at, word in enumerate(query.tokens):
        if word == "Web.Contents":
            arguments = inside(query.tokens, at + 1)
            assert arguments[:2] == ["FiadorUrl", ","], "a refresh needs a base address that stays"
            yield entries(inside(arguments, arguments.index("[")))


def table_type(query: Query) -> dict[str, list[str]]:
    at = query.tokens.index("type")
    assert query.tokens[at + 1] == "table"
    return entries(inside(query.tokens, at + 2))


@pytest.fixture(scope="module")
def api(bundle: Any, alura_engine: tuple) -> dict[str, Any]:
    return dict(TestClient(create_app(bundle, alura_engine[1])).get("/openapi.json").json())


def parameters(api: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    return {p["name"]: p["schema"] for p in api["paths"][path]["get"]["parameters"] if p["in"] == "query"}


def fields(api: dict[str, Any], schema: str) -> dict[str, list[str]]:
    """The types a field may have, `null` among them."""
    told = api["components"]["schemas"][schema]["properties"]
    return {name: [each["type"] for each in field.get("anyOf", [field])] for name, field in told.items()}


@pytest.mark.parametrize("file", FILES)
def test_every_bracket_of_every_query_is_closed(file: str) -> None:
    for query in queries(FILES[file]).values():
        assert query.tokens
        depth: list[str] = []
        for word in query.tokens:
            if word in PAIRS:
                depth.append(PAIRS[word])
            elif word in PAIRS.values():
                assert depth.pop() == word, query.name
        assert depth == [], query.name


@pytest.mark.parametrize("file", FILES)
def test_every_name_a_query_uses_is_a_query_a_local_or_of_m(file: str) -> None:
    named = queries(FILES[file])
    library = {"Web.Contents", "Json.Document", "Value.Metadata", "List.Generate", "Response.Status", "Text.From"}
    for query in named.values():
        dotted = {word for word in query.tokens if "." in word and word[0].isalpha()}
        assert all(re.fullmatch(r"[A-Z]\w+\.[A-Z]\w+", word) for word in dotted), dotted
    used = {word for query in named.values() for word in query.tokens}
    assert library <= used
    assert {"FiadorUrl", "Language", "Client", "Written", "Answered", "FiadorDecision", "FiadorApplications"} <= set(
        named
    )


@pytest.mark.parametrize("file", FILES)
def test_every_address_is_one_of_the_services(file: str, api: dict[str, Any]) -> None:
    asked = [options["RelativePath"] for query in queries(FILES[file]).values() for options in calls(query)]
    assert [f"/{json.loads(path[0])}" for path in asked] == ["/v1/bi/decision", "/v1/bi/applications.json"]
    assert all(len(path) == 1 for path in asked)
    assert all(f"/{json.loads(path[0])}" in api["paths"] for path in asked)


@pytest.mark.parametrize("file", FILES)
def test_every_parameter_is_one_of_its_address(file: str, api: dict[str, Any]) -> None:
    for query in queries(FILES[file]).values():
        for options in calls(query):
            known = parameters(api, f"/{json.loads(options['RelativePath'][0])}")
            words = options["Query"]
            assert words[:2] == ["Asked", "&"]
            given = entries(inside(words, 2))
            assert {"language"} < set(given) <= set(known)
            if "limit" in given:
                assert int(json.loads(given["limit"][0])) == MOST_ROWS == known["limit"]["maximum"]


@pytest.mark.parametrize("file", FILES)
def test_every_status_a_caller_can_mend_is_told_in_the_services_words(file: str, api: dict[str, Any]) -> None:
    for query in queries(FILES[file]).values():
        for options in calls(query):
            path = f"/{json.loads(options['RelativePath'][0])}"
            handled = {int(word) for word in options["ManualStatusHandling"] if word.isdigit()}
            assert {int(s) for s in api["paths"][path]["get"]["responses"] if s != "200"} <= handled


def test_the_new_client_has_a_parameter_for_every_raw_value_of_its_type(api: dict[str, Any]) -> None:
    named = queries(FILES["powerbi"])
    client = entries(inside(named["Client"].tokens, 0))
    known = {n: s for n, s in parameters(api, "/v1/bi/decision").items() if n not in ("language", "format")}
    assert set(client) == set(known)
    for name, value in client.items():
        assert value == [name]
        assert named[name].kind == "parameter"
        told = entries(inside(named[name].tokens, named[name].tokens.index("[")))
        assert told["IsParameterQuery"] == ["true"]
        assert json.loads(told["Type"][0]) == BY_TYPE[known[name]["type"]]
        default = named[name].tokens[0]
        assert default == "null" or default.startswith('"') == (told["Type"] == ['"Text"'])


def test_the_new_client_as_it_stands_is_answered(bundle: Any, alura_engine: tuple) -> None:
    named = queries(FILES["powerbi"])
    client = entries(inside(named["Client"].tokens, 0))
    asked = {name: named[name].tokens[0].strip('"').replace("null", "") for name in client}
    answer = TestClient(create_app(bundle, alura_engine[1])).get("/v1/bi/decision", params=asked)
    assert answer.status_code == 200
    assert answer.json()["notices"] is None


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("query", "schema"), [("Decision", "FlatDecision"), ("FiadorApplications", "ApplicationRow")])
def test_every_column_expanded_is_in_the_answer_with_its_type(
    file: str, query: str, schema: str, api: dict[str, Any]
) -> None:
    expanded, told = table_type(queries(FILES[file])[query]), fields(api, schema)
    assert list(expanded) == list(told)
    for name, words in expanded.items():
        nullable, kind = words[0] == "nullable", words[-1]
        assert nullable == ("null" in told[name]), name
        assert any(kind in M_TYPES[each] for each in told[name] if each != "null"), name


def test_the_filters_of_the_example_are_parameters(api: dict[str, Any]) -> None:
    known = parameters(api, "/v1/bi/applications.json")
    for path in FILES.values():
        text = path.read_text(encoding="utf-8")
        words = queries(path)["Applications"].tokens
        assert set(entries(inside(words, words.index("[")))) <= set(known)
        (shown,) = re.findall(r"between the brackets: (\[[^\]]*\])", text)
        assert set(entries(inside(tokens(shown), 0))) <= set(known)


def test_excel_and_power_bi_share_their_functions() -> None:
    ours, theirs = (queries(path) for path in FILES.values())
    for name in ("Written", "Answered", "FiadorDecision", "Decision", "FiadorApplications", "Applications"):
        assert ours[name] == theirs[name]


def test_the_theme_has_the_colours_of_the_pages() -> None:
    theme = json.loads((DOCS / "powerbi" / "theme.json").read_text(encoding="utf-8"))
    ours = set(vars(LIGHT).values())
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(theme)))
    assert used <= ours
    assert (theme["good"], theme["neutral"], theme["bad"]) == (LIGHT.approve, LIGHT.refer, LIGHT.decline)
