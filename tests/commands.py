"""Commands that a page of the documentation shows, and what the command line knows of them."""

from __future__ import annotations

import re
import shlex

import click

from coordinator.cli.main import cli

_AT_COMMAND_POSITION = re.compile(r"(?:^\s*|-- |\$\(|&& |; |\| )(fleetdrift [a-z][^|>#&;]*)")


def named(words: list[str]) -> tuple[click.Command, list[str]]:
    """Find the command that is meant, and what stands behind its name."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words
        command, words = found, words[1:]
    return command, words


def shown(page: str) -> list[str]:
    """Give every command of fleetdrift in a page's blocks of code and between its backticks."""
    page = page.replace("\\\n", " ")
    fenced = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in fenced for line in block.splitlines()]
    lines += [line for line in page.splitlines() if line.startswith("    ")]
    lines += re.findall(r"`(fleetdrift [a-z][^`]*)`", page)
    return [found[1].strip() for line in lines if (found := _AT_COMMAND_POSITION.search(line))]


def unknown_options(line: str) -> set[str]:
    """Give the options of a shown command that the command line does not know."""
    command, rest = named(shlex.split(line.replace("$(", " "))[1:])
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in rest if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
    return given - known - {"--help"}
