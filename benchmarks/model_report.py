"""How long does the report on a bundle take, how much memory, how large is the file?

The command a user types, as a process of its own, on a bundle of 12,000 simulated applications trained with the default
candidates, or on the one named: `python -m benchmarks.model_report [--bundle BUNDLE]`
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.command_cost import cost

ROOT = Path(__file__).parent.parent
ALURA = ROOT / "portfolios" / "alura_cash"
APPLICATIONS = 12_000
LANGUAGES = ("en", "fr", "pt-BR")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a bundle to report on; without it one is trained")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = arguments.bundle or trained(Path(folder))
        size = (bundle / "evaluation.json").stat().st_size / 1e3
        steps = json.loads((bundle / "timings.json").read_text())
        added = sum(steps[name] for name in ("draw", "shuffle", "explain"))
        print(f"evaluation.json: {size:.0f} kB, {added:.1f} s of {sum(steps.values()):.1f} s of training")
        for language in LANGUAGES:
            print(f"report in {language}: {measure(bundle, language, Path(folder) / 'report.html')}")


def trained(folder: Path) -> Path:
    """A bundle of simulated applications."""
    source, bundle = folder / "data", folder / "bundle"
    fiador = [sys.executable, "-m", "fiador"]
    draw = [*fiador, "simulate", str(ALURA), "--applications", str(APPLICATIONS), "--out", str(source)]
    train = [*fiador, "train", str(ALURA), "--source", str(source), "--out", str(bundle)]
    for command in (draw, train):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return bundle


def measure(bundle: Path, language: str, page: Path) -> str:
    return cost(["report", str(bundle), "--html", str(page), "--language", language], page)


if __name__ == "__main__":
    main()
