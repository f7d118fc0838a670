"""Which database does a URL name, by whom is it read, and how may it be shown?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from fiador.errors import DataError, did_you_mean
from fiador.words.places import shown

_ENCODE = (
    "Write each / : @ # ? % of a user or password as %2F %3A %40 %23 %3F %25, or leave the password to {variable}."
)


@dataclass(frozen=True)
class Address:
    """A database as a URL names it. What the URL leaves out is null, and then the driver's own default holds.

    options: what follows the `?`, but for `schema` and `secret`. Neither repr nor `shown` tells the password.

    >>> address = read_address("mysql://ana:s%40crets@db.bank:3307/loans?ssl_mode=required", options=("ssl_mode",))
    >>> address.shown, address.password
    ('mysql://ana@db.bank:3307/loans', 's@crets')
    """

    shown: str
    host: str | None
    port: int | None
    user: str | None
    database: str | None
    schema: str | None
    secret: str | None
    password: str | None = field(repr=False)
    options: Mapping[str, str] = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything of it that nothing may print."""
        hidden = [self.password, *(value for name, value in self.options.items() if "password" in name)]
        return tuple(each for each in hidden if each)


def read_address(url: str, *, options: tuple[str, ...], variable: str = "PGPASSWORD") -> Address:
    """The address a URL names; DataError, without any of its words, where it isn't one or an option is unknown."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unreadable(url, variable) from None
    if parts.fragment or "@" in parts.path + parts.query or not unquote(url, errors="replace").isprintable():
        raise _unreadable(url, variable)  # an unprintable mark would cut a statement, and the driver quotes the rest
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    schema, secret = query.pop("schema", None), query.pop("secret", None)
    for name in query:
        if name not in options:
            hint = did_you_mean(name, (*options, "schema", "secret"))
            raise DataError(f"'{name}' is no option of this address.", where=shown(url), hint=hint)
    decode = _decoded(parts)
    return Address(
        shown=shown(url),
        host=decode(parts.hostname),
        port=port,
        user=decode(parts.username),
        database=decode(parts.path.strip("/")),
        schema=schema,
        secret=secret,
        password=decode(parts.password),
        options=query,
    )


def _decoded(parts: SplitResult) -> Callable[[str | None], str | None]:
    return lambda text: unquote(text) if text else None


def _unreadable(url: str, variable: str) -> DataError:
    hint = _ENCODE.format(variable=variable)
    return DataError("the address can't be read.", where=shown(url), hint=hint)
