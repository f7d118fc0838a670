"""Is every chart a well-formed picture that says what it shows, escapes its words, and keeps its labels apart?"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from fiador.look.steps import round_values
from fiador.reports.charts import (
    Line,
    Mark,
    PlotAxis,
    Row,
    Series,
    Spot,
    Stage,
    StagePart,
    bars,
    dots,
    flow,
    heatmap,
    heatmap_parts,
    histogram,
    level_bars,
    lines,
)
from fiador.reports.scales import GAP, Scale, ends, fitting_ticks
from fiador.reports.svg import shortened, width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('x')</script> & \"quoted\""
CHARTS: dict[str, Callable[[str, bool], Markup]] = {
    "bars": lambda said, some: bars(
        said, [said, "b"] if some else [], [Series(said, [1, 2]), Series("b", [2, None])], value=PlotAxis(said),
        marks=[Mark(1.5, said)], category=said, empty="nothing",
    ),
    "histogram": lambda said, some: histogram(
        said, [0, 1, 2] if some else [], [Series(said, [1, 2] if some else []), Series("b", [0, 3] if some else [])],
        x=PlotAxis(said), y=PlotAxis(said), marks=[Mark(0.5, said)], empty="nothing",
    ),
    "lines": lambda said, some: lines(
        said, [Line(said, [0, 1], [0, 1], low=[0, 0.5], high=[0.5, 1])] if some else [],
        x=PlotAxis(said), y=PlotAxis(said), spots=[Spot(0.5, 0.5, said)], marks=[Mark(0.2, said)], across=[Mark(0.2,
        said)], diagonal=True, empty="nothing",
    ),
    "level_bars": lambda said, some: level_bars(
        said, [Row(said, 1, 0.5, 1.5, note=said), Row("b", -1)] if some else [], value=PlotAxis(said), empty="nothing"
    ),
    "dots": lambda said, some: dots(
        said, [Row(said, 0.5, 0.2, 0.8, note=said, share=0.4), Row("b", None)] if some else [], value=PlotAxis(said),
        marks=[Mark(0.3, said)], empty="nothing",
    ),
    "heatmap": lambda said, some: heatmap(
        said, [said, "b"] if some else [], [said, "b"], [[None, -0.5], [0.5, None]], empty="nothing"
    ),
    "flow": lambda said, some: flow(
        said, [Stage(said, 10), Stage("b", 8, [(said, 2)], [StagePart(said, 8, "lowers")])] if some else [],
        empty="nothing",
    ),
}  # fmt: skip


def drawn(chart: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_an_image_with_a_name_and_its_words_are_only_words(name: str) -> None:
    picture = drawn(CHARTS[name](EVIL, True))
    assert (picture.tag, picture.get("role")) == (f"{SVG}svg", "img")
    assert picture[0].tag == f"{SVG}title"
    assert picture[0].text == EVIL
    assert {e.tag.removeprefix(SVG) for e in picture.iter()} <= {
        "svg", "title", "desc", "text", "rect", "line", "path", "circle",
    }  # fmt: skip
    assert not [key for e in picture.iter() for key in e.attrib if key.startswith("on") or key in ("style", "href")]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_nothing_says_so(name: str) -> None:
    picture = drawn(CHARTS[name]("a chart", False))
    assert "nothing" in [e.text for e in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_no_place_on_paper_is_unknown(name: str) -> None:
    assert "nan" not in CHARTS[name]("chart", True)
    assert "inf" not in CHARTS[name]("chart", True)


def test_bars_are_as_long_as_their_values() -> None:
    picture = drawn(bars("a", ["x", "y"], [Series("", [10, 5])], value=PlotAxis(low=0)))
    tall, half = (float(e.get("height", 0)) for e in picture.iter(f"{SVG}rect"))
    assert tall == pytest.approx(2 * half, abs=0.2)


def test_a_mark_says_its_value_on_hover() -> None:
    picture = drawn(dots("a", [Row("rent", 0.25, 0.2, 0.3)], value=PlotAxis(show=lambda v: f"{v:.0%}")))
    assert "rent · 25% (20% – 30%)" in [e.text for e in picture.iter(f"{SVG}title")]


def test_several_marks_are_named_in_the_legend_and_one_beside_its_line() -> None:
    line = Line("", [0, 1], [0, 1])
    marks = [Mark(0.5, "derived"), Mark(0.52, "cheapest")]
    alone, both = (lines("a", [line], x=PlotAxis(), y=PlotAxis(), marks=some) for some in (marks[:1], marks))
    places = {e.text: (float(e.get("x", 0)), float(e.get("y", 0))) for e in drawn(both).iter(f"{SVG}text")}
    assert places["derived"][1] == places["cheapest"][1] == 12  # the first line of the legend
    assert places["derived"][0] + width_of("derived") < places["cheapest"][0]
    assert next(float(e.get("y", 0)) for e in drawn(alone).iter(f"{SVG}text") if e.text == "derived") > 12


def test_a_matrix_in_two_parts_keeps_every_name_and_value_on_one_level() -> None:
    names, squares = (drawn(part) for part in heatmap_parts("a", ["x", "y"], ["x", "y"], [[None, -0.5], [0.25, None]]))
    assert names.get("height") == squares.get("height")
    at = {e.text: e.get("y") for part in (names, squares) for e in part.iter(f"{SVG}text") if not e.get("transform")}
    assert set(at) == {"x", "y", "-0.5", "0.25"}
    assert (at["x"], at["y"]) == (at["-0.5"], at["0.25"])


@settings(deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 9))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    if low + span <= low + 1e-9 * abs(low):
        return
    found = round_values(low, low + span, most)
    assert 1 <= len(found) <= most
    if len(found) > 2:
        step = found[1] - found[0]
        first = float(f"{step:.3e}".split("e")[0])
        assert any(first == pytest.approx(nice, rel=1e-3) for nice in (1, 2, 2.5, 5, 10))


@settings(deadline=None)
@given(st.floats(-1e7, 1e7), st.floats(0.01, 1e7), st.integers(60, 700))
def test_labels_of_an_axis_never_touch(low: float, span: float, room: int) -> None:
    axis = PlotAxis(show=lambda v: f"{v:,.2f}")
    scale = Scale(*ends(axis, [low, low + span]), 0, room)
    found = fitting_ticks(axis, scale)
    edges = [(scale(v) - width_of(axis.show(v)) / 2, scale(v) + width_of(axis.show(v)) / 2) for v in found]
    assert all(after[0] - before[1] >= GAP - 1e-6 for before, after in pairwise(edges))


@settings(deadline=None)
@given(st.text(max_size=60), st.floats(20, 300))
def test_a_shortened_text_has_room(said: str, room: float) -> None:
    assert width_of(shortened(said, room)) <= max(room, width_of("…"))
    assert all(width_of(each) <= max(room, width_of("…")) for each in wrapped(said, room))


def test_an_axis_of_one_value_has_two_ends() -> None:
    assert ends(PlotAxis(), [3]) == (3.0, 6.0)
    low, high = ends(PlotAxis(), [])
    assert low < high


any_double = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(any_double, min_size=1, max_size=5), st.booleans())
def test_an_axis_has_room_for_whatever_a_double_can_be(values: list[float], zero: bool) -> None:
    low, high = ends(PlotAxis(), values, zero=zero)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    scale = Scale(low, high, 0, 100)
    chosen = fitting_ticks(PlotAxis(), scale)
    assert chosen == sorted(chosen)
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
