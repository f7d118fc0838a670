"""How good is a PD, and by which figure?

METRICS is the table: one row a figure, read by comparison, messages, the acceptance gate and the reference page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics import calibration, classification, discrimination
from fiador.metrics.sample import Figure, Floats, Sample


@dataclass(frozen=True)
class Metric:
    """One figure.

    function: (y, pd, *, weights[, cut_off]) -> a number, or (draws,). of: the same on a Sample. by_order: only the
    order of the predictions counts. ideal: the best value where that is neither the highest nor the lowest.
    bounds: the lowest and the highest value it can have.
    """

    name: str
    function: Callable[..., Figure]
    of: Callable[..., Floats]
    says: Mapping[str, str]
    higher_is_better: bool = True
    needs_cut_off: bool = False
    by_order: bool = False
    ideal: float | None = None
    bounds: tuple[float, float] = (0.0, 1.0)

    def on(self, sample: Sample, *, cut_off: float) -> Floats:
        """(draws,) the figure; the cut-off is read by those that need one."""
        return self.of(sample, cut_off=cut_off) if self.needs_cut_off else self.of(sample)

    def goodness(self, value: ArrayLike) -> Floats:
        """Values on a scale where more is better.

        >>> next(m for m in METRICS if m.name == "calibration_slope").goodness([0.75, 1.0, 1.5]).tolist()
        [-0.25, -0.0, -0.5]
        """
        values = np.asarray(value, dtype=np.float64)
        if self.ideal is not None:
            return -np.abs(values - self.ideal)
        return values if self.higher_is_better else -values


METRICS: tuple[Metric, ...] = (
    Metric(
        "auc",
        discrimination.auc,
        discrimination.auc_of,
        by_order=True,
        says={
            "en": "area under the ROC curve",
            "fr": "aire sous la courbe ROC",
            "pt-BR": "área sob a curva ROC",
        },
    ),
    Metric(
        "gini",
        discrimination.gini,
        discrimination.gini_of,
        by_order=True,
        bounds=(-1.0, 1.0),
        says={
            "en": "Gini coefficient",
            "fr": "coefficient de Gini",
            "pt-BR": "coeficiente de Gini",
        },
    ),
    Metric(
        "ks",
        discrimination.ks,
        discrimination.ks_of,
        by_order=True,
        says={
            "en": "Kolmogorov-Smirnov distance",
            "fr": "distance de Kolmogorov-Smirnov",
            "pt-BR": "distância de Kolmogorov-Smirnov",
        },
    ),
    Metric(
        "average_precision",
        discrimination.average_precision,
        discrimination.average_precision_of,
        by_order=True,
        says={
            "en": "average precision",
            "fr": "précision moyenne",
            "pt-BR": "precisão média",
        },
    ),
    Metric(
        "brier",
        calibration.brier,
        calibration.brier_of,
        higher_is_better=False,
        says={
            "en": "Brier score",
            "fr": "score de Brier",
            "pt-BR": "escore de Brier",
        },
    ),
    Metric(
        "log_loss",
        calibration.log_loss,
        calibration.log_loss_of,
        higher_is_better=False,
        bounds=(0.0, math.inf),
        says={
            "en": "log loss",
            "fr": "perte logarithmique",
            "pt-BR": "perda logarítmica",
        },
    ),
    Metric(
        "calibration_slope",
        calibration.calibration_slope,
        calibration.calibration_slope_of,
        ideal=1.0,
        bounds=(-math.inf, math.inf),
        says={
            "en": "calibration slope",
            "fr": "pente de calibration",
            "pt-BR": "inclinação da calibração",
        },
    ),
    Metric(
        "ece",
        calibration.ece,
        calibration.ece_of,
        higher_is_better=False,
        says={
            "en": "expected calibration error",
            "fr": "erreur de calibration attendue",
            "pt-BR": "erro de calibração esperado",
        },
    ),
    Metric(
        "accuracy",
        classification.accuracy,
        classification.accuracy_of,
        needs_cut_off=True,
        says={
            "en": "accuracy",
            "fr": "exactitude",
            "pt-BR": "acurácia",
        },
    ),
    Metric(
        "precision",
        classification.precision,
        classification.precision_of,
        needs_cut_off=True,
        says={
            "en": "precision of the bad class",
            "fr": "précision sur les mauvais payeurs",
            "pt-BR": "precisão na classe de maus",
        },
    ),
    Metric(
        "recall",
        classification.recall,
        classification.recall_of,
        needs_cut_off=True,
        says={
            "en": "recall of the bad class",
            "fr": "rappel des mauvais payeurs",
            "pt-BR": "sensibilidade na classe de maus",
        },
    ),
    Metric(
        "f1",
        classification.f1,
        classification.f1_of,
        needs_cut_off=True,
        says={
            "en": "F1 of the bad class",
            "fr": "F1 sur les mauvais payeurs",
            "pt-BR": "F1 na classe de maus",
        },
    ),
)
