"""What does a command cost that writes one file? Run as a user types it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def cost(arguments: list[str], written: Path) -> str:
    """Seconds on the clock and of the processors, peak memory of the process, and the size of what it wrote."""
    command = [sys.executable, "-m", "fiador", *arguments]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed")
    memory = usage.ru_maxrss / (1024**3 if sys.platform == "darwin" else 1024**2)
    busy = usage.ru_utime + usage.ru_stime
    size = written.stat().st_size / 1e6
    return f"{seconds:.1f} s ({busy:.1f} s of processor time), peak {memory:.2f} GB, file {size:.2f} MB"
