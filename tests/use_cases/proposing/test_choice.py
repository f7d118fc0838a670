"""Is what the user gave checked, and what wasn't given guessed in the open?"""

from __future__ import annotations

import pytest

from fiador.errors import DataError, PortfolioError
from fiador.use_cases.proposing.choice import refuse_guesses


def test_a_target_that_is_given_needs_no_guess(proposed, loans):
    choice = proposed({"loans": loans}, rows="loans", target="defaulted").choice
    assert (choice.target.bad, choice.target.good, choice.guesses) == (1, 0, ())
    refuse_guesses(choice, "data")


def test_a_target_that_is_not_given_is_refused_with_the_options_to_give(proposed, loans):
    choice = proposed({"loans": loans}).choice
    with pytest.raises(PortfolioError, match=r"the best guess is --target loans\.defaulted\. Give these, or --yes"):
        refuse_guesses(choice, "data")


def test_the_target_is_a_column_of_the_base_table(proposed, loans):
    people = {"person_id": list(range(50)), "defaulted": [n % 2 for n in range(50)], "age": [n % 9 for n in range(50)]}
    with pytest.raises(PortfolioError, match=r"'people\.defaulted' is not in loans\. .*give --rows people"):
        proposed({"loans": loans, "people": people}, rows="loans", target="people.defaulted")


def test_a_column_in_two_tables_has_to_be_named_with_its_table(proposed, loans):
    people = {"person_id": list(range(50)), "defaulted": [n % 2 for n in range(50)]}
    with pytest.raises(PortfolioError, match=r"Give --target loans\.defaulted or --target people\.defaulted"):
        proposed({"loans": loans, "people": people}, target="defaulted")


def test_names_that_are_not_there_are_answered_with_the_nearest(proposed, loans):
    with pytest.raises(DataError, match=r"--rows: no table 'loan'\. Did you mean 'loans'\?"):
        proposed({"loans": loans}, rows="loan")
    with pytest.raises(DataError, match=r"--target: no column 'default'\. Did you mean 'defaulted'\?"):
        proposed({"loans": loans}, target="default")
    with pytest.raises(DataError, match=r"--target: no table 'lones'\. Did you mean 'loans'\?"):
        proposed({"loans": loans}, target="lones.defaulted")
    with pytest.raises(DataError, match=r"--key: no column 'loan' in loans\. Did you mean 'loan_id'\?"):
        proposed({"loans": loans}, target="defaulted", key="loan")


def test_a_key_that_repeats_is_refused_with_one_that_doesnt(proposed, loans):
    with pytest.raises(DataError, match=r"--key amount: 90 values in 200 rows of loans.*Give --key loan_id\."):
        proposed({"loans": loans}, target="defaulted", key="amount")


def test_a_target_of_three_values_is_refused(proposed, loans):
    states = ["paid", "late", "open"]
    base = {**loans, "state": [states[n % 3] for n in range(200)]}
    with pytest.raises(DataError, match=r"loans\.state: has 3 values\. A target has two"):
        proposed({"loans": base}, target="state")
    with pytest.raises(DataError, match=r"loans\.amount: has 90 values\. A target has two"):
        proposed({"loans": base}, target="amount")


def test_a_bad_value_that_no_row_has_is_refused_with_those_there_are(proposed, loans):
    with pytest.raises(DataError, match=r"loans\.defaulted: no row is '7'\. It holds 0 and 1\."):
        proposed({"loans": loans}, target="defaulted", bad="7")


@pytest.mark.parametrize(
    ("name", "values", "bad", "sure"),
    [
        ("defaulted", (0, 1), 1, True),
        ("defaulted", (False, True), 1, True),
        ("default", ("no", "yes"), "yes", True),
        ("loan_status", ("Fully Paid", "Charged Off"), "Charged Off", True),
        ("risk", ("good", "bad"), "bad", True),
        ("class", (1, 2), 2, False),  # the rarer
        ("repaid", (0, 1), 0, False),  # one is good there
        ("loan_status", ("N", "Y"), "Y", False),  # granted, or in default?
    ],
)
def test_which_value_is_bad_is_sure_only_where_it_says_so(proposed, loans, name, values, bad, sure):
    base = {"loan_id": loans["loan_id"], name: [values[n % 5 == 0] for n in range(200)]}
    choice = proposed({"loans": base}, target=name).choice
    assert (choice.target.bad, choice.target.sure) == (bad, sure)
    assert [g.option for g in choice.guesses] == ([] if sure else ["--bad"])


def test_a_history_of_defaults_is_no_target_where_a_better_one_is(proposed, loans):
    base = {**loans, "default_on_file": ["Y" if n % 4 == 0 else "N" for n in range(200)]}
    assert proposed({"loans": base}).choice.target.column == "defaulted"
