SELECT c.document, c.first_seen, c.resolved, c.flaps, c.tenants, c.most_tenants,
       CASE WHEN c.resolved IS NULL THEN f.scanned ELSE c.last_seen END AS last_seen
FROM fleetdrift.changes c
JOIN fleetdrift.fleets f ON f.fleet = c.fleet
WHERE c.fleet = $1 AND c.id = $2
