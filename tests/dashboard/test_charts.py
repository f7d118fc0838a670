"""Do the figures show what was answered, where it was answered?"""

from html import escape
from types import ModuleType

import pytest

from fiador.dashboard import cards, charts, command, environment
from fiador.dashboard.look import DARK, LIGHT, Palette, palette, template
from fiador.errors import ServiceError

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


def test_an_unknown_theme_is_light() -> None:
    assert palette(None) is LIGHT
    assert palette("dark") is DARK


@pytest.mark.parametrize(
    ("value", "at"), [(0, -0.5), (5, 0.0), (15, 1.0), (20, 1.5), (21, None), (-1, None), (None, 2.8)]
)
def test_a_number_stands_where_its_bin_is(value: float | None, at: float | None) -> None:
    assert charts.place(NUMBER, value) == (None if at is None else pytest.approx(at))


def test_a_level_stands_on_its_own_bar() -> None:
    assert [charts.place(LEVEL, level) for level in ("A", "B", None, "C")] == [0.0, 1.0, 2.0, None]


def drawn(body: dict, value: object, unit: str = "number", language: str = "en") -> dict:
    figure = charts.distribution(body, value, unit=unit, currency="BRL", language=language, colours=LIGHT)
    return figure.to_dict()


def test_each_group_is_shown_as_shares_of_itself() -> None:
    goods, bads = drawn(NUMBER, 5)["data"]
    assert list(goods["y"]) == [60.0, 20.0, 20.0]
    assert list(bads["y"]) == [25.0, 75.0, 0.0]


def test_those_without_a_value_have_a_bar_of_their_own_when_there_are_any() -> None:
    assert drawn(NUMBER, 5)["data"][0]["customdata"][-1] == "not given"
    assert len(drawn(LEVEL, "A")["data"][0]["y"]) == 2


def test_axes_speak_the_language_of_the_page() -> None:
    layout = drawn(NUMBER, 5, unit="money", language="pt-BR")["layout"]
    assert "R$\xa00" in layout["xaxis"]["ticktext"]
    assert layout["template"]["layout"]["separators"] == ",."


def test_the_gauge_marks_the_cut_off_and_fills_to_the_pd(canned: ModuleType) -> None:
    decision = canned.decision("1", "en", outcome="decline") | {"pd": 0.5, "cut_off": 0.5, "refer_band": None}
    figure = charts.gauge(decision, language="en", colours=LIGHT)
    mark = figure.layout.shapes[0]
    assert mark.x0 == pytest.approx(0.0)  # half way: straight up
    assert mark.x1 == pytest.approx(0.0)
    filled = figure.data[-1]
    assert min(filled.x) == pytest.approx(-0.94)
    assert max(filled.x) == pytest.approx(0.0, abs=1e-9)
    assert "<b>50.0%</b>" in [note.text for note in figure.layout.annotations]


def test_every_contribution_has_a_bar_the_strongest_on_top(canned: ModuleType) -> None:
    decision = canned.decision("1", "en")
    figure = charts.contributions(decision, language="en", colours=LIGHT)
    assert figure.data[0].x[-1] == decision["contributions"][0]["contribution"]
    assert figure.data[0].marker.color[-1] == LIGHT.raises


def test_a_template_writes_numbers_as_its_language_does() -> None:
    assert template(separators=", ", colours=DARK).layout.separators == ", "


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
    ]
    for piece in pieces:
        assert "<script" not in piece
    assert escape(bad) in pieces[0]


def test_what_a_portfolio_does_not_state_has_no_figure(canned: ModuleType) -> None:
    decision = canned.decision("1", "en") | {"exposure": None, "expected_loss": None, "expected_profit": None}
    assert cards.figures(decision, "en").count("<dt>") == 1


def test_an_application_without_a_reason_says_so() -> None:
    assert "No single value stands out" in cards.reasons([], "en")


def test_the_dashboard_runs_on_this_machine_only() -> None:
    assert "--server.address=127.0.0.1" in command("http://127.0.0.1:8000", 8501)
    assert "--browser.gatherUsageStats=false" in command("http://127.0.0.1:8000", 8501)
    assert environment("http://127.0.0.1:8000/")["FIADOR_SERVICE_URL"] == "http://127.0.0.1:8000"


def test_an_address_that_is_none_is_refused_before_anything_starts() -> None:
    with pytest.raises(ServiceError, match=r"localhost: is no address of HTTP. Write it so: http://127.0.0.1:8000"):
        command("localhost", 8501)
