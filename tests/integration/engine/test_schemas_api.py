"""Shapes, contracts and declarations over HTTP: what tenants have, where queries break, what is declared."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from coordinator.records.schemas import ContractsPage, ShapesPage, SpecsList
from coordinator.store.store import BlobKind
from shared.blobs import pack
from shared.formats import SNAPSHOT
from shared.schema.canonical import snapshot_name
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running
from tests.integration.engine.test_memory import scanned
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ORDERS, demo, snapshot_of

pytestmark = pytest.mark.anyio

API = "/api/v1"


@pytest.fixture
async def client(store):
    async with running(store, Scans()) as client:
        yield client


async def get(client, path, kind, **parameters):
    answer = await client.get(f"{API}{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def keep(store, shape, *objects) -> None:
    snapshot = snapshot_of(objects)
    await store.put_blobs(BlobKind.SNAPSHOT, {snapshot_name(snapshot): pack(SNAPSHOT, snapshot)})
    await store.schemas.remember(FLEET, {shape: snapshot_name(snapshot)})


async def test_shapes_are_listed_paged_and_looked_up(client, store):
    await store.record_report("s", scanned(a="e", b="ok", c="e", d="?"))
    whole = await get(client, "/shapes", ShapesPage)
    assert [(each.tenants, each.statuses, each.is_kept) for each in whole.shapes] == [
        (2, (("drifted", 2),), False),
        (1, (("in_sync", 1),), False),
    ]
    first = await get(client, "/shapes", ShapesPage, limit=1)
    rest = await get(client, "/shapes", ShapesPage, limit=1, after=first.after)
    assert (*first.shapes, *rest.shapes) == whole.shapes
    assert rest.after is None
    drifted, declared = [each.shape for each in whole.shapes]
    assert (await client.get(f"{API}/shapes/{drifted}/sql")).status_code == 404
    await keep(store, drifted, *ORDERS, CREATED_INDEX)
    await keep(store, declared, *ORDERS, CREATED_INDEX, EMAIL_INDEX)
    assert [each.is_kept for each in (await get(client, "/shapes", ShapesPage)).shapes] == [True, True]
    sql = await client.get(f"{API}/shapes/{drifted}/sql")
    assert sql.headers["content-type"].startswith("text/plain")
    assert 'CREATE TABLE "public"."orders"' in sql.text
    compared = await client.get(f"{API}/shapes/{declared}/diff", params={"observed": drifted})
    assert [(each["change"], each["desired"]["name"]) for each in compared.json()["diff"]["changes"]] == [
        ("missing", EMAIL_INDEX.name)
    ]
    table = await client.get(f"{API}/shapes", headers={"accept": "text/csv"})
    assert [row["tenants"] for row in csv.DictReader(io.StringIO(table.text))] == ["2", "1"]


async def test_a_shape_that_is_not_kept_any_more_is_said_to_be_so(client, store):
    await store.record_report("s", scanned(a="e"))
    [view] = (await get(client, "/shapes", ShapesPage)).shapes
    await keep(store, view.shape, *ORDERS)
    [name] = await store.recent_blobs(BlobKind.SNAPSHOT, 10)
    await store.drop_blobs(BlobKind.SNAPSHOT, [name])
    assert not (await get(client, "/shapes", ShapesPage)).shapes[0].is_kept
    gone = await client.get(f"{API}/shapes/{view.shape}/sql")
    assert (gone.status_code, gone.json()["detail"]) == (404, "there is no such shape that is kept")


async def test_a_query_that_breaks_is_listed_with_its_life_and_its_shapes(client, store):
    await store.record_report("s", demo())
    page = await get(client, "/contracts", ContractsPage)
    assert page.contracts
    for each in page.contracts:
        assert each.contract.change.subject == "contract"
        assert sum(tenants for _, tenants in each.shapes) == each.contract.tenants
    assert (await get(client, "/contracts", ContractsPage, object="no such service")).contracts == ()
    assert (await get(client, "/contracts", ContractsPage, faults=True)).contracts == ()


async def test_what_is_declared_is_said_with_the_versions_of_tenants(client, store):
    assert (await get(client, "/specs", SpecsList)).spec == ""
    report = demo()
    await store.record_report("s", report)
    found = await get(client, "/specs", SpecsList)
    assert (found.spec, found.expected_version) == (report.body.spec, report.body.expected_version)
    assert sum(each.tenants for each in found.versions) == len(report.body.tenants)


@pytest.mark.parametrize("after", ["x", "[1]", '["a", "b"]', '[-1, "a"]', '[99999999999, "a"]', '[1, "\\u0000"]'])
async def test_a_place_that_no_page_gave_is_refused(client, after):
    refused = await client.get(f"{API}/shapes", params={"after": after})
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "after: expected what an earlier page gave as `after`",
    )
