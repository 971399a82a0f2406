"""Walks through a script as a shell would, and collects what it would do to databases. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.conditions import holds
from coordinator.iac.shell.effects import Effect, ShellFolder, ShellGap, ShellSql
from coordinator.iac.shell.output import output_of
from coordinator.iac.shell.parsing import Node, joined, parse, with_plain_endings
from coordinator.iac.shell.psql import run_psql
from coordinator.iac.shell.script_files import local_path, read_script_text
from coordinator.iac.shell.tools import run_tool, speaks_of_databases
from coordinator.iac.shell.words import Command, Scope, Words
from coordinator.iac.shell.wrappers import script_file, shell_text, unwrapped
from coordinator.iac.source import SourceError
from shared.schema.schema import MayDeclare

MAX_DEPTH = 20
"""Scripts within scripts, and functions within functions."""

MAX_COMMANDS = 20_000
"""Commands that one script may come to, loops unrolled."""

_NOTHING = LocatedText("")
_MAYBE = "whether this runs is decided when it runs"


def read_script(
    script: LocatedText, files: Files, folder: str | None = ".", environment: dict[str, LocatedText] | None = None
) -> list[Effect]:
    """Return what a script would do to databases, in order.

    Args:
        script: Its text, a `HOLE` in it for what is not known.
        files: What may be read.
        folder: The folder that it runs in, relative to the root module's; None when that is not known.
        environment: Variables that are set for it.
    """
    reader = _Reader()
    reader.script(script, Scope(files, folder, dict(environment or {})), _NOTHING, depth=0)
    return reader.effects


def read_words(words: tuple[LocatedText, ...], files: Files, folder: str | None = ".") -> list[Effect]:
    """Return what a command given as a list of words would do to databases.

    Args:
        words: The program and its arguments.
        files: What may be read.
        folder: As for `read_script`.
    """
    reader = _Reader()
    walk = _Walk(reader, _NOTHING, Scope(files, folder, {}), Command(words=(), stdin=_NOTHING, offset=0), 0)
    walk.simple(Command(words=words, stdin=_NOTHING, offset=0))
    return reader.effects


class _Reader:
    """What all scripts that one command comes to share."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.doubt = ""
        self.commands = 0

    def add(self, effects: Iterator[Effect] | list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, (ShellSql, ShellFolder)) and self.doubt:
                effect = msgspec.structs.replace(effect, doubt=self.doubt)  # noqa: PLW2901  # the same, doubted
            self.effects.append(effect)

    def gap(self, reason: str, offset: int, may: MayDeclare | None = None) -> None:
        self.effects.append(ShellGap(reason=reason, offset=offset, may=may or MayDeclare()))

    def script(
        self, script: LocatedText, scope: Scope, stdin: LocatedText | None, depth: int, around: Command | None = None
    ) -> None:
        script = with_plain_endings(script)
        root, complete = parse(script.text)
        if not complete and speaks_of_databases(script.text):
            self.gap("the command cannot be taken apart: a quote, a here-document or a bracket is not closed", 0)
            return
        base = around or Command(words=(), stdin=stdin, offset=0)
        _Walk(self, script, scope, base, depth).statements(root, stdin)


class _Walk:
    """One script's walk. `around` is what holds for all its commands: where they run, and with which variables."""

    def __init__(self, reader: _Reader, script: LocatedText, scope: Scope, around: Command, depth: int) -> None:
        self.reader = reader
        self.scope = scope
        self.around = around
        self.depth = depth
        self.functions: dict[str, Node] = {}
        self.words = Words(script, scope, self._substituted)

    def statements(self, node: Node, stdin: LocatedText | None) -> None:
        for child in node.children:
            self.visit(child, stdin)

    def visit(self, node: Node, stdin: LocatedText | None) -> LocatedText | None:
        """Walk through one statement; return what it writes, None when that is not known."""
        match node.kind:
            case "command":
                return self._command(node, stdin)
            case "redirected_statement":
                return self._redirected(node, stdin)
            case "pipeline":
                return self._pipeline(node, stdin)
            case "list":
                return self._list(node, stdin)
            case "for_statement" | "if_statement" | "while_statement" | "case_statement":
                self._control(node, stdin)
            case "function_definition":
                self._define(node)
            case "variable_assignment" | "variable_assignments" | "declaration_command":
                self._assign(node)
            case "subshell":
                outer = self.scope
                self._in(outer.copy(), node, stdin)
            case "compound_statement" | "do_group" | "negated_command" | "else_clause" | "case_item":
                self.statements(node, stdin)
            case _:
                pass
        return None

    def _control(self, node: Node, stdin: LocatedText | None) -> None:
        match node.kind:
            case "for_statement":
                self._for(node, stdin)
            case "if_statement":
                self._if(node, stdin)
            case "while_statement":
                self._while(node)
            case _:
                self._doubtful(node, stdin)

    def _in(self, scope: Scope, node: Node, stdin: LocatedText | None) -> None:
        outer, self.scope = self.scope, scope
        self.words.scope = scope
        self.statements(node, stdin)
        self.scope = self.words.scope = outer

    def _pipeline(self, node: Node, stdin: LocatedText | None) -> LocatedText | None:
        given = stdin
        for child in node.children:
            if child.kind not in {"|", "|&"}:
                given = self.visit(child, given)
        return given

    def _list(self, node: Node, stdin: LocatedText | None) -> LocatedText | None:
        first, operator, second = node.children[0], node.children[1], node.children[-1]
        known = holds(first, self.words)
        written = self.visit(first, stdin)
        run = {"&&": known, "||": None if known is None else not known}.get(operator.kind)
        if run is False:
            return written
        certain = run or (operator.kind == "&&" and not _is_question(first, self.words))
        if certain:
            return self.visit(second, stdin)
        self._doubtful(second, stdin, itself=True)
        return None

    def _doubtful(self, node: Node, stdin: LocatedText | None, *, itself: bool = False) -> None:
        before, self.reader.doubt = self.reader.doubt, _MAYBE
        if itself:
            self.visit(node, stdin)
        else:
            self.statements(node, stdin)
        self.reader.doubt = before

    def _if(self, node: Node, stdin: LocatedText | None) -> None:
        condition = next(node.all_named("condition"))
        known = holds(condition, self.words)
        for each in node.all_named("condition"):
            self.visit(each, stdin)
        taken: bool | None = known
        for child in node.children:
            if child.field == "condition" or not child.children:
                continue
            is_else = child.kind in {"else_clause", "elif_clause"}
            if taken is None or child.kind == "elif_clause":
                self._doubtful(child, stdin, itself=not is_else)
            elif taken is not is_else:
                self.visit(child, stdin)

    def _while(self, node: Node) -> None:
        for each in node.all_named("condition"):
            self.visit(each, _NOTHING)
        body = node.named("body")
        if body is not None:
            self._doubtful(body, None)

    def _for(self, node: Node, stdin: LocatedText | None) -> None:
        variable, body = node.named("variable"), node.named("body")
        if variable is None or body is None:
            return
        name = self.words.script.text[variable.start : variable.end]
        values = [word for each in node.all_named("value") if each.kind != ";" for word in self._loop_words(each)]
        for value in values:
            self.scope.variables[name] = value
            if HOLE in value.text or _is_pattern(value.text):
                self.scope.variables[name] = LocatedText(HOLE, value.spans)
                self._doubtful(body, stdin)
            else:
                self.statements(body, stdin)

    def _loop_words(self, node: Node) -> list[LocatedText]:
        words = self.words.fields(node)
        if node.kind in {"simple_expansion", "expansion", "command_substitution"}:
            return [LocatedText(part, word.spans[:1]) for word in words for part in word.text.split()]
        return words

    def _define(self, node: Node) -> None:
        name, body = node.named("name"), node.named("body")
        if name is not None and body is not None:
            self.functions[self.words.script.text[name.start : name.end]] = body

    def _assign(self, node: Node) -> None:
        assignments = [node] if node.kind == "variable_assignment" else node.children
        for each in assignments:
            if each.kind == "variable_assignment":
                name, value = each.named("name"), each.named("value")
                if name is not None:
                    text = self.words.text(value) if value is not None else _NOTHING
                    self.scope.variables[self.words.script.text[name.start : name.end]] = text

    def _redirected(self, node: Node, stdin: LocatedText | None) -> LocatedText | None:
        body = node.named("body")
        later: list[Node] = []
        for each in node.all_named("redirect"):
            given = self._redirection(each)
            stdin = given[0] if given else stdin
            later += [child for child in each.children if child.kind in {"pipeline", "list", "command"}]
        written = self.visit(body, stdin) if body is not None else _NOTHING
        for child in later:
            written = self.visit(child, written if child.kind == "pipeline" else _NOTHING)
        return written

    def _redirection(self, node: Node) -> tuple[LocatedText | None] | None:
        """Return what a redirection gives to read; None for one that is about writing."""
        if node.kind == "herestring_redirect":
            return (joined([self.words.text(node.children[-1]), LocatedText("\n")]),)
        if node.kind == "heredoc_redirect":
            body = next((child for child in node.children if child.kind == "heredoc_body"), None)
            start = next((child for child in node.children if child.kind == "heredoc_start"), None)
            if body is None or start is None:
                return (_NOTHING,)
            quoted = self.words.script.text[start.start] in "'\"\\"
            return (self.words.here_document(body, quoted=quoted, tabs=node.children[0].kind == "<<-"),)
        if node.kind == "file_redirect" and any(child.kind in {"<", "<>"} for child in node.children):
            destination = node.named("destination")
            return (self._file(self.words.text(destination), node.start),) if destination is not None else None
        return None

    def _file(self, name: LocatedText, offset: int) -> LocatedText | None:
        path = self.scope.path(name.text)
        if path is None:
            return None
        try:
            return read_script_text(self.scope, path)
        except SourceError as error:
            if name.text != "/dev/null":
                self.reader.gap(f"{name.text}: {error.message}", offset, MayDeclare(files=(name.text,)))
            return _NOTHING

    def _substituted(self, node: Node) -> LocatedText | None:
        written: LocatedText | None = _NOTHING
        for child in node.children:
            if child.kind not in {"$(", "`", ")"}:
                written = self.visit(child, _NOTHING)
        return written

    def _command(self, node: Node, stdin: LocatedText | None) -> LocatedText | None:
        environment = dict(self.around.environment)
        words: list[LocatedText] = []
        for child in node.children:
            if child.kind == "variable_assignment":
                name, value = child.named("name"), child.named("value")
                if name is not None and value is not None:
                    environment[self.words.script.text[name.start : name.end]] = self.words.text(value).text
            elif child.field in {"name", "argument"}:
                words += self.words.fields(child)
            elif child.field == "redirect":
                given = self._redirection(child)
                stdin = given[0] if given else stdin
        made = msgspec.structs.replace(
            self.around, words=tuple(words), stdin=stdin, offset=node.start, environment=tuple(environment.items())
        )
        return self.simple(made)

    def simple(self, command: Command) -> LocatedText | None:
        """Do what one command would do; return what it writes."""
        self.reader.commands += 1
        if self.reader.commands > MAX_COMMANDS or self.depth > MAX_DEPTH:
            self.reader.gap("the script comes to too many commands", command.offset)
            return None
        if not command.words:
            return _NOTHING
        inner = unwrapped(command)
        if inner is not None:
            return self.simple(inner) if inner.words != command.words else None
        text, script = shell_text(command), script_file(command)
        if text is not None:
            self._nested(text, command)
        elif script is not None and command.name not in self.functions:
            self._script_file(script[0], script[1], command)
        elif command.name in self.functions:
            self._call(command)
        elif command.name in {"cd", "pushd"}:
            self._change_folder(command)
        elif command.name == "psql":
            self.reader.add(run_psql(command, self.scope))
        elif command.name == "xargs":
            self._unknown_words(command)
        elif command.name in {"bash", "sh"} and command.stdin is not None:
            self._nested(command.stdin, command)
        else:
            written = output_of(command, self.scope)
            self.reader.add(run_tool(command, self.scope))
            return written
        return None

    def _unknown_words(self, command: Command) -> None:
        if any(speaks_of_databases(word.text) for word in command.words):
            self.reader.gap("the arguments of the command come from another one", command.offset)

    def _nested(self, text: LocatedText, command: Command) -> None:
        if text.text == HOLE:
            self.reader.gap("the command is known only after apply", command.offset)
            return
        around = msgspec.structs.replace(command, words=())
        self.reader.script(text, self.scope.copy(), command.stdin, self.depth + 1, around)

    def _call(self, command: Command) -> None:
        scope = self.scope.copy()
        scope.variables |= {str(i): word for i, word in enumerate(command.arguments, start=1)}
        self.depth += 1
        self._in(scope, self.functions[command.name], command.stdin)
        self.depth -= 1

    def _script_file(self, name: str, arguments: tuple[LocatedText, ...], command: Command) -> None:
        path = local_path(name, command, self.scope)
        may = MayDeclare(files=(name,) if HOLE not in name else ())
        if path is None:
            self.reader.gap(f"which script {command.name} runs is not known", command.offset, may)
            return
        try:
            text = read_script_text(self.scope, path)
        except SourceError as error:
            self.reader.gap(f"the script {name}: {error.message}", command.offset, may)
            return
        first = text.text.partition("\n")[0]
        if first.startswith("#!") and not re.search(r"\b(?:ba|z|da|k|a)?sh\b", first):
            self.reader.add(run_tool(command.on((LocatedText("python"), LocatedText(name))), self.scope))
            return
        scope = self.scope if command.name in {"source", "."} else self.scope.copy()
        scope.variables |= {str(i): word for i, word in enumerate(arguments, start=1)} | {"0": LocatedText(path)}
        around = msgspec.structs.replace(command, words=())
        self.reader.script(text, scope, command.stdin, self.depth + 1, around)

    def _change_folder(self, command: Command) -> None:
        names = [word.text for word in command.arguments if not word.text.startswith("-")]
        self.scope.folder = self.scope.path(names[0]) if names else None


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _is_question(node: Node, words: Words) -> bool:
    """Say whether a statement asks something, so that what follows `&&` depends on the answer."""
    if node.kind in {"test_command", "negated_command"}:
        return True
    if node.kind == "pipeline":
        return _is_question(node.children[-1], words)
    if node.kind == "redirected_statement":
        body = node.named("body")
        return body is not None and _is_question(body, words)
    text = words.script.text[node.start : node.end]
    return node.kind == "command" and re.match(r"(?:test|grep|egrep|diff|cmp)\b", text) is not None
