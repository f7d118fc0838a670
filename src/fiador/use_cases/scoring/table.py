"""How is a scored batch written as a table of decisions?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fiador.decision.answer import Reason, reason_text
from fiador.decision.policy import stakes
from fiador.decision.reasons import MOST
from fiador.use_cases.scoring.scorer import scorer_of

if TYPE_CHECKING:
    pass
from fiador.use_cases.scoring import Floats, Scored, _text_or_none, _value


def decisions(scored: Scored, language: str | None = None) -> pa.Table:
    """A scored batch as a table: key, outcome, pd, score, cut_off, money, rule, reasons 1–4, notices, bundle.

    A refused application has the outcome `refused` and nulls. With a language, each reason's sentence is added; where
    another moment than the decision's own was asked for, `as_of` says which.
    """
    columns = {
        **outcome_columns(scored),
        "rule": pa.array([name or None for name in scored.outcomes.rule], pa.string()),
        **_reason_columns(scored, language),
        "notices": pa.array(_notice_texts(scored), pa.string()),
        "bundle": pa.array([scored.bundle.id] * len(scored.refused), pa.string()),
    }
    as_of = scored.bundle.portfolio.as_of
    if as_of:
        columns["as_of"] = pa.array([str(as_of)] * len(scored.refused), pa.string())
    return pa.table(columns)


def outcome_columns(scored: Scored) -> dict[str, pa.Array]:
    """key, outcome, pd, score, cut_off and money of a batch, as columns; a refused application has nulls."""
    refused, at_stake = scored.refused, stakes(scored.bundle.portfolio.costs, scored.exposure)
    return {
        "key": pa.array([_text_or_none(k) for k in scored.keys], pa.string()),
        "outcome": pa.array(np.where(refused, "refused", scored.outcomes.outcome).tolist(), pa.string()),
        "pd": _numbers(scored.pd, refused),
        "score": _numbers(scored.score.round(), refused).cast(pa.int64()),
        "cut_off": pa.array(np.full(len(refused), scored.bundle.cut_off)),
        "exposure": _numbers(scored.exposure, refused),
        "expected_loss": _numbers(at_stake.expected_loss(scored.pd), refused),
        "expected_profit": _numbers(at_stake.expected_profit(scored.pd), refused),
    }


def _reason_columns(scored: Scored, language: str | None) -> dict[str, pa.Array]:
    names = np.array([*scored.rows, None], dtype=object)  # position −1, no reason, reads the None
    picked = np.where(scored.refused[:, None], -1, scored.reasons)
    columns = {f"reason_{n + 1}": pa.array(names[picked[:, n]].tolist(), pa.string()) for n in range(MOST)}
    if language is not None:
        texts = _reason_texts(scored, picked, language)
        columns |= {f"reason_{n + 1}_text": pa.array(texts[:, n].tolist(), pa.string()) for n in range(MOST)}
    return columns


def _reason_texts(scored: Scored, picked: NDArray[np.int64], language: str) -> NDArray[np.object_]:
    """(n, 4) sentences, None where there is no reason. Each is worded once: it depends on value and direction alone."""
    texts = np.full(picked.shape, None, dtype=object)
    for position, name in enumerate(scored.rows):
        values, typical = scored.rows[name].to_numpy(), scored.bundle.reference.typical.get(name)
        sentences: dict[tuple[object, bool], str] = {}
        for row, place in np.argwhere(picked == position):
            value, moved = _value(values[row]), float(scored.contributions[row, position])
            if (value, moved > 0) not in sentences:
                reason = Reason(name, value, typical, moved)
                sentences[value, moved > 0] = reason_text(scored.bundle.portfolio, reason, language)
            texts[row, place] = sentences[value, moved > 0]
    return texts


def _notice_texts(scored: Scored) -> list[str | None]:
    """Per application what was not as expected, as `table.column: action`, joined by `; `; null where nothing was."""
    texts: list[list[str]] = [[] for _ in scored.keys]
    for breach in scorer_of(scored.bundle).plan.breaches:
        for at in np.flatnonzero(scored.breaches[breach.flag]):
            texts[at].append(f"{breach.table}.{breach.column}: {breach.action}")
    return ["; ".join(notices) or None for notices in texts]


def _numbers(values: Floats, refused: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=refused | np.isnan(values))
