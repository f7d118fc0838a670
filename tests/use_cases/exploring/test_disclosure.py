"""Are values put into cells, and counts told, so that they show a crowd and nobody in it?"""

from hypothesis import given
from hypothesis import strategies as st

from fiador.use_cases.exploring.disclosure import bin_edges, draw_of, round_count, share

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


@given(low=FINITE, span=st.floats(1e-3, 1e12), most=st.integers(2, 40), whole=st.booleans())
def test_bins_hold_all_values_and_are_as_many_as_may_be(low: float, span: float, most: int, whole: bool) -> None:
    low = float(round(low, 3 if not whole else 0))
    high = low + (round(span) if whole else round(span, 3))
    edges = bin_edges(low, high, whole=whole, most=most)
    assert 2 <= len(edges) <= most + 1
    assert edges == sorted(set(edges))
    breadth = (edges[-1] - edges[0]) * 1e-7  # end bins hold what lies beyond them
    assert edges[0] <= low + breadth
    assert edges[-1] >= high - breadth
    assert not whole or all(edge.is_integer() for edge in edges)


def test_whole_numbers_get_bins_that_each_hold_as_many_of_them() -> None:
    assert bin_edges(18, 21, whole=True, most=40) == [18.0, 19.0, 20.0, 21.0, 22.0]
    assert bin_edges(18, 80, whole=True, most=40)[:3] == [18.0, 20.0, 22.0]


def test_one_value_for_all_is_one_bin() -> None:
    assert bin_edges(5, 5, whole=True, most=40) == [5.0, 6.0]
    assert len(bin_edges(0.0, 0.0, whole=False, most=40)) == 2


DRAWS = st.floats(0, 1, exclude_max=True)
FIFTHS = (0.1, 0.3, 0.5, 0.7, 0.9)  # the middle of each fifth: all that a draw can decide


def answers(count: int) -> set[int]:
    """Whatever a count may be told as."""
    return {round_count(count, draw) for draw in FIFTHS}


@given(count=st.integers(0, 10_000), draw=DRAWS)
def test_a_count_is_told_as_a_multiple_of_five_less_than_five_away(count: int, draw: float) -> None:
    assert round_count(count, draw) % 5 == 0
    assert abs(round_count(count, draw) - count) < 5
    assert count % 5 or round_count(count, draw) == count


@given(count=st.integers(0, 10_000))
def test_on_average_a_count_is_told_as_it_is(count: int) -> None:
    assert sum(round_count(count, draw) for draw in FIFTHS) == 5 * count


@given(count=st.integers(0, 10_000), draws=st.tuples(DRAWS, DRAWS))
def test_two_answers_never_tell_whether_one_application_lies_between_them(
    count: int, draws: tuple[float, float]
) -> None:
    """Whatever two filters answer that differ by an application, two that leave as many might, and the other way."""
    seen = round_count(count, draws[0]), round_count(count + 1, draws[1])
    nearby = range(max(0, count - 5), count + 7)
    assert any(seen[0] in answers(n) and seen[1] in answers(n) for n in nearby)
    alike = round_count(count, draws[0]), round_count(count, draws[1])
    assert any(alike[0] in answers(n) and alike[1] in answers(n + 1) for n in nearby)


@given(st.lists(st.text(max_size=5), max_size=4), st.text(max_size=5))
def test_a_question_has_one_draw_whatever_the_order_of_its_conditions(question: list[str], salt: str) -> None:
    draw = draw_of(question, salt=salt)
    assert 0 <= draw < 1
    assert draw_of(reversed(question), salt=salt) == draw
    assert draw_of([*question, "more"], salt=salt) != draw
    assert draw_of(question, salt=salt + "s") != draw


def test_draws_are_spread_evenly() -> None:
    """Of ten thousand draws each tenth holds a tenth: 1,000, give or take 30."""
    draws = [draw_of([str(n)], salt="s") for n in range(10_000)]
    for tenth in range(10):
        assert abs(sum(int(draw * 10) == tenth for draw in draws) - 1000) < 150


@given(labelled=st.integers(0, 200), bads=st.integers(0, 200), draws=st.tuples(DRAWS, DRAWS))
def test_a_share_is_never_told_of_fewer_than_16_nor_says_that_all_or_none_are(
    labelled: int, bads: int, draws: tuple[float, float]
) -> None:
    """20 as told are 16 at least. Where nobody or everybody is told to be bad, up to four may not be."""
    bads = min(bads, labelled)
    told_share = share(round_count(bads, draws[0]), round_count(labelled, draws[1]))
    assert told_share is None or labelled >= 16
    assert told_share is None or 0 <= told_share <= 1
    if told_share == 0:
        assert 0 in answers(4)
        assert bads < 5
    if told_share == 1:
        assert labelled - bads < 9


def test_a_share_needs_twenty() -> None:
    assert share(5, 15) is None
    assert share(10, 20) == 0.5
