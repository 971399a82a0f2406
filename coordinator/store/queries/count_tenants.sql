-- By status as shown, with the oldest good reading among them. Counted before it is joined: 100,000 tenants stand in few places.
SELECT CASE WHEN n.known_status <> 'excluded' AND n.last_good < now() - $2::interval THEN 'stale' ELSE n.status END AS status,
       sum(n.tenants)::integer AS tenants,
       min(n.last_good) FILTER (WHERE n.status <> 'excluded') AS oldest_good
FROM (
    SELECT s.status, k.status AS known_status, t.tenants,
           CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END AS last_good
    FROM (
        SELECT fleet, standing, known, last_good, count(*) AS tenants
        FROM fleetdrift.tenants
        WHERE fleet = $1 AND left_fleet IS NULL
        GROUP BY fleet, standing, known, last_good
    ) t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
    LEFT JOIN fleetdrift.standings k ON k.standing = t.known
) n
GROUP BY 1
