"""How do blocks of applicants become whole files, with memory for no more than a few of them?

One writer a file, blocks in their order whoever drew them: the same bytes for a seed, however many processes help.
Every file is written aside, and renamed when all are whole.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from fiador.adapters.disk.aside import file_beside
from fiador.adapters.simulation.history.block import DrawBlock, DrawPlan, draw_block
from fiador.adapters.simulation.history.truth import Figures, figures
from fiador.errors import DataError, did_you_mean
from fiador.use_cases.ports import Progress, silent

Writer = Any

TRUTH = "truth"
# A row group of a big table's share of a block is enough to prune by; smaller ones would cost space.
_ROW_GROUP = 1 << 20


def write_history(
    plan: DrawPlan,
    folder: Path,
    *,
    truth: Path | None,
    generator: str,
    format: str = "parquet",
    processes: int = 1,
    progress: Progress = silent,
) -> dict[str, int]:
    """Write the tables of a plan to `folder`, and what is behind them to `truth`; the rows of each file.

    `truth` receives the states and the true probability of every applicant, and `truth.json`, which says how well the
    best model can do. It is refused inside `folder`: what reads the data must not find it. `generator` is the digest
    of what was drawn from. DataError where a file can't be written.
    """
    _require_places(folder, truth, format)
    totals: list[Figures] = []
    with _Files(folder, format) as files, _Files(truth, "parquet") as behind:
        for number, block in enumerate(_blocks(plan, processes)):
            for name, table in block.files.items():
                files.add(name, table)
            behind.add(TRUTH, block.truth)
            totals.append(figures(block.truth, outcome=plan.portfolio.target.column, bad=plan.portfolio.target.bad))
            progress("drawing applicants", number + 1, plan.blocks)
    if truth is not None:
        summary = {"generator": generator, "seed": plan.seed, **Figures.of(totals).summary()}
        (truth / f"{TRUTH}.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return files.rows


def _require_places(folder: Path, truth: Path | None, format: str) -> None:
    if format not in _WRITERS:
        hint = f"{did_you_mean(format, _WRITERS)} A dump is not written by blocks."
        raise DataError(f"no format '{format}' for histories.", where="format", hint=hint)
    if truth is not None and truth.resolve().is_relative_to(folder.resolve()):
        what = "the truth can't lie in the folder of the data."
        raise DataError(what, where=str(truth), hint="Name a folder that no reader of the data opens.")


def _blocks(plan: DrawPlan, processes: int) -> Iterator[DrawBlock]:
    """All blocks in order; with helpers, a few are drawn ahead and no more."""
    if processes == 1 or plan.blocks == 1:
        yield from (draw_block(plan, number) for number in range(plan.blocks))
        return
    try:
        yield from _helped(plan, min(processes, plan.blocks))
    except BrokenProcessPool:
        what = "a process that helped to draw was ended, perhaps for want of memory."
        raise DataError(what, where="processes", hint="Draw with fewer: each holds about a gigabyte.") from None


def _helped(plan: DrawPlan, helpers: int) -> Iterator[DrawBlock]:
    with ProcessPoolExecutor(helpers, mp_context=get_context("spawn"), initializer=_remember, initargs=(plan,)) as pool:
        ahead: deque[Future[DrawBlock]] = deque()
        for number in range(plan.blocks):
            ahead.append(pool.submit(_draw_remembered, number))
            if len(ahead) > helpers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


_REMEMBERED: list[DrawPlan] = []


def _remember(plan: DrawPlan) -> None:
    _REMEMBERED[:] = [plan]


def _draw_remembered(number: int) -> DrawBlock:
    return draw_block(_REMEMBERED[0], number)


class _Files:
    """Files of a folder that grow by blocks and get their names when all of them are whole; none without a folder."""

    def __init__(self, folder: Path | None, format: str) -> None:
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._suffix, self._open = _WRITERS[format]
        self._writers: dict[str, Writer] = {}
        self._aside = ExitStack()

    def __enter__(self) -> _Files:
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                what = f"can't be made ({error.strerror})."
                raise DataError(what, where=str(self._folder), hint="Name another folder.") from None
        return self

    def add(self, name: str, table: pa.Table) -> None:
        """More rows of a file."""
        self.rows[name] = self.rows.get(name, 0) + len(table)
        if self._folder is None:
            return
        try:
            if name not in self._writers:
                aside = self._aside.enter_context(file_beside(self._path(name)))
                self._writers[name] = self._open(aside, table.schema)
            self._writers[name].write_table(table)
        except OSError as error:
            hint = "Is there room, and may you write there?"
            what = f"can't be written ({error.strerror or error})."
            raise DataError(what, where=str(self._path(name)), hint=hint) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        self._aside.__exit__(kind, error, trace)

    def _path(self, name: str) -> Path:
        return (self._folder or Path()) / f"{name}{self._suffix}"


def _parquet(path: Path, schema: pa.Schema) -> Writer:
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    return pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=texts or False)


_WRITERS: Mapping[str, tuple[str, Callable[[Path, pa.Schema], Writer]]] = {
    "csv": (".csv", pyarrow.csv.CSVWriter),
    "parquet": (".parquet", _parquet),
}
