"""What the ledger knows of a tenant, as what it is to the rest of the program."""

from __future__ import annotations

from coordinator.ledger.ledger import Final
from shared.messages import Analysed, Failed, Observed
from shared.targets import Failure, Observation


def reading_of(outcome: Final) -> Observation | Failure:
    """Turn a tenant's final outcome into its reading; the snapshot is found under the fingerprint."""
    match outcome:
        case Observed() as seen:
            return Observation(
                fingerprint=seen.fingerprint,
                server_version=seen.server_version,
                versions=seen.versions,
                rows_scanned=seen.rows_scanned,
            )
        case Failed(failure=failure):
            return failure
        case Analysed():
            raise AssertionError("a tenant cannot be answered with an analysis")
