-- By status as shown, with the oldest good reading among them.
SELECT CASE WHEN n.known_status <> 'excluded' AND n.last_good < now() - $2::interval THEN 'stale' ELSE n.status END AS status,
       sum(n.tenants)::integer AS tenants,
       min(n.last_good) FILTER (WHERE n.status <> 'excluded') AS oldest_good
FROM (
    SELECT s.status, k.status AS known_status, t.tenants,
           CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END AS last_good
    FROM fleetdrift.stands t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
    LEFT JOIN fleetdrift.standings k ON k.standing = t.known
    WHERE t.fleet = $1
) n
GROUP BY 1
