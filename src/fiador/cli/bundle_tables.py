"""How does a terminal show a registry, and two bundles side by side?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.table import Table
from rich.text import Text

from fiador.adapters.disk.registry import BundleRow
from fiador.bundle import Bundle
from fiador.bundle.lifecycle import Book
from fiador.cli.console import out, say
from fiador.metrics.intervals import rate
from fiador.metrics.swap import OUTCOMES, SwapCell
from fiador.use_cases.comparing import BundleComparison, Figure, JointDecisions, ValuePair
from fiador.words.places import shown

_STYLES = {"promoted": "bold green", "approved": "green", "rejected": "red", "unreadable": "red"}
_NAMES = {"average_precision": "AP", "calibration_slope": "slope", "log_loss": "log loss"}
_CAUTION = (
    "IN-SAMPLE? Bad rates and profit flatter a bundle that was trained on these applications: take ones made after "
    "training."
)
_SEEN = (
    "LIKELY IN-SAMPLE: {seen} trained on about as many applications as these; a bundle keeps no keys to be sure by. "
    "Bad rates and profit flatter: take applications made after training."
)
_BETTER = (
    "Better: more than chance. On the same rows and folds, the 95 % interval of the paired difference leaves out 0; "
    "else the two intervals do not overlap. Slope: nearer 1. Blank: can't be told."
)


def show_bundles(registry: Path, rows: Sequence[BundleRow]) -> None:
    """A table a portfolio; below a bundle's name its champion, and what is wrong with it."""
    if not rows:
        say(f"No bundle in '{registry}' yet. Train one: fiador train PORTFOLIO --source PLACE")
    for portfolio, group in groupby(sorted(rows, key=lambda row: row.portfolio or "~"), lambda row: row.portfolio):
        table = _table(f"{portfolio or 'unreadable'}: {registry}")
        table.add_column("bundle", overflow="fold", min_width=20)
        for name in ("id", "trained", "AUC", "gate", "  state"):
            table.add_column(name, no_wrap=True, justify="right" if name == "AUC" else "left")
        for row in group:
            table.add_row(_named(row), (row.id or "–")[:8], _day(row), _auc(row), row.gate or "–", _state(row))
        out.print(table)
        out.print()


def _named(row: BundleRow) -> Text:
    below = row.problem or "; ".join([row.champion or "", *row.missed])
    return Text.assemble((row.folder, "bold"), "\n", (below, "red" if row.problem else "dim"))


def _day(row: BundleRow) -> str:
    return (row.created_at or "–")[:10]


def _auc(row: BundleRow) -> str:
    return f"{row.auc['mean']:.3f}" if row.auc and row.auc["mean"] is not None else "–"


def _state(row: BundleRow) -> Text:
    mark = "● " if row.state == "promoted" else "  "
    return Text(f"{mark}{row.state}", style=_STYLES.get(row.state, ""))


def show_history(book: Book) -> None:
    """What was done, the oldest first."""
    if not book.history:
        say("Nothing was approved, promoted or retired yet.")
        return
    table = _table("History")
    for name in ("when", "what", "bundle", "by", "why"):
        table.add_column(name, overflow="fold", no_wrap=name == "what")
    for event in book.history:
        why = "; ".join([event.note or "", *(f"although {missed}" for missed in event.missed)]).removeprefix("; ")
        when = event.at[:16].replace("T", " ")
        table.add_row(when, event.did, f"{event.folder}\n{event.id[:8]}", event.by or "–", why)
    out.print(table)


def show_comparison(compared: BundleComparison, names: Sequence[str], source: str | None, written: Path | None) -> None:
    """Bundles, figures, features; then the swap set."""
    _show_sides(compared, names)
    _show_figures(compared.figures)
    _show_features(compared)
    if compared.population:
        _show_population(compared.population, source or "")
    if compared.population and written:
        say(f"{compared.population.changed.num_rows:,} changed decisions: {written}")


def _show_sides(compared: BundleComparison, names: Sequence[str]) -> None:
    table = _table("")
    for name in ("", "A", "B"):
        table.add_column(name, overflow="fold", style="dim" if not name else "")
    pair = (compared.a, compared.b)
    table.add_row("bundle", *names, style="bold")
    table.add_row("id", *(bundle.id[:12] for bundle in pair))
    table.add_row("trained", *(bundle.created_at[:10] for bundle in pair))
    table.add_row("on", *(f"{b.metrics['rows']['labelled']:,} rows, {b.metrics['rows']['bad']:,} bad" for b in pair))
    table.add_row("champion", *(bundle.metrics["champion"] for bundle in pair))
    table.add_row("cut-off", *(f"{bundle.cut_off:.4f}" for bundle in pair))
    table.add_row("features", *(f"{len(bundle.model.features)}" for bundle in pair))
    table.add_row("gate", *(_gate(bundle) for bundle in pair))
    out.print(table)
    out.print()


def _gate(bundle: Bundle) -> Text:
    if bundle.missed_gate:
        return Text("; ".join(bundle.missed_gate), style="red")
    return Text("passed" if bundle.portfolio.acceptance.metrics else "none")


def _show_figures(figures: Sequence[Figure]) -> None:
    table = _table("Champions: mean over each one's own folds, 95 % interval")
    for name in ("", "A", "95 %", "B", "95 %", "B − A", "better"):
        table.add_column(name, justify="left" if name in ("", "better") else "right", no_wrap=True)
    for figure in figures:
        gap = "–" if figure.difference is None else f"{figure.difference:+.4f}".replace("-", "−")
        cells = (*_mean(figure.a), *_mean(figure.b), gap, figure.better.upper())
        table.add_row(_NAMES.get(figure.name, figure.name), *cells)
    table.caption, table.caption_justify = _BETTER, "left"
    out.print(table)
    out.print()


def _mean(figure: dict[str, float | None] | object) -> tuple[str, str]:
    assert isinstance(figure, dict)
    shown = {name: "–" if value is None else f"{value:.3f}" for name, value in figure.items()}
    return shown["mean"], f"{shown['low']}–{shown['high']}"


def _show_features(compared: BundleComparison) -> None:
    for words, features in (("A alone reads", compared.removed), ("B alone reads", compared.added)):
        if features:
            out.print(Text.assemble((f"{words}: ", "bold"), ", ".join(features)))
    if not (compared.added or compared.removed):
        say("Both read the same features.")
    out.print()


def _show_population(population: JointDecisions, source: str) -> None:
    say(f"Swap set: {population.swap.applications:,} applications of {shown(source)}; below a count, the bad rate")
    table = _table("")
    seen = [o for o in OUTCOMES if any(c.applications for c in population.swap.cells if o in (c.before, c.after))]
    table.add_column("A says, B says →")
    for outcome in seen:
        table.add_column(outcome, justify="right", no_wrap=True)
    for before in seen:
        cells = (_cell(population.swap.cell(before, after)) for after in seen)
        table.add_row(Text(before, style="bold"), *cells)
    out.print(table)
    out.print()
    facts = Table.grid(padding=(0, 2, 0, 0))
    for name, *values in _facts(population):
        facts.add_row(Text(name, style="dim"), *values)
    out.print(facts)
    if population.seen and population.known:
        trained = f"{population.seen[0].upper()} was" if len(population.seen) == 1 else "both were"
        out.print(Text(_SEEN.format(seen=trained), style="bold yellow"))
    elif population.known:
        out.print(Text(_CAUTION, style="bold"))
    out.print()


def _cell(cell: SwapCell) -> Text:
    style = "dim" if cell.before == cell.after or not cell.applications else "bold"
    rate = "" if cell.bad_rate is None else f"{cell.bad_rate:.1%}"
    return Text.assemble((f"{cell.applications:,}", style), "\n", (rate, "dim"))


def _facts(p: JointDecisions) -> Iterator[tuple[str, ...]]:
    share = p.swap.changed / p.swap.applications if p.swap.applications else 0.0
    yield "decision changes", f"{p.swap.changed:,} ({share:.1%})"
    yield "B alone approves", _rated(p.swap.swapped_in)
    yield "A alone approves", _rated(p.swap.swapped_out)
    yield "approval rate", _moved(p.approval_rate, "{:.1%}")
    yield "mean PD", _moved(p.mean_pd, "{:.2%}")
    yield "expected profit", f"{_moved(p.expected_profit, '{:,.0f}')} {p.unit}, each by its own PD"
    if p.realised_profit:
        yield "realised profit", f"{_moved(p.realised_profit, '{:,.0f}')} {p.unit}, of {p.known:,} known targets"
    if p.rank_correlation is not None:
        yield "rank correlation", f"{p.rank_correlation:.3f} between the PDs"
    for name, count in (("A", p.only_a), ("B", p.only_b)):
        if count:
            yield f"{name} alone decides on", f"{count:,} applications, left out above"


def _rated(cell: SwapCell) -> str:
    """How many, and how many of those with a known target were bad."""
    bads = rate(cell.bad, cell.known)
    if bads.value is None:
        return f"{cell.applications:,}"
    return (
        f"{cell.applications:,}; {bads.hits:,} of {bads.of:,} bad: {bads.value:.1%} [{bads.low:.1%}, {bads.high:.1%}]"
    )


def _moved(pair: ValuePair, form: str) -> str:
    return f"{form.format(pair.a)} → {form.format(pair.b)}"


def _table(title: str) -> Table:
    return Table(
        title=title or None, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim"
    )
