"""How does a terminal show what was found, trained and decided?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from fiador.bundle import Bundle
    from fiador.checking import Accounting, Report

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)
_SHORT = {"average_precision": "avg. precision", "calibration_slope": "slope", "log_loss": "log loss"}


def say(text: str) -> None:
    """One line, as it is."""
    out.print(Text(text), soft_wrap=True)


def complain(message: str) -> None:
    """An error: where, what, and what next."""
    err.print(Text("error: ", style="bold red") + Text(message))


@contextmanager
def progress() -> Iterator[Any]:
    """A bar with time left, as the `progress` callable the use cases take."""
    columns = (
        TextColumn("{task.description:<44}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
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
    found = Table("where", "count", "what", "action", title="Findings", title_justify="left")
    found.columns[1].justify = "right"
    for f in report.findings:
        where = f"{f.table}.{f.column}" if f.column else f.table
        style = "bold red" if f.refused else "yellow" if f.action in ("drop", "refer", "refuse") else ""
        found.add_row(where, f"{f.count:,}", _what(f.kind, f.says), f.action or "count", style=style)
    out.print(found)
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


def show_training(bundle: Bundle, folder: Path) -> None:
    """The comparison, the cut-off, and what was written."""
    metrics = bundle.metrics
    _show_candidates(
        bundle, ("auc", "gini", "ks", "average_precision"), "Ranking: mean over folds ± sd, AUC with its 95 % interval"
    )
    _show_candidates(
        bundle, ("brier", "log_loss", "calibration_slope", "ece"), "Probabilities, calibrated on other folds"
    )
    _show_candidates(
        bundle, ("accuracy", "precision", "recall", "f1"), f"Bad class at the derived cut-off, PD {bundle.cut_off:.4f}"
    )
    choice = metrics["choice"]
    empirical = metrics["empirical_cut_off"]
    unit = bundle.portfolio.head.currency if bundle.portfolio.costs.is_money else "units"
    costs = [f"{empirical[at]:,.2f} {unit} an application" for at in ("cost_at_formula", "cost_at_empirical")]
    lines = [
        f"champion   {metrics['champion']} by {choice['aim']}; {choice['says']}",
        f"cut-off    {bundle.cut_off:.4f}  derived from the costs: {costs[0]}",
        f"           {empirical['empirical']:.4f}  cheapest in the other folds: {costs[1]}",
        f"bundle     {folder}  id {bundle.id[:12]}",
    ]
    out.print(Panel("\n".join(lines), title=bundle.portfolio.name, title_align="left", expand=False))


def _show_candidates(bundle: Bundle, names: tuple[str, ...], title: str) -> None:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("candidate", no_wrap=True)
    for name in names:
        table.add_column(_SHORT.get(name, name), justify="right", no_wrap=True)
    for name, figures in bundle.metrics["candidates"].items():
        cells = [_cell(figures[metric], detailed=metric in ("auc", "calibration_slope")) for metric in names]
        table.add_row(
            name.replace("_gradient_", "_"),
            *cells,
            style="bold green" if name == bundle.metrics["champion"] else "",
        )
    out.print(table)


def _cell(figure: dict[str, float | None], *, detailed: bool) -> str:
    """0.892 ±.004 [.887, .896]: what fits eighty columns."""
    if figure["mean"] is None:
        return "–"
    if not detailed:
        return f"{figure['mean']:.3f}"
    return f"{figure['mean']:.3f} ±{_short(figure['sd'])} \\[{_short(figure['low'])}, {_short(figure['high'])}]"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".removeprefix("0")


def show_outcomes(rows: pa.Table, path: Path) -> None:
    """How many of each outcome were written where."""
    counts = Counter(rows.column("outcome").to_pylist())
    said = ", ".join(f"{name} {counts[name]:,}" for name in ("approve", "refer", "decline", "refused") if counts[name])
    say(f"{rows.num_rows:,} decisions ({said}): {path}")
