"""How long does the report on raw tables take, how much memory, how large is the file?

The command a user types, as a process of its own: on 300,000 simulated applications of `portfolios/alura_cash`, read as
dumps, and on a real table of 14,472 applications and 122 columns. `python -m benchmarks.data_report`
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.command_cost import cost

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
ALURA = ROOT / "portfolios" / "alura_cash"
HOME_CREDIT = ROOT / "benchmarks" / "portfolios" / "home_credit_application"
WIDE = SHARED / "data" / "home_credit" / "application_dev_14472.parquet"
APPLICATIONS = 300_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, page = Path(folder) / "dumps", Path(folder) / "report.html"
        command = [sys.executable, "-m", "fiador", "simulate", str(ALURA), "--applications", str(APPLICATIONS)]
        subprocess.run([*command, "--out", str(source)], check=True, stdout=subprocess.DEVNULL)
        print(f"{APPLICATIONS:,} simulated applications, four tables: {measure(ALURA, source, page)}")
        if WIDE.is_file():
            print(f"14,472 applications, 122 columns: {measure(HOME_CREDIT, WIDE, page)}")
        else:
            print(f"no wide table at {WIDE}: set FIADOR_SHARED")


def measure(portfolio: Path, source: Path, page: Path) -> str:
    return cost(["check", str(portfolio), "--source", str(source), "--html", str(page)], page)


if __name__ == "__main__":
    main()
