"""SQL as a file holds it: the whole file, a heredoc, a quoted string, a block of YAML; and how it is edited there.

Every character of the SQL knows its place in the file, so that an edit replaces those characters and no others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from coordinator.iac.source import SourceError
from coordinator.iac.sql.newer_syntax import UnclosedQuoteError, statement_spans
from coordinator.iac.sql.statements import in_file, split_statements

_LITERAL_OR_LINE_END = re.compile(r"'(?:[^']|'')*'|(?P<tag>\$\w*\$).*?(?P=tag)|\n", re.DOTALL)


class CannotEditError(Exception):
    """A statement cannot be edited where it stands; the message says why."""


class Quotes(StrEnum):
    """How a file marks the ends of a text, which decides how characters are written in it."""

    LINES = "lines of the file"
    DOUBLE = "double quotes, with backslashes"
    SINGLE = "single quotes of YAML, doubled within"
    NONE = "a plain scalar of YAML"


class Templates(StrEnum):
    """What else has a meaning in a text, and is written twice or marked to mean itself."""

    NONE = "nothing"
    HCL = "${ and %{"
    SUB = "${, which !Sub replaces"


class ListItem(msgspec.Struct, frozen=True):
    """The place of a text that is one of several in a list.

    Args:
        start, end: Offsets of it in the file, quotes included.
        dash: It is an item of YAML with a dash; else commas part the items.
    """

    start: int
    end: int
    dash: bool = False


class Edit(msgspec.Struct, frozen=True, order=True):
    """Characters of a file that are replaced: from `start` to before `end`."""

    start: int
    end: int
    text: str


class HeldStatement(msgspec.Struct, frozen=True):
    """One statement of a held text: offsets in its SQL, the semicolon left out."""

    start: int
    end: int


class HeldText(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """SQL within a file.

    Args:
        content: The whole file.
        sql: The SQL; what a template puts in is replaced by a word of the same length.
        offsets: The place in the file of each character of `sql`, and behind the last one.
        quotes, templates: How it is written.
        dedents: Indentation that all its lines have is no part of the SQL.
        item: Its place in a list, if it stands in one.
    """

    content: str
    sql: str
    offsets: Sequence[int]
    quotes: Quotes = Quotes.LINES
    templates: Templates = Templates.NONE
    dedents: bool = False
    item: ListItem | None = None

    def line(self, at: int) -> int:
        """Return the line of the file, from 1, on which a character of the SQL stands."""
        return self.content.count("\n", 0, self.offsets[at]) + 1

    def statements(self) -> tuple[HeldStatement, ...]:
        """Return its statements; none where it cannot be split."""
        try:
            return tuple(
                HeldStatement(each.start, each.start + len(each.sql))
                for each in split_statements(self.sql, in_file(self.sql, ""))
            )
        except SourceError:
            pass
        try:
            spans = statement_spans(self.sql)
        except UnclosedQuoteError:
            return ()
        return tuple(HeldStatement(start, start + len(self.sql[start:end].rstrip())) for start, end in spans)

    def replace(self, at: HeldStatement, sql: str) -> list[Edit]:
        """Write another statement in the place of one.

        Raises:
            CannotEditError: When the text cannot hold it.
        """
        return [Edit(self.offsets[at.start], self.offsets[at.end], self.written(sql, self._indent(at)))]

    def add_after(self, at: HeldStatement, statements: Sequence[str]) -> list[Edit]:
        """Write statements behind one.

        Raises:
            CannotEditError: When the text cannot hold them.
        """
        if self.item is not None and len(self.statements()) == 1 and not self._closed(at):
            return [self._new_items(self.item, statements)]
        if (
            self.quotes is not Quotes.LINES
            or self.content.count("\n", self.offsets[0], self.offsets[-1]) == 0 < self._before()
        ):
            start = "" if self._closed(at) else ";"
            text = "".join(f" {self.written(sql, '')};" for sql in statements)
            end = self._end(at)
            return [
                Edit(self.offsets[end], self.offsets[end], start + (text if self._closed(at) else text.rstrip(";")))
            ]
        indent, line_end = self._indent(at), self._line_end()
        lines = "".join(f"{line_end}{indent}{self.written(sql, indent)};" for sql in statements)
        place = self._line_rest(at)
        closing = [] if self._closed(at) else [Edit(self.offsets[at.end], self.offsets[at.end], ";")]
        return [*closing, Edit(place, place, lines)]

    def remove(self, at: HeldStatement) -> list[Edit]:
        """Take a statement away, with its lines and one blank line next to them where it has lines of its own."""
        if self.item is not None and len(self.statements()) == 1:
            return [self._without_item(self.item)]
        start, end = self.offsets[at.start], self.offsets[self._end(at)]
        line = self.content.rfind("\n", 0, start) + 1
        rest = self._line_rest(at)
        if self.quotes is not Quotes.LINES or self.content[line:start].strip() or self._before() > line:
            follows = len(self.content[end:]) - len(self.content[end:].lstrip(" "))
            return [Edit(start, end + follows, "")]
        if self.content[rest : rest + 1] not in {"", "\n", "\r"}:
            return [Edit(start, rest, "")]
        until = self.content.find("\n", rest) + 1 or len(self.content)
        before = self.content[:line].rstrip(" \t")
        after = re.compile(r"[ \t]*\r?\n").match(self.content, until)
        if after is not None and (not before or before.endswith(("\n\n", "\n\r\n"))):
            until = after.end()
        return [Edit(line, until, "")]

    def _before(self) -> int:
        return self.offsets[0]

    def _closed(self, at: HeldStatement) -> bool:
        return self.sql[at.end :].lstrip().startswith(";")

    def _end(self, at: HeldStatement) -> int:
        """Return the offset in the SQL behind a statement and its semicolon."""
        return self.sql.index(";", at.end) + 1 if self._closed(at) else at.end

    def _line_rest(self, at: HeldStatement) -> int:
        """Return the offset in the file behind a statement, and behind a comment that follows it on its line."""
        end = self.offsets[self._end(at)]
        comment = re.compile(r"[ \t]*--[^\n\r]*").match(self.content, end, self.offsets[-1])
        return comment.end() if comment is not None else end

    def _indent(self, at: HeldStatement) -> str:
        line = self.content.rfind("\n", 0, self.offsets[at.start]) + 1
        found = re.compile(r"[ \t]*").match(self.content, line)
        return found.group() if found is not None else ""

    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.content[: self.content.find("\n") + 1] else "\n"

    def written(self, sql: str, indent: str) -> str:
        """Write SQL as this text has to hold it.

        Args:
            sql: A statement.
            indent: What its lines after the first begin with, where that is no part of the SQL.

        Raises:
            CannotEditError: When the text cannot hold it.
        """
        if self.templates is Templates.HCL:
            sql = sql.replace("${", "$${").replace("%{", "%%{")
        elif self.templates is Templates.SUB:
            sql = sql.replace("${", "${!")
        match self.quotes:
            case Quotes.DOUBLE:
                return json.dumps(sql, ensure_ascii=False)[1:-1]
            case Quotes.SINGLE:
                if "\n" in sql:
                    raise CannotEditError("a text in single quotes holds one line, and the statement has several")
                return re.sub("'", "''", sql)  # YAML's own escape
            case Quotes.NONE:
                if "\n" in sql or ": " in sql or " #" in sql:
                    raise CannotEditError("a plain text of YAML cannot hold the statement; put it in quotes or a block")
                return sql
            case Quotes.LINES:
                return _with_line_ends(sql, self._line_end()).replace("\n", f"\n{indent if self.dedents else ''}")

    def _new_items(self, item: ListItem, statements: Sequence[str]) -> Edit:
        line = self.content.rfind("\n", 0, item.start) + 1
        lead = self.content[line : item.start]
        quoting = msgspec.structs.replace(self, quotes=Quotes.DOUBLE)
        quoted = [f'"{quoting.written(sql, "")}"' for sql in statements]
        if item.dash:
            pad = lead[: len(lead) - len(lead.lstrip())]
            text = "".join(f"{self._line_end()}{pad}- {each}" for each in quoted)
            end = item.end - (len(self.content[: item.end]) - len(self.content[: item.end].rstrip("\r\n")))
            return Edit(end, end, text)
        own_line = not lead.strip()
        between = f",{self._line_end()}{lead}" if own_line else ", "
        return Edit(item.end, item.end, "".join(between + each for each in quoted))

    def _without_item(self, item: ListItem) -> Edit:
        line = self.content.rfind("\n", 0, item.start) + 1
        if item.dash:
            end = item.end if self.content[item.end - 1] == "\n" else self.content.find("\n", item.end) + 1
            return Edit(line, end or len(self.content), "")
        comma = re.compile(r"\s*,[ \t]*").match(self.content, item.end)
        end = comma.end() if comma is not None else item.end
        start = item.start
        if comma is None:  # the last one: the comma before it goes too
            before = re.compile(r",\s*\Z").search(self.content, line - 2 if line > 1 else 0, item.start)
            start = before.start() if before is not None else start
        elif not self.content[line : item.start].strip() and self.content[end : end + 1] in {"\n", "\r"}:
            return Edit(line, self.content.find("\n", end) + 1, "")
        return Edit(start, end, "")


def _with_line_ends(sql: str, line_end: str) -> str:
    """Write the line ends of a file, but not within literals: there they would be other characters."""
    if line_end == "\n":
        return sql
    return _LITERAL_OR_LINE_END.sub(lambda found: line_end if found.group() == "\n" else found.group(), sql)


def edited(content: str, edits: Sequence[Edit]) -> str:
    """Return a file after edits, which do not overlap; those at one place stand in the order given.

    Raises:
        CannotEditError: When two edits concern the same characters.
    """
    out: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < position:
            raise CannotEditError("two differences concern the same words of the file")
        out += [content[position : edit.start], edit.text]
        position = edit.end
    return "".join([*out, content[position:]])
