"""Is every real child row accounted for, and are three real applicants' features what plain Python makes of their rows?

The second method is the csv module, loops and sums: rows as delivered, declarations read by a person.
"""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, stdev, variance

import pyarrow.compute as pc
import pytest
from tests.conftest import PORTFOLIOS, SHARED

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.checking import check
from fiador.use_cases.feature_table import build
from fiador.use_cases.tables import load_tables

REAL = SHARED / "data" / "home_credit" / "linked_1000"
Row = dict[str, str]

# table -> (its file, its parent's file, its key of the parent, its time, the feature that counts the rows that joined)
CHILDREN = {
    "bureau": ("bureau", "application_train", "SK_ID_CURR", "DAYS_CREDIT", "bureau__rows"),
    "bureau_balance": ("bureau_balance", "bureau", "SK_ID_BUREAU", "MONTHS_BALANCE", "bureau__months_rows__sum"),
    "previous": ("previous_application", "application_train", "SK_ID_CURR", "DAYS_DECISION", "previous__rows"),
    "pos": ("POS_CASH_balance", "application_train", "SK_ID_CURR", "MONTHS_BALANCE", "pos__rows"),
    "card": ("credit_card_balance", "application_train", "SK_ID_CURR", "MONTHS_BALANCE", "card__rows"),
    "instalments": (
        "installments_payments", "application_train", "SK_ID_CURR", "DAYS_INSTALMENT", "instalments__rows",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    """Over one application table: the real sample has no second one."""
    document = read_document(PORTFOLIOS / "home_credit")
    document["tables"]["application"]["from"] = "application_train"
    return parse_document(document)


@pytest.fixture(scope="module")
def delivered() -> Path:
    if not REAL.is_dir():
        pytest.skip(f"no real data at {REAL}: set FIADOR_SHARED")
    return REAL


def rows_of(folder: Path, file: str) -> list[Row]:
    with (folder / f"{file}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


# --------------------------------------------------------------------------------------------------- accounting


@pytest.fixture(scope="module")
def disturbed(delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real rows, with every 40th of each table under a parent nobody has, and every 30th after the decision."""
    folder = tmp_path_factory.mktemp("disturbed")
    shutil.copy(delivered / "application_train.csv", folder)
    for file, _, key, time, _ in CHILDREN.values():
        rows = rows_of(delivered, file)
        for n, row in enumerate(rows):
            row[key] = "999999999" if n % 40 == 3 else row[key]
            row[time] = "5" if n % 30 == 7 else row[time]
        with (folder / f"{file}.csv").open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def accounted(folder: Path, table: str) -> dict[str, int]:
    """Rows as delivered: under no parent, else after the decision as their parent may be, else joined."""
    file, above, key, time, _ = CHILDREN[table]
    parents = {row[key]: row for row in rows_of(folder, above)}
    counted = {"read": 0, "orphan": 0, "after": 0, "joined": 0}
    applicants = {row["SK_ID_CURR"] for row in rows_of(folder, "application_train")}
    for row in rows_of(folder, file):
        counted["read"] += 1
        parent = parents.get(row[key])
        if parent is None or parent["SK_ID_CURR"] not in applicants:
            counted["orphan"] += 1
        elif float(row[time]) >= 0 or float(parent.get("DAYS_CREDIT", -1)) >= 0:
            counted["after"] += 1
        else:
            counted["joined"] += 1
    return counted


@pytest.mark.parametrize("kind", ["delivered", "disturbed"])
def test_every_child_row_is_joined_an_orphan_or_after_the_decision(portfolio, kind, request):
    folder = request.getfixturevalue(kind)
    engine = open_engine()
    schema = load_tables(portfolio, open_source(folder, types=portfolio.types), engine)
    report = check(portfolio, schema, engine)
    orphans = {(f.table, f.column): f.count for f in report.findings if f.kind == "unused"}
    joined = build(portfolio, schema, engine, names=[feature for *_, feature in CHILDREN.values()])
    for table, (_, _, key, _, feature) in CHILDREN.items():
        expected = accounted(folder, table)
        assert expected["read"] == expected["joined"] + expected["orphan"] + expected["after"]
        assert report.rows[table] == expected["read"], table
        assert pc.sum(joined.column(feature)).as_py() == expected["joined"], table
        if (
            table != "bureau_balance"
        ):  # of its orphans `check` counts those under no loan, not those under nobody's loan
            assert orphans.get((table, key), 0) == expected["orphan"], table


def test_all_real_rows_have_their_parent_and_seventeen_months_are_the_decision_s_own(delivered):
    found = {table: accounted(delivered, table) for table in CHILDREN}
    assert sum(each["orphan"] for each in found.values()) == 0
    assert {table: each["after"] for table, each in found.items() if each["after"]} == {"bureau_balance": 17}


# --------------------------------------------------------------------------------------------- three applicants


def number(row: Row, column: str) -> float | None:
    return float(row[column]) if row[column] != "" else None


class History:
    """One applicant's rows as delivered, those known at the decision, and how a person measures them."""

    def __init__(self, folder: Path, applicant: int) -> None:
        own = str(applicant)
        self.application = next(r for r in rows_of(folder, "application_train") if r["SK_ID_CURR"] == own)
        self.bureau = self._known(folder, "bureau", own)
        self.previous = self._known(folder, "previous", own)
        self.pos = self._known(folder, "pos", own)
        self.card = self._known(folder, "card", own)
        self.instalments = self._known(folder, "instalments", own)
        loans = {row["SK_ID_BUREAU"] for row in self.bureau}
        months = rows_of(folder, "bureau_balance")
        self.months = [r for r in months if r["SK_ID_BUREAU"] in loans and float(r["MONTHS_BALANCE"]) < 0]

    @staticmethod
    def _known(folder: Path, table: str, applicant: str) -> list[Row]:
        file, _, _, time, _ = CHILDREN[table]
        return [r for r in rows_of(folder, file) if r["SK_ID_CURR"] == applicant and float(r[time]) < 0]


def values(rows: list[Row], of: str | Callable[[Row], float | None]) -> list[float]:
    found = [number(row, of) if isinstance(of, str) else of(row) for row in rows]
    return [value for value in found if value is not None]


def in_order(rows: list[Row], time: str, of: str | Callable[[Row], float | None]) -> list[float]:
    """Values from the earliest to the latest; of those at one time the larger is the later."""
    pairs = [(float(r[time]), number(r, of) if isinstance(of, str) else of(r)) for r in rows]
    return [value for _, value in sorted((t, v) for t, v in pairs if v is not None)]


def mean(found: list[float]) -> float | None:
    return fmean(found) if found else None


def over(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None or b == 0 else a / b


def slope(rows: list[Row], time: str, of: str | Callable[[Row], float | None]) -> float | None:
    pairs = [(float(r[time]), number(r, of) if isinstance(of, str) else of(r)) for r in rows]
    pairs = [(t, v) for t, v in pairs if v is not None]
    if len({t for t, _ in pairs}) < 2:
        return None
    at, level = fmean(t for t, _ in pairs), fmean(v for _, v in pairs)
    return sum((t - at) * (v - level) for t, v in pairs) / sum((t - at) ** 2 for t, _ in pairs)


def recent(rows: list[Row], time: str, of: Callable[[Row], float | None], year: float) -> float | None:
    pairs = [(0.5 ** (-float(r[time]) / year), of(r)) for r in rows]
    weights = sum(w for w, v in pairs if v is not None)
    return over(sum(w * v for w, v in pairs if v is not None), weights) if weights else None


def paid(row: Row) -> float | None:
    return number(row, "AMT_PAYMENT") if (number(row, "DAYS_ENTRY_PAYMENT") or 0) < 0 else None


def days_late(row: Row) -> float:
    entry = number(row, "DAYS_ENTRY_PAYMENT")
    return max(entry - float(row["DAYS_INSTALMENT"]), 0) if entry is not None and entry < 0 else 0.0


def utilisation(row: Row) -> float | None:
    return over(number(row, "AMT_BALANCE"), number(row, "AMT_CREDIT_LIMIT_ACTUAL"))


def of_the_application(h: History) -> dict[str, float | None]:
    a = h.application
    scores = values([a], "EXT_SOURCE_1") + values([a], "EXT_SOURCE_2") + values([a], "EXT_SOURCE_3")
    employed = None if a["DAYS_EMPLOYED"] == "365243" else float(a["DAYS_EMPLOYED"])
    documents = sum(float(a[f"FLAG_DOCUMENT_{n}"]) for n in range(2, 22))
    return {
        "age": -float(a["DAYS_BIRTH"]) / 365.25,
        "employed_over_age": over(employed, float(a["DAYS_BIRTH"])),
        "income_per_person": float(a["AMT_INCOME_TOTAL"]) / float(a["CNT_FAM_MEMBERS"]),
        "annuity_over_credit": float(a["AMT_ANNUITY"]) / float(a["AMT_CREDIT"]),
        "credit_above_goods": float(a["AMT_CREDIT"]) - float(a["AMT_GOODS_PRICE"]),
        "external_mean": mean(scores),
        "external_least": min(scores),
        "external_spread": max(scores) - min(scores),
        "external_given": len(scores),
        "documents_given": documents,
        "COMMONAREA_MEDI": number(a, "COMMONAREA_MEDI"),
    }


def of_the_bureau(h: History) -> dict[str, float | None]:
    loans, lately = h.bureau, [r for r in h.bureau if float(r["DAYS_CREDIT"]) >= -730]
    active = [r for r in loans if r["CREDIT_ACTIVE"] == "Active"]
    cards = [r for r in loans if r["CREDIT_TYPE"] == "Credit card"]
    sums = in_order(loans, "DAYS_CREDIT", "AMT_CREDIT_SUM")
    by_loan = {r["SK_ID_BUREAU"]: [m for m in h.months if m["SK_ID_BUREAU"] == r["SK_ID_BUREAU"]] for r in loans}
    late = [float(sum(m["STATUS"] in "12345" for m in months)) for months in by_loan.values()]
    closed = [sum(m["STATUS"] == "C" for m in months) / len(months) for months in by_loan.values() if months]
    debts = values(active, "AMT_CREDIT_SUM_DEBT")
    return {
        "bureau__rows": len(loans),
        "bureau_card__rows": len(cards),
        "bureau_active__share": over(len(active), len(loans)),
        "bureau__CREDIT_TYPE__share_credit_card": over(len(cards), len(loans)),
        "bureau__since": min((-float(r["DAYS_CREDIT"]) for r in loans), default=None),
        "bureau_y2__AMT_CREDIT_SUM__sum": math.fsum(values(lately, "AMT_CREDIT_SUM")),
        "bureau__DAYS_CREDIT__min": min(values(loans, "DAYS_CREDIT"), default=None),
        "bureau__DAYS_CREDIT__var": variance(days) if len(days := values(loans, "DAYS_CREDIT")) > 1 else None,
        "bureau__AMT_CREDIT_SUM__last3_mean": mean(sums[-3:]),
        "bureau__AMT_CREDIT_SUM__departure": sums[-1] - fmean(sums[:-1]) if len(sums) > 1 else None,
        "bureau__months_late__max": max(late, default=None),
        "bureau__STATUS__share_c": mean(closed),
        "debt_over_income": math.fsum(debts) / float(h.application["AMT_INCOME_TOTAL"]),
    }


def of_what_came_before(h: History) -> dict[str, float | None]:
    loans = h.previous
    refused = [r for r in loans if r["NAME_CONTRACT_STATUS"] == "Refused"]
    approved = [r for r in loans if r["NAME_CONTRACT_STATUS"] == "Approved"]
    turns = in_order(loans, "DAYS_DECISION", lambda r: float(r["NAME_CONTRACT_STATUS"] == "Refused"))
    worst = [
        max((days_late(i) for i in h.instalments if i["SK_ID_PREV"] == r["SK_ID_PREV"]), default=None) for r in loans
    ]
    granted = mean(values(approved, "AMT_CREDIT"))
    return {
        "previous__rows": len(loans),
        "previous_refused__share": over(len(refused), len(loans)),
        "previous_approved__AMT_CREDIT__mean": granted,
        "credit_over_earlier": over(float(h.application["AMT_CREDIT"]), granted),
        "previous_refused_y2__rows": sum(float(r["DAYS_DECISION"]) >= -730 for r in refused),
        "previous__refused__last5_mean": mean(turns[-5:]),
        "previous__paid_late_most__max": max((each for each in worst if each is not None), default=None),
        "previous__NAME_PORTFOLIO__share_pos": over(sum(r["NAME_PORTFOLIO"] == "POS" for r in loans), len(loans)),
    }


def of_payments(h: History) -> dict[str, float | None]:
    due, late = h.instalments, [r for r in h.instalments if days_late(r) > 0]
    days = in_order(due, "DAYS_INSTALMENT", days_late)
    year = [r for r in due if float(r["DAYS_INSTALMENT"]) >= -365]
    whole, lately = mean([days_late(r) for r in due]), mean([days_late(r) for r in year])
    ranked = sorted(days)
    return {
        "instalments__rows": len(due),
        "instalments_late__rows": len(late),
        "instalments_late__since": min((-float(r["DAYS_INSTALMENT"]) for r in late), default=None),
        "instalments__days_late__max": max(days, default=None),
        "instalments__days_late__last": days[-1] if days else None,
        "instalments__days_late__last10_mean": mean(days[-10:]),
        "instalments__days_late__recent": recent(due, "DAYS_INSTALMENT", days_late, 365.25),
        "instalments__days_late__trend": slope(due, "DAYS_INSTALMENT", days_late),
        "instalments__days_late__q90": ranked[math.ceil(0.9 * len(ranked)) - 1] if ranked else None,
        "instalments__NUM_INSTALMENT_VERSION__distinct": len(set(values(due, "NUM_INSTALMENT_VERSION"))),
        "instalments_m12__AMT_PAYMENT__sum": math.fsum(values(year, paid)),
        "paid_over_due": over(math.fsum(values(due, paid)), math.fsum(values(due, "AMT_INSTALMENT"))),
        "late_lately": None if lately is None or whole is None else lately - whole,
    }


def of_months(h: History) -> dict[str, float | None]:
    balances = in_order(h.card, "MONTHS_BALANCE", "AMT_BALANCE")
    used = in_order(h.card, "MONTHS_BALANCE", utilisation)
    left = in_order(
        h.pos, "MONTHS_BALANCE", lambda r: over(float(r["CNT_INSTALMENT_FUTURE"]), number(r, "CNT_INSTALMENT"))
    )
    year = [r for r in h.card if float(r["MONTHS_BALANCE"]) >= -12]
    limits = in_order(h.card, "MONTHS_BALANCE", "AMT_CREDIT_LIMIT_ACTUAL")
    return {
        "pos_late__rows": sum(float(r["SK_DPD"]) > 0 for r in h.pos),
        "pos__SK_DPD__max": max(values(h.pos, "SK_DPD"), default=None),
        "pos__left_share__change": left[-1] - left[0] if left else None,
        "card__rows": len(h.card),
        "card_m12__AMT_BALANCE__mean": mean(values(year, "AMT_BALANCE")),
        "card__AMT_BALANCE__std": stdev(balances) if len(balances) > 1 else None,
        "card__AMT_BALANCE__last10_max": max(balances[-10:], default=None),
        "card__AMT_CREDIT_LIMIT_ACTUAL__change": limits[-1] - limits[0] if limits else None,
        "card__utilisation__max": max(used, default=None),
        "card__utilisation__last5_mean": mean(used[-5:]),
    }  # fmt: skip


# one with late months at other lenders, one with a card and many refusals, one who pays late
APPLICANTS = (100332, 101111, 100784)


@pytest.fixture(scope="module")
def answers(portfolio: Portfolio, delivered: Path) -> dict[int, dict[str, float | None]]:
    engine = open_engine()
    schema = load_tables(portfolio, open_source(delivered, types=portfolio.types), engine)
    names = set().union(*(of(History(delivered, APPLICANTS[0])) for of in WORKED))
    return {row["key"]: row for row in build(portfolio, schema, engine, names=names).to_pylist()}


WORKED = (of_the_application, of_the_bureau, of_what_came_before, of_payments, of_months)


@pytest.fixture(scope="module")
def histories(delivered: Path) -> dict[int, History]:
    return {applicant: History(delivered, applicant) for applicant in APPLICANTS}


@pytest.mark.parametrize("worked", WORKED, ids=lambda each: each.__name__)
@pytest.mark.parametrize("applicant", APPLICANTS)
def test_an_applicant_s_features_are_those_worked_by_hand(answers, histories, applicant, worked):
    found = answers[applicant]
    for name, expected in worked(histories[applicant]).items():
        assert found[name] == (None if expected is None else pytest.approx(expected, rel=1e-5, abs=1e-6)), name


def test_the_three_have_what_makes_the_work_worth_it(answers):
    one, two, three = (answers[each] for each in APPLICANTS)
    assert one["bureau__months_late__max"] == 6
    assert two["card__rows"] == 18
    assert three["instalments_late__rows"] == 10
    assert all(answers[each]["previous_refused__share"] > 0 for each in APPLICANTS)
