UPDATE fleetdrift.scans SET state = 'running', tenants = $2 WHERE scan = $1
