SELECT scan, fleet, state, requested, finished, epoch, tenants
FROM fleetdrift.scans
WHERE fleet = $1
ORDER BY requested DESC
LIMIT $2
