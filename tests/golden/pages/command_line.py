"""Prints docs/cli.md. A process of its own does it: click keeps the help of a command as it was first asked for."""

from __future__ import annotations

from collections.abc import Iterator

import click

from coordinator.cli.main import cli

WIDTH = 100
"""Columns that the help of a command has."""

HEAD = """# The command line

This page is made from the commands themselves. Exit codes everywhere: 0 in sync, 2 drift found, 1 error, 3 incomplete (some
tenants could not be read), 64 wrong usage.

Bash, zsh and fish complete verbs and options: `eval "$(_FLEETDRIFT_COMPLETE=bash_source fleetdrift)"` in `~/.bashrc`
(`zsh_source` in `~/.zshrc`; `_FLEETDRIFT_COMPLETE=fish_source fleetdrift | source` in fish).

The verbs that ask what is remembered (`status`, `history`, `tenants`, `tenant`, `changes`, `groups`, `group`, `scans`, `workers`,
`report`, `audit`) ask the store that `fleetdrift.toml` names, or with `--server URL` (or `FLEETDRIFT_SERVER`) a running coordinator, which needs neither that file
nor the store's password; its token is taken from `FLEETDRIFT_TOKEN`.
"""


def pages(command: click.Command, context: click.Context) -> Iterator[str]:
    """Give the help of each command below another one, as Markdown."""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            member = command.get_command(context, name)
            assert member is not None
            inner = click.Context(member, info_name=name, parent=context, terminal_width=WIDTH, max_content_width=WIDTH)
            yield f"## {inner.command_path}\n"
            yield "```text"
            yield member.get_help(inner)
            yield "```\n"
            yield from pages(member, inner)


if __name__ == "__main__":
    print("\n".join([HEAD, *pages(cli, click.Context(cli, info_name="fleetdrift", **cli.context_settings))]), end="")
