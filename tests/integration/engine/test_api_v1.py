"""The HTTP API over a real store: what is kept of a fleet, and the life of a scan that is asked for."""

from __future__ import annotations

import asyncio
import csv
import io
from urllib.parse import quote

import msgspec
import pytest

from coordinator.memory.views import TenantHistory
from coordinator.records.documents import ChangesPage, GroupDocument, GroupsList, ScansPage, TenantsPage
from coordinator.report.model import Selection
from coordinator.store.records import ScanRecord
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running, until
from tests.integration.engine.test_memory import EMAIL, scanned
from tests.reports import EMAIL_INDEX

pytestmark = pytest.mark.anyio

API = "/api/v1"


@pytest.fixture
def scans() -> Scans:
    return Scans()


@pytest.fixture
async def client(store, scans):
    await store.create_scan("first", FLEET)
    await store.record_report("first", scanned(a="e", b="ok", c="ec", d="?"))
    async with running(store, scans) as client:
        yield client


async def get(client, path, kind, **parameters):
    answer = await client.get(f"{API}{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def test_tenants_are_listed_filtered_and_paged(client):
    whole = await get(client, "/tenants", TenantsPage)
    assert [each.tenant for each in whole.tenants] == ["a", "b", "c", "d"]
    assert whole.after is None
    first = await get(client, "/tenants", TenantsPage, limit=3)
    assert first.after == "c"
    rest = await get(client, "/tenants", TenantsPage, limit=3, after=first.after)
    assert [each.tenant for each in rest.tenants] == ["d"]
    drifted = await get(client, "/tenants", TenantsPage, status="drifted", name="[ab]*")
    assert drifted.tenants == ()
    assert [each.tenant for each in (await get(client, "/tenants", TenantsPage, status="drifted")).tenants] == [
        "a",
        "c",
    ]


@pytest.mark.parametrize("name", ["new\nline", "a\x1b[31mb", "no\u00a0break", "\u3000", "=cmd()", "100%", "?#&"])
async def test_a_tenant_is_found_by_its_name_whatever_that_holds(client, store, name):
    await store.record_report("odd", scanned(**{name: "e"}))
    for place in (f"{API}/tenants", "/tenants"):
        answer = await client.get(f"{place}/{quote(name, safe='')}")
        assert answer.status_code == 200, answer.text
    assert (await get(client, f"/tenants/{quote(name, safe='')}", TenantHistory)).now.tenant == name


@pytest.mark.parametrize(
    "asked",
    [
        "/changes?since=0001-01-01T00:00:00%2B14:00",
        "/history?since=9999-12-31T23:59:59-14:00",
        "/audit?since=0001-01-01T00:00:00%2B14:00",
        "/changes?after=[1,2,99999999999999999999,%22x%22]",
        "/changes?after=[1,2,3,%22%5Cu0000%22]",
    ],
)
async def test_a_value_that_cannot_be_looked_up_is_the_clients_fault_and_not_the_stores(client, asked):
    answer = await client.get(f"{API}{asked}")
    assert answer.status_code == 400, answer.text
    assert "beyond what can be looked up" in answer.json()["detail"]


async def test_tenants_are_chosen_by_all_of_several_labels(client, store):
    await store.remember_inventory(FLEET, {"a": (("region", "eu"), ("tier", "gold")), "b": (("region", "eu"),)})
    gold = await get(client, "/tenants", TenantsPage, label=["region=eu", "tier=gold"])
    assert [(each.tenant, each.labels) for each in gold.tenants] == [("a", {"region": "eu", "tier": "gold"})]
    both = await get(client, "/tenants", TenantsPage, label="region=eu")
    assert [each.tenant for each in both.tenants] == ["a", "b"]


async def test_a_change_is_listed_with_its_life_and_leads_to_its_tenants(client):
    page = await get(client, "/changes", ChangesPage, object="email")
    [view] = page.changes
    assert (view.change.object, view.tenants, view.resolved) == (EMAIL, 2, None)
    having = await get(client, "/tenants", TenantsPage, change=view.change.id)
    assert [each.tenant for each in having.tenants] == ["a", "c"]
    history = await get(client, "/tenants/a", TenantHistory)
    assert [change.id for change, _ in history.changes] == [view.change.id]


async def test_a_group_is_listed_with_its_plan_and_kept_while_its_tenants_cannot_be_read(client, store):
    listed = await get(client, "/groups", GroupsList)
    assert sorted(row.tenants for row in listed.groups) == [1, 1]
    assert sorted(row.changes for row in listed.groups) == [1, 2]
    table = (await client.get(f"{API}/groups", headers={"accept": "text/csv"})).text.splitlines()
    assert [line.split(",")[0] for line in table] == ["id", *(row.id for row in listed.groups)]
    await store.record_report("second", scanned(a="?", b="ok", c="ok", d="ok"))
    [left] = (await get(client, "/groups", GroupsList)).groups
    document = await get(client, f"/groups/{left.id}", GroupDocument)
    assert document.tenants == 1
    assert [finding.object for finding in document.group.findings] == [EMAIL_INDEX.identity]


async def test_lists_are_csv_for_who_asks_for_csv(client):
    answer = await client.get(f"{API}/tenants", headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["tenant"]: row["status"] for row in rows}["a"] == "drifted"
    assert answer.headers["vary"].lower().startswith("accept")


async def test_what_a_client_has_already_is_not_sent_again(client, store):
    first = await client.get(f"{API}/tenants")
    again = await client.get(f"{API}/tenants", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await store.record_report("second", scanned(a="ok", b="ok", c="ec", d="?"))
    after = await client.get(f"{API}/tenants", headers={"if-none-match": first.headers["etag"]})
    assert after.status_code == 200


async def test_an_answer_is_compressed_for_who_takes_it(client, store, scans):
    answer = await client.get(f"{API}/scans/first/report", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["report"]["fleet"] == FLEET


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/nowhere", 404, "Not Found"),
        ("/tenants/nobody", 404, "there is no such tenant"),
        ("/scans/none", 404, "there is no such scan"),
        ("/scans/none/events", 404, "there is no such scan"),
        ("/scans/none/report", 404, "there is no such report"),
        ("/groups/none", 404, "there is no such drift group"),
        ("/tenants?stauts=drifted", 400, "stauts: there is no such parameter"),
        ("/tenants?status=sad", 400, "status: Invalid enum value 'sad'"),
        ("/tenants?label=gold", 400, "label: expected a label as NAME=VALUE, such as tier=gold, found 'gold'"),
        ("/tenants?limit=0", 400, "limit: Expected `int` >= 1"),
        ("/changes?after=nonsense", 400, "after: expected what an earlier page gave as `after`"),
        ("/changes?since=yesterday", 400, "since: Invalid RFC3339 encoded datetime"),
    ],
)
async def test_every_error_is_a_problem_that_says_what_is_wrong(client, path, status, detail):
    answer = await client.get(f"{API}{path}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["detail"] == detail
    assert (await client.head(f"{API}{path}")).status_code == status


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{not json", "body: JSON is malformed: object keys must be strings (byte 1)"),
        (b'{"purpose": 3}', "body: Expected `str`, got `int` - at `$.purpose`"),
        (b'{"tenants": ["a"]}', "body: Object contains unknown field `tenants`"),
        (b'{"selection": {"tenant": "a"}}', "body: Object contains unknown field `tenant` - at `$.selection`"),
        (
            b'{"selection": {"changed_since": "2026-03-01T12:00:00"}}',
            "body: Expected `datetime` with a timezone component - at `$.selection.changed_since`",
        ),
        (b"[]", "body: Expected `object`, got `array`"),
        (b"\xff", "body: JSON is malformed: invalid character (byte 0)"),
    ],
)
async def test_a_request_that_is_not_understood_scans_nothing(client, scans, body, detail):
    answer = await client.post(f"{API}/scans", content=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
    assert [each.scan for each in (await get(client, "/scans", ScansPage)).scans] == ["first"]
    assert scans.performed == []


async def test_who_asked_for_a_scan_and_why_is_shown(client):
    asked = await client.post(f"{API}/scans", json={"purpose": "after the release", "requested_by": "ada"})
    record = await get(client, f"/scans/{asked.json()['scan']}", ScanRecord)
    assert (record.purpose, record.requested_by) == ("after the release", "ada")


async def test_a_scan_of_some_tenants_says_which_and_waits_for_no_scan_of_others(client, scans):
    async def ask(**request):
        answer = await client.post(f"{API}/scans", json=request)
        assert answer.status_code == 202, answer.text
        return msgspec.json.decode(answer.content, type=ScanRecord)

    scans.go.clear()
    eu, us = {"tenants": ["eu-*"], "labels": {"plan": "gold"}}, {"statuses": ["drifted"]}
    first = await ask(selection=eu)
    assert first.selection == Selection(tenants=("eu-*",), labels={"plan": "gold"})
    assert (await ask(selection=us)).scan != first.scan
    assert (await ask(selection=eu)).scan == first.scan
    whole = await ask(selection={})
    assert (whole.selection, (await ask()).scan) == (None, whole.scan)
    assert (await ask(selection={"tenants": ["acme"]})).scan == whole.scan, "which scans acme too"
    listed = await client.get(f"{API}/scans", headers={"accept": "text/csv"})
    assert "tenants eu-*; label plan=gold" in listed.text
    scans.go.set()


async def test_a_request_that_is_sent_twice_makes_one_scan(client):
    key = {"idempotency-key": "deploy-17"}
    first = (await client.post(f"{API}/scans", headers=key)).json()["scan"]
    await until(client, first, "drift")
    assert (await client.post(f"{API}/scans", headers=key)).json()["scan"] == first
    assert (await client.post(f"{API}/scans", headers={"idempotency-key": "deploy-18"})).json()["scan"] != first


async def test_a_scan_that_runs_is_cancelled_within_seconds_and_says_why(client, scans):
    scans.go.clear()
    scan = (await client.post(f"{API}/scans")).json()["scan"]
    await asyncio.sleep(0.3)
    answer = await client.post(f"{API}/scans/{scan}/cancel", json={"reason": "wrong branch"})
    assert answer.status_code == 202
    async with asyncio.timeout(5):
        await until(client, scan, "cancelled")
    record = await get(client, f"/scans/{scan}", ScanRecord)
    assert record.reason == "somebody cancelled it: wrong branch"
    assert scans.performed == []
    again = await client.post(f"{API}/scans/{scan}/cancel")
    assert (again.status_code, again.json()["detail"]) == (409, "the scan is over: it is cancelled")


async def test_a_scan_is_followed_by_events_until_it_ends_and_a_client_that_was_cut_off_is_told_only_what_is_new(
    client, scans, store
):
    scans.go.clear()
    scan = (await client.post(f"{API}/scans")).json()["scan"]
    asyncio.get_running_loop().call_later(0.8, scans.go.set)
    events = await _events(client, scan)
    assert [name for name, _, _ in events][-1] == "finished"
    assert [record.state for _, _, record in events][-1] == "drift"
    last = events[-1][1]
    assert await _events(client, scan, last) == []


async def _events(client, scan, seen=""):
    found, event = [], {}
    headers = {"last-event-id": seen} if seen else {}
    async with client.stream("GET", f"{API}/scans/{scan}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "data":
                event["record"] = msgspec.json.decode(value, type=ScanRecord)
            elif name:
                event[name] = value
            elif "record" in event:
                found.append((event["event"], event["id"], event["record"]))
                event = {}
    return found


@pytest.mark.parametrize(
    ("form", "media"),
    [("html", "text/html"), ("markdown", "text/markdown"), ("text", "text/plain"), ("sarif", "application/sarif+json")],
)
async def test_the_report_of_a_scan_is_served_in_each_form(client, form, media):
    answer = await client.get(f"{API}/scans/latest/report", params={"form": form})
    assert answer.headers["content-type"].startswith(media)
    assert "orders" in answer.text


async def test_the_document_describes_every_route_and_every_problem(client):
    document = (await client.get("/openapi/openapi.json")).json()
    paths = {path: set(item) for path, item in document["paths"].items() if path.startswith(API)}
    assert paths == {
        f"{API}/audit": {"get"},
        f"{API}/history": {"get"},
        f"{API}/changes": {"get"},
        f"{API}/changes/{{change}}": {"get"},
        f"{API}/fleets": {"get"},
        f"{API}/groups": {"get"},
        f"{API}/groups/{{group}}": {"get"},
        f"{API}/ignores": {"get", "post"},
        f"{API}/ignores/{{ignore}}": {"delete"},
        f"{API}/scans": {"get", "post"},
        f"{API}/scans/{{scan}}": {"get"},
        f"{API}/scans/{{scan}}/cancel": {"post"},
        f"{API}/scans/{{scan}}/confirm": {"post"},
        f"{API}/scans/{{scan}}/events": {"get"},
        f"{API}/scans/{{scan}}/report": {"get"},
        f"{API}/session": {"get"},
        f"{API}/contracts": {"get"},
        f"{API}/shapes": {"get"},
        f"{API}/shapes/{{shape}}/diff": {"get"},
        f"{API}/shapes/{{shape}}/sql": {"get"},
        f"{API}/specs": {"get"},
        f"{API}/status": {"get"},
        f"{API}/tenants": {"get"},
        f"{API}/tenants/{{tenant}}": {"get"},
        f"{API}/workers": {"get"},
    }
    for path, item in document["paths"].items():
        if path.startswith(API):
            for operation in item.values():
                assert {"400", "401", "403", "429", "500", "503"} <= set(operation["responses"]), path
    schemes = document["components"]["securitySchemes"]
    assert {name: (each["type"], each.get("in")) for name, each in schemes.items()} == {
        "bearer": ("http", None),
        "session": ("apiKey", "cookie"),
        "csrf": ("apiKey", "header"),
    }
    for path, method, scope in (("status", "get", "read"), ("scans", "post", "scan"), ("audit", "get", "admin")):
        session = {"session": [scope]} if method == "get" else {"session": [scope], "csrf": []}
        assert document["paths"][f"{API}/{path}"][method]["security"] == [{"bearer": [scope]}, session]
