"""The pages over a real store: what they show, what their forms do, and what a hostile name cannot do."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.metrics import FleetMetrics
from coordinator.daemon.pages.group_pages import plan_text
from coordinator.daemon.scan_service import QueuedScans
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.records.documents import WorkersList
from coordinator.records.stored import StoredRecords
from coordinator.report.model import ScanReport, ScanStatus, TenantStatus
from coordinator.settings.load import load_settings
from coordinator.settings.model import Settings
from coordinator.store.records import ScanState
from coordinator.store.store import Store
from shared.diff.changes import ChangeKind
from shared.hosts import Secret
from shared.remediation.plan import Plan, Statement
from shared.schema.identity import ObjectId
from tests.reports import demo, demo_spec, in_sync, partly_read
from tests.rollout_report import in_a_rollout
from tests.unit.report.test_hostile_names import EVERYWHERE, hostile_report
from tests.well_formed import WellFormed, read_page

pytestmark = pytest.mark.anyio

FLEET = demo().body.fleet
PAGES = (
    "/",
    "/changes",
    "/changes?state=all",
    "/tenants",
    "/groups",
    "/contracts",
    "/declaration",
    "/versions",
    "/scans",
    "/workers",
    "/settings",
)


async def never_asked(_: str) -> ScanReport:
    raise AssertionError("no scan is performed here")


async def nobody() -> WorkersList:
    return WorkersList(fleet=FLEET, waiting=0)


@contextlib.asynccontextmanager
async def pages_of(
    store: Store,
    *,
    token: str = "",
    problems: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    settings: Settings | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    async def check() -> list[str]:
        return list(problems)

    def served(fleet: str) -> ServedFleet:
        scans = QueuedScans(fleet, store, FleetMetrics(fleet), perform=never_asked, check=check)
        records = StoredRecords(store, fleet, dt.timedelta(days=1))
        return ServedFleet(fleet, scans, records, workers=nobody, store=store, settings=settings)

    fleets = {fleet: served(fleet) for fleet in (FLEET, *others)}
    callers = Callers(store.credentials, configured=Secret(token) if token else None)
    api: Any = build_api(fleets, lambda _: b"", callers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=api), base_url="http://localhost") as client:
        yield client


async def page(client: httpx.AsyncClient, path: str, status: int = 200) -> WellFormed:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "'unsafe" not in answer.headers["content-security-policy"]
    return read_page(answer.text)


def text(seen: WellFormed) -> str:
    return " ".join(" ".join(seen.words).split())


async def every_page(client: httpx.AsyncClient, *starts: str) -> dict[str, WellFormed]:
    """Every page that links lead to from some, each read once; reports, the API and the metrics are no pages."""
    found: dict[str, WellFormed] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found or re.match(r"/(api|metrics|scans/\w+/report)\b|[^/]|.*\.(sql|patch|toml)\b", path):
            continue
        found[path] = await page(client, path)
        waiting += found[path].links
    return found


async def test_a_fleet_that_was_never_scanned_says_so_on_every_page(store):
    async with pages_of(store) as client:
        found = await every_page(client, *PAGES)
    assert set(PAGES) <= set(found)
    assert "never scanned" in text(found["/"])


@pytest.mark.parametrize("make", [demo, in_sync, partly_read, in_a_rollout], ids=lambda make: make.__name__)
async def test_every_link_of_every_page_leads_to_a_page(store, make):
    report = make()
    report = msgspec.structs.replace(report, body=msgspec.structs.replace(report.body, fleet=FLEET))
    await store.record_report("s", report)
    async with pages_of(store) as client:
        found = await every_page(client, *PAGES)
    assert {f"/tenants/{result.tenant}" for result in report.body.tenants} <= set(found)
    assert {f"/groups/{group.id}" for group in report.body.groups} <= set(found)


async def test_the_overview_tells_what_is_wrong_for_whom(store):
    await store.record_report("s", demo())
    async with pages_of(store, problems=("no worker is there",)) as client:
        first = await page(client, "/")
        (change,) = [link for link in first.links if link.startswith("/changes/")][:1]
        shown = await page(client, change)
    assert "2 tenants drifted" in text(first)
    assert "no worker is there" in text(first)
    assert "/tenants?status=drifted" in first.links
    assert "First seen" in text(shown)
    assert "[[ignore]]" in text(shown)


async def test_what_nobody_knows_is_no_good_news_on_any_page(store):
    report = in_sync()
    body = msgspec.structs.replace(report.body, unread_services=("orders",))
    await store.record_report("s", msgspec.structs.replace(report, body=body, status=ScanStatus.INCOMPLETE))
    tenants = {each.tenant: () for each in body.tenants} | {"never-read": ()}
    await store.remember_inventory(FLEET, tenants)
    async with pages_of(store) as client:
        overview = text(await page(client, "/"))
        assert "not everything is known" in overview
        assert "Not everything could be read: its report says what" in overview
        assert "It never differed" not in text(await page(client, "/tenants/never-read"))
        assert "Not known: it was never read." in text(await page(client, "/tenants/never-read"))
        listed = (await client.get("/tenants?name=never-read")).text
        assert '<td data-name="changes" class="figure">–</td>' in listed


async def test_a_drift_group_shows_its_difference_its_plan_and_its_tenants(store):
    report = demo()
    await store.record_report("s", report)
    group = report.body.groups[0]
    async with pages_of(store) as client:
        shown = await page(client, f"/groups/{group.id}")
    assert all(statement.sql in "".join(shown.words) for statement in group.plan.statements)
    assert all(finding.message in text(shown) for finding in group.findings)
    assert {f"/tenants/{tenant}" for tenant in group.tenants} <= set(shown.links)


async def test_a_tenant_that_is_not_known_now_is_not_said_never_to_have_differed(store):
    report = partly_read()
    report = msgspec.structs.replace(report, body=msgspec.structs.replace(report.body, fleet=FLEET))
    tenant = next(each.tenant for each in report.body.tenants if each.status is TenantStatus.IN_SYNC)
    await store.behind(dt.timedelta(days=3)).record_report("s", report)
    async with pages_of(store) as client:
        shown = (await client.get(f"/tenants/{tenant}")).text
    assert "It did not differ whenever it was read. Whether it does now is not known." in shown
    assert "card calm" not in shown


async def test_names_from_tenants_are_shown_for_what_they_are_and_do_nothing(store):
    report = hostile_report(EVERYWHERE)
    report = msgspec.structs.replace(report, body=msgspec.structs.replace(report.body, fleet=FLEET))
    await store.record_report("s", report)
    async with pages_of(store) as client:
        for path in PAGES:
            await page(client, path)
            assert EVERYWHERE not in (await client.get(path)).text


async def test_a_scan_is_asked_for_watched_and_cancelled_from_its_page(store):
    async with pages_of(store) as client:
        asked = await client.post("/scans", data={"purpose": "after the release"})
        assert asked.status_code == 303
        place = asked.headers["location"]
        waiting = await client.get(place)
        assert "how many tenants it reads is not known yet" in waiting.text
        assert not re.search(r"<dt>Tenants</dt>", waiting.text)
        assert 'data-events="/api/v1' + place + '/events"' in waiting.text
        assert "after the release" in waiting.text
        assert (await client.post(f"{place}/cancel")).headers["location"] == place
        record = await store.get_scan(place.removeprefix("/scans/"))
    assert (record.state, record.purpose) == ("cancelled", "after the release")
    assert record.reason == "somebody at the pages cancelled it"


async def test_a_scan_says_which_changes_it_found_first_and_which_it_found_gone(store):
    mended = in_sync()
    reports = [demo(), msgspec.structs.replace(mended, body=msgspec.structs.replace(mended.body, fleet=FLEET))]
    scans = ("broken", "mended", "again")
    for scan, report in zip(scans, (*reports, reports[-1]), strict=True):
        await store.create_scan(scan, FLEET)
        await store.record_report(scan, report)
    changes = {f"/changes/{view.change.id}" for view in (await store.memory.changes(FLEET, ChangeFilter()))[0]}
    async with pages_of(store) as client:
        broken, fixed, again = [await page(client, f"/scans/{scan}") for scan in scans]
    assert changes <= set(broken.links)
    assert changes <= set(fixed.links)
    assert "Resolved with it Nothing. New with it" in text(again)
    assert "Resolved with it Changes that no tenant has any more since this scan" in text(fixed)
    assert "New with it Nothing." in text(fixed)


async def test_a_scan_whose_report_is_not_kept_does_not_say_that_nothing_changed(store):
    await store.create_scan("old", FLEET)
    await store.finish_scan("old", ScanState.DRIFT)
    async with pages_of(store) as client:
        assert "Not known any more" in text(await page(client, "/scans/old"))


async def test_the_report_of_a_scan_is_served_as_it_is_and_may_run_its_own_script_alone(store):
    scan = "0e0e0e0e"
    await store.create_scan(scan, FLEET)
    await store.record_report(scan, demo())
    async with pages_of(store) as client:
        listed = await page(client, f"/scans/{scan}")
        assert f"/scans/{scan}/report" in listed.links
        report = await client.get(f"/scans/{scan}/report")
    assert report.text.startswith("<!doctype html>")
    policy = report.headers["content-security-policy"]
    [script] = re.findall(r"<script>(.*?)</script>", report.text, re.DOTALL)
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{own}';" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/changes/0000000000000000", 404, "no such change"),
        ("/tenants/nobody", 404, "no such tenant"),
        ("/groups/none", 404, "no such drift group"),
        ("/scans/none", 404, "no such scan"),
        ("/tenants?status=blue", 400, "expected one of in_sync"),
        ("/changes?after=nowhere", 400, "expected what an earlier page gave"),
    ],
)
async def test_what_cannot_be_shown_is_a_page_that_says_why(store, path, status, says):
    async with pages_of(store) as client:
        assert says.lower() in text(await page(client, path, status)).lower()


async def test_what_pages_load_is_kept_by_browsers_and_nothing_else_is_given(store):
    async with pages_of(store) as client:
        shown = (await client.get("/")).text
        for name, kind in (("pages.css", "text/css"), ("pages.js", "text/javascript")):
            place = next(part for part in shown.split('"') if part.endswith(name))
            answer = await client.get(place)
            assert answer.headers["content-type"].startswith(kind)
            assert "immutable" in answer.headers["cache-control"]
        assert (await client.get("/static/000000000000/pages.css")).status_code == 404
        assert (await client.get("/static/000000000000/..%2Flook.py")).status_code == 404


async def test_with_a_token_no_page_is_shown_to_who_has_none(store):
    await store.record_report("s", demo())
    async with pages_of(store, token="secret") as client:
        for path in PAGES:
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
            assert demo().body.tenants[0].tenant not in answer.text
        assert (await client.post("/scans")).status_code == 401
        assert (await client.get("/", headers={"Authorization": "Bearer secret"})).status_code == 200


async def test_of_several_fleets_each_has_its_pages_and_no_link_of_them_leads_to_another(store):
    await store.record_report("s", demo())
    async with pages_of(store, others=("another",)) as client:
        first = await page(client, "/")
        assert {f"/?fleet={FLEET}", "/?fleet=another"} <= set(first.links)
        found = await every_page(client, "/")
        own = {path: seen for path, seen in found.items() if f"fleet={FLEET}" in path}
        links = {link for seen in own.values() for link in seen.links} - {"/", "#content", "/metrics"}
        assert all(f"fleet={FLEET}" in link for link in links)
        assert any(path.startswith("/groups/") for path in own)
        asked = await client.post(f"/scans?fleet={FLEET}")
        assert (await page(client, asked.headers["location"])).links
        assert "this coordinator has several" in text(await page(client, "/changes", 400))


CONFIGURATION = """
[fleet]
name = "demo"
command = ["inventory", "--password", "PLANTED"]
[hosts.main]
address = "db.internal"
sslmode = "verify-full"
password = {{ env = "MAIN_PASSWORD" }}
[spec]
source = "infra"
variables = {{ token = "PLANTED" }}
[[contracts]]
service = "orders"
path = "service"
[redis]
url = "redis://queue:6379/0"
[store]
dsn = {{ env = "STORE_DSN" }}
[scratch]
dsn = {{ env = "STORE_DSN" }}
[serve]
token = {{ env = "API_TOKEN" }}
[[notify]]
name = "team"
kind = "slack"
url = "https://hooks.slack.example/PLANTED"
template = "PLANTED"
"""


def settings_in(folder: Path, monkeypatch) -> Settings:
    """A configuration with something secret wherever one may be, and the source of a service."""
    monkeypatch.setenv("MAIN_PASSWORD", "PLANTED")
    monkeypatch.setenv("API_TOKEN", "PLANTED")
    monkeypatch.setenv("STORE_DSN", "postgresql://someone:PLANTED@store.internal/kept?sslmode=verify-full")
    (folder / "fleetdrift.toml").write_text(CONFIGURATION.replace("{{", "{").replace("}}", "}"))
    verdict = next(group.verdicts[0] for group in demo().body.groups if group.verdicts)
    source = folder / "service" / verdict.file
    source.parent.mkdir(parents=True)
    source.write_text("".join(f"line {number} of the source\n" for number in range(1, verdict.line + 30)))
    return load_settings(folder / "fleetdrift.toml")


async def test_the_settings_are_shown_without_anything_that_is_secret(store, tmp_path, monkeypatch):
    async with pages_of(store, settings=settings_in(tmp_path, monkeypatch)) as client:
        shown = await page(client, "/settings")
        hosts = await page(client, "/workers")
    assert "PLANTED" not in text(shown) + text(hosts)
    assert "from the environment variable MAIN_PASSWORD" in text(shown)
    assert "set, not shown" in text(shown)
    assert "db.internal" in text(hosts)
    assert "verify-full" in text(hosts)


async def test_a_broken_query_is_shown_by_service_with_its_source_and_its_tenants(store, tmp_path, monkeypatch):
    report = demo()
    await store.record_report("s", report)
    group = next(group for group in report.body.groups if group.verdicts)
    verdict = group.verdicts[0]
    async with pages_of(store, settings=settings_in(tmp_path, monkeypatch)) as client:
        shown = await page(client, "/contracts")
    assert f"line {verdict.line} of the source" in text(shown)
    assert verdict.service in text(shown)
    assert {f"/tenants/{tenant}" for tenant in group.tenants} <= set(shown.links)


async def test_what_is_declared_is_shown_with_file_and_line_and_what_differs_leads_to_its_change(store):
    spec = demo_spec()
    await store.declarations.keep([spec])
    await store.record_report("s", demo())
    changes = (await store.memory.changes(FLEET, ChangeFilter(state=ChangeState.OPEN)))[0]
    missing = next(view.change for view in changes if view.change.kind == "missing")
    async with pages_of(store) as client:
        shown = await page(client, "/declaration")
        found = await page(client, "/declaration?object=" + missing.object.rpartition(".")[2])
        await page(client, "/declaration?spec=none", 404)
    for origin in spec.origins:
        assert str(origin.origin) in text(shown)
    assert f"/changes/{missing.id}" in shown.links
    assert missing.object.rpartition(".")[2] in text(found)


async def test_the_ladder_shows_how_far_a_rollout_has_come(store):
    report = in_a_rollout()
    report = msgspec.structs.replace(report, body=msgspec.structs.replace(report.body, fleet=FLEET))
    await store.record_report("s", report)
    async with pages_of(store) as client:
        shown = await page(client, "/versions")
    for rollout in report.body.rollouts:
        assert rollout.expected in text(shown)
        assert f"/tenants?status=pending&shape={rollout.shape}" in shown.links


async def test_tenants_that_were_never_read_are_at_no_version_and_are_not_left_out_of_the_share(store):
    report = in_sync()
    await store.record_report("s", report)
    tenants = {each.tenant: () for each in report.body.tenants} | {"never-read": ()}
    await store.remember_inventory(FLEET, tenants)
    async with pages_of(store) as client:
        shown = text(await page(client, "/versions"))
    assert f"{len(tenants) - 1} of {len(tenants)} tenants are there" in shown
    assert "1 tenant was never read: nobody knows the version." in shown


async def test_a_change_is_ignored_from_its_page_and_the_rule_taken_away_again(store):
    await store.record_report("s", demo())
    changes = (await store.memory.changes(FLEET, ChangeFilter(state=ChangeState.OPEN)))[0]
    change = next(view.change.id for view in changes if view.change.sides is not None)
    asked = {"reason": "until the move", "owner": "ada", "until": "2999-01-31"}
    async with pages_of(store) as client:
        assert "Ignore it" in text(await page(client, f"/changes/{change}"))
        for wrong in ({"reason": ""}, {"owner": " "}, {"until": "soon"}):
            assert (await client.post(f"/changes/{change}/ignore", data={**asked, **wrong})).status_code == 400
        over = await client.post(f"/changes/{change}/ignore", data={**asked, "until": "2001-01-01"})
        assert (over.status_code, "2001-01-01 is over" in over.text) == (409, True)
        made = await client.post(f"/changes/{change}/ignore", data=asked)
        assert made.headers["location"] == f"/changes/{change}"
        shown = await page(client, f"/changes/{change}")
        assert "until the move" in text(shown)
        (rule,) = await store.ignores.of(FLEET)
        assert "until the move" in text(await page(client, "/settings"))
        gone = await client.post(f"/ignores/{rule.rule.id}/delete")
        assert gone.headers["location"] == "/settings"
        assert (await client.post(f"/ignores/{rule.rule.id}/delete")).status_code == 404
    assert await store.ignores.of(FLEET) == []
    assert (rule.rule.reason, rule.rule.owner) == ("until the move", "ada")


async def test_plans_patches_and_ignore_lines_are_files_to_keep(store):
    await store.record_report("s", demo())
    async with pages_of(store) as client:
        links = {link for seen in (await every_page(client, "/")).values() for link in seen.links}
        files = {link for link in links if link.endswith((".sql", ".patch", ".toml"))}
        assert {link.rpartition(".")[2] for link in files} >= {"sql", "toml"}
        for link in files:
            answer = await client.get(link)
            assert answer.status_code == 200, link
            assert answer.headers["content-disposition"].startswith("attachment; filename=")
            assert answer.text.strip()
        assert (await client.get("/groups/none/plan.sql")).status_code == 404


async def test_what_is_destructive_stays_a_comment_whatever_a_name_contains():
    table = ObjectId("table", "public", name="a\rb\nc")
    statement = Statement(sql='DROP TABLE "a\rb\nc"', object=table, change=ChangeKind.UNEXPECTED, destructive=True)
    written = plan_text(Plan(desired="d", observed="o", statements=(statement,)))
    assert all(line.startswith("-- ") for line in re.split("[\r\n]", written) if line)


async def test_a_rule_is_made_by_a_page_of_ours_only(store):
    await store.record_report("s", demo())
    async with pages_of(store, token="secret") as client:
        origin = {"Origin": "http://localhost"}
        entered = await client.post("/login", data={"token": "secret", "next": "/"}, headers=origin)
        client.cookies.update(entered.cookies)
        changes = (await store.memory.changes(FLEET, ChangeFilter(state=ChangeState.OPEN)))[0]
        change = next(view.change.id for view in changes if view.change.sides is not None)
        asked = {"reason": "why", "owner": "ada", "until": "2999-01-31"}
        path = f"/changes/{change}/ignore"
        assert (await client.post(path, data=asked, headers=origin)).status_code == 403
        csrf = re.search(r'name="csrf" value="([^"]+)"', (await client.get(f"/changes/{change}")).text)
        assert csrf is not None
        form = {**asked, "csrf": csrf[1]}
        assert (await client.post(path, data=form, headers=origin)).status_code == 303
