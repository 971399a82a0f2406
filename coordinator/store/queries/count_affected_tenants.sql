-- Tenants by whether they are shown as drifted, as `count_tenants` counts them, and by the severities of what they have.
SELECT p.drifted, p.severities, sum(p.tenants)::integer AS tenants
FROM (
    SELECT s.status = 'drifted' AND greatest(t.last_good, f.scanned) >= now() - $2::interval AS drifted,
           ARRAY(
               SELECT DISTINCT c.severity
               FROM fleetdrift.standing_changes h
               JOIN fleetdrift.changes c ON c.change = h.change
               WHERE h.standing = t.known
               ORDER BY 1
           ) AS severities,
           t.tenants
    FROM (
        SELECT fleet, standing, known, last_good, count(*) AS tenants
        FROM fleetdrift.tenants
        WHERE fleet = $1 AND left_fleet IS NULL
        GROUP BY fleet, standing, known, last_good
    ) t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
) p
GROUP BY p.drifted, p.severities
ORDER BY p.drifted, p.severities
