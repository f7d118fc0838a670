"""What may every question say: a key, and the language of its answer?"""

from enum import StrEnum
from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import AfterValidator

from fiador.service.slashes import with_slashes
from fiador.words import LANGUAGES, language_of

LanguageCode = StrEnum("LanguageCode", {each.code.replace("-", "_"): each.code for each in LANGUAGES})  # type: ignore[misc]
Wanted = Annotated[
    LanguageCode | None, Query(description="The language of every sentence; else Accept-Language decides.")
]
Accepted = Annotated[str | None, Header(alias="Accept-Language")]
KeyPath = Annotated[str, AfterValidator(with_slashes), Path()]


def answer_language(wanted: LanguageCode | None, accepted: str | None) -> str:
    """The code of the language a request asks for, by its parameter or its header."""
    return wanted.value if wanted else language_of(accepted)
