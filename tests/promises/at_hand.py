"""How does a page's `fiador …` start at once, and how does its server stay up? Stands in for the installed command.

    python at_hand.py wait SOCKET          imports fiador, then forks for each command that is handed over
    python at_hand.py ask SOCKET WORDS…    hands one over, with this process's folder, environment, input and output
    python at_hand.py stop SOCKET          ends the servers that were left running

What runs is `fiador.cli.main`, the installed command's own function, without its two seconds of imports. `serve` and
`dashboard` are left running once they answer; another on their port takes their place. Their process ids are files
named by port, beside the socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

STAYING = {"serve": ("FIADOR_PORT", "/health/ready"), "dashboard": ("FIADOR_DASHBOARD_PORT", "/_stcore/health")}
PATIENCE = 180  # seconds until a server answers
SLOW = ("duckdb", "lightgbm", "pandas", "pyarrow.parquet", "scipy.stats", "skops.io", "sklearn.ensemble", "uvicorn")


def wait(place: str) -> None:
    """Import what is slow, then answer until this process is ended."""
    import importlib

    for name in (
        *SLOW,
        "fiador.cli.commands",
        "fiador.use_cases.training",
        "fiador.use_cases.scoring",
        "fiador.service.app",
        "fiador.adapters.sources",
    ):
        importlib.import_module(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run(connection)
        connection.close()


def _reap(_signal: int, _frame: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _run(connection: socket.socket) -> None:
    """Be the command that was handed over, then tell its exit status and end."""
    from fiador.cli import main

    handed, files, *_ = socket.recv_fds(connection, 1 << 20, 3)
    command = json.loads(handed)
    os.setsid()
    connection.sendall(f"{os.getpid()}\n".encode())
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.argv = ["fiador", *command["words"]]
    status: object = 0
    try:
        main()
    except SystemExit as end:
        status = end.code or 0
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(BrokenPipeError):
        connection.sendall(f"{status}\n".encode())
    os._exit(status if isinstance(status, int) else 1)


def ask(place: str, words: list[str]) -> int:
    """The command's exit status; of one that stays, 0 as soon as it answers."""
    stays = STAYING.get(words[0] if words else "") if "--help" not in words else None
    address, file = _address(words, *stays, beside=Path(place).parent) if stays else ("", Path())
    if stays:
        stop(file)
    command = {"folder": os.getcwd(), "environment": dict(os.environ), "words": words}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        socket.send_fds(connection, [json.dumps(command).encode()], [0, 1, 2])
        answers = connection.makefile()
        process = int(answers.readline())
        if stays and _answers(address, process):
            file.write_text(str(process))
            return 0
        return int(answers.readline() or 1)


def _address(words: list[str], variable: str, path: str, beside: Path) -> tuple[str, Path]:
    """Where a server will answer, and the file of its process id."""
    port = words[words.index("--port") + 1] if "--port" in words else os.environ[variable]
    return f"http://127.0.0.1:{port}{path}", beside / f"{port}.pid"


def _answers(address: str, process: int) -> bool:
    """Whether the server came up; False where its process ended instead."""
    import urllib.request

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and Path(f"/proc/{process}").exists():
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return True
        time.sleep(0.05)
    return False


def stop(file: Path) -> None:
    """End the server a file names, if it is still there."""
    if not file.exists():
        return
    process = int(file.read_text())
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
    while Path(f"/proc/{process}").exists():
        time.sleep(0.02)
    file.unlink()


if __name__ == "__main__":
    if sys.argv[1] == "wait":
        wait(sys.argv[2])
    elif sys.argv[1] == "stop":
        for running in Path(sys.argv[2]).parent.glob("*.pid"):
            stop(running)
    else:
        sys.exit(ask(sys.argv[2], sys.argv[3:]))
