"""How do two features meet? A map of cells, darker where there is more, the application ringed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from fiador.dashboard.charts.axis import CellAxis, labelled


@dataclass(frozen=True)
class HeatCell:
    """One cell that holds somebody: its shade 0–1 (None: too few to be told) and its words."""

    shade: float | None
    says: str


def heatmap(
    cells: Mapping[tuple[int, int], HeatCell], x: CellAxis, y: CellAxis, *, names: tuple[str, str], tone: str, alt: str,
    scale: tuple[str, str], empty: str, client: tuple[float, float] | None = None, own: str = "",
) -> str:  # fmt: skip
    """The map. names: of the axes; tone: of the shades; scale: the words of its two ends; client: 0–1 on both axes."""
    rows = [
        _cell(cells.get((i, j)), "\n".join([x.cells[i], y.cells[j]]), empty, last=i > len(x.cells) / 2)
        for j in reversed(range(len(y.cells)))
        for i in range(len(x.cells))
    ]
    ring = f'<i class="f-ring" style="left:{100 * client[0]:.2f}%;bottom:{100 * client[1]:.2f}%"></i>' if client else ""
    shape = f"--wide:{len(x.cells)};--tall:{len(y.cells)}"
    return (
        f'<figure class="f-heat f-tone-{tone}"><div role="img" aria-label="{escape(alt)}">'
        f'<p class="f-axis-name">↑ {escape(names[1])}</p>'
        f'<div class="f-heat-plot{" f-wordy" if y.is_level else ""}" style="{shape}">'
        f'<div class="f-heat-y">{_labels(y, upright=True)}</div>'
        f'<div class="f-heat-cells">{"".join(rows)}{ring}</div><i></i>'
        f'<div class="f-heat-x{" f-wordy" if x.is_level else ""}">{_labels(x)}</div></div>'
        f'<p class="f-axis-name f-axis-x">{escape(names[0])} →</p></div>{_scale(scale, own if client else "")}</figure>'
    )


def _cell(cell: HeatCell | None, where: str, empty: str, *, last: bool) -> str:
    tip = escape("\n".join([where, cell.says if cell else empty]))
    kind, shade = ("f-none", "") if cell is None else ("f-few", "") if cell.shade is None else ("", f"{cell.shade:.3f}")
    style = f' style="--shade:{shade}"' if shade else ""
    return f'<i class="f-cell {kind}{" f-last" if last else ""}"{style} data-tip="{tip}"></i>'


def _labels(axis: CellAxis, *, upright: bool = False) -> str:
    side = "bottom" if upright else "left"
    ticks: Sequence[tuple[float, str]] = axis.ticks
    if axis.is_level:
        ticks = [((i + 0.5) / len(axis.cells), words) for i, words in enumerate(axis.cells)]
    return labelled(ticks, side)


def _scale(ends: tuple[str, str], own: str) -> str:
    mine = f'<span><i class="f-ring"></i>{escape(own)}</span>' if own else ""
    low, high = (escape(end) for end in ends)
    return f'<figcaption class="f-key-row"><span>{low}<i class="f-ramp"></i>{high}</span>{mine}</figcaption>'
