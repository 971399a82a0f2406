SELECT ledger_format FROM fleetdrift.scans WHERE scan = $1
