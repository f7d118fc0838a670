"""What does a driver's complaint mean, and what can be done about it?

A driver's text may repeat the whole connection string. Where the complaint is known it is said in our words; of
an unknown one a line is quoted, cleared of everything secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import duckdb
import pyarrow as pa

from fiador.adapters.sources.databases.address import Address
from fiador.errors import DataError

HIDDEN = "***"

_GONE = "the database went away while it was read; no row of this reading is used."
_GONE_HINT = "Read again. If it happens again, look into the server's log for what ended the connection."
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"could not translate host name|unknown (?:mysql )?server host|name or service not known",
        "there is no such host.",
        "Check the host's name in the address.",
    ),
    (
        r"timed? ?out|timeout expired",
        "the server doesn't answer in time.",
        "Is the host right, and does a firewall let this machine through?",
    ),
    (
        r"connection refused|can't connect to|no route to host|network is unreachable|no such file or directory",
        "no server answers at this address.",
        "Check host and port, and that the server is up and listens to this machine.",
    ),
    (
        r"access denied for user .* to database|permission denied for database",
        "this user has no right to this database.",
        "Let its owner GRANT the right to read, or name another user.",
    ),
    (
        r"no pg_hba\.conf entry|is not allowed to connect",
        "the server doesn't let this user in from this machine.",
        "Let its owner allow it, or ask for TLS with ?sslmode=require.",
    ),
    (
        r"access denied for user|password authentication failed|no password supplied|authentication failed"
        r"|role \"[^\"]*\" does not exist",
        "the server refuses this user or password.",
        "Check both; a password may also stand in {variable}.",
    ),
    (
        r"unknown database|database \"[^\"]*\" does not exist",
        "the server has no database of this name.",
        "Check the name after the last / of the address.",
    ),
    (
        r"permission denied for|command denied to user|access denied; you need",
        "this user has no right to read it.",
        "Let the database's owner grant SELECT on it.",
    ),
    (
        r"server closed the connection|terminating connection|connection has been closed|could not receive data"
        r"|lost connection|gone away|connection was killed|execution was interrupted|connection not open"
        r"|no connection to the server|ssl syscall error|canceling statement|shutdown in progress"
        r"|failed to fetch result row|\binterrupted!",
        _GONE,
        _GONE_HINT,
    ),
    (
        r"too many connections|remaining connection slots|sorry, too many clients",
        "the server has no connection left.",
        "Try again later.",
    ),
    (
        r"\bssl\b|\btls\b|certificate",
        "the server and this machine don't agree on TLS: {line}.",
        "Check the TLS options in the address.",
    ),
    (r"secret with name", "DuckDB has no secret of this name.", "List yours with: FROM duckdb_secrets();"),
    (
        r"(?:relation|table|view) .*(?:does not exist|doesn't exist)|references invalid table",
        "the table went away, or a view names a table that did.",
        "Look at it on the server.",
    ),
)


@contextmanager
def translate_errors(address: Address, *, table: str = "") -> Iterator[None]:
    """Turn what a driver raises into a DataError that says what it means and tells no password."""
    where = f"{address.shown}: {table}" if table else address.shown
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        what, hint = meaning(str(error), address)
        raise DataError(what, where=where, hint=hint) from None


def meaning(complaint: str, address: Address) -> tuple[str, str]:
    """What a driver's text means, and what to do: two sentences without its connection string or password."""
    cleared = _cleared(complaint, address)
    line = _first_line(cleared)
    variable = "MYSQL_PWD" if address.shown.lower().startswith(("mysql", "mariadb")) else "PGPASSWORD"
    for pattern, what, hint in _KNOWN:
        if re.search(pattern, cleared, re.IGNORECASE):
            return what.format(line=line), hint.format(variable=variable)
    return f"the database can't be read ({line}).", "Look into the server's log."


def _cleared(text: str, address: Address) -> str:
    """The text without connection strings and without any form of a password of the address."""
    text = re.sub(r'^.*?(?:with parameters|Postgres at|dsn) ".*?"[:,]\s', "", text, flags=re.DOTALL)
    text = re.sub(r'connection to server at "[^"]*"(?: \([^)]*\))?, port \d+ failed: (?:FATAL:\s*)?', "", text)
    text = re.sub(r"\. (?:First a|A)ttempted host: .*", "", text, flags=re.DOTALL)
    text = re.sub(r"\w+://\S+", "…", text)
    text = re.sub(r"(?i)(pass\w*\s*=?\s*)('(?:[^'\\]|\\.|'')*'|\S+)", rf"\1{HIDDEN}", text)
    for form in sorted({f for each in address.secrets for f in _forms(each)}, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def _forms(password: str) -> tuple[str, ...]:
    """A password as it is, as a URL, a SQL literal and a connection string hold it."""
    escaped = password.replace("\\", "\\\\").replace("'", "\\'")
    return password, quote(password, safe=""), quote(password), password.replace("'", "''"), escaped


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return re.sub(r"^(?:\w+ )*Error: ", "", lines[0])[:300].rstrip(".: ") if lines else "it gives no reason"
