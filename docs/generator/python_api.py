"""What can be done with fiador from Python?"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator

import fiador
from fiador.errors import FiadorError
from generator.markdown import code, opening, rest, table

WIDTH = 100


def python() -> str:
    """python.md"""
    public = {name: getattr(fiador, name) for name in fiador.__all__ if name != "__version__"}
    functions = [_function(name, thing) for name, thing in public.items() if inspect.isfunction(thing)]
    errors = [name for name, thing in public.items() if _is(thing, FiadorError)]
    classes = [_class(name, thing) for name, thing in public.items() if inspect.isclass(thing) and name not in errors]
    earlier = [(code(f"fiador.{name}"), code(instead.strip("`"))) for name, (_, instead) in fiador._EARLIER.items()]
    return "\n\n".join(
        [
            "# Python",
            f"{opening(fiador)} `import fiador` gives the names on this page and takes "
            "no time: a library is imported when a call needs it. How they go together: [in a "
            "notebook](../how-to/notebook.md).",
            *functions,
            *classes,
            "## Errors",
            "What goes wrong is one of these, each a `FiadorError`: " + ", ".join(code(name) for name in errors) + ". "
            "[Errors](errors.md) says when each comes.",
            "## Names of the version before",
            "They still work, with a `DeprecationWarning`, and go in the next version.",
            table(("name", "now"), earlier),
        ]
    )


def _is(thing: object, kind: type) -> bool:
    return inspect.isclass(thing) and issubclass(thing, kind)


def _function(name: str, function: Callable[..., object]) -> str:
    return "\n\n".join([f"## {name}", _shown(f"fiador.{name}", function), opening(function), *_more(function)])


def _class(name: str, kind: type) -> str:
    """A class: what it is, what it holds, what it does."""
    fields = [(code(f".{each}"), opening(value)) for each, value in _properties(kind)]
    methods = [
        "\n\n".join([f"### {name}.{each}", _shown(each, method), opening(method), *_more(method)])
        for each, method in _methods(kind)
    ]
    held = [table(("holds", "what"), fields)] if fields else []
    return "\n\n".join([f"## {name}", opening(kind), *_more(kind), *held, *methods])


def _more(thing: object) -> list[str]:
    return [text] if (text := rest(thing).strip()) else []


def _properties(kind: type) -> Iterator[tuple[str, object]]:
    """What a reader of it may ask: its own properties and those it has from the class above."""
    for name, value in inspect.getmembers(kind):
        if isinstance(value, property | functools.cached_property) and not name.startswith("_"):
            yield name, value


def _methods(kind: type) -> Iterator[tuple[str, Callable[..., object]]]:
    """Its methods in the order they are written, those of the class above first."""
    for base in reversed(kind.__mro__[:-1]):
        for name, value in vars(base).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                yield name, getattr(kind, name)


def _shown(name: str, function: Callable[..., object]) -> str:
    return f"```python\n{_signature(name, function)}\n```"


def _signature(name: str, function: Callable[..., object]) -> str:
    """A call as it is written: one line where it fits, else a line a parameter."""
    signature = inspect.signature(function)
    shown: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        if parameter.name != "self":
            shown.append(_parameter(parameter))
    line = f"{name}({', '.join(shown)}) -> {signature.return_annotation}"
    lines = "".join(f"    {each},\n" for each in shown)
    return line if len(line) <= WIDTH else f"{name}(\n{lines}) -> {signature.return_annotation}"


def _parameter(parameter: inspect.Parameter) -> str:
    shown = f"{parameter.name}: {parameter.annotation}"
    if parameter.default is parameter.empty:
        return shown
    return f"{shown} = {getattr(parameter.default, '__name__', repr(parameter.default))}"
