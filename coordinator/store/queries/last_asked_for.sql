SELECT max(requested) FROM fleetdrift.scans WHERE fleet = $1 AND requested_by = $2
