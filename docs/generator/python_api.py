"""What can be imported from fiador?"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import fiador
from generator.markdown import code, opening

WIDTH = 100


def python() -> str:
    """python.md"""
    names = [name for name in fiador.__all__ if name != "__version__"]
    parts = [_entry(name) for name in names]
    return "\n\n".join(["# Python", f"{opening(fiador)} `import fiador` gives these names and nothing else.", *parts])


def _entry(name: str) -> str:
    thing = getattr(fiador, name)
    shown = _signature(name, thing) if inspect.isfunction(thing) else f"class {name}"
    return f"## {name}\n\n```python\n{shown}\n```\n\n{opening(thing)}\n\nFrom {code(thing.__module__)}."


def _signature(name: str, function: Callable[..., object]) -> str:
    """A call as it is written: one line where it fits, else a line a parameter."""
    signature = inspect.signature(function)
    shown: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        shown.append(_parameter(parameter))
    line = f"{name}({', '.join(shown)}) -> {signature.return_annotation}"
    lines = "".join(f"    {each},\n" for each in shown)
    return line if len(line) <= WIDTH else f"{name}(\n{lines}) -> {signature.return_annotation}"


def _parameter(parameter: inspect.Parameter) -> str:
    shown = f"{parameter.name}: {parameter.annotation}"
    if parameter.default is parameter.empty:
        return shown
    return f"{shown} = {getattr(parameter.default, '__name__', repr(parameter.default))}"
