"""How good is a prediction? Pure functions: arrays in, numbers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fiador.metrics import calibration, classification, discrimination
from fiador.metrics.sample import Floats, Sample


@dataclass(frozen=True)
class Metric:
    """reads: `rank` (the raw prediction's order), `pd` (calibrated), or `cut_off` (calibrated, at the derived cut-off)."""

    name: str
    reads: str
    of: Callable[..., Floats]
    higher_is_better: bool
    says: Mapping[str, str]

    def on(self, sample: Sample, cut_off: float) -> Floats:
        """(draws,) the metric on a sample."""
        return self.of(sample, cut_off) if self.reads == "cut_off" else self.of(sample)


def _row(name: str, reads: str, of: Callable[..., Floats], higher: bool, en: str, fr: str, pt: str) -> Metric:
    return Metric(name, reads, of, higher, {"en": en, "fr": fr, "pt-BR": pt})


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        _row(
            "auc",
            "rank",
            discrimination.auc_of,
            True,
            "area under the ROC curve",
            "aire sous la courbe ROC",
            "área sob a curva ROC",
        ),
        _row("gini", "rank", discrimination.gini_of, True, "Gini", "Gini", "Gini"),
        _row("ks", "rank", discrimination.ks_of, True, "KS", "KS", "KS"),
        _row(
            "average_precision",
            "rank",
            discrimination.average_precision_of,
            True,
            "average precision",
            "précision moyenne",
            "precisão média",
        ),
        _row("brier", "pd", calibration.brier_of, False, "Brier score", "score de Brier", "escore de Brier"),
        _row("log_loss", "pd", calibration.log_loss_of, False, "log loss", "perte logarithmique", "perda logarítmica"),
        _row(
            "calibration_slope",
            "pd",
            calibration.calibration_slope_of,
            True,
            "calibration slope",
            "pente de calibration",
            "inclinação de calibração",
        ),
        _row(
            "ece",
            "pd",
            calibration.ece_of,
            False,
            "expected calibration error",
            "erreur de calibration attendue",
            "erro de calibração esperado",
        ),
        _row("accuracy", "cut_off", classification.accuracy_of, True, "accuracy", "exactitude", "acurácia"),
        _row(
            "precision",
            "cut_off",
            classification.precision_of,
            True,
            "precision of the bad class",
            "précision de la classe mauvaise",
            "precisão da classe má",
        ),
        _row(
            "recall",
            "cut_off",
            classification.recall_of,
            True,
            "recall of the bad class",
            "rappel de la classe mauvaise",
            "revocação da classe má",
        ),
        _row(
            "f1",
            "cut_off",
            classification.f1_of,
            True,
            "F1 of the bad class",
            "F1 de la classe mauvaise",
            "F1 da classe má",
        ),
    )
}
