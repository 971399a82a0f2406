-- A ledger is needed while its scan runs, so that another process can finish it.
DELETE FROM fleetdrift.ledger WHERE scan IN (SELECT scan FROM fleetdrift.scans WHERE fleet = $1 AND finished IS NOT NULL)
