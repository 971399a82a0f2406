-- How many tenants came to a status (or left it, below zero) at each moment; before $2 they are summed up.
SELECT m.at, s.status, sum(m.moved)::integer AS moved
FROM (
    SELECT greatest(y.since, $2) AS at, y.standing, count(*) AS moved
    FROM fleetdrift.stays y JOIN fleetdrift.tenants t ON t.number = y.number
    WHERE t.fleet = $1
    GROUP BY 1, 2
    UNION ALL
    SELECT greatest(y.until, $2), y.standing, -count(*)
    FROM fleetdrift.stays y JOIN fleetdrift.tenants t ON t.number = y.number
    WHERE t.fleet = $1 AND y.until IS NOT NULL
    GROUP BY 1, 2
) m
JOIN fleetdrift.standings s ON s.standing = m.standing
GROUP BY m.at, s.status
ORDER BY m.at, s.status
