"""Pages of docs/ that are made from the code: `--update` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from coordinator.cli.main import cli
from coordinator.daemon.api.app import openapi_document

DOCS = Path(__file__).parents[3] / "docs"
WIDTH = 100

Golden = Callable[[Path, str], None]

_HEAD = """# The command line

This page is made from the commands themselves. Exit codes everywhere: 0 in sync, 2 drift found, 1 error, 3 incomplete (some
tenants could not be read), 64 wrong usage.

Bash, zsh and fish complete verbs and options: `eval "$(_FLEETDRIFT_COMPLETE=bash_source fleetdrift)"` in `~/.bashrc`
(`zsh_source` in `~/.zshrc`; `_FLEETDRIFT_COMPLETE=fish_source fleetdrift | source` in fish).

The verbs that ask what is remembered (`status`, `tenants`, `tenant`, `changes`, `groups`, `group`, `scans`, `report`) ask the store
that `fleetdrift.toml` names, or with `--server URL` (or `FLEETDRIFT_SERVER`) a running coordinator, which needs neither that file
nor the store's password; its token is taken from `FLEETDRIFT_TOKEN`.
"""


def test_the_page_of_the_command_line_is_that_of_the_commands(golden: Golden) -> None:
    context = click.Context(cli, info_name="fleetdrift", **cli.context_settings)
    golden(DOCS / "cli.md", "\n".join([_HEAD, *_pages(cli, context)]))


def test_the_document_of_the_api_is_that_of_the_routes(golden: Golden) -> None:
    golden(DOCS / "schemas" / "openapi.json", json.dumps(json.loads(openapi_document()), indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def _pages(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            member = command.get_command(context, name)
            assert member is not None
            inner = click.Context(member, info_name=name, parent=context, terminal_width=WIDTH, max_content_width=WIDTH)
            yield f"## {inner.command_path}\n"
            yield "```text"
            yield member.get_help(inner)
            yield "```\n"
            yield from _pages(member, inner)
