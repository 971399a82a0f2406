-- $2 is the age at which what is known is stale, $3 the name after which to go on, $4 how many, $7 and $8 what find_places gave,
-- $9 labels.
SELECT n.*, CASE WHEN page.is_stale THEN 'stale' ELSE n.status END AS shown,
       (SELECT count(DISTINCT h.change) FROM fleetdrift.standing_changes h
        WHERE h.standing IN (n.known, n.standing))::integer AS changes
FROM (
    SELECT * FROM (
        SELECT t.number, t.tenant,
               k.status <> 'excluded' AND now() - $2::interval
                   > CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END AS is_stale
        FROM fleetdrift.tenants t
        JOIN fleetdrift.fleets f ON f.fleet = t.fleet
        JOIN fleetdrift.standings s ON s.standing = t.standing
        LEFT JOIN fleetdrift.standings k ON k.standing = t.known
        WHERE t.fleet = $1 AND t.left_fleet IS NULL AND t.tenant > $3
          AND ($5::text = '' OR t.tenant LIKE $5)
          AND ($9::jsonb = '{}' OR t.labels @> $9)
          AND ($7::bigint[] IS NULL OR t.standing = ANY ($7))
          AND ($8::bigint[] IS NULL OR t.known = ANY ($8))
    ) t
    WHERE CASE $6::text WHEN '' THEN true WHEN 'stale' THEN t.is_stale ELSE t.is_stale IS NOT TRUE END
    ORDER BY t.tenant
    LIMIT $4
) page
JOIN fleetdrift.tenants_now n ON n.number = page.number
ORDER BY page.tenant
