"""What identifies an application in a file without a key? The place of its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.errors import DataError
from fiador.portfolio import Portfolio

if TYPE_CHECKING:
    from fiador.use_cases.ports import Source

ROW_NUMBER = "row_number"
_FIELD = pa.field(ROW_NUMBER, pa.int64())


def number_rows(portfolio: Portfolio, source: Source) -> Source:
    """The source, its base table's rows numbered from 1 where the portfolio's key is `row_number` and no column is.

    A number holds for one reading: of a file in its order. A database states no order, so its numbers are of no use to
    find a row again. DataError where the base table is stacked from several, whose numbers would meet.
    """
    names = portfolio.tables[portfolio.base].source_names
    if portfolio.key != ROW_NUMBER or any(
        ROW_NUMBER in source.tables()[n].names for n in names if n in source.tables()
    ):
        return source
    if len(names) > 1:
        where = f"{portfolio.name}: portfolio.key"
        raise DataError(f"'{ROW_NUMBER}' numbers one table, not {len(names)}.", where=where, hint="Name a key column.")
    return _Numbered(source, names[0])


@dataclass(frozen=True)
class _Numbered:
    """A source whose one table has its rows' numbers as a column of their own."""

    source: Source
    table: str

    @property
    def location(self) -> str:
        return self.source.location

    def tables(self) -> dict[str, pa.Schema]:
        schemas = self.source.tables()
        return {name: s.append(_FIELD) if name == self.table else s for name, s in schemas.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        if table != self.table or (columns is not None and ROW_NUMBER not in columns):
            yield from self.source.read(table, columns)
            return
        names = self.tables()[table].names if columns is None else list(columns)
        start = 1
        for batch in self.source.read(table, [c for c in names if c != ROW_NUMBER]):
            numbers = pa.array(range(start, start + batch.num_rows), pa.int64())
            yield batch.append_column(_FIELD, numbers).select(names)
            start += batch.num_rows
