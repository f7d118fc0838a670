"""Which measurements are there? `python -m benchmarks [NAME ...]` runs them all, or those named."""

from __future__ import annotations

import argparse
import subprocess
import sys

NAMES = ("alura_accuracy", "alura_training", "dump_speed", "one_application")

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("names", nargs="*", choices=[[], *NAMES], help="what to measure; everything where nothing is named")
wanted = parser.parse_args().names or NAMES
for name in wanted:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
