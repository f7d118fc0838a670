"""How fast is a dump read, and does memory stay flat?

    python benchmarks/dump_speed.py [--source FOLDER] [--megabytes 200]

Repeats the INSERTs of a folder's largest dump to the wanted size in a temporary folder, reads it as a stream and
prints megabytes a second and how far the peak of resident memory grew. A table whose texts are full of escapes is
measured apart. The same rows as pg_dump's COPY text follow. Without --source, made-up rows are written first.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source

ROWS = 40_000
MEGABYTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast is a dump read, and does memory stay flat?")
    parser.add_argument("--source", type=Path, help="a folder with dumps; simulated rows without it")
    parser.add_argument("--megabytes", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain = _largest(arguments.source) if arguments.source else _written(Path(folder), escapes=False)
        for label, path in (("plain", plain), ("escape-heavy", _written(Path(folder), escapes=True))):
            for form, repeated in (("INSERT", _repeated), ("COPY", _copied)):
                long = repeated(path, Path(folder) / f"{label}.sql", arguments.megabytes * MEGABYTE)
                print(f"{label:13} {form:7}", _measure(long))
                long.unlink()


def _largest(folder: Path) -> Path:
    return max(
        (path for path in folder.iterdir() if b"INSERT INTO" in path.read_bytes()),
        key=lambda path: path.stat().st_size,
    )


def _written(folder: Path, *, escapes: bool) -> Path:
    """A loans table; with escapes, every text holds quotes, backslashes, line ends and `),(`."""
    draw = np.random.default_rng(0)
    words = draw.choice(
        ["it's", "C:\\new\\table", 'say "no"', "two\nlines", "),(", "\\'"] if escapes else ["Rent", "Own"],
        ROWS,
    )
    table = pa.table(
        {
            "loan_id": [f"{n:08x}" for n in draw.integers(0, 2**32, ROWS)],
            "notes": words,
            "amount": draw.integers(500, 35_000, ROWS),
            "rate": np.round(draw.uniform(5, 23, ROWS), 2),
        }
    )
    name = "escapes" if escapes else "plain"
    (path,) = write_tables(
        {"loans": table}, folder / name, format="dump", database="bank", written_at=datetime(2026, 1, 1)
    )
    return path


def _repeated(path: Path, target: Path, size: int) -> Path:
    lines = path.read_bytes().splitlines(keepends=True)
    inserts = b"".join(line for line in lines if line.startswith(b"INSERT INTO"))
    first = next(at for at, line in enumerate(lines) if line.startswith(b"INSERT INTO"))
    with target.open("wb") as file:
        file.writelines(lines[:first])
        for _ in range(-(-size // len(inserts))):
            file.write(inserts)
        file.writelines(line for line in lines[first:] if not line.startswith(b"INSERT INTO"))
    return target


def _copied(path: Path, target: Path, size: int) -> Path:
    """The dump's table as pg_dump writes it: its rows, repeated, as the lines of a COPY."""
    source = open_source(path)
    ((name, schema),) = source.tables().items()
    rows = pa.Table.from_batches(source.read(name)).to_pylist()
    lines = "".join("\t".join(map(_copy_text, row.values())) + "\n" for row in rows).encode()
    columns = ", ".join(f'"{column.name}" {_POSTGRES[str(column.type)]}' for column in schema)
    with target.open("wb") as file:
        file.write(f"{_HEADER}CREATE TABLE public.{name} ({columns});\nCOPY public.{name} FROM stdin;\n".encode())
        for _ in range(-(-size // len(lines))):
            file.write(lines)
        file.write(b"\\.\n\n-- PostgreSQL database dump complete\n")
    return target


_HEADER = "--\n-- PostgreSQL database dump\n--\nSET standard_conforming_strings = on;\n"
_POSTGRES = {"string": "text", "int64": "bigint", "double": "double precision"}
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def _copy_text(value: object) -> str:
    return "\\N" if value is None else str(value).translate(_ESCAPES)


def _measure(path: Path) -> str:
    before = _peak()
    start, busy = time.perf_counter(), time.process_time()
    source = open_source(path)
    rows = sum(len(batch) for table in source.tables() for batch in source.read(table))
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    size = path.stat().st_size / MEGABYTE
    grew = _peak() - before
    speed = f"{size:6.0f} MB {rows:12,} rows {seconds:6.2f} s {size / seconds:6.0f} MB/s"
    return f"{speed}, {size / busy:.0f} MB a CPU second, peak memory +{grew:.0f} MB (at {before:.0f} MB)"


def _peak() -> float:
    """The process's peak resident memory in MB; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
