-- Changes that a scan found first, and those that it found gone (which did not come back since). One row without a change where
-- there are none; no row where the report of the scan is not kept. $2 is how many at most.
SELECT c.id, c.document, c.first_seen, c.resolved, c.flaps, c.tenants, c.most_tenants, c.first_seen = r.finished AS is_new,
       CASE WHEN c.resolved IS NULL THEN f.scanned ELSE c.last_seen END AS last_seen
FROM fleetdrift.reports r
JOIN fleetdrift.fleets f ON f.fleet = r.fleet
LEFT JOIN fleetdrift.changes c ON c.fleet = r.fleet AND (c.first_seen = r.finished OR c.resolved = r.finished)
WHERE r.scan = $1
ORDER BY array_position('{error,warning,info}', c.severity), -c.most_tenants, c.id
LIMIT $2
