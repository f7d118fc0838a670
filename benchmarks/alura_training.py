"""How long from dumps to bundle, and how much memory, with the default candidates?

The command a user types, as a process of its own; peak memory is the kernel's for that process. Two runs: their
metrics.json must be the same. `python -m benchmarks.alura_training`
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))


def trained(out: Path) -> float:
    command = [sys.executable, "-m", "fiador", "train", str(ROOT / "portfolios" / "alura_cash")]
    start = time.perf_counter()
    subprocess.run(
        [*command, "--source", str(SHARED / "data" / "alura_cash"), "--out", str(out)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        outs = [Path(folder) / name for name in ("one", "two")]
        seconds = [trained(out) for out in outs]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        same = (outs[0] / "metrics.json").read_bytes() == (outs[1] / "metrics.json").read_bytes()
        print(
            f"dumps to bundle: {seconds[0]:.1f} s and {seconds[1]:.1f} s on {os.cpu_count()} cores, peak {peak:.2f} GB"
        )
        print(f"two trainings with one seed write the same metrics.json: {same}")
        print(json.dumps(json.loads((outs[0] / "timings.json").read_text())))


if __name__ == "__main__":
    main()
