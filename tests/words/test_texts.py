"""Is every text of the product said in every language, with the same values, and somewhere?"""

import ast
import string
from functools import cache
from pathlib import Path

import pytest

import fiador
from fiador.measures import MEASURES
from fiador.words import LANGUAGES, texts

CODES = [each.code for each in LANGUAGES]
KEYS = list(texts("en"))
VOICES = ("data.", "model.")  # the reports' voices put these before the keys that they say
STEMS = (  # of keys whose last parts are known at run time only
    "outcome.", "decision.", "reason.", "notice.", "group.", "value.",
    "page.raises", "page.lowers", "page.goods", "page.bads",
    "page.score", "page.exposure", "page.expected_loss", "page.expected_profit",
    "explore.section.", "explore.group.", "explore.filter.", "explore.dictionary.", "explore.mark.", "explore.unit.",
    "data.first.", "data.role.", "data.action.", "data.finding.", "data.associations.",
    "model.candidate.", "model.metric.", "model.comparison.", "model.calibration.", "model.importance.",
    "model.contributions.", "model.lender_set.", "model.selection.",
)  # fmt: skip
PARTS = {"", "note", "level", "missing"}  # of such keys, written inside an f-string


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@cache
def literals() -> set[str]:
    """Every string the code writes out."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in Path(fiador.__file__).parent.rglob("*.py")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def is_said(key: str) -> bool:
    """Whether the code writes the key out, or a stem of it is listed and the rest are names the code knows."""
    voices = ("", *(voice for voice in VOICES if key.startswith(voice)))
    if any(key.removeprefix(voice) in literals() for voice in voices):
        return True
    if key in {measure.key for measure in MEASURES.values()}:
        return True
    stem = next((stem for stem in STEMS if key.startswith(stem)), None)
    return stem is not None and set(key.removeprefix(stem).split(".")) <= literals() | PARTS


def test_every_language_has_the_same_keys_in_the_same_order() -> None:
    assert [list(texts(code)) for code in CODES] == [KEYS] * len(CODES)


@pytest.mark.parametrize("key", KEYS)
def test_every_language_fills_in_the_same_values(key: str) -> None:
    values = [placeholders(texts(code)[key]) for code in CODES]
    assert values == [values[0]] * len(CODES)


@pytest.mark.parametrize("key", [key for key in KEYS if len(texts("en")[key]) > 25])
def test_no_sentence_is_left_in_another_language(key: str) -> None:
    assert len({texts(code)[key] for code in CODES}) == len(CODES)


def test_no_text_is_left_that_nobody_says() -> None:
    assert [key for key in KEYS if not is_said(key)] == []
