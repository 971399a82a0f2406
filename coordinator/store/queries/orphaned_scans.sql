-- Unfinished, once owned, and owned by nobody now: the process that performed them ended.
SELECT scan, fleet, state, requested, finished, epoch, tenants, reason, requested_by, purpose, answered, selection
FROM fleetdrift.scans_now
WHERE fleet = $1 AND finished IS NULL
  AND EXISTS (SELECT FROM fleetdrift.leases WHERE name = 'scan:' || scan AND until < clock_timestamp())
ORDER BY requested
