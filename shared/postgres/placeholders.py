"""Call a tenant's own namespace `{tenant}`, in names and in deparsed SQL, so that equal tenants are equal.

Names come replaced from the query. Text that PostgreSQL deparsed is tokenised: an identifier is replaced where it
qualifies a name (a dot follows), a literal only where PostgreSQL itself reads a name in it (`'app.t_id_seq'::regclass`,
`SET search_path TO 'app'`), and never a part of another literal, a comment or another name.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shared.sql import quote_identifier, quote_literal

PLACEHOLDER = "{tenant}"

_TOKENS = re.compile(
    r"""
      (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<literal>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<path>\bsearch_path\s+TO\s+)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED_IN_LITERAL = re.compile(r"::(?:pg_catalog\.)?reg(class|proc|procedure|oper|operator|type|namespace)\b")
_PATH = re.compile(r"(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+)(?:, (?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+))*")
_PATH_ITEM = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+")


def replace_namespace(sql: str, namespace: str, replacement: str = PLACEHOLDER) -> str:
    """Replace a namespace where SQL qualifies a name with it, also within the bodies of functions.

    Args:
        sql: What a deparse function printed.
        namespace: As the catalog stores it.
        replacement: As the catalog would store it; printed quoted.
    """
    return _Replacer(namespace, replacement).replace(sql)


class _Replacer:
    def __init__(self, namespace: str, replacement: str) -> None:
        self._namespace = namespace
        self._quoted = quote_identifier(replacement)
        self._literal = quote_literal(replacement)

    def replace(self, sql: str) -> str:
        out: list[str] = []
        position = 0
        while match := _TOKENS.search(sql, position):
            out.append(sql[position : match.start()])
            token, position = self._token(sql, match)
            out.append(token)
        return "".join(out) + sql[position:]

    def _token(self, sql: str, match: re.Match[str]) -> tuple[str, int]:
        """Give the replaced token and where the next one begins."""
        token, end = match.group(), match.end()
        if match.group("dollar"):
            closing = sql.find(token, end)
            if closing < 0:
                return token, end
            return token + self.replace(sql[end:closing]) + token, closing + len(token)
        if match.group("path") and (path := _PATH.match(sql, end)):
            return token + _PATH_ITEM.sub(self._path_item, path.group()), path.end()
        if (match.group("literal") or match.group("escaped")) and (cast := _NAMED_IN_LITERAL.match(sql, end)):
            return self._named_literal(_unquoted(token), cast.group(1)), end
        if sql.startswith(".", end) and self._is_namespace(token):
            return self._quoted, end
        return token, end

    def _is_namespace(self, token: str) -> bool:
        if token.startswith('"'):
            return token[1:-1].replace('""', '"') == self._namespace
        return token.lower() == self._namespace and not token.startswith("'")

    def _path_item(self, match: re.Match[str]) -> str:
        item = match.group()
        if item.startswith("'"):
            return self._literal if item[1:-1].replace("''", "'") == self._namespace else item
        return self._quoted if self._is_namespace(item) else item

    def _named_literal(self, inner: str, register: str) -> str:
        if register == "namespace":
            changed = self._quoted if self._is_namespace(inner) else inner
        else:
            changed = self.replace(inner)
        return quote_literal(changed)


def _unquoted(literal: str) -> str:
    """Give what a literal says, as far as names are concerned: a backslash only ever stands for itself in them."""
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return literal[2:-1].replace("''", "'").replace("\\'", "'").replace("\\\\", "\\")


def replace_in_line(line: str, namespace: str) -> str:
    """Replace the namespace in every text of one object's JSON; names were replaced by the query that made it.

    Every line is written anew, also one that does not hold the name: spacing must not depend on how a tenant is called.
    """
    if not namespace:
        return line
    return msgspec.json.encode(_walk(msgspec.json.decode(line), _Replacer(namespace, PLACEHOLDER))).decode()


_NAMES = frozenset({"kind", "name", "namespace", "parent", "labels", "text"})  # data, not SQL


def _walk(value: Any, replacer: _Replacer) -> Any:
    match value:
        case str():
            return replacer.replace(value)
        case list():
            return [_walk(item, replacer) for item in value]
        case dict():
            return {key: item if key in _NAMES else _walk(item, replacer) for key, item in value.items()}
        case _:
            return value
