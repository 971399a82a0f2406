SELECT scan, fleet, state, requested, finished, epoch, tenants, reason, requested_by, purpose, answered, selection
FROM fleetdrift.scans_now
WHERE fleet = $1 AND finished IS NULL
ORDER BY requested
