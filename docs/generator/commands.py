"""Which commands are there, and what does each take?"""

from __future__ import annotations

from typing import Any

import typer

from fiador.cli.commands import app
from generator.markdown import code, table

MACHINE = {"threads": "all processors"}  # defaults that differ from machine to machine are said, not shown


def cli() -> str:
    """cli.md"""
    group = command_line()
    parts = [
        "# Commands",
        str(group.help).split("\n", maxsplit=1)[0],
        *(f"`fiador {p.opts[0]}`: {p.help}" for p in group.params if p.name != "help"),
        "Exit status: 0 where all went well, 2 for a wrong call, else the number of the [error](errors.md).",
        *(_command(name, command) for name, command in commands().items()),
    ]
    return "\n\n".join(parts)


def command_line() -> Any:
    """The command line as a value: `.commands`, each with `.params`."""
    return typer.main.get_command(app)


def commands(group: Any = None) -> dict[str, Any]:
    """Every command by the words that call it; a group's own stand under it.

    >>> [name for name in commands() if name.startswith("bundles")][:2]
    ['bundles list', 'bundles compare']
    """
    found: dict[str, Any] = {}
    for name, command in (group or command_line()).commands.items():
        below = commands(command) if hasattr(command, "commands") else {}
        found |= {f"{name} {word}": each for word, each in below.items()} if below else {name: command}
    return found


def options(command: Any) -> set[str]:
    """Every option a command takes.

    >>> sorted(options(commands()["check"]))
    ['--help', '--json', '--source']
    """
    named = (name for p in command.params if p.param_type_name == "option" for name in (*p.opts, *p.secondary_opts))
    return {*named, "--help"}


def _command(name: str, command: Any) -> str:
    said = "\n\n".join(part.strip() for part in (command.help or "").split("\n\n"))
    taken = [p for p in command.params if p.name != "help"]
    rows = [(code(_spelt(p)), _default(p), p.help or "") for p in taken]
    listed = table(("takes", "default", "what"), rows) if rows else "Takes nothing."
    return f"## fiador {name}\n\n{said}\n\n```\n{_usage(name, taken)}\n```\n\n{listed}"


def _usage(name: str, taken: list[Any]) -> str:
    named = [p for p in taken if p.param_type_name == "argument"]
    arguments = [_spelt(p) if p.required else f"[{_spelt(p)}]" for p in named]
    required = [_spelt(p) for p in taken if p.param_type_name == "option" and p.required]
    others = any(p.param_type_name == "option" and not p.required for p in taken)
    return " ".join(["fiador", name, *arguments, *required, *(["[OPTIONS]"] if others else [])])


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    flag = parameter.opts[0]
    return flag if parameter.is_flag else f"{flag} {_value(parameter)}"


def _value(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if parameter.metavar:
        return str(parameter.metavar)
    if hasattr(kind, "__members__"):
        return "|".join(member.value for member in kind)
    return {"int": "NUMBER", "Path": "PATH"}.get(getattr(kind, "__name__", ""), "TEXT")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if parameter.name in MACHINE:
        return MACHINE[parameter.name]
    value = getattr(parameter.default, "value", parameter.default)
    return "" if value is None or value is False else code(value)
