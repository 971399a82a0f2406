"""Which declaration each target is compared with: as many as are distinct, by tenant, database, placement and label."""

from __future__ import annotations

import fnmatch
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import msgspec

from coordinator.iac.for_target import Share, Shares
from coordinator.iac.ladder import Ladder
from coordinator.iac.per_tenant import TENANT
from coordinator.inventory import InventoryError
from coordinator.inventory.sources import read_source
from coordinator.report.model import MigrationStep
from coordinator.settings.model import Placement, Settings, SpecTable
from shared.contracts.contract import Contract
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames, declared_names, own_names
from shared.schema.profile import Profile
from shared.schema.schema import SpecSource
from shared.targets import Target


class DeclaredTable(msgspec.Struct, frozen=True, eq=False):
    """One `[spec]` table and what its source declares."""

    table: SpecTable
    root: Path
    shares: Shares

    def root_of(self, tenant: str) -> Path:
        """Give the path of the source that is a tenant's, where each has one of its own."""
        return Path(str(self.root).replace(TENANT, tenant))


class _Choice(msgspec.Struct, frozen=True, eq=False):
    """What some targets are declared to hold, before it is known who they all are."""

    declared: DeclaredTable
    share: Share
    ladder: Ladder | None
    version: str
    contracts: tuple[Contract, ...]


class Wanted(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One distinct declaration: what some of the targets are declared to hold.

    Args:
        where: Its source as the configuration calls it.
        root: Path of the source.
        source: The declarations until the expected version.
        expected_version: The schema version that these targets should be at, or empty.
        ladder: All declared versions; None without migrations.
        names: How the declarations call their tenant.
        database: Which of the source's databases it is; empty where the source tells none apart.
        placement: How its tenants live.
        tenants: For whom it is, sorted.
        contracts: Of the services that speak to the databases of these tenants.
    """

    where: str
    root: Path
    source: SpecSource
    expected_version: str
    ladder: Ladder | None
    names: OwnNames
    database: str
    placement: Placement
    tenants: tuple[str, ...]
    contracts: tuple[Contract, ...] = ()

    @property
    def steps(self) -> tuple[MigrationStep, ...]:
        """The declared versions, oldest first."""
        return tuple(MigrationStep(step.version, step.name) for step in self.ladder.steps) if self.ladder else ()

    def only(self, tenants: Container[str]) -> Wanted:
        """Give the same declaration for some of its tenants, which may be none."""
        return msgspec.structs.replace(self, tenants=tuple(name for name in self.tenants if name in tenants))

    def at(self, version: str) -> SpecSource:
        """Give the declaration of another version of the ladder."""
        assert self.ladder is not None, "a version of a ladder"
        return msgspec.structs.replace(self.source, declarations=self.ladder.up_to(version))


def read_tables(settings: Settings) -> tuple[DeclaredTable, ...]:
    """Read the source of each `[spec]` table.

    Raises:
        SourceError: For a source that cannot be read.
    """
    found: list[DeclaredTable] = []
    for table in settings.file.specs:
        root = Path(settings.root, table.source)
        found.append(DeclaredTable(table, root, Shares(read_source(settings, table))))
    return tuple(found)


def wanted_by(
    tables: Sequence[DeclaredTable], targets: Sequence[Target], profile: Profile, contracts: Sequence[Contract] = ()
) -> tuple[Wanted, ...]:
    """Give the distinct declarations of a fleet, in the order of their first tenant.

    Args:
        tables: The sources.
        targets: The fleet, in any order.
        profile: Which facets are compared.
        contracts: Of all services: tenants to which other services speak are apart, however alike they are declared.

    Raises:
        InventoryError: When no `[[spec]]` is for a target.
        SourceError: When a source does not say what a target holds.
    """
    ladders: dict[int, Ladder | None] = {}
    members: dict[tuple[object, ...], list[Target]] = {}
    choices: dict[tuple[object, ...], _Choice] = {}
    for target in sorted(targets):
        declared = table_for(target, tables)
        share = _share_of(target, declared)
        ladder = ladders.setdefault(id(share), share.ladder())
        version = _expected_version(declared, share, target.tenant, ladder)
        mine = tuple(contract for contract in contracts if _speaks_to(contract, share.database, target.database))
        key = (id(share), version, tuple(map(id, mine)))
        members.setdefault(key, []).append(target)
        choices[key] = _Choice(declared, share, ladder, version, mine)
    return tuple(_wanted(choices[key], mine, profile) for key, mine in members.items())


def _wanted(choice: _Choice, targets: Sequence[Target], profile: Profile) -> Wanted:
    share, ladder, version = choice.share, choice.ladder, choice.version
    return Wanted(
        where=choice.declared.table.source,
        root=choice.declared.root,
        source=_until(share.source, ladder, version),
        expected_version=version,
        ladder=ladder,
        names=_names(share, targets, profile),
        database=share.database,
        placement=_placement(targets[0]),
        tenants=tuple(target.tenant for target in targets),
        contracts=choice.contracts,
    )


def _speaks_to(contract: Contract, *databases: str) -> bool:
    """Say whether a service speaks to a database, by one of the names that it has."""
    return not contract.database or any(fnmatch.fnmatchcase(name, contract.database) for name in databases if name)


def _expected_version(declared: DeclaredTable, share: Share, tenant: str, ladder: Ladder | None) -> str:
    """Give the version that a tenant should be at, as the ladder spells it where it has it."""
    said = declared.table.expected_version or declared.shares.declared(tenant).version or share.source.expected_version
    step = ladder.step_of(said) if ladder is not None and said else None
    return step.version if step is not None else said


def _names(share: Share, targets: Sequence[Target], profile: Profile) -> OwnNames:
    """Give the names of the tenant in the declaration: placeholders, or its own where `for_each` made it."""
    spoken_of = next((target for target in targets if target.tenant == share.tenant), None)
    if spoken_of is None or any(PLACEHOLDER in declaration.sql for declaration in share.source.declarations):
        return declared_names(profile, namespaced=bool(targets[0].namespace))
    return own_names(spoken_of, profile)


def source_for(target: Target, declared: DeclaredTable) -> SpecSource:
    """Give what a source declares for a target, until its expected version.

    Raises:
        SourceError: When the source does not say what the target holds.
    """
    share = _share_of(target, declared)
    ladder = share.ladder()
    version = _expected_version(declared, share, target.tenant, ladder)
    return _until(share.source, ladder, version)


def _share_of(target: Target, declared: DeclaredTable) -> Share:
    return declared.shares.of(
        target.tenant, target.database, wanted=declared.table.database, namespaced=bool(target.namespace)
    )


def _until(source: SpecSource, ladder: Ladder | None, version: str) -> SpecSource:
    if ladder is None or ladder.step_of(version) is None:
        return source
    return msgspec.structs.replace(source, declarations=ladder.up_to(version))


def table_for(target: Target, tables: Sequence[DeclaredTable]) -> DeclaredTable:
    """Give the `[spec]` table that is for a target.

    Raises:
        InventoryError: When none is.
    """
    found = next((declared for declared in tables if _is_for(declared.table, target)), None)
    if found is None:
        raise InventoryError(
            f"none of the {len(tables)} [[spec]] tables is for the tenant {target.tenant!r} (host {target.host!r}, "
            f"database {target.database!r}): expected one whose tenants, hosts, databases, placement and labels fit; "
            "add one without them at the end, or exclude the tenant"
        )
    return found


def _is_for(table: SpecTable, target: Target) -> bool:
    return (
        _matches(target.tenant, table.tenants)
        and _matches(target.database, table.databases)
        and (not table.hosts or target.host in table.hosts)
        and table.placement in {None, _placement(target)}
        and _has_labels(dict(target.labels), table.labels)
    )


def _placement(target: Target) -> Placement:
    return Placement.NAMESPACE if target.namespace else Placement.DATABASE


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _has_labels(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(name in labels and fnmatch.fnmatchcase(labels[name], pattern) for name, pattern in wanted.items())
