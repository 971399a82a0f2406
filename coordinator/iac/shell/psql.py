"""What psql is given: `-c`, `-f`, its standard input, and where it connects to."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.effects import Effect, ShellGap, ShellSql
from coordinator.iac.shell.options import Options, take_apart
from coordinator.iac.shell.psql_text import PsqlText, read_psql_text
from coordinator.iac.shell.script_files import local_path, read_script_text
from coordinator.iac.shell.words import Command, Scope
from coordinator.iac.source import SourceError
from coordinator.iac.sql.connections import Destination, destination_of, is_connection_string, known
from shared.schema.schema import MayDeclare

_SHORT = "cfdhpUvoLFRTP"
_LONG = frozenset(
    {"command", "file", "dbname", "host", "port", "username", "variable", "set", "output", "log-file"}
    | {"field-separator", "record-separator", "table-attr", "pset"}
)
_ONLY_ASKS = frozenset({"l", "list", "V", "version", "help"})


def run_psql(command: Command, scope: Scope) -> Iterator[Effect]:
    """Return what one psql would run, in order."""
    options = take_apart(command.arguments, short=_SHORT, long=_LONG)
    if any(name in _ONLY_ASKS for name, _ in options.given):
        return
    target = psql_destination(options, dict(command.environment), scope)
    variables = dict(value.text.partition("=")[::2] for value in options.values("v", "set", "variable"))
    asked = [(name, value) for name, value in options.given if name in {"c", "command", "f", "file"}]
    for name, value in asked:
        if name in {"c", "command"}:
            yield from _command_text(value, target, command)
        elif value.text != "-":
            yield from _file(value, target, variables, command, scope)
        else:
            yield from _input(command, target, variables, scope)
    if not asked:
        yield from _input(command, target, variables, scope)


def psql_destination(options: Options, environment: dict[str, str], scope: Scope) -> Destination:
    """Return where psql connects to: options, then the words, then the environment."""

    def text(found: LocatedText | None, variable: str) -> str:
        if found is not None:
            return found.text
        kept = scope.variables.get(variable)
        return environment.get(variable) or (kept.text if kept is not None else "")

    named = options.value("d", "dbname") or (options.others[0] if options.others else None)
    database = text(named, "PGDATABASE")
    host = known(text(options.value("h", "host"), "PGHOST"))
    if is_connection_string(database):
        said = destination_of(database)
        return Destination(said.host or host, said.database)
    return Destination(host, known(database))


def _command_text(text: LocatedText, target: Destination, command: Command) -> Iterator[Effect]:
    if text.text.lstrip().startswith("\\"):  # one command of psql's own
        yield from read_effects(PsqlText(text), target, {}, command, None)
    elif text.text == HOLE:
        yield ShellGap(reason="what psql -c is given is known only after apply", offset=command.offset)
    else:
        yield ShellSql(text=text, destination=target)


def _file(
    name: LocatedText, target: Destination, variables: dict[str, str], command: Command, scope: Scope
) -> Iterator[Effect]:
    path = local_path(name.text, command, scope)
    may = MayDeclare(files=(name.text,) if HOLE not in name.text else ())
    if path is None:
        reason = (
            "which file psql -f is given is not known"
            if HOLE in name.text
            else f"psql -f {name.text}: the file is on another machine"
        )
        yield ShellGap(reason=reason, offset=command.offset, may=may)
        return
    try:
        text = read_script_text(scope, path)
    except SourceError as error:
        yield ShellGap(reason=f"psql -f {name.text}: {error.message}", offset=command.offset, may=may)
        return
    yield from read_effects(PsqlText(text, path), target, variables, command, scope)


def _input(command: Command, target: Destination, variables: dict[str, str], scope: Scope) -> Iterator[Effect]:
    if command.stdin is None:
        yield ShellGap(reason="psql reads what another program writes", offset=command.offset)
    elif not command.stdin.text:
        reason = "psql is run, but with no -c, -f or here-document, so what it runs is not known"
        yield ShellGap(reason=reason, offset=command.offset)
    else:
        yield from read_effects(PsqlText(command.stdin), target, variables, command, scope)


def read_effects(
    given: PsqlText, target: Destination, variables: dict[str, str], command: Command, scope: Scope | None
) -> Iterator[Effect]:
    """Return the SQL of a text that psql reads, its own commands followed."""
    for part in read_psql_text(given, variables, scope):
        if isinstance(part, ShellGap):
            yield ShellGap(reason=part.reason, offset=command.offset, may=part.may)
        else:
            yield ShellSql(text=part.text, destination=part.destination.otherwise(target))
