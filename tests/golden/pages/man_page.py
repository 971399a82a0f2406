"""Prints docs/man/fleetdrift.1, the manual page. A process of its own does it: see command_line.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from coordinator.cli.main import cli

HEAD = """.\\" Made from the commands themselves: pytest tests/golden/pages --update
.TH FLEETDRIFT 1 "" fleetdrift "User Commands"
.SH NAME
fleetdrift \\- schema drift across a fleet of PostgreSQL tenants
.SH SYNOPSIS
.B fleetdrift
.RI [ OPTIONS ]\\  COMMAND \\ [ ARGUMENTS ]...
.SH DESCRIPTION"""

TAIL = """.SH EXIT STATUS
.TP
.B 0
In sync.
.TP
.B 1
An error, in one sentence on standard error.
.TP
.B 2
Drift found.
.TP
.B 3
Incomplete: some tenants could not be judged.
.TP
.B 64
Wrong usage.
.TP
.B 130
Interrupted.
.SH ENVIRONMENT
.TP
.B FLEETDRIFT_SERVER, FLEETDRIFT_TOKEN
A running coordinator that is asked instead of the store, and the token for it.
.TP
.B FLEETDRIFT_FLEET
Which fleet, where there are several.
.TP
.BI FLEETDRIFT_ SECTION _ KEY
A key of the configuration.
.SH FILES
.TP
.I fleetdrift.toml
The configuration; deploy/fleetdrift.example.toml has every key.
.SH SEE ALSO
The documentation in docs/, which begins with docs/tour.md."""


def escaped(text: str) -> str:
    """Write text so that roff prints it as it is."""
    quoted = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", quoted, flags=re.MULTILINE)


def paragraphs(text: str) -> Iterator[str]:
    """Give each paragraph of a help text, as roff."""
    for part in re.split(r"\n\s*\n", text.strip()):
        yield escaped(" ".join(part.split()))


def described(command: click.Command, context: click.Context) -> Iterator[str]:
    """Give the text and the options of one command."""
    yield "\n.PP\n".join(paragraphs(command.help or ""))
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1] and record[0] != "-h, --help":
            yield ".TP"
            yield f".B {escaped(record[0])}"
            yield escaped(" ".join(record[1].split()))


def commands(command: click.Command, context: click.Context) -> Iterator[str]:
    """Give each command below another one."""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            member = command.get_command(context, name)
            assert member is not None
            inner = click.Context(member, info_name=name, parent=context)
            words = " ".join(piece for piece in member.collect_usage_pieces(inner))
            yield f".SS {escaped(inner.command_path)} {escaped(words)}"
            yield from described(member, inner)
            yield from commands(member, inner)


if __name__ == "__main__":
    top = click.Context(cli, info_name="fleetdrift", **cli.context_settings)
    print("\n".join([HEAD, *described(cli, top), ".SH COMMANDS", *commands(cli, top), TAIL]))
