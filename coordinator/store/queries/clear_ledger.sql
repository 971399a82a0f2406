DELETE FROM fleetdrift.ledger WHERE scan = $1
