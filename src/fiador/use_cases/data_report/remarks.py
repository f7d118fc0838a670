"""What of all that is shown should be looked at first?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiador.metrics.intervals import Rate
from fiador.use_cases.data_report.values import Exhibit, VariableSummary

if TYPE_CHECKING:
    from fiador.use_cases.checking import Report

FEW_BADS = 200  # fewer leave every figure about bads uncertain
TOO_GOOD = 0.9  # an AUC a single value known at the decision rarely has
STRONGEST = 5  # variables looked at for the lender's own opinion
ALIKE = 0.95  # a strength of association that says two variables are nearly one
HALF = 0.5
ALPHA = 0.01
SOME = 0.005  # a share of applications worth a remark


@dataclass(frozen=True)
class Remark:
    """One thing to look at: its kind, the variables or tables it is about, a count, and rates to compare."""

    kind: str
    names: tuple[str, ...] = ()
    count: int = 0
    share: float | None = None
    rates: tuple[Rate, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def remarks_on(report: Report, exhibit: Exhibit | None) -> tuple[Remark, ...]:
    """The most urgent first; empty where nothing stands out."""
    refused = (Remark("refused", count=len(report.refusals)),) if report.refusals else ()
    return refused if exhibit is None else (*refused, *_of_rows(report, exhibit), *_of_variables(exhibit))


def _of_rows(report: Report, exhibit: Exhibit) -> Iterator[Remark]:
    damage = exhibit.damage
    if exhibit.bad_rate.hits < FEW_BADS:
        yield Remark("few_bads", count=exhibit.bad_rate.hits)
    if damage.damaged:
        apart = damage.p is not None and damage.p < ALPHA
        share, rates = damage.damaged / exhibit.applications, (damage.bad_rate_damaged, damage.bad_rate_clean)
        if apart or share >= SOME:
            yield Remark("damaged" if apart else "breached", count=damage.damaged, share=share, rates=rates)
    duplicates = sum(f.count for f in report.findings if f.kind == "duplicates")
    if duplicates:
        yield Remark("duplicates", count=duplicates, share=duplicates / exhibit.applications)


def _of_variables(exhibit: Exhibit) -> Iterator[Remark]:
    variables = exhibit.variables
    too_good = [v for v in variables if v.auc is not None and v.auc >= TOO_GOOD and not v.lender_set]
    yield from _about("too_good", too_good if exhibit.bad_rate.hits >= FEW_BADS else [])
    yield from _about("lender_set", [v for v in variables[:STRONGEST] if v.lender_set])
    telling = sorted((v for v in variables if v.absence.tells), key=lambda v: v.absence.p or 0.0)
    yield from _about("missing_tells", telling)
    yield from _about("half_missing", [v for v in variables if v.absence.missing > HALF * v.absence.of])
    raw = {v.name for v in variables if v.table}  # a computed feature is bound to be like what it is computed from
    alike = tuple(
        (p.one, p.other) for p in exhibit.associations.pairs if abs(p.strength) >= ALIKE and {p.one, p.other} <= raw
    )
    if alike and exhibit.bad_rate.of >= FEW_BADS:
        yield Remark("alike", count=len(alike), pairs=alike[:3])
    yield from _about("constant", [v for v in variables if v.present and v.distinct == 1])
    yield from _about("identifying", [v for v in variables if v.hidden])


def _about(kind: str, variables: list[VariableSummary]) -> Iterator[Remark]:
    if variables:
        yield Remark(kind, names=tuple(v.name for v in variables), count=len(variables))
