"""What does a call in a notebook answer? A result that shows itself, with Arrow inside and pandas on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fiador.adapters.disk.files import write_text
from fiador.notebook import cells

if TYPE_CHECKING:
    import pandas as pd

    from fiador.decision.answer import Decision
    from fiador.portfolio import Portfolio
    from fiador.use_cases.checking import Accounting, Finding, Report


@dataclass(frozen=True, repr=False)
class ArrowResult:
    """A table somebody asked for. Polars takes it as it is: `polars.DataFrame(result)`."""

    portfolio: Portfolio
    table: pa.Table
    language: str = "en"

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def to_arrow(self) -> pa.Table:
        """The table itself; nothing is copied."""
        return self.table

    def to_pandas(self) -> pd.DataFrame:
        """A pandas frame of it."""
        return self.table.to_pandas()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@dataclass(frozen=True, repr=False)
class FeatureTable(ArrowResult):
    """Every application's features: `key`, then a column a feature, numbers as float32."""

    def __repr__(self) -> str:
        return f"{self.portfolio.name}: {len(self):,} applications, {self.table.num_columns - 1:,} features"

    def _repr_html_(self) -> str:
        return cells.feature_cell(self.portfolio, self.table, self.language)


@dataclass(frozen=True, repr=False)
class DecisionTable(ArrowResult):
    """Every application's decision: key, outcome, pd, score, cut_off, money, rule, reasons, notices, bundle."""

    @property
    def outcomes(self) -> dict[str, int]:
        """How many applications each outcome has."""
        counts = self.table.column("outcome").value_counts().to_pylist()
        return {each["values"]: each["counts"] for each in sorted(counts, key=lambda each: -each["counts"])}

    def __repr__(self) -> str:
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.items())
        return f"{self.portfolio.name}: {len(self):,} decisions ({counts})"

    def _repr_html_(self) -> str:
        return cells.decisions_cell(self.portfolio, self.table, self.outcomes, self.language)


@dataclass(frozen=True, repr=False)
class CheckResult(ArrowResult):
    """What is not as the portfolio declares it: a row a finding, its columns those of `fiador check --json`."""

    report: Report | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each count above zero, with what happens with it."""
        return self._report.findings

    @property
    def refusals(self) -> list[Finding]:
        """The findings that stop training."""
        return self._report.refusals

    @property
    def accounting(self) -> Accounting | None:
        """Where every application went; None while a key is refused."""
        return self._report.accounting

    @property
    def _report(self) -> Report:
        assert self.report is not None
        return self.report

    def __repr__(self) -> str:
        count = self.accounting
        rows = f"{count.read:,} applications read, {count.kept:,} kept" if count else "not accounted for"
        return f"{self.portfolio.name}: {rows}; {len(self)} findings, {len(self.refusals)} of them refused"

    def _repr_html_(self) -> str:
        return cells.check_cell(self.portfolio, self._report, self.language)


@dataclass(frozen=True, repr=False)
class DecisionResult:
    """One decision, in one language. What a person asks for stands here; `decision` holds everything."""

    decision: Decision
    language: str = "en"

    @property
    def outcome(self) -> str:
        """approve, refer or decline."""
        return self.decision.outcome

    @property
    def pd(self) -> float:
        """The calibrated probability of default, 0–1."""
        return self.decision.pd

    @property
    def score(self) -> int:
        """Points; higher is safer."""
        return self.decision.score

    @property
    def cut_off(self) -> float:
        """The PD from which on an application is declined."""
        return self.decision.cut_off

    @property
    def reasons(self) -> list[str]:
        """At most four sentences, the strongest first."""
        return [reason["text"] for reason in self.to_dict()["reasons"]]

    def to_dict(self) -> dict[str, Any]:
        """The decision as the service answers it."""
        return {**self.decision.to_json(self.language)}

    def __repr__(self) -> str:
        answer = self.to_dict()
        lines = [f"{answer['outcome_says']}: PD {self.pd:.1%}, cut-off {self.cut_off:.1%}, score {self.score}"]
        return "\n".join([*lines, *(f"  {reason}" for reason in self.reasons)])

    def _repr_html_(self) -> str:
        return cells.decision_cell(self.decision.portfolio, self.to_dict(), self.language)


@dataclass(frozen=True, repr=False)
class ReportPage:
    """A report as one HTML file; a notebook shows it in a frame of its own."""

    html: str
    title: str

    def save(self, path: str | Path) -> Path:
        """Write it; DataError where it can't be written."""
        write_text(self.html, Path(path))
        return Path(path)

    def __repr__(self) -> str:
        return f"{self.title}: {len(self.html) / 1000:,.0f} kB of HTML. Write it with .save(FILE)."

    def _repr_html_(self) -> str:
        return cells.page_cell(self.html, self.title)


def finding_table(report: Report) -> pa.Table:
    """The findings as a table, also where there are none."""
    names: Mapping[str, pa.DataType] = {
        "kind": pa.string(), "table": pa.string(), "column": pa.string(), "count": pa.int64(),
        "action": pa.string(), "refused": pa.bool_(), "says": pa.string(),
    }  # fmt: skip
    return pa.table({n: pa.array([getattr(f, n) for f in report.findings], kind) for n, kind in names.items()})
