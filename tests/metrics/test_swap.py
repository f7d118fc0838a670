"""Are swapped decisions counted as one would by hand?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiador.errors import DataError
from fiador.metrics.swap import OUTCOMES, realised_profit, swap_set

#          0          1          2          3          4        5          6
BEFORE = ["approve", "approve", "approve", "decline", "refer", "decline", "refused"]
AFTER = ["approve", "decline", "refer", "approve", "approve", "decline", "decline"]
BAD = [0, 1, np.nan, 1, 0, 1, np.nan]


def test_every_pair_of_outcomes_is_counted_with_its_known_and_bad_ones():
    swap = swap_set(BEFORE, AFTER, BAD)
    counted = {(c.before, c.after): (c.applications, c.known, c.bad) for c in swap.cells if c.applications}
    assert counted == {
        ("approve", "approve"): (1, 1, 0),
        ("approve", "decline"): (1, 1, 1),
        ("approve", "refer"): (1, 0, 0),
        ("decline", "approve"): (1, 1, 1),
        ("refer", "approve"): (1, 1, 0),
        ("decline", "decline"): (1, 1, 1),
        ("refused", "decline"): (1, 0, 0),
    }
    assert len(swap.cells) == len(OUTCOMES) ** 2
    assert (swap.applications, swap.changed) == (7, 5)


def test_swapped_in_and_out_gather_whoever_one_policy_alone_approves():
    swap = swap_set(BEFORE, AFTER, BAD)
    assert (swap.swapped_in.applications, swap.swapped_in.known, swap.swapped_in.bad_rate) == (2, 2, 0.5)
    assert (swap.swapped_out.applications, swap.swapped_out.known, swap.swapped_out.bad_rate) == (2, 1, 1.0)


def test_without_a_known_target_there_is_no_bad_rate():
    assert swap_set(["approve"], ["decline"]).swapped_out.bad_rate is None


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="2 outcomes before, 1 after"):
        swap_set(["approve", "decline"], ["approve"])


@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES)), max_size=60))
def test_what_is_swapped_in_less_what_is_swapped_out_is_the_change_in_approvals(pairs):
    before, after = [b for b, _ in pairs], [a for _, a in pairs]
    swap = swap_set(before, after)
    moved = swap.swapped_in.applications - swap.swapped_out.applications
    assert moved == after.count("approve") - before.count("approve")
    assert swap.applications == len(pairs)


def test_realised_profit_counts_goods_gains_less_bads_losses_of_the_approved_alone():
    # good +6, bad −45, unknown 0, without an exposure 0, declined 0
    earned = realised_profit(
        [True, True, True, True, False],
        [0, 1, np.nan, 0, 1],
        loss_if_bad=[45, 45, 45, np.nan, 45],
        gain_if_good=[6, 6, 6, np.nan, 6],
    )
    assert earned == -39
