DELETE FROM fleetdrift.ignores WHERE fleet = $1 AND ignore = $2 RETURNING ignore
