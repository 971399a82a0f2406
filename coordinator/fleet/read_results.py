"""Turn the ledger's outcomes into the results that the rest of the coordinator works with."""

from __future__ import annotations

from coordinator.ledger.batch import FinalOutcome
from shared.messages import Analysed, Failed, Observed
from shared.targets import Failure, Observation


def read_result_of(outcome: FinalOutcome) -> Observation | Failure:
    """Turn a tenant's final outcome into its result; the snapshot is found under the fingerprint."""
    match outcome:
        case Observed() as seen:
            return Observation(
                fingerprint=seen.fingerprint,
                server_version=seen.server_version,
                versions=seen.versions,
                rows_scanned=seen.rows_scanned,
                running=seen.running,
                depth=seen.depth,
            )
        case Failed(failure=failure):
            return failure
        case Analysed():
            raise AssertionError("a tenant cannot be answered with an analysis")
