-- The shapes that tenants are known to have, with their statuses; those of most tenants first. $2 and $3 are where to go on.
SELECT n.shape, n.tenants, n.statuses, b.name IS NOT NULL AS is_kept
FROM (
    SELECT p.shape, sum(p.tenants)::integer AS tenants,
           jsonb_agg(jsonb_build_array(p.status, p.tenants) ORDER BY p.status) AS statuses
    FROM (
        SELECT k.shape, k.status, sum(t.tenants)::integer AS tenants
        FROM fleetdrift.stands t
        JOIN fleetdrift.standings k ON k.standing = t.known
        WHERE t.fleet = $1 AND k.shape <> ''
        GROUP BY k.shape, k.status
    ) p
    GROUP BY p.shape
) n
LEFT JOIN fleetdrift.shapes s ON s.fleet = $1 AND s.shape = n.shape
LEFT JOIN fleetdrift.blobs b ON b.kind = $5 AND b.name = s.snapshot
WHERE $2::integer IS NULL OR (-n.tenants, n.shape) > (-$2, $3)
ORDER BY -n.tenants, n.shape
LIMIT $4
