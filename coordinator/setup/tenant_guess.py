"""Guesses from names which databases or namespaces of a server are tenants. Pure: one guess, and why."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

_LEAST_TENANTS = 2
"""Names that one pattern needs: one name alone says nothing about tenants."""

_MAX_NAMES_SHOWN = 5
_FAMILY = re.compile(r"(.*[-_.])[^-_.]+|(.*?[^0-9])[0-9]+")
"""A name with what it may share with others: all until the last `-`, `_` or `.`, or until its number."""


class TenantGuess(msgspec.Struct, frozen=True, kw_only=True):
    """Which names are taken for tenants.

    Args:
        pattern: A pattern of shell wildcards that fits them.
        database: Where they are namespaces, the database in which; empty where they are databases.
        tenants: How many names fit.
        because: Why, in a sentence, with what is left out.
    """

    pattern: str
    database: str
    tenants: int
    because: str


def guess_tenants(databases: Sequence[str], database: str, namespaces: Sequence[str]) -> TenantGuess | None:
    """Guess the tenants of a server: the largest family of names, be they databases or namespaces.

    Args:
        databases: Of the server, but for the one that only serves to connect.
        database: The one into which was looked.
        namespaces: Of that one, but for PostgreSQL's own and `public`.

    Returns:
        The guess; none where nothing looks like tenants.
    """
    found = [_guess("database", databases, ""), _guess("namespace", namespaces, database)]
    return max((each for each in found if each is not None), key=lambda each: each.tenants, default=None)


def _guess(what: str, names: Sequence[str], database: str) -> TenantGuess | None:
    families = Counter(family for name in names if (family := _family(name)))
    where = f" of the database {database!r}" if database else ""
    prefix, size = max(families.items(), key=lambda entry: (entry[1], entry[0]), default=("", 0))
    if size >= _LEAST_TENANTS:
        pattern = f"{glob.escape(prefix)}*"
        others = sorted(name for name in names if not name.startswith(prefix))
        fitting = len(names) - len(others)
        said = f"{fitting} {what}s{where} are called {prefix}…, so each of them is taken for a tenant"
        left = f"; {_listed(others)} {'is' if len(others) == 1 else 'are'} not" if others else ""
        return TenantGuess(pattern=pattern, database=database, tenants=fitting, because=said + left)
    if len(names) >= _LEAST_TENANTS:
        listed = _listed(sorted(names))
        said = f"the {len(names)} {what}s{where} ({listed}) have no part of their names in common, so each of them"
        return TenantGuess(pattern="*", database=database, tenants=len(names), because=f"{said} is taken for a tenant")
    return None


def _family(name: str) -> str:
    found = _FAMILY.fullmatch(name)
    return next(filter(None, found.groups()), "") if found else ""


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _MAX_NAMES_SHOWN
    return ", ".join(listed[:_MAX_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
