"""Rust services beside two schema sources: what breaks in the second that works in the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coordinator.compare.sources import lazy_scratch, read_snapshot
from coordinator.report.contract_report import ContractReport
from coordinator.services.rust_files import read_service
from coordinator.settings.model import ContractTable
from shared.analysis.judging import judge_services
from shared.contracts.contract import Contract
from shared.contracts.coverage import coverage_of
from shared.schema.profile import Profile

_WITH_RIGHTS = Profile(owners=True, privileges=True)
"""What is read where the service's role is known: whose the objects are, and what the role may do with them."""


def read_services(folders: Sequence[Path], *, search_path: Sequence[str] = (), role: str = "") -> tuple[Contract, ...]:
    """Extract the contracts of services; each is named after its folder.

    Args:
        folders: Of their crates or workspaces.
        search_path: With which they connect; empty for public.
        role: As which they connect; empty when that is not known.

    Raises:
        RustFilesError: When a folder is not there or holds no Rust.
    """
    tables = [
        ContractTable(service=folder.resolve().name, path=str(folder), search_path=tuple(search_path), role=role)
        for folder in folders
    ]
    return tuple(read_service(folder, table) for folder, table in zip(folders, tables, strict=True))


async def check_services(contracts: Sequence[Contract], desired: str, observed: str) -> ContractReport:
    """Judge services against two schema sources.

    Args:
        contracts: What they expect.
        desired: What is declared.
        observed: What one tenant has.

    Raises:
        SourceReadError: See `read_source`.
        MaterialiseError: When one of the sources cannot be rebuilt on the scratch server.
    """
    profile = _WITH_RIGHTS if any(contract.role for contract in contracts) else Profile()
    async with lazy_scratch() as scratch:
        declared = await read_snapshot(desired, profile, scratch)
        found = await read_snapshot(observed, profile, scratch)
        verdicts = await judge_services(scratch, contracts, declared, found)
    ordered = sorted(verdicts, key=lambda verdict: verdict.declared_too)  # of several services
    return ContractReport(verdicts=tuple(ordered), coverage=coverage_of(contracts))
