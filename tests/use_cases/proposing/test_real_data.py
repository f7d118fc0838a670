"""What does init find, miss and invent on five real sets? The figures stand in docs/benchmarks.md, and are compared.

The truth is written down by hand from the sets' own descriptions. A link is the pair of columns that meet, whichever
end names the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import SHARED

from fiador.adapters.disk.portfolios import parse_text
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.portfolio import Portfolio, SynthesisedFeature
from fiador.use_cases.checking import check
from fiador.use_cases.proposing import Survey, propose, survey
from fiador.use_cases.proposing.choice import Options, choose
from fiador.use_cases.proposing.document import document
from fiador.use_cases.proposing.proposal import Proposal
from fiador.use_cases.proposing.synthesis import MOST
from fiador.use_cases.proposing.texts import texts
from fiador.use_cases.tables import load_tables

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Truth:
    """What a set holds. keys: table -> columns that name its rows. links: column = column. suspects: by their kind."""

    target: str
    keys: dict[str, tuple[str, ...]]
    links: tuple[str, ...]
    suspects: dict[str, set[str]]


TRUE = {
    "alura_cash": Truth(
        "emprestimos.loan_status",
        {
            "emprestimos": ("loan_id",),
            "ids": ("person_id",),  # loan_id and cb_id name its rows as well
            "dados_mutuarios": ("person_id",),
            "historicos_banco": ("cb_id",),
        },
        (
            "ids.loan_id = emprestimos.loan_id",
            "ids.person_id = dados_mutuarios.person_id",
            "ids.cb_id = historicos_banco.cb_id",
        ),
        {"protected": {"person_age"}, "lender_set": {"loan_grade", "loan_int_rate"}, "leak": set()},
    ),
    "berka": Truth(
        "loan.default",
        {
            "account": ("account_id",), "card": ("card_id",), "client": ("client_id",), "disp": ("disp_id",),
            "district": ("district_id",), "loan": ("loan_id",), "order": ("order_id",), "trans_partial": ("trans_id",),
            "preloan_transaction_aggregates_all_682": ("account_id",),
        },
        (
            "loan.account_id = account.account_id",
            "account.district_id = district.district_id",
            "client.district_id = district.district_id",
            "disp.account_id = account.account_id",
            "disp.client_id = client.client_id",
            "card.disp_id = disp.disp_id",
            "order.account_id = account.account_id",
            "trans_partial.account_id = account.account_id",
            "preloan_transaction_aggregates_all_682.account_id = account.account_id",
        ),
        {"protected": {"gender", "client__birth_date"}, "lender_set": set(), "leak": {"status", "issued"}},
    ),
    "german_credit": Truth(
        "german_credit.default",
        {"german_credit": ()},
        (),
        {
            "protected": {"personal_status_and_sex", "foreign_worker", "age_in_years"},
            "lender_set": set(),
            "leak": set(),
        },
    ),
    "taiwan_credit_default": Truth(
        "taiwan_credit_default.default",
        {"taiwan_credit_default": ("ID",)},
        (),
        {"protected": {"SEX", "MARRIAGE", "AGE"}, "lender_set": {"LIMIT_BAL"}, "leak": set()},
    ),
    "home_credit/linked_1000": Truth(
        "application_train.TARGET",
        {
            "application_train": ("SK_ID_CURR",),
            "bureau": ("SK_ID_BUREAU",),
            "previous_application": ("SK_ID_PREV",),
            "bureau_balance": ("SK_ID_BUREAU", "MONTHS_BALANCE"),
            "POS_CASH_balance": ("SK_ID_PREV", "MONTHS_BALANCE"),
            "credit_card_balance": ("SK_ID_PREV", "MONTHS_BALANCE"),
            "installments_payments": (),  # an instalment may be paid in parts
        },
        (
            "bureau.SK_ID_CURR = application_train.SK_ID_CURR",
            "previous_application.SK_ID_CURR = application_train.SK_ID_CURR",
            "POS_CASH_balance.SK_ID_CURR = application_train.SK_ID_CURR",
            "credit_card_balance.SK_ID_CURR = application_train.SK_ID_CURR",
            "installments_payments.SK_ID_CURR = application_train.SK_ID_CURR",
            "bureau_balance.SK_ID_BUREAU = bureau.SK_ID_BUREAU",
            "POS_CASH_balance.SK_ID_PREV = previous_application.SK_ID_PREV",
            "credit_card_balance.SK_ID_PREV = previous_application.SK_ID_PREV",
            "installments_payments.SK_ID_PREV = previous_application.SK_ID_PREV",
        ),
        {"protected": {"CODE_GENDER", "NAME_FAMILY_STATUS", "DAYS_BIRTH"}, "lender_set": set(), "leak": set()},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    survey: Survey
    proposal: Proposal
    text: str
    texts: dict[str, str]
    first_guess: str

    @property
    def portfolio(self) -> Portfolio:
        """The file as written, read again with its texts."""
        return parse_text(self.text, self.texts)


@pytest.fixture(scope="module", params=list(TRUE))
def found(request: pytest.FixtureRequest) -> tuple[str, Found]:
    """A set's name, and what init makes of it with no option given."""
    place = SHARED / "data" / request.param
    if not place.is_dir():
        pytest.skip(f"no real data at {place}: set FIADOR_SHARED")
    return request.param, proposed_over(place)


@cache
def proposed_over(place: Path) -> Found:
    engine = open_engine()
    looked = survey(open_source(place), engine, progress=lambda *_: None)
    choice = choose(looked.tables, looked.keys, Options())
    guess = f"{choice.target.table}.{choice.target.column}"
    made = propose(looked, choice, engine, name=place.name, source=str(place), progress=lambda *_: None)
    return Found(looked, made, document(made), texts(made), guess)


def links_of(proposal: Proposal) -> set[frozenset[str]]:
    """Every link of a proposal, declared or told, as the pair of columns that meet."""
    source = {t.node.name: t.node.source for t in proposal.tables}
    ways = [(t.node.source, t.node.of, t.node.on) for t in proposal.tables if t.node.of]
    ways += [(t.node.source, of, on) for t in proposal.tables for of, on in t.node.also]
    return {frozenset({f"{source[of]}.{up}", f"{own}.{down}"}) for own, of, on in ways for up, down in on}


def counts(found: Found, truth: Truth) -> list[str]:
    """The set's row in the document: found of true, and invented, for keys, links and suspects."""
    keys = {t: k.columns for t, k in found.survey.keys.items() if k.columns}
    true_keys = {t: k for t, k in truth.keys.items() if k}
    links, true_links = links_of(found.proposal), {frozenset(link.split(" = ")) for link in truth.links}
    cells = [_cell(set(keys.items()), set(true_keys.items())), _cell(links, true_links)]
    for kind in ("protected", "lender_set", "leak"):
        told = {s.name for s in found.proposal.suspects if s.kind == kind}
        cells.append(_cell(told, truth.suspects[kind]))
    return ["yes" if found.first_guess == truth.target else "no", *cells]


def _cell(told: set, true: set) -> str:
    return f"{len(told & true)} of {len(true)}, {len(told - true)}"


def test_every_true_key_and_link_is_found_and_none_invented(found: tuple[str, Found]) -> None:
    name, told = found
    truth = TRUE[name]
    assert {t: k.columns for t, k in told.survey.keys.items()} == truth.keys
    assert links_of(told.proposal) == {frozenset(link.split(" = ")) for link in truth.links}
    assert told.proposal.unlinked == {}


def test_the_document_states_what_was_found_missed_and_invented(found: tuple[str, Found]) -> None:
    name, told = found
    row = f"| `{name}` | {' | '.join(counts(told, TRUE[name]))} |"
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_what_was_written_checks_on_its_own_source(found: tuple[str, Found]) -> None:
    name, told = found
    portfolio = told.portfolio
    engine = open_engine()
    schema = load_tables(portfolio, open_source(SHARED / "data" / name, types=portfolio.types), engine)
    assert check(portfolio, schema, engine).refusals == []


@pytest.mark.parametrize("found", ["berka"], indirect=True)
def test_the_chain_of_berka_is_hung_link_by_link(found: tuple[str, Found]) -> None:
    _, told = found
    hung = {t.node.name: t.node for t in told.proposal.tables}
    chain = ["client_district"]
    while hung[chain[-1]].of:
        chain.append(hung[chain[-1]].of)
    assert chain[::-1] == ["loan", "account", "disp", "client", "client_district"]
    assert hung["disp"].where == "type = 'OWNER'"
    live = {f.name for f in told.proposal.features if f.live}
    assert not live & {"status", "pre_loan_transactions_complete", "issued", "card__type", "order__rows"}


@pytest.mark.parametrize("found", ["home_credit/linked_1000"], indirect=True)
def test_the_times_of_home_credit_are_told_with_their_units(found: tuple[str, Found]) -> None:
    _, told = found
    tables = told.portfolio.tables
    assert {t.name: str(t.known) for t in tables.values() if t.known} == {
        "bureau_balance": "MONTHS_BALANCE < 0",
        "bureau": "DAYS_CREDIT < 0",
        "previous_application": "DAYS_DECISION < 0",
        "POS_CASH_balance": "MONTHS_BALANCE < 0",
        "credit_card_balance": "MONTHS_BALANCE < 0",
        "installments_payments": "DAYS_INSTALMENT < 0",
    }
    paid = {"AMT_PAYMENT": "DAYS_ENTRY_PAYMENT", "DAYS_ENTRY_PAYMENT": "DAYS_ENTRY_PAYMENT"}
    assert {name: dict(t.reveals) for name, t in tables.items() if t.reveals} == {"installments_payments": paid}
    kinds = {name for name, t in tables.items() if t.kind == "snapshot"}
    assert kinds == {"bureau", "previous_application"}
    assert 'DAYS_EMPLOYED = "nullif(DAYS_EMPLOYED, 365243)"' in told.text


@pytest.mark.parametrize("found", ["home_credit/linked_1000"], indirect=True)
def test_the_seven_tables_of_home_credit_hang_whole_and_make_a_few_hundred_features(found: tuple[str, Found]) -> None:
    _, told = found
    parents = {name: [link.of for link in t.many] for name, t in told.portfolio.tables.items() if t.many}
    both = ["application_train", "previous_application"]
    assert parents == {
        "bureau": ["application_train"], "bureau_balance": ["bureau"], "previous_application": ["application_train"],
        "POS_CASH_balance": both, "credit_card_balance": both, "installments_payments": both,
    }  # fmt: skip
    made = [f for f in told.portfolio.features.values() if isinstance(f, SynthesisedFeature)]
    assert 100 < len(made) <= MOST
    assert len(made) == sum(s.features for s in told.proposal.syntheses)


@pytest.mark.parametrize("found", ["berka"], indirect=True)
def test_the_dates_of_berka_are_told_from_each_loans_own(found: tuple[str, Found]) -> None:
    _, told = found
    assert told.portfolio.head.decided_at == "date"
    dated = {name: (t.time, t.unit) for name, t in told.portfolio.tables.items() if t.time}
    assert dated == {"trans_partial": ("date", "date")}
    assert set(told.portfolio.synthesis) == {"trans_partial"}  # orders have no date
