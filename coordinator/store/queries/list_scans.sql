SELECT scan, fleet, state, requested, finished, epoch, tenants, reason
FROM fleetdrift.scans
WHERE fleet = $1
ORDER BY requested DESC
LIMIT $2
