"""The way back from placeholders: a plan's SQL as it runs on one tenant."""

from __future__ import annotations

import re

from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.names.placeholders import PATH, PATH_ITEM, TOKENS, name_read_in, unescaped
from shared.sql import quote_identifier, quote_literal, within_literal


def for_tenant(sql: str, names: OwnNames) -> str:
    """Put a tenant's own names where a plan says `{tenant}`; a plan that names no placeholder is unchanged.

    Args:
        sql: A statement of a plan.
        names: The tenant's. What it has no name for stays a placeholder.
    """
    if not names or "{" not in sql:
        return sql
    return _Speaker(names, deep=_DO_BLOCK.match(sql) is not None).speak(sql)


_DO_BLOCK = re.compile(r"DO E?'")
"""A block that a plan wrote (`remediation.database_roles`): the literals in it are statements, not somebody's data."""


class _Speaker:
    def __init__(self, names: OwnNames, *, deep: bool) -> None:
        roles = {placeholder: name for name, placeholder in names.roles}
        self._identifiers = {**({PLACEHOLDER: names.namespace} if names.namespace else {}), **roles}
        self._said = names.literal
        self._deep = deep

    def speak(self, sql: str) -> str:
        out: list[str] = []
        position = 0
        while match := TOKENS.search(sql, position):
            out.append(sql[position : match.start()])
            token, position = self._token(sql, match)
            out.append(token)
        return "".join(out) + sql[position:]

    def _token(self, sql: str, match: re.Match[str]) -> tuple[str, int]:
        token, end = match.group(), match.end()
        match match.lastgroup:
            case "dollar" if (closing := sql.find(token, end)) >= 0:
                return _dollar_quoted(self.speak(sql[end:closing]), token), closing + len(token)
            case "path" if path := PATH.match(sql, end):
                return token + PATH_ITEM.sub(self._path_item, path.group()), path.end()
            case "literal" | "escaped" if "{" in token:
                token = self._literal(token, name_read_in(sql, match))
            case "quoted" if (name := self._identifiers.get(token[1:-1].replace('""', '"'))) is not None:
                token = quote_identifier(name)
            case "comment" if self._said:  # nothing of a name may end it
                token = token.replace(PLACEHOLDER, re.sub(r"[\r\n]|\*/|/\*", " ", self._said))
            case "bare":
                token = self._bare(qualifies=sql.startswith(".", end))
        return token, end

    def _path_item(self, match: re.Match[str]) -> str:
        item = match.group()
        if PLACEHOLDER not in self._identifiers or item.strip("'\"") != PLACEHOLDER:
            return item
        own = self._identifiers[PLACEHOLDER]
        return quote_literal(own) if item.startswith("'") else quote_identifier(own)

    def _literal(self, token: str, register: str) -> str:
        """Replace in a literal in which PostgreSQL reads a name, or in any where tenants' literals hold their name."""
        inner = unescaped(token)
        if register == "path":
            return quote_literal(PATH_ITEM.sub(self._path_item, inner))
        if inner != PLACEHOLDER and inner in self._identifiers:
            return quote_literal(self._identifiers[inner])
        if register or self._deep:
            return quote_literal(self.speak(inner))
        said = within_literal(self._said, escaped=token[0] in "eE")
        return token.replace(PLACEHOLDER, said) if said else token

    def _bare(self, *, qualifies: bool) -> str:
        """Say what `{tenant}` is outside of quotes, within a literal: a name that qualifies another, or a word."""
        if qualifies and PLACEHOLDER in self._identifiers:
            return quote_identifier(self._identifiers[PLACEHOLDER])
        return self._said or PLACEHOLDER


def _dollar_quoted(body: str, tag: str) -> str:
    """Quote a body with this tag, or with a longer one where a name has brought the tag into it."""
    while tag in body:
        tag = tag[:-1] + "x$" if len(tag) > len("$$") else "$x$"
    return tag + body + tag
