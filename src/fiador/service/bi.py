"""What does a BI tool ask by address alone? One decision in flat parameters, and rows for charts and slicers.

Everything is in the query, as a scheduled refresh needs it, and a query is personal: it is recorded and logged nowhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.responses import Response, StreamingResponse

from fiador.bundle import Bundle
from fiador.decision.answer import Decision
from fiador.decision.reasons import MOST
from fiador.decision.statement import DecisionStatement
from fiador.errors import RequestError, did_you_mean
from fiador.service import faults
from fiador.service.arguments import Accepted
from fiador.service.flat import client_model, columns_of, row_names, rows_model
from fiador.service.known import KnownApplications
from fiador.service.sheet import TYPE, csv_chunks
from fiador.use_cases import exploring, scoring
from fiador.use_cases.exploring import Population
from fiador.use_cases.exploring.sql import OWN
from fiador.use_cases.exploring.variables import KnownVariable
from fiador.use_cases.ports import Engine
from fiador.words import language_of

MOST_ROWS, USUAL_ROWS = 10_000, 1_000
_REASONS = range(1, MOST + 1)
_CSV = {"schema": {"type": "string"}}


def _flat_model() -> type[BaseModel]:
    share, text = (Annotated[float, Field(ge=0, le=1)], ...), (str | None, ...)
    answer = {name: (hint, ...) for name, hint in get_type_hints(DecisionStatement, include_extras=True).items()}
    at_cut_off = Field(alias="class", ge=0, le=1, description="1 where the PD is at or above the cut-off, else 0.")
    notices = Field(description="What was not as expected and what was done about it.")
    fields: dict[str, Any] = {
        "class_": (int, at_cut_off),
        "probability_good": share,
        "probability_bad": share,
        **{name: answer[name] for name in ("pd", "score", "outcome", "outcome_says", "explanation")},
        **{f"reason_{n}": text for n in _REASONS},
        **{f"reason_{n}_code": text for n in _REASONS},
        **{name: answer[name] for name in ("cut_off", "exposure", "expected_loss", "expected_profit")},
        "currency": (str, ...),
        "notices": (str | None, notices),
        **{name: answer[name] for name in ("language", "bundle")},
    }
    says = (
        "One decision as one flat object: the same names in the same order always, null where there is nothing to say."
    )
    return create_model("FlatDecision", __config__=ConfigDict(serialize_by_alias=True), __doc__=says, **fields)


FlatDecision = _flat_model()


def flat(decision: Decision, language: str) -> dict[str, Any]:
    """A decision as one row of scalars."""
    statement = decision.to_json(language)
    reasons = [*statement["reasons"], *[None] * MOST][:MOST]
    row = {
        **statement,
        "class": int(decision.pd >= decision.cut_off),
        "probability_good": 1 - decision.pd,
        "probability_bad": decision.pd,
        "notices": " ".join(notice["text"] for notice in statement["notices"]) or None,
        **{f"reason_{n}": reason and reason["text"] for n, reason in enumerate(reasons, 1)},
        **{f"reason_{n}_code": reason and reason["code"] for n, reason in enumerate(reasons, 1)},
    }
    return {name: row[name] for name in _NAMES}


_NAMES = [field.alias or name for name, field in FlatDecision.model_fields.items()]


def add(app: FastAPI, bundle: Bundle, engine: Engine, known: KnownApplications) -> None:
    """The addresses under /v1/bi."""
    _decision(app, bundle, engine)
    _rows(app, bundle, known)


def _decision(app: FastAPI, bundle: Bundle, engine: Engine) -> None:
    Client = client_model(bundle)  # evaluated where it is used, so this module has no postponed annotations

    @app.get(
        "/v1/bi/decision",
        responses={
            200: {"model": FlatDecision, "content": {"text/csv": _CSV}, "description": "The decision, flat."},
            **faults.declared(422, 503),
        },
        response_class=Response,
        tags=["bi"],
        operation_id="bi_decision",
    )
    def decision(
        request: Request,
        client: Annotated[Client, Query()],  # type: ignore[valid-type]
        accept_language: Accepted = None,
    ) -> Response:
        """What would be decided on an application with these values. A what-if: neither kept nor logged.

        Parameters are named as raw columns (`table.column` where two tables share a name); an empty one is missing.
        """
        values: dict[str, Any] = client.model_dump(by_alias=True)  # type: ignore[attr-defined]
        language = values["language"] or language_of(accept_language)
        with faults.unquoted(request):
            row = flat(scoring.decide(bundle, tables_of(bundle, values), engine=engine), language)
        if values["format"] == "csv":
            return Response("".join(csv_chunks(_NAMES, [row])), media_type=TYPE)
        return _json(row)


def tables_of(bundle: Bundle, arguments: Mapping[str, object]) -> dict[str, list[dict[str, object]]]:
    """Flat values as the raw rows of one application; a looked-up table without a value has no row."""
    rows: dict[str, dict[str, object]] = {bundle.portfolio.base: {}}
    for column in columns_of(bundle):
        value = arguments.get(column.name)
        if value is not None:
            rows.setdefault(column.table, {})[column.column] = value
    return {table: [row] for table, row in rows.items()}


def _rows(app: FastAPI, bundle: Bundle, known: KnownApplications) -> None:
    listing = Listing.of(bundle)
    Page = rows_model(listing.filters, MOST_ROWS, USUAL_ROWS, columns=listing.columns)

    def _population() -> Population:
        return known.population()

    def _page(
        request: Request,
        query: Annotated[Page, Query()],  # type: ignore[valid-type]
        population: Annotated[Population, Depends(_population)],
        accept_language: Accepted = None,
    ) -> tuple[list[str], exploring.RowPage]:
        with faults.unquoted(request):
            return listing.page(population, query, accept_language)

    page = Annotated[tuple[list[str], exploring.RowPage], Depends(_page)]
    _rows_as_json(app, listing.names, page)
    _rows_as_csv(app, page)


def _rows_as_json(app: FastAPI, names: Mapping[str, KnownVariable], page: Any) -> None:
    @app.get(
        "/v1/bi/applications.json",
        responses={
            200: {"model": _rows_answer(names), "description": "One page of rows."},
            **faults.declared(422, 503),
        },
        response_class=Response,
        tags=["bi"],
        operation_id="bi_applications_json",
    )
    def applications_json(page: page) -> Response:
        """Known applications as flat rows for charts and slicers, by key, page by page; `next` is null at the end."""
        columns, listing = page
        rows = [{name: row[name] for name in columns} for row in listing.rows]
        paging = {"total": listing.total, "limit": listing.limit, "offset": listing.offset, "next": listing.next}
        return _json({"rows": rows, **paging})


def _rows_as_csv(app: FastAPI, page: Any) -> None:
    @app.get(
        "/v1/bi/applications.csv",
        responses={
            200: {
                "content": {"text/csv": _CSV},
                "description": "One page of rows, a header first. Text that a spreadsheet would run gets a leading '.",
                "headers": {"X-Total-Count": {"description": "All rows that match.", "schema": {"type": "integer"}}},
            },
            **faults.declared(422, 503),
        },
        response_class=StreamingResponse,
        tags=["bi"],
        operation_id="bi_applications_csv",
    )
    def applications_csv(page: page) -> Response:
        """The same rows as CSV (RFC 4180, UTF-8); `X-Total-Count` says how many there are in all."""
        columns, listing = page
        headers = {"X-Total-Count": str(listing.total)}
        return StreamingResponse(csv_chunks(columns, listing.rows), headers=headers, media_type=TYPE)


@dataclass(frozen=True)
class Listing:
    """What a page of applications may hold: variables under their names, those that filter, and every column."""

    names: Mapping[str, KnownVariable]
    filters: Mapping[str, KnownVariable]
    columns: list[str]

    @classmethod
    def of(cls, bundle: Bundle) -> "Listing":
        """What a bundle's applications have."""
        names = row_names(exploring.known_variables(bundle).values())
        filters = {name: variable for name, variable in names.items() if variable.kind == "level"}
        return cls(names, filters, columns_told(names))

    def page(
        self, population: Population, query: BaseModel, accepted: str | None
    ) -> tuple[list[str], exploring.RowPage]:
        """The columns a query names, in its order, and its page of rows."""
        values: dict[str, Any] = query.model_dump(by_alias=True)
        columns = _select_columns(values["columns"], self.columns)
        return columns, exploring.list_rows(
            population,
            names={name: self.names[name] for name in columns if name in self.names},
            where=self._where(values),
            limit=USUAL_ROWS if values["limit"] is None else values["limit"],
            offset=values["offset"] or 0,
            language=(values["language"] or language_of(accepted)) if values["words"] else None,
        )

    def _where(self, values: Mapping[str, Any]) -> exploring.Where:
        return exploring.Where(
            outcome=values["outcome"],
            actual=values["actual"],
            search=values["search"],
            equal={variable: values[name] for name, variable in self.filters.items() if values[name] is not None},
            pd=(values["pd_min"], values["pd_max"]),
            score=(values["score_min"], values["score_max"]),
        )


def columns_told(names: Mapping[str, KnownVariable]) -> list[str]:
    """The columns of an application's row, in order: our own, then the variables."""
    own = [*OWN]
    after = own.index("score") + 1
    return [*own[:after], "cut_off", "class", *own[after:], *names]


def _select_columns(columns: str | None, known: list[str]) -> list[str]:
    """The columns a query names, in its order; all where it names none."""
    if not columns:
        return known
    names = [name.strip() for name in columns.split(",")]
    for name in names:
        if name not in known:
            raise RequestError(f"no column '{name[:60]}'.", where="columns", hint=did_you_mean(name[:60], known))
    return list(dict.fromkeys(names))


def _rows_answer(names: Mapping[str, KnownVariable]) -> type[BaseModel]:
    """The answer's schema: a row's columns may be fewer where `columns` says so."""
    types: dict[str, Any] = {"number": float | None, "level": str | None, "date": str | None}
    own: dict[str, Any] = {
        "key": str, "outcome": str, "pd": float | None, "score": int | None, "cut_off": float, "class": int | None,
        "actual": str | None, "exposure": float | None, "expected_loss": float | None, "expected_profit": float | None,
    }  # fmt: skip
    kinds = {**own, **{name: types[variable.kind] for name, variable in names.items()}}
    fields: dict[str, Any] = {
        f"c{at}": (kind, Field(default=None, alias=n)) for at, (n, kind) in enumerate(kinds.items())
    }
    row = create_model("ApplicationRow", __doc__="One known application; only the columns asked for.", **fields)
    listed: Any = list[row]  # type: ignore[valid-type]
    whole: Any = (int, ...)
    page = {"rows": (listed, ...), "total": whole, "limit": whole, "offset": whole, "next": (int | None, ...)}
    return create_model("ApplicationRows", __doc__="One page of rows; `next` is the offset of the page after.", **page)


def _json(content: object) -> Response:
    # a row's cells are scalars the engine typed: a second validation would cost more than the query
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "backslashreplace"), media_type="application/json")
