"""`fleetdrift mcp`, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from coordinator.report.exit_code import NOT_KNOWN
from coordinator.report.renderers.json import render_json
from tests.extras.programs import ROOT
from tests.reports import partly_read

pytestmark = pytest.mark.extras

TOOLS = {"status", "changes", "contracts", "groups", "group", "tenant", "check"}


@pytest.fixture(scope="module")
def asked(coordinator, tmp_path_factory) -> dict[str, Any]:
    """All answers of one session: a client asks a serving demo, and has its working tree checked."""
    from mcp import StdioServerParameters
    from mcp.client import Client

    config = next(tmp_path_factory.getbasetemp().glob("demo*/fleet/fleetdrift.toml"))
    server = StdioServerParameters(
        command=str(Path(sys.executable).with_name("fleetdrift")),
        args=["mcp", "--config", str(config), "--server", coordinator],
        cwd=ROOT,
    )

    async def session() -> dict[str, Any]:
        async with Client(server) as client:
            answers: dict[str, Any] = {"tools": (await client.list_tools()).tools}
            for name in ("status", "changes", "contracts", "groups"):
                answers[name] = await client.call_tool(name)
            group = answers["groups"].structured_content["groups"][0]["id"]
            answers["group"] = await client.call_tool("group", {"group": group})
            answers["no group"] = await client.call_tool("group", {"group": "nothing"})
            answers["tenant"] = await client.call_tool("tenant", {"name": "tenant-001"})
            answers["check"] = await client.call_tool("check", {"tenants": ["tenant-003"], "gate": True})
            answers["no tenant"] = await client.call_tool("check", {"tenants": ["nobody"], "gate": True})
            return answers

    return asyncio.run(session())


def test_every_tool_says_that_it_only_reads(asked):
    assert {tool.name for tool in asked["tools"]} == TOOLS
    for tool in asked["tools"]:
        assert tool.annotations.read_only_hint is True
        assert tool.description


def test_the_answers_are_those_of_the_memory(asked):
    assert asked["status"].structured_content["tenants"]
    [worst, *_] = asked["changes"].structured_content["changes"]
    assert worst["change"]["object"]
    broken = asked["contracts"].structured_content["changes"]
    assert {each["change"]["subject"] for each in broken} == {"contract"}


def test_a_group_comes_with_its_plan(asked):
    assert asked["group"].structured_content["group"]["plan"]["statements"]


def test_what_is_not_there_is_an_error_that_says_so(asked):
    assert asked["no group"].is_error
    assert "no tenant is known to be in drift group 'nothing'" in asked["no group"].content[0].text


def test_a_check_of_the_working_tree_gives_exit_code_meaning_and_report(asked):
    checked = asked["check"].structured_content
    assert (checked["exit_code"], checked["meaning"], checked["groups"]) == (0, "in sync", [])
    assert "gate: open: none of 1 tenant has drifted" in checked["said"]
    wrong = asked["no tenant"].structured_content
    assert (wrong["exit_code"], wrong["meaning"]) == (1, "error: nothing was found out")
    assert "no tenant of the fleet has such a name" in " ".join(wrong["said"])


def test_a_check_names_the_tenants_that_could_not_be_judged_with_the_reason():
    from coordinator.cli.mcp_tools import part_of_report

    body = json.loads(render_json(partly_read()))["report"]
    not_known = part_of_report(body)["not_known"]
    assert [each["tenant"] for each in not_known] == [
        each.tenant for each in partly_read().body.tenants if each.status in NOT_KNOWN
    ]
    assert all(each["failure"]["message"] for each in not_known if each["status"] == "unreachable")
