"""Which measurements are there? `python -m benchmarks [NAME ...]` runs them all, or those named."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

SHARED = Path(os.environ.get("FIADOR_SHARED", Path(__file__).parent.parent.parent / "shared"))
DUMPS = SHARED / "data" / "alura_cash"
NAMES = {
    "alura_accuracy": [],
    "alura_training": [],
    "attach_speed": [],
    "berka": [],
    "dashboard_ready": [],
    "data_report": [],
    "dump_speed": ["--source", str(DUMPS)] if DUMPS.is_dir() else [],
    "explore_speed": [],
    "fuzz_service": [],
    "learned": [],
    "model_report": [],
    "online": [],
    "one_application": [],
    "simulated_accuracy": [],
    "simulator": [],
    "sources_agree": [],
}

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)}; all by default")
names = parser.parse_args().names or list(NAMES)
if unknown := set(names) - set(NAMES):
    parser.error(f"no measurement {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}")
for name in names:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *NAMES[name]], check=True)
