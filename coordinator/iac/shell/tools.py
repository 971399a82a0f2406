"""Commands that are no psql: migration tools, statements through AWS, programs whose effect is not known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.effects import Effect, ShellFolder, ShellGap, ShellSql
from coordinator.iac.shell.known_commands import FolderTool, known_commands
from coordinator.iac.shell.options import Options, take_apart
from coordinator.iac.shell.script_files import local_path, read_script_text
from coordinator.iac.shell.words import Command, Scope
from coordinator.iac.source import SourceError
from coordinator.iac.sql.connections import Destination, destination_of, known
from shared.schema.schema import MayDeclare

_SPEAKS_OF_DATABASES = re.compile(
    r"sql|postgres|psycopg|pgx|migrat|schema|database|\bpg|\bdb\b|[_-]db\b|\bdb[_-]|\brds\b|flyway|liquibase|alembic",
    re.IGNORECASE,
)
_INTERPRETERS = frozenset({"python", "python3", "node", "ruby", "perl", "php", "java", "deno", "bun", "go", "dotnet"})
_HOLDS_SQL = re.compile(
    r"\b(?:create|alter)\s+(?:or\s+replace\s+)?(?:\w+\s+){0,3}(?:table|view|index|function|schema|type)\b|psycopg|asyncpg"
    r"|pg8000|sqlalchemy|\bpsql\b|jdbc:postgres|require\(['\"]pg['\"]\)|from ['\"]pg['\"]|postgres(?:ql)?://|\.sql\b",
    re.IGNORECASE,
)


def speaks_of_databases(text: str) -> bool:
    """Say whether a text mentions databases at all."""
    return _SPEAKS_OF_DATABASES.search(text) is not None


def run_tool(command: Command, scope: Scope) -> Iterator[Effect]:
    """Return what a command that is neither psql nor a wrapper does to a database."""
    table = known_commands()
    name = command.name
    if name in table.folders:
        yield from _folder(name, table.folders[name], command, scope)
    elif name in table.unread:
        if not table.harmless_verbs.get(name, frozenset()).intersection(word.text for word in command.arguments):
            yield ShellGap(reason=table.unread[name], offset=command.offset)
    elif name == "aws":
        yield from _aws(command, scope)
    elif name in {"gcloud", "az", "cockroach"}:
        yield from _cloud(command)
    elif name in _INTERPRETERS or name.endswith((".py", ".js", ".rb", ".ts", ".pl", ".jar")):
        yield from _program(command, scope)
    elif name not in table.harmless.names and _is_suspect(command):
        yield ShellGap(reason=f"what {name} does is not known", offset=command.offset)


def _is_suspect(command: Command) -> bool:
    return any(speaks_of_databases(word.text) for word in command.words)


def _folder(name: str, tool: FolderTool, command: Command, scope: Scope) -> Iterator[Effect]:
    words = {word.text for word in command.words}
    if not words.intersection(tool.verbs):
        return
    options = take_apart(command.arguments, short="pdDu", long=frozenset((*tool.folder, *tool.url)))
    said = options.value(*tool.folder)
    folder = re.sub(r"^(?:filesystem:|file://)", "", said.text if said is not None else tool.default).partition("?")[0]
    path = local_path(folder, command, scope)
    may = MayDeclare(files=(folder,) if folder and HOLE not in folder else ())
    if path is None or re.match(r"\w+:", folder):
        yield ShellGap(reason=f"which migrations {name} applies is not known", offset=command.offset, may=may)
        return
    try:
        real = scope.files.locate(path)
        if real.is_file() and name == "atlas":
            yield ShellSql(text=read_script_text(scope, path), destination=_url(options, tool))
            return
        fits = real.is_dir() and any(re.match(tool.files, entry.name) for entry in real.iterdir())
    except (SourceError, OSError) as error:
        yield ShellGap(reason=f"{name}: {getattr(error, 'message', '') or error}", offset=command.offset, may=may)
        return
    if not fits:
        reason = f"{name} finds no migration in {folder}" if real.is_dir() else f"{name}: there is no folder {folder}"
        yield ShellGap(reason=reason, offset=command.offset, may=may)
        return
    yield ShellFolder(tool=name, folder=path, offset=command.offset, destination=_url(options, tool))


def _url(options: Options, tool: FolderTool) -> Destination:
    found = options.value(*tool.url) or next((word for word in options.others if "://" in word.text), None)
    return destination_of(found.text) if found is not None else Destination()


def _aws(command: Command, scope: Scope) -> Iterator[Effect]:
    words = [word.text for word in command.arguments]
    if "rds-data" not in words:
        if "lambda" in words and "invoke" in words and _is_suspect(command):
            yield ShellGap(reason="what the function does to a database is not known", offset=command.offset)
        return
    options = take_apart(
        command.arguments,
        short="",
        long=frozenset({"sql", "database", "resource-arn", "secret-arn", "region", "profile", "schema", "parameters"})
        | {"cli-input-json", "parameter-sets", "sqls", "output", "query", "transaction-id"},
    )
    target = Destination(database=known(text.text) if (text := options.value("database")) is not None else "")
    given = options.value("sql", "sqls")
    if given is None and (whole := options.value("cli-input-json")) is not None:
        given = _of_json(whole)
    if given is None:
        if {"execute-statement", "batch-execute-statement", "execute-sql"} & set(words):
            yield ShellGap(reason="which statement is executed is not known", offset=command.offset)
        return
    if given.text.startswith("file://"):
        path = local_path(given.text.removeprefix("file://"), command, scope)
        try:
            given = read_script_text(scope, path) if path is not None else LocatedText(HOLE)
        except SourceError as error:
            yield ShellGap(reason=f"--sql {given.text}: {error.message}", offset=command.offset)
            return
    if given.text.strip(HOLE):
        yield ShellSql(text=given, destination=target)
    else:
        yield ShellGap(reason="which statement is executed is not known", offset=command.offset)


def _of_json(text: LocatedText) -> LocatedText | None:
    try:
        found = json.loads(text.text)
    except ValueError:
        return None
    sql = found.get("sql") if isinstance(found, dict) else None
    return LocatedText(sql, text.spans[:1]) if isinstance(sql, str) else None


def _cloud(command: Command) -> Iterator[Effect]:
    words = [word.text for word in command.arguments]
    if command.name == "az" and "execute" in words:
        options = take_apart(
            command.arguments, short="nugpd", long=frozenset({"querytext", "file-path", "database-name", "name"})
        )
        text = options.value("querytext", "q")
        if text is not None and text.text.strip(HOLE):
            database = options.value("database-name", "d")
            yield ShellSql(text=text, destination=Destination(database=known(database.text) if database else ""))
            return
    if {"import", "execute", "execute-sql", "sql"} & set(words) and {"import", "execute", "connect"} & set(words):
        yield ShellGap(reason=f"what {command.name} runs in the database is not known", offset=command.offset)


def _program(command: Command, scope: Scope) -> Iterator[Effect]:
    """Report a program in another language when it, or its words, speak of databases, or it is not here."""
    unread = known_commands().unread
    named = next((unread[name] for word in command.words if (name := word.text.rpartition("/")[2]) in unread), None)
    if named is not None:
        yield ShellGap(reason=named, offset=command.offset)
        return
    scripts = [word.text for word in command.words if re.search(r"\.(?:py|js|mjs|ts|rb|pl|php|jar|sql)\Z", word.text)]
    for script in scripts[:1]:
        path = local_path(script, command, scope)
        try:
            text = read_script_text(scope, path).text if path is not None else ""
        except SourceError:
            path = None
        if path is None or _HOLDS_SQL.search(text):
            told = (
                f"{script} is a program that may speak to a database" if path else f"the program {script} is not here"
            )
            yield ShellGap(reason=told, offset=command.offset, may=MayDeclare(files=(script,)))
        return
    if any(_HOLDS_SQL.search(word.text) for word in command.arguments) or _is_suspect(command):
        yield ShellGap(reason=f"what {command.name} does is not known", offset=command.offset)
