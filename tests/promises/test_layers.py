"""Do arrows point inwards, and would a wrong one be noticed?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over a copy of the package."""
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--config",
        str(folder / "pyproject.toml"),
        "--no-cache",
    ]
    return subprocess.run(
        command,
        cwd=folder / "src",
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return folder


def test_every_contract_is_kept(tree):
    done = lint(tree)
    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("model/split.py", "import fiador.decision.policy", "Arrows point inwards"),
        ("features/compile.py", "import fiador.store", "Arrows point inwards"),
        ("portfolio/__init__.py", "import fiador.bundle", "Arrows point inwards"),
        ("training.py", "import fiador.store", "Use cases are handed the outer ring, they don't fetch it"),
        ("metrics/costs.py", "import fiador.words", "Metrics import only errors"),
        ("dashboard/app.py", "import fiador.scoring", "The dashboard imports only errors, words and the look"),
        ("decision/reasons.py", "import os", "The middle is pure: no files, network, clock, environment or logging"),
    ],
)
def test_a_planted_import_breaks_its_contract(tree, module, planted, contract):
    file = tree / "src" / "fiador" / module
    before = file.read_text()
    try:
        file.write_text(
            before.replace(
                "from __future__ import annotations\n", f"from __future__ import annotations\n\n{planted}\n", 1
            )
        )
        done = lint(tree)
    finally:
        file.write_text(before)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout
