"""How does the process of a command end, and within a second after Ctrl-C?

Python looks for a signal between two steps of its own, and one step of a library may take minutes. A thread hears of it
at once: the command has half a second to put things in order itself, then its process is ended.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import sys
import threading
import time

STOPPED = 130  # what a shell says of a command that Ctrl-C ended: 128 and the signal's number
_GRACE, _TIDYING = 0.5, 0.4  # seconds
_SHOW_CURSOR = b"\x1b[?25h\n"  # a bar of progress hides it
_SAID = threading.Lock()


def watch() -> None:
    """From now on Ctrl-C ends this process soon; but not where a server or a demo has a handler of its own."""
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(ear, mouth), name="hears Ctrl-C", daemon=True).start()


def _listen(ear: socket.socket, mouth: socket.socket) -> None:
    """Wait for Ctrl-C. mouth: what Python writes a signal's number to, open as long as somebody listens."""
    while numbers := ear.recv(64):
        if signal.SIGINT in numbers and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            time.sleep(_GRACE)
            stop()


def stop() -> None:
    """Say that the command is stopped, once, and end its process."""
    if _SAID.acquire(blocking=False):
        os.write(2, (_SHOW_CURSOR if os.isatty(2) else b"") + b"stopped.\n")
        _end(STOPPED, seconds=_TIDYING)


def was_stopped(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: DuckDB raises one of its own about it.

    >>> was_stopped(ValueError())
    False
    """
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def leave(end: SystemExit) -> None:
    """End with the code as it is; past the interpreter's own end where somebody's thread would make it an abort."""
    if end.code == STOPPED:
        stop()
    if _somebody_works():
        _end(end.code if isinstance(end.code, int) else bool(end.code))
    raise end


def _somebody_works() -> bool:
    """Whether a driver waits for a server that never answers, or an engine reads for a statement that failed."""
    engine, patience = (
        sys.modules.get(f"fiador.adapters.{name}") for name in ("engines.duckdb", "sources.databases.patience")
    )
    return bool((engine and engine.still_reads()) or (patience and patience.still_waits()))


def _end(code: int, *, seconds: float | None = None) -> None:
    """End the process at once: nobody's thread or process is waited for. seconds: for what it put on the disk to go."""
    if multiprocessing := sys.modules.get("multiprocessing"):
        for helper in multiprocessing.active_children():
            helper.terminate()
    tidying = threading.Thread(target=atexit._run_exitfuncs, daemon=True)
    tidying.start()
    tidying.join(seconds)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, RuntimeError):  # whoever read it may have left, or somebody writes to it
            stream.flush()
    os._exit(code)
