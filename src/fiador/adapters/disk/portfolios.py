"""How are portfolios read from a disk, with their overlays, texts and profiles?"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fiador.errors import PortfolioError, did_you_mean, shortened
from fiador.portfolio import Portfolio, merge, parse, parse_document
from fiador.words import LANGUAGES


def portfolio_file(path: str | Path) -> Path:
    """The TOML file a PORTFOLIO argument means: the file, or `portfolio.toml` in the folder."""
    place = Path(path)
    try:
        file = place / "portfolio.toml" if place.is_dir() else place
        if file.is_file():
            return file
        near = sorted(p.name for p in file.parent.glob("*.toml") if p.is_file()) if file.parent.is_dir() else []
    except OSError as error:
        what = f"no portfolio at '{shortened(str(place))}' ({error.strerror})."
        raise PortfolioError(what, hint="Name a TOML file, or a folder that holds portfolio.toml.") from None
    guess = did_you_mean(file.name, near)
    hint = guess if guess.startswith("Did") else "Name a TOML file, or a folder that holds portfolio.toml."
    raise PortfolioError(f"no portfolio at '{place}'.", hint=hint)


def load_portfolio(path: str | Path) -> Portfolio:
    """Read and validate a portfolio: a TOML file, or a folder with `portfolio.toml`; overlays are merged."""
    return parse_document(read_document(path))


def read_document(path: str | Path) -> dict[str, Any]:
    """The portfolio as data: overlays merged, the texts beside it under `texts`."""
    file = portfolio_file(path)
    document, texts = _merged(file, [])
    return {**document, "texts": texts}


def parse_text(text: str, texts: Mapping[str, str]) -> Portfolio:
    """A portfolio that isn't written yet, validated as if it were. texts: language -> its file in `texts/`."""
    return parse(tomllib.loads(text), texts={code: tomllib.loads(text_file) for code, text_file in texts.items()})


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
        profile = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        profile = str(error)
    if not isinstance(profile, dict):
        what = "isn't a profile" + (f" ({profile})." if isinstance(profile, str) else ".")
        raise PortfolioError(what, where=str(file), hint="Write it again: `fiador profile PORTFOLIO --out FILE`.")
    return profile


def read_history(portfolio: Portfolio, path: str | Path) -> dict[str, Any]:
    """The document of a portfolio's generator of histories, beside the portfolio; {} where it names none."""
    if portfolio.simulate is None or not portfolio.simulate.history:
        return {}
    file = portfolio_file(path).parent / portfolio.simulate.history
    if not file.is_file():
        where = f"{portfolio.name}: simulate.history"
        raise PortfolioError(f"no generator at '{file}'.", where=where, hint="Name the TOML file that declares it.")
    return _toml(file)
