SELECT f.scanned, f.suspicious_scan, f.suspicious_reason, f.suspicious_before::text AS suspicious_before,
       (SELECT r.status FROM fleetdrift.reports r WHERE r.fleet = f.fleet AND NOT r.selective
        ORDER BY r.finished DESC LIMIT 1) AS outcome,
       count(*) FILTER (WHERE c.resolved IS NULL AND c.first_seen = f.scanned)::integer AS new,
       count(*) FILTER (WHERE c.resolved = f.scanned)::integer AS resolved
FROM fleetdrift.fleets f
LEFT JOIN fleetdrift.changes c ON c.fleet = f.fleet
WHERE f.fleet = $1
GROUP BY f.fleet
