-- The groups that tenants are known to be in now, with how many. $2 picks one; empty gives all.
SELECT g.id, g.name, n.tenants
FROM (
    SELECT k.drift_group, sum(t.tenants)::integer AS tenants
    FROM (
        SELECT known, count(*) AS tenants FROM fleetdrift.tenants WHERE fleet = $1 AND left_fleet IS NULL GROUP BY known
    ) t
    JOIN fleetdrift.standings k ON k.standing = t.known
    WHERE k.drift_group <> '' AND ($2::text = '' OR k.drift_group = $2)
    GROUP BY k.drift_group
) n
JOIN fleetdrift.groups g ON g.fleet = $1 AND g.id = n.drift_group
