"""Does Ctrl-C end a command soon, whatever it is doing, and leave nothing behind?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TINY = Path(__file__).parents[2] / "portfolios" / "tiny"
SOON = 60  # seconds; each of these would go on for hours, and a busy machine is slow to start with
BEGIN = r"""
    import hashlib, os, threading
    from fiador.cli import commands, main

    def busy():
        os.write(1, b"busy\n")
        hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # one step of a library, deaf to signals

    def endless(engine):
        os.write(1, b"busy\n")
        engine._connection.cursor().execute("SELECT sum(a.range * b.range) FROM range(10**9) a, range(10**9) b")

"""
PHASES = {
    "a table is read in a thread": """
        from fiador.adapters.sources.files import CsvFile
        CsvFile.read = lambda *_: busy()
    """,
    "the engine answers the one who asked": """
        from fiador.adapters.engines.duckdb import DuckDBEngine
        DuckDBEngine.query = lambda engine, *_, **__: endless(engine)
    """,
    "the engine answers in other threads": """
        from fiador.adapters.engines.duckdb import DuckDBEngine
        query = DuckDBEngine.query
        def in_threads(engine, *args, **more):
            main = threading.current_thread() is threading.main_thread()
            return query(engine, *args, **more) if main else endless(engine)
        DuckDBEngine.query = in_threads
    """,
    "the engine takes a table": """
        from fiador.adapters.engines.duckdb import DuckDBEngine
        DuckDBEngine.load = lambda engine, *_, **__: endless(engine)
    """,
    "a file is written": """
        import pyarrow.parquet
        pyarrow.parquet.write_table = lambda rows, file: (file.write_text("half"), busy())
    """,
    "a library works": """
        commands.run = busy
    """,
}


@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_ends_a_command_while(phase: str, tmp_path: Path) -> None:
    script = textwrap.dedent(BEGIN) + textwrap.dedent(PHASES[phase]) + "\nmain()\n"
    out, spilled = tmp_path / "out" / "features.parquet", tmp_path / "spilled"
    spilled.mkdir()
    memory = ("--memory", "512MB") if phase == "the engine takes a table" else ()
    command = [sys.executable, "-c", script, "features", str(TINY), "--out", str(out), *memory]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(spilled)}
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "busy\n"
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert process.returncode == 130
    assert complaint.endswith("stopped.\n")
    assert "Traceback" not in complaint
    assert not list(spilled.iterdir())
    assert not out.parent.exists() or not list(out.parent.iterdir())


def test_an_error_that_ctrl_c_is_behind_is_no_error() -> None:
    script = """
        from fiador.cli import commands, main

        def interrupted(_):
            try:
                raise KeyboardInterrupt
            except KeyboardInterrupt as stop:
                raise RuntimeError("Query interrupted") from stop

        commands.app = interrupted
        main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False, timeout=SOON
    )
    assert (done.returncode, done.stderr) == (130, "stopped.\n")
