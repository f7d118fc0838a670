"""What may an expression in a portfolio say, and what SQL does it become?

A portfolio's expressions are DuckDB SQL, read by sqlglot and held against an exact list of node types before any
engine sees them: no sub-select, no statement, no comment, no function that isn't listed. Python never evaluates one.
Exact types, because `isinstance` lets a sub-class pass (a TryCast is a Cast to it).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType  # type: ignore[attr-defined]

from fiador.errors import did_you_mean

DIALECT = "duckdb"
# What a portfolio may call, by the name it writes.
FUNCTIONS: dict[str, type[exp.Expression]] = {
    "abs": exp.Abs, "ceil": exp.Ceil, "floor": exp.Floor, "round": exp.Round, "sign": exp.Sign,
    "ln": exp.Ln, "exp": exp.Exp, "sqrt": exp.Sqrt, "pow": exp.Pow,
    "least": exp.Least, "greatest": exp.Greatest, "coalesce": exp.Coalesce, "nullif": exp.Nullif, "if": exp.If,
    "lower": exp.Lower, "upper": exp.Upper, "trim": exp.Trim, "length": exp.Length,
    "date_diff": exp.DateDiff, "cast": exp.Cast,
}  # fmt: skip
_SYNTAX = {
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.DataType, exp.Var,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like,
    exp.And, exp.Or, exp.Not, exp.Case,
}  # fmt: skip
_ALLOWED = _SYNTAX | set(FUNCTIONS.values())
_CASTS = {"DOUBLE", "INT", "BIGINT", "TEXT", "BOOLEAN", "DATE", "TIMESTAMP"}
_UNITS = {"DAY", "MONTH", "YEAR"}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg)
_NUMBERS = (*_ARITHMETIC, exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sign, exp.Ln, exp.Exp, exp.Sqrt, exp.Pow,
            exp.Length, exp.DateDiff)  # fmt: skip
_TRUTHS = (*_COMPARISONS, exp.Is, exp.In, exp.Between, exp.Like, exp.And, exp.Or, exp.Not, exp.Boolean)
_TEXTS = (exp.Lower, exp.Upper, exp.Trim, exp.DPipe)


@dataclass(frozen=True, order=True)
class Ref:
    """A column as an expression names it: bare (`table` is empty) or `table.column`."""

    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.table else self.column


@dataclass(frozen=True)
class Expression:
    """One parsed, permitted expression.

    >>> e = parse("amount / nullif(income, 0)")
    >>> [str(ref) for ref in e.refs]
    ['amount', 'income']
    >>> e.sql(lambda ref: f'"{ref.column}"')
    '"amount" / NULLIF(NULLIF("income", 0), 0)'
    """

    text: str
    tree: exp.Expression = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def refs(self) -> tuple[Ref, ...]:
        """The columns it reads, in order of appearance, each once."""
        columns = (Ref(c.table, c.name) for c in self.tree.find_all(exp.Column, bfs=False))
        return tuple(dict.fromkeys(columns))

    @cached_property
    def level(self) -> tuple[Ref, str | None] | None:
        """The column and the text it has to be, None for missing, where that is all the expression asks.

        >>> parse("status = 'Active'").level, parse("status IS NULL").level, parse("age > 3").level
        ((Ref(table='', column='status'), 'Active'), (Ref(table='', column='status'), None), None)
        """
        tree, column = self.tree, self.tree.this
        if type(column) is not exp.Column or type(tree) not in (exp.EQ, exp.Is):
            return None
        ref, other = Ref(column.table, column.name), tree.args["expression"]
        if type(tree) is exp.Is:
            return (ref, None) if type(other) is exp.Null else None
        return (ref, str(other.this)) if type(other) is exp.Literal and other.is_string else None

    def sql(self, resolve: Callable[[Ref], str]) -> str:
        """Its SQL with every column replaced by what `resolve` answers, and every partial function guarded.

        Division by zero, logarithms and roots outside their domain, and failed casts are null, never an error.
        """
        root = exp.Paren(this=self.tree.copy())
        for node in reversed(list(root.this.walk())):
            if type(node) is exp.Column:
                node.replace(exp.Var(this=resolve(Ref(node.table, node.name))))
            else:
                _guard(node)
        return str(root.this.sql(dialect=DIALECT))

    def kind(self, kind_of: Callable[[Ref], str]) -> str:
        """`number`, `text`, `truth`, `date` or `any`; ValueError where it compares or adds things that don't go
        together."""
        return _kind(self.tree, kind_of)


def parse(text: object) -> Expression:
    """Read one expression, or say in a ValueError what is not permitted in it.

    >>> parse("(select 1)")
    Traceback (most recent call last):
    ValueError: a sub-select is not permitted in an expression: (select 1). ...
    """
    if isinstance(text, Expression):
        return text
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"expected an SQL expression as text, found {text!r}.")
    if any(not (c.isprintable() or c.isspace()) for c in text):
        raise ValueError(f"a control character is not permitted in an expression: {text!r}.")
    _refuse_tokens(text)
    try:
        trees = sqlglot.parse(text, read=DIALECT)
    except RecursionError:
        raise ValueError(f"is nested too deeply: {text[:60]}….") from None
    except SqlglotError as error:
        raise ValueError(f"can't be read as an SQL expression: {text} ({_first_line(error)}).") from None
    if len(trees) != 1 or (tree := trees[0]) is None:
        raise ValueError(f"expected one SQL expression, found {len(trees)}: {text}.")
    for node in tree.walk():
        _refuse_node(cast(exp.Expression, node), text)
    return Expression(text=text, tree=cast(exp.Expression, tree))


def _refuse_tokens(text: str) -> None:
    try:
        tokens = sqlglot.tokenize(text, read=DIALECT)
    except SqlglotError as error:
        raise ValueError(f"can't be read as an SQL expression: {text} ({_first_line(error)}).") from None
    if any(token.comments for token in tokens) or not tokens:
        raise ValueError(f"a comment is not permitted in an expression: {text}. Put it in a TOML comment.")
    if any(token.token_type == TokenType.SEMICOLON for token in tokens):
        raise ValueError(f"';' is not permitted in an expression: {text}. Write one expression.")
    if any(token.token_type in (TokenType.PARAMETER, TokenType.PLACEHOLDER) for token in tokens):
        raise ValueError(f"a parameter ('@', '?', '$') is not permitted in an expression: {text}.")


def _refuse_node(node: exp.Expression, text: str) -> None:
    if type(node) in (exp.Select, exp.Subquery, exp.Union, exp.Exists):
        raise ValueError(f"a sub-select is not permitted in an expression: {text}. Declare a table and a link instead.")
    if type(node) is exp.Column:
        _refuse_column(node, text)
    elif type(node) in (exp.DataType, exp.Var):
        _refuse_word(node, text)
    elif type(node) not in _ALLOWED:
        _refuse_unlisted(node, text)


def _refuse_column(node: exp.Column, text: str) -> None:
    if node.args.get("db") or node.args.get("catalog") or type(node.this) is not exp.Identifier:
        raise ValueError(f"a column is written bare or as table.column, not {node.sql(DIALECT)}: {text}.")


def _refuse_word(node: exp.Expression, text: str) -> None:
    if type(node) is exp.DataType and str(node.this.name) not in _CASTS:
        types = "double, integer, bigint, varchar, boolean, date, timestamp"
        raise ValueError(f"a cast to {node.sql(DIALECT)} is not permitted: {text}. Known: {types}.")
    if type(node) is exp.Var and (type(node.parent) is not exp.DateDiff or node.name.upper() not in _UNITS):
        raise ValueError(f"'{node.name}' is not permitted here: {text}. date_diff takes 'day', 'month' or 'year'.")


def _refuse_unlisted(node: exp.Expression, text: str) -> None:
    if isinstance(node, exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        raise ValueError(f"unknown function '{name.lower()}' in: {text}. {did_you_mean(name.lower(), FUNCTIONS)}")
    raise ValueError(f"'{node.sql(DIALECT)}' ({type(node).__name__}) is not permitted in an expression: {text}.")


def _first_line(error: Exception) -> str:
    line = str(error).splitlines()[0].split(". Line")[0]
    return "something is missing" if line.startswith("Required keyword") else line


def _guard(node: exp.Expression) -> None:
    kind = type(node)
    if kind in (exp.Div, exp.Mod) and not _is_nonzero(node.expression):
        node.set("expression", exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))
    elif kind is exp.Ln:
        node.set("this", _only_where(node.this, exp.GT))
    elif kind is exp.Sqrt:
        node.set("this", _only_where(node.this, exp.GTE))
    elif kind is exp.Cast:
        node.replace(exp.TryCast(this=node.this, to=node.args["to"]))


def _is_nonzero(node: exp.Expression) -> bool:
    return type(node) is exp.Literal and not node.is_string and float(node.name) != 0


def _only_where(value: exp.Expression, than: type[exp.Binary]) -> exp.Expression:
    condition = than(this=value.copy(), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=condition, true=value.copy())])


def _kind(node: exp.Expression, kind_of: Callable[[Ref], str]) -> str:
    own = {id(child): _kind(child, kind_of) for child in _children(node)}
    kinds = list(own.values())
    if isinstance(node, exp.Column):
        return kind_of(Ref(node.table, node.name))
    if isinstance(node, (*_COMPARISONS, exp.In, exp.Between)):
        _together(kinds, node)
    if isinstance(node, _ARITHMETIC) and set(kinds) & {"text", "truth"}:
        raise ValueError(f"arithmetic on {', '.join(sorted(set(kinds)))}: {node.sql(DIALECT)}.")
    return _result(node, kinds)


def _children(node: exp.Expression) -> Iterable[exp.Expression]:
    skip = (exp.Identifier, exp.DataType, exp.Var)
    return [] if isinstance(node, exp.Column) else [c for c in node.iter_expressions() if not isinstance(c, skip)]


def _together(kinds: list[str], node: exp.Expression) -> None:
    definite = set(kinds) - {"any"}
    if len(definite) > 1 and definite != {"date", "text"}:
        raise ValueError(f"compares {' with '.join(sorted(definite))}: {node.sql(DIALECT)}.")


def _result(node: exp.Expression, kinds: list[str]) -> str:
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    for types, kind in ((_NUMBERS, "number"), (_TRUTHS, "truth"), (_TEXTS, "text")):
        if isinstance(node, types):
            return kind
    if isinstance(node, exp.Cast):
        return _cast_kind(node)
    values = kinds[1:] if isinstance(node, exp.If) else kinds
    definite = [kind for kind in values if kind != "any"]
    return definite[0] if definite else "any"


def _cast_kind(node: exp.Cast) -> str:
    name = str(node.args["to"].this.name)
    return {"TEXT": "text", "BOOLEAN": "truth", "DATE": "date", "TIMESTAMP": "date"}.get(name, "number")


def literal(value: object) -> str:
    """A declared value as an SQL literal.

    >>> literal("it's"), literal(0.1), literal(True), literal(18)
    ("'it''s'", 'CAST(0.1 AS DOUBLE)', 'TRUE', '18')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return f"CAST({value!r} AS DOUBLE)"
    return "'" + str(value).replace("'", "''") + "'"


def quote(name: str) -> str:
    """A name as a quoted SQL identifier.

    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'
