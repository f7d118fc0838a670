"""Does a bundle come back as it was written, and never half, changed or foreign?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from fiador.adapters.disk import bundles
from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.disk.files import write_table, write_text
from fiador.adapters.disk.manifest import MANIFEST
from fiador.errors import BundleError, DataError


@pytest.fixture
def copy(bundle_folder, tmp_path):
    """A copy of the bundle that a test may damage."""
    return Path(shutil.copytree(bundle_folder, tmp_path / "copy"))


def test_a_bundle_comes_back_as_it_was_written(bundle, tmp_path):
    written = save_bundle(bundle, tmp_path / "again")
    again = open_bundle(tmp_path / "again")
    assert again.id == written.id
    assert again == written


def test_the_id_is_the_digest_of_the_manifest_which_holds_the_digest_of_every_file(bundle, bundle_folder):
    manifest = (bundle_folder / MANIFEST).read_bytes()
    assert bundle.id == hashlib.sha256(manifest).hexdigest()
    listed = json.loads(manifest)["files"]
    there = {str(f.relative_to(bundle_folder)) for f in bundle_folder.rglob("*") if f.is_file()} - {MANIFEST}
    assert set(listed) == there
    assert all(hashlib.sha256((bundle_folder / f).read_bytes()).hexdigest() == digest for f, digest in listed.items())


def test_a_bundle_that_knows_no_learned_features_opens_without_them(bundle, bundle_folder):
    """As one written before there were any: nothing in it speaks of them."""
    assert bundle.learned == {}
    assert "learned" not in json.loads((bundle_folder / "decision.json").read_text())
    assert not (bundle_folder / "learned").exists()


def test_a_bundle_holds_no_pickle(bundle_folder):
    kinds = {f.suffix for f in bundle_folder.rglob("*") if f.is_file()}
    assert kinds <= {".json", ".txt", ".skops"}


@pytest.mark.parametrize(
    "name", ["decision.json", "model/lightgbm.txt", "metrics.json", "evaluation.json", "timings.json"]
)
def test_a_changed_file_is_refused_by_name(copy, name):
    file = copy / name
    file.write_bytes(file.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(BundleError, match=f"'{name}' was changed after the bundle was written"):
        open_bundle(copy)


def test_a_missing_file_is_refused_by_name(copy):
    (copy / "decision.json").unlink()
    with pytest.raises(BundleError, match=r"'decision.json' is missing"):
        open_bundle(copy)


def test_a_manifest_that_points_outside_the_bundle_is_refused(copy):
    manifest = json.loads((copy / MANIFEST).read_text())
    outside = copy.parent / "outside.json"
    outside.write_text("{}")
    manifest["files"]["../outside.json"] = hashlib.sha256(b"{}").hexdigest()
    (copy / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match=r"'../outside.json' is missing"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("format_", "words"),
    [
        (1, "has format 1, written by fiador 9.9.9; this version reads 2. Train again: `fiador train"),
        (3, "has format 3, written by a newer fiador; this version reads 2. Use fiador 9.9.9 or newer"),
    ],
)
def test_an_older_and_a_newer_format_say_what_to_do(copy, format_, words):
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**manifest, "format": format_, "version": "9.9.9"}))
    with pytest.raises(BundleError, match=words):
        open_bundle(copy)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"not json",
        b'{"format": 2}',
        b'{"format": 2, "files": [1]}',
        b'{"format": "2", "files": {}}',
        b"[" * 100_000,
    ],
)
def test_a_manifest_that_is_none_is_refused(copy, content):
    (copy / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match="the manifest can't be read"):
        open_bundle(copy)


def test_no_bundle_says_how_to_make_one(tmp_path):
    with pytest.raises(BundleError, match=r"no bundle at .*Make one with `fiador train"):
        open_bundle(tmp_path)


def test_an_expected_id_may_be_given_short_and_must_match(bundle, bundle_folder):
    assert open_bundle(bundle_folder, expect=bundle.id[:10]).id == bundle.id
    with pytest.raises(BundleError, match=r"has the id .*, expected ffff"):
        open_bundle(bundle_folder, expect="ffff")


def test_a_folder_that_is_no_bundle_is_never_overwritten(bundle, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(BundleError, match="exists and is no bundle"):
        save_bundle(bundle, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_a_disk_that_fills_leaves_the_old_bundle_and_nothing_else(bundle, copy, monkeypatch):
    before = open_bundle(copy).id
    write = bundles.write_through

    def full(path: Path, content: bytes) -> None:
        if path.name == MANIFEST:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(bundles, "write_through", full)
    with pytest.raises(
        BundleError, match=r"could not be written \(No space left on device\). What was there is as it was"
    ):
        save_bundle(bundle, copy)
    assert open_bundle(copy).id == before
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]


def test_a_process_killed_while_writing_leaves_the_old_bundle_intact(copy, bundle_folder):
    before = open_bundle(copy).id
    script = f"""
        import os
        from pathlib import Path
        from fiador.adapters.disk import bundles as store
        bundle = store.open_bundle({str(bundle_folder)!r})
        write = store.write_through
        def dying(path, content):
            if path.name == "metrics.json":
                os._exit(137)
            write(path, content)
        store.write_through = dying
        store.save_bundle(bundle, {str(copy)!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env={**os.environ}, check=False)
    assert done.returncode == 137
    assert open_bundle(copy).id == before


def test_a_process_killed_between_the_two_renames_loses_nothing(copy, bundle_folder):
    before = open_bundle(copy).id
    script = f"""
        import os
        from fiador.adapters.disk import bundles as store
        bundle = store.open_bundle({str(bundle_folder)!r})
        rename, calls = os.rename, []
        def dying(old, new):
            if calls:
                os._exit(137)
            calls.append(old)
            rename(old, new)
        os.rename = dying
        store.save_bundle(bundle, {str(copy)!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env={**os.environ}, check=False)
    assert done.returncode == 137
    assert not copy.exists()
    assert open_bundle(copy).id == before


def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    import pyarrow as pa

    rows = pa.table({"key": ["001"], "pd": [0.5]})
    write_table(rows, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == '"key","pd"\n"001",0.5\n'
    with pytest.raises(DataError, match=r"can't write '.xlsx' files. Name a .parquet or a .csv file"):
        write_table(rows, tmp_path / "out.xlsx")
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(DataError, match="can't be written"):
        write_table(rows, tmp_path / "blocked" / "out.csv")


def test_a_text_that_a_spreadsheet_would_run_is_kept_from_running_and_numbers_are_as_they_were(tmp_path):
    import pyarrow as pa

    texts = ["=1+1", "+5", "-5", "@a", "\tb", "a=b", None]
    rows = pa.table({"=key": pa.array(texts), "pd": [-0.5, 1.0, 2.0, 3.0, 4.0, 5.0, None]})
    write_table(rows, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (
        '"\'=key","pd"\n"\'=1+1",-0.5\n"\'+5",1\n"\'-5",2\n"\'@a",3\n"\'\tb",4\n"a=b",5\n,\n'
    )
    write_table(rows, tmp_path / "out.parquet")
    import pyarrow.parquet as pq

    assert pq.read_table(tmp_path / "out.parquet").equals(rows)


def test_a_text_is_written_whole_or_not_at_all(tmp_path):
    file = tmp_path / "new" / "report.html"
    write_text("<p>é</p>", file)
    assert file.read_text(encoding="utf-8") == "<p>é</p>"
    assert [f.name for f in file.parent.iterdir()] == ["report.html"]
    (tmp_path / "taken").write_text("")
    with pytest.raises(DataError, match=r"report.html: can't be written .* Make room, or name another file"):
        write_text("x", tmp_path / "taken" / "report.html")
