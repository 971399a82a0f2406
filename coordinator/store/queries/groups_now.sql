-- The groups that tenants are known to be in now, with how many. $2 picks one; empty gives all.
SELECT g.id, g.name, n.tenants
FROM (
    SELECT k.drift_group, sum(t.tenants)::integer AS tenants
    FROM fleetdrift.stands t
    JOIN fleetdrift.standings k ON k.standing = t.known
    WHERE t.fleet = $1 AND k.drift_group <> '' AND ($2::text = '' OR k.drift_group = $2)
    GROUP BY k.drift_group
) n
JOIN fleetdrift.groups g ON g.fleet = $1 AND g.id = n.drift_group
