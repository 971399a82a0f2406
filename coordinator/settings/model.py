"""The tables and keys of fleetdrift.toml, as frozen types with their defaults. Times are seconds."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

import msgspec

from coordinator.settings.maintenance import Closed, MaintenanceTable, closed_hosts
from coordinator.settings.metrics import MetricsTable
from coordinator.settings.notify import NotifyTable, Sink
from coordinator.settings.schedule import ScheduleTable
from coordinator.settings.sentinel import SentinelTable
from coordinator.settings.serve import ServeTable
from coordinator.settings.store import MemoryTable, StoreTable
from coordinator.settings.table import Count, Seconds, SecretReference, Table
from shared.findings.ignore import IgnoreRule
from shared.hosts import Host, Secret
from shared.kinds.context import Recipe
from shared.schema.profile import Profile
from shared.schema.tenancy import Tenancy
from shared.targets import Limits

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class HostTable(Table, frozen=True, kw_only=True):
    """`[hosts.NAME]`: a server with tenants, and the role that scans it. See `shared.hosts.Host`.

    Args:
        service: Section of a service file that says what is left out here.
        servicefile: That file; empty for ~/.pg_service.conf. All files are relative to fleetdrift.toml.
        maintenance: When no scan connects to it.
    """

    address: str = ""
    port: Port | None = None
    user: str = ""
    password: SecretReference | None = None
    sslmode: str = ""
    sslrootcert: str = ""
    sslcert: str = ""
    sslkey: str = ""
    passfile: str = ""
    service: str = ""
    servicefile: str = ""
    allow_weak_authentication: bool = False
    max_connections: Count = 8
    maintenance_database: str = "postgres"
    maintenance: tuple[MaintenanceTable, ...] = ()


class TenantTable(Table, frozen=True, kw_only=True):
    """One entry of `[[fleet.tenants]]`."""

    tenant: str
    host: str = ""
    database: str = ""
    namespace: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)


class DiscoverTable(Table, frozen=True, kw_only=True):
    """`[fleet.discover]`: databases of hosts, or namespaces of one database of each, whose name matches a pattern.

    Args:
        host: Which host.
        hosts: Patterns of hosts' names, instead of one.
        databases: Glob over database names; the tenant is named after the database.
        database: The one database to look into, for namespace-per-tenant fleets.
        namespaces: Glob over namespaces of `database`; the tenant is named after the namespace.
        tenant: The tenant's name: `{name}` stands for the database or namespace, `{host}` for the host.
    """

    host: str = ""
    hosts: tuple[str, ...] = ()
    databases: str = ""
    database: str = ""
    namespaces: str = ""
    tenant: str = "{name}"


class QueryTable(Table, frozen=True, kw_only=True):
    """`[fleet.query]`: a SELECT whose columns are tenant, and optionally host, database, namespace, labels (json)."""

    host: str
    database: str
    sql: str


class DeclaredTable(Table, frozen=True, kw_only=True):
    """`[fleet.declared]`: the tenants are those the spec itself enumerates (`for_each`).

    Args:
        host: Which host they live on; empty: the one that the declaration names, by its name or address.
        database: Database name; `{tenant}` stands for the tenant's name; empty: what is declared, or that name.
        namespace: Namespace, likewise; empty for database-per-tenant.
    """

    host: str = ""
    database: str = ""
    namespace: str = ""


class FleetTable(Table, frozen=True, kw_only=True):
    """`[fleet]`: who is scanned. Exactly one of tenants, file, command, discover, query, declared.

    Args:
        name: Of the fleet.
        tenants: Written out.
        file: A file of tenants, relative to fleetdrift.toml: CSV, TOML, JSON or YAML.
        command: A program and its arguments; it prints one JSON object a line, and runs beside fleetdrift.toml.
        discover, query, declared: Asked of servers, or of the declaration.
        exclude: Patterns of tenants that are left out.
        max_shrink: Largest share of the tenants known from the last scan that may be gone without `--confirm-shrink`.
    """

    name: str = "fleet"
    tenants: tuple[TenantTable, ...] = ()
    file: str = ""
    command: tuple[str, ...] = ()
    discover: DiscoverTable | None = None
    query: QueryTable | None = None
    declared: DeclaredTable | None = None
    exclude: tuple[str, ...] = ()
    max_shrink: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5


class Placement(StrEnum):
    """Whether a tenant has a database or a namespace of its own."""

    DATABASE = "database"
    NAMESPACE = "namespace"


class SpecTable(Table, frozen=True, kw_only=True):
    """`[spec]`, or one of several `[[spec]]`: what is declared, where, and for whom. Of several the first that fits.

    Args:
        source: Path relative to fleetdrift.toml; docs/iac.md lists what it may be.
        variables: Values for the source's variables or parameters.
        expected_version: Overrides the version the source declares.
        database: Which of the source's databases is meant; empty: the one that is called as the tenant's.
        tenants: Patterns of tenants' names that it is for; empty: all. So with the next four.
        hosts: Names of hosts.
        databases: Patterns of databases that tenants live in.
        placement: Whether it is for tenants with a database or with a namespace of their own.
        labels: Patterns of the values that a tenant's labels must have.
    """

    source: str
    variables: dict[str, object] = msgspec.field(default_factory=dict)
    expected_version: str = ""
    database: str = ""
    tenants: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    placement: Placement | None = None
    labels: dict[str, str] = msgspec.field(default_factory=dict)


class ContractTable(Table, frozen=True, kw_only=True):
    """One entry of `[[contracts]]`: a Rust service and the folder of its crate.

    Args:
        service: Its name.
        path: Of its crate or workspace, relative to fleetdrift.toml.
        search_path: With which it connects; empty for the tenant's namespace and public.
        role: As which it connects; its privileges and policies are checked where the profile reads them.
        database: Pattern of the databases that it speaks to, as tenants or their declaration call them; empty: all.
        features: Cargo features that are on (`web`, `api/web`, `default`): code of others is left out. None reads all.
        exclude: Patterns of files that are left out, relative to `path`: `tools/**`.
        accept_unread: Drivers that the service depends on and of which nothing needs to be read.
    """

    service: str
    path: str
    search_path: tuple[str, ...] = ()
    role: str = ""
    database: str = ""
    features: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    accept_unread: tuple[str, ...] = ()


class TenancyTable(Tenancy, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`[tenancy]`: what the tenancy rules hold schemas and services to. See `shared.schema.tenancy.Tenancy`.

    Args:
        baseline: File of the findings that are accepted, relative to fleetdrift.toml; empty: none are.
    """

    baseline: str = ""

    @property
    def rules(self) -> Tenancy:
        """What the rules need to know of it."""
        return Tenancy(column=self.column, setting=self.setting, tables=self.tables, exclude=self.exclude)


class RedisTable(Table, frozen=True, kw_only=True):
    """`[redis]`: where the queue between coordinator and workers is.

    Args:
        url: Of the Redis.
        key: The secret that signs what travels through it: the same for coordinator and workers. Of several the first
            one signs, and all are accepted.
    """

    url: str | SecretReference = ""
    key: SecretReference | tuple[SecretReference, ...] = ()


class ScratchTable(Table, frozen=True, kw_only=True):
    """`[scratch]`: a PostgreSQL where throw-away databases may be made.

    Args:
        dsn: Its URL; empty means that one is started.
        binaries: Folder of the programs of the PostgreSQL to start.
        major: Major version of the PostgreSQL to start: each machine takes its own installation of it. 0 means the
            wheel's.
    """

    dsn: str | SecretReference = ""
    binaries: str = ""
    major: Annotated[int, msgspec.Meta(ge=0)] = 0


class ScanTable(Table, frozen=True, kw_only=True):
    """`[scan]`: how often tenants are scanned, with how many processes at once, and which plans are made.

    Args:
        interval: Seconds between scheduled scans of `fleetdrift serve`, unless `[schedule]` says when; 0 scans on
            request only.
        concurrency: Tenants read at once by one process (`check`, or one worker slot).
        lease: Seconds without a heartbeat after which a batch is sent again; workers send one every second.
        deadline: Seconds after which a scan ends, whatever is missing.
        rate: Most tenants that a scan begins to read in a second, over all hosts; 0 has no bound.
        slots: Worker processes the coordinator counts on; 0 counts those that are there.
        remember: Seconds for which workers do not read a tenant in full again whose catalogs hold the very same rows; 0
            reads every tenant in full in every scan.
        recipe: How plans make a change that writes every row of a table anew: in one statement that everybody waits for
            (`short`), or in many (`online`).
    """

    interval: Annotated[float, msgspec.Meta(ge=0)] = 900.0
    concurrency: Count = 16
    lease: Seconds = 20.0
    deadline: Seconds = 3600.0
    rate: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    slots: Annotated[int, msgspec.Meta(ge=0)] = 0
    remember: Annotated[int, msgspec.Meta(ge=0)] = 24 * 3600
    recipe: Recipe = Recipe.SHORT


class ReportTable(Table, frozen=True, kw_only=True):
    """`[report]`: folder, relative to fleetdrift.toml, for report.json and report.html; empty writes none."""

    directory: str = ""


class ApplyHostTable(Table, frozen=True, kw_only=True):
    """`[apply.hosts.NAME]`: the role `fleetdrift apply` connects as, on the host of that name. Nothing else uses it.

    Args:
        user: A role that owns what the plans change; not the scanner's.
        password: Its credential.
        address: Where to connect past a pooler, through which nothing is changed; empty: where the host is read.
        port: The same; 0: the host's.
    """

    user: str
    password: SecretReference | None = None
    address: str = ""
    port: int = 0


class ApplyTable(Table, frozen=True, kw_only=True):
    """`[apply]`: how many tenants `fleetdrift apply` changes at once, and how long it waits for locks.

    Args:
        waves: Tenants in the first wave (the canary), the second, …; the last number repeats.
        concurrency: Tenants of one wave that are worked on at once.
        pause: Seconds between waves.
        lock_tries: How often a statement that did not get its lock is tried.
        lock_pause: Seconds before the second try; doubled before each further one.
        allow_unsafe_role: Apply as a superuser; code that a tenant planted could then run as one.
        hosts: The credentials.
    """

    waves: Annotated[tuple[Count, ...], msgspec.Meta(min_length=1)] = (1, 10, 50)
    concurrency: Count = 4
    pause: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    lock_tries: Count = 5
    lock_pause: Seconds = 1.0
    allow_unsafe_role: bool = False
    hosts: dict[str, ApplyHostTable] = msgspec.field(default_factory=dict)


class SettingsFile(Table, frozen=True, kw_only=True):
    """The whole of fleetdrift.toml: one field for each table."""

    fleet: FleetTable
    hosts: dict[str, HostTable]
    spec: SpecTable | Annotated[tuple[SpecTable, ...], msgspec.Meta(min_length=1)]
    contracts: tuple[ContractTable, ...] = ()
    tenancy: TenancyTable = TenancyTable()
    compare: Profile = Profile()
    ignore: tuple[IgnoreRule, ...] = ()
    redis: RedisTable = RedisTable()
    store: StoreTable = StoreTable()
    memory: MemoryTable = MemoryTable()
    metrics: MetricsTable = MetricsTable()
    notify: tuple[NotifyTable, ...] = ()
    scratch: ScratchTable = ScratchTable()
    limits: Limits = Limits()
    scan: ScanTable = ScanTable()
    schedule: ScheduleTable = ScheduleTable()
    sentinel: SentinelTable = SentinelTable()
    serve: ServeTable = ServeTable()
    report: ReportTable = ReportTable()
    apply: ApplyTable = ApplyTable()

    @property
    def specs(self) -> tuple[SpecTable, ...]:
        """The declarations, in the order in which they are asked whom they are for."""
        return self.spec if isinstance(self.spec, tuple) else (self.spec,)

    def closed_hosts(self, now: dt.datetime) -> Closed:
        """Give the hosts that are in maintenance: no scan connects to them.

        Args:
            now: With its zone.
        """
        return closed_hosts({name: table.maintenance for name, table in self.hosts.items()}, now)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration with every secret found: read once, never changed.

    Args:
        root: Folder of fleetdrift.toml: relative paths of the file start here.
        file: The file as validated; holds references to secrets, never secrets.
        hosts: By name.
        redis_url: Or None when not configured.
        redis_keys: The secrets of `redis.key`; none when not configured.
        store_dsn: Or None.
        scratch_dsn: Or None for the embedded scratch server.
        api_token: Or None.
        shrink_confirmed: A fleet that has lost more than `fleet.max_shrink` of its tenants is scanned all the same.
        sinks: Who is told what has become different.
        given: (name, value) of the variables of the command line, in their order; without a name a file of them.
    """

    root: str
    file: SettingsFile
    hosts: dict[str, Host]
    redis_url: Secret | None = None
    redis_keys: tuple[Secret, ...] = ()
    store_dsn: Secret | None = None
    scratch_dsn: Secret | None = None
    api_token: Secret | None = None
    sinks: tuple[Sink, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    shrink_confirmed: bool = False
