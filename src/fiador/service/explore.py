"""Which questions about groups of known applications are answered? Groups and the client asked for, nobody else."""

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query

from fiador.service import explore_answers as answers
from fiador.service import faults
from fiador.service.arguments import Accepted, KeyPath, Wanted, answer_language
from fiador.service.known import KnownApplications
from fiador.use_cases import exploring
from fiador.use_cases.exploring import Filter, Population

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "missing", "given"]
Name = Annotated[str, Query(max_length=500, description="A variable, by the name GET /v1/explore/variables gives it.")]
Among = Annotated[
    answers.Group, Query(description="Whose applications: by what was decided, or by what became of them.")
]
ClientKey = Annotated[str, Query(description="The application to mark, by its key.")]
STATUSES = (404, 422, 503)


def _filter(
    filter_variable: Annotated[str | None, Query(max_length=500, description="Only applications whose …")] = None,
    filter_operator: Annotated[Operator | None, Query(description="… value of this variable is so …")] = None,
    filter_value: Annotated[str | None, Query(max_length=500, description="… compared with this value.")] = None,
) -> Filter:
    return Filter(filter_variable, filter_operator, filter_value)


def _question(
    filter_: Annotated[Filter, Depends(_filter)],
    group: Among = "all",
    key: ClientKey = "",
    language: Wanted = None,
    accept_language: Accepted = None,
) -> dict[str, Any]:
    return {"language": answer_language(language, accept_language), "group": group, "key": key, "filter_": filter_}


Question = Annotated[dict[str, Any], Depends(_question)]


def add(app: FastAPI, known: KnownApplications) -> None:
    """The addresses under /v1/explore."""

    def _population() -> Population:
        return known.population()

    explored = Annotated[Population, Depends(_population)]
    for each in (_variables, _histogram, _pair, _compare, _client):
        each(app, explored)


# `explored` is evaluated where a function is made, so this module has no postponed annotations


def _variables(app: FastAPI, explored: Any) -> None:
    @app.get(
        "/v1/explore/variables",
        response_model=answers.Variables,
        responses=faults.declared(422, 503),
        tags=["explore"],
        operation_id="explore_variables",
    )
    def variables(population: explored, language: Wanted = None, accept_language: Accepted = None) -> Any:
        """What is known of every application: each variable in words, and how many applications are in each group."""
        return exploring.overview(population, answer_language(language, accept_language))


def _histogram(app: FastAPI, explored: Any) -> None:
    @app.get(
        "/v1/explore/histogram",
        response_model=answers.Histogram,
        responses=faults.declared(*STATUSES),
        tags=["explore"],
        operation_id="explore_histogram",
    )
    def histogram(population: explored, variable: Name, question: Question) -> Any:
        """How a group's values of one variable are spread, the bad rate of each cell, and where a client's lies."""
        return exploring.histogram(population, variable, **question)


def _pair(app: FastAPI, explored: Any) -> None:
    @app.get(
        "/v1/explore/pair",
        response_model=answers.Pair,
        responses=faults.declared(*STATUSES),
        tags=["explore"],
        operation_id="explore_pair",
    )
    def pair(population: explored, x: Name, y: Name, question: Question) -> Any:
        """How a group is spread over two variables at once, and where a client lies."""
        return exploring.pair(population, x, y, **question)


def _compare(app: FastAPI, explored: Any) -> None:
    @app.get(
        "/v1/explore/compare",
        response_model=answers.Comparison,
        responses=faults.declared(*STATUSES),
        tags=["explore"],
        operation_id="explore_compare",
    )
    def compare(
        population: explored,
        key: Annotated[str, Query(description="The client's application, by its key.")],
        group: Among = "approved",
        language: Wanted = None,
        accept_language: Accepted = None,
    ) -> Any:
        """A client's features beside those of a group, the one that moved the client's risk most first."""
        return exploring.compare(population, key, language=answer_language(language, accept_language), group=group)


def _client(app: FastAPI, explored: Any) -> None:
    @app.get(
        "/v1/explore/applications/{key}",
        response_model=answers.Client,
        responses=faults.declared(*STATUSES),
        tags=["explore"],
        operation_id="explore_application",
    )
    def client(population: explored, key: KeyPath, language: Wanted = None, accept_language: Accepted = None) -> Any:
        """Everything known of one application in plain words: its raw values, then what is computed from them."""
        return exploring.application_facts(population, key, answer_language(language, accept_language))
