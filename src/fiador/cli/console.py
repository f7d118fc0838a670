"""How does a terminal show what was found, trained and decided?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import progress as rich_progress
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from fiador.adapters.sources.store.manifest import StoreManifest
    from fiador.bundle import Bundle
    from fiador.use_cases.checking import Accounting, Report
    from fiador.use_cases.ports import Progress
    from fiador.use_cases.proposing.proposal import Proposal

# No markup and no emoji: names of tables, folders and values hold brackets and colons of their own.
out = Console(highlight=False, soft_wrap=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
_SHORT = {"average_precision": "AP", "calibration_slope": "slope", "log_loss": "logloss"}


def say(text: str) -> None:
    """One line, as it is."""
    out.print(Text(text), soft_wrap=True)


def note(text: str) -> None:
    """What a reader should know beside what was asked for."""
    err.print(Text("note: ", style="bold") + Text(text))


def complain(message: str) -> None:
    """An error: where, what, and what next."""
    err.print(Text("error: ", style="bold red") + Text(message))


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar with time left, as the `progress` callable the use cases take."""
    from fiador.use_cases.ports import lines

    if not err.is_terminal:
        yield lines(lambda line: err.print(Text(line)))
        return
    columns = (
        TextColumn("{task.description:<44}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with rich_progress.Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task("starting", total=None)

        def show(what: str, done: int, of: int) -> None:
            bars.update(task, description=what, completed=done, total=of)

        yield show


def show_report(report: Report) -> None:
    """Rows by table, findings with their action, and the accounting of every application."""
    rows = Table("table", "rows read", title=f"{report.portfolio}: {report.source}", title_justify="left")
    rows.columns[1].justify = "right"
    for name, count in report.rows.items():
        rows.add_row(name, f"{count:,}")
    out.print(rows)
    findings = Table(title="Findings", title_justify="left")
    for name in ("where", "count", "what", "action"):
        findings.add_column(name, overflow="fold", justify="right" if name == "count" else "left")
    for f in report.findings:
        where = f"{f.table}.{f.column}" if f.column else f.table
        style = "bold red" if f.refused else "yellow" if f.action in ("drop", "refer", "refuse") else ""
        findings.add_row(where, f"{f.count:,}", _what(f.kind, f.says), f.action or "count", style=style)
    out.print(findings)
    if report.accounting:
        _show_accounting(report.accounting)


def _what(kind: str, says: str) -> str:
    return says.split(": ", 1)[-1] if kind != "missing" else "missing"


def _show_accounting(accounting: Accounting) -> None:
    table = Table("applications", "count", title="Accounting", title_justify="left")
    table.columns[1].justify = "right"
    table.add_row("read", f"{accounting.read:,}")
    for reason, count in accounting.dropped.items():
        table.add_row(f"  dropped: {reason}", f"−{count:,}")
    table.add_row("kept", f"{accounting.kept:,}", style="bold")
    for name in ("good", "bad", "unlabelled"):
        table.add_row(f"  of which {name}", f"{getattr(accounting, name):,}")
    out.print(table)


def show_store(store: StoreManifest, folder: Path) -> None:
    """Each table's rows, how many of them this ingest brought, and how many lead to no application."""
    table = Table(
        "table", "rows", "new", "orphans", "files", title=f"{store.portfolio}: {folder}", title_justify="left"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    new = store.ingests[-1].rows
    for name, held in store.tables.items():
        counts = (held.rows, new.get(name, 0), held.orphans, len(held.files))
        table.add_row(name, *(f"{count:,}" for count in counts))
    out.print(table)


def show_proposal(proposal: Proposal) -> None:
    """Where each table hangs and how well it matches, then what a person has to decide."""
    t = proposal.target
    say(
        f"{proposal.name}: {t.table}, {proposal.base.rows:,} applications by {proposal.key}; "
        f"bad is {t.column} = {t.bad}, {t.rate}"
    )
    table = Table(Column("table", overflow="fold"), "rows", "how", "match / named")
    table.columns[1].justify = "right"
    for proposed, depth in proposal.tree():
        h = proposed.node
        table.add_row("  " * depth + h.name, f"{proposed.rows:,}", h.kind if h.declared else "comment", h.matched)
    out.print(table)
    live = [f for f in proposal.features if f.live]
    made = sum(starter.features for starter in proposal.syntheses)
    from_rows = f", and {made} made from rows" if made else ""
    say(f"{len(live)} features{from_rows}; {len(proposal.features) - len(live)} more left out, each with why")
    for kind, words in (("protected", "protected"), ("lender_set", "lender-set"), ("leak", "leaks")):
        for sure, doubt in ((True, ""), (False, ", perhaps")):
            names = [s.name for s in proposal.suspects_of(kind, sure=sure)]
            if names:
                say(f"{words}{doubt}: {', '.join(names)}")
    if proposal.unlinked:
        say(f"not linked: {', '.join(proposal.unlinked)}")
    for name, why in proposal.passed_over.items():
        say(f"{name} is passed over: {why}")


def show_training(bundle: Bundle, folder: Path) -> None:
    """The comparison, the cut-off, and what was written; eighty columns are enough."""
    _show_candidates(bundle, ("auc", "gini", "ks", "average_precision"), "Ranking: mean over folds ± sd", "auc")
    probabilities = ("calibration_slope", "brier", "log_loss", "ece")
    _show_candidates(bundle, probabilities, "Probabilities, calibrated on other folds", "calibration_slope")
    title = f"Bad class at the derived cut-off, PD {bundle.cut_off:.4f}"
    _show_candidates(bundle, ("accuracy", "precision", "recall", "f1"), title, "")
    out.print(Panel("\n".join(_summary(bundle, folder)), title=bundle.portfolio.name, title_align="left", expand=False))


def _summary(bundle: Bundle, folder: Path) -> list[str]:
    metrics = bundle.metrics
    figures, choice, empirical = (
        metrics["candidates"][metrics["champion"]],
        metrics["choice"],
        metrics["empirical_cut_off"],
    )
    unit = bundle.portfolio.head.currency if bundle.portfolio.costs.is_money else "units"
    costs = [f"{empirical[at]:,.2f} {unit} each" for at in ("cost_at_formula", "cost_at_empirical")]
    raw, cells = figures["uncalibrated"], figures["confusion"]
    slopes = [_told(slope, 3) for slope in (figures["calibration_slope"]["mean"], raw["calibration_slope"])]
    return [
        f"champion     {metrics['champion']} by {choice['aim']}",
        f"             {choice['says']}",
        f"calibration  slope {slopes[0]}, was {slopes[1]}; "
        f"Brier {_told(figures['brier']['mean'], 4)}, was {_told(raw['brier'], 4)}",
        f"cut-off      {bundle.cut_off:.4f} derived from the costs: {costs[0]}",
        f"             {empirical['empirical']:.4f} cheapest in the other folds: {costs[1]}",
        f"at cut-off   bads {cells['tp']:,} declined, {cells['fn']:,} approved",
        f"             goods {cells['fp']:,} declined, {cells['tn']:,} approved",
        f"bundle       {folder}  id {bundle.id[:12]}",
    ]


def _told(figure: float | None, decimals: int) -> str:
    """A figure, or a dash where it couldn't be told: the slope of predictions that are all alike, say."""
    return "–" if figure is None else f"{figure:.{decimals}f}"


def _show_candidates(bundle: Bundle, names: tuple[str, ...], title: str, detailed: str) -> None:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("candidate", no_wrap=True)
    for name in names:
        table.add_column(_SHORT.get(name, name), justify="right", no_wrap=True)
        if name == detailed:
            table.add_column("95 %", justify="right", no_wrap=True)
    for candidate, figures in bundle.metrics["candidates"].items():
        cells = [cell for name in names for cell in _cells(figures[name], detailed=name == detailed)]
        table.add_row(candidate, *cells, style="bold green" if candidate == bundle.metrics["champion"] else "")
    out.print(table)
    out.print()


def _cells(figure: dict[str, float | None], *, detailed: bool) -> list[str]:
    """A mean; where detailed, its sd beside it and its interval in the next column."""
    known = figure["mean"] is not None
    mean = _told(figure["mean"], 3)
    if not detailed:
        return [mean]
    return [
        f"{mean} ±{_short(figure['sd'])}" if known else mean,
        f"{_short(figure['low'])}–{_short(figure['high'])}" if known else "–",
    ]


def _short(value: float | None) -> str:
    return _told(value, 3).removeprefix("0")


def show_decision(decision: Mapping[str, Any]) -> None:
    """One decision in a line: outcome, PD, score, and the strongest reason; or what decided where no feature did."""
    from fiador import words

    language = decision["language"]
    reasons = [reason["text"] for reason in decision["reasons"]]
    say(
        f"{decision['key']}: {decision['outcome_says']}. "
        f"{words.say('page.pd', language)} {words.percent(decision['pd'], language)}, "
        f"{words.say('page.score', language)} {decision['score']}. "
        f"{decision['explanation'] if decision['rule'] or not reasons else reasons[0]}"
    )


def show_outcomes(rows: pa.Table, path: Path) -> None:
    """How many of each outcome were written where."""
    counts = Counter(rows.column("outcome").to_pylist())
    outcomes = ", ".join(
        f"{name} {counts[name]:,}" for name in ("approve", "refer", "decline", "refused") if counts[name]
    )
    say(f"{rows.num_rows:,} decisions ({outcomes}): {path}")
