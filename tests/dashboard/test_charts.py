"""Do the figures show what was answered, where it was answered?"""

import re
from html import escape
from types import ModuleType

import pytest

from fiador.dashboard import cards, command, environment, options
from fiador.dashboard.charts import decision as charts
from fiador.dashboard.charts.axis import CellAxis, ladder, place
from fiador.dashboard.charts.bars import Bars, columns, lines
from fiador.dashboard.charts.heatmap import HeatCell, heatmap
from fiador.dashboard.charts.range_line import range_line
from fiador.dashboard.theme import style
from fiador.errors import ServiceError
from fiador.look import DARK, LIGHT, Palette

NUMBER = {
    "kind": "number",
    "edges": [0.0, 10.0, 20.0],
    "goods": [30, 10],
    "bads": [1, 3],
    "missing": {"goods": 10, "bads": 0},
}
LEVEL = {"kind": "level", "levels": ["A", "B"], "goods": [1, 3], "bads": [2, 2], "missing": {"goods": 0, "bads": 0}}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground(colours: Palette) -> None:
    for ground in (colours.card, colours.page):
        for ink in (colours.ink, colours.soft, colours.accent):
            assert contrast(ink, ground) >= 4.5  # WCAG 2.2, 1.4.3
        for headline in (colours.approve, colours.refer, colours.decline):
            assert contrast(headline, ground) >= 3  # WCAG 2.2, 1.4.3, large and bold


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_bars_stand_out_from_their_ground(colours: Palette) -> None:
    for bar in (colours.lowers, colours.raises):
        assert contrast(bar, colours.card) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize(
    ("value", "at"), [(0, 0.0), (5, 0.25), (15, 0.75), (20, 1.0), (21, None), (-1, None), (None, None)]
)
def test_a_number_stands_where_its_bin_is(value: float | None, at: float | None) -> None:
    assert place(NUMBER, value) == (None if at is None else pytest.approx(at))


def test_a_value_beyond_the_ends_stands_at_the_end_where_that_is_asked() -> None:
    assert [place(NUMBER, value, clamp=True) for value in (-1, 21)] == [0.0, 1.0]


def test_a_level_stands_in_the_middle_of_its_own_cell() -> None:
    assert [place(LEVEL, level) for level in ("A", "B", None, "C")] == [0.25, 0.75, None, None]


def drawn(body: dict, value: object, unit: str = "number", language: str = "en") -> str:
    return charts.distribution(body | {"unit": unit}, value, alt="what it shows", currency="BRL", language=language)


def tips(html: str) -> list[str]:
    """What the pointer is told over each bin."""
    return re.findall(r'data-tip="([^"]*)"', html)


def test_each_group_is_shown_as_shares_of_itself() -> None:
    assert tips(drawn(NUMBER, 5)) == [
        "0 – 10\nRepaid 60.0% · Defaulted 25.0%",
        "10 – 20\nRepaid 20.0% · Defaulted 75.0%",
        "not given\nRepaid 20.0% · Defaulted 0.0%",
    ]


def test_those_without_a_value_have_a_bar_of_their_own_when_there_are_any() -> None:
    assert "f-apart" in drawn(NUMBER, 5)
    assert "f-apart" not in drawn(NUMBER | {"missing": {"goods": 0, "bads": 0}}, 5)
    assert drawn(LEVEL, "A").count('class="f-name"') == 2


def test_the_application_is_marked_where_it_stands() -> None:
    assert 'class="f-here f-here-left" style="left:25.00%"' in drawn(NUMBER, 5)
    assert "f-here" not in drawn(NUMBER, 99)
    assert "B<em>This application</em>" in drawn(LEVEL, "B")


def test_an_application_without_the_value_is_marked_among_those_without() -> None:
    among = drawn(NUMBER, None).split("f-apart")[1]
    assert 'class="f-here f-here-right" style="left:50.00%"><span>This application' in among


def test_axes_speak_the_language_of_the_page() -> None:
    said = drawn(NUMBER, 5, unit="money", language="pt-BR")
    assert ">R$\xa00</span>" in said
    assert ">20%</span>" in said


def test_a_figure_tells_in_words_what_it_shows() -> None:
    assert 'role="img" aria-label="what it shows"' in drawn(NUMBER, 5)
    assert 'role="img" aria-label="what it shows"' in drawn(LEVEL, "A")


@pytest.mark.parametrize("top", [0.03, 0.4, 1, 7, 83, 4200, 300_000])
def test_an_axis_ends_at_a_round_step_not_far_above_the_longest_bar(top: float) -> None:
    steps = ladder(top)
    assert steps[0] == 0
    assert top <= steps[-1] <= 1.5 * top
    assert 3 <= len(steps) <= 7


def test_too_few_to_be_told_is_hatched_and_says_so() -> None:
    series = Bars("Applications", "accent", [10, None])
    tell = {10: "10", None: "too few"}.__getitem__
    upright = columns([series], CellAxis(("a", "b")), tell=tell, tick=str, alt="")
    beside = lines([series], CellAxis(("a", "b"), is_level=True), tell=tell, alt="")
    assert tips(upright) == ["a\n10", "b\ntoo few"]
    for figure in (upright, beside):
        assert figure.count('class="f-few"') == 1


def test_figures_above_one_another_stay_in_line() -> None:
    axis = CellAxis(("a", "b"), apart="not given")
    told = {"tell": str, "tick": str, "alt": ""}
    both = [columns([Bars("n", "accent", values)], axis, **told) for values in ([1, 2, 3], [1, 2])]
    assert [figure.count("f-apart") for figure in both] == [1, 1]
    assert [len(tips(figure)) for figure in both] == [3, 2]


def test_the_gauge_fills_to_the_pd_and_marks_the_cut_off_and_the_band(canned: ModuleType) -> None:
    figure = charts.gauge(canned.decision("1", "en", outcome="decline"), language="en")
    assert "--pd:0.6347;--cut:0.1818;--low:0.1493;--high:0.2051" in figure
    assert 'aria-label="Gauge: estimated risk 63.5%, limit 18.2%"' in figure
    assert "<b>63.5%</b>" in figure


def test_a_gauge_without_a_band_has_two_zones(canned: ModuleType) -> None:
    decision = canned.decision("1", "en", outcome="decline") | {"refer_band": None}
    assert "--low:0.1818;--high:0.1818" in charts.gauge(decision, language="en")


def test_every_contribution_has_a_bar_to_its_side_the_strongest_longest(canned: ModuleType) -> None:
    decision = canned.decision("1", "en")
    bars = re.findall(
        r'<b class="f-(\w+)" style="(left|right):50%;width:([\d.]+)%"', charts.contributions(decision, language="en")
    )
    assert len(bars) == len(decision["contributions"])
    assert bars[0] == ("raises", "left", "50.00")
    assert ("lowers", "right") in {bar[:2] for bar in bars}


def test_a_map_is_darkest_where_there_is_most_and_rings_the_application() -> None:
    cells = {(0, 0): HeatCell(1.0, "40"), (1, 0): HeatCell(None, "too few")}
    x, y = CellAxis(("a", "b")), CellAxis(("c", "d"))
    figure = heatmap(
        cells,
        x,
        y,
        names=("x", "y"),
        tone="accent",
        alt="",
        scale=("5", "40"),
        empty="nobody",
        client=(0.25, 0.75),
        own="this",
    )
    assert tips(figure) == ["a\nd\nnobody", "b\nd\nnobody", "a\nc\n40", "b\nc\ntoo few"]
    assert 'class="f-cell " style="--shade:1.000"' in figure
    assert '<i class="f-ring" style="left:25.00%;bottom:75.00%"></i>' in figure
    assert figure.count("f-cell f-few") == 1


def test_a_line_spans_its_ends_and_whatever_lies_beyond() -> None:
    line = range_line(value=150, quartiles=(25, 50, 75), ends=(0, 100), alt="")
    places = dict(re.findall(r'class="f-(\w+)" style="left:([\d.]+)%', line))
    assert places == {"half": "16.67", "median": "33.33", "dot": "100.00"}
    assert "f-dot" not in range_line(value=None, quartiles=(25, 50, 75), ends=(0, 100), alt="")


def test_what_was_read_elsewhere_is_escaped(canned: ModuleType) -> None:
    bad = "<script>alert(1)</script>"
    decision = canned.decision(bad, "en") | {"explanation": bad}
    decision["reasons"][0] |= {"text": bad, "says": bad, "value_says": bad}
    decision["notices"] = [{"text": bad}]
    pieces = [
        cards.verdict(decision, "en"),
        cards.reasons(decision["reasons"], "en"),
        cards.notices(decision["notices"], "en"),
        cards.table(bad, [(bad, bad)]),
        cards.footer(canned.model() | {"champion": bad, "bundle": bad}, "en"),
        cards.brand(bad, "en"),
        cards.chip(decision | {"outcome_says": bad}, "en"),
        cards.heading(bad, bad, bad),
        cards.grid([bad], [[bad]], caption=bad),
        columns(
            [Bars(bad, "accent", [1])], CellAxis((bad,), ((0, bad),), apart=bad), tell=lambda _: bad, tick=str, alt=bad
        ),
        lines([Bars(bad, "accent", [1])], CellAxis((bad,)), tell=lambda _: bad, alt=bad, own=0, own_says=bad),
        heatmap(
            {(0, 0): HeatCell(1, bad)},
            CellAxis((bad,)),
            CellAxis((bad,)),
            names=(bad, bad),
            tone="accent",
            alt=bad,
            scale=(bad, bad),
            empty=bad,
            client=(0, 0),
            own=bad,
        ),
        charts.gauge(decision, language="en"),
        charts.contributions(decision, language="en"),
        range_line(value=1, quartiles=(1, 2, 3), ends=(0, 1), alt=bad),
    ]
    for piece in pieces:
        assert "<script" not in piece
    assert escape(bad) in pieces[0]


def test_what_a_portfolio_does_not_state_has_no_figure(canned: ModuleType) -> None:
    decision = canned.decision("1", "en") | {"exposure": None, "expected_loss": None, "expected_profit": None}
    assert cards.figures(decision, "en").count("<dt>") == 1


def test_an_application_without_a_reason_says_so() -> None:
    assert "No single value stands out" in cards.reasons([], "en")


def test_the_style_sheet_holds_every_rule_and_takes_its_colours_from_the_look() -> None:
    sheet = style()
    for rule in (".f-verdict", ".f-bin", ".f-heat-cells", "--f-ink: light-dark(#14212B, #E7EDF2)"):
        assert rule in sheet
    rules = sheet.split("\n", 1)[1].split(".f-sign-approve { mask-image")[0]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)  # no colour of its own


def test_the_dashboard_runs_on_this_machine_only() -> None:
    assert command("http://127.0.0.1:8000", 8501)[1:] == ["-m", "fiador.dashboard", "8501"]
    assert options(8501)["server.address"] == "127.0.0.1"
    assert options(8501)["browser.gatherUsageStats"] is False
    assert environment("http://127.0.0.1:8000/")["FIADOR_SERVICE_URL"] == "http://127.0.0.1:8000"


def test_an_address_that_is_none_is_refused_before_anything_starts() -> None:
    with pytest.raises(ServiceError, match=r"localhost: is no address of HTTP. Write it so: http://127.0.0.1:8000"):
        command("localhost", 8501)
