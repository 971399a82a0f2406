SELECT tenant, status, shape, scan, last_success, drift_since FROM fleetdrift.tenants WHERE fleet = $1 ORDER BY tenant COLLATE "C"
