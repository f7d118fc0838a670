"""What does a lender do in a notebook? It checks its tables, computes their features, and trains."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fiador.adapters.disk import bundles, files, portfolios
from fiador.errors import PortfolioError
from fiador.notebook import cells
from fiador.notebook.bundle import OpenBundle
from fiador.notebook.progress import progress
from fiador.notebook.reading import Place, read_tables
from fiador.notebook.results import CheckResult, FeatureTable, ReportPage, finding_table
from fiador.portfolio import Portfolio, merge, parse_document
from fiador.version import __version__
from fiador.words import known_language

if TYPE_CHECKING:
    from fiador.features.schema import Schema
    from fiador.use_cases.checking import Report
    from fiador.use_cases.ports import Engine, Progress


@dataclass(frozen=True, repr=False, eq=False)
class Lender:
    """A lending portfolio and its raw tables, which are read once, when a call first needs them.

    document: the portfolio as its file says it. source: where the tables are, or frames by table name; None where
    nobody said. language: of reports and sentences, where a call names no other.
    """

    portfolio: Portfolio
    document: Mapping[str, Any]
    source: Place | None
    language: str = "en"
    _read: dict[bool, tuple[Schema, Engine]] = field(default_factory=dict, init=False)

    def check(self) -> CheckResult:
        """Count everything that isn't as declared, and account for every application.

        PortfolioError where the portfolio names a candidate, calibrator or metric there isn't.
        """
        with progress() as steps:
            report = self._checked(steps)
        return CheckResult(self.portfolio, finding_table(report), self.language, report)

    def report(self, path: str | Path | None = None, *, language: str | None = None) -> ReportPage:
        """The data report: distributions, what is missing, bad rates, what goes together. Written too to `path`."""
        from fiador.reports.data_report import data_report
        from fiador.use_cases import data_report as exhibits

        language = known_language(language or self.language).code
        if path is not None:
            files.require_file(Path(path))
        with progress() as steps:
            report = self._checked(steps)
            exhibit = exhibits.exhibit(self.portfolio, *self._tables(steps), report, progress=steps)
        today = datetime.now().astimezone().date().isoformat()
        html = data_report(self.portfolio, report, exhibit, language=language, made_on=today, version=__version__)
        page = ReportPage(html, f"{self.portfolio.name}, its data")
        if path is not None:
            page.save(path)
        return page

    def features(self, names: Iterable[str] | None = None) -> FeatureTable:
        """Every application's features, or those named: `key`, then a column a feature; in key order.

        Features learned from rows are left out: what they are, a trained bundle knows.
        """
        from fiador.use_cases.feature_table import build

        names = None if names is None else self._known(names)
        with progress() as steps:
            schema, engine = self._tables(steps, needs_target=False)
            steps("computing features", 0, 1)
            return FeatureTable(self.portfolio, build(self.portfolio, schema, engine, names=names), self.language)

    def train(
        self,
        candidates: Iterable[str] | str | None = None,
        *,
        seed: int | None = None,
        folds: int | None = None,
        threads: int | None = None,
    ) -> OpenBundle:
        """Compare candidates honestly, calibrate the champion, derive the cut-off; the bundle, not yet saved.

        What is given here stands for `[training]` in the portfolio file, and in the bundle. PortfolioError naming the
        nearest where there is no such candidate, DataError where the tables are refused.
        """
        from fiador.model.variants import require_variants
        from fiador.use_cases import training

        names = [candidates] if isinstance(candidates, str) else None if candidates is None else list(candidates)
        choices = {"candidates": names, "seed": seed, "folds": folds}
        document = merge(self.document, {"training": {k: v for k, v in choices.items() if v is not None}})
        portfolio = parse_document(document)
        require_variants(portfolio)
        with progress() as steps:
            schema, engine = self._tables(steps)
            bundle = training.train(
                portfolio, document, schema, engine,
                options=training.TrainingOptions(threads=threads or os.cpu_count() or 1),
                now=datetime.now(UTC), clock=time.perf_counter, progress=steps,
            )  # fmt: skip
        with TemporaryDirectory(prefix="fiador-") as aside:  # its id is the digest of what is written
            return OpenBundle.of(bundles.save_bundle(bundle, Path(aside) / "bundle"), self.language)

    def _checked(self, steps: Progress) -> Report:
        from fiador.use_cases import checking

        schema, engine = self._tables(steps)
        steps("checking", 0, 1)
        location = self.source if isinstance(self.source, str | Path) else ""
        return checking.check(self.portfolio, schema, engine, source=str(location))

    def _tables(self, steps: Progress, *, needs_target: bool = True) -> tuple[Schema, Engine]:
        """The tables, read once; a second time only where the outcome is needed and was not there."""
        if needs_target not in self._read:
            if self.source is None:
                hint = "Say where its tables are: fiador.open(PORTFOLIO, source=…)."
                raise PortfolioError(
                    "no source is declared.", where=f"{self.portfolio.name}: portfolio.source", hint=hint
                )
            schema, engine = read_tables(self.portfolio, self.source, needs_target=needs_target, progress=steps)
            complete = needs_target or self.portfolio.target.column in schema.tables[self.portfolio.base]
            self._read.update(dict.fromkeys((False, complete), (schema, engine)))
        return self._read[needs_target]

    def _known(self, names: Iterable[str]) -> list[str]:
        from fiador.errors import did_you_mean

        choice = [names] if isinstance(names, str) else list(names)
        for name in choice:
            if name not in self.portfolio.features:
                hint = did_you_mean(name, self.portfolio.features)
                raise PortfolioError(f"no feature '{name}'.", where=self.portfolio.name, hint=hint)
        return choice

    def __repr__(self) -> str:
        p = self.portfolio
        return f"{p.name}: {len(p.tables)} tables, {len(p.features):,} features; bad means {p.target.means['en']}"

    def _repr_html_(self) -> str:
        return cells.lender_cell(self.portfolio, self.source, self.language)


def open(portfolio: str | Path, source: Place | None = None, *, language: str = "en") -> Lender:
    """Open a lending portfolio, a TOML file or its folder, over raw tables.

    source: a folder of dumps, CSV, Parquet or SQLite files, a database's URL, or frames by table name (pandas, Polars,
    Arrow); without it the portfolio's own. Nothing is read until a call needs it.
    """
    if bundles.holds_manifest(Path(portfolio)):
        hint = f"Open it with fiador.open_bundle({str(portfolio)!r})."
        raise PortfolioError("is a bundle, not a portfolio.", where=str(portfolio), hint=hint)
    document = portfolios.read_document(portfolio)
    declared = parse_document(document)
    if source is None and declared.head.source:
        source = portfolios.source_location(declared, portfolio)
    return Lender(declared, document, source, known_language(language).code)
