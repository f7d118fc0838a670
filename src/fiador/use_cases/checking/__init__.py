"""Are the raw tables what the portfolio declares, and which rows does development keep?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fiador.errors import DataError
from fiador.features.plan import compile_sql
from fiador.features.schema import Schema
from fiador.model.variants import require_variants
from fiador.portfolio import Portfolio
from fiador.use_cases.checking.sql import JOINED, Counting, Probe, accounting_sql, countings, left_out, target_sql
from fiador.words.places import shown

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine


@dataclass(frozen=True)
class Finding:
    """One count: what was found where, what is declared to happen, and the words for it. refused: nothing goes on."""

    kind: str
    table: str
    column: str
    count: int
    action: str
    refused: bool
    says: str


@dataclass(frozen=True)
class Accounting:
    """Applications: read = kept + dropped by reason; kept = good + bad + unlabelled."""

    read: int
    kept: int
    dropped: Mapping[str, int]
    good: int
    bad: int
    unlabelled: int


@dataclass(frozen=True)
class Report:
    """What `check` found."""

    portfolio: str
    source: str
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    accounting: Accounting | None

    @property
    def refusals(self) -> list[Finding]:
        return [f for f in self.findings if f.refused]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "refused": len(self.refusals)}


def check(portfolio: Portfolio, schema: Schema, engine: Engine, *, source: str = "") -> Report:
    """Count everything that isn't as declared. Accounting is left out while a key is refused: a join would be wrong.

    Raises PortfolioError where the portfolio names a candidate, calibrator or metric there isn't.
    """
    require_variants(portfolio)
    compile_sql(portfolio, schema)
    rows, findings = _count(portfolio, countings(portfolio, schema), engine)
    refused = any(f.refused for f in findings)
    joined = rows.pop(JOINED, 0)
    if not refused and joined != rows[portfolio.base]:
        raise DataError(
            f"{rows[portfolio.base]} applications became {joined} when joined.",
            where=portfolio.name,
            hint="A looked-up table matches twice.",
        )
    findings += [] if refused else _target_findings(portfolio, schema, engine)
    accounting = None if refused else _accounting(portfolio, schema, engine)
    return Report(portfolio.name, shown(source), rows, tuple(findings), accounting)


def _count(portfolio: Portfolio, statements: list[Counting], engine: Engine) -> tuple[dict[str, int], list[Finding]]:
    """Rows by table, and a finding for every count above zero."""
    findings: list[Finding] = []
    rows: dict[str, int] = {}
    for counting in statements:
        answer = engine.query(counting.sql)
        for n, probe in enumerate(counting.probes):
            count = int(answer.column(f"c{n}")[0].as_py())
            if probe.kind == "rows":
                rows[probe.table] = count
            elif count:
                findings.append(_finding(portfolio, rows, probe, count))
    return rows, findings


def check_keys(portfolio: Portfolio, schema: Schema, engine: Engine, *, source: str = "") -> Report:
    """Only what a look-up leans on: keys that are blank or repeated. Targets and values are not looked at."""
    key_countings = [
        c
        for c in countings(portfolio, schema)
        if {p.kind for p in c.probes} & {"rows", "duplicate_key"} and c.probes[0].table != JOINED
    ]
    rows, findings = _count(portfolio, key_countings, engine)
    keys = tuple(f for f in findings if f.kind in ("blank_key", "duplicate_key"))
    return Report(portfolio.name, shown(source), rows, keys, None)


def left_out_by(portfolio: Portfolio, engine: Engine) -> list[Finding]:
    """The applications that the date asked for leaves out; none where applications are decided as of their own."""
    return _count(portfolio, left_out(portfolio), engine)[1]


def require(report: Report) -> Report:
    """The report, or a DataError that names every refusal."""
    if report.refusals:
        message = "; ".join(f.says for f in report.refusals) + "."
        raise DataError(message, where=report.portfolio, hint="See them all with `fiador check`.")
    return report


def _finding(p: Portfolio, rows: Mapping[str, int], probe: Probe, count: int) -> Finding:
    empty = probe.kind == "missing" and count == rows.get(probe.table) and _is_read(p, probe.column)
    refused = empty or (probe.kind in ("blank_key", "duplicate_key", "orphan") and probe.action == "refuse")
    kind = f"{probe.kind} {probe.action}" if f"{probe.kind} {probe.action}" in _WORDS else probe.kind
    says = _words_for(
        "empty" if empty else kind, count, table=probe.table, column=probe.column, expected=probe.expected
    )
    return Finding(probe.kind, probe.table, probe.column, count, "refuse" if refused else probe.action, refused, says)


def _is_read(p: Portfolio, column: str) -> bool:
    used = {ref.column for f in p.features.values() for ref in (f.row.refs if f.row else ())}
    return column in used or column in p.features or column == p.target.column


_EMPTY = (
    "{table}.{column}: no row has a value. Mend the source, or remove the column and its features from the portfolio"
)
_WORDS = {
    "blank_key drop": "{table}.{column}: {count} blank {key}, left out",
    "blank_key": (
        "{table}.{column}: {count} blank {key}, which would match each other in a join. "
        'Declare blank_key = "drop" under [tables.{table}], or mend the source'
    ),
    "duplicate_key": "{table}.{column}: {count} {key} in more than one row, so one could match twice. Mend the source",
    "breach": "{table}.{column}: {count} {value} not {expected}",
    "missing": "{table}.{column}: {count} missing",
    "beyond": "{table}.{column}: {count} {value} beyond 3.4e38, missing in every feature",
    "orphan": "{table}.{column}: {count} {row} without a match in {expected}",
    "unused": "{table}.{column}: {count} {row} that no row of {expected} names",
    "inconsistent": "{column}: {count} {application} in breach of {expected}",
    "not_checkable": "{column}: {count} {application} where a value is missing, so it can't be told",
    "duplicates": "{table}: {count} {application} equal to another in all but keys; kept on one side of every split",
    "target": "{table}.{column}: {count} {row} with {expected}",
    "unknown": "{table}.{column}: {count} {row} not known at the decision, in no feature",
    "later": "{table}.{column}: {count} {application} decided after {expected}, left out",
    "undated": "{table}.{column}: {count} {application} without a date, left out",
    "near_days": (
        "{table}.{column}: all {count} times are whole and at most {expected} from the decision, as months would be. "
        'If they are, declare unit = "months"'
    ),
    "far_months": (
        "{table}.{column}: {count} {row} more than {expected} months from the decision, as days would be. "
        'If they are, declare unit = "days"'
    ),
}


def _words_for(kind: str, count: int, **names: str) -> str:
    """The words for a count, its nouns in the number they need."""
    nouns = {noun: noun if count == 1 else f"{noun}s" for noun in ("key", "value", "row", "application")}
    words = _EMPTY if kind == "empty" else _WORDS[kind]
    return words.format(count=f"{count:,}", **nouns, **names)


def _targets(portfolio: Portfolio, schema: Schema, engine: Engine) -> dict[object, int]:
    answer = engine.query(target_sql(portfolio, schema))
    return dict(zip(answer.column("target").to_pylist(), answer.column("applications").to_pylist(), strict=True))


def _target_findings(p: Portfolio, schema: Schema, engine: Engine) -> list[Finding]:
    counts = _targets(p, schema, engine)
    column, known = p.target.column, {p.target.bad, p.target.good}
    others = {v: n for v, n in counts.items() if v is not None and v not in known}
    result = []
    if others:
        values = ", ".join(f"{v:g}" if isinstance(v, float) else repr(v) for v in list(others)[:5])
        neither = f"neither good ({p.target.good}) nor bad ({p.target.bad})"
        what = f"{values}, which is {neither}. Declare good and bad under [target], or mend the source"
        says = _words_for("target", sum(others.values()), table=p.base, column=column, expected=what)
        result.append(Finding("target", p.base, column, sum(others.values()), "refuse", True, says))
    for value, word in ((p.target.bad, "bad"), (p.target.good, "good")):
        if not counts.get(value):
            says = f"{p.base}.{column}: no application is {word} ({value}). A model needs both classes: mend [target]"
            result.append(Finding("target", p.base, column, 0, "refuse", True, says))
    return result


def _accounting(p: Portfolio, schema: Schema, engine: Engine) -> Accounting:
    answer = engine.query(accounting_sql(p, schema))
    counts = dict(zip(answer.column("dropped_by").to_pylist(), answer.column("applications").to_pylist(), strict=True))
    kept = int(counts.pop(None, 0))
    dropped = {str(reason): int(n) for reason, n in counts.items()}
    targets = _targets(p, schema, engine)
    bad, good = int(targets.get(p.target.bad, 0)), int(targets.get(p.target.good, 0))
    return Accounting(kept + sum(dropped.values()), kept, dropped, good, bad, int(targets.get(None, 0)))
