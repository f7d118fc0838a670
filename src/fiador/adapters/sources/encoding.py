"""Which byte of a file isn't UTF-8, and how is that said?"""

from __future__ import annotations

import codecs
from pathlib import Path

from fiador.errors import DataError

UTF8_BOM = codecs.BOM_UTF8
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1 << 20


def is_utf16(head: bytes) -> bool:
    """Whether a file starts with the mark of UTF-16, which PowerShell's `>` writes."""
    return head.startswith(_UTF16_MARKS)


def line_at(path: Path, offset: int) -> int:
    """The line, counted from 1, on which the byte at `offset` stands."""
    line, remaining = 1, offset
    with path.open("rb") as file:
        while remaining > 0 and (block := file.read(min(_BLOCK, remaining))):
            line += block.count(b"\n")
            remaining -= len(block)
    return line


def first_undecodable(path: Path) -> int | None:
    """The offset of the first byte that isn't UTF-8; null where every byte is."""
    carried, start = b"", 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            text = carried + block
            try:
                used = codecs.utf_8_decode(text, "strict", False)[1]
            except UnicodeDecodeError as error:
                return start + error.start
            carried, start = text[used:], start + used
    return start if carried else None


def not_utf8(path: Path, *, table: str, hint: str) -> DataError:
    """The error for a file in another encoding, naming the byte and the line where it shows."""
    offset = first_undecodable(path)
    if offset is None:
        return DataError("the file isn't UTF-8.", where=f"{path}: {table}", hint=hint)
    with path.open("rb") as file:
        file.seek(offset)
        byte = file.read(1)
    what = f"byte 0x{byte.hex()} at offset {offset:,} (line {line_at(path, offset):,}) isn't UTF-8."
    return DataError(what, where=f"{path}: {table}", hint=hint)
