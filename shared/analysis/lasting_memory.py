"""What PostgreSQL has said of services' queries, kept in files for the next process of this release."""

from __future__ import annotations

from shared.analysis.code_hash import code_hash
from shared.kept_files import KeptFiles
from shared.postgres.scratch.contract_memory import ContractMemory

_MAX_KEPT_BYTES = 128 * 1024 * 1024
"""Of all answers that are kept: what is known of 800 queries in one schema takes about 0.2 MB."""


def lasting_memory() -> ContractMemory:
    """Give a memory that knows what other processes of this release have asked on this machine."""
    return ContractMemory(KeptFiles("answers", code_hash(), most_bytes=_MAX_KEPT_BYTES))
