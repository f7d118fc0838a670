"""What table, with what rows, does a CSV or Parquet file hold?

CSV states no types. Every cell is read as text and then typed: as declared, or, where nothing is declared, by
one pass over the whole column, so that a type never depends on which rows came first and `00123` is never a
number.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from fiador.adapters.sources.cells import Misfit, narrowed, settled, to_type
from fiador.adapters.sources.columns import DeclaredTypes, select_fields
from fiador.adapters.sources.encoding import UTF8_BOM, first_undecodable, is_utf16, not_utf8
from fiador.errors import DataError, did_you_mean
from fiador.portfolio.types import TYPES

_BLOCK = 4 << 20
_HEADER = 1 << 20
_DELIMITERS = (",", ";", "\t")
_CSV_NAMES = (".csv", ".tsv")
_DIRECT = (pa.int64(), pa.float64())
"""Types that cells are read as where they stand; of others a text is made first."""
_COLUMN_NAME = re.compile(r"[^\W\d][\w .\-/()%]{0,63}")
_SAVE_HINT = "Save the file as UTF-8."


def is_parquet(path: Path, head: bytes) -> bool:
    """Whether a file starts with Parquet's four letters."""
    return head.startswith(b"PAR1")


def is_csv(path: Path, head: bytes) -> bool:
    """Whether a file is named as delimited text, or starts with a header of names and a row as long.

    >>> is_csv(Path("loans"), b"id;amount\\n1;20"), is_csv(Path("README.md"), b"# loans, and\\nhow")
    (True, False)
    """
    if path.suffix.lower() in _CSV_NAMES:
        return True
    lines = head.removeprefix(UTF8_BOM).decode("utf-8", "replace").splitlines()[:2]
    if len(lines) < 2 or b"\0" in head:
        return False
    delimiter = delimiter_of(lines[0])
    names, cells = (next(csv.reader([line], delimiter=delimiter), []) for line in lines)
    plausible = all(_COLUMN_NAME.fullmatch(name.strip()) for name in names)
    return len(names) > 1 and len(names) == len(cells) == len(set(names)) and plausible


def delimiter_of(header: str) -> str:
    """The comma, semicolon or tab that stands most often outside quotes; the comma where none does.

    >>> delimiter_of('id;"income, monthly";age')
    ';'
    """
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def open_csv(path: Path, types: DeclaredTypes) -> CsvFile:
    """A CSV file as the table of its name."""
    return CsvFile(path, types.get(path.stem, {}))


def open_parquet(path: Path, types: DeclaredTypes) -> ParquetFile:
    """A Parquet file as the table of its name; it states its own types, but for bytes that are declared as text."""
    return ParquetFile(path, types.get(path.stem, {}))


@dataclass(frozen=True)
class CsvFile:
    """One table of delimited text with a header: UTF-8, comma, semicolon or tab, quotes doubled inside quotes.

    Where columns are declared, a reader wants no others: those are text, and no pass is spent on them. An empty cell is
    null, a quoted empty one is ''. A column without a name is called `column_N`. DataError where the file isn't UTF-8,
    a row has more or fewer cells than the header, or a cell isn't of its declared type.
    """

    path: Path
    declared: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def table(self) -> str:
        """The name of its one table: the file's, without its suffix."""
        return self.path.stem

    def tables(self) -> dict[str, pa.Schema]:
        """Its one table, columns typed as declared or as all their values allow."""
        return {self.table: self._schema}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Its rows, about four megabytes of text at a time."""
        _refuse_other(table, self.table, self.location)
        schema = select_fields(self._schema, columns)
        direct = {c.name: c.type for c in schema if c.type in _DIRECT}
        try:
            yield from self._all_typed(self._cells({c.name: direct.get(c.name, pa.string()) for c in schema}), schema)
        except pa.ArrowInvalid as error:
            deque(self._all_typed(self._texts(), schema), maxlen=0)  # the texts say where, and what
            raise self._unreadable(str(error).splitlines()[0]) from None

    @cached_property
    def _schema(self) -> pa.Schema:
        return self._stated or pa.schema(list(self._inferred(self.header[0]).items()))

    @property
    def _stated(self) -> pa.Schema | None:
        """The columns' types where any is declared."""
        types = {name: TYPES[kind].arrow for name, kind in self.declared.items() if kind in TYPES}
        return pa.schema([(name, types.get(name, pa.string())) for name in self.header[0]]) if types else None

    @cached_property
    def likely(self) -> pa.Schema:
        """Its columns typed by the file's beginning: no further than until each has shown a value.

        Whoever goes by it has to see that every cell is of that type; the narrowest type of some rows may not be
        that of all.
        """
        if self._stated:
            return self._stated
        possible: dict[str, tuple[str, ...] | None] = dict.fromkeys(self.header[0])
        for batch in self._texts():
            unseen = [name for name, kinds in possible.items() if kinds is None]
            possible |= {name: narrowed(batch.column(name), None) for name in unseen}
            if None not in possible.values():
                break
        return pa.schema([(name, TYPES[settled(kinds)].arrow) for name, kinds in possible.items()])

    def _inferred(self, names: list[str]) -> dict[str, pa.DataType]:
        possible: dict[str, tuple[str, ...] | None] = dict.fromkeys(names)
        for batch in self._texts() if names else ():
            possible = {name: narrowed(batch.column(name), kinds) for name, kinds in possible.items()}
        return {name: TYPES[settled(kinds)].arrow for name, kinds in possible.items()}

    def _all_typed(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        before = 0
        for batch in batches:
            cells = [self._typed(batch.column(column.name), column, before) for column in schema]
            yield pa.record_batch(cells, schema=schema)
            before += len(batch)

    def _typed(self, cells: pa.Array, column: pa.Field, before: int) -> pa.Array:
        try:
            return cells if cells.type == column.type else to_type(cells, column.type)
        except Misfit as misfit:
            kind = self.declared.get(column.name, str(column.type))
            place = f"column '{column.name}', row {before + misfit.index + 1:,}"
            what = f"{place}: {misfit.shown} isn't of its type, {kind}."
            raise DataError(what, where=self.location, hint="Mend the value, or declare the column as text.") from None

    @cached_property
    def header(self) -> tuple[list[str], str]:
        """The columns' names and the delimiter."""
        with self.path.open("rb") as file:
            line = file.readline(_HEADER)
        if is_utf16(line):
            raise DataError("the file is UTF-16, not UTF-8.", where=self.location, hint=_SAVE_HINT)
        try:
            text = line.removeprefix(UTF8_BOM).decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise not_utf8(self.path, table="header", hint=_SAVE_HINT) from None
        delimiter = delimiter_of(text)
        cells = next(csv.reader([text], delimiter=delimiter), [])
        names = [name.strip() or f"column_{number}" for number, name in enumerate(cells, 1)]
        _refuse_header(names, self.location)
        return names, delimiter

    def _texts(self) -> Iterator[pa.RecordBatch]:
        """Every cell as text: null where empty without quotes."""
        try:
            yield from self._cells(dict.fromkeys(self.header[0], pa.string()))
        except pa.ArrowInvalid as error:
            raise self._unreadable(str(error).splitlines()[0]) from None

    def _cells(self, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
        """The columns asked for, read as a type each. Raises ArrowInvalid."""
        names, delimiter = self.header
        try:
            yield from pyarrow.csv.open_csv(
                self.path,
                read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1, block_size=_BLOCK),
                parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=types,
                    include_columns=list(types),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise

    def _unreadable(self, complaint: str) -> DataError:
        if first_undecodable(self.path) is not None:
            return not_utf8(self.path, table=self.table, hint=_SAVE_HINT)
        names, delimiter = self.header
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=delimiter)
            for row in rows:
                if row and len(row) != len(names):
                    what = f"line {rows.line_num:,} has {len(row)} cells, the header {len(names)}."
                    hint = f"Is a cell that holds {delimiter!r} or a quote not quoted?"
                    return DataError(what, where=self.location, hint=hint)
        return DataError(
            f"can't be read as delimited text ({complaint}).", where=self.location, hint="Is a quote left open?"
        )


def _refuse_header(names: list[str], location: str) -> None:
    if not names:
        raise DataError("the first line names no columns.", where=location, hint="Give it a header line.")
    for name in names:
        if names.count(name) > 1:
            what = f"the header names column '{name}' twice."
            raise DataError(what, where=location, hint="Rename one of them.")


@dataclass(frozen=True)
class ParquetFile:
    """One table of a Parquet file, its types made the few the rest of the system reads.

    All whole numbers are 64 bits, all texts plain, all moments microseconds without a zone (in UTC where they
    had one). Bytes are text where they are declared so: older writers don't say that they are.
    """

    path: Path
    declared: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def tables(self) -> dict[str, pa.Schema]:
        """Its one table, named as the file."""
        return {self.path.stem: self._schema}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Its rows, 65,536 at a time."""
        _refuse_other(table, self.path.stem, self.location)
        schema = select_fields(self._schema, columns)
        with self._opened() as file:
            try:
                for batch in file.iter_batches(columns=schema.names):
                    yield pa.record_batch([self._cast(batch.column(c.name), c) for c in schema], schema=schema)
            except (pa.ArrowInvalid, OSError) as error:
                raise self._broken(error) from None

    @cached_property
    def _schema(self) -> pa.Schema:
        with self._opened() as file:
            stated = file.schema_arrow
        return pa.schema([(c.name, self._type(c)) for c in stated if not c.name.startswith("__index_level_")])

    def _type(self, stated: pa.Field) -> pa.DataType:
        plain = _plain(stated.type)
        return pa.string() if pa.types.is_binary(plain) and self.declared.get(stated.name) == "text" else plain

    def _cast(self, values: pa.Array, column: pa.Field) -> pa.Array:
        try:
            return values.cast(column.type)
        except pa.ArrowInvalid:
            if not pa.types.is_binary(values.type):
                raise
            what = f"column '{column.name}' holds bytes that aren't UTF-8."
            raise DataError(what, where=self.location, hint="Write it as text, or leave it undeclared.") from None

    def _opened(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> DataError:
        what = f"can't be read as Parquet ({str(error).splitlines()[0]})."
        return DataError(what, where=self.location, hint="Copy the file again, or write it again.")


def _plain(stated: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(stated):
        return _plain(stated.value_type)
    for is_kind, plain in _PLAIN:
        if is_kind(stated):
            return plain
    return stated


_PLAIN = (
    (pa.types.is_integer, pa.int64()),
    (pa.types.is_floating, pa.float64()),
    (pa.types.is_large_string, pa.string()),
    (pa.types.is_null, pa.string()),
    (pa.types.is_date, pa.date32()),
    (pa.types.is_timestamp, pa.timestamp("us")),
)


def _refuse_other(name: str, table: str, location: str) -> None:
    if name != table:
        raise DataError(f"no table '{name}'.", where=location, hint=did_you_mean(name, [table]))
