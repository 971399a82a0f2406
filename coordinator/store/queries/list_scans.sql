-- Newest first. $3 is the scan after which to go on; empty begins with the newest.
SELECT scan, fleet, state, requested, finished, epoch, tenants, reason, requested_by, purpose, answered, selection
FROM fleetdrift.scans_now
WHERE fleet = $1
  AND ($3::text = '' OR (requested, scan) < (SELECT requested, scan FROM fleetdrift.scans WHERE scan = $3))
ORDER BY requested DESC, scan DESC
LIMIT $2
