WITH marks AS (
    DELETE FROM fleetdrift.ledger_marks WHERE scan = $1
), outcomes AS (
    DELETE FROM fleetdrift.ledger_outcomes WHERE scan = $1
)
DELETE FROM fleetdrift.ledger WHERE scan = $1
