"""How are portfolios read, and bundles written and opened, on disk?

A bundle is a folder of data. Its manifest holds the digest of every file; its id is the manifest's digest. It is
written aside and renamed, so a full disk or a killed process leaves the old one as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from fiador.bundle import BUNDLE_FORMAT, Bundle, ModelFiles, RawColumn, Reference
from fiador.errors import BundleError, DataError, PortfolioError, did_you_mean, shortened
from fiador.features.needed import without
from fiador.portfolio import Portfolio, merge, parse
from fiador.words import LANGUAGES

MANIFEST = "manifest.json"
TABLES = (".parquet", ".csv")  # what `write_table` writes
_PARTS = (
    "portfolio.json", "raw.json", "decision.json", "metrics.json", "evaluation.json", "distributions.json",
    "timings.json",
)  # fmt: skip


def portfolio_file(path: str | Path) -> Path:
    """The TOML file a PORTFOLIO argument means: the file, or `portfolio.toml` in the folder."""
    given = Path(path)
    try:
        file = given / "portfolio.toml" if given.is_dir() else given
        if file.is_file():
            return file
        near = sorted(p.name for p in file.parent.glob("*.toml") if p.is_file()) if file.parent.is_dir() else []
    except OSError as error:
        what = f"no portfolio at '{shortened(str(given))}' ({error.strerror})."
        raise PortfolioError(what, hint="Name a TOML file, or a folder that holds portfolio.toml.") from None
    guess = did_you_mean(file.name, near)
    hint = guess if guess.startswith("Did") else "Name a TOML file, or a folder that holds portfolio.toml."
    raise PortfolioError(f"no portfolio at '{given}'.", hint=hint)


def load_portfolio(path: str | Path) -> Portfolio:
    """Read and validate a portfolio: a TOML file, or a folder with `portfolio.toml`; overlays are merged."""
    return parse_document(read_document(path))


def read_document(path: str | Path) -> dict[str, Any]:
    """The portfolio as data: overlays merged, the texts beside it under `texts`."""
    file = portfolio_file(path)
    document, texts = _merged(file, [])
    return {**document, "texts": texts}


def parse_document(document: Mapping[str, Any]) -> Portfolio:
    """A document of `read_document` as a Portfolio."""
    return parse({k: v for k, v in document.items() if k != "texts"}, texts=document.get("texts", {}))


def parse_text(text: str, texts: Mapping[str, str]) -> Portfolio:
    """A portfolio that isn't written yet, validated as if it were. texts: language -> its file in `texts/`."""
    return parse(tomllib.loads(text), texts={code: tomllib.loads(said) for code, said in texts.items()})


def require_new(file: Path) -> Path:
    """A file nothing stands at yet; PortfolioError where something does, since a portfolio is somebody's work."""
    if file.exists():
        hint = "Name another --out, or move it away."
        raise PortfolioError("is there already, and is never overwritten.", where=str(file), hint=hint)
    return file


def _merged(file: Path, above: list[Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A portfolio file on what it extends: (document, texts), each with the overlay's own last."""
    if file in above:
        raise PortfolioError(f"overlays extend each other in a circle: {' -> '.join(p.name for p in [*above, file])}.")
    document = _toml(file)
    extends = document.pop("extends", None)
    if extends is None:
        return document, _texts(file.parent)
    base, texts = _merged(portfolio_file(file.parent / str(extends)), [*above, file])
    return merge(base, document), merge(texts, _texts(file.parent))


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise PortfolioError("is nested too deeply.", where=str(file), hint="Flatten it.") from None
    except tomllib.TOMLDecodeError as error:
        raise PortfolioError(f"is not valid TOML: {error}.", where=str(file), hint="Mend that line.") from None
    except UnicodeDecodeError as error:
        raise PortfolioError(f"is not UTF-8 (byte {error.start}).", where=str(file), hint="Save it as UTF-8.") from None


def _texts(folder: Path) -> dict[str, Any]:
    files = {language.code: folder / "texts" / f"{language.code}.toml" for language in LANGUAGES}
    return {code: _toml(file) for code, file in files.items() if file.is_file()}


def source_location(portfolio: Portfolio, path: str | Path) -> str:
    """The place a portfolio's own `source` means: a URL as it is, a path from the portfolio's folder."""
    source = portfolio.head.source
    if not source:
        raise PortfolioError(
            "no source is declared.", where=f"{portfolio.name}: portfolio.source", hint="Give --source."
        )
    return source if "://" in source else str(portfolio_file(path).parent / source)


def read_profile(portfolio: Portfolio, path: str | Path) -> dict[str, Any]:
    """The marginals a portfolio's simulation is drawn from."""
    if portfolio.simulate is None:
        raise PortfolioError(
            "declares no [simulate].", where=portfolio.name, hint="Only a portfolio with a profile can be drawn."
        )
    file = portfolio_file(path).parent / portfolio.simulate.profile
    if not file.is_file():
        raise PortfolioError(
            f"no profile at '{file}'.",
            where=f"{portfolio.name}: simulate.profile",
            hint="Name the file that holds the marginals.",
        )
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        told = str(error)
    if not isinstance(told, dict):
        what = "isn't a profile" + (f" ({told})." if isinstance(told, str) else ".")
        raise PortfolioError(what, where=str(file), hint="Write it again: `fiador profile PORTFOLIO --out FILE`.")
    return told


def require_file(out: Path, *, suffixes: tuple[str, ...] = ()) -> Path:
    """The file something may be written to; DataError where it can't be, before time is spent on what goes into it.

    >>> require_file(Path("."))
    Traceback (most recent call last):
    fiador.errors.DataError: .: is a folder. Name the file to write in it.
    """
    if suffixes and out.suffix not in suffixes:
        hint = f"Name a {' or a '.join(suffixes)} file."
        what = f"can't write '{out.suffix}' files." if out.suffix else "the name says no format."
        raise DataError(what, where=str(out), hint=hint)
    try:
        if out.is_dir():
            raise DataError("is a folder.", where=str(out), hint="Name the file to write in it.")
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            return out
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> DataError:
    what = f"can't be written ({error.strerror or error})."
    return DataError(what, where=shortened(str(out)), hint="Make room, or name another file.")


def read_history(portfolio: Portfolio, path: str | Path) -> dict[str, Any]:
    """The document of a portfolio's generator of histories, beside the portfolio; {} where it names none."""
    if portfolio.simulate is None or not portfolio.simulate.history:
        return {}
    file = portfolio_file(path).parent / portfolio.simulate.history
    if not file.is_file():
        where = f"{portfolio.name}: simulate.history"
        raise PortfolioError(f"no generator at '{file}'.", where=where, hint="Name the TOML file that declares it.")
    return _toml(file)


def write_text(text: str, out: Path) -> None:
    """Write a text file in UTF-8, aside first; DataError where it can't be written."""
    _write_aside(out, lambda aside: aside.write_text(text, encoding="utf-8", newline="\n"))


def write_table(rows: pa.Table, out: Path) -> None:
    """Write a table as .parquet or .csv, aside first; DataError where it can't be written.

    In .csv an apostrophe stands before a text that a spreadsheet would run: one that begins with = + - @.
    """
    require_file(out, suffixes=TABLES)
    if out.suffix == ".parquet":
        _write_aside(out, lambda aside: pyarrow.parquet.write_table(rows, aside))
    else:
        _write_aside(out, lambda aside: pyarrow.csv.write_csv(_for_a_spreadsheet(rows), aside))


def _for_a_spreadsheet(rows: pa.Table) -> pa.Table:
    """The rows, an apostrophe before every text and column name that would run as a formula; numbers untouched."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            safe = pc.replace_substring_regex(rows.column(at), pattern=r"^([=+\-@\t\r])", replacement=r"'\1")
            rows = rows.set_column(at, field, safe)
    return rows.rename_columns([re.sub(r"^(?=[=+\-@\t\r])", "'", name) for name in rows.column_names])


def _write_aside(out: Path, write: Callable[[Path], object]) -> None:
    aside = require_file(out).with_name(f".{out.name[:32]}.{os.getpid()}")  # never longer than a name may be
    try:
        write(aside)
        os.replace(aside, out)
    except OSError as error:
        raise _unwritable(out, error) from None
    finally:
        with contextlib.suppress(OSError):  # the folder itself may not be there
            aside.unlink(missing_ok=True)


def save_bundle(bundle: Bundle, folder: str | Path) -> Bundle:
    """Write a bundle; the bundle with its id. An existing bundle there is replaced whole, or not at all."""
    target = require_writable(folder)
    if target.exists() and not (target / MANIFEST).is_file() and any(target.iterdir() if target.is_dir() else [target]):
        raise BundleError(f"'{target}' exists and is no bundle.", hint="Name another folder for --out.")
    _recover(target)
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise BundleError(
            f"can't write beside '{target}' ({error.strerror}).", hint="Name another folder for --out."
        ) from None
    try:
        identity = _write(bundle, aside)
        _swap(aside, target)
    except OSError as error:
        raise BundleError(
            f"'{target}' could not be written ({error.strerror}).",
            hint="What was there is as it was. Make room and try again.",
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
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


def _swap(aside: Path, target: Path) -> None:
    """Put `aside` in the place of `target`; whatever stood there goes only once the new one stands."""
    aside.chmod(0o755)
    if not target.exists():
        os.rename(aside, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    os.rename(target, old / "bundle")
    try:
        os.rename(aside, target)
    except OSError:
        os.rename(old / "bundle", target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(target: Path) -> None:
    """Put back what a process killed between the two renames had moved aside."""
    if not target.exists() and target.parent.is_dir():
        for moved in sorted(target.parent.glob(f".{target.name}.old.*/bundle")):
            os.rename(moved, target)
            moved.parent.rmdir()
            return


def _write(bundle: Bundle, folder: Path) -> str:
    files = {**{name: _json(content) for name, content in _contents(bundle).items()}}
    files |= {f"model/{name}": content for name, content in bundle.model.files.items()}
    for at, learned in enumerate(bundle.learned.values()):
        files |= {f"learned/{at}/{name}": content for name, content in learned.files.items()}
    for name, content in files.items():
        _write_file(folder / name, content)
    manifest = {
        "format": BUNDLE_FORMAT,
        "version": bundle.version,
        "created_at": bundle.created_at,
        "portfolio": bundle.portfolio.name,
        "candidate": bundle.model.candidate,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    content = _json(manifest)
    _write_file(folder / MANIFEST, content)
    return hashlib.sha256(content).hexdigest()


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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


def _json(value: Any) -> bytes:
    return (
        json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False, default=str, allow_nan=False) + "\n"
    ).encode()


def open_bundle(folder: str | Path, *, expect: str | None = None) -> Bundle:
    """Read a bundle, every digest checked. `expect`: the id (or its first characters) it must have.

    Raises BundleError where there is none, a file is missing, changed or foreign, or the format is a newer one.
    """
    path = Path(folder)
    _recover(path)
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
        found, files = manifest["format"], manifest["files"]
        readable = isinstance(found, int) and all(
            isinstance(name, str) and isinstance(digest, str) for name, digest in files.items()
        )
    except OSError as error:
        raise _unreadable(path, MANIFEST, error) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        readable = False
    if not readable:
        raise BundleError("the manifest can't be read.", where=str(path), hint="Train again, or restore the bundle.")
    if found != BUNDLE_FORMAT:
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
    found, writer = manifest["format"], f"fiador {manifest.get('version', '')}".strip()
    newer = found > BUNDLE_FORMAT
    what = (
        f"has format {found}, written by {'a newer fiador' if newer else writer}; this version reads {BUNDLE_FORMAT}."
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
    said = getattr(error, "strerror", None) or error
    return BundleError(f"'{name}' can't be read ({said}).", where=str(path), hint="Make the folder readable.")


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


def _learned(told: Mapping[str, Any], contents: Mapping[str, bytes]) -> dict[str, ModelFiles]:
    """By table the model of its rows; none in a bundle written before there were any."""
    return {
        table: ModelFiles(model["candidate"], model["features"], _under(f"learned/{at}/", contents))
        for at, (table, model) in enumerate(told.items())
    }


def _under(folder: str, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in contents.items() if name.startswith(folder)}
