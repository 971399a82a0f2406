-- By schema and by status as shown. `stands` has counted the tenants: 100,000 of them stand in few places.
SELECT n.shape, n.status, sum(n.tenants)::integer AS tenants
FROM (
    SELECT coalesce(k.shape, '') AS shape, t.tenants,
           CASE WHEN k.status <> 'excluded'
                 AND CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END < now() - $2::interval
                THEN 'stale' ELSE s.status END AS status
    FROM fleetdrift.stands t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
    LEFT JOIN fleetdrift.standings k ON k.standing = t.known
    WHERE t.fleet = $1
) n
GROUP BY n.shape, n.status
ORDER BY n.shape = '', sum(sum(n.tenants)) OVER (PARTITION BY n.shape) DESC, n.shape, n.status
