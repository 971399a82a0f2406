UPDATE fleetdrift.scans SET state = 'running', tenants = $2, ledger_format = $3 WHERE scan = $1
