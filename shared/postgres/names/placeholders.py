"""Call what is named after a tenant by placeholders, in names and in deparsed SQL, so that equal tenants are equal.

Names come replaced from the query. Text that PostgreSQL deparsed is tokenised: an identifier is replaced where it
qualifies a name (a dot follows), a literal only where PostgreSQL itself reads a name in it (`'app.t_id_seq'::regclass`,
`nextval('app.s')`, `SET search_path TO 'app'`), and never a part of another literal, a comment or another name, unless
`[compare] literals` asks for it. Roles are replaced where one is meant.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shared.kinds.facts import Facts
from shared.kinds.lookup import facts_of
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.sql import quote_identifier, quote_literal

__all__ = [
    "PATH",
    "PATH_ITEM",
    "PLACEHOLDER",
    "TOKENS",
    "name_read_in",
    "replace_in_line",
]

TOKENS = re.compile(
    r"""
      (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<literal>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<path>\b[sS][eE][aA][rR][cC][hH]_[pP][aA][tT][hH](?:\s+[tT][oO]\s+|\s*=\s*))
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
    | (?P<bare>\{tenant\})
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED_IN_LITERAL = re.compile(
    r"(?:::text\)*)?::(?:pg_catalog\.)?reg"
    r"(class|proc|procedure|oper|operator|type|namespace|config|dictionary|collation|role)\b"
)
_READS_NAME = re.compile(
    r"(?i)\b(?:nextval|currval|setval|pg_get_serial_sequence|to_reg(?:class|type|proc|procedure|oper|operator))\(\s*$"
)
_READS_PATH = re.compile(r"(?i)\bset_config\(\s*'search_path'(?:::text)?\s*,\s*$")
_READS_NAMESPACE = re.compile(r"(?i)\bto_regnamespace\(\s*$")
_CONTEXTS = (("class", _READS_NAME), ("namespace", _READS_NAMESPACE), ("path", _READS_PATH))
_READS_ROLE = re.compile(r"(?i)\b(?:ROLE|TO|AUTHORIZATION)\s+$")
_BEFORE = 80  # characters that are looked at for such a context
PATH = re.compile(
    r"(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\{tenant\}|\w+)(?:\s*,\s*(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\{tenant\}|\w+))*"
)
PATH_ITEM = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\{tenant\}|\w+")


class _Replacer:
    def __init__(self, names: OwnNames) -> None:
        self._namespace = names.namespace
        self._roles = dict(names.roles)
        self._quoted = quote_identifier(PLACEHOLDER)
        self._literal = quote_literal(PLACEHOLDER)
        self._word = _whole(names.literal) if names.literal else None

    def replace(self, sql: str) -> str:
        out: list[str] = []
        position = 0
        while match := TOKENS.search(sql, position):
            out.append(sql[position : match.start()])
            token, position = self._token(sql, match)
            out.append(token)
        return "".join(out) + sql[position:]

    def in_text(self, text: str) -> str:
        """Replace the tenant's name in what people wrote, where that is asked for."""
        return self._word.sub(PLACEHOLDER, text) if self._word else text

    def role(self, name: str) -> str:
        return self._roles.get(name, name)

    def _token(self, sql: str, match: re.Match[str]) -> tuple[str, int]:
        """Give the replaced token and where the next one begins."""
        token, end = match.group(), match.end()
        match match.lastgroup:
            case "dollar" if (closing := sql.find(token, end)) >= 0:
                return token + self.replace(sql[end:closing]) + token, closing + len(token)
            case "path" if path := PATH.match(sql, end):
                return token + PATH_ITEM.sub(self._path_item, path.group()), path.end()
            case "literal" | "escaped":
                token = self._any_literal(sql, match)
            case "comment":
                token = self.in_text(token)
            case "quoted" | "word" | "bare":
                token = self._identifier(sql, match)
        return token, end

    def _identifier(self, sql: str, match: re.Match[str]) -> str:
        token = match.group()
        if sql.startswith(".", match.end()) and self._is_namespace(token):
            return self._quoted
        if self._roles and _READS_ROLE.search(sql, max(0, match.start() - _BEFORE), match.start()):
            name = token[1:-1].replace('""', '"') if token.startswith('"') else token.lower()
            return quote_identifier(self._roles[name]) if name in self._roles else token
        return token

    def _any_literal(self, sql: str, match: re.Match[str]) -> str:
        token = match.group()
        inner = unescaped(token)
        if register := name_read_in(sql, match):
            return self._named_literal(inner, register)
        if match.lastgroup == "literal" and inner in self._roles:
            return quote_literal(self._roles[inner])
        return self.in_text(token)

    def _is_namespace(self, token: str) -> bool:
        if not self._namespace:
            return False
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
        elif register == "path":
            changed = PATH_ITEM.sub(self._path_item, inner)
        elif register == "role":
            plain = inner[1:-1].replace('""', '"') if inner.startswith('"') else inner
            changed = quote_identifier(self._roles[plain]) if plain in self._roles else inner
        else:
            changed = self.replace(inner)
        return quote_literal(changed)


def name_read_in(sql: str, match: re.Match[str]) -> str:
    """Say what kind of name PostgreSQL reads in a literal, by what stands around it; nothing where it reads none."""
    if cast := _NAMED_IN_LITERAL.match(sql, match.end()):
        return cast.group(1)
    before = (max(0, match.start() - _BEFORE), match.start())
    return next((register for register, pattern in _CONTEXTS if pattern.search(sql, *before)), "")


def _whole(name: str) -> re.Pattern[str]:
    """Match a name that is no part of a longer one, quoted as an identifier or not."""
    quoted = re.escape(quote_identifier(name))
    return re.compile(rf"{quoted}|(?<![^\W_]){re.escape(name)}(?![^\W_])")


def unescaped(literal: str) -> str:
    """Give what a literal says; of the escapes only those that quoting itself makes are read."""
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return literal[2:-1].replace("''", "'").replace("\\'", "'").replace("\\\\", "\\")


def replace_in_line(line: str, names: OwnNames) -> str:
    """Replace what is called after the tenant in one object's JSON; its namespace's name was replaced by the query.

    Every line is written anew, also one that does not hold a name: spacing must not depend on how a tenant is called.
    """
    if not names:
        return line
    document = msgspec.json.decode(line)
    walked = _walk(document, _Replacer(names), facts_of(document["kind"]))
    return msgspec.json.encode(walked).decode()


_NAMES = frozenset({"kind", "name", "namespace", "parent"})
"""Fields that hold names in every kind, and within every qualified name."""


def _walk(value: Any, replacer: _Replacer, facts: Facts) -> Any:
    match value:
        case str():
            return replacer.replace(value)
        case list():
            return [_walk(item, replacer, facts) for item in value]
        case dict():
            return {key: _field(key, item, replacer, facts) for key, item in value.items()}
        case _:
            return value


def _field(key: str, value: Any, replacer: _Replacer, facts: Facts) -> Any:
    if key in facts.roles_in:
        return sorted(map(replacer.role, value)) if isinstance(value, list) else replacer.role(value)
    if key in facts.prose_in:
        return replacer.in_text(value)
    return value if key in _NAMES or key in facts.data_in else _walk(value, replacer, facts)
