"""Three honest tenants and a hostile one, scanned together: the hostile one changes none of the others' answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import msgspec

from coordinator.fleet.local import LocalFleet
from coordinator.report.model import DriftGroup, ReportBody, ScanReport, TenantResult
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import load_settings
from shared.analysis.scratch_server import scratch_server
from shared.embedded.postgres import EmbeddedPostgres

SCANNER = "matrix_scanner"
HOSTILE = "matrix_hostile"
SCHEMA = """
CREATE TYPE status AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers, status status DEFAULT 'new');
CREATE INDEX orders_customer ON orders (customer);
CREATE FUNCTION vat(amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT amount * 19 / 100';
CREATE VIEW open_orders AS SELECT id, vat(id) AS vat FROM orders WHERE status <> 'paid';
"""
HONEST = {"matrix_sound": "", "matrix_twin": "", "matrix_drifted": "DROP INDEX orders_customer;"}
"""Tenant → what was done to it by hand."""
_CONFIGURATION = """
[fleet]
name = "matrix"
{tenants}
[hosts.one]
address = "{server.socket_dir}"
port = {server.port}
user = "{scanner}"
[spec]
source = "schema.sql"
{more}
"""


class Seen(msgspec.Struct, frozen=True):
    """A scan: what it says of the hostile tenant, after the others were found to be undisturbed.

    Args:
        tenant: The hostile one's entry.
        group: Its drift group; None when it has none.
        report: All of it.
    """

    tenant: TenantResult
    group: DriftGroup | None
    report: ScanReport

    @property
    def failure(self) -> str:
        """Kind and sentence of its failure."""
        assert self.tenant.failure is not None, f"{self.tenant.status}: {self.changes}"
        return f"{self.tenant.failure.kind.value}: {self.tenant.failure.message}"

    @property
    def changes(self) -> list[str]:
        """What differs in it: kind and name, sorted."""
        if self.group is None:
            return []
        return sorted(f"{change.identity.kind} {change.identity.name}" for change in self.group.diff.changes)


class Matrix:
    """The fleet on one server; its scans share a scratch server.

    Args:
        server: Where the tenants live.
        scratch: Where shapes are rebuilt.
        folder: For the configuration.
    """

    def __init__(self, server: EmbeddedPostgres, scratch: EmbeddedPostgres, folder: Path) -> None:
        self.server, self.scratch, self.folder = server, scratch, folder
        asyncio.run(self._prepare())
        (folder / "schema.sql").write_text(SCHEMA)
        self.undisturbed = self.report(tuple(HONEST))

    async def _prepare(self) -> None:
        admin = await asyncpg.connect(self.server.dsn())
        await admin.execute(f"CREATE ROLE {SCANNER} LOGIN")
        await admin.close()
        for tenant, sql in HONEST.items():
            await self.make(tenant, SCHEMA + sql)

    async def make(self, tenant: str, sql: str, *, encoding: str = "UTF8") -> None:
        """Make the database of a tenant anew, and run a script in it as the superuser."""
        admin = await asyncpg.connect(self.server.dsn())
        try:
            await admin.execute(f"DROP DATABASE IF EXISTS {tenant} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {tenant} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        finally:
            await admin.close()
        owner = await asyncpg.connect(self.server.dsn(tenant))
        try:
            await owner.execute(sql)
        finally:
            owner.terminate()  # its temporary objects go with it; nothing of the tenant's runs at a leisurely end

    def configuration(self, tenants: tuple[str, ...], more: str = "") -> Path:
        """Write the configuration of these tenants, whose databases have the part of their names before a dash."""
        tables = (
            f'[[fleet.tenants]]\ntenant = "{name}"\nhost = "one"\ndatabase = "{name.split("-")[0]}"' for name in tenants
        )
        path = self.folder / "fleetdrift.toml"
        listed = "\n".join(tables)
        path.write_text(_CONFIGURATION.format(tenants=listed, server=self.server, scanner=SCANNER, more=more))
        return path

    def report(self, tenants: tuple[str, ...], more: str = "") -> ScanReport:
        """Scan these tenants as `check` does."""
        configuration = self.configuration(tenants, f'[scratch]\ndsn = "{self.scratch.dsn()}"\n{more}')

        async def scan() -> ScanReport:
            settings = load_settings(configuration)
            async with scratch_server(settings.scratch_dsn) as scratch:
                return await run_scan(settings, scratch, LocalFleet(settings, scratch), lambda *_: None)

        return asyncio.run(scan())

    def scan(self, sql: str, *, more: str = "", encoding: str = "UTF8") -> Seen:
        """Let the hostile tenant run `sql` in a database that holds the declared schema, and scan the fleet.

        Returns:
            What was seen of the hostile one.

        Raises:
            AssertionError: When a tenant is missing or has two states, or an honest one's answer is another one.
        """
        asyncio.run(self.make(HOSTILE, SCHEMA + sql, encoding=encoding))
        return self.seen(more)

    def seen(self, more: str = "", *, hostile: tuple[str, ...] = (HOSTILE,)) -> Seen:
        """Scan the fleet with the hostile tenants as they stand, before the others; see `scan`."""
        report = self.report((*hostile, *HONEST), more)
        self.assert_undisturbed(report.body, hostile)
        tenant = next(entry for entry in report.body.tenants if entry.tenant == hostile[-1])
        return Seen(tenant, _group_of(report.body, tenant.tenant), report)

    def assert_undisturbed(self, body: ReportBody, hostile: tuple[str, ...]) -> None:
        """Hold that each tenant has one status, and each honest one the answers of the undisturbed scan."""
        assert sorted(entry.tenant for entry in body.tenants) == sorted((*HONEST, *hostile))
        assert sum(count for _, count in body.counts) == len(HONEST) + len(hostile)
        assert _answers(body) == _answers(self.undisturbed.body)


def _answers(body: ReportBody) -> dict[str, object]:
    """Give all that is said of each honest tenant, but for the names of those it shares a drift group with."""
    found: dict[str, object] = {}
    for entry in body.tenants:
        if entry.tenant in HONEST:
            group = _group_of(body, entry.tenant)
            found[entry.tenant] = (entry, group and msgspec.structs.replace(group, tenants=()))
    return found


def _group_of(body: ReportBody, tenant: str) -> DriftGroup | None:
    return next((group for group in body.groups if tenant in group.tenants), None)
