"""Are groups of known applications told as they are, and nobody in them?

Expected values come from the same tables read by pandas, or by hand from the twelve loans of `tiny`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fiador.adapters.engines import open_engine
from fiador.bundle import Bundle
from fiador.errors import RequestError, UnknownKeyError
from fiador.use_cases import applications, exploring, scoring
from fiador.use_cases.exploring import Filter, Population, Where
from fiador.use_cases.scoring import table
from fiador.use_cases.tables import load_tables


@pytest.fixture(scope="module")
def population(bundle: Bundle, alura_engine: tuple) -> Population:
    return exploring.population_of(bundle, engine=alura_engine[1], table="explored")


@pytest.fixture(scope="module")
def decided(bundle: Bundle, alura_engine: tuple) -> pd.DataFrame:
    """Every application as the batch decides it, with its features and its target: the second method."""
    scored = scoring.score(bundle, engine=alura_engine[1])
    frame = table.decisions(scored).to_pandas().set_index("key")
    features = scored.table.to_pandas().set_index("key")
    frame = frame.join(features[[name for name in features if name not in frame]])
    target = (
        alura_engine[1].query("SELECT loan_id AS key, loan_status FROM emprestimos WHERE loan_id <> ''").to_pandas()
    )
    return frame.join(target.set_index("key"))


def stands_for(told: float | None, count: int) -> bool:
    """Whether a told count may be of so many applications: a multiple of five, less than five away."""
    return told is not None and told % 5 == 0 and abs(told - count) < 5


def rate_stands_for(told: float | None, bads: int, labelled: int) -> bool:
    """Whether a told share may be of these: a ratio of two told counts, none where fewer than twenty are told."""
    if told is None:
        return labelled < 20
    low, high = max(0, bads - 4) / (labelled + 4), (bads + 4) / max(1, labelled - 4)
    return labelled > 15 and low - 1e-9 <= told <= min(1, high) + 1e-9


def first_key(decided: pd.DataFrame) -> str:
    return str(sorted(decided.index)[0])


def in_group(decided: pd.DataFrame, group: str) -> pd.DataFrame:
    outcomes = {"approved": "approve", "referred": "refer", "declined": "decline"}
    if group in outcomes:
        return decided[decided.outcome == outcomes[group]]
    targets = {"goods": 0, "bads": 1}
    return decided[decided.loan_status == targets[group]] if group in targets else decided


# --- the population -------------------------------------------------------------------------------------------------


def test_every_known_application_is_in_it_once_as_the_batch_decides_it(
    population: Population, decided: pd.DataFrame
) -> None:
    rows = population.engine.query('SELECT * FROM "explored"').to_pandas().set_index("key")
    assert sorted(rows.index) == sorted(decided.index)
    kept = rows.loc[decided.index]
    assert (decided.outcome == kept.outcome).all()
    np.testing.assert_allclose(decided.pd, kept.pd, atol=1e-12)
    np.testing.assert_allclose(decided.expected_loss, kept.expected_loss, atol=1e-9)


def test_the_groups_are_counted_to_a_multiple_of_five(population: Population, decided: pd.DataFrame) -> None:
    told = exploring.overview(population, "en")
    assert all(stands_for(count, len(in_group(decided, group))) for group, count in told["groups"].items())
    assert stands_for(told["labelled"], int(decided.loan_status.notna().sum()))
    assert told["applications"] == told["groups"]["all"] == 5 * round(len(decided) / 5)
    missing = {row["name"]: row["missing"] for row in told["variables"]}
    assert missing["loan_intent"] == pytest.approx(decided.loan_intent.isna().mean(), abs=6 / len(decided))


def test_a_number_is_the_decimal_it_was_given_as(population: Population, bundle: Bundle) -> None:
    """A feature is a float32; 0.15 is told as 0.15 and found as 0.15."""
    one = exploring.list_rows(
        population, names={"share": population.variables["loan_percent_income"]}, where=Where(), limit=50, offset=0
    )
    assert all(len(str(row["share"])) <= 4 for row in one.rows if row["share"] is not None)


def test_without_a_target_nobody_has_a_class(bundle: Bundle, simulated: dict, in_memory: type) -> None:
    tables = {**simulated, "emprestimos": simulated["emprestimos"].drop_columns(["loan_status"])}
    engine = open_engine()
    load_tables(bundle.portfolio, in_memory(tables), engine, needs_target=False)
    told = exploring.overview(exploring.population_of(bundle, engine=engine, table="explored"), "en")
    assert told["applications"] == 4000
    assert (told["labelled"], told["groups"]["goods"], told["groups"]["bads"]) == (0, 0, 0)


def test_a_service_that_knows_nobody_tells_nothing_and_does_not_fail(bundle: Bundle) -> None:
    engine = open_engine()
    applications.load_nothing(bundle, engine)
    nobody = exploring.population_of(bundle, engine=engine, table="explored")
    assert exploring.overview(nobody, "en")["groups"] == dict.fromkeys(exploring.GROUPS, 0)
    for name in ("person_age", "loan_intent"):
        answer = exploring.histogram(nobody, name, language="en")
        assert (answer["enough"], answer["counts"], answer["applications"]) == (False, [], None)
    assert exploring.pair(nobody, "person_age", "loan_intent", language="en")["cells"] == []
    assert exploring.list_rows(nobody, names=nobody.variables, where=Where(), limit=10, offset=0).rows == []


# --- histograms -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["all", "approved", "referred", "declined", "goods", "bads"])
@pytest.mark.parametrize("name", ["person_age", "loan_percent_income", "person_income"])
def test_a_histogram_counts_what_pandas_counts(
    population: Population, decided: pd.DataFrame, group: str, name: str
) -> None:
    told = exploring.histogram(population, name, language="en", group=group)
    of = in_group(decided, group)[name].astype("float64").round(6)
    edges = np.array(told["edges"])
    counted, _ = np.histogram(of.dropna().clip(edges[0], edges[-1] - 1e-6) + 1e-7, edges)
    assert all(stands_for(found, expected) for found, expected in zip(told["counts"], counted, strict=True))
    assert stands_for(told["missing"], int(of.isna().sum()))
    assert len(told["counts"]) <= 40
    assert stands_for(told["applications"], len(of))


def test_a_levels_histogram_counts_every_level_and_its_bad_rate(population: Population, decided: pd.DataFrame) -> None:
    told = exploring.histogram(population, "loan_intent", language="pt-BR")
    counts = decided.loan_intent.value_counts()
    outcomes = decided.groupby("loan_intent").loan_status.agg(["sum", "count"])
    for level, count, bad_rate in zip(told["levels"], told["counts"], told["bad_rates"], strict=True):
        assert stands_for(count, counts[level["level"]])
        assert rate_stands_for(bad_rate, *outcomes.loc[level["level"]])
    assert told["levels"][1] == {"level": "Medical", "says": "despesas médicas"}
    assert stands_for(told["missing"], int(decided.loan_intent.isna().sum()))


OPERATIONS = {
    "eq": lambda x: x == 0.15, "ne": lambda x: x.notna() & (x != 0.15), "lt": lambda x: x < 0.15,
    "le": lambda x: x <= 0.15, "gt": lambda x: x > 0.15, "ge": lambda x: x >= 0.15,
    "missing": lambda x: x.isna(), "given": lambda x: x.notna(),
}  # fmt: skip


@pytest.mark.parametrize("operator", OPERATIONS)
def test_a_filter_leaves_the_applications_it_says(population: Population, decided: pd.DataFrame, operator: str) -> None:
    left = OPERATIONS[operator](decided.loan_percent_income.astype("float64").round(6)).sum()
    asked = Filter("loan_percent_income", operator, None if operator in ("missing", "given") else "0.15")
    told = exploring.histogram(population, "loan_intent", language="en", filter_=asked)
    assert told["enough"] == (told["applications"] is not None)
    assert stands_for(told["applications"], left) if told["enough"] else left < 20


def test_the_client_is_marked_and_placed_among_the_group(population: Population, decided: pd.DataFrame) -> None:
    key = first_key(decided)
    told = exploring.histogram(population, "person_age", language="en", group="approved", key=key)["client"]
    ages = in_group(decided, "approved").person_age.dropna()
    assert told["value"] == decided.person_age[key]
    assert told["share_below"] == pytest.approx((ages < told["value"]).mean(), abs=10 / len(ages))
    assert told["value_says"] == f"{told['value']:.0f} years"


def test_a_client_changes_nothing_that_is_told_of_the_group(population: Population, decided: pd.DataFrame) -> None:
    """Asking with other keys must not open a cell that is hidden."""
    small = Filter("person_age", "gt", "58")
    alone = exploring.histogram(population, "person_income", language="en", filter_=small)
    for key in sorted(decided.index)[:10]:
        marked = exploring.histogram(population, "person_income", language="en", filter_=small, key=key)
        assert {**marked, "client": None} == alone


def test_a_filter_typed_otherwise_is_the_same_question(population: Population) -> None:
    """No answer is drawn anew for a filter that leaves the same applications: draws could be averaged away."""
    rewordings = [("lt", "30"), ("lt", "30.0"), ("lt", "29.9999"), ("le", "29.5"), ("le", "29")]
    answers = [
        exploring.histogram(
            population, "loan_intent", language="en", group="bads", filter_=Filter("person_age", *typed)
        )
        for typed in rewordings
    ]
    assert all(answer == answers[0] for answer in answers)
    given, nobody = (
        exploring.histogram(population, "person_age", language="en", filter_=Filter("loan_intent", *typed))
        for typed in (("given", None), ("ne", "nobody's"))
    )
    assert given == nobody


def test_the_bads_of_all_and_the_group_of_bads_are_told_alike(population: Population) -> None:
    """Else two draws would be told of the same applications."""
    rates = exploring.histogram(population, "loan_intent", language="en")["bad_rates"]
    labelled = exploring.histogram(population, "loan_intent", language="en", group="goods")["counts"]
    bads = exploring.histogram(population, "loan_intent", language="en", group="bads")
    for rate, good, bad in zip(rates, labelled, bads["counts"], strict=True):
        assert rate == pytest.approx(bad / (good + bad), abs=10 / (good + bad))
    assert bads["bad_rates"] == [1.0] * len(rates)


def test_subtracting_two_filters_does_not_tell_what_became_of_one_application(
    population: Population, decided: pd.DataFrame
) -> None:
    """`le` less `lt` of an income only one applicant has: told alike or not, good and bad are among them."""
    alone = decided.person_income.value_counts().loc[lambda times: times == 1].index
    seen: dict[bool, set[bool]] = {True: set(), False: set()}
    for income in sorted(alone)[100:260]:
        told = [
            exploring.histogram(
                population, "loan_intent", language="en", group="bads", filter_=Filter("person_income", op, str(income))
            )["applications"]
            for op in ("lt", "le")
        ]
        bad = bool((decided[decided.person_income == income].loan_status == 1).all())
        seen[told[0] != told[1]].add(bad)
    assert seen == {True: {True, False}, False: {True, False}}


def test_a_group_of_fewer_than_20_is_not_told(population: Population) -> None:
    told = exploring.histogram(
        population, "person_income", language="en", filter_=Filter("person_age", "gt", "1000"), key=""
    )
    assert (told["enough"], told["applications"], told["edges"], told["counts"]) == (False, None, None, [])
    assert (
        exploring.pair(
            population, "person_income", "loan_intent", language="en", filter_=Filter("person_age", "gt", "1000")
        )["cells"]
        == []
    )


# --- pairs, comparisons, one client ---------------------------------------------------------------------------------


def test_a_pair_counts_what_pandas_counts(population: Population, decided: pd.DataFrame) -> None:
    told = exploring.pair(population, "person_age", "person_home_ownership", language="en")
    edges, levels = np.array(told["x"]["edges"]), [each["level"] for each in told["y"]["levels"]]
    given = decided.dropna(subset=["person_age", "person_home_ownership"])
    column = np.clip(np.searchsorted(edges, given.person_age, side="right") - 1, 0, len(edges) - 2)
    places = [column, given.person_home_ownership.map(levels.index)]
    declined = given.outcome.eq("decline").groupby(places).agg(["sum", "size"])
    found = {(cell["x"], cell["y"]): cell for cell in told["cells"]}
    assert set(found) <= set(declined.index)
    for place, (bad, size) in declined.iterrows():
        assert place in found or size < 5
        if place in found:
            assert stands_for(found[place]["count"], size)
            assert rate_stands_for(found[place]["declined"], bad, size)
    assert len(edges) - 1 <= 20


def test_a_comparison_has_the_groups_median_and_orders_by_contribution(
    population: Population, bundle: Bundle, decided: pd.DataFrame
) -> None:
    key = first_key(decided)
    told = exploring.compare(population, key, language="fr", group="declined")
    moved = scoring.score_one(bundle, key, engine=population.engine).contributions
    assert [row["variable"] for row in told["rows"]] == sorted(moved, key=lambda name: -abs(moved[name]))
    by_name = {row["variable"]: row for row in told["rows"]}
    group = in_group(decided, "declined")
    assert by_name["person_age"]["median"] == group.person_age.median()
    commonest = group.loan_intent.value_counts().idxmax()
    assert by_name["loan_intent"]["typical_says"] == bundle.portfolio.level_says("loan_intent", commonest, "fr")
    assert told["group_says"] == "demandes refusées"


def test_one_client_is_told_in_words_without_the_outcome_or_keys(population: Population, decided: pd.DataFrame) -> None:
    key = first_key(decided)
    rows = {row["variable"]: row for row in exploring.application_facts(population, key, "en")["rows"]}
    assert rows["loan_amnt"]["table_says"] == "Loan"
    assert rows["loan_amnt"]["value"] == decided.loan_amnt[key]
    assert rows["employed_share_of_life"]["table"] is None
    assert rows["employed_share_of_life"]["description"] == "person_emp_length / person_age"
    said = {row["column"] for row in rows.values()}
    assert not said & {"loan_status", "loan_id", "person_id", "cb_id"}


# --- refusing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Filter("person_agee", "eq", "1"), "no variable 'person_agee'. Did you mean 'person_age'?"),
        (Filter("loan_intent", "gt", "A"), "'gt' orders, and 'loan_intent' is a level. Write eq, ne"),
        (Filter("person_age", "gt", "12,5"), "'12,5': expected a number with a decimal point: write 12.5"),
        (Filter("person_age", "gt", ""), "filter_value: is missing."),
        (Filter("person_age"), "filter_operator: is missing. One of eq, ne"),
        (Filter("person_age", "above", "3"), "no operator 'above'."),
        (Filter(None, "gt", "3"), "filter_variable: names no variable."),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_so(population: Population, asked: Filter, said: str) -> None:
    with pytest.raises(RequestError) as told:
        exploring.histogram(population, "person_age", language="en", filter_=asked)
    assert said in told.value.message


def test_a_key_or_variable_nobody_knows_is_told_so(population: Population) -> None:
    with pytest.raises(UnknownKeyError, match="no application 'nobody'"):
        exploring.histogram(population, "person_age", language="en", key="nobody")
    with pytest.raises(UnknownKeyError, match="Did you mean 'loan_intent'"):
        exploring.pair(population, "person_age", "loan_intend", language="en")
    with pytest.raises(RequestError, match="no group 'good'. Did you mean 'goods'"):
        exploring.histogram(population, "person_age", language="en", group="good")
