SELECT ignore AS id, created, created_by, document FROM fleetdrift.ignores WHERE fleet = $1 ORDER BY created, ignore
