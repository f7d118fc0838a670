"""Does the service stay within its OpenAPI under thousands of requests? `python -m benchmarks.fuzz_service`

The test of tests/service/test_fuzz.py with more requests: as many for every address, as the schema has them and broken.
No failure, no undeclared status or content type, no answer of another shape.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
EACH = "150"  # requests an address and a kind; over 3,000 in all


def main() -> None:
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-s", "-p", "no:warnings", "tests/service/test_fuzz.py"]
    cases = os.environ.get("FIADOR_FUZZ_CASES", EACH)
    subprocess.run(command, cwd=ROOT, env={**os.environ, "FIADOR_FUZZ_CASES": cases}, check=True)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
