"""What would this lender's database look like, had we one to show?

Drawn from a profile, so that shape, marginals and dependence are the lender's and no row is anyone's. Good
rows come first, then the declared consistency, then the declared dirt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fiador.adapters.simulation.dirt import blank_keys, blank_out, damage, misstate, qualified, repeat
from fiador.adapters.simulation.latent import bad_probabilities, draw_columns, loadings
from fiador.adapters.simulation.profile import FORMAT, key_columns
from fiador.errors import PortfolioError
from fiador.expression import Ref, quote
from fiador.portfolio import Portfolio, Simulation

_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))
# Ids look like the lender's: eight letters, a dash, four letters.
_ID = (8, 4)
_PROFILE_AGAIN = "Write it again: `fiador profile PORTFOLIO --source PLACE --out FILE`."
_DECIMAL = re.compile(r"decimal128\((?P<digits>\d+), (?P<scale>\d+)\)")


def simulate(portfolio: Portfolio, *, profile: Mapping[str, Any], applications: int, seed: int) -> dict[str, pa.Table]:
    """Tables by their names in the source, each with one row per application, rows in an order of their own.

    The portfolio may have a base table and `one` tables. The same seed gives the same tables on every
    machine. PortfolioError where the portfolio declares no `[simulate]`, has `many` tables, or doesn't fit
    the profile.
    """
    plan = _plan(portfolio, profile, applications)
    draw = np.random.default_rng(seed)
    repeated = round(plan.duplicates * applications)
    rows = _good_rows(portfolio, plan, profile, applications - repeated, draw)
    rows = repeat(_soiled(portfolio, plan, profile, rows, draw), repeated, draw)
    ids = _ids(portfolio, applications, draw)
    ids = blank_keys(ids, plan.blank_keys, draw, where=f"{portfolio.name}: simulate.blank_keys")
    everything = {**ids, **{name: rows[name].to_numpy() for name in rows.columns}}
    return _tables(portfolio, profile, everything, draw)


def _plan(portfolio: Portfolio, profile: Mapping[str, Any], applications: int) -> Simulation:
    where = f"{portfolio.name}: simulate"
    if portfolio.simulate is None:
        raise PortfolioError("no [simulate] section.", where=where, hint="Declare one, and a profile.json beside it.")
    _require_readable(profile, where)
    if applications < 1:
        raise PortfolioError(f"{applications} applications can't be drawn.", where=where, hint="Ask for one or more.")
    many = [table.name for table in portfolio.tables.values() if table.many]
    if many:
        raise PortfolioError(
            f"'{many[0]}' has many rows an application.", where=where, hint="Only `one` tables are drawn."
        )
    keys = key_columns(portfolio)
    for table in portfolio.tables.values():
        for column in table.columns:
            if (table.name, column) not in keys | {(portfolio.base, portfolio.target.column)}:
                qualified(f"{table.name}.{column}", list(profile["columns"]), f"{where}: profile")
    if len(profile["correlation"]) != len(profile["columns"]) + 1:
        what = "the profile is broken: not every column has its correlations."
        raise PortfolioError(what, where=where, hint=_PROFILE_AGAIN)
    return portfolio.simulate


def _require_readable(profile: Mapping[str, Any], where: str) -> None:
    if profile.get("format") != FORMAT:
        what = f"the profile is of format {profile.get('format')}; this version reads {FORMAT}."
        raise PortfolioError(what, where=where, hint=_PROFILE_AGAIN)
    sections = {"columns": dict, "target": dict, "correlation": list}
    broken = [name for name, kind in sections.items() if not isinstance(profile.get(name), kind)]
    if broken:
        raise PortfolioError(f"the profile is broken: no {broken[0]}.", where=where, hint=_PROFILE_AGAIN)
    if profile["target"].get("bad_rate") is None:
        what = "the profile knows no bad rate: its source had no outcomes."
        raise PortfolioError(what, where=where, hint="Profile a source whose applications have an outcome.")


def _good_rows(
    portfolio: Portfolio, plan: Simulation, profile: Mapping[str, Any], count: int, draw: np.random.Generator
) -> pd.DataFrame:
    """Columns and outcome from the latent states, then the columns that follow from others."""
    factors = loadings(profile, states=len(plan.latent))
    components = draw.standard_normal((count, len(factors.mixing)))
    rows = draw_columns(profile, components, factors.mixing)
    chance = bad_probabilities(
        components[:, : factors.states],
        factors.weights,
        signal=plan.signal,
        bad_rate=profile["target"]["bad_rate"],
    )
    is_bad = draw.random(count) < chance
    rows[_target(portfolio)] = np.where(is_bad, portfolio.target.bad, portfolio.target.good)
    return _consistent(portfolio, plan, rows)


def _consistent(portfolio: Portfolio, plan: Simulation, rows: pd.DataFrame) -> pd.DataFrame:
    columns, where = list(rows.columns), f"{portfolio.name}: simulate.consistent"

    def resolve(ref: Ref) -> str:
        return quote(qualified(str(ref), columns, where))

    result = rows.copy()
    with duckdb.connect(config={"threads": 1}) as engine:
        for name, expression in plan.consistent.items():
            engine.register("good_rows", pa.Table.from_pandas(result, preserve_index=False))
            computed = engine.execute(f"SELECT {expression.sql(resolve)} AS value FROM good_rows").to_arrow_table()
            result[qualified(name, columns, where)] = computed["value"].to_numpy()
    return result


def _soiled(
    portfolio: Portfolio,
    plan: Simulation,
    profile: Mapping[str, Any],
    rows: pd.DataFrame,
    draw: np.random.Generator,
) -> pd.DataFrame:
    where = f"{portfolio.name}: simulate"
    rows = damage(rows, plan.damaged, draw, where=f"{where}.damaged.columns")
    rows = misstate(rows, plan.outliers, draw, where=f"{where}.outliers")
    return blank_out(rows, {**profile["columns"], _target(portfolio): profile["target"]}, draw)


def _target(portfolio: Portfolio) -> str:
    return f"{portfolio.base}.{portfolio.target.column}"


def _ids(portfolio: Portfolio, count: int, draw: np.random.Generator) -> dict[str, npt.NDArray[Any]]:
    """An id per application for every key; keys that a link says are the same have the same ids."""
    entity = {f"{table}.{column}": f"{table}.{column}" for table, column in sorted(key_columns(portfolio))}
    for table in portfolio.tables.values():
        for above, below in table.one.on if table.one else ():
            parent, child = f"{table.one.of}.{above}" if table.one else "", f"{table.name}.{below}"
            old, new = entity[child], entity[parent]
            entity = {key: new if root == old else root for key, root in entity.items()}
    drawn = {root: _random_ids(count, draw) for root in sorted(set(entity.values()))}
    return {key: drawn[root] for key, root in entity.items()}


def _random_ids(count: int, draw: np.random.Generator) -> npt.NDArray[Any]:
    ids: list[str] = []
    seen: set[str] = set()
    while len(ids) < count:
        letters = _LETTERS[draw.integers(0, len(_LETTERS), (count - len(ids), sum(_ID)))]
        for row in letters:
            text = "".join(row)
            if text not in seen:
                seen.add(text)
                ids.append(f"{text[: _ID[0]]}-{text[_ID[0] :]}")
    return np.array(ids, dtype=object)


def _tables(
    portfolio: Portfolio,
    profile: Mapping[str, Any],
    columns: Mapping[str, npt.NDArray[Any]],
    draw: np.random.Generator,
) -> dict[str, pa.Table]:
    """The columns back in their tables, each table's rows shuffled: only the keys say what belongs together."""
    marginals = {**profile["columns"], _target(portfolio): profile["target"]}
    result = {}
    for table in portfolio.tables.values():
        own = [name for name in columns if name.split(".", 1)[0] == table.name]
        own = sorted(own, key=lambda name: _place(name, list(table.columns)))
        order = draw.permutation(len(columns[own[0]]))
        arrays = {
            name.split(".", 1)[1]: _arrow(columns[name][order], marginals.get(name, {}).get("type", "string"))
            for name in own
        }
        result[table.source_names[0]] = pa.table(arrays)
    return result


def _place(name: str, declared: list[str]) -> int:
    column = name.split(".", 1)[1]
    return declared.index(column) if column in declared else len(declared)


def _arrow(values: npt.NDArray[Any], stated: str) -> pa.Array:
    """Values as the type the profile states; moments come as days since 1970."""
    if stated == "string":
        return pa.array(values, pa.string(), from_pandas=True)
    numbers = pa.array(values, pa.float64(), from_pandas=True)
    if stated.startswith("date32"):
        return numbers.cast(pa.int32()).cast(pa.date32())
    if stated.startswith("timestamp"):
        return pa.array(
            [None if v is None else round(v * 86_400_000_000) for v in numbers.to_pylist()], pa.int64()
        ).cast(pa.timestamp("us"))
    if money := _DECIMAL.fullmatch(stated):
        digits, scale = int(money["digits"]), int(money["scale"])
        return pc.round(numbers, scale).cast(pa.decimal128(digits, scale))
    if stated == "bool":
        return numbers.cast(pa.int64()).cast(pa.bool_())
    return numbers.cast(pa.int64() if stated == "int64" else pa.float64())
