"""How fast is a dump read, and does memory stay flat?

    python benchmarks/dump_speed.py [--source FOLDER] [--megabytes 200]

Repeats the INSERTs of a folder's largest dump to the wanted size in a temporary folder, reads it as a stream and
prints megabytes a second and how far the peak of resident memory grew. A table whose texts are full of escapes is
measured apart. Without --source, made-up rows are written first.
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

from fiador.sources import open_source
from fiador.sources.write import write_tables

ROWS = 40_000
MEGABYTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast is a dump read, and does memory stay flat?")
    parser.add_argument("--source", type=Path, help="a folder with dumps; simulated rows without it")
    parser.add_argument("--megabytes", type=int, default=200)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain = _largest(wanted.source) if wanted.source else _written(Path(folder), escapes=False)
        for label, path in (("plain", plain), ("escape-heavy", _written(Path(folder), escapes=True))):
            long = _repeated(path, Path(folder) / f"{label}.sql", wanted.megabytes * MEGABYTE)
            print(f"{label:13}", _measured(long))
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


def _measured(path: Path) -> str:
    before = _peak()
    started = time.perf_counter()
    source = open_source(path)
    rows = sum(len(batch) for table in source.tables() for batch in source.read(table))
    seconds = time.perf_counter() - started
    size = path.stat().st_size / MEGABYTE
    grew = _peak() - before
    speed = f"{size:6.0f} MB {rows:12,} rows {seconds:6.2f} s {size / seconds:6.0f} MB/s"
    return f"{speed}, peak memory +{grew:.0f} MB (at {before:.0f} MB)"


def _peak() -> float:
    """The process's peak resident memory in MB; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
