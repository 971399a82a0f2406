"""A configuration of several fleets: `[fleets.NAME]` becomes a document for each, as if it were the only one."""

from __future__ import annotations

from typing import Any

from coordinator.settings.metrics import MetricsTable
from coordinator.settings.model import (
    ContractTable,
    FleetTable,
    ReportTable,
    ScanTable,
    SettingsFile,
    SpecTable,
    TenancyTable,
)
from coordinator.settings.notify import NotifyTable
from coordinator.settings.schedule import ScheduleTable
from coordinator.settings.sentinel import SentinelTable
from coordinator.settings.store import MemoryTable
from shared.findings.ignore import IgnoreRule
from shared.schema.profile import Profile

MANY = "fleets"
"""The table that several fleets are declared in, one by one under their names."""


class FleetsTable(FleetTable, frozen=True, kw_only=True):
    """`[fleets.NAME]`: one of several fleets. It has the keys of `[fleet]`, and tables of its own.

    What it does not say, the table of the same name beside `[fleets]` says for all of them. A table is completed key by
    key, a list replaces the common one; of ignore rules both hold.

    Args:
        spec: What is declared for it.
        contracts: Services that speak to its tenants.
        tenancy, compare, memory, metrics, scan, schedule, sentinel, notify: As for a single fleet.
        ignore: Beside the common rules.
        report: Its folder; by default one of its name within the common one.
    """

    spec: SpecTable | tuple[SpecTable, ...] = ()
    contracts: tuple[ContractTable, ...] = ()
    tenancy: TenancyTable = TenancyTable()
    compare: Profile = Profile()
    ignore: tuple[IgnoreRule, ...] = ()
    memory: MemoryTable = MemoryTable()
    metrics: MetricsTable = MetricsTable()
    scan: ScanTable = ScanTable()
    schedule: ScheduleTable = ScheduleTable()
    sentinel: SentinelTable = SentinelTable()
    notify: tuple[NotifyTable, ...] = ()
    report: ReportTable = ReportTable()


class SettingsDocument(SettingsFile, frozen=True, kw_only=True):
    """The keys of fleetdrift.toml, with one fleet or with several: only what they are called is taken from here."""

    fleets: dict[str, FleetsTable]


_OWN = frozenset(FleetsTable.__struct_fields__) - frozenset(FleetTable.__struct_fields__)


def document_of_each(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give a document for each fleet, by name; that of a single fleet by the empty name.

    Args:
        document: fleetdrift.toml, whose keys are known to be right.

    Raises:
        ValueError: When the fleets are none, have no names, or stand beside a single one. The message is a sentence.
    """
    if MANY not in document:
        return {"": document}
    fleets = document[MANY]
    if "fleet" in document:
        raise ValueError("expected [fleet] for a single fleet or [fleets.NAME] for several, found both")
    if not isinstance(fleets, dict) or not fleets or not all(isinstance(table, dict) for table in fleets.values()):
        raise ValueError("fleets: expected a table for each fleet, [fleets.NAME]")
    common = {name: table for name, table in document.items() if name != MANY}
    for name, table in fleets.items():
        if not name or "name" in table:
            raise ValueError(f"fleets.{name}: expected the fleet's name in [fleets.NAME] and nowhere else")
    return {name: _alone(name, table, common) for name, table in fleets.items()}


def _alone(name: str, table: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """Give the document of one fleet as if there were no other."""
    own = {section: value for section, value in table.items() if section in _OWN}
    fleet = {key: value for key, value in table.items() if key not in _OWN}
    alone = {**common, "fleet": {**fleet, "name": name}}
    for section, value in own.items():
        alone[section] = _completed(section, value, common.get(section))
    folder = common.get("report", {}).get("directory") if isinstance(common.get("report"), dict) else None
    if isinstance(folder, str) and folder and "directory" not in own.get("report", {}):
        alone["report"] = {**alone["report"], "directory": f"{folder}/{name}"}
    return alone


def _completed(section: str, own: Any, common: Any) -> Any:
    if isinstance(own, dict) and isinstance(common, dict):
        return {**common, **own}
    if section == "ignore" and isinstance(own, list) and isinstance(common, list):
        return [*common, *own]
    return own
