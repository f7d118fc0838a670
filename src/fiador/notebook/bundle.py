"""What does a trained bundle do in a notebook? It scores tables, decides one application, reports, and is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiador.adapters.disk import bundles, files
from fiador.adapters.disk import registry as shelf
from fiador.adapters.engines import open_engine
from fiador.bundle import Bundle
from fiador.notebook import cells
from fiador.notebook.frames import raw_rows
from fiador.notebook.progress import progress
from fiador.notebook.reading import Place, read_tables
from fiador.notebook.results import DecisionResult, DecisionTable, ReportPage
from fiador.words import known_language

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine


@dataclass(frozen=True, repr=False)
class OpenBundle(Bundle):
    """A trained bundle to work with: every field of a bundle, and what one does with it.

    Of the fields: `id` is the digest of what `save` writes, `metrics` what metrics.json holds, `cut_off` the PD
    from which on an application is declined. language: of sentences, where a call names no other.
    """

    language: str = "en"

    @classmethod
    def of(cls, bundle: Bundle, language: str = "en") -> OpenBundle:
        """A bundle to work with."""
        values = {each.name: getattr(bundle, each.name) for each in fields(Bundle)}
        return cls(**values, language=known_language(language).code)

    def score(self, tables: Place, *, language: str | None = None) -> DecisionTable:
        """Decide on every application: in frames by table name, in a folder, or in a database.

        DataError where tables or keys are not as declared. Reasons are also given as sentences.
        """
        from fiador.use_cases import checking, scoring
        from fiador.use_cases.scoring import table

        language = known_language(language or self.language).code
        with progress() as steps:
            schema, engine = read_tables(self.portfolio, tables, needs_target=False, progress=steps)
            checking.require(checking.check_keys(self.portfolio, schema, engine))
            steps("deciding", 0, 1)
            scored = scoring.score(self, engine=engine)
            return DecisionTable(self.portfolio, table.decisions(scored, language), language)

    def decide(self, rows: Mapping[str, Any], *, language: str | None = None) -> DecisionResult:
        """Decide on one application, given as raw rows by table, as the service takes them: lists of rows, or frames.

        What is not known may be left out. RequestError naming table and column where the rows can't be scored.
        """
        from fiador.use_cases import scoring

        language = known_language(language or self.language).code
        return DecisionResult(scoring.decide(self, raw_rows(rows), engine=self._engine), language)

    def report(self, path: str | Path | None = None, *, language: str | None = None) -> ReportPage:
        """The model report: curves, calibration, costs by cut-off, inputs. Written too where `path` names a file."""
        from fiador.reports.model_report import model_report

        language = known_language(language or self.language).code
        if path is not None:
            files.require_file(Path(path))
        page = ReportPage(model_report(self, language=language), f"{self.portfolio.name}, bundle {self.id[:12]}")
        if path is not None:
            page.save(path)
        return page

    def save(self, folder: str | Path) -> Path:
        """Write it to a folder that `open_bundle`, `fiador score` and `fiador serve` open; the folder.

        AcceptanceError where it misses its portfolio's gate: it is then kept in FOLDER.rejected, and an approved bundle
        that stood in the folder stays.
        """
        from fiador.use_cases.training import require_accepted

        target = bundles.require_writable(folder)
        target = target.with_name(f"{target.name}.rejected") if self.missed_gate else target
        shelf.require_replaceable(target)
        bundles.save_bundle(self, target)
        require_accepted(self, folder=str(target))
        return target

    @cached_property
    def _engine(self) -> Engine:
        """One that holds no table: what is sent with each application is all it sees."""
        return open_engine()

    def __repr__(self) -> str:
        auc = self.champion["auc"]["mean"]
        return f"{self.portfolio.name}, bundle {self.id[:12]}: {self.model.candidate}, AUC {auc:.3f}"

    def _repr_html_(self) -> str:
        return cells.bundle_cell(self, self.language)


def open_bundle(folder: str | Path, *, expect: str | None = None, language: str = "en") -> OpenBundle:
    """Open a bundle, every digest checked. `expect`: the id (or its first characters) it must have."""
    return OpenBundle.of(bundles.open_bundle(folder, expect=expect), language)
