INSERT INTO fleetdrift.standing_changes (standing, change)
SELECT n.standing, c.change
FROM unnest($2::bigint[], $3::text[]) AS n (standing, id)
JOIN fleetdrift.changes c ON c.fleet = $1 AND c.id = n.id
ON CONFLICT DO NOTHING
