-- $2 is the age at which what is known is stale, $3 the name after which to go on, $4 how many.
SELECT n.*, (SELECT count(*) FROM fleetdrift.standing_changes h WHERE h.standing = n.known)::integer AS changes
FROM (
    SELECT t.*, CASE WHEN t.known_status <> 'excluded' AND t.last_good < now() - $2::interval THEN 'stale'
                     ELSE t.status END AS shown
    FROM fleetdrift.tenants_now t
    WHERE t.fleet = $1 AND t.tenant > $3
      AND ($5::text = '' OR t.tenant LIKE $5)
      AND ($7::text = '' OR t.known IN (
          SELECT h.standing FROM fleetdrift.standing_changes h
          JOIN fleetdrift.changes c ON c.change = h.change
          WHERE c.fleet = $1 AND c.id = $7))
      AND ($8::text = '' OR coalesce(t.known_shape, '') LIKE $8)
      AND ($9::text = '' OR t.known_group = $9)
      AND ($6::text IN ('', 'stale') OR t.standing IN (
          SELECT standing FROM fleetdrift.standings WHERE fleet = $1 AND status = $6))
) n
WHERE $6::text = '' OR n.shown = $6
ORDER BY n.tenant
LIMIT $4
