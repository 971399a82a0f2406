SELECT scan, fleet, state, requested, finished, epoch, tenants, reason
FROM fleetdrift.scans
WHERE fleet = $1 AND finished IS NULL
ORDER BY requested
