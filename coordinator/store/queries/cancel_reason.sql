SELECT cancel_reason FROM fleetdrift.scans WHERE scan = $1 AND finished IS NULL
