"""How does a folder say what it is, and which fiador wrote it? By its manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fiador.errors import DataError
from fiador.version import __version__

MANIFEST = "manifest.json"
_HEAD = 200  # bytes of a manifest that say its kind
_Content = TypeVar("_Content")


def json_bytes(content: Any) -> bytes:
    """A value as the bytes of a JSON file; ValueError where it holds a number JSON has none for."""
    return (json.dumps(content, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n").encode()


@dataclass(frozen=True)
class FolderKind:
    """A kind of folder. format: what this version writes and reads.

    restore: what helps where the manifest can't be read. elsewhere: what else helps where it is of another format.
    """

    noun: str
    format: int
    restore: str
    elsewhere: str

    def to_json(self, content: Mapping[str, Any]) -> bytes:
        """A manifest as the bytes of its file."""
        head = {"kind": f"fiador {self.noun}", "format": self.format, "version": __version__}
        return json_bytes({**head, **content})

    def is_one(self, folder: Path) -> bool:
        """Whether a folder says it is of this kind; true of one whose manifest is damaged further down."""
        try:
            with (folder / MANIFEST).open("rb") as file:
                return json.dumps(f"fiador {self.noun}").encode() in file.read(_HEAD)
        except OSError:
            return False

    def read(self, folder: Path, parse: Callable[[Mapping[str, Any]], _Content]) -> _Content:
        """The content of a folder's manifest; DataError where it can't be read, or is of another format."""
        try:
            content = json.loads((folder / MANIFEST).read_bytes())
            format, version = int(content["format"]), str(content["version"])
            if format == self.format:
                return parse(content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = f"the {self.noun}'s manifest can't be read ({error})."
            raise DataError(what, where=str(folder), hint=self.restore) from None
        writer = f"a newer fiador ({version})" if format > self.format else f"fiador {version}"
        what = f"the {self.noun} has format {format}, written by {writer}; this version reads {self.format}."
        raise DataError(what, where=str(folder), hint=f"Use fiador {version}, or {self.elsewhere}.")
