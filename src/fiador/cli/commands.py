"""Which commands are there, and what does one say that fails?"""

from __future__ import annotations

import os
import sys

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
from fiador.cli.stopping import STOPPED, was_stopped
from fiador.errors import DataError, FiadorError
from fiador.settings import variable

__all__ = [
    "UNKNOWN_ERROR", "app", "bundles", "features", "history", "ingest", "models", "proposals", "run",
    "serving", "simulation", "tables",
]  # fmt: skip
UNKNOWN_ERROR = 70  # sysexits.h EX_SOFTWARE
DEBUG = variable("debug")


def run() -> None:
    """Run the command line; every error is a sentence and an exit code of its own, which SystemExit holds."""
    try:
        arguments = sys.argv[1:] or ["--help"]
        require_places(arguments)
        app(arguments)
    except FiadorError as error:
        _end(error, error.message, error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if os.environ.get(DEBUG):
            raise
        _end(
            error,
            f"{error.filename or 'the system'}: {error.strerror or error}. May you read and write it?",
            DataError.exit_code,
        )
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        _end(
            error,
            f"an error fiador doesn't know: {type(error).__name__}: {error}. Set {DEBUG}=1 to see where.",
            UNKNOWN_ERROR,
        )


def _end(error: Exception, message: str, code: int) -> None:
    from fiador.cli import console

    if was_stopped(error):
        sys.exit(STOPPED)
    console.complain(message)
    sys.exit(code)
