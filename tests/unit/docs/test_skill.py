"""What skills/fleetdrift/SKILL.md tells coding agents is there: each command, option, exit code, document and key."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from coordinator.cli import exit_codes
from coordinator.cli.verbs import VERBS
from tests.commands import named

ROOT = Path(__file__).parents[3]
SKILL = (ROOT / "skills/fleetdrift/SKILL.md").read_text()
COMMANDS = sorted(set(re.findall(r"`(fleetdrift [a-z][^`]*)`", SKILL)))
DOCUMENTS = re.findall(r"^\| `(fleetdrift [^`]+)` \| `(\w+)` \| (.+) \|$", SKILL, re.MULTILINE)


def test_the_skill_has_a_name_and_says_when_to_use_it():
    head = re.fullmatch(r"---\nname: (\S+)\ndescription: (.+)\n---\n.*", SKILL, re.DOTALL)
    assert head is not None
    assert head[1] == "fleetdrift"
    assert len(head[2]) <= 1024


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_there_with_its_options(line):
    command, rest = named(shlex.split(line)[1:])
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= options | {"--help"}


def test_every_command_of_an_option_alone_is_one_of_check():
    alone = set(re.findall(r"`(--[a-z-]+)(?: [^`]+)?`", SKILL))
    known = {
        name
        for verb in ("check", "changes", "apply")
        for parameter in named([verb])[0].params
        for name in parameter.opts
    }
    assert alone <= known


def test_the_exit_codes_are_all_of_them():
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", SKILL, re.MULTILINE)}
    assert told == {value for name, value in vars(exit_codes).items() if name.isupper()}


@pytest.mark.parametrize(("command", "schema", "keys"), DOCUMENTS)
def test_every_key_of_a_document_is_in_its_schema(command, schema, keys):
    document = json.loads((ROOT / f"docs/schemas/{schema}.json").read_text())
    missing = set(re.findall(r"`(\w+)`", keys)) - set(properties(document))
    assert missing == set(), command


def properties(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = list(node.get("properties", {}))
        return own + [name for value in node.values() for name in properties(value)]
    return [name for value in node for name in properties(value)] if isinstance(node, list) else []


def test_every_document_that_a_command_gives_is_told():
    assert {schema for _, schema, _ in DOCUMENTS} == {
        "fleet_status", "changes_page", "groups_list", "group_document", "tenant_history", "report",
    }  # fmt: skip


def test_the_tools_are_those_of_the_server():
    tools = (ROOT / "coordinator/cli/mcp_tools.py").read_text()
    registered = re.search(r"every = \((.+?)\)", tools, re.DOTALL)
    assert registered is not None
    names = re.findall(r"tools\.(\w+)", registered[1])
    said = SKILL.partition("## As tools")[2]
    assert [name for name in names if f"`{name}`" not in said] == []
    assert "mcp" in VERBS
