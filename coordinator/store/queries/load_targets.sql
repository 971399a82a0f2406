SELECT target::text AS target FROM fleetdrift.ledger WHERE scan = $1 ORDER BY ordinal
