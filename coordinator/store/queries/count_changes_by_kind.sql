-- Open changes by what they are, and by whose query it is that breaks.
SELECT c.subject, c.kind, c.object_kind, c.severity, coalesce(c.document ->> 'service', '') AS service,
       c.first_seen = f.scanned AS is_new,
       count(*)::integer AS changes, sum(c.tenants)::integer AS tenants
FROM fleetdrift.changes c
JOIN fleetdrift.fleets f ON f.fleet = c.fleet
WHERE c.fleet = $1 AND c.resolved IS NULL
GROUP BY c.subject, c.kind, c.object_kind, c.severity, service, is_new
ORDER BY c.subject, c.kind, c.object_kind, c.severity, service, is_new
