"""Which questions does the service answer? Every address, and the call behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Query
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from fiador.bundle import Bundle
from fiador.errors import UnknownKeyError, did_you_mean
from fiador.portfolio.types import MOST_TEXT
from fiador.service import answers, bi, explore, faults
from fiador.service.arguments import Accepted, KeyPath, Wanted, answer_language
from fiador.service.body import StrictRoute
from fiador.service.known import KnownApplications
from fiador.service.parameters import understood
from fiador.service.request import request_model, sent_rows
from fiador.service.size import BodyLimit
from fiador.service.slashes import Slashes
from fiador.settings import Settings, read_settings
from fiador.use_cases import applications, model_card, ports, scoring
from fiador.use_cases.ports import Engine
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.words import LANGUAGES

MOST_KEYS = 500  # a page of keys


def create_app(
    bundle: Bundle, engine: Engine, *, settings: Settings | None = None, history: ports.History | None = None
) -> FastAPI:
    """The service over one bundle and the raw tables an engine holds; history: what was computed of them beforehand."""
    settings, known = settings or read_settings(), KnownApplications(bundle, engine)
    app = FastAPIOffline(
        title=f"fiador: {bundle.portfolio.head.title or bundle.portfolio.name}",
        version=bundle.version,
        description="From an applicant's raw rows to a decision, its cost and its reasons.",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_preparing(known),
        dependencies=[Depends(understood)],
        generate_unique_id_function=_named,
    )
    columns = {table: [c for c, column in raw.items() if column.role != "target"] for table, raw in bundle.raw.items()}
    app.router.route_class = StrictRoute
    faults.install(app, columns, bundle.portfolio.target.column)
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(Slashes)
    _decisions(app, bundle, engine, history)
    _applications(app, bundle, engine)
    _model(app, bundle)
    explore.add(app, known)
    bi.add(app, bundle, engine, known)
    _health(app, bundle, engine)
    return app


def _named(route: APIRoute) -> str:
    """An operation is called as the function behind it: generated clients have names a person would give."""
    return route.name


def _preparing(known: KnownApplications) -> Any:
    """Score the known applications from the start, while the first questions are already answered."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        known.start()
        yield
        known.stop()

    return lifespan


def _decisions(app: FastAPI, bundle: Bundle, engine: Engine, history: ports.History | None) -> None:
    Sent = request_model(bundle)  # evaluated where it is used, so this module has no postponed annotations

    @app.post(
        "/v1/decisions",
        response_model=answers.Decision,
        responses=faults.declared(413, 422, 503),
        tags=["decisions"],
    )
    def decide(
        body: Annotated[Sent, Body()],  # type: ignore[valid-type]
        language: Wanted = None,
        accept_language: Accepted = None,
    ) -> Any:
        """Decide on one application, given as raw rows by table. Values, columns, tables and keys may be left out."""
        decision = scoring.decide(bundle, sent_rows(body), engine=engine)
        return decision.to_json(answer_language(language, accept_language))

    @app.get(
        "/v1/applications/{key}/decision",
        response_model=answers.Decision,
        responses=faults.declared(404, 422, 503),
        tags=["decisions"],
    )
    def decide_known(key: KeyPath, language: Wanted = None, accept_language: Accepted = None) -> Any:
        """Decide on a known application."""
        decision = scoring.score_one(bundle, key, engine=engine, history=history)
        return decision.to_json(answer_language(language, accept_language))


def _applications(app: FastAPI, bundle: Bundle, engine: Engine) -> None:
    @app.get(
        "/v1/applications",
        response_model=answers.Applications,
        responses=faults.declared(422, 503),
        tags=["applications"],
    )
    def list_applications(
        limit: Annotated[int, Query(ge=1, le=MOST_KEYS)] = 50,
        offset: Annotated[int, Query(ge=0, le=2**62)] = 0,
        search: Annotated[str, Query(max_length=MOST_TEXT, description="Only keys that begin so.")] = "",
    ) -> Any:
        """The keys of known applications, in order, page by page."""
        page = applications.list_applications(bundle, engine=engine, limit=limit, offset=offset, search=search)
        return {
            "applications": [{"key": key} for key in page.keys],
            "total": page.total,
            "limit": limit,
            "offset": offset,
            "next": applications.offset_after(offset, len(page.keys), page.total),
        }

    @app.get(
        "/v1/applications/{key}",
        response_model=answers.Application,
        responses=faults.declared(404, 422, 503),
        tags=["applications"],
    )
    def application(key: KeyPath) -> Any:
        """A known application's raw rows, as the decision reads them."""
        return {"key": key, "tables": applications.application(bundle, key, engine=engine)}


def _model(app: FastAPI, bundle: Bundle) -> None:
    @app.get("/v1/model", response_model=answers.Model, responses=faults.declared(422, 503), tags=["model"])
    def model(language: Wanted = None, accept_language: Accepted = None) -> Any:
        """What is served: tables, features, costs, figures, each with its words."""
        return model_card.model_card(bundle, answer_language(language, accept_language))

    @app.get(
        "/v1/features/{name}/distribution",
        response_model=answers.Distribution,
        response_model_exclude_none=True,
        responses=faults.declared(404, 422, 503),
        tags=["model"],
    )
    def distribution(name: KeyPath) -> Any:
        """How a feature is spread among the goods and the bads the model was developed on."""
        if name not in bundle.distributions:
            raise UnknownKeyError(
                f"no feature '{name}'.", where="features", hint=did_you_mean(name, bundle.distributions)
            )
        feature = bundle.portfolio.features[name]
        named = {"feature": name, "says": dict(feature.says), "unit": feature.unit}
        return {**named, **bundle.distributions[name], **_levels(bundle, name)}


def _health(app: FastAPI, bundle: Bundle, engine: Engine) -> None:
    @app.get("/health/live", response_model=answers.Live, responses=faults.declared(), tags=["health"])
    def live() -> Any:
        """Whether the process answers."""
        return {"status": "live"}

    @app.get("/health/ready", response_model=answers.Ready, responses=faults.declared(503), tags=["health"])
    def ready() -> Any:
        """Whether the bundle is open and the engine answers."""
        scorer_of(bundle)
        engine.query("SELECT 1 AS one")
        return {"status": "ready", "bundle": bundle.id}


def _levels(bundle: Bundle, feature: str) -> dict[str, Any]:
    """A level feature's levels in words, in every language; nothing for a number."""
    levels = bundle.distributions[feature].get("levels")
    if levels is None:
        return {}
    words = {
        level: {each.code: bundle.portfolio.level_says(feature, level, each.code) for each in LANGUAGES}
        for level in levels
    }
    return {"levels_says": words}
