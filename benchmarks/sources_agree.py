"""Do the figures of a full training depend on where the tables come from?

    python -m benchmarks.sources_agree

Puts the real dumps' tables into every kind of place, joins and trains from each with the portfolio as it is shipped
(the same test with one candidate on a few rows runs in CI), and prints whether the joined rows, their types and the
bytes of metrics.json are those of the dumps.
FIADOR_MYSQL_URL and FIADOR_POSTGRES_URL name the servers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEST = "tests/promises/test_sources_agree.py"


def main() -> None:
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-v", "-o", "addopts=--import-mode=importlib", TEST]
    result = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "FIADOR_FULL_TRAINING": "1"}
    )
    for line in result.stdout.splitlines():
        if match := re.search(r"of_the_dumps\[(\w+)\] (\w+)", line):
            print(f"{match[1]:10} {'the same as the dumps' if match[2] == 'PASSED' else 'NOT the same'}")
    if result.returncode:
        print(result.stdout[-3000:])
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
