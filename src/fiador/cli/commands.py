"""Which commands are there, and how does the process of one end?"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading

from fiador.cli import (
    proposals,
    tables,
    features,
    ingest,
    models,
    bundles,
    history,
    serving,
    simulation,
)  # each adds its commands, in the order --help shows
from fiador.cli.app import app
from fiador.cli.options import require_places
from fiador.errors import DataError, FiadorError
from fiador.settings import variable

__all__ = [
    "UNKNOWN_ERROR", "app", "bundles", "features", "history", "ingest", "leave", "models", "proposals", "run",
    "serving", "simulation", "tables",
]  # fmt: skip
UNKNOWN_ERROR = 70  # sysexits.h EX_SOFTWARE
DEBUG = variable("debug")


def leave(end: SystemExit) -> None:
    """End with the code as it is; past the interpreter's own end where somebody's thread would make it an abort."""
    if _somebody_works():
        atexit._run_exitfuncs()  # what was put on the disk for a while goes
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):  # whoever read it may have left
                stream.flush()
        os._exit(end.code if isinstance(end.code, int) else bool(end.code))
    raise end


def _somebody_works() -> bool:
    """Whether a driver waits for a server that never answers, or an engine reads for a statement that failed."""
    if "fiador.adapters.engines.duckdb" in sys.modules:
        from fiador.adapters.engines.duckdb import still_reads

        if still_reads():
            return True
    if threading.active_count() > 1:
        from fiador.adapters.sources.databases.patience import still_waits

        return still_waits()
    return False


def run() -> None:
    """Run the command line; every error is a sentence and an exit code of its own, which SystemExit holds."""
    try:
        arguments = sys.argv[1:] or ["--help"]
        require_places(arguments)
        app(arguments)
    except FiadorError as error:
        _end(error.message, error.exit_code)
    except KeyboardInterrupt:
        _end("stopped.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if os.environ.get(DEBUG):
            raise
        _end(
            f"{error.filename or 'the system'}: {error.strerror or error}. May you read and write it?",
            DataError.exit_code,
        )
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        _end(
            f"an error fiador doesn't know: {type(error).__name__}: {error}. Set {DEBUG}=1 to see where.",
            UNKNOWN_ERROR,
        )


def _end(message: str, code: int) -> None:
    from fiador.cli import console

    console.complain(message)
    sys.exit(code)
