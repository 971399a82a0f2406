"""A fleet whose servers are of every supported major version: one schema is one shape there, and in sync."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coordinator.report.model import ScanReport, TenantStatus
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.spellings.fleets import Place, scan
from tests.integration.spellings.tenants import Tenants
from tests.servers import NEWEST, OLDER, server_binaries

HERE = Path(__file__).parent
RICH = (HERE / "rich.sql").read_text() + (HERE / "extensions.sql").read_text()


@pytest.fixture(scope="module")
def servers(memory_server) -> Iterator[dict[str, EmbeddedPostgres]]:
    with ExitStack() as stack:
        older = {
            f"v{major}": stack.enter_context(EmbeddedPostgres(server_binaries(major), in_memory=True))
            for major in OLDER
        }
        yield {**older, f"v{NEWEST}": memory_server}


@pytest.fixture(scope="module")
def report(servers, scratch, tmp_path_factory) -> ScanReport:
    """What a scan says of one tenant on each server, and of one on the oldest and the newest that has drifted."""
    places = {}
    for name, server in servers.items():
        places[name] = Place(name, Tenants(server).create(RICH).split("@/")[1].split("?")[0])
    for name in (f"v{OLDER[0]}", f"v{NEWEST}"):
        url = Tenants(servers[name]).create(RICH)
        Tenants(servers[name]).run(url, "DROP INDEX active; ALTER TABLE notes ALTER body DROP NOT NULL")
        places[f"drifted-{name}"] = Place(name, url.split("@/")[1].split("?")[0])
    return scan(
        tmp_path_factory.mktemp("versions"),
        RICH,
        servers,
        places,
        scratch,
        more="[compare]\ncomments = true\nprivileges = true\n",
    )


def test_one_schema_is_in_sync_on_every_version(report):
    assert {result.tenant: result.status for result in report.body.tenants if "drifted" not in result.tenant} == {
        f"v{major}": TenantStatus.IN_SYNC for major in (*OLDER, NEWEST)
    }


def test_one_schema_is_one_shape_on_every_version(report):
    assert report.body.shapes == 2
    assert len({result.shape for result in report.body.tenants if result.status is TenantStatus.IN_SYNC}) == 1


def test_one_drift_is_one_group_on_every_version(report):
    [group] = report.body.groups
    assert group.tenants == (f"drifted-v{OLDER[0]}", f"drifted-v{NEWEST}")
    assert [str(change.identity) for change in group.diff.changes] == [
        "column public.notes.body",
        "index public.active",
    ]


def test_nothing_of_it_is_unread(report):
    assert report.body.unmodelled == ()
    assert report.body.unchecked == ()
