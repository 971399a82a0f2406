"""Read the objects of many namespaces by one statement, and spell each namespace's as if it had been read alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

import msgspec

from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.names.placeholders import replace_in_line
from shared.postgres.reading.catalog import rows_statement_of_many
from shared.postgres.reading.fingerprint import check_size, present_kinds
from shared.postgres.reading.introspect import Lines, ObjectLine, fetch_chunks
from shared.postgres.reading.moment import Moment
from shared.postgres.reading.namespace_tokens import Namespace
from shared.schema.profile import Profile
from shared.sql import quote_identifier, quote_literal
from shared.targets import Limits

_MAX_REMEMBERED_LINES = 50_000
_PLAIN_NAME = re.compile("[a-z_][a-z0-9_]*")


async def read_lines_of_many(
    moment: Moment,
    wanted: Mapping[str, OwnNames],
    namespaces: Mapping[str, Namespace],
    *,
    profile: Profile,
    limits: Limits,
) -> dict[str, Lines]:
    """Read the objects of namespaces, each with its own names replaced.

    Args:
        moment: When.
        wanted: The names that are replaced, by namespace.
        namespaces: All of the database, by name.
        profile: Which facets count.
        limits: Bounds on rows and bytes of one namespace.

    Returns:
        By namespace; one that is not there has no objects.

    Raises:
        TargetError: `limit`, when one namespace is too large.
        asyncpg.PostgresError: When a query fails.
    """
    kinds = await present_kinds(moment.connection, profile)
    words = _Words(list(wanted), namespaces)
    statement = rows_statement_of_many(kinds, moment.server.version).replace("{wanted}", words.as_rows())
    found: dict[str, list[ObjectLine]] = {namespace: [] for namespace in wanted}
    size = dict.fromkeys(wanted, 0)
    spell = _Speller()
    async for chunk in fetch_chunks(moment.connection, statement):
        for row in chunk:
            namespace = words.meaning(row["whose"])
            text = spell.line(words.replaced_in(row["line"], namespace), wanted[namespace])
            size[namespace] += len(text)
            found[namespace].append(ObjectLine(row["kind"], row["address"], text))
            check_size(len(found[namespace]), size[namespace], limits)
    return {namespace: Lines(kinds, tuple(lines)) for namespace, lines in found.items()}


class _Words:
    """The words by which a statement calls the namespaces that it reads; no tenant can know them.

    Args:
        names: Of the namespaces that are read.
        namespaces: All of the database, by name.
    """

    def __init__(self, names: Sequence[str], namespaces: Mapping[str, Namespace]) -> None:
        self._secret = secrets.token_hex(16)
        self._names = names
        self._word = re.compile(rf'(\\")?\{{{self._secret}:(\d+)\}}(\\")?')
        self._inside = [_inside_json(name) for name in names]
        quoted = (namespaces[name].quoted if name in namespaces else quote_identifier(name) for name in names)
        self._quoted = [_inside_json(text) for text in quoted]

    def as_rows(self) -> str:
        """Write (word, name) of each as SQL."""
        words = (quote_literal(f"{{{self._secret}:{number}}}") for number in range(len(self._names)))
        return ", ".join(f"({word}, {quote_literal(name)})" for word, name in zip(words, self._names, strict=True))

    def meaning(self, word: str) -> str:
        """Give the namespace of a word."""
        return self._names[int(word.rpartition(":")[2].removesuffix("}"))]

    def replaced_in(self, line: str, namespace: str) -> str:
        """Call a namespace {tenant}, and each other one by its name, in the JSON of an object."""

        def named(found: re.Match[str]) -> str:
            number = int(found[2])
            before, after = found[1] or "", found[3] or ""
            if self._names[number] == namespace:
                return before + PLACEHOLDER + after
            if before and after:  # quote_ident() quoted the word; whether it quotes the name is for the name to say
                return self._quoted[number]
            return before + self._inside[number] + after

        return self._word.sub(named, line) if self._secret in line else line


def _inside_json(text: str) -> str:
    return msgspec.json.encode(text).decode()[1:-1]


class _Speller:
    """Replaces names in lines; one that holds none of them is the same for every tenant, and is worked out once."""

    def __init__(self) -> None:
        self._remembered: dict[str, str] = {}
        self._names: dict[int, tuple[str, ...] | None] = {}

    def line(self, line: str, own: OwnNames) -> str:
        """Give `replace_in_line`."""
        names = self._searched(own)
        if names is None or any(name in line.lower() for name in names):
            return replace_in_line(line, own)
        text = self._remembered.get(line)
        if text is None:
            text = replace_in_line(line, own)
            if len(self._remembered) < _MAX_REMEMBERED_LINES:
                self._remembered[line] = text
        return text

    def _searched(self, own: OwnNames) -> tuple[str, ...] | None:
        """Give the names in lower case if each is spelt alike wherever it stands; None when one is not."""
        if id(own) not in self._names:
            names = {own.namespace, own.literal, *(name for name, _ in own.roles)} - {""}
            plain = all(_PLAIN_NAME.fullmatch(name) for name in names)
            self._names[id(own)] = tuple(names) if plain else None
        return self._names[id(own)]
