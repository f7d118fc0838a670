"""How do raw tables get from a place, or from frames, into an engine?"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiador.adapters.engines import open_engine
from fiador.adapters.engines.limits import memory_bytes
from fiador.adapters.sources import open_source, passed_over
from fiador.notebook.frames import FrameSource
from fiador.settings import read_settings
from fiador.use_cases import ports, tables

if TYPE_CHECKING:
    from fiador.features.schema import Schema
    from fiador.portfolio import Portfolio
    from fiador.use_cases.ports import Engine, Progress, Source

Place = str | Path | Mapping[str, Any]
"""A folder, a file or a database's URL, as `--source` takes it; or frames by table name."""


def read_tables(portfolio: Portfolio, place: Place, *, needs_target: bool, progress: Progress) -> tuple[Schema, Engine]:
    """The portfolio's tables in an engine. A store's files are folders, all others are copied into it."""
    source = source_at(portfolio, place)
    folders = [source.location] if isinstance(source, ports.Stored) else []
    memory = read_settings().memory
    engine = open_engine(memory=memory_bytes(memory) if memory else None, reads=folders)
    schema = tables.load_tables(portfolio, source, engine, progress=progress, needs_target=needs_target)
    for name, why in passed_over(source).items():
        warnings.warn(f"{name} is passed over: {why}", stacklevel=3)
    return schema, engine


def source_at(portfolio: Portfolio, place: Place) -> Source:
    """The source at a place, its tables not read yet."""
    if isinstance(place, Mapping):
        return FrameSource(place, portfolio.types)
    return open_source(place, types=portfolio.types, needed=portfolio.source_names)
