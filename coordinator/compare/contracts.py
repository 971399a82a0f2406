"""Rust services beside two schema sources: what breaks in the second that works in the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from coordinator.compare.sources import lazy_scratch, read_spec, unread_of
from coordinator.report.contract_report import ContractReport, Place
from coordinator.services.rust_files import read_service
from coordinator.settings.model import ContractTable
from shared.analysis.judging import judge_services, judge_statically
from shared.analysis.lasting_memory import lasting_memory
from shared.analysis.scratch_server import LazyScratchServer
from shared.contracts.contract import Contract, Verdict
from shared.contracts.coverage import coverage_of
from shared.postgres.scratch import MaterialiseError
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec

_WITH_RIGHTS = Profile(owners=True, privileges=True)
"""What is read where the service's role is known: whose the objects are, and what the role may do with them."""


def read_services(folders: Sequence[Path], reading: ContractTable) -> tuple[Contract, ...]:
    """Extract the contracts of services; each is named after its folder.

    Args:
        folders: Of their crates or workspaces.
        reading: How they are read and how they connect; its service and path are not looked at.

    Raises:
        RustFilesError: When a folder is not there or holds no Rust, or no crate of it has one of the features.
    """
    return tuple(
        read_service(folder, msgspec.structs.replace(reading, service=folder.resolve().name, path=str(folder)))
        for folder in folders
    )


def with_source_lines(report: ContractReport, folders: Mapping[str, Path]) -> ContractReport:
    """Add the line of Rust to each verdict, where the file can still be read.

    Args:
        report: What was found.
        folders: Of the services, by name.
    """
    lines: dict[Place, str] = {}
    for verdict in report.verdicts:
        place = (verdict.service, verdict.file, verdict.line)
        text = _line(folders[verdict.service] / verdict.file, verdict.line) if verdict.service in folders else ""
        if text:
            lines[place] = text
    return msgspec.structs.replace(report, lines=lines)


def _line(path: Path, number: int) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


class CheckedServices(msgspec.Struct, frozen=True, kw_only=True):
    """What came of services beside two schema sources.

    Args:
        report: The verdicts.
        unread: What of the two sources could not be read, as sentences: queries that need it are judged without it.
    """

    report: ContractReport
    unread: tuple[str, ...] = ()


async def check_services(contracts: Sequence[Contract], desired: str, observed: str) -> CheckedServices:
    """Judge services against two schema sources on the scratch server; where one cannot be rebuilt there, statically.

    Args:
        contracts: What they expect.
        desired: What is declared.
        observed: What one tenant has.

    Raises:
        SourceReadError: See `read_source`.
    """
    async with lazy_scratch() as scratch:
        spec, found, unread = await _read(contracts, desired, observed, scratch)
        try:
            verdicts = await judge_services(
                scratch, contracts, spec.snapshot, found, lasting_memory(), origins=spec.origins
            )
        except MaterialiseError as error:
            return CheckedServices(report=_static_report(contracts, spec, found, str(error)), unread=unread)
    return CheckedServices(report=_report(contracts, verdicts), unread=unread)


async def check_services_statically(contracts: Sequence[Contract], desired: str, observed: str) -> CheckedServices:
    """Judge services against two schema sources from what was read of them, without asking PostgreSQL.

    Args:
        contracts: What they expect.
        desired: What is declared.
        observed: What one tenant has.

    Raises:
        SourceReadError: See `read_source`.
    """
    async with lazy_scratch() as scratch:
        spec, found, unread = await _read(contracts, desired, observed, scratch)
    return CheckedServices(report=_static_report(contracts, spec, found, ""), unread=unread)


async def _read(
    contracts: Sequence[Contract], desired: str, observed: str, scratch: LazyScratchServer
) -> tuple[Spec, Snapshot, tuple[str, ...]]:
    profile = _WITH_RIGHTS if any(contract.role for contract in contracts) else Profile()
    spec = await read_spec(desired, profile, scratch)
    found = await read_spec(observed, profile, scratch)
    return spec, found.snapshot, (*unread_of(spec, profile), *unread_of(found, profile))


def _static_report(contracts: Sequence[Contract], spec: Spec, found: Snapshot, because: str) -> ContractReport:
    verdicts = judge_statically(contracts, spec.snapshot, found, spec.origins)
    return msgspec.structs.replace(_report(contracts, verdicts), static_because=because)


def _report(contracts: Sequence[Contract], verdicts: Sequence[Verdict]) -> ContractReport:
    ordered = sorted(verdicts, key=lambda verdict: verdict.declared_too)  # of several services
    return ContractReport(verdicts=tuple(ordered), coverage=coverage_of(contracts))
