"""Which charts do reports draw? One list: each gives SVG text without script, coloured by the page it stands on.

Every function takes a title and a description (read aloud, not drawn), values already computed, and axes that know how
to write a number; it gives markup. Marks say their value on hover. Where there is nothing to draw, `empty` is written.
"""

from __future__ import annotations

from fiador.reports.bars import Row, Series, bars, dots, histogram, level_bars
from fiador.reports.flow import Stage, StagePart, flow
from fiador.reports.frame import TONES, Mark
from fiador.reports.heatmap import heatmap, heatmap_parts
from fiador.reports.lines import Line, Spot, lines
from fiador.reports.scales import PlotAxis, Show

__all__ = [
    "TONES",
    "Line",
    "Mark",
    "PlotAxis",
    "Row",
    "Series",
    "Show",
    "Spot",
    "Stage",
    "StagePart",
    "bars",
    "dots",
    "flow",
    "heatmap",
    "heatmap_parts",
    "histogram",
    "level_bars",
    "lines",
]  # fmt: skip
