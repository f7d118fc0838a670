"""Which variants are there? One page a table of the code: measures, candidates, sources, errors, words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from fiador import errors as error_tree
from fiador import expression
from fiador.adapters.engines import ENGINES
from fiador.adapters.sources import FORMATS, SOURCES
from fiador.cli.commands import UNKNOWN_ERROR
from fiador.errors import FiadorError
from fiador.measures import MEASURES
from fiador.model.calibration import CALIBRATORS
from fiador.model.candidates import CANDIDATES
from fiador.settings import Settings, variable
from fiador.words import DEFAULT, LANGUAGES, say, texts
from generator.markdown import code, opening, rest, rows_of, said, table

OPERATORS = {
    "Add": "a + b", "Sub": "a - b", "Mul": "a * b", "Div": "a / b", "Mod": "a % b", "Neg": "-a", "DPipe": "a || b",
    "EQ": "a = b", "NEQ": "a <> b", "GT": "a > b", "GTE": "a >= b", "LT": "a < b", "LTE": "a <= b", "Is": "a is null",
    "In": "a in ('x', 'y')", "Between": "a between 1 and 2", "Like": "a like 'x%'", "And": "a and b", "Or": "a or b",
    "Not": "not a", "Case": "case when a then b else c end",
}  # fmt: skip
WITHOUT_A_FORM = {"Column", "Identifier", "Literal", "Null", "Boolean", "Paren", "DataType", "Var"}


def expressions() -> str:
    """expressions.md"""
    permitted = sorted(kind.__name__ for kind in expression._SYNTAX)
    unknown = set(permitted) - set(OPERATORS) - WITHOUT_A_FORM
    if unknown:
        raise SystemExit(f"docs/generator/variants.py: OPERATORS has no form for {', '.join(sorted(unknown))}.")
    forms = [OPERATORS[name] for name in OPERATORS if name in permitted]
    return "\n\n".join(
        [
            "# Expressions",
            f"{opening(expression).split('?')[0]}?",
            rest(expression),
            "## Functions",
            ", ".join(code(name) for name in sorted(expression.FUNCTIONS)) + ".",
            f"`cast(a as TYPE)` knows {', '.join(code(name) for name in sorted(expression._CASTS))}; "
            f"`date_diff('UNIT', a, b)` knows {', '.join(code(name.lower()) for name in sorted(expression._UNITS))}.",
            "## Operators",
            ", ".join(code(form) for form in forms) + ".",
            "A column is written bare where its name is unique among base and looked-up tables, else `table.column`; "
            "names with other characters than letters, digits and `_` stand in double quotes, text in single quotes. "
            "A feature may name another feature.",
            "## What is never an error",
            rest(expression.Expression.sql),
        ]
    )


def measures() -> str:
    """measures.md"""
    rows = [
        (
            code(m.name),
            said({each.code: say(m.key, each.code, count=m.latest) for each in LANGUAGES}),
            {"rows": "a table", "number": "a column of numbers", "value": "a column"}[m.takes],
            _value(m.empty),
            _value(m.only_nulls) if m.needs_column else "–",
            m.example,
            code(
                m.sql.format(
                    value="value", time="time", counted="count_if(condition)", looked_at="count(*)", half_life="year"
                )
            ),
        )
        for m in rows_of(MEASURES)
    ]
    head = ("measure", "what", "of", "no rows", "only nulls", "example", "SQL")
    return "\n\n".join(
        [
            "# Measures",
            'What `[features.NAME] measure = "…"` may be: one number over an application\'s rows in a `many` table. '
            '`where` and `within` keep some of those rows. `empty = "null"` replaces the value for no rows.',
            "Nulls are left out. Of several rows at one time the largest value counts as the last, the smallest as the "
            "first. Every quotient whose denominator is zero is null, and so is whatever is not finite. Measures that "
            "read the time need the table's `time` and `unit`; `since`, `last` and `recent` are made for no window, "
            "`share` for subsets alone.",
            table(head, rows),
        ]
    )


def _value(value: float | None) -> str:
    return "null" if value is None else f"{value:g}"


def candidates() -> str:
    """candidates.md"""
    compared = [
        (code(c.name), said(c.says), f"yes, as {c.format}" if c.ships else f"no: {said(c.compared_only)}", _also(c))
        for c in rows_of(CANDIDATES)
    ]
    calibrators = [(code(c.name), said(c.says)) for c in rows_of(CALIBRATORS)]
    return "\n\n".join(
        [
            "# Candidates and calibrators",
            "## Candidates",
            "`training.candidates` names some of them; without it all are compared. A candidate ships where it "
            "explains exactly in log-odds and has a data-only format.",
            table(("candidate", "what", "ships", "also with lender-set features"), compared),
            "## Calibrators",
            "`training.calibrator` names one. Each is rising, so it changes no rank and adds no reason.",
            table(("calibrator", "what"), calibrators),
        ]
    )


def _also(candidate: Any) -> str:
    return code(f"{candidate.name}+lender_set") if candidate.also_with_lender_set else ""


def sources() -> str:
    """sources.md"""
    return "\n\n".join(
        [
            "# Sources, formats and engines",
            "`--source PLACE`, or `portfolio.source`, names a place. Its files are told by their content, not by their "
            "names; what is no table is passed over. `''` and NULL are missing in every format.",
            "## Places",
            table(("place", "what"), [(code(s.name), said(s.says)) for s in rows_of(SOURCES)]),
            "## Formats",
            table(("format", "what"), [(code(f.name), said(f.says)) for f in rows_of(FORMATS)]),
            "## Engines",
            table(("engine", "what"), [(code(e.name), said(e.says)) for e in rows_of(ENGINES)]),
        ]
    )


def errors() -> str:
    """errors.md"""
    rows = [
        (code(kind.__name__), code(kind.__mro__[1].__name__), kind.exit_code, kind.http_status, opening(kind))
        for kind in error_types()
        if kind is not FiadorError
    ]
    drawn = inspect.cleandoc(error_tree.__doc__ or "").split("\n\n")
    tree = "\n".join(line for line in drawn[1].split("\n"))
    return "\n\n".join(
        [
            "# Errors",
            drawn[0],
            f"```\n{inspect.cleandoc(tree)}\n```",
            drawn[2],
            table(("error", "is a", "exit status", "HTTP status", "when"), rows),
            f"Other exit statuses: 0 all went well, 2 a wrong call, {UNKNOWN_ERROR} an error fiador doesn't know "
            "(`FIADOR_DEBUG=1` shows where), 130 stopped by Ctrl-C.",
        ]
    )


def error_types(kind: type[FiadorError] = FiadorError) -> Iterator[type[FiadorError]]:
    """The tree of errors from a root, each before those below it."""
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ != kind.__module__:  # an error of one page's own, told there
            continue
        yield from error_types(below)


def languages() -> str:
    """languages.md"""
    spoken = [(code(each.code), each.name, code(each.locale)) for each in LANGUAGES]
    own = [(code(key), text) for key, text in texts(DEFAULT).items()]
    return "\n\n".join(
        [
            "# Languages and texts",
            "`--language`, the query parameter `language` and the header `Accept-Language` take a code.",
            table(("code", "language", "numbers as in"), spoken),
            "## The product's own texts",
            "Each key is said in every language (`src/fiador/words/*.toml`). What a portfolio says of its own columns "
            "and features is in its `says` and its `texts/`.",
            table(("key", "English"), own),
        ]
    )


def settings() -> str:
    """settings.md"""
    rows = [(code(variable(field.name)), code(field.default)) for field in fields(Settings)]
    return "\n\n".join(
        [
            "# Settings from the environment",
            f"{opening(Settings)} {rest(Settings)}",
            table(("variable", "default"), rows),
            "`FIADOR_DEBUG=1` makes an unknown error show where it was raised.",
        ]
    )
