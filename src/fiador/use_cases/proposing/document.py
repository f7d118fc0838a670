"""How is a proposal written as a portfolio file?

TOML with a comment beside every line that was guessed or counted. What isn't sure is written as a comment that becomes
a declaration when its `#` goes.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping

from fiador.use_cases.proposing.names import words
from fiador.use_cases.proposing.proposal import (
    Declaration,
    Proposal,
    ProposedFeature,
    ProposedSynthesis,
    ProposedTable,
    Suspect,
)
from fiador.use_cases.proposing.tree import COSTLY, Node

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 118
_NOWHERE = "XXX"  # ISO 4217: no currency


def document(proposal: Proposal) -> str:
    """The text of portfolio.toml."""
    parts = [
        _head(proposal), _target(proposal), *(_table(table) for table in proposal.tables), _unlinked(proposal),
        _syntheses(proposal), _features(proposal), _costs(), _policy(proposal), _training(),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def toml(value: object) -> str:
    """A value as TOML on one line.

    >>> toml({"of": "loans", "on": ["a b", "c"]}), toml({"my id": True})
    ('{ of = "loans", on = ["a b", "c"] }', '{ "my id" = true }')
    """
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{toml_key(str(k))} = {toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def toml_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml(name)


def _head(p: Proposal) -> str:
    lines = [
        *comment(
            f"Proposed by `fiador init` from the tables of {p.source}. Every line is a guess from names and counts, "
            "and the comment beside it says from which. Lines that begin with # are not in force: take the # away "
            "where they are right. Read it from top to bottom before you train on it."
        ),
        "format = 1",
        "",
        "[portfolio]",
        _line(Declaration("name", p.name)),
        _line(Declaration("currency", _NOWHERE, "no currency: write yours, such as EUR")),
        _line(Declaration("source", p.source)),
        _line(Declaration("rows", p.target.table, f"one row an application: {p.base.rows:,}")),
        _line(Declaration("key", p.key, p.key_why)),
    ]
    if p.decided:
        lines.append(
            _line(Declaration("decided_at", p.decided, "when each application was decided, by its name and type"))
        )
    if p.applicant:
        lines.append(
            _line(Declaration("applicant", p.applicant, "the person: applications of one stay on one side of a split"))
        )
    return "\n".join(lines)


def _target(p: Proposal) -> str:
    t = p.target
    counts = f"{t.bads:,} bad and {t.goods:,} good: {t.rate} bad"
    lines = [
        "[target]",
        _line(Declaration("column", t.column, f"{counts}; {t.unlabelled:,} without" if t.unlabelled else counts)),
        _line(Declaration("bad", t.bad, "" if t.sure else "which of the two is bad is a guess")),
        _line(Declaration("good", t.good)),
        _line(Declaration("means", f"{words(t.column)} is {t.bad}", "say what it means, in en, fr and pt-BR")),
    ]
    if p.other_targets:
        lines += comment(f"May also be a target: {', '.join(p.other_targets)}.")
    return "\n".join(lines)


def _table(table: ProposedTable) -> str:
    node = table.node
    title = f"[tables.{toml_key(node.name)}]"
    lines = [f"{title}{_beside(f'{table.rows:,} rows, {table.columns} columns', len(title))}"]
    lines += [_line(line) for line in table.lines]
    if table.types:
        note = "one end of a link is text and the other isn't: both are read as text"
        lines.append(_line(Declaration("columns", dict(table.types), note)))
    for note in table.notes:
        lines += comment(note)
    if table.expect:
        live = any(line.live for line in table.expect)
        lines += ["", f"{'' if live else '# '}[tables.{toml_key(node.name)}.expect]", *map(_line, table.expect)]
    return "\n".join(lines if node.declared else [*comment(_why_not(node)), *_as_comments(lines)])


def _why_not(node: Node) -> str:
    if any(COSTLY in note for note in node.notes):
        return f"{node.name} is not declared: too many applications would be left out."
    why = f"{node.of}, which would look it up, has many rows an application or isn't declared."
    return f"{node.name} is not declared: {why}"


def _as_comments(lines: list[str]) -> list[str]:
    """Lines as comments, those that are already left as they are."""
    each = [line for several in lines for line in several.split("\n")]
    return [line if line.startswith("#") or not line else f"# {line}" for line in each]


def _unlinked(p: Proposal) -> str:
    lines = []
    for title, reasons in (
        ("Tables that are left out:", p.unlinked),
        ("Files passed over, unreadable:", p.passed_over),
    ):
        if reasons:
            lines += [
                f"# {title}",
                *(line for name, why in reasons.items() for line in comment(f"- {name}: {why.rstrip('.')}.")),
            ]
    return "\n".join(lines)


def _syntheses(p: Proposal) -> str:
    if not p.syntheses:
        return ""
    total = sum(s.features for s in p.syntheses)
    about = comment(
        f"Features made from the rows of each application: {total}. `fiador features FOLDER --describe` lists them, "
        "their words come from texts/. More measures, columns, subsets and windows widen them: each subset and each "
        "window makes every feature of `of` and `measures` once more, and needs its words in texts/."
    )
    return "\n\n".join(["\n".join([*about, _synthesis(p.syntheses[0])]), *map(_synthesis, p.syntheses[1:])])


def _synthesis(s: ProposedSynthesis) -> str:
    title = f"[synthesis.{toml_key(s.table)}]"
    count = f"{s.features} features" if s.features else "carried up to the table it hangs under"
    lines = [f"{title}{_beside(count, len(title))}", _line(Declaration("measures", list(s.measures)))]
    for key in ("of", "overall", "shares"):
        entries = getattr(s, key)
        if entries:
            value = {k: list(v) for k, v in entries.items()} if isinstance(entries, Mapping) else list(entries)
            lines.append(_line(Declaration(key, value)))
    if s.left_out:
        lines += comment(f"To measure as well: {', '.join(s.left_out)}.")
    if s.subset:
        lines.append(_line(Declaration("subsets", {"some": s.subset}, "these rows once more, apart", live=False)))
    if s.window:
        lines.append(_line(Declaration("windows", {"last_year": s.window}, "the last year once more", live=False)))
    return "\n".join([*comment(f"{s.table} makes none: {s.why_not}."), *_as_comments(lines)] if s.why_not else lines)


def _features(p: Proposal) -> str:
    return "\n".join(
        [
            "[features]",
            *comment(
                "`says` is what a client reads: write it in the three languages, "
                'says = { en = "…", fr = "…", pt-BR = "…" }. `risk = "up"` or "down" declares the direction.'
            ),
            *map(_feature, p.features),
        ]
    )


def _feature(f: ProposedFeature) -> str:
    entries = {"row": f.row, "unit": f.unit, "says": f.says}
    return _line(Declaration(f.name, {k: v for k, v in entries.items() if v}, f.note, live=f.live))


def _costs() -> str:
    return "\n".join(
        [
            "[costs]",
            *comment(
                "Ten for a bad approved against one for a good declined. Money says more: exposure = an amount, lgd = "
                "the share of it that a default loses, margin = the share that a good loan earns."
            ),
            "bad_approved = 10",
            "good_declined = 1",
        ]
    )


def _policy(p: Proposal) -> str:
    lines = ["[policy]"]
    meanings = {
        "protected": "never read by the model, kept to measure fairness",
        "lender_set": "the lender's own opinion: measured with and without, shipped without",
    }
    for kind, means in meanings.items():
        sure, maybe = p.suspects_of(kind, sure=True), p.suspects_of(kind, sure=False)
        lines.append(_line(Declaration(kind, [s.name for s in sure], means)))
        if maybe:
            lines += comment(f"{kind} too, by its name? {_names(maybe)}. Decide, and add it to the list.")
    leaks = p.suspects_of("leak", sure=True)
    if leaks:
        lines += comment("Left out of the features as leaks, looking as if known only after the decision:")
        for s in leaks:
            lines += comment(f"- {s.name}: {s.why}.")
    return "\n".join(lines)


def _names(suspects: tuple[Suspect, ...]) -> str:
    return ", ".join(s.name for s in suspects)


def _training() -> str:
    return "\n".join(
        ["[training]", "folds = 5", "seed = 0", "", *comment("[acceptance] gini = { min = 0.3 } would be a gate")]
    )


def _line(line: Declaration) -> str:
    """A declaration with its comment beside it, or above it where it would be too long."""
    text = f"{toml_key(line.key)} = {toml(line.value)}"
    start = "" if line.live else "# "
    note = _clean(line.note)
    if not note:
        return start + text
    beside = f"{start}{text}{_beside(note, len(start + text))}"
    if len(beside) <= _WIDTH:
        return beside
    return "\n".join([*comment(note), start + text])


def _beside(note: str, before: int = 0) -> str:
    return f"{' ' * max(2, 38 - before)}# {_clean(note)}"


def comment(text: str) -> list[str]:
    """A text as lines of comment."""
    return textwrap.wrap(
        _clean(text),
        _WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _clean(text: str) -> str:
    """A note on one line: a table's name or level may hold anything."""
    return "".join(c if c.isprintable() else " " for c in text)
