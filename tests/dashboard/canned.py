"""What would a scoring service answer? Fixed answers of the documented shape, for the pages to show.

Served on a free port of this machine, so that a page talks HTTP as it will in earnest. `python canned.py PORT` keeps
it running, to look at the pages by eye.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from fiador.words import LANGUAGES, percent, quantity, say

CODES = [each.code for each in LANGUAGES]
KEYS = [f"{n:08d}-{n % 10}" for n in range(77, 107)]


def _says(*texts: str) -> dict[str, str]:
    return dict(zip(CODES, texts, strict=True))


FEATURES = {
    "loan_percent_income": _says(
        "loan compared with annual income",
        "prêt rapporté au revenu annuel",
        "empréstimo em relação à renda anual",
    ),
    "person_income": _says("annual income", "revenu annuel", "renda anual"),
    "person_home_ownership": _says("home ownership", "situation de logement", "situação de moradia"),
    "employed_share_of_life": _says(
        "years in current employment compared with age",
        "ancienneté dans l’emploi par rapport à l’âge",
        "anos no emprego atual em relação à idade",
    ),
    "loan_intent": _says("purpose of the loan", "objet du prêt", "finalidade do empréstimo"),
}
LEVELS = {
    "person_home_ownership": {
        "Rent": _says("rented", "locataire", "alugada"),
        "Mortgage": _says("mortgaged", "propriétaire avec prêt immobilier", "financiada"),
        "Own": _says("owned", "propriétaire", "própria"),
        "Other": _says("other", "autre", "outra"),
    },
    "loan_intent": {
        "Education": _says("education", "études", "educação"),
        "Medical": _says("medical expenses", "frais médicaux", "despesas médicas"),
        "Venture": _says("business venture", "création d’entreprise", "abertura de negócio"),
        "Debtconsolidation": _says("debt consolidation", "regroupement de crédits", "consolidação de dívidas"),
    },
}


def _column(name: str, type: str, role: str, says: dict[str, str], example: object = None, **more: object) -> dict:
    empty: dict[str, object] = {"levels": None, "min": None, "max": None, "levels_says": {}, "used": True}
    return {"name": name, "type": type, "role": role, "says": says, "example": example, **empty, **more}


def _level_column(name: str, example: str) -> dict:
    levels = LEVELS[name]
    return _column(name, "text", "value", FEATURES[name], example, levels=list(levels), levels_says=levels)


TABLES = [
    {
        "name": "emprestimos",
        "role": "base",
        "says": _says("Loan", "Prêt", "Empréstimo"),
        "columns": [
            _column("loan_id", "text", "key", _says("loan_id", "loan_id", "loan_id")),
            _level_column("loan_intent", "Education"),
            _column(
                "loan_amnt",
                "integer",
                "value",
                _says("amount requested", "montant demandé", "valor solicitado"),
                8000,
                min=1,
                unit="money",
            ),
            _column("branch_code", "text", "value", _says("branch", "agence", "agência"), "B7", used=False),
            _column(
                "loan_percent_income",
                "number",
                "value",
                FEATURES["loan_percent_income"],
                0.15,
                min=0,
                max=10,
                unit="percent",
            ),
        ],
    },
    {
        "name": "ids",
        "role": "one",
        "says": _says("Links", "Liens", "Vínculos"),
        "columns": [
            _column("loan_id", "text", "link", _says("loan_id", "loan_id", "loan_id")),
            _column("person_id", "text", "link", _says("person_id", "person_id", "person_id")),
        ],
    },
    {
        "name": "dados_mutuarios",
        "role": "one",
        "says": _says("Applicant", "Demandeur", "Solicitante"),
        "columns": [
            _column("person_id", "text", "link", _says("person_id", "person_id", "person_id")),
            _column(
                "person_age",
                "integer",
                "value",
                _says("age", "âge", "idade"),
                26,
                min=0,
                max=100,
                unit="years",
            ),
            _column("person_income", "integer", "value", FEATURES["person_income"], 55000, min=1, unit="money"),
            _level_column("person_home_ownership", "Rent"),
            _column(
                "person_emp_length",
                "number",
                "value",
                _says("years in current employment", "ancienneté dans l’emploi actuel", "anos no emprego atual"),
                4.0,
                min=0,
                max=60,
                unit="years",
            ),
        ],
    },
]


def model() -> dict:
    """The body of /v1/model."""
    return {
        "bundle": "3f9c2a71d4e8b0556a1c" + "0" * 44,
        "portfolio": "alura_cash",
        "title": "Alura Cash",
        "currency": "BRL",
        "created_at": "2026-11-21T10:00:00+00:00",
        "champion": "lightgbm",
        "seed": 0,
        "cut_off": 0.1818,
        "cut_off_rule": "cut-off = 10.0% / (10.0% + 45.0%) = 18.2%",
        "refer_band": None,
        "score": {"points": 600, "odds": 50, "pdo": 20},
        "languages": CODES,
        "key": "loan_id",
        "base": "emprestimos",
        "tables": TABLES,
        "features": [
            {"name": name, "kind": "level" if name in LEVELS else "number", "says": says}
            for name, says in FEATURES.items()
        ],
        "metrics": {"auc": {"mean": 0.8921, "sd": 0.003, "low": 0.888, "high": 0.896}},
        "development": {"applications": 34485, "labelled": 34142, "bad_rate": 0.2159},
    }


UNITS = {
    "loan_percent_income": "percent",
    "person_income": "money",
    "person_home_ownership": "number",
    "employed_share_of_life": "percent",
    "loan_intent": "number",
}
# feature: (value, typical, contribution) of the declined applicant; the approved one has the signs turned
STORY = {
    "loan_percent_income": (0.42, 0.11, 1.31),
    "person_income": (19200, 66000, 0.88),
    "person_home_ownership": ("Rent", None, 0.42),
    "employed_share_of_life": (None, 0.16, 0.11),
    "loan_intent": ("Medical", None, -0.14),
}
PERSONS = {  # outcome: pd, score
    "decline": (0.6347, 471),
    "refer": (0.1712, 532),
    "approve": (0.0312, 586),
}


def value_says(feature: str, value: object, language: str) -> str:
    """A feature's value in words."""
    if value is None:
        return say("value.missing", language)
    if isinstance(value, str):
        return LEVELS[feature][value][language]
    return quantity(value, UNITS[feature], language, currency="BRL")


def _reason(feature: str, sign: int, language: str) -> dict:
    value, typical, moved = STORY[feature]
    direction = "raises" if moved * sign > 0 else "lowers"
    says = FEATURES[feature][language]
    shown = value_says(feature, value, language)
    typical_says = value_says(feature, typical, language) if typical is not None else None
    if value is None:
        text = say(f"reason.missing.{direction}", language, says=says)
    elif typical_says is None:
        text = say(f"reason.{direction}.level", language, says=says, value=shown)
    else:
        text = say(f"reason.{direction}", language, says=says, value=shown, typical=typical_says)
    found = {"code": feature, "feature": feature, "says": says, "value": value, "value_says": shown}
    compared = {"typical": typical, "typical_says": typical_says, "contribution": moved * sign}
    return found | compared | {"direction": direction, "text": text}


def decision(key: str | None, language: str, *, outcome: str = "decline") -> dict:
    """The body of a decision, as the service gives it."""
    pd, score = PERSONS[outcome]
    shown = {"pd": percent(pd, language), "cut_off": percent(0.1818, language)}
    sign = -1 if outcome == "approve" else 1
    reasons = [_reason(feature, sign, language) for feature in list(STORY)[:4]]
    contributions = [
        {
            name: _reason(feature, sign, language)[name]
            for name in ("feature", "says", "value", "value_says", "contribution")
        }
        for feature in STORY
    ]
    return {
        "key": key,
        "bundle": model()["bundle"],
        "portfolio": "alura_cash",
        "language": language,
        "outcome": outcome,
        "outcome_says": say(f"outcome.{outcome}", language),
        "explanation": say(f"decision.{outcome}", language, **shown),
        "pd": pd,
        "score": score,
        "cut_off": 0.1818,
        "refer_band": [0.1493, 0.2051],
        "exposure": 10000.0,
        "currency": "BRL",
        "expected_loss": 4500 * pd,
        "expected_profit": 1000 * (1 - pd) - 4500 * pd,
        "rule": None,
        "reasons": reasons,
        "contributions": contributions,
        "base_log_odds": -2.6,
        "notices": _notices(language) if outcome == "refer" else [],
    }


def _notices(language: str) -> list[dict]:
    column = _says("age", "âge", "idade")[language]
    text = say("notice.null", language, column=column, value="144")
    return [{"table": "dados_mutuarios", "column": "person_age", "value": 144, "action": "null", "text": text}]


def _bell(n: int, centre: float, spread: float, total: int) -> list[int]:
    heights = [2.718 ** -(((i - centre) / spread) ** 2) for i in range(n)]
    return [round(total * height / sum(heights)) for height in heights]


def distribution(feature: str) -> dict:
    """The body of a feature's distribution."""
    unit = {"unit": UNITS[feature]}
    if feature in LEVELS:
        n = len(LEVELS[feature])
        counts = {"goods": [9000, 12000, 2500, 300][:n], "bads": [4800, 1700, 190, 60][:n]}
        named = {"levels": list(LEVELS[feature]), "levels_says": LEVELS[feature]}
        return {"feature": feature, "kind": "level", **unit, **named, **counts, "missing": {"goods": 210, "bads": 80}}
    top = {"loan_percent_income": 0.6, "person_income": 160000, "employed_share_of_life": 0.6}[feature]
    edges = [top * i / 20 for i in range(21)]
    counts = {"goods": _bell(20, 5, 4, 26000), "bads": _bell(20, 9, 5, 7300)}
    missing = {"goods": 240, "bads": 71}
    return {
        "feature": feature,
        "kind": "number",
        **unit,
        "edges": edges,
        **counts,
        "missing": missing,
        "says": FEATURES[feature],
    }


GROUPS = {"all": 30000, "approved": 19800, "referred": 0, "declined": 10200, "goods": 23500, "bads": 6500}
DESCRIPTIONS = {
    "loan_percent_income": "emprestimos.loan_percent_income",
    "person_income": "dados_mutuarios.person_income",
    "person_home_ownership": "dados_mutuarios.person_home_ownership",
    "employed_share_of_life": "person_emp_length / person_age",
    "loan_intent": "emprestimos.loan_intent",
    "loan_grade": "emprestimos.loan_grade",
}
EXPLORED = FEATURES | {
    "loan_grade": _says("grade given by the lender", "note attribuée par le prêteur", "nota atribuída pelo credor")
}


def _levels(name: str, language: str) -> list[dict] | None:
    if name == "loan_grade":
        return [{"level": grade, "says": grade} for grade in "ABCDEFG"]
    return (
        [{"level": level, "says": says[language]} for level, says in LEVELS[name].items()] if name in LEVELS else None
    )


def _entry(name: str, language: str) -> dict:
    kind = "level" if name in LEVELS or name == "loan_grade" else "number"
    return {"variable": name, "says": EXPLORED[name][language], "kind": kind, "unit": UNITS.get(name, "number")}


def _edges(name: str) -> list[float]:
    top = {"loan_percent_income": 0.6, "person_income": 160000, "employed_share_of_life": 0.6}[name]
    return [top * i / 20 for i in range(21)]


def variables(language: str) -> dict:
    """The body of /v1/explore/variables."""
    rows = []
    for name in EXPLORED:
        entry = _entry(name, language)
        number = entry["kind"] == "number"
        made = {"name": name, "description": DESCRIPTIONS[name], "tables": [DESCRIPTIONS[name].split(".")[0]]}
        marks = {"used": name != "loan_grade", "lender_set": name == "loan_grade", "levels": _levels(name, language)}
        ends = {"low": 0.0 if number else None, "high": _edges(name)[-1] if number else None, "missing": 0.0123}
        rows.append({key: value for key, value in entry.items() if key != "variable"} | made | marks | ends)
    return {"applications": 30000, "labelled": 30000, "groups": GROUPS, "fewest": 20, "variables": rows}


def histogram(query: dict[str, str], language: str) -> dict:
    """The body of /v1/explore/histogram: too few where incomes of a million are asked for."""
    name, group = query["variable"], query.get("group", "all")
    entry = _entry(name, language) | {"group": group, "group_says": group}
    number = entry["kind"] == "number"
    ends = {"edges": _edges(name) if number else None, "levels": _levels(name, language)}
    if float(query.get("filter_value", "0") if query.get("filter_variable") == "person_income" else 0) > 900_000:
        empty: dict = {"counts": [], "bad_rates": [], "missing": None, "client": None}
        return entry | {"edges": None, "levels": None, "enough": False, "applications": None} | empty
    counts: list[int] = list(
        _bell(20, 7, 4, 30000) if number else [12000, 9000, 5000, 400, 90, 9, 7][: len(ends["levels"] or [])]
    )
    rates: list[float | None] = [0.05 + 0.6 * i / len(counts) for i in range(len(counts))]
    counts[-1], rates[-1] = 5, None
    client = None
    if query.get("key"):
        value = STORY.get(name, ("C", None, 0))[0]
        below = 0.87 if number and value is not None else None
        says = value if name == "loan_grade" else value_says(name, value, language)
        client = {"key": query["key"], "value": value, "value_says": says, "share_below": below}
    told = {"enough": True, "applications": 30000, "counts": counts, "bad_rates": rates, "missing": 240}
    return entry | ends | told | {"client": client}


def pair(query: dict[str, str], language: str) -> dict:
    """The body of /v1/explore/pair."""
    sides = {}
    for side in ("x", "y"):
        name = query[side]
        entry = _entry(name, language)
        number = entry["kind"] == "number"
        sides[side] = entry | {"edges": _edges(name) if number else None, "levels": _levels(name, language)}
    wide, tall = (len(side["levels"] or side["edges"][1:]) for side in sides.values())
    cells = []
    for x in range(wide):
        for y in range(tall):
            count = round(400 * 2.718 ** -((x - wide / 3) ** 2 / wide + (y - tall / 2) ** 2 / tall))
            hidden = {"count": 5 * round(count / 5), "bad_rate": None, "declined": None}
            told = {"count": count, "bad_rate": 0.04 + 0.7 * x / wide, "declined": 0.1 + 0.8 * x / wide}
            if count > 2:
                cells.append({"x": x, "y": y} | (hidden if count < 20 else told))
    client = None
    if query.get("key"):
        found = {side: STORY[query[side]][0] for side in ("x", "y")}
        said = {f"{side}_says": value_says(query[side], found[side], language) for side in ("x", "y")}
        client = {"key": query["key"]} | found | said
    group = {"group": query.get("group", "all"), "group_says": query.get("group", "all")}
    return sides | group | {"enough": True, "applications": 30000, "cells": cells, "client": client}


def compare(query: dict[str, str], language: str) -> dict:
    """The body of /v1/explore/compare."""
    rows = []
    for name, (value, typical, _) in STORY.items():
        entry = _entry(name, language) | {"value": value, "value_says": value_says(name, value, language)}
        if name in LEVELS:
            numbers = dict.fromkeys(("median", "low", "high", "median_says", "low_says", "high_says", "share_below"))
            typical_says = next(iter(LEVELS[name].values()))[language]
            rows.append(entry | numbers | {"level_share": 0.38, "typical_says": typical_says})
            continue
        held = {"median": typical, "low": typical * 0.6, "high": typical * 1.5}
        said = {f"{end}_says": value_says(name, held[end], language) for end in held}
        shares = {"share_below": None if value is None else 0.87, "level_share": None}
        rows.append(entry | held | said | shares | {"typical_says": said["median_says"]})
    group = query.get("group", "approved")
    told = {"group": group, "group_says": group, "enough": True, "applications": GROUPS[group]}
    return {"key": query["key"], **told, "rows": rows}


def client_values(key: str, language: str) -> dict:
    """The body of /v1/explore/applications/{key}."""
    table = _says("Applicant", "Demandeur", "Solicitante")[language]
    rows = []
    for name, (value, _, _) in STORY.items():
        derived = name == "employed_share_of_life"
        place = {"table": None if derived else "dados_mutuarios", "table_says": None if derived else table}
        said = {"says": FEATURES[name][language], "value": value, "value_says": value_says(name, value, language)}
        rows.append(
            {"variable": name, "column": None if derived else name, "used": True, "description": DESCRIPTIONS[name]}
            | place
            | said
        )
    return {"key": key, "rows": rows}


def explore(asked: list[str], query: dict[str, str], language: str) -> tuple[int, dict]:
    """Status and body of one question about all known applications."""
    key = asked[1] if asked[0] == "applications" else query.get("key")
    if key and key not in KEYS:
        return 404, _error("UnknownKeyError", f"no application '{key}'.", where="loan_id")
    if asked[0] == "applications":
        return 200, client_values(asked[1], language)
    if asked[0] == "variables":
        return 200, variables(language)
    return 200, {"histogram": histogram, "pair": pair, "compare": compare}[asked[0]](query, language)


def _error(type: str, what: str, *, where: str = "", hint: str = "") -> dict:
    body = {
        "type": type,
        "where": where,
        "what": what,
        "hint": hint,
        "message": f"{where}: {what} {hint}".strip(),
    }
    return {"error": body | {"details": []}}


def outcome_of(key: str) -> str:
    """Which canned person has this key."""
    return ("decline", "approve", "refer")[KEYS.index(key) % 3]


def answer(method: str, path: str, query: dict[str, str], body: dict | None) -> tuple[int, dict]:  # noqa: PLR0911
    """Status and body of one request."""
    language = query.get("language", "en")
    parts = [unquote(part) for part in path.strip("/").split("/")][1:]
    if path == "/health/ready":
        return 200, {"status": "ready", "bundle": model()["bundle"]}
    if parts == ["model"]:
        return 200, model()
    if parts[0] == "explore":
        return explore(parts[1:], query, language)
    if parts == ["decisions"] and method == "POST":
        age = (body or {})["tables"]["dados_mutuarios"][0].get("person_age")
        if age == 999:
            return 422, _error(
                "RequestError", "999 is refused.", where="dados_mutuarios.person_age", hint="Send 0 to 100."
            )
        return 200, decision(None, language, outcome="approve")
    if parts == ["applications"]:
        found = [key for key in KEYS if key.startswith(query.get("search", ""))]
        start, limit = int(query["offset"]), int(query["limit"])
        page = [{"key": key} for key in found[start : start + limit]]
        after = start + limit if start + limit < len(found) else None
        return 200, {
            "applications": page,
            "total": len(found),
            "limit": limit,
            "offset": start,
            "next": after,
        }
    if parts[0] == "features":
        return 200, distribution(parts[1])
    if parts[1] not in KEYS:
        return 404, _error("UnknownKeyError", f"no application '{parts[1]}'.", where="loan_id")
    if parts[2:] == ["decision"]:
        return 200, decision(parts[1], language, outcome=outcome_of(parts[1]))
    return 200, {"key": parts[1], "tables": rows(parts[1])}


def rows(key: str) -> dict:
    """The raw rows of a known application."""
    loan = {
        "loan_id": key,
        "branch_code": "B7",
        "loan_intent": "Medical",
        "loan_amnt": 10000,
        "loan_percent_income": 0.42,
    }
    person = {"person_id": "p1", "person_age": 24, "person_income": 19200, "person_home_ownership": "Rent"}
    links = {"loan_id": key, "person_id": "p1"}
    return {"emprestimos": [loan], "ids": [links], "dados_mutuarios": [person | {"person_emp_length": None}]}


class _Answers(BaseHTTPRequestHandler):
    def _reply(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, answered = answer(self.command, address.path, query, body)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answered).encode())

    do_GET = do_POST = _reply

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """A running canned service; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serving(int(sys.argv[1])) as address:
        sys.stdout.write(f"{address}\n")
        threading.Event().wait()
