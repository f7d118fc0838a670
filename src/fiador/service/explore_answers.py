"""What does the service tell of groups of known applications? The shape of every success, as OpenAPI tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Value = float | str | None
Kind = Literal["number", "level"]
Group = Literal["all", "approved", "referred", "declined", "goods", "bads"]


class Level(BaseModel):
    """A level and its words; a null level is every other one."""

    level: str | None
    says: str


class Variable(BaseModel):
    """What is known of every application, in words. low, high: 0.5 and 99.5 per cent quantiles. missing: a share."""

    name: str
    says: str
    kind: Kind
    unit: str
    description: str = Field(description="How it is made: an expression, a measure, or `table.column`.")
    tables: list[str]
    used: bool = Field(description="Whether the model reads it.")
    lender_set: bool = Field(description="Whether it is the lender's own opinion.")
    levels: list[Level] | None
    low: float | None
    high: float | None
    missing: float | None


class Variables(BaseModel):
    """What can be explored. groups: applications in each, rounded; fewest: the least a group needs to be told of."""

    applications: int
    labelled: int
    groups: dict[Group, int]
    fewest: int
    variables: list[Variable]


class Axis(BaseModel):
    """A variable in words, and where its values fall: `edges` of a number's bins, or `levels`."""

    variable: str
    says: str
    kind: Kind
    unit: str
    edges: list[float] | None
    levels: list[Level] | None


class ClientValue(BaseModel):
    """One application's value. share_below: of the group's values, those strictly below it, both counts rounded to a
    multiple of five."""

    key: str
    value: Value
    value_says: str
    share_below: float | None


class Histogram(Axis):
    """How a group's values are spread. Counts are rounded to a multiple of five, up or down by chance; end bins hold
    everything beyond them. bad_rates: of counts so rounded, null where fewer than 20 have a known outcome."""

    group: Group
    group_says: str
    enough: bool = Field(description="Whether at least 20 applications match, as rounded; fewer are not told of.")
    applications: int | None
    counts: list[int]
    bad_rates: list[float | None]
    missing: int | None
    client: ClientValue | None


class Cell(BaseModel):
    """Applications where two values fall: positions in `x` and `y`, and shares among them, null under 20."""

    x: int
    y: int
    count: int
    bad_rate: float | None
    declined: float | None


class ClientPoint(BaseModel):
    """One application's two values."""

    key: str
    x: Value
    y: Value
    x_says: str
    y_says: str


class Pair(BaseModel):
    """How a group is spread over two variables; cells rounded to no application are left out."""

    x: Axis
    y: Axis
    group: Group
    group_says: str
    enough: bool
    applications: int | None
    cells: list[Cell]
    client: ClientPoint | None


class Compared(BaseModel):
    """A client's value beside a group's: median and quartiles of a number, the commonest level of a level."""

    variable: str
    says: str
    kind: Kind
    unit: str
    value: Value
    value_says: str
    median: float | None
    median_says: str | None
    low: float | None
    low_says: str | None
    high: float | None
    high_says: str | None
    share_below: float | None
    level_share: float | None
    typical_says: str


class Comparison(BaseModel):
    """A client beside a group, feature by feature, the one that moved the client's risk most first."""

    key: str
    group: Group
    group_says: str
    enough: bool
    applications: int | None
    rows: list[Compared]


class ClientRow(BaseModel):
    """One value of one application in words; table and column are null for what is computed."""

    variable: str
    table: str | None
    table_says: str | None
    column: str | None
    says: str
    value: Value
    value_says: str
    used: bool
    description: str


class Client(BaseModel):
    """Everything known of one application but its outcome and protected attributes."""

    key: str
    rows: list[ClientRow]
