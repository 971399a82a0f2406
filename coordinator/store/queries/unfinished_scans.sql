SELECT scan, fleet, state, requested, finished, epoch, tenants
FROM fleetdrift.scans
WHERE fleet = $1 AND finished IS NULL
ORDER BY requested
