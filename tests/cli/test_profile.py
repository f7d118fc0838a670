"""Does `fiador profile` write what a person and a simulation can read, or say what is wrong?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

Fiador = Callable[..., tuple[int, str, str]]
TINY = Path(__file__).parents[2] / "portfolios" / "tiny"


def test_a_profile_is_printed_where_no_file_is_named(fiador: Fiador) -> None:
    code, said, shown = fiador("profile", TINY)
    assert (code, json.loads(said)["rows"]) == (0, 12)
    assert "reading payments" in shown
    assert fiador("profile", TINY, "--out", "-")[1] == said


def test_a_profile_replaces_the_old_one_whole(fiador: Fiador, tmp_path: Path) -> None:
    out = tmp_path / "new" / "profile.json"
    code, said, _ = fiador("profile", TINY, "--out", out)
    assert (code, said.strip()) == (0, f"12 applications, 8 columns described: {out}")
    before = out.read_bytes()
    code, _, complained = fiador("profile", TINY, "--source", tmp_path / "nowhere", "--out", out)
    assert (code, "there is no such folder" in complained) == (4, True)
    assert out.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["profile.json"]


def test_a_file_that_cannot_be_written_is_named(fiador: Fiador, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    code, _, complained = fiador("profile", TINY, "--out", tmp_path / "taken" / "profile.json")
    assert (code, "taken/profile.json: can't be written" in complained) == (4, True)


def test_a_dump_of_another_system_is_named(fiador: Fiador, tmp_path: Path) -> None:
    (tmp_path / "bank.dump").write_bytes(b"PGDMP\x01\x0e\x00")
    code, _, complained = fiador("profile", TINY, "--source", tmp_path)
    assert (code, "Dump again with `pg_dump --format=plain`" in complained) == (4, True)
