"""One file of a migration tool: which of its lines are run to go up, and what it says about itself.

Sources: the public documentation of goose, dbmate, sql-migrate, Atlas and Liquibase (formatted SQL).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_DIRECTION_MARK = re.compile(
    r"^\s*--\s*(?:\+goose\s+(?P<goose>up|down)|\+migrate\s+(?P<sql_migrate>up|down)|migrate:(?P<dbmate>up|down))\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_CHECKPOINT = re.compile(r"(?:[ \t]*--[^\n]*\n)*?[ \t]*--[ \t]*atlas:checkpoint\b")
_LIQUIBASE = re.compile(r"\s*--\s*liquibase formatted sql\b", re.IGNORECASE)
_CHANGE_SET = re.compile(
    r"^[ \t]*--[ \t]*changeset[ \t]+(?P<id>\S+)(?P<attributes>[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
_ATTRIBUTE = re.compile(r"""(?P<name>\w+):(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))""")
_PROPERTY = re.compile(r"^[ \t]*--[ \t]*property[ \t]+(?P<attributes>[^\n]*)$", re.IGNORECASE | re.MULTILINE)


class SqlFile(msgspec.Struct, frozen=True):
    """One file of a source, or a part of one.

    Args:
        file: Its path relative to the root.
        text: Its SQL, the down parts blanked.
        line: The line of the file on which the text begins.
    """

    file: str
    text: str
    line: int = 1


class ChangeSet(msgspec.Struct, frozen=True):
    """A changeset of Liquibase: `author:id`, and its SQL."""

    name: str
    file: SqlFile


def direction_tool(text: str) -> str:
    """Return the tool whose marks tell up from down: `goose`, `sql-migrate`, `dbmate`; empty when none does."""
    found = _DIRECTION_MARK.search(text)
    return "" if found is None else (found.lastgroup or "").replace("_", "-")


def blank_down_sections(text: str) -> str:
    """Replace the sections that undo a migration by blanks; every line keeps its number."""
    marks = list(_DIRECTION_MARK.finditer(text))
    if not marks:
        return text
    out = [text[: marks[0].start()]]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        section = text[mark.start() : len(text) if following is None else following.start()]
        up = (mark[mark.lastgroup or "goose"] or "").lower() == "up"
        out.append(section if up else re.sub(r"[^\n]", " ", section))
    return "".join(out)


def is_checkpoint(text: str) -> bool:
    """Return whether an Atlas migration says all that those before it come to."""
    return _CHECKPOINT.match(text) is not None


def is_liquibase(text: str) -> bool:
    """Return whether a text is Liquibase's formatted SQL."""
    return _LIQUIBASE.match(text) is not None


def change_sets(file: SqlFile) -> Iterator[ChangeSet]:
    """Return the changesets of a file that Liquibase runs on PostgreSQL, in order."""
    text = _with_properties(file.text)
    marks = list(_CHANGE_SET.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        attributes = _attributes(mark["attributes"])
        databases = {name.strip().lower() for name in attributes.get("dbms", "postgresql").split(",")}
        if not databases & {"postgresql", "all"} or "!postgresql" in databases or attributes.get("ignore") == "true":
            continue
        section = text[mark.start() : len(text) if following is None else following.start()]
        delimiter = attributes.get("enddelimiter")
        if delimiter:
            section = re.sub(rf"{re.escape(delimiter)}[ \t]*$", ";", section, flags=re.MULTILINE)
        yield ChangeSet(mark["id"], SqlFile(file.file, section, file.line + text.count("\n", 0, mark.start())))


def _attributes(text: str) -> dict[str, str]:
    return {
        found["name"].lower(): found["quoted"] if found["quoted"] is not None else found["plain"]
        for found in _ATTRIBUTE.finditer(text)
    }


def _with_properties(text: str) -> str:
    for found in _PROPERTY.finditer(text):
        declared = _attributes(found["attributes"])
        if "name" in declared and "value" in declared:
            text = text.replace(f"${{{declared['name']}}}", declared["value"])
    return text
