"""Expands the words of shell commands: quotes, variables and patterns; what is not known becomes a `HOLE`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.parsing import Node, joined
from coordinator.iac.source import SourceError

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "r": "\r"}
_PATTERN = re.compile(r"[*?\[]")


class Scope:
    """What a script knows while it is read: variables, functions, the folder it is in.

    Args:
        files: What may be read.
        folder: The folder that commands run in, relative to the root module's; None when it is not known.
        variables: By name; what is not in it is not known.
    """

    def __init__(self, files: Files, folder: str | None, variables: dict[str, LocatedText]) -> None:
        self.files = files
        self.folder = folder
        self.variables = variables

    def copy(self) -> Scope:
        """Return a scope that a subshell may change."""
        return Scope(self.files, self.folder, dict(self.variables))

    def path(self, name: str) -> str | None:
        """Return a path relative to the root module's folder; None when it is not known."""
        if HOLE in name or not name or name.startswith("~"):
            return None
        if name.startswith("/"):
            return name
        return None if self.folder is None else posixpath.normpath(posixpath.join(self.folder, name))


Substitute = Callable[[Node], LocatedText | None]
"""Gives the output of a command substitution; None when it is not known."""


class Words:
    """Expands words of one script.

    Args:
        script: Its text.
        scope: What is known.
        substitute: What `$(…)` gives.
    """

    def __init__(self, script: LocatedText, scope: Scope, substitute: Substitute) -> None:
        self.script = script
        self.scope = scope
        self.substitute = substitute

    def fields(self, node: Node) -> list[LocatedText]:
        """Return the words that one word of the text becomes: files in place of a pattern, several for `"$@"`."""
        text = self.script.text[node.start : node.end]
        if text in {'"$@"', "$@", "$*", '"$*"'}:
            return list(self._arguments())
        found = self.text(node)
        if node.kind in {"string", "raw_string", "ansi_c_string"} or not _PATTERN.search(found.text):
            return [found]
        if any(child.kind == "string" for child in node.children) and not _PATTERN.search(_unquoted(self, node)):
            return [found]
        return self._matching(found) or [found]

    def _arguments(self) -> Iterator[LocatedText]:
        number = 1
        while str(number) in self.scope.variables:
            yield self.scope.variables[str(number)]
            number += 1

    def _matching(self, pattern: LocatedText) -> list[LocatedText]:
        """Return the files that a pattern names, as it spells them."""
        folder, _, name = pattern.text.rpartition("/")
        where = self.scope.path(folder or ".")
        if where is None or _PATTERN.search(folder):
            return []
        try:
            names = self.scope.files.matching(where, name)
        except SourceError:
            return []
        prefix = f"{folder}/" if folder else ""
        return [LocatedText(prefix + found, pattern.spans[:1]) for found in names]

    def text(self, node: Node) -> LocatedText:  # noqa: PLR0911  # one return for each case
        """Return one word's text."""
        match node.kind:
            case "raw_string":
                return self.script.part(node.start + 1, node.end - 1)
            case "ansi_c_string":
                inner = self.script.part(node.start + 2, node.end - 1)
                return LocatedText(re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), inner.text), inner.spans[:1])
            case "string" | "translated_string":
                return self._between(node, node.start + 1, node.end - 1, _unescape_double)
            case "simple_expansion" | "expansion":
                return self._variable(node)
            case "command_substitution":
                found = self.substitute(node)
                return self._hole(node) if found is None else _without_last_lines(found)
            case "concatenation" | "command_name":
                return joined([self.text(child) for child in node.children])
            case "arithmetic_expansion" | "process_substitution" | "brace_expression":
                return self._hole(node)
            case _:
                return _unescape(self.script.part(node.start, node.end), r"\\(\n|.)", "")

    def here_document(self, body: Node, *, quoted: bool, tabs: bool) -> LocatedText:
        """Return the text of a here-document."""
        if quoted:
            found = self.script.part(body.start, body.end)
        else:
            found = self._between(body, body.start, body.end, _unescape_double)
        if not tabs:
            return found
        lines = re.split(r"(?<=\n)", found.text)
        parts, position = [], 0
        for line in lines:
            skipped = len(line) - len(line.lstrip("\t"))
            parts.append(found.part(position + skipped, position + len(line)))
            position += len(line)
        return joined(parts)

    def _between(self, node: Node, start: int, end: int, plain: Callable[[LocatedText], LocatedText]) -> LocatedText:
        """Return a text with the expansions in it replaced; the grammar gives no nodes for all of the rest."""
        parts: list[LocatedText] = []
        position = start
        for child in node.children:
            if child.kind in {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"}:
                text = self.script.text[child.start : child.end]
                begin = child.start + len(text) - len(text.lstrip())
                parts.append(plain(self.script.part(position, begin)))
                parts.append(self.text(child))
                position = child.end
        parts.append(plain(self.script.part(position, end)))
        return joined(parts)

    def _variable(self, node: Node) -> LocatedText:
        text = self.script.text[node.start : node.end].strip()
        plain = re.fullmatch(r"\$(\w+|[@*#?])|\$\{(\w+)\}", text)
        if plain is not None:
            return self.scope.variables.get(plain[1] or plain[2]) or self._hole(node)
        default = re.fullmatch(r"\$\{(\w+)(:?[-=?+])(.*)\}", text, re.DOTALL)
        if default is None:
            return self._hole(node)
        known = self.scope.variables.get(default[1])
        if known is not None and (known.text or default[2][0] != ":"):
            return known
        if default[2].endswith(("-", "=")) and not re.search(r"[$`]", default[3]):
            start = node.end - 1 - len(default[3])
            return _unescape(self.script.part(start, node.end - 1), r"[\"']", "")
        return self._hole(node)

    def _hole(self, node: Node) -> LocatedText:
        return LocatedText(HOLE, self.script.part(node.start, node.end).spans[:1])


def _unquoted(words: Words, node: Node) -> str:
    return "".join(
        words.script.text[child.start : child.end]
        for child in node.children
        if child.kind not in {"string", "raw_string"}
    )


def _unescape(text: LocatedText, pattern: str, _by: str) -> LocatedText:
    """Take backslashes (or quotes) away; the places of what is behind them stay."""
    parts: list[LocatedText] = []
    position = 0
    for found in re.finditer(pattern, text.text):
        parts.append(text.part(position, found.start()))
        if found.re.groups and found[1] != "\n":
            parts.append(text.part(found.start(1), found.end(1)))
        position = found.end()
    if not parts:
        return text
    return joined([*parts, text.part(position, len(text.text))])


def _unescape_double(text: LocatedText) -> LocatedText:
    return _unescape(text, r"\\([\"$`\\\n])", "")


def _without_last_lines(text: LocatedText) -> LocatedText:
    return text.part(0, len(text.text.rstrip("\n")))


def plain(text: str) -> LocatedText:
    """Return a text that stands nowhere."""
    return LocatedText(text)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A simple command, its words expanded.

    Args:
        words: The name and the arguments.
        stdin: What it reads; None when it is not known, empty text when it reads nothing.
        offset: Where it stands.
        environment: Variables that are set for it alone.
        remote: It runs on another machine or in a container: files of the source are not there.
        mounts: Folders of a container that are folders of the source: (inside, outside).
    """

    words: tuple[LocatedText, ...]
    stdin: LocatedText | None
    offset: int
    environment: tuple[tuple[str, str], ...] = ()
    remote: bool = False
    mounts: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return posixpath.basename(self.words[0].text) if self.words else ""

    @property
    def arguments(self) -> tuple[LocatedText, ...]:
        """The words behind the name."""
        return self.words[1:]

    def on(self, words: tuple[LocatedText, ...]) -> Command:
        """Return the command that a wrapper, such as `sudo`, runs."""
        return msgspec.structs.replace(self, words=words)
