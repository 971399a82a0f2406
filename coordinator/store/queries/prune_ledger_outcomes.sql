-- A ledger is needed while its scan runs; a few finished ones are kept for questions.
DELETE FROM fleetdrift.ledger_outcomes WHERE scan IN (
    SELECT scan FROM fleetdrift.scans
    WHERE fleet = $1 AND finished IS NOT NULL
    ORDER BY requested DESC OFFSET $2
)
