"""What can be imported from fiador?"""

from __future__ import annotations

import inspect

from generator.markdown import code, opening

import fiador


def python() -> str:
    """python.md"""
    names = [name for name in fiador.__all__ if name != "__version__"]
    parts = [_entry(name) for name in names]
    return "\n\n".join(["# Python", f"{opening(fiador)} `import fiador` gives these names and nothing else.", *parts])


def _entry(name: str) -> str:
    thing = getattr(fiador, name)
    shown = f"{name}{inspect.signature(thing)}" if inspect.isfunction(thing) else f"class {name}"
    return f"## {name}\n\n```python\n{shown}\n```\n\n{opening(thing)}\n\nFrom {code(thing.__module__)}."
