"""How are bundles written to a disk, and opened?

A bundle is a folder of data. Its manifest holds the digest of every file; its id is the manifest's digest. It is
written aside and renamed, so a full disk or a killed process leaves the old one as it was.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from fiador.adapters.disk.aside import folder_beside, recover, write_through
from fiador.adapters.disk.manifest import MANIFEST, json_bytes
from fiador.bundle import BUNDLE_FORMAT, Bundle, ModelFiles, RawColumn, Reference
from fiador.errors import BundleError, shortened
from fiador.features.needed import without
from fiador.portfolio import parse_document

_PARTS = (
    "portfolio.json", "raw.json", "decision.json", "metrics.json", "evaluation.json", "distributions.json",
    "timings.json",
)  # fmt: skip


def save_bundle(bundle: Bundle, folder: str | Path) -> Bundle:
    """Write a bundle; the bundle with its id. An existing bundle there is replaced whole, or not at all."""
    target = require_writable(folder)
    if target.exists() and not (target / MANIFEST).is_file() and any(target.iterdir() if target.is_dir() else [target]):
        raise BundleError(f"'{target}' exists and is no bundle.", hint="Name another folder for --out.")
    recover(target)
    try:
        with folder_beside(target) as aside:
            identity = _write(bundle, aside)
    except OSError as error:
        raise BundleError(
            f"'{target}' could not be written ({error.strerror}).",
            hint="What was there is as it was. Make room and try again.",
        ) from None
    return replace(bundle, id=identity)


def require_writable(folder: str | Path) -> Path:
    """The folder a bundle may be written to; BundleError where it can't be, before an hour is spent on training."""
    target = Path(folder)
    if not target.name or target.name == "..":  # where it stands would have to be renamed
        raise BundleError(f"'{target}' is no name for a bundle.", hint="Name a folder of its own for --out.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.exists()
        with tempfile.TemporaryFile(dir=target.parent):
            return target
    except OSError as error:
        hint = "Name another folder for --out."
        raise BundleError(f"can't write beside '{shortened(str(target))}' ({error.strerror}).", hint=hint) from None


def _write(bundle: Bundle, folder: Path) -> str:
    files = {name: json_bytes(content) for name, content in _contents(bundle).items()}
    files |= {f"model/{name}": content for name, content in bundle.model.files.items()}
    for at, learned in enumerate(bundle.learned.values()):
        files |= {f"learned/{at}/{name}": content for name, content in learned.files.items()}
    for name, content in files.items():
        write_through(folder / name, content)
    manifest = {
        "format": BUNDLE_FORMAT,
        "version": bundle.version,
        "created_at": bundle.created_at,
        "portfolio": bundle.portfolio.name,
        "candidate": bundle.model.candidate,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    content = json_bytes(manifest)
    write_through(folder / MANIFEST, content)
    return hashlib.sha256(content).hexdigest()


def _contents(bundle: Bundle) -> dict[str, Any]:
    decision = {
        "cut_off": bundle.cut_off,
        "calibration": bundle.calibration,
        "reference": asdict(bundle.reference),
        "features": bundle.model.features,
        "dropped": bundle.dropped,
        "development": bundle.development,
    }
    if bundle.learned:
        decision["learned"] = {
            table: {"candidate": model.candidate, "features": model.features} for table, model in bundle.learned.items()
        }
    raw = {table: {c: asdict(column) for c, column in columns.items()} for table, columns in bundle.raw.items()}
    values = (bundle.document, raw, decision, bundle.metrics, bundle.evaluation, bundle.distributions, bundle.timings)
    return dict(zip(_PARTS, values, strict=True))


def open_bundle(folder: str | Path, *, expect: str | None = None) -> Bundle:
    """Read a bundle, every digest checked. `expect`: the id (or its first characters) it must have.

    Raises BundleError where there is none, a file is missing, changed or foreign, or the format is a newer one.
    """
    path = Path(folder)
    recover(path)
    manifest, identity = _manifest(path)
    if expect and not identity.startswith(expect):
        raise BundleError(
            f"has the id {identity[:12]}…, expected {expect[:12]}….",
            where=str(path),
            hint="Take the bundle with that id.",
        )
    contents = {name: _checked(path, name, digest) for name, digest in manifest["files"].items()}
    try:
        parts = {name: json.loads(contents[name]) for name in _PARTS}
        return _bundle(identity, manifest, parts, contents)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BundleError(f"can't be read ({error}).", where=str(path), hint="Train again.") from error


def _manifest(path: Path) -> tuple[dict[str, Any], str]:
    file = path / MANIFEST
    if not holds_manifest(path):
        raise BundleError(f"no bundle at '{path}'.", hint="Make one with `fiador train PORTFOLIO --out BUNDLE`.")
    try:
        content = file.read_bytes()
        manifest = json.loads(content)
        format, files = manifest["format"], manifest["files"]
        readable = isinstance(format, int) and all(
            isinstance(name, str) and isinstance(digest, str) for name, digest in files.items()
        )
    except OSError as error:
        raise _unreadable(path, MANIFEST, error) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        readable = False
    if not readable:
        raise BundleError("the manifest can't be read.", where=str(path), hint="Train again, or restore the bundle.")
    if format != BUNDLE_FORMAT:
        raise _of_another_format(path, manifest)
    return manifest, hashlib.sha256(content).hexdigest()


def holds_manifest(folder: Path) -> bool:
    """Whether a folder has a manifest, be it readable or not; true too where nobody may look."""
    try:
        (folder / MANIFEST).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _of_another_format(path: Path, manifest: Mapping[str, Any]) -> BundleError:
    format, writer = manifest["format"], f"fiador {manifest.get('version', '')}".strip()
    newer = format > BUNDLE_FORMAT
    what = (
        f"has format {format}, written by {'a newer fiador' if newer else writer}; this version reads {BUNDLE_FORMAT}."
    )
    hint = f"Use {writer} or newer." if newer else "Train again: `fiador train PORTFOLIO --out BUNDLE`."
    return BundleError(what, where=str(path), hint=hint)


def _checked(path: Path, name: str, digest: str) -> bytes:
    file = path / name
    try:
        there = file.resolve().is_relative_to(path.resolve()) and file.is_file()
    except (OSError, RuntimeError) as error:  # a folder nobody may look into, links in a circle
        raise _unreadable(path, name, error) from None
    if not there:
        raise BundleError(f"'{name}' is missing.", where=str(path), hint="Restore the bundle, or train again.")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _unreadable(path, name, error) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise BundleError(
            f"'{name}' was changed after the bundle was written.",
            where=str(path),
            hint="Restore the bundle, or train again.",
        )
    return content


def _unreadable(path: Path, name: str, error: Exception) -> BundleError:
    reason = getattr(error, "strerror", None) or error
    return BundleError(f"'{name}' can't be read ({reason}).", where=str(path), hint="Make the folder readable.")


def _evaluation(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The evaluation as a report reads it; KeyError where a part of it is gone."""
    for name in ("champion", "candidates", "selection", "lender_set", "importance"):
        if name not in part:
            raise KeyError(name)
    return part


def _bundle(
    identity: str, manifest: Mapping[str, Any], parts: Mapping[str, Any], contents: Mapping[str, bytes]
) -> Bundle:
    decision = parts["decision.json"]
    raw = {t: {c: RawColumn(**column) for c, column in columns.items()} for t, columns in parts["raw.json"].items()}
    dropped = tuple(decision["dropped"])
    return Bundle(
        id=identity,
        created_at=manifest["created_at"],
        version=manifest["version"],
        document=parts["portfolio.json"],
        portfolio=without(parse_document(parts["portfolio.json"]), dropped, raw),
        raw=raw,
        model=ModelFiles(manifest["candidate"], decision["features"], _under("model/", contents)),
        calibration=decision["calibration"],
        cut_off=decision["cut_off"],
        reference=Reference(**decision["reference"]),
        metrics=parts["metrics.json"],
        evaluation=_evaluation(parts["evaluation.json"]),
        distributions=parts["distributions.json"],
        development=decision["development"],
        timings=parts["timings.json"],
        dropped=dropped,
        learned=_learned(decision.get("learned", {}), contents),
    )


def _learned(models: Mapping[str, Any], contents: Mapping[str, bytes]) -> dict[str, ModelFiles]:
    """By table the model of its rows; none in a bundle written before there were any."""
    return {
        table: ModelFiles(model["candidate"], model["features"], _under(f"learned/{at}/", contents))
        for at, (table, model) in enumerate(models.items())
    }


def _under(folder: str, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in contents.items() if name.startswith(folder)}
