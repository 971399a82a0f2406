"""Reads host and database from connection strings, as libpq and JDBC spell them; passwords are passed over."""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from coordinator.iac.located_text import HOLE

_URL = re.compile(
    r"(?:jdbc:)?(?:postgres|postgresql|pgx\d?|cockroachdb)://(?:[^/?#]*@)?(?P<hosts>[^/?#]*)(?:/(?P<database>[^?#]*))?"
    r"(?:\?(?P<query>[^#]*))?"
)
_WORD = re.compile(r"\b(?P<key>host|hostaddr|dbname)\s*=\s*(?:'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<plain>[^\s']+))")


class Destination(msgspec.Struct, frozen=True, order=True):
    """Where a carrier sends its SQL; what it does not say, or nobody knows before apply, is empty."""

    host: str = ""
    database: str = ""

    def otherwise(self, other: Destination) -> Destination:
        """Return this one, filled in from another where it says nothing."""
        return Destination(self.host or other.host, self.database or other.database)


_OTHERS = "mysql|maria(?:db)?|sqlite3?|libsql|sqlserver|mssql|clickhouse|oracle|snowflake|spanner|redshift"
_OTHER_DATABASE = re.compile(
    rf"(?:jdbc:)?(?:(?:{_OTHERS})(?:\+\w+)?:|docker(?:\+\w+)?://(?:{_OTHERS})\b)", re.IGNORECASE
)


def is_of_another_database(url: str) -> bool:
    """Say whether a URL, or that of a container Atlas would start, is of a database that is not PostgreSQL."""
    return _OTHER_DATABASE.match(url) is not None


def is_connection_string(text: str) -> bool:
    """Say whether a text is a connection string and no plain name of a database."""
    return _URL.match(text) is not None or _WORD.match(text.lstrip()) is not None


def known(text: str) -> str:
    """Return a text that is known whole; empty for one with a `HOLE` in it."""
    return "" if HOLE in text else text


def destination_of(text: str) -> Destination:
    """Return what a connection string says: a URL, `key=value` words, or nothing of both."""
    url = _URL.match(text)
    if url is not None:
        query = dict(part.partition("=")[::2] for part in (url["query"] or "").split("&"))
        hosts = (url["hosts"] or query.get("host", "")).split(",")[0]
        host = re.sub(r":\d*$", "", hosts) if not hosts.endswith("]") else hosts
        database = url["database"] or query.get("dbname", "")
        return Destination(known(unquote(host)), known(unquote(database)))
    found = {match["key"]: match["quoted"] or match["plain"] or "" for match in _WORD.finditer(text)}
    return Destination(known(found.get("host", "") or found.get("hostaddr", "")), known(found.get("dbname", "")))
