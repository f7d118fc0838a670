"""Do arrows point inwards, and would a wrong one be noticed?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
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


INWARDS = "Arrows point inwards"
DIET = "The dashboard imports only errors, words and the look"
PURE = "The middle is pure: no files, network, clock, environment or logging"
SERVED = {"errors", "words", "look", "dashboard"}  # all that the dashboard may import


def test_every_contract_is_kept(tree):
    done = lint(tree)
    assert done.returncode == 0, done.stdout
    assert "3 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("adapters/disk/bundles.py", "import fiador.settings", INWARDS),
        ("adapters/engines/duckdb.py", "import fiador.reports.svg", INWARDS),
        ("reports/page.py", "import fiador.adapters.disk.files", INWARDS),
        ("use_cases/training/__init__.py", "import fiador.reports.page", INWARDS),
        ("use_cases/scoring/__init__.py", "import fiador.adapters.disk.bundles", INWARDS),
        ("model/split.py", "import fiador.decision.policy", INWARDS),
        ("decision/policy.py", "import fiador.features.schema", INWARDS),
        ("features/schema.py", "import fiador.use_cases.tables", INWARDS),
        ("bundle/__init__.py", "import fiador.model.split", INWARDS),
        ("portfolio/__init__.py", "import fiador.bundle", INWARDS),
        ("metrics/costs.py", "import fiador.measures", INWARDS),
        ("metrics/costs.py", "import fiador.words", INWARDS),
        ("words/__init__.py", "import fiador.look", INWARDS),
        ("expression.py", "import fiador.measures", INWARDS),
        ("errors.py", "import fiador.expression", INWARDS),
        ("dashboard/app.py", "import fiador.use_cases.scoring", DIET),
        ("dashboard/app.py", "import fiador.reports.svg", DIET),
        ("dashboard/app.py", "import pandas", DIET),
        ("decision/reasons.py", "import os", PURE),
        ("use_cases/tables.py", "import duckdb", PURE),
        ("words/__init__.py", "import pathlib", PURE),
    ],
)
def test_a_planted_import_breaks_its_contract(tree, module, planted, contract):
    file = tree / "src" / "fiador" / module
    before = file.read_text()
    start = "from __future__ import annotations\n"
    if start not in before:
        start = before.split("\n", 1)[0] + "\n"
    try:
        file.write_text(before.replace(start, f"{start}\n{planted}\n", 1))
        done = lint(tree)
    finally:
        file.write_text(before)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


def test_a_new_name_at_the_top_that_no_layer_knows_is_refused(tree):
    new = tree / "src" / "fiador" / "somewhere.py"
    try:
        new.write_text('"""What is this?"""\n')
        done = lint(tree)
    finally:
        new.unlink()
    assert done.returncode == 1
    assert "fiador.somewhere" in done.stdout


def test_no_folder_is_forgotten_where_the_dashboards_diet_is_written():
    top = {path.stem for path in (ROOT / "src" / "fiador").iterdir() if not path.name.startswith(("__", "py.typed"))}
    diet = next(c for c in contracts() if c["name"] == DIET)
    assert {f"fiador.{name}" for name in top - SERVED} == {m for m in diet["forbidden_modules"] if "fiador." in m}


def test_a_stranger_sees_at_most_twenty_names_at_the_top():
    top = [path for path in (ROOT / "src" / "fiador").iterdir() if not path.name.startswith("__")]
    assert len(top) <= 20, sorted(path.name for path in top)


def contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
